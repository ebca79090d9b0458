"""What is known of D(l,k) from the distances of many draws: the mean, its interval, and what the mean hides."""

from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Float

from firstbit.intervals import CONFIDENCE, median_ranks, wilson
from firstbit.memory.ensemble.blocks import Sample

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
TOP = 0.01

ROWS_TIMES_DRAWS = 1 << 22
"""Distances that are worked on at once."""

ByLength = Float[np.ndarray, " length"]


class Summary(NamedTuple):
    """Of each l; see `firstbit.discrepancy` for what each number means."""

    discrepancy: ByLength
    standard_error: ByLength
    interval_low: ByLength
    interval_high: ByLength
    quantile_value: Float[np.ndarray, "length quantile"]
    median_low: ByLength
    median_high: ByLength
    retained: ByLength
    retained_low: ByLength
    retained_high: ByLength
    top_share: ByLength
    relative_discrepancy: ByLength
    relative_standard_error: ByLength
    resolved: ByLength
    num_not_finite: ByLength
    half_life_mean: float
    half_life_median: float


def summary(sample: Sample, threshold: float) -> Summary:
    """All numbers of one size; a few lengths at a time, so that no second copy of all distances is made."""
    length, num_draws = sample.distances.shape
    rows = max(1, ROWS_TIMES_DRAWS // num_draws)
    with np.errstate(
        over="ignore", invalid="ignore", divide="ignore"
    ):  # infinities and NaN are counted, and told
        parts = [
            _of_lengths(sample.lengths(slice(t, t + rows)), threshold)
            for t in range(0, length, rows)
        ]
        whole = {
            name: np.concatenate([part[name] for part in parts]) for name in parts[0]
        }
        medians = whole["quantile_value"][:, QUANTILES.index(0.5)]
        return Summary(
            **whole,
            half_life_mean=half_life(whole["discrepancy"]),
            half_life_median=half_life(medians),
        )


def _of_lengths(sample: Sample, threshold: float) -> dict[str, np.ndarray]:
    distances = sample.distances
    num_draws = distances.shape[1]
    ordered = np.sort(
        distances, axis=1
    )  # once: everything but the mean reads the order; NaN comes last
    mean, error = (
        distances.mean(axis=1),
        distances.std(axis=1, ddof=1) / np.sqrt(num_draws),
    )
    reach = scipy.special.stdtrit(num_draws - 1, (1 + CONFIDENCE) / 2) * error
    not_finite = (~np.isfinite(distances)).sum(axis=1)
    count = num_draws - _count_up_to(ordered, threshold) - not_finite
    low, high = wilson(count, num_draws)
    median_low, median_high = _median_interval(ordered)
    top = ordered[:, num_draws - int(np.ceil(TOP * num_draws)) :].sum(axis=1)
    relative, relative_error = _relative(sample, mean, error)
    return {
        "discrepancy": mean,
        "standard_error": error,
        "interval_low": mean - reach,
        "interval_high": mean + reach,
        "quantile_value": quantiles_of_ordered(ordered, QUANTILES),
        "median_low": median_low,
        "median_high": median_high,
        "retained": count / num_draws,
        "retained_low": low,
        "retained_high": high,
        "top_share": np.where(mean > 0, top / (mean * num_draws), np.nan),
        "relative_discrepancy": relative,
        "relative_standard_error": relative_error,
        "resolved": mean >= np.finfo(float).eps * sample.norm,
        "num_not_finite": not_finite,
    }


def quantiles_of_ordered(
    ordered: Float[np.ndarray, "length draw"], probabilities: tuple[float, ...]
) -> np.ndarray:
    """Exact sample quantiles, linear between neighbours, from values in ascending order.

    Example:
        >>> quantiles_of_ordered(np.array([[1.0, 2.0, 4.0]]), (0.5, 0.75)).tolist()
        [[2.0, 3.0]]
    """
    place = np.array(probabilities) * (ordered.shape[1] - 1)
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, ordered.shape[1] - 1)
    share = place - below
    return ordered[:, below] * (1 - share) + ordered[:, above] * share


def _median_interval(
    ordered: Float[np.ndarray, "length draw"],
) -> tuple[ByLength, ByLength]:
    ranks = median_ranks(ordered.shape[1])
    if ranks is None:  # not even the least and the largest value do
        return np.full(len(ordered), np.nan), np.full(len(ordered), np.nan)
    return ordered[:, ranks[0]], ordered[:, ranks[1]]


def half_life(values: ByLength) -> float:
    """First l, interpolated, at which a curve is at half of its value at l = 1; NaN if it never is.

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


def _count_up_to(ordered: np.ndarray, threshold: float) -> np.ndarray:
    return np.array([np.searchsorted(row, threshold, side="right") for row in ordered])


def _relative(
    sample: Sample, mean: ByLength, error: ByLength
) -> tuple[ByLength, ByLength]:
    """D over the mean distance after two random words, with its standard error to first order.

    Some draws are in both means: their covariance counts.
    """
    reference, num_draws = sample.reference, sample.distances.shape[1]
    num_reference = reference.shape[1]
    below = reference.mean(axis=1)
    if num_reference < 2:
        return mean / below, np.full_like(mean, np.nan)
    both = sample.distances[:, sample.reference_draws]
    covariance = (
        (both - both.mean(axis=1, keepdims=True)) * (reference - below[:, None])
    ).sum(axis=1)
    covariance /= (num_reference - 1) * num_draws
    ratio = mean / below
    variance = (
        error**2
        + ratio**2 * reference.var(axis=1, ddof=1) / num_reference
        - 2 * ratio * covariance
    )
    return ratio, np.sqrt(np.maximum(variance, 0)) / below
