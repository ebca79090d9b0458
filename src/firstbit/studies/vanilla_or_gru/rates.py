"""Success rates of the study: by setting, and the smallest size that solves."""

from collections.abc import Mapping

import numpy as np

from firstbit.datasets import Result, Variable, dataset
from firstbit.studies.vanilla_or_gru.measured import Measured
from firstbit.studies.vanilla_or_gru.parts import SIZES, Question, described_study
from firstbit.studies.verdicts.evidence import Evidence
from firstbit.studies.verdicts.judgement import Standard

STANDARD = Standard()
"""A configuration solves where its success rate is shown to be above one half."""


def is_solving(evidence: Evidence) -> bool:
    """Return whether a configuration solves: its interval is above one half."""
    return STANDARD.is_met(evidence)


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
    """Return for each cell the smallest size that solves, as text.

    `> 18` where none up to 18 does, `?` where some are missing.
    """
    by_cell: dict[str, dict[int, bool]] = {}
    for part, _, e in study.on("sizes"):
        if part.coordinate is not None:
            by_cell.setdefault(e.cell, {})[part.coordinate] = is_solving(e)
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
            return "?"
        if solved[size]:
            return str(size)
    return f"> {SIZES[-1]}"
