"""What of the paper is found again, what is not, and which part of the rule matters."""

from collections.abc import Sequence

from firstbit.studies.vanilla_or_gru.contrasts import FRESH, SOLVES, Contrast, Side
from firstbit.studies.vanilla_or_gru.factors import MODERN, PUBLISHED, Recipe
from firstbit.studies.vanilla_or_gru.parts import GATED_CELLS, PUBLISHED_CELL
from firstbit.studies.vanilla_or_gru.texts import ANSWER
from firstbit.studies.verdicts.decisions import Difference

GRU = GATED_CELLS[0].title
VANILLA = PUBLISHED_CELL.title


def replicated(found: Sequence[Contrast]) -> str:
    """Say whether GRU learns under the published rule what Vanilla doesn't.

    It is asked of fresh words, as in the paper, and of all that a run must be to solve.
    """
    sides = Side(GRU, Recipe(PUBLISHED)), Side(VANILLA, Recipe(PUBLISHED))
    fresh, solves = _between(found, *sides, FRESH), _between(found, *sides)
    if fresh is None or solves is None:
        return ""
    return ANSWER(
        "replicated",
        is_shown=_is_more(fresh),
        fresh=said(fresh),
        solves_too=_is_more(solves),
        solves=said(solves),
    )


def _is_more(difference: Difference) -> bool:
    return difference.is_shown and difference.value > 0


def refuted(found: Sequence[Contrast]) -> str:
    """Say whether Vanilla solves more often under the modern rule, and as often as GRU.

    Where it does, the paper's difference is one of training.
    """
    by_rule = _between(
        found, Side(VANILLA, Recipe(MODERN)), Side(VANILLA, Recipe(PUBLISHED))
    )
    by_cell = _between(found, Side(GRU, Recipe(MODERN)), Side(VANILLA, Recipe(MODERN)))
    if by_rule is None or by_cell is None:
        return ""
    return ANSWER(
        "refuted",
        is_shown=_is_more(by_rule),
        by_rule=said(by_rule),
        is_cell_shown=by_cell.is_shown,
        by_cell=said(by_cell),
    )


def factors(found: Sequence[Contrast]) -> str:
    """Say which change of one factor moves Vanilla's rate, from each rule."""
    changes = [one for one in found if one.first.recipe.changed]
    if not changes:
        return ""
    sides = []
    for start in (PUBLISHED, MODERN):
        of_start = [one for one in changes if one.first.recipe.start == start]
        shown = [_factor(one) for one in of_start if one.difference.is_shown]
        others = [_factor(one) for one in of_start if not one.difference.is_shown]
        sides.append((start, shown, others))
    return ANSWER("factors", sides=sides)


def _factor(one: Contrast) -> tuple[str, str]:
    """Return what a change brings in, and its difference in words."""
    return one.first.recipe.brought_in, said(one.difference)


def said(difference: Difference) -> str:
    """Return a difference with its interval and its p value, as text.

    The p value is Fisher's, adjusted for all differences of the study.
    """
    low, high = difference.interval
    return ANSWER(
        "difference",
        value=f"{difference.value:+.2f}",
        interval=f"[{low:+.2f}, {high:+.2f}]",
        p_value=f"{difference.adjusted:.2g}",
    )


def _between(
    found: Sequence[Contrast], first: Side, second: Side, counted: str = SOLVES
) -> Difference | None:
    for one in found:
        if one[:3] == (first, second, counted):
            return one.difference
    return None
