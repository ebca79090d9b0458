"""A sentence of the paper on trial."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from firstbit.intervals import wilson
from firstbit.paper.sentences import sentences
from firstbit.report import Strip

HOLDS = "holds"
ON_THE_GRID = "holds on the paper's grid only"
FAILS = "does not hold"
DEPENDS = "depends on the reading"
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
        verdict: one of the six verdicts; `not tested` with its reason.
        figure: the figure that shows it, or "".
        rule: how the verdict follows from `numbers`.
        numbers: the figures behind `measured`.
        readings: where a sentence can be read in several ways, the verdict on each.
        answer: one sentence with the decisive numbers.
        strips: estimates beside what they are held against.
    """

    id: str
    claim: str
    place: str
    measured: str
    verdict: str
    figure: str
    rule: str
    numbers: Mapping[str, object]
    readings: Mapping[str, str] = field(default_factory=dict)
    answer: str = ""
    strips: Sequence[Strip] = ()

    @classmethod
    def written(
        cls,
        id: str,
        verdict: str | Mapping[str, str],
        *,
        figure: str = "",
        numbers: Mapping[str, object],
        strips: Sequence[Strip] = (),
        **shown: object,
    ) -> "Claim":
        """Fill the claim's template, `templates/claims/{id}.jinja`, with what it shows.

        Args:
            id: of the claim, and name of the template.
            verdict: what follows; or the verdict on each reading of the sentence.
            figure: the figure that shows it.
            numbers: for `paper.json`.
            strips: for the page.
            **shown: names that the template uses.
        """
        text = sentences(f"claims/{id}", **shown)
        readings: Mapping[str, str] = {}
        if isinstance(verdict, Mapping):
            readings = verdict
            verdict = of_readings(verdict)
        return cls(
            id=id,
            claim=text["claim"],
            place=text["place"],
            measured=text["measured"],
            verdict=verdict,
            figure=figure,
            rule=text["rule"],
            numbers=numbers,
            readings=readings,
            answer=text["answer"],
            strips=strips,
        )

    def as_json(self) -> dict[str, object]:
        """Return plain numbers and strings; what is drawn on the page stays there."""
        plain = asdict(self)
        del plain["strips"]
        return plain


def of_readings(readings: Mapping[str, str]) -> str:
    """Return the verdict that all readings share, or that it depends on the reading.

    Example:
        >>> of_readings({"the mean": HOLDS, "the median": HOLDS})
        'holds'
        >>> of_readings({"the mean": HOLDS, "the median": FAILS})
        'depends on the reading'
    """
    first, *others = readings.values()
    return first if all(other == first for other in others) else DEPENDS


def holds_if(condition: bool | np.bool) -> str:
    """Return `holds` or `does not hold`.

    Example:
        >>> holds_if(2 > 1)
        'holds'
    """
    return HOLDS if condition else FAILS


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

    def share_beside(
        self, name: str, limit: float, *, is_above: bool = True, verb: str = "holds"
    ) -> Strip:
        """Return the strip of a share, from none to all."""
        return Strip(
            name,
            *self,
            limit,
            (0, 1),
            is_share=True,
            is_above=is_above,
            verb=verb,
        )


def bootstrap_mean(values: Float[np.ndarray, " sample"], *, seed: int) -> Interval:
    """Return the bootstrap interval of a mean, from 2000 resamples.

    It is that of Student's t of the resamples. (Their means alone spread too little:
    where values are normal they hold 94 % of the true means of 100.)
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    number = len(values)
    mean = values.mean()
    spread = values.std()
    if spread == 0:
        return Interval(float(mean), float(mean))
    drawn = values[generator.integers(0, number, size=(NUM_RESAMPLES, number))]
    spreads = drawn.std(axis=1)
    varies = spreads > 0
    moved = (drawn.mean(axis=1) - mean)[varies] / spreads[varies]
    least, largest = np.quantile(moved, [0.025, 0.975])
    return Interval(float(mean - largest * spread), float(mean - least * spread))
