"""The three arguments against brute force.

Fitted low-rank tables, simulated contractions, counted sign changes.
"""

from dataclasses import replace

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covering import few
from firstbit.cells.given import Given
from firstbit.cli.language.find import find
from firstbit.errors import SettingError
from firstbit.languages import (
    Stream,
    embedded_reber,
    excess_loss,
    expected_visits,
    fresh_words,
    full_floor,
    next_symbol_rank,
    reber,
)
from firstbit.studies.verdicts.arguments import (
    contraction_argument,
    order_argument,
    rank_argument,
)
from firstbit.training import (
    Published,
    Task,
    TaskWords,
    read,
    squared_distance,
    train_seeds,
)


def required(argument):
    """The argument, which must apply."""
    assert argument is not None
    return argument


def fitted(language, size, readout_bias, seed):
    """Loss over the floor of a table of that rank, by alternating least squares."""
    weights = expected_visits(language)
    weights[0] -= 1
    kept = language.next_output.any(axis=1) & (weights > 0)
    table, root = language.next_output[kept], np.sqrt(weights[kept])[:, None]
    hidden = np.random.default_rng(seed).standard_normal((len(table), size))
    ones = np.ones((len(table), 1 if readout_bias else 0))
    losses = []
    for _ in range(1000):
        features = np.hstack([hidden, ones])
        readout = np.linalg.lstsq(root * features, root * table, rcond=None)[0]
        hidden = np.linalg.lstsq(
            readout[:size].T, (table - ones @ readout[size:]).T, rcond=None
        )[0].T
        losses.append(
            (
                (root * (table - hidden @ readout[:size] - ones @ readout[size:])) ** 2
            ).sum()
        )
    return min(losses)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "size", "readout_bias"),
    [
        (reber, 4, False),
        (reber, 3, True),
        (reber, 1, True),
        (embedded_reber, 5, False),
        (embedded_reber, 4, True),
    ],
)
def test_no_table_of_low_rank_beats_the_bound_and_the_best_reaches_it(
    task, size, readout_bias
):
    bound = excess_loss(task(), size, readout_bias=readout_bias)
    found = [fitted(task(), size, readout_bias, seed) for seed in range(3)]
    assert bound > 0.01
    assert min(found) >= bound - 1e-9
    assert min(found) <= 1.02 * bound


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "size", "readout_bias"),
    few(
        [
            (reber, 3, True),
            (reber, 4, False),
            (embedded_reber, 4, True),
            (embedded_reber, 5, False),
        ],
        kept=[0, 3],
    ),
)
def test_no_training_beats_the_bound(task, size, readout_bias):
    rule = Published(0.05, max_epochs=40)
    given = Given.of(f"vanilla:{size}", is_trained=True)
    asked = Task(
        replace(given, readout_bias=readout_bias),
        task(),
        rule,
        jax.random.key(1),
        words=TaskWords(num_words=150, own_lists=True),
    )
    bound = required(rank_argument(task(), size, readout_bias=readout_bias)).numbers[
        "excess_loss"
    ]
    words = fresh_words(task(), 1000, Stream((0,)))
    for training in train_seeds(asked, 2):
        before = squared_distance(read(asked.network(0), task(), words))
        after = squared_distance(read(training.network, task(), words))
        assert bound <= after < before / 5  # it did learn


def test_at_the_rank_nothing_is_lost():
    for task, rank, affine in ((reber(), 5, 4), (embedded_reber(), 6, 5)):
        assert (next_symbol_rank(task), next_symbol_rank(task, readout_bias=True)) == (
            rank,
            affine,
        )
        assert (
            excess_loss(task, rank) == excess_loss(task, affine, readout_bias=True) == 0
        )
        assert rank_argument(task, affine) is None
        found = required(rank_argument(task, affine - 1))
        assert found.numbers["needed_units"] == affine
        assert f"(exact ones need {affine} units)" in found.statement
        assert not found.is_intrinsic


def test_without_any_unit_the_excess_would_be_that_of_the_best_constant():
    """k = 0 by hand: the window floor of nothing over the full floor, 81/14 - 3."""
    weights = expected_visits(reber())
    weights[0] -= 1
    kept = reber().next_output.any(axis=1)
    table, weights = reber().next_output[kept], weights[kept]
    centred = np.sqrt(weights)[:, None] * (table - weights @ table / weights.sum())
    assert (centred**2).sum() == pytest.approx(81 / 14 - full_floor(reber()))
    total = np.linalg.svd(centred, compute_uv=False)
    assert excess_loss(reber(), 1, readout_bias=True) == pytest.approx(
        81 / 14 - 3 - total[0] ** 2
    )


@given(st.integers(0, 10**6), st.floats(0.2, 3.8), st.floats(0.1, 5))
@settings(max_examples=30)
def test_beyond_the_lag_no_net_of_the_set_tells(seed, norm, readout_norm):
    random, k = np.random.default_rng(seed), 4
    found = required(
        contraction_argument(
            slope=0.25,
            recurrent_norm=norm,
            diameter=2.0,
            readout_norm=readout_norm,
            margin=0.3,
        )
    ).numbers
    W = random.standard_normal((k, k))
    W *= norm / np.linalg.norm(W, 2)
    U, O = random.standard_normal((k, 3)), random.standard_normal((2, k))
    O *= readout_norm / np.linalg.norm(O, 2)
    states = random.uniform(0, 1, (2, k))
    for symbol in random.integers(0, 3, found["lag"]):
        states = 1 / (1 + np.exp(-(U[:, symbol] + states @ W.T)))
    assert np.linalg.norm(O @ (states[0] - states[1])) < 0.3


def test_the_lag_is_the_least_that_the_bound_gives():
    found = required(
        contraction_argument(
            slope=1.0, recurrent_norm=0.5, diameter=1.0, readout_norm=1.0, margin=0.125
        )
    ).numbers
    assert found["lag"] == 4, (
        "after three symbols the bound is 0.125, which is not below"
    )
    assert (
        contraction_argument(
            slope=0.25, recurrent_norm=7.88, diameter=4.0, readout_norm=1.0, margin=1.0
        )
        is None
    )
    with pytest.raises(SettingError, match="expected a `margin` above 0, got 0"):
        contraction_argument(
            slope=1.0, recurrent_norm=0.5, diameter=1.0, readout_norm=1.0, margin=0.0
        )


def test_order_names_its_set_its_criterion_and_its_words():
    found = required(order_argument(find("tomita-6"), cell="Vanilla:1"))
    assert found.is_intrinsic
    for text in ("one unit, one layer", "exact arithmetic", "without softmax"):
        assert text in found.quantifies_over
    assert found.criterion.startswith("the row nearest to the output is the true one")
    assert found.words == "all words of the language"
    assert "6 were tried" in found.excludes
    assert len(found.numbers["refuted"]) == 6
    assert order_argument(find("tomita-2"), cell="Vanilla:1") is None
    assert order_argument(find("dyck"), cell="Vanilla:1") is None
