"""What the distances of many draws say: the mean, its interval, and what it hides."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from firstbit.errors import SettingError
from firstbit.intervals import CONFIDENCE, median_ranks, wilson
from firstbit.memory.discrepancy.betting import betting_interval
from firstbit.memory.discrepancy.relative import Reference, relative
from firstbit.memory.ensemble.sample import Sample
from firstbit.norms import divisor
from firstbit.threads import run_blocks

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
MEDIAN = QUANTILES.index(0.5)
TOP = 0.01

ROWS_TIMES_DRAWS = 1 << 17
"""Distances that are worked on at once."""

BOUND_SLACK = 1e-6
"""A distance may be larger than its bound by this share of it: it is rounded."""

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
    effective_draws: ByLength
    below_rounding: ByLength
    below_rounding_ci: Ends
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
    sample: Sample,
    threshold: float,
    confidence: float = CONFIDENCE,
    bound: float = np.inf,
    workers: int | None = 1,
) -> Summary:
    """Compute all estimates of one size.

    Each thread takes a few lengths at a time, so that no second copy of all distances
    is made.

    Args:
        sample: the distances.
        threshold: a draw is retained where its distance is above this.
        confidence: probability of the intervals.
        bound: no distance can be larger; infinity where none is known.
        workers: threads; None for one a processor.

    Raises:
        SettingError: a distance is larger.
    """
    length, num_draws = sample.distances.shape
    rows = max(1, ROWS_TIMES_DRAWS // num_draws)

    def of_lengths(first: int) -> Summary:
        some = sample.lengths(slice(first, first + rows))
        # Infinities and NaN are counted, not warned of.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return _of_lengths(some, threshold, confidence, bound)

    firsts = range(0, length, rows)
    if len(firsts) == 1:
        parts = [of_lengths(0)]
    else:
        parts = run_blocks(of_lengths, firsts, workers=workers)
    joined = map(np.concatenate, zip(*parts, strict=True))
    return Summary(*joined)


def _of_lengths(
    sample: Sample, threshold: float, confidence: float, bound: float
) -> Summary:
    distances = sample.distances
    num_draws = distances.shape[1]
    mean_ci = _mean_interval(distances, confidence, bound)
    mean = distances.mean(axis=1)
    error, effective_draws = _spread(distances, mean)
    not_finite = _count_not_finite(distances, mean)
    ratio, ratio_error = relative(mean, error, num_draws, Reference.of(sample))
    # Sorted once, and after all that needs a copy of its own; NaN comes last.
    ordered = np.sort(distances, axis=1)
    count = num_draws - _count_up_to(ordered, threshold) - not_finite
    quantiles = quantiles_of_ordered(ordered, QUANTILES)
    retained = share_of_draws(count, num_draws, not_finite, confidence)
    lost = share_of_draws(sample.num_lost, num_draws, not_finite, confidence)
    return Summary(
        discrepancy=mean,
        discrepancy_se=error,
        discrepancy_ci=mean_ci,
        quantile_value=quantiles,
        median=quantiles[:, MEDIAN],
        median_ci=_median_interval(ordered, confidence),
        retained=retained.value,
        retained_ci=retained.ends,
        top_share=_top_share(ordered, mean),
        relative_discrepancy=ratio,
        relative_discrepancy_se=ratio_error,
        effective_draws=effective_draws,
        below_rounding=lost.value,
        below_rounding_ci=lost.ends,
        num_not_finite=not_finite,
    )


def _mean_interval(
    distances: Float[np.ndarray, "length draw"], confidence: float, bound: float
) -> Ends:
    """Return the interval of the mean that bets give; NaN without a bound."""
    if not np.isfinite(bound):
        return np.full((len(distances), 2), np.nan)
    largest = np.nanmax(distances, initial=0.0)
    require_within(float(largest), bound)
    shares = distances if bound == 1 else distances / bound
    if largest > bound:  # by rounding, or infinite
        at_most_one = np.minimum(shares, 1)
        shares = np.where(np.isfinite(distances), at_most_one, np.nan)
    lower, upper = betting_interval(shares, confidence)
    return ends(lower * bound, upper * bound)


def require_within(largest: float, bound: float) -> None:
    """Raise `SettingError` where a distance is above its bound."""
    if np.isfinite(largest) and largest > bound * (1 + BOUND_SLACK):
        raise SettingError(
            f"expected no distance above {bound:.6g}, as `state_bound` says, got "
            f"{largest:.6g}; give a larger bound, or none."
        )


def _spread(
    distances: Float[np.ndarray, "length draw"], mean: ByLength
) -> tuple[ByLength, ByLength]:
    """Return the standard error of the mean, and (sum d)^2 / sum d^2; NaN of zeros."""
    num_draws = distances.shape[1]
    scale = divisor(mean)
    scaled = distances
    if np.any(scale != 1):
        scaled = distances / scale[:, None]
    middle = mean / scale
    spread = scaled.std(axis=1, ddof=1, mean=middle[:, None])
    squares = np.einsum("ij,ij->i", scaled, scaled)
    error = spread * scale / np.sqrt(num_draws)
    return error, (num_draws * middle) ** 2 / squares


def _count_not_finite(
    distances: Float[np.ndarray, "length draw"], mean: ByLength
) -> Int[np.ndarray, " length"]:
    """Return how many distances are not finite: none where the mean is finite."""
    counts = np.zeros(len(mean), dtype=int)
    for row in np.flatnonzero(~np.isfinite(mean)):
        counts[row] = (~np.isfinite(distances[row])).sum()
    return counts


def _top_share(ordered: Float[np.ndarray, "length draw"], mean: ByLength) -> ByLength:
    """Return the share of the mean that the top draws carry; NaN where it is zero."""
    num_draws = ordered.shape[1]
    top = ordered[:, num_draws - num_top(num_draws) :].sum(axis=1)
    share = top / (mean * num_draws)
    return np.where(mean > 0, share, np.nan)


def num_top(num_draws: int) -> int:
    """Return how many draws are the top ones.

    Example:
        >>> num_top(2000), num_top(50)
        (20, 1)
    """
    return int(np.ceil(TOP * num_draws))


def quantiles_of_ordered(
    ordered: Float[np.ndarray, "length draw"], probabilities: tuple[float, ...]
) -> Float[np.ndarray, "length quantile"]:
    """Return sample quantiles, linear between neighbours, of values in ascending order.

    Example:
        >>> quantiles_of_ordered(np.array([[1.0, 2.0, 4.0]]), (0.5, 0.75)).tolist()
        [[2.0, 3.0]]
    """
    return quantiles_at(
        lambda ranks: ordered[:, ranks], ordered.shape[1], probabilities
    )


def quantiles_at(
    values_at: Callable[[Int[np.ndarray, " rank"]], Float[np.ndarray, "length rank"]],
    num_draws: int,
    probabilities: Sequence[float],
) -> Float[np.ndarray, "length quantile"]:
    """Return sample quantiles, linear between neighbours.

    Args:
        values_at: returns the values of some ranks, from 0 on.
        num_draws: how many values there are.
        probabilities: of the quantiles.
    """
    last = num_draws - 1
    place = np.array(probabilities) * last
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, last)
    share = place - below
    lower = values_at(below)
    # The next value counts for nothing where the place is a rank: it may be infinite.
    upper = np.where(share > 0, values_at(above), 0.0)
    return lower * (1 - share) + upper * share


def half_life(values: ByLength) -> float:
    """Return the first l, interpolated, at which a curve is half its value at l = 1.

    NaN if it never is.

    Example:
        >>> half_life(np.array([1.0, 0.75, 0.25]))
        2.5
    """
    half = values[0] / 2
    reached = np.flatnonzero(values <= half)
    if len(reached) == 0 or reached[0] == 0:
        return float("nan")
    after = reached[0]
    above = values[after - 1]
    step = (above - half) / (above - values[after])
    return float(after + step)


def ends(lower: ByLength, upper: ByLength) -> Ends:
    """Return both ends of an interval side by side."""
    return np.stack([lower, upper], axis=1)


class Share(NamedTuple):
    """A share of the draws, with its interval; NaN where nobody knows it."""

    value: ByLength
    ends: Ends


def share_of_draws(
    count: Int[np.ndarray, " length"],
    num_draws: int,
    num_unknown: Int[np.ndarray, " length"],
    confidence: float,
) -> Share:
    """Return a share with Wilson's interval; NaN where a draw has no distance.

    Example:
        >>> some = np.array([10]), 10, np.array([0]), 0.95
        >>> share_of_draws(*some).ends.round(4).tolist()
        [[0.7225, 1.0]]
    """
    is_known = num_unknown == 0
    lower, upper = wilson(count, num_draws, confidence)
    both = ends(np.asarray(lower), np.asarray(upper))
    return Share(
        np.where(is_known, count / num_draws, np.nan),
        np.where(is_known[:, None], both, np.nan),
    )


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
    counts = []
    for row in ordered:
        count = row.searchsorted(threshold, side="right")
        counts.append(count)
    return np.array(counts)
