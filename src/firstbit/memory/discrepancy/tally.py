"""The distances of more draws than memory holds: counted and summed, block by block."""

import numpy as np

from firstbit.intervals import median_ranks
from firstbit.memory.discrepancy.bernstein import bernstein_interval
from firstbit.memory.discrepancy.moments import Moments
from firstbit.memory.discrepancy.octaves import Octaves
from firstbit.memory.discrepancy.relative import Reference, relative
from firstbit.memory.discrepancy.summary import (
    MEDIAN,
    QUANTILES,
    ByLength,
    Ends,
    Summary,
    ends,
    num_top,
    quantiles_at,
    require_within,
    share_of_draws,
)
from firstbit.memory.ensemble.block import Block
from firstbit.memory.ensemble.population import Population
from firstbit.norms import power_of_two


class Tally:
    """What is known of the distances of one size, of which none is kept.

    Blocks are added in the order of their numbers, whenever they come; so no bit
    depends on who computed them. One that comes early waits.
    """

    def __init__(
        self, population: Population, length: int, num_draws: int, threshold: float
    ) -> None:
        self._places = population.references
        self._size = population.num_draws
        self._num_blocks = population.num_blocks(num_draws)
        self._threshold = threshold
        self._waiting: dict[int, Block] = {}
        self._next = 0
        self.num_draws = num_draws
        self.octaves = Octaves(length)
        self.scale = np.ones(length)
        self.largest = np.zeros(length)
        self.num_retained = np.zeros(length, int)
        self.num_not_finite = np.zeros(length, int)
        self.num_lost = np.zeros(length, int)
        self.moments: Moments | None = None
        self.pairs: Moments | None = None

    def put(self, number: int, block: Block) -> "Tally | None":
        """Take a block; return the whole after the last one."""
        self._waiting[number] = block
        with np.errstate(over="ignore", invalid="ignore"):
            while self._next in self._waiting:
                self._add(self._waiting.pop(self._next))
                self._next += 1
        return self if self._next == self._num_blocks else None

    def _add(self, block: Block) -> None:
        """Count and sum the draws of the next block."""
        start = self._next * self._size
        left = self.num_draws - start
        distances = block.distances[:, :left]
        is_finite = np.isfinite(distances)
        is_retained = is_finite & (distances > self._threshold)
        is_lost = block.is_lost[:, :left]
        self.octaves.add(distances)
        self.num_not_finite += (~is_finite).sum(axis=1)
        self.num_retained += is_retained.sum(axis=1)
        self.num_lost += is_lost.sum(axis=1)
        highest = distances.max(axis=1)
        self.largest = np.fmax(self.largest, highest)
        if self.moments is None:
            self.scale = power_of_two(highest)
        scaled = distances / self.scale[:, None]  # squares of small ones underflow
        moments = Moments.of(scaled[None])
        self.moments = _merged(self.moments, moments)
        is_inside = self._places < left
        if is_inside.any():
            places = self._places[is_inside]
            both = distances[:, places]
            reference = block.reference[:, is_inside]
            pairs = np.stack([both, reference])
            self.pairs = _merged(self.pairs, Moments.of(pairs))

    def reference(self) -> Reference:
        """Return the distances after two random words."""
        assert self.pairs is not None, "the first draw reads them"
        number, means, products = self.pairs
        _, mean = means
        variance = products[1, 1] / (number - 1)
        of_both = products[0, 1]
        return Reference(number, mean, variance, of_both)


def summary_of_tally(tally: Tally, confidence: float, bound: float) -> Summary:
    """Compute all estimates of one size.

    Quantiles, and the share of the top draws, are known to `QUANTILE_ERROR`, relative;
    the interval of the mean is that of Bernstein; all else is as of all distances.

    Args:
        tally: of the distances.
        confidence: probability of the intervals.
        bound: no distance can be larger; infinity where none is known.

    Raises:
        SettingError: a distance is larger.
    """
    assert tally.moments is not None, "there is a draw at least"
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return _summary(tally, tally.moments, confidence, bound)


def _summary(
    tally: Tally, moments: Moments, confidence: float, bound: float
) -> Summary:
    number = tally.num_draws
    scaled = moments.mean[0]
    squares = moments.products[0, 0]
    variance = squares / (number - 1)
    scaled_error = np.sqrt(variance / number)
    mean = scaled * tally.scale
    error = scaled_error * tally.scale
    ratio, ratio_error = relative(mean, error, number, tally.reference())
    quantiles = quantiles_at(tally.octaves.at, number, QUANTILES)
    top = tally.octaves.sum_of_top(num_top(number))
    top_share = top / (mean * number)
    mean_square = squares / number + scaled**2
    unknown = tally.num_not_finite
    retained = share_of_draws(tally.num_retained, number, unknown, confidence)
    lost = share_of_draws(tally.num_lost, number, unknown, confidence)
    return Summary(
        discrepancy=mean,
        discrepancy_se=error,
        discrepancy_ci=_mean_interval(tally, mean, error, confidence, bound),
        quantile_value=quantiles,
        median=quantiles[:, MEDIAN],
        median_ci=_median_interval(tally, confidence),
        retained=retained.value,
        retained_ci=retained.ends,
        top_share=np.where(mean > 0, top_share, np.nan),
        relative_discrepancy=ratio,
        relative_discrepancy_se=ratio_error,
        effective_draws=number * scaled**2 / mean_square,
        below_rounding=lost.value,
        below_rounding_ci=lost.ends,
        num_not_finite=unknown,
    )


def _mean_interval(
    tally: Tally, mean: ByLength, error: ByLength, confidence: float, bound: float
) -> Ends:
    """Return the empirical Bernstein interval of the mean; NaN without a bound."""
    if not np.isfinite(bound):
        return np.full((len(mean), 2), np.nan)
    largest = tally.largest.max()
    require_within(float(largest), bound)
    number = tally.num_draws
    share = mean / bound
    share_error = error / bound
    variance = number * share_error**2
    lower, upper = bernstein_interval(share, variance, number, confidence)
    return ends(lower * bound, upper * bound)


def _median_interval(tally: Tally, confidence: float) -> Ends:
    """Return the interval of the median by ranks, out to the ends of their bins."""
    ranks = median_ranks(tally.num_draws, confidence)
    if ranks is None:
        return np.full((len(tally.scale), 2), np.nan)
    lower, upper = tally.octaves.ends(np.array(ranks))
    return ends(lower[:, 0], upper[:, 1])


def _merged(before: Moments | None, block: Moments) -> Moments:
    return block if before is None else before.merged(block)
