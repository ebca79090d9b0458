"""Networks that solve a task without being trained: built by hand."""

from typing import Any

import numpy as np
import pytest

from firstbit.cells import Network, Readout
from firstbit.errors import CellError
from firstbit.languages import Language, embedded_reber, parity, reber, sample
from firstbit.languages.demand.rows import Rows
from firstbit.languages.judging.words_of_test import Sizes
from firstbit.studies.verdicts.by_hand import automaton_network
from firstbit.studies.verdicts.one_unit import (
    INPUTS,
    RECURRENT,
    invariant_intervals,
    reber_unit,
)
from firstbit.studies.verdicts.witness_test import WitnessTest, drawn, plan_of

FRESH = sample(embedded_reber(), 100, seed=20)
INSIDE = [
    inner
    for n in (50, 500)
    for inner in (f"BT{'S' * n}XSE", f"BP{'T' * n}VVE", f"BTXX{'VPX' * n}VVE")
]
LONG = [f"B{symbol}{inner}{symbol}E" for symbol in "TP" for inner in INSIDE]


def slow_run(network, word, alphabet):
    """Outputs of a Vanilla network after each symbol, unit by unit."""
    U, W = network.cell.U_h, network.cell.W_h
    function = {"sigmoid": lambda x: 1 / (1 + np.exp(-x)), "tanh": np.tanh}[
        network.cell.activation.__name__
    ]
    hidden, found = np.zeros(len(W)), []
    for symbol in word:
        with np.errstate(over="ignore"):
            hidden = function(U[:, alphabet.index(symbol)] + W @ hidden)
        found.append(network.readout.O @ hidden + network.readout.b_O)
    return np.array(found)


def num_wrong(network, language, words, *, is_softmax=False):
    """Words with a step at which the nearest row is another one, one by one."""
    rows = Rows.of(language)
    wrong = 0
    for word in words:
        given = slow_run(network, word, language.alphabet)
        if is_softmax:
            powers = np.exp(given - given.max(axis=1, keepdims=True))
            given = powers / powers.sum(axis=1, keepdims=True)
        for output, state in zip(given, language.path(word)[1:], strict=True):
            true = rows.of_state[state]
            if true >= 0:
                apart = ((rows.table - output) ** 2).sum(axis=1)
                if np.argmin(apart) != true:
                    wrong += 1
                    break
    return wrong


@pytest.mark.slow
@pytest.mark.parametrize("is_softmax", [False, True])
@pytest.mark.parametrize("activation", ["logistic", "tanh"])
def test_a_vanilla_net_built_by_hand_is_right_on_embedded_reber(activation, is_softmax):
    language = embedded_reber()
    network = automaton_network(language, activation=activation, is_softmax=is_softmax)
    assert network.cell.hidden_size == 18
    assert num_wrong(network, language, [*FRESH, *LONG], is_softmax=is_softmax) == 0


@pytest.mark.slow
@pytest.mark.parametrize("is_softmax", [False, True])
@pytest.mark.parametrize("expression", ["a(a|b)b*", "(ab)*", "0(0|1)*1"])
def test_any_small_language_has_its_network(expression, is_softmax):
    language = Language.from_regex(expression)
    network = automaton_network(language, is_softmax=is_softmax)
    words = [word for word in sample(language, 100, seed=1) if word]
    assert num_wrong(network, language, words, is_softmax=is_softmax) == 0


@pytest.mark.slow
def test_one_logistic_unit_is_right_on_reber():
    language = reber()
    network = reber_unit(language)
    assert network.cell.W_h.shape == (1, 1)
    assert num_wrong(network, language, sample(language, 4000, seed=3)) == 0
    long = sample(language, 200, seed=4, shortest=400, longest=400)
    assert num_wrong(network, language, long) == 0


def test_the_intervals_of_the_unit_are_those_that_are_known():
    found = invariant_intervals(reber())
    known = {
        "q5": (0.0407, 0.0419),
        "q3": (0.1078, 0.1338),
        "q0": (0.2276, 0.2276),
        "q4": (0.2477, 0.2540),
        "q1": (0.2721, 0.2727),
        "q2": (0.4517, 0.4548),
    }
    for name, ends in known.items():
        interval = found[reber().states.index(name)]
        assert (interval.low, interval.high) == pytest.approx(ends, abs=1e-4)


def test_the_intervals_are_invariant():
    """A thousand points of each interval step into the next one's."""
    language, found = reber(), invariant_intervals(reber())
    for state, interval in found.items():
        points = np.linspace(interval.low, interval.high, 1000)
        for symbol, target in zip(
            language.alphabet, language.transition[state], strict=True
        ):
            if target >= 0:
                after = 1 / (1 + np.exp(-(RECURRENT * points + INPUTS[symbol])))
                assert (after >= found[target].low).all()
                assert (after <= found[target].high).all()


def test_the_unit_is_for_reber_alone():
    with pytest.raises(CellError, match="expected the alphabet B, T, S, X, V, P, E"):
        reber_unit(parity())
    with pytest.raises(CellError, match=r"not invariant|no read-out"):
        reber_unit(embedded_reber())


@pytest.mark.slow
def test_the_witness_test_says_the_same_as_a_slow_twin():
    language = reber()
    test = WitnessTest(plan_of(language, 256), Sizes(200, 20, 20))
    network = reber_unit(language)
    assert test.passes(network)
    readout: Any = network.readout
    worse = Network(network.cell, Readout(readout.O, readout.b_O + 3 * np.eye(7)[1]))
    wrong = test.tried(worse).fresh
    words = drawn(test.plan, test.sizes, test.seed).fresh
    assert wrong.num_wrong == num_wrong(worse, language, words)
    assert wrong.num_wrong > 0
    assert not test.passes(worse)


def test_codes_that_cannot_work_are_refused():
    with pytest.raises(CellError, match="none for q1, q2, q4, q5, q3"):
        automaton_network(reber(), code={"q0": "1"})
    with pytest.raises(
        CellError, match="expected codes of 0 and 1, all of one length; got 1, 12"
    ):
        automaton_network(Language.from_regex("ab"), code={"s1": "1", "s2": "12"})
    two = {"q0": "0", "q1": "0", "q2": "0", "q4": "0", "q5": "0", "q3": "1"}
    with pytest.raises(CellError, match=r"unit 1 needs more than one threshold"):
        automaton_network(reber(), code=two)
    with pytest.raises(CellError, match="no read-out of these hidden states was found"):
        automaton_network(reber(), code=dict.fromkeys(two, "1"))
    with pytest.raises(
        CellError, match="expected the activation logistic or tanh, got 'relu'"
    ):
        automaton_network(reber(), activation="relu")
