"""A sentence of the paper on trial."""

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import scipy.stats

HOLDS = "holds"
ON_THE_GRID = "holds on the paper's grid only"
FAILS = "does not hold"
CODE_DIFFERS = "differs from the published code"
NOT_TESTED = "not tested"


@dataclass(frozen=True)
class Claim:
    """One sentence, where it stands, what was measured, and what follows.

    Attributes:
        id: short name.
        claim: the sentence, as in the paper.
        place: section, figure or table.
        measured: what was measured, with intervals, or why the figure is exact.
        verdict: one of the five verdicts; `not tested` with its reason.
        figure: the figure that shows it, or "".
        rule: how the verdict follows from `numbers`.
        numbers: the figures behind `measured`.
    """

    id: str
    claim: str
    place: str
    measured: str
    verdict: str
    figure: str
    rule: str
    numbers: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain numbers and strings."""
        return asdict(self)


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Wilson's 95 % interval for a share.

    Example:
        >>> [round(x, 3) for x in wilson(90, 100)]
        [0.826, 0.945]
    """
    interval = scipy.stats.binomtest(successes, trials).proportion_ci(
        0.95, method="wilson"
    )
    return float(interval.low), float(interval.high)


def bootstrap_mean(values: np.ndarray, *, seed: int) -> tuple[float, float]:
    """95 % percentile bootstrap interval of a mean, from 2000 resamples."""
    generator = np.random.Generator(np.random.PCG64(seed))
    chosen = generator.integers(0, len(values), size=(2000, len(values)))
    low, high = np.quantile(values[chosen].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)
