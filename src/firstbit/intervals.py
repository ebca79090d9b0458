"""Intervals of shares and of medians."""

from bisect import bisect
from statistics import NormalDist

import numpy as np
import scipy

CONFIDENCE = 0.95


def wilson(count: np.ndarray, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's 95 % interval of a share.

    Args:
        count: how often it happened.
        number: of how many.

    Example:
        >>> [round(float(end), 4) for end in wilson(np.array(0), 10)]
        [0.0, 0.2775]
    """
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    share = count / number
    centre = (share + z**2 / (2 * number)) / (1 + z**2 / number)
    reach = (
        z
        / (1 + z**2 / number)
        * np.sqrt(share * (1 - share) / number + z**2 / (4 * number**2))
    )
    return np.maximum(centre - reach, 0.0), np.minimum(centre + reach, 1.0)


def median_ranks(number: int) -> tuple[int, int] | None:
    """Which of so many values in ascending order, counted from 0, hold the median between them with 95 % at least.

    The number of values below the median is binomial, whatever their law.

    Example:
        >>> median_ranks(10), median_ranks(5)
        ((1, 8), None)
    """
    below = bisect(
        range(number // 2),
        (1 - CONFIDENCE) / 2,
        key=lambda count: scipy.special.bdtr(count, number, 0.5),
    )
    return (below - 1, number - below) if below else None
