"""Exact tests of shares, and of differences between two of them.

Everything here is for counts: c successes among n trials. Intervals of one share are in
`firstbit.intervals`.
"""

from collections.abc import Sequence

import numpy as np
import scipy

from firstbit.errors import SettingError, require_at_least
from firstbit.intervals import CONFIDENCE, require_confidence, require_count, wilson

SAME = 1e-12
"""Relative rounding within which two probabilities of one table are taken as equal."""


def binomial_p(count: int, number: int, rate: float) -> float:
    """Compute the exact two-sided p value of a rate: twice the smaller tail.

    It is below 1 - `confidence` exactly where the interval of `clopper_pearson` does
    not hold the rate.

    Args:
        count: successes, from 0 to n.
        number: n, trials, at least 1.
        rate: of the null hypothesis, from 0 to 1.

    Raises:
        SettingError: a number is out of range.

    Example:
        Eight heads in eight tosses of a fair coin: 2 / 256.

        >>> binomial_p(8, 8, 0.5)
        0.0078125
    """
    require_count(count, number)
    if not 0 <= rate <= 1:
        raise SettingError(f"expected a rate from 0 to 1, got {rate:g}; try 0.5.")
    at_most = float(scipy.special.bdtr(count, number, rate))
    at_least = 1.0
    if count > 0:
        at_least = float(scipy.special.bdtrc(count - 1, number, rate))
    return min(1.0, 2 * min(at_most, at_least))


def fisher_p(count: int, number: int, other_count: int, other_number: int) -> float:
    """Compute Fisher's exact two-sided p value of two shares being one.

    It is the probability of all tables with the same sums that are at most as probable
    as this one.

    Args:
        count: successes among the first.
        number: trials of the first, at least 1.
        other_count: successes among the second.
        other_number: trials of the second, at least 1.

    Raises:
        SettingError: a number is out of range.

    Example:
        The lady who tastes tea, with 3 of 4 cups right.

        >>> round(fisher_p(3, 4, 1, 4), 4)
        0.4857

    References:
        Fisher 1935, "The Design of Experiments", Chapter II.
    """
    require_count(count, number)
    require_count(other_count, other_number)
    successes = count + other_count
    trials = number + other_number
    least = max(0, successes - other_number)
    most = min(number, successes)
    possible = np.arange(least, most + 1)
    law = scipy.stats.hypergeom(trials, successes, number)
    probability = law.pmf(possible)
    observed = law.pmf(count)
    as_rare = probability <= observed * (1 + SAME)
    return min(1.0, float(probability[as_rare].sum()))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust the p values of several tests for their number, by Holm's method.

    Reject each hypothesis whose adjusted value is at most alpha: the probability of one
    or more false rejections among all of them is then at most alpha, however the tests
    depend on each other.

    Args:
        p_values: one for each test, in any order.

    Returns:
        The adjusted values, in the same order, at most 1.

    Example:
        >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
        [0.03, 0.06, 0.06]

    References:
        Holm 1979, "A simple sequentially rejective multiple test procedure".
    """
    adjusted = [1.0] * len(p_values)
    largest = 0.0
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    for rank, place in enumerate(order):
        left = len(p_values) - rank
        largest = max(largest, left * p_values[place])
        adjusted[place] = min(1.0, largest)
    return adjusted


def newcombe(
    count: int,
    number: int,
    other_count: int,
    other_number: int,
    confidence: float = CONFIDENCE,
) -> tuple[float, float]:
    r"""Compute Newcombe's interval of a difference of two shares, first minus second.

    With Wilson's intervals $[l_i, u_i]$ of the shares $p_i$, and d their difference:

    $$ d - \sqrt{(p_1 - l_1)^2 + (u_2 - p_2)^2}, \qquad
       d + \sqrt{(u_1 - p_1)^2 + (p_2 - l_2)^2} $$

    It is the size of a difference, not its test: for that see `fisher_p`.

    Args:
        count: successes among the first.
        number: trials of the first, at least 1.
        other_count: successes among the second.
        other_number: trials of the second, at least 1.
        confidence: nominal probability of the interval.

    Raises:
        SettingError: a number is out of range.

    Example:
        >>> [round(end, 4) for end in newcombe(56, 70, 48, 80)]
        [0.0524, 0.3339]

    References:
        Newcombe 1998, "Interval estimation for the difference between independent
        proportions: comparison of eleven methods", method 10.
    """
    require_count(count, number)
    require_count(other_count, other_number)
    require_confidence(confidence)
    share, other = count / number, other_count / other_number
    low, high = map(float, wilson(count, number, confidence))
    other_low, other_high = map(float, wilson(other_count, other_number, confidence))
    difference = share - other
    down = float(np.hypot(share - low, other_high - other))
    up = float(np.hypot(high - share, other - other_low))
    return difference - down, difference + up


def least_number(
    rate: float, confidence: float = CONFIDENCE, num_tests: int = 1
) -> int:
    """Compute the fewest trials in which nothing but successes shows a higher rate.

    With fewer, no count at all puts the exact interval above `rate`.

    Args:
        rate: that the true one is to exceed, from 0 to below 1.
        confidence: of the interval.
        num_tests: tests that share the error probability, at least 1.

    Raises:
        SettingError: a number is out of range.

    Example:
        >>> least_number(0.5), least_number(0.5, num_tests=20), least_number(0.9)
        (6, 10, 36)
    """
    require_confidence(confidence)
    require_at_least("num_tests", num_tests, 1)
    if not 0 <= rate < 1:
        raise SettingError(f"expected a rate from 0 to below 1, got {rate:g}; try 0.5.")
    allowed = (1 - confidence) / (2 * num_tests)
    number = 1
    while rate**number >= allowed:
        number += 1
    return number
