"""Criteria of networks: the automaton itself, one that forgets, and a slow reading."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest

from firstbit.languages import (
    Language,
    Stream,
    embedded_reber,
    fresh_words,
    full_floor,
    named_floors,
    named_plateau,
    one_hot,
    reber,
    sample,
    true_probabilities,
)
from firstbit.training import (
    Modern,
    divergence,
    long_range_accuracy,
    loss_above_floor,
    passes_hochreiter,
    read,
    squared_distance,
)
from small_trainings import network_of_truth, task


@pytest.mark.slow
@pytest.mark.parametrize(
    "language",
    [reber(), embedded_reber(), Language.from_regex("a*b?")],
    ids=lambda one: one.name,
)
def test_the_automaton_itself_passes_every_criterion(language):
    net, words = network_of_truth(language), fresh_words(language, 1000, Stream((0,)))
    made = read(net, language, words)
    assert passes_hochreiter(net, language, words)
    assert squared_distance(made) == pytest.approx(0, abs=1e-14)
    assert divergence(made) == pytest.approx(0, abs=1e-4)
    assert loss_above_floor(made) == pytest.approx(0, abs=1e-12)
    assert (long_range_accuracy([made]).accuracy == 1).all()


def test_who_forgets_the_outer_symbol_sits_on_the_merged_floor():
    language = embedded_reber()
    words = fresh_words(language, 1000, Stream((0,)))
    table = language.next_output.copy()
    last = [language.states.index(f"{outer}:end") for outer in "TP"]
    table[last] = table[last].mean(axis=0)
    net = network_of_truth(language)
    forgetful = eqx.tree_at(lambda n: n.readout.O, net, jnp.asarray(table.T))
    assert not passes_hochreiter(forgetful, language, words)
    made = read(forgetful, language, words)
    distance = squared_distance(made)
    assert distance == pytest.approx(0.5, abs=1e-12)
    assert divergence(made) == pytest.approx(1, abs=1e-4)
    plateau = named_plateau(named_floors(language), full_floor(language) + distance)
    assert plateau is not None
    assert plateau.name.startswith("outer symbol lost")
    accuracy = long_range_accuracy([made]).accuracy
    # As near to T as to P: not right.
    assert accuracy.sel(lag=5) == 0
    assert accuracy.sel(lag=[0, 1, 2]).values.tolist() == [1, 1, 1]


def slow_outputs(net, word):
    """Outputs of a logistic Vanilla network before the last symbol, step by step."""
    cell = {name: np.asarray(value) for name, value in net.parameters().items()}
    h = np.zeros(len(cell["W_h"]))
    outputs = []
    for x in word:
        h = 1 / (1 + np.exp(-(cell["U_h"] @ x + cell["W_h"] @ h + cell["b_h"])))
        outputs.append(cell["O"] @ h + cell["b_O"])
    return outputs


@pytest.mark.slow
def test_criteria_equal_a_slow_reading():
    language, words = embedded_reber(), sample(embedded_reber(), 30, seed=8)
    net = task(Modern(), language=language, words=None, hidden_size=4).network(1)
    inputs, _ = one_hot(words, language.alphabet)
    truth = true_probabilities(language, words)
    squares = bits = excess = 0.0
    passed = True
    for word, x, p in zip(words, inputs, truth, strict=True):
        for t, y in enumerate(slow_outputs(net, x[: len(word) - 1])):
            legal = np.flatnonzero(p[t])
            q = np.exp(y) / np.exp(y).sum()
            squares += ((y - p[t]) ** 2).sum()
            bits += (p[t][legal] * np.log2(p[t][legal] / q[legal])).sum()
            excess += ((y - x[t + 1]) ** 2).sum() - ((p[t] - x[t + 1]) ** 2).sum()
            passed &= set(np.argsort(-y)[: len(legal)]) == set(legal)
    made = read(net, language, words)
    assert squared_distance(made) == pytest.approx(squares / 30)
    assert loss_above_floor(made) == pytest.approx(excess / 30)
    of_softmax = read(net, language, words, is_softmax=True)
    assert divergence(of_softmax) == pytest.approx(bits / 30)
    assert passes_hochreiter(net, language, words) == passed
