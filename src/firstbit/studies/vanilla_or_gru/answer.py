"""The study's answer in a few paragraphs; every clause has numbers of the tables."""

from collections.abc import Mapping, Sequence

from firstbit.studies.vanilla_or_gru.contrasts import FRESH, Contrast, Side, contrasts
from firstbit.studies.vanilla_or_gru.factors import MODERN, PUBLISHED, Recipe
from firstbit.studies.vanilla_or_gru.judged import Judged, by_hand
from firstbit.studies.vanilla_or_gru.measured import Measured
from firstbit.studies.vanilla_or_gru.parts import (
    GATED_CELLS,
    PUBLISHED_CELL,
    TANH_CELLS,
)
from firstbit.studies.vanilla_or_gru.replication import (
    GRU,
    VANILLA,
    between,
    ended,
    is_more,
    refuted,
    replicated,
    said,
)
from firstbit.studies.vanilla_or_gru.shares import interval, of, rate
from firstbit.studies.vanilla_or_gru.texts import ANSWER
from firstbit.studies.verdicts.judgement import OPEN

Rows = Mapping[tuple[str, str], Judged]
"""(Cell, rule) -> its verdict on embedded Reber."""


def answer(study: Measured, verdicts: Sequence[Judged]) -> str:
    """Say whether Vanilla's failure is intrinsic or training, in one line of text."""
    return " ".join(paragraphs(study, verdicts))


def paragraphs(study: Measured, verdicts: Sequence[Judged]) -> list[str]:
    """Return the answer: the verdict, what of the paper holds, and what is open.

    A clause is left out where its runs are missing.
    """
    rows = {(row.cell.title, row.part.setting): row for row in verdicts}
    published = asked(verdicts)
    if published is None:
        return [ANSWER("not_measured")]
    found = contrasts(study)
    of_each = [
        [spoken(published), ANSWER("scope")],
        [replicated(found, rows), _more_often(found)],
        [_inferred(rows)],
        [ended(study)],
        [refuted(found, rows), _gated(found, rows), _by_hand(rows)],
        [_open(verdicts), _tanh(found, rows)],
    ]
    joined = [" ".join(filter(None, clauses)) for clauses in of_each]
    return [paragraph for paragraph in joined if paragraph]


def asked(verdicts: Sequence[Judged]) -> Judged | None:
    """Return the verdict on the published cell and rule; None if it has none."""
    for row in verdicts:
        if (row.cell.title, row.part.setting) == (VANILLA, PUBLISHED):
            return row
    return None


def spoken(row: Judged) -> str:
    """Say the verdict on the published cell and rule, with its numbers."""
    verdict, e = row.verdict, row.verdict.evidence
    return ANSWER(
        verdict.verdict,
        counted=ANSWER("counted", of=of(e), interval=interval(e)),
        witness=None if verdict.witness is None else verdict.witness.description,
        argument="; ".join(a.statement for a in verdict.arguments if a.is_intrinsic),
    )


def _more_often(found: Sequence[Contrast]) -> str:
    """Say whether GRU solves more often than Vanilla under the published rule."""
    recipe = Recipe(PUBLISHED)
    solves = between(found, Side(GRU, recipe), Side(VANILLA, recipe))
    if solves is None:
        return ""
    return ANSWER("more_often", is_shown=is_more(solves), solves=said(solves))


def _inferred(rows: Rows) -> str:
    """Say whether GRU solves under the published rule, as the paper says it does."""
    if (GRU, PUBLISHED) not in rows:
        return ""
    verdict = rows[GRU, PUBLISHED].verdict
    return ANSWER(
        "inferred",
        of=of(verdict.evidence),
        interval=interval(verdict.evidence),
        side=verdict.decision.side,
    )


def _gated(found: Sequence[Contrast], rows: Rows) -> str:
    """Say how the gated cells differ from Vanilla under the modern rule."""
    recipe = Recipe(MODERN)
    differing, others = [], []
    for cell in GATED_CELLS:
        own = Side(cell.title, recipe)
        difference = between(found, own, Side(VANILLA, recipe))
        if difference is None:
            continue
        e = rows[cell.title, MODERN].verdict.evidence
        group = differing if difference.is_shown else others
        group.append(f"{e.cell} ({of(e)}; {said(difference)})")
    return ANSWER("gated", differing=differing, others=others)


def _by_hand(rows: Rows) -> str:
    row = rows[VANILLA, PUBLISHED]
    built, other = by_hand(PUBLISHED_CELL, row.part), row.verdict.witness
    if built is None or (other is not None and other.kind == built.kind):
        return ""
    return ANSWER("by_hand", witness=built.description)


def _open(verdicts: Sequence[Judged]) -> str:
    """Name the configurations whose verdict is open."""
    rules: dict[str, list[str]] = {}
    for row in verdicts:
        if row.verdict.verdict == OPEN:
            e = row.verdict.evidence
            rules.setdefault(row.part.setting, []).append(f"{e.cell} ({rate(e)})")
    return ANSWER("still_open", rules=list(rules.items())) if rules else ""


def _tanh(found: Sequence[Contrast], rows: Rows) -> str:
    """Say what activation and start alone change under the published rule."""
    recipe = Recipe(PUBLISHED)
    more = {VANILLA: 0, GRU: 0}
    num_cells = 0
    for cell in TANH_CELLS:
        num_cells += (cell.title, PUBLISHED) in rows
        own = Side(cell.title, recipe)
        for other in more:
            difference = between(found, own, Side(other, recipe))
            more[other] += difference is not None and is_more(difference)
    if not num_cells or (GRU, PUBLISHED) not in rows:
        return ""
    return ANSWER(
        "tanh",
        num_cells=num_cells,
        over_vanilla=more[VANILLA],
        over_gru=more[GRU],
        gru=of(rows[GRU, PUBLISHED].verdict.evidence),
        most=_most_by_one_change(found, rows),
    )


def _most_by_one_change(found: Sequence[Contrast], rows: Rows) -> str:
    """Return the most runs that solve after one change of the published rule."""
    number = rows[VANILLA, PUBLISHED].verdict.evidence.num_seeds
    solved = []
    for one in found:
        recipe = one.first.recipe
        if recipe.changed and recipe.start == PUBLISHED and one.counted != FRESH:
            solved.append(one.num_counted[0])
    return f"{max(solved)} of {number}" if solved else ""
