"""A sentence of the paper on trial."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from firstbit.intervals import wilson
from firstbit.paper.sentences import sentences

HOLDS = "holds"
ON_THE_GRID = "holds on the paper's grid only"
FAILS = "does not hold"
CODE_DIFFERS = "differs from the published code"
NOT_TESTED = "not tested"

NUM_RESAMPLES = 2000


@dataclass(frozen=True)
class Claim:
    """One sentence, its place, the measurement, and what follows.

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
    numbers: Mapping[str, object]

    @classmethod
    def written(
        cls,
        id: str,
        verdict: str,
        *,
        figure: str = "",
        numbers: Mapping[str, object],
        **shown: object,
    ) -> "Claim":
        """Fill the claim's template, `templates/claims/{id}.jinja`, with what it shows.

        Args:
            id: of the claim, and name of the template.
            verdict: what follows.
            figure: the figure that shows it.
            numbers: for `paper.json`.
            **shown: names that the template uses.
        """
        text = sentences(f"claims/{id}", **shown)
        return cls(
            id=id,
            claim=text["claim"],
            place=text["place"],
            measured=text["measured"],
            verdict=verdict,
            figure=figure,
            rule=text["rule"],
            numbers=numbers,
        )

    def as_json(self) -> dict[str, object]:
        """Return plain numbers and strings."""
        return asdict(self)


class Interval(NamedTuple):
    """A 95 % interval."""

    low: float
    high: float


class Estimate(NamedTuple):
    """A number with its 95 % interval."""

    value: float
    low: float
    high: float

    @classmethod
    def of_share(cls, successes: int, trials: int) -> "Estimate":
        """Return a share with Wilson's interval.

        Example:
            >>> [round(x, 3) for x in Estimate.of_share(90, 100)]
            [0.9, 0.826, 0.945]
        """
        low, high = wilson(successes, trials)
        return cls(successes / trials, float(low), float(high))

    @property
    def interval(self) -> list[float]:
        """The ends of the interval, as in `paper.json`."""
        return [self.low, self.high]


def bootstrap_mean(values: Float[np.ndarray, " sample"], *, seed: int) -> Interval:
    """Return the percentile bootstrap interval of a mean, from 2000 resamples."""
    generator = np.random.Generator(np.random.PCG64(seed))
    number = len(values)
    shape = NUM_RESAMPLES, number
    chosen = generator.integers(0, number, size=shape)
    means = values[chosen].mean(axis=1)
    return percentiles(means)


def percentiles(resampled: Float[np.ndarray, " resample"]) -> Interval:
    """Return the 2.5th and 97.5th percentiles of resampled values."""
    low, high = np.quantile(resampled, [0.025, 0.975])
    return Interval(float(low), float(high))
