"""Intervals of shares, of means and of medians."""

from bisect import bisect
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Float
from numpy.typing import ArrayLike

from firstbit.errors import SettingError, require_at_least, require_real

CONFIDENCE = 0.95
"""The probability of an interval where none is asked for."""


def require_confidence(confidence: float) -> float:
    """Return a probability above 0 and below 1 as a number of Python.

    Raises:
        SettingError: it is no such number.

    Example:
        >>> require_confidence(2)  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        firstbit.errors.SettingError: expected a confidence between 0 and 1, got 2; ...
    """
    probability = require_real("confidence", confidence)
    if not 0 < probability < 1:
        raise SettingError(
            f"expected a confidence between 0 and 1, got {probability:g}; try .95."
        )
    return probability


def wilson(
    count: ArrayLike | int | float, number: int, confidence: float = CONFIDENCE
) -> tuple[np.ndarray | np.floating, np.ndarray | np.floating]:
    """Return Wilson's interval of a share, its lower and its upper ends.

    It holds the share with the probability `confidence` on the average over shares, at
    some shares near 0 and 1 less often: 84 % instead of 95 %. See `clopper_pearson`.

    Args:
        count: successes; a number or an array.
        number: trials.
        confidence: probability of the interval.

    Example:
        >>> [round(float(end), 4) for end in wilson(0, 10)]
        [0.0, 0.2775]
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = np.asarray(count) / number
    widened = 1 + z**2 / number
    centre = (share + z**2 / (2 * number)) / widened
    variance = share * (1 - share) / number
    spread = np.sqrt(variance + z**2 / (4 * number**2))
    reach = z / widened * spread
    # Exactly 0 and 1 where nothing or all succeeded, whatever rounding says.
    lower = np.where(share > 0, centre - reach, 0.0)
    return lower, np.where(share < 1, centre + reach, 1.0)


def clopper_pearson(
    count: ArrayLike | int | float, number: int, confidence: float = CONFIDENCE
) -> tuple[np.ndarray | np.floating, np.ndarray | np.floating]:
    r"""Compute the exact interval of a share, its lower and its upper ends.

    They are the rates p with

    $$ P_p(X \ge c) = (1 - \text{confidence}) / 2, \qquad
       P_p(X \le c) = (1 - \text{confidence}) / 2 $$

    X is binomial with n trials. The interval holds the true rate at least as often as
    `confidence` says, at every rate and every n.

    Args:
        count: c, successes, from 0 to n; a number or an array.
        number: n, trials, at least 1.
        confidence: probability of the interval.

    Raises:
        SettingError: a number is out of range.

    Example:
        >>> [round(float(end), 4) for end in clopper_pearson(8, 8)]
        [0.6306, 1.0]

    References:
        Clopper, Pearson 1934, "The use of confidence or fiducial limits illustrated in
        the case of the binomial".
    """
    require_count(count, number)
    confidence = require_confidence(confidence)
    outside = (1 - confidence) / 2
    hits = np.asarray(count, float)
    misses = number - hits
    # Where all succeeded the law of the upper end has no density.
    some_misses = np.maximum(misses, 1)
    high = scipy.special.betaincinv(hits + 1, some_misses, 1 - outside)
    upper = np.where(misses > 0, high, 1.0)
    return exact_lower(count, number, outside), upper[()]


def exact_lower(
    count: ArrayLike | int | float, number: int, outside: float
) -> np.ndarray | np.floating:
    """Return the exact lower bound of a share: the lower end of Clopper and Pearson.

    Args:
        count: successes; a number or an array.
        number: trials.
        outside: probability that the bound is above the share, at most.

    Example:
        >>> round(float(exact_lower(8, 8, 0.025)), 4)
        0.6306
    """
    hits = np.asarray(count, float)
    some_hits = np.maximum(hits, 1)  # where nothing succeeded the law has no density
    low = scipy.special.betaincinv(some_hits, number - hits + 1, outside)
    return np.where(hits > 0, low, 0.0)[()]


def require_count(count: ArrayLike | int | float, number: int) -> None:
    """Raise `SettingError` unless there are that many trials, each counted once."""
    require_at_least("number", number, 1)
    counts = np.asarray(count)
    outside = (counts < 0) | (counts > number)
    if np.any(outside):
        raise SettingError(
            f"expected a count from 0 to {number}, got {count}; count each trial once."
        )


class Mean(NamedTuple):
    """The mean of independent values, with Student's t.

    Attributes:
        value: the mean.
        error: its standard error.
        number: of values.

    Example:
        >>> mean = Mean.of(np.array([1.0, 2.0, 3.0]))
        >>> [round(float(end), 3) for end in mean.interval(0.95)]
        [-0.484, 4.484]
    """

    value: np.ndarray
    error: np.ndarray
    number: int

    @classmethod
    def of(cls, values: Float[np.ndarray, "*some value"]) -> "Mean":
        """Take the mean along the last axis, of at least two values."""
        number = values.shape[-1]
        spread = values.std(axis=-1, ddof=1)
        error = spread / np.sqrt(number)
        mean = np.asarray(values.mean(axis=-1))
        return cls(mean, np.asarray(error), number)

    def reach(self, probability: float) -> np.ndarray:
        """Return how far the truth may lie to one side, with a probability."""
        quantile = scipy.stats.t.ppf(probability, self.number - 1)
        return np.asarray(quantile * self.error)

    def interval(self, confidence: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the lower and the upper end."""
        reach = self.reach((1 + confidence) / 2)
        return np.asarray(self.value - reach), np.asarray(self.value + reach)


def median_ranks(number: int, confidence: float = CONFIDENCE) -> tuple[int, int] | None:
    """Return two ranks, from 0, whose order statistics enclose the median.

    They enclose it with at least the probability `confidence`, whatever the law: the
    number of values below the median is binomial. None where all values are too few.

    Example:
        >>> median_ranks(10), median_ranks(5)
        ((1, 8), None)
    """

    def at_most(count: int) -> float:
        return scipy.special.bdtr(count, number, 0.5)

    outside = (1 - confidence) / 2
    below = bisect(range(number // 2), outside, key=at_most)
    if below == 0:
        return None
    return below - 1, number - below
