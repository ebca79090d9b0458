"""The evidence that the runs of a study give."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import xarray as xr

from firstbit.cells.given import Given
from firstbit.studies.vanilla_or_gru.names import cell_name
from firstbit.studies.vanilla_or_gru.parts import Part, Settings
from firstbit.studies.verdicts.evidence import Evidence, evidence_of
from firstbit.studies.verdicts.guessing import Guessing


class Row(NamedTuple):
    """One configuration of one part, and what its runs show."""

    part: Part
    cell: Given
    evidence: Evidence


@dataclass(frozen=True)
class Measured:
    """What has been measured.

    Attributes:
        settings: of the study.
        rows: of each part and configuration that is done, in order.
        runs: of each configuration, by `Part.run_name`.
        num_left: configurations that were asked for and for which there was no time.
        guesses: the results of guessing, by `Baseline.name`; empty where it was not
            asked for.
    """

    settings: Settings
    rows: tuple[Row, ...]
    runs: Mapping[str, xr.Dataset]
    num_left: int
    guesses: Mapping[str, Guessing] = field(default_factory=dict)

    def on(self, question: str) -> list[Row]:
        """Return the rows of one question."""
        return [row for row in self.rows if row.part.question == question]


def measured(
    settings: Settings,
    asked: Sequence[Part],
    runs: Mapping[str, xr.Dataset],
    guesses: Mapping[str, Guessing] | None = None,
    num_left: int | None = None,
) -> Measured:
    """Read the evidence that the runs give for the parts.

    Args:
        settings: of the study.
        asked: the parts.
        runs: of each configuration, by `Part.run_name`.
        guesses: the results of guessing.
        num_left: configurations without time; by default those without runs.
    """
    rows = []
    num_missing = 0
    for part, one, name in _work(asked):
        if name not in runs:
            num_missing += 1
            continue
        evidence = evidence_of(
            runs[name],
            cell=cell_name(one.title),
            architecture=one.architecture,
            rule=part.recipe.name,
        )
        rows.append(Row(part, one, evidence))
    if num_left is None:
        num_left = num_missing
    return Measured(settings, tuple(rows), runs, num_left, guesses or {})


def _work(asked: Sequence[Part]) -> Iterator[tuple[Part, Given, str]]:
    for part in asked:
        for one in part.configurations:
            yield part, one, part.run_name(one)
