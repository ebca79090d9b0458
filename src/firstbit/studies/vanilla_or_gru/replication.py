"""What of the paper is found again, what is not, and which runs ended too soon."""

from collections.abc import Mapping, Sequence

import numpy as np

from firstbit.studies.vanilla_or_gru.contrasts import FRESH, SOLVES, Contrast, Side
from firstbit.studies.vanilla_or_gru.factors import MODERN, PUBLISHED, Recipe
from firstbit.studies.vanilla_or_gru.judged import Judged
from firstbit.studies.vanilla_or_gru.measured import Measured, Row
from firstbit.studies.vanilla_or_gru.parts import GATED_CELLS, PUBLISHED_CELL
from firstbit.studies.vanilla_or_gru.shares import of
from firstbit.studies.vanilla_or_gru.texts import ANSWER
from firstbit.studies.verdicts.decisions import Difference
from firstbit.studies.verdicts.evidence import Evidence

GRU = GATED_CELLS[0].title
VANILLA = PUBLISHED_CELL.title


def replicated(
    found: Sequence[Contrast], rows: Mapping[tuple[str, str], Judged]
) -> str:
    """Say whether GRU is right on new words where Vanilla is not, as in the paper."""
    recipe = Recipe(PUBLISHED)
    fresh = between(found, Side(GRU, recipe), Side(VANILLA, recipe), FRESH)
    if fresh is None:
        return ""
    return ANSWER(
        "replicated",
        is_shown=is_more(fresh),
        gru_fresh=_fresh(rows[GRU, PUBLISHED].verdict.evidence),
        vanilla_fresh=_fresh(rows[VANILLA, PUBLISHED].verdict.evidence),
        fresh=said(fresh),
    )


def _fresh(evidence: Evidence) -> str:
    return f"{evidence.num_fresh} of {evidence.num_seeds}"


def refuted(found: Sequence[Contrast], rows: Mapping[tuple[str, str], Judged]) -> str:
    """Say whether Vanilla solves more often under the modern rule.

    Where it does, it is not the cell that can't learn the task.
    """
    by_rule = between(
        found, Side(VANILLA, Recipe(MODERN)), Side(VANILLA, Recipe(PUBLISHED))
    )
    if by_rule is None:
        return ""
    modern = rows[VANILLA, MODERN].verdict.evidence
    return ANSWER(
        "refuted",
        is_shown=is_more(by_rule),
        modern=of(modern),
        published=of(rows[VANILLA, PUBLISHED].verdict.evidence),
        by_rule=said(by_rule),
        symbols=modern.median_to_solve,
    )


def ended(study: Measured) -> str:
    """Say how many runs ended at a check and failed the test; "" if none did.

    The configuration of the first question with the most such runs is named.
    """
    rows = {row.part.run_name(row.cell): row for row in study.rows}
    denied = [row for row in rows.values() if row.evidence.num_denied]
    first = [row for row in study.on("cells") if row.evidence.num_denied]
    if not first:
        return ""
    most = max(first, key=lambda row: row.evidence.num_denied)
    e = most.evidence
    wrong = np.concatenate([denied_errors(study, row) for row in denied])
    return ANSWER(
        "ended",
        num_denied=sum(row.evidence.num_denied for row in denied),
        num_runs=f"{sum(row.evidence.num_seeds for row in rows.values()):,}",
        percent=f"{100 * np.median(wrong):.2g}",
        cell=e.cell,
        rule=most.part.setting,
        of_cell=e.num_denied,
        num_solved=e.num_solved,
        num_with=e.num_solved + e.num_denied,
    )


def denied_errors(study: Measured, row: Row) -> np.ndarray:
    """Return the share of twins that each run got wrong which failed after a check."""
    runs = study.runs[row.part.run_name(row.cell)]
    lag = row.evidence.tested.twin_lag
    if lag is None:
        return np.array([])
    passed = np.isfinite(runs["epochs_to_solve"].values)
    is_denied = passed & ~runs["solved"].values.astype(bool)
    return runs["twin_error"].sel(twin_lag=lag).values[is_denied]


def is_more(difference: Difference) -> bool:
    """Return whether the first rate is shown to be above the second."""
    return difference.is_shown and difference.value > 0


def said(difference: Difference) -> str:
    """Return a difference with its interval and its p value, as text.

    The p value is Fisher's, adjusted for all differences of the study.
    """
    low, high = difference.interval
    excludes_zero = low > 0 or high < 0
    return ANSWER(
        "difference",
        value=f"{difference.value:+.2f}",
        interval=f"[{low:+.2f}, {high:+.2f}]",
        p_value=f"{difference.adjusted:.2g}",
        num_tests=difference.num_tests,
        is_adjusted_away=excludes_zero and not difference.is_shown,
    )


def between(
    found: Sequence[Contrast], first: Side, second: Side, counted: str = SOLVES
) -> Difference | None:
    """Return the difference of two sides; None where it is not measured."""
    asked = (first, second, counted)
    for one in found:
        if (one.first, one.second, one.counted) == asked:
            return one.difference
    return None
