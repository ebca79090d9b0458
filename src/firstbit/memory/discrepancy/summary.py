"""What the distances of many draws say: the mean, its interval, and what it hides."""

from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Bool, Float, Int

from firstbit.intervals import CONFIDENCE, median_ranks, wilson
from firstbit.memory.ensemble.sample import Sample

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
MEDIAN = QUANTILES.index(0.5)
TOP = 0.01

ROWS_TIMES_DRAWS = 1 << 22
"""Distances that are worked on at once."""

ByLength = Float[np.ndarray, " length"]
Ends = Float[np.ndarray, "length bound"]
"""Lower and upper ends of an interval at each length."""


class Summary(NamedTuple):
    """Estimates at each l; see `firstbit.discrepancy` for what each number means."""

    discrepancy: ByLength
    discrepancy_se: ByLength
    discrepancy_ci: Ends
    quantile_value: Float[np.ndarray, "length quantile"]
    median: ByLength
    median_ci: Ends
    retained: ByLength
    retained_ci: Ends
    top_share: ByLength
    relative_discrepancy: ByLength
    relative_discrepancy_se: ByLength
    resolved: Bool[np.ndarray, " length"]
    num_not_finite: Int[np.ndarray, " length"]

    @property
    def half_life_mean(self) -> float:
        """Length at which the mean is half of that at l = 1."""
        return half_life(self.discrepancy)

    @property
    def half_life_median(self) -> float:
        """Length at which the median is half of that at l = 1."""
        return half_life(self.median)


def summary(
    sample: Sample, threshold: float, confidence: float = CONFIDENCE
) -> Summary:
    """Compute all estimates of one size.

    It takes a few lengths at a time, so that no second copy of all distances is made.

    Args:
        sample: the distances.
        threshold: a draw is retained where its distance is above this.
        confidence: probability of the intervals.
    """
    length, num_draws = sample.distances.shape
    rows = max(1, ROWS_TIMES_DRAWS // num_draws)
    # Infinities and NaN are counted, not warned of.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        parts = []
        for t in range(0, length, rows):
            some = sample.lengths(slice(t, t + rows))
            parts.append(_of_lengths(some, threshold, confidence))
    return Summary(*[np.concatenate(values) for values in zip(*parts, strict=True)])


def _of_lengths(sample: Sample, threshold: float, confidence: float) -> Summary:
    distances = sample.distances
    num_draws = distances.shape[1]
    # Sorted once: all but the mean reads the order; NaN comes last.
    ordered = np.sort(distances, axis=1)
    mean = distances.mean(axis=1)
    error = distances.std(axis=1, ddof=1) / np.sqrt(num_draws)
    reach = scipy.special.stdtrit(num_draws - 1, (1 + confidence) / 2) * error
    not_finite = (~np.isfinite(distances)).sum(axis=1)
    count = num_draws - _count_up_to(ordered, threshold) - not_finite
    quantiles = quantiles_of_ordered(ordered, QUANTILES)
    num_top = int(np.ceil(TOP * num_draws))
    top = ordered[:, num_draws - num_top :].sum(axis=1)
    relative, relative_error = _relative(sample, mean, error)
    return Summary(
        discrepancy=mean,
        discrepancy_se=error,
        discrepancy_ci=_ends(mean - reach, mean + reach),
        quantile_value=quantiles,
        median=quantiles[:, MEDIAN],
        median_ci=_median_interval(ordered, confidence),
        retained=count / num_draws,
        retained_ci=_ends(*map(np.asarray, wilson(count, num_draws, confidence))),
        top_share=np.where(mean > 0, top / (mean * num_draws), np.nan),
        relative_discrepancy=relative,
        relative_discrepancy_se=relative_error,
        resolved=mean >= np.finfo(float).eps * sample.norm,
        num_not_finite=not_finite,
    )


def quantiles_of_ordered(
    ordered: Float[np.ndarray, "length draw"], probabilities: tuple[float, ...]
) -> Float[np.ndarray, "length quantile"]:
    """Return sample quantiles, linear between neighbours, of values in ascending order.

    Example:
        >>> quantiles_of_ordered(np.array([[1.0, 2.0, 4.0]]), (0.5, 0.75)).tolist()
        [[2.0, 3.0]]
    """
    place = np.array(probabilities) * (ordered.shape[1] - 1)
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, ordered.shape[1] - 1)
    share = place - below
    return ordered[:, below] * (1 - share) + ordered[:, above] * share


def half_life(values: ByLength) -> float:
    """Return the first l, interpolated, at which a curve is half its value at l = 1.

    NaN if it never is.

    Example:
        >>> half_life(np.array([1.0, 0.75, 0.25]))
        2.5
    """
    reached = np.flatnonzero(values <= values[0] / 2)
    if len(reached) == 0 or reached[0] == 0:
        return float("nan")
    after = reached[0]
    step = (values[after - 1] - values[0] / 2) / (values[after - 1] - values[after])
    return float(after + step)


def _ends(lower: ByLength, upper: ByLength) -> Ends:
    return np.stack([lower, upper], axis=1)


def _median_interval(
    ordered: Float[np.ndarray, "length draw"], confidence: float
) -> Ends:
    ranks = median_ranks(ordered.shape[1], confidence)
    if ranks is None:  # not even the least and the largest value do
        return np.full((len(ordered), 2), np.nan)
    return ordered[:, list(ranks)]


def _count_up_to(
    ordered: Float[np.ndarray, "length draw"], threshold: float
) -> Int[np.ndarray, " length"]:
    return np.array([np.searchsorted(row, threshold, side="right") for row in ordered])


def _relative(
    sample: Sample, mean: ByLength, error: ByLength
) -> tuple[ByLength, ByLength]:
    """Return D over the mean distance after two random words, with its standard error.

    The error is of first order. Some draws are in both means: their covariance counts.
    """
    reference, num_draws = sample.reference, sample.distances.shape[1]
    num_reference = reference.shape[1]
    below = reference.mean(axis=1)
    if num_reference < 2:
        return mean / below, np.full_like(mean, np.nan)
    both = sample.distances[:, sample.reference_draws]
    apart = both - both.mean(axis=1, keepdims=True)
    covariance = (apart * (reference - below[:, None])).sum(axis=1)
    covariance /= (num_reference - 1) * num_draws
    ratio = mean / below
    of_reference = ratio**2 * reference.var(axis=1, ddof=1) / num_reference
    variance = error**2 + of_reference - 2 * ratio * covariance
    return ratio, np.sqrt(np.maximum(variance, 0)) / below
