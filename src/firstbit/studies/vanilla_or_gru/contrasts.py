"""The differences of rates that the answer names: gated or not, and rule by rule.

All of them share one error probability.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from firstbit.studies.vanilla_or_gru.factors import MODERN, PUBLISHED, RECIPES, Recipe
from firstbit.studies.vanilla_or_gru.measured import Measured
from firstbit.studies.vanilla_or_gru.parts import (
    GATED_CELLS,
    PUBLISHED_CELL,
    TANH_CELLS,
)
from firstbit.studies.vanilla_or_gru.rates import STANDARD
from firstbit.studies.verdicts.decisions import Difference, compared
from firstbit.studies.verdicts.evidence import Evidence

SOLVES = "solves"

FRESH = "right on fresh words"
"""The nearer to what the paper asks: its nets are tested on words like those read."""


class Side(NamedTuple):
    """One side of a difference: a cell, and the rule that trained it."""

    cell: str
    recipe: Recipe


class Contrast(NamedTuple):
    """The difference of two rates, first minus second.

    Attributes:
        first: a cell and its rule.
        second: another one.
        counted: the runs that are counted: `SOLVES`, or `FRESH`.
        difference: of the shares of these runs.
        num_counted: the runs that are counted, of the first and of the second.
    """

    first: Side
    second: Side
    counted: str
    difference: Difference
    num_counted: tuple[int, int]


def contrasts(study: Measured) -> list[Contrast]:
    """Return the differences whose two sides are measured.

    Under each rule: the gated cells minus Vanilla as published; under the published one
    also by fresh words alone, and Vanillas with tanh minus it and minus GRU. For
    Vanilla as published: the modern rule minus the published one, and each change of
    one factor minus the rule that it changes.
    """
    found = _evidence(study)
    asked = []
    for one, other, counted in _asked():
        if one in found and other in found:
            asked.append((one, other, counted))
    rates = []
    for one, other, counted in asked:
        first = _counted(found[one], counted)
        second = _counted(found[other], counted)
        rates.append((first, second))
    differences = compared(rates, STANDARD.confidence)
    contrasted = []
    for sides, pair, difference in zip(asked, rates, differences, strict=True):
        one, other, counted = sides
        numbers = pair[0].num_solved, pair[1].num_solved
        contrasted.append(Contrast(one, other, counted, difference, numbers))
    return contrasted


def _counted(evidence: Evidence, counted: str) -> Evidence:
    """Return the evidence with the runs that are counted as its solved ones."""
    if counted == SOLVES:
        return evidence
    return replace(evidence, num_solved=evidence.num_fresh)


def _evidence(study: Measured) -> dict[Side, Evidence]:
    found = {}
    for question in ("cells", "factors"):
        for part, cell, evidence in study.on(question):
            found[Side(cell.title, part.recipe)] = evidence
    return found


def _asked() -> Iterator[tuple[Side, Side, str]]:
    vanilla = PUBLISHED_CELL.title
    published, modern = Recipe(PUBLISHED), Recipe(MODERN)
    for recipe, counted in ((published, FRESH), (published, SOLVES), (modern, SOLVES)):
        for cell in GATED_CELLS:
            yield Side(cell.title, recipe), Side(vanilla, recipe), counted
    for other in (vanilla, GATED_CELLS[0].title):
        for cell in TANH_CELLS:
            yield Side(cell.title, published), Side(other, published), SOLVES
    yield Side(vanilla, modern), Side(vanilla, published), SOLVES
    for recipe in RECIPES:
        if recipe.changed:
            yield Side(vanilla, recipe), Side(vanilla, Recipe(recipe.start)), SOLVES
