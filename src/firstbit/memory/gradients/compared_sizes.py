"""Are two pools of sizes alike? Their largest difference, and their medians."""

from typing import Any, NamedTuple

import numpy as np
import scipy
from jaxtyping import Float

from firstbit.intervals import CONFIDENCE

NUM_RESAMPLES = 1000

UNKNOWN = (np.nan, np.nan)
"""The interval of one word."""


class Comparison(NamedTuple):
    """Two pools of sizes compared.

    Attributes:
        ks_distance: Kolmogorov-Smirnov distance.
        ks_interval: its interval.
        median_ratio: median of the first pool over that of the second.
        ratio_interval: its interval.
    """

    ks_distance: float
    ks_interval: tuple[float, float]
    median_ratio: float
    ratio_interval: tuple[float, float]


def compare_sizes(
    first: Float[np.ndarray, "word first"],
    second: Float[np.ndarray, "word second"],
    *,
    confidence: float = CONFIDENCE,
    seed: int,
) -> Comparison:
    """Compare two pools of sizes, with bootstrap intervals.

    Words are resampled, the same for both pools: coefficients of one word are far from
    independent. The bootstrap works on empirical distributions at 512 pooled quantiles;
    the two estimates themselves are exact.

    The interval of the ratio is that of percentiles. That of the Kolmogorov-Smirnov
    distance comes from a band around the difference of both distributions: resampled
    distances themselves lie above the true one where that is small. One word has none.

    Args:
        first: sizes of each word.
        second: the same for the other pool.
        confidence: probability of the intervals.
        seed: of the bootstrap.
    """
    num_words = len(first)
    exact: Any = scipy.stats.ks_2samp(first.ravel(), second.ravel(), method="asymp")
    distance = float(exact.statistic)
    ratio = float(np.median(first) / np.median(second))
    if num_words < 2:
        return Comparison(distance, UNKNOWN, ratio, UNKNOWN)
    pooled = np.concatenate([first.ravel(), second.ravel()])
    levels = np.linspace(0, 1, 513)
    grid = np.unique(np.quantile(pooled, levels))
    generator = np.random.Generator(np.random.PCG64(seed))
    even = np.full(num_words, 1 / num_words)
    counts = generator.multinomial(num_words, even, size=NUM_RESAMPLES)
    shares = [_share_below(pool, grid) for pool in (first, second)]
    resampled = [counts @ share / num_words for share in shares]
    means = [share.mean(axis=0) for share in shares]
    found = means[0] - means[1]
    moved = resampled[0] - resampled[1] - found
    largest = np.abs(moved).max(axis=1)
    reach = float(np.quantile(largest, confidence))
    # Resampled words spread a little less than words, as few degrees show.
    freedom = num_words - 1
    reach *= scipy.stats.t.ppf((1 + confidence) / 2, freedom)
    reach /= scipy.stats.norm.ppf((1 + confidence) / 2)
    reach *= np.sqrt(num_words / freedom)
    ratios = _medians(resampled[0], grid) / _medians(resampled[1], grid)
    # What the grid misses between its points.
    reach += max(0.0, distance - float(np.abs(found).max()))
    return Comparison(
        distance,
        (max(0.0, distance - reach), min(1.0, distance + reach)),
        ratio,
        _middle(ratios, confidence),
    )


def _share_below(
    pool: Float[np.ndarray, "word size"], grid: Float[np.ndarray, " point"]
) -> Float[np.ndarray, "word point"]:
    """Return, for each word, the share of its sizes up to each point of the grid."""
    counts = []
    for row in pool:
        in_order = np.sort(row)
        counts.append(np.searchsorted(in_order, grid, side="right"))
    return np.stack(counts) / pool.shape[1]


def _medians(
    shares: Float[np.ndarray, "resample point"], grid: Float[np.ndarray, " point"]
) -> Float[np.ndarray, " resample"]:
    """Return the median of each distribution."""
    return np.array([np.interp(0.5, row, grid) for row in shares])


def _middle(
    resampled: Float[np.ndarray, " resample"], confidence: float
) -> tuple[float, float]:
    """Return the percentile interval of a bootstrap."""
    outside = round((1 - confidence) / 2, 12)  # 0.025 itself at 0.95
    low, high = np.quantile(resampled, [outside, 1 - outside]).tolist()
    return low, high
