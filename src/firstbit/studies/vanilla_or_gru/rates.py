"""Success rates of the study: by setting, and the smallest size that solves."""

from collections.abc import Mapping

import numpy as np

from firstbit.datasets import Result, Variable, dataset
from firstbit.studies.vanilla_or_gru.measured import Measured, Row
from firstbit.studies.vanilla_or_gru.parts import SIZES, Question, described_study
from firstbit.studies.verdicts.decisions import ABOVE
from firstbit.studies.verdicts.judgement import Standard

STANDARD = Standard()
"""A cell solves reliably where its success rate is shown to be above one half."""

NONE_TRIED = f"> {SIZES[-1]}"
"""The smallest size that solves is above all that were tried."""

UNKNOWN = "?"
"""Sizes are missing below the smallest that is known to solve."""


def decided(study: Measured, question: Question) -> list[tuple[Row, str]]:
    """Return each row of a question with the side of one half on which its rate is.

    All rows are decided together.
    """
    rows = study.on(question)
    decisions = STANDARD.decide([row.evidence for row in rows])
    return [(row, one.side) for row, one in zip(rows, decisions, strict=True)]


def rates(study: Measured, question: Question) -> Result:
    """Return the success rates of one question, for `plots.success_rates`.

    Returns:
        Dataset over `cell` and `setting` (rules, lags or sizes): `success_rate` with
        its exact interval (95 %); NaN where nothing was measured.
    """
    rows = study.on(question)
    cells = list(dict.fromkeys(row.evidence.cell for row in rows))
    settings = list(dict.fromkeys(row.part.setting for row in rows))
    rate = np.full((len(cells), len(settings)), np.nan)
    low, high = rate.copy(), rate.copy()
    for part, _, e in rows:
        place = cells.index(e.cell), settings.index(part.setting)
        rate[place] = e.rate
        low[place], high[place] = e.interval
    dims = ("cell", "setting")
    text = "share of runs that solve"
    return dataset(
        [Variable("success_rate", dims, rate, text, ci=(low, high))],
        {"cell": cells, "setting": settings},
        rows=dims,
        configuration={"question": question, **described_study(study.settings)},
    )


def smallest_sizes(study: Measured) -> dict[str, str]:
    """Return for each cell the smallest size tried that solves reliably, as text.

    By the cell's title. `> 18` where none up to 18 does, `?` where some are missing.
    """
    by_cell: dict[str, dict[int, bool]] = {}
    for row, side in decided(study, "sizes"):
        if row.part.coordinate is not None:
            solved = by_cell.setdefault(row.cell.title, {})
            solved[row.part.coordinate] = side == ABOVE
    return {cell: smallest_size(solved) for cell, solved in by_cell.items()}


def smallest_size(solved: Mapping[int, bool]) -> str:
    """Return the smallest size that solves; all smaller ones must be measured.

    Args:
        solved: hidden size -> whether it solves.

    Example:
        >>> smallest_size({2: False, 4: True}), smallest_size({4: True})
        ('4', '?')
        >>> smallest_size(dict.fromkeys(SIZES, False))
        '> 18'
    """
    for size in SIZES:
        if size not in solved:
            return UNKNOWN
        if solved[size]:
            return str(size)
    return NONE_TRIED
