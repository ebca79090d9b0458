"""The estimates of an ensemble: of one net, of all distances, or of counts of them."""

from firstbit.execution import Execution
from firstbit.memory.discrepancy.exact import exact_summary
from firstbit.memory.discrepancy.octaves import QUANTILE_ERROR
from firstbit.memory.discrepancy.summary import Summary, summary
from firstbit.memory.discrepancy.tally import Tally, summary_of_tally
from firstbit.memory.ensemble.ensemble import Ensemble
from firstbit.memory.ensemble.run import summarise
from firstbit.memory.ensemble.sample import Sample

MOST_KEPT = 1 << 27
"""Distances of one size that are kept, 8 bytes each: 1 GiB, and so 2.6 million draws of
50 symbols. Above it they are counted."""


def are_counted(ensemble: Ensemble) -> bool:
    """Return whether there are more distances of a size than are kept."""
    number = ensemble.length * ensemble.num_draws
    return number > MOST_KEPT


def quantile_error(ensemble: Ensemble) -> float:
    """Return the largest relative error of the quantiles: 0 where they are exact."""
    return QUANTILE_ERROR if are_counted(ensemble) else 0.0


def summaries(
    ensemble: Ensemble,
    execution: Execution,
    *,
    threshold: float,
    confidence: float,
    bounds: list[float],
) -> list[Summary]:
    """Return the estimates of each size.

    Args:
        ensemble: random cells that read two words.
        execution: how.
        threshold: a draw is retained where its distance is above this.
        confidence: probability of the intervals.
        bounds: of the distances of each size; infinity where none is known.
    """

    def tally(size: int) -> Tally:
        population = ensemble.populations[size]
        return Tally(population, ensemble.length, ensemble.num_draws, threshold)

    def of_tally(size: int, whole: Tally) -> Summary:
        return summary_of_tally(whole, confidence, bounds[size])

    def of_sample(size: int, sample: Sample) -> Summary:
        if ensemble.is_exact:
            return exact_summary(sample, threshold, confidence)
        own = execution.workers
        return summary(sample, threshold, confidence, bounds[size], own)

    if are_counted(ensemble):
        return summarise(ensemble, of_tally, execution, in_turn=tally)
    return summarise(ensemble, of_sample, execution)
