"""Exact intervals and tests of shares, against published tables and brute force."""

from itertools import product
from math import comb

import numpy as np
import pytest

from firstbit.errors import SettingError
from firstbit.intervals import clopper_pearson
from firstbit.proportions import (
    binomial_p,
    fisher_p,
    holm,
    least_number,
    newcombe,
)


def tails(count, number, rate):
    """P(X <= count) and P(X >= count), term by term."""
    terms = [
        comb(number, i) * rate**i * (1 - rate) ** (number - i)
        for i in range(number + 1)
    ]
    return sum(terms[: count + 1]), sum(terms[count:])


@pytest.mark.parametrize(
    ("count", "number", "low", "high"),
    [
        (8, 8, 0.025 ** (1 / 8), 1.0),  # closed form: all succeed
        (0, 32, 0.0, 1 - 0.025 ** (1 / 32)),
        (4, 10, 0.1216, 0.7376),  # any published table
        (1, 10, 0.0025, 0.4450),
        (13, 16, 0.5435, 0.9595),
        (23, 32, 0.5325, 0.8625),
    ],
)
def test_the_exact_interval_of_published_tables(count, number, low, high):
    assert clopper_pearson(count, number) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("number", "least"), [(8, 8), (16, 13), (32, 23)])
def test_the_least_count_that_is_above_one_half(number, least):
    above = [c for c in range(number + 1) if clopper_pearson(c, number)[0] > 0.5]
    assert above[0] == least


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_the_interval_has_its_tails(confidence):
    for number in (1, 2, 7, 20):
        for count in range(number + 1):
            low, high = clopper_pearson(count, number, confidence)
            if count > 0:
                assert tails(count, number, low)[1] == pytest.approx(
                    (1 - confidence) / 2
                )
            if count < number:
                assert tails(count, number, high)[0] == pytest.approx(
                    (1 - confidence) / 2
                )


def test_the_interval_covers_at_every_rate():
    number = 12
    ends = [clopper_pearson(count, number) for count in range(number + 1)]
    for rate in np.linspace(0, 1, 101):
        covered = 0.0
        for count, (low, high) in enumerate(ends):
            if low <= rate <= high:
                covered += (
                    comb(number, count) * rate**count * (1 - rate) ** (number - count)
                )
        assert covered >= 0.95 - 1e-12


def test_the_p_value_is_twice_the_smaller_tail():
    for count, number, rate in product(range(9), [8, 11], [0.2, 0.5, 0.9]):
        expected = min(1.0, 2 * min(tails(count, number, rate)))
        assert binomial_p(count, number, rate) == pytest.approx(expected)


def test_p_value_and_interval_say_the_same():
    for number in (8, 16, 32):
        for count in range(number + 1):
            low, high = clopper_pearson(count, number)
            is_outside = not low <= 0.5 <= high
            assert is_outside == (binomial_p(count, number, 0.5) < 0.05)


def fisher_by_enumeration(a, n, b, m):
    total = {
        x: comb(n, x) * comb(m, a + b - x) for x in range(n + 1) if 0 <= a + b - x <= m
    }
    return sum(w for w in total.values() if w <= total[a]) / sum(total.values())


def test_fisher_by_enumeration():
    for n, m in [(4, 4), (5, 3), (8, 8), (1, 6)]:
        for a, b in product(range(n + 1), range(m + 1)):
            assert fisher_p(a, n, b, m) == pytest.approx(
                fisher_by_enumeration(a, n, b, m)
            )


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ((3, 4, 1, 4), 34 / 70),  # Fisher's lady
        ((11, 32, 0, 32), 3.5e-4),
        ((19, 32, 0, 32), 8e-8),
        ((1, 10, 11, 14), 0.002759456),  # R's manual, fisher.test(c(1, 9, 11, 3))
    ],
)
def test_fisher_of_published_tables(table, expected):
    assert fisher_p(*table) == pytest.approx(expected, rel=0.02)


def test_holm_of_a_published_example():
    # As by R, method "holm" of the five values in a row.
    found = holm([0.03, 0.01, 0.05, 0.02, 0.04])
    assert found == pytest.approx([0.09, 0.05, 0.09, 0.08, 0.09])
    assert holm([]) == []
    assert holm([0.7, 0.8]) == [1.0, 1.0]


def holm_by_its_definition(p_values, alpha):
    """Step down: reject the smallest as long as it is at most alpha / (those left)."""
    rejected, left = set(), sorted(range(len(p_values)), key=p_values.__getitem__)
    while left and p_values[left[0]] <= alpha / len(left):
        rejected.add(left.pop(0))
    return rejected


def test_holm_rejects_what_its_steps_reject():
    generator = np.random.default_rng(0)
    for _ in range(200):
        p_values = (generator.random(6) ** 4).tolist()
        adjusted = holm(p_values)
        rejected = {place for place, p in enumerate(adjusted) if p <= 0.05}
        assert rejected == holm_by_its_definition(p_values, 0.05)


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [  # Newcombe 1998, Table II, method 10
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0000),
        ((10, 10, 0, 10), 0.6075, 1.0000),
    ],
)
def test_newcombe_of_the_published_table(table, low, high):
    assert newcombe(*table) == pytest.approx((low, high), abs=6e-5)


def test_the_fewest_trials():
    for rate in (0.0, 0.3, 0.5, 0.9):
        number = least_number(rate)
        assert clopper_pearson(number, number)[0] > rate
        if number > 1:
            assert clopper_pearson(number - 1, number - 1)[0] <= rate
    assert 2 * 0.5 ** least_number(0.5, num_tests=7) * 7 < 0.05


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: clopper_pearson(5, 4), "expected a count from 0 to 4, got 5"),
        (lambda: binomial_p(1, 4, 1.5), "expected a rate from 0 to 1, got 1.5"),
        (lambda: least_number(1.0), "expected a rate from 0 to below 1, got 1"),
        (lambda: newcombe(1, 0, 1, 1), "`number` must be at least 1; got 0"),
        (lambda: fisher_p(1, 4, -1, 4), "expected a count from 0 to 4, got -1"),
        (lambda: clopper_pearson(1, 4, 95), "expected a confidence between 0 and 1"),
    ],
)
def test_numbers_out_of_range(call, text):
    with pytest.raises(SettingError, match=text):
        call()
