"""The differences of rates that the answer names: gated or not, and rule by rule.

All of them share one error probability.
"""

from collections.abc import Iterator
from typing import NamedTuple

from firstbit.studies.vanilla_or_gru.factors import MODERN, PUBLISHED, RECIPES, Recipe
from firstbit.studies.vanilla_or_gru.measured import Measured
from firstbit.studies.vanilla_or_gru.parts import GATED_CELLS, PUBLISHED_CELL
from firstbit.studies.vanilla_or_gru.rates import STANDARD
from firstbit.studies.verdicts.decisions import Difference, compared
from firstbit.studies.verdicts.evidence import Evidence


class Side(NamedTuple):
    """One side of a difference: a cell, and the rule that trained it."""

    cell: str
    recipe: Recipe


class Contrast(NamedTuple):
    """The difference of two rates, first minus second."""

    first: Side
    second: Side
    difference: Difference


def contrasts(study: Measured) -> list[Contrast]:
    """Return the differences whose two sides are measured.

    Under each rule: the gated cells minus Vanilla as published. For Vanilla as
    published: the modern rule minus the published one, and each change of one factor
    minus the rule that it changes.
    """
    found = _evidence(study)
    pairs = [pair for pair in _pairs() if pair[0] in found and pair[1] in found]
    rates = [(found[one], found[other]) for one, other in pairs]
    differences = compared(rates, STANDARD.confidence)
    return [
        Contrast(one, other, difference)
        for (one, other), difference in zip(pairs, differences, strict=True)
    ]


def _evidence(study: Measured) -> dict[Side, Evidence]:
    found = {}
    for question in ("cells", "factors"):
        for part, cell, evidence in study.on(question):
            found[Side(cell.title, part.recipe)] = evidence
    return found


def _pairs() -> Iterator[tuple[Side, Side]]:
    vanilla = PUBLISHED_CELL.title
    published, modern = Recipe(PUBLISHED), Recipe(MODERN)
    for recipe in (published, modern):
        for cell in GATED_CELLS:
            yield Side(cell.title, recipe), Side(vanilla, recipe)
    yield Side(vanilla, modern), Side(vanilla, published)
    for recipe in RECIPES:
        if recipe.changed:
            yield Side(vanilla, recipe), Side(vanilla, Recipe(recipe.start))
