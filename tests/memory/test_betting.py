"""The interval of a bounded mean against its definition, value by value."""

from math import inf, log, sqrt

import numpy as np
import pytest

from coverages import LAWS
from firstbit.memory.discrepancy.betting import betting_interval

CONFIDENCE = 0.95


def stakes(values):
    """The stake on each value: from the values before its round alone."""
    number, least = len(values), log(2 / (1 - CONFIDENCE))
    found, start, end = [], 0, max(16, number // 64)
    while start < number:
        seen = [*values[:start], 0.0, 1.0]  # and half a value: 1/2 with variance 1/4
        weights = [1.0] * start + [0.5, 0.5]
        mean = sum(w * v for w, v in zip(weights, seen, strict=True)) / (start + 1)
        squares = sum(w * v * v for w, v in zip(weights, seen, strict=True))
        variance = max(squares / (start + 1) - mean**2, 0.25 / (start + 1))
        stake = sqrt(2 * least / (number * variance))
        found += [stake] * (min(end, number) - start)
        start, end = end, 2 * end
    return found


def capital(values, mean, side):
    """The logarithm of what a bettor has who bet on every value."""
    room = mean if side > 0 else 1 - mean
    largest = 0.75 / room if room > 0 else inf
    total = 0.0
    for value, stake in zip(values, stakes(values), strict=True):
        total += log(1 + side * min(stake, largest) * (value - mean))
    return total


def end_by_halving(values, side):
    least, inner = log(2 / (1 - CONFIDENCE)), float(np.mean(values))
    outer = 0.0 if side > 0 else 1.0
    for _ in range(40):
        middle = (inner + outer) / 2
        if capital(values, middle, side) >= least:
            outer = middle
        else:
            inner = middle
    return outer


@pytest.mark.slow
@pytest.mark.parametrize("name", LAWS)
def test_the_ends_are_those_of_the_definition(name):
    for number in (20, 130, 600):
        values = LAWS[name].draw(np.random.default_rng(3), (1, number))
        low, high = betting_interval(values, CONFIDENCE)
        for found, side in ((low[0], 1), (high[0], -1)):
            exact = end_by_halving(values[0].tolist(), side)
            reach = abs(exact - values.mean())
            outward = (exact - found) * side
            assert -1e-9 <= outward <= 0.01 * reach + 1e-9  # never inside


def test_rows_are_alone_and_what_is_not_finite_has_no_interval():
    values = np.random.default_rng(0).random((700, 300))  # more than are worked on
    low, high = betting_interval(values, CONFIDENCE)
    alone = betting_interval(values[650:651], CONFIDENCE)
    assert (low[650], high[650]) == (alone[0][0], alone[1][0])
    values[1, 5] = np.nan
    low, high = betting_interval(values, CONFIDENCE)
    assert np.isnan([low[1], high[1]]).all()
    assert np.isfinite(np.delete(low, 1)).all()


@pytest.mark.parametrize("value", [0.0, 1e-300, 0.5, 1.0])
def test_equal_values(value):
    (low,), (high,) = betting_interval(np.full((1, 2000), value), CONFIDENCE)
    assert low <= value <= high
    assert high - low < 0.003


def test_few_values_have_wide_intervals():
    (low,), (high,) = betting_interval(np.array([[0.2, 0.3]]), CONFIDENCE)
    assert (low, high) == (0, 1)
