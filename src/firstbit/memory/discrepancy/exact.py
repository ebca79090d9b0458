"""The numbers of one net that is measured as it is: no draws, so no intervals."""

import numpy as np

from firstbit.memory.discrepancy.summary import Summary, summary
from firstbit.memory.ensemble.sample import Sample

OF_DRAWS = ("discrepancy_se", "top_share", "effective_draws")
"""What has no meaning for one net, beside the intervals."""


def exact_summary(sample: Sample, threshold: float, confidence: float) -> Summary:
    """Return the summary of one distance, NaN for all that is said of many draws.

    The mean distance after two random words is still an estimate, over words; so the
    relative discrepancy keeps its standard error.
    """
    twice = sample._replace(
        distances=np.repeat(sample.distances, 2, axis=1),
        num_lost=2 * sample.num_lost,
    )
    found = summary(twice, threshold, confidence)
    num_not_finite = found.num_not_finite // 2  # the one net stands twice
    nothing = {}
    for name in Summary._fields:
        if name in OF_DRAWS or name.endswith("_ci"):
            array = getattr(found, name)
            nothing[name] = np.full_like(array, np.nan, dtype=float)
    return found._replace(num_not_finite=num_not_finite, **nothing)
