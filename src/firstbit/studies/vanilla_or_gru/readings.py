"""What the tables of each question show, in a few sentences."""

from collections.abc import Sequence

import numpy as np

from firstbit.languages import embedded_reber
from firstbit.studies.vanilla_or_gru.contrasts import Contrast, contrasts
from firstbit.studies.vanilla_or_gru.factors import MODERN, PUBLISHED, Recipe
from firstbit.studies.vanilla_or_gru.measured import Measured, Row
from firstbit.studies.vanilla_or_gru.names import cell_name, choice_name
from firstbit.studies.vanilla_or_gru.parts import SIZES, Question
from firstbit.studies.vanilla_or_gru.rates import (
    NONE_TRIED,
    UNKNOWN,
    decided,
    smallest_sizes,
)
from firstbit.studies.vanilla_or_gru.replication import is_more
from firstbit.studies.vanilla_or_gru.texts import ANSWER
from firstbit.studies.verdicts.arguments import Argument, rank_argument
from firstbit.studies.verdicts.decisions import ABOVE
from firstbit.studies.verdicts.evidence import Evidence

TWICE = 2
"""Twins this many times as far back as the test asks are beyond the words read."""


def reading(study: Measured, question: Question) -> str:
    """Say in a few sentences what the table of a question shows; "" without runs."""
    if not study.on(question):
        return ""
    if question == "factors":
        return factors(contrasts(study))
    clauses = {
        "cells": (_twins, _beyond),
        "lags": (_lags, _counting),
        "sizes": (_sizes,),
    }
    texts = [clause(study) for clause in clauses[question]]
    return " ".join(filter(None, texts))


def rank_arguments() -> dict[int, Argument]:
    """Return the argument from rank for each size to which it applies."""
    found = {}
    for size in SIZES:
        argument = rank_argument(embedded_reber(), size)
        if argument is not None:
            found[size] = argument
    return found


def factors(found: Sequence[Contrast]) -> str:
    """Say which part of the rule helps Vanilla alone, and which it can't miss."""
    changes = [one for one in found if one.first.recipe.changed]
    added = [one for one in changes if one.first.recipe.start == PUBLISHED]
    taken = [one for one in changes if one.first.recipe.start == MODERN]
    if not added or not taken:
        return ""
    helping = [one for one in added if is_more(one.difference)]
    needed = [one for one in taken if _is_less(one)]
    clauses = [_added(added, helping), _taken(taken, needed)]
    if len(needed) > 1 and not helping:
        clauses.append(ANSWER("together", number=len(needed)))
    return " ".join(clauses)


def _added(changes: Sequence[Contrast], helping: Sequence[Contrast]) -> str:
    """Say what helps alone, added to the published rule."""
    return ANSWER(
        "added",
        helping=[choice_name(one.first.recipe) for one in helping],
        others=[choice_name(one.first.recipe) for one in _rest(changes, helping)],
    )


def _taken(changes: Sequence[Contrast], needed: Sequence[Contrast]) -> str:
    """Say what is needed, taken alone from the modern rule."""
    solved = [one.num_counted[0] for one in needed]
    return ANSWER(
        "taken",
        needed=[_missing(one) for one in needed],
        others=[_missing(one) for one in _rest(changes, needed)],
        whole=changes[0].num_counted[1],
        fewest=min(solved, default=0),
        most=max(solved, default=0),
    )


def _rest(found: Sequence[Contrast], named: Sequence[Contrast]) -> list[Contrast]:
    return [one for one in found if one not in named]


def _is_less(one: Contrast) -> bool:
    return one.difference.is_shown and one.difference.value < 0


def _missing(one: Contrast) -> str:
    """Return the part of the modern rule that a change takes away."""
    return choice_name(Recipe(PUBLISHED, one.first.recipe.changed))


def _twins(study: Measured) -> str:
    found = [row.evidence for row in study.on("cells")]
    both = 0
    for row in study.on("cells"):
        passes = _passes(study, row, fresh=True)
        both += int(np.sum(passes))
    num_fresh = sum(e.num_fresh for e in found)
    return ANSWER("twins", num_fresh=num_fresh, num_both=both)


def _passes(study: Measured, row: Row, *, fresh: bool) -> np.ndarray:
    """Return which runs are right on twins, and right, or wrong, on new words."""
    runs = study.runs[row.part.run_name(row.cell)]
    tested = row.evidence.tested
    is_fresh = runs["fresh_error"].values <= tested.error
    if tested.twin_lag is None:
        return is_fresh & fresh
    error = runs["twin_error"].sel(twin_lag=tested.twin_lag).values
    return (error <= tested.error) & (is_fresh == fresh)


def far_back(evidence: Evidence) -> int | None:
    """Return how many symbols back twins are that lie beyond the words of training."""
    lag = evidence.tested.twin_lag
    return None if lag is None else TWICE * lag


def num_far(evidence: Evidence) -> int:
    """Return the runs that are right on twins so far back, and on all nearer ones."""
    far = far_back(evidence)
    return 0 if far is None else sum(lag >= far for lag in evidence.keeps_to)


def _beyond(study: Measured) -> str:
    cells, far = [], None
    for row in study.on("cells"):
        e = row.evidence
        if row.part.setting == MODERN:
            far = far_back(e)
            cells.append((e.cell, f"{num_far(e)} of {e.num_seeds}"))
    return ANSWER("beyond", far=far, cells=cells) if cells else ""


def _lags(study: Measured) -> str:
    by_lag: dict[int, list[str]] = {}
    longest = _longest(study)
    for cell, lag in longest.items():
        by_lag.setdefault(lag, []).append(cell)
    last, at_last = _at_last(study)
    return ANSWER(
        "lags",
        longest=[
            (lag, cells, len(cells) == len(longest)) for lag, cells in by_lag.items()
        ],
        last=last,
        num_solved=sum(row.evidence.num_solved for row in at_last),
        num_runs=sum(row.evidence.num_seeds for row in at_last),
        symbols=study.settings.first_bit_symbols,
    )


def _longest(study: Measured) -> dict[str, int]:
    """Return the longest lag tried that each cell solves reliably; 0 for none."""
    longest: dict[str, int] = {}
    for row, side in decided(study, "lags"):
        cell, lag = row.evidence.cell, row.part.coordinate or 0
        before = longest.setdefault(cell, 0)
        if side == ABOVE:
            longest[cell] = max(before, lag)
    return longest


def _at_last(study: Measured) -> tuple[int, list[Row]]:
    """Return the longest lag tried, and its rows."""
    rows = study.on("lags")
    last = max(row.part.coordinate or 0 for row in rows)
    return last, [row for row in rows if row.part.coordinate == last]


def _counting(study: Measured) -> str:
    """Name the runs that remember the bit, but don't count to the query."""
    last, rows = _at_last(study)
    cells = []
    for row in rows:
        number = int(_passes(study, row, fresh=False).sum())
        if number:
            cells.append((row.evidence.cell, number))
    return ANSWER("counting", lag=last, cells=cells) if cells else ""


def _sizes(study: Measured) -> str:
    by_size: dict[str, list[str]] = {}
    for title, size in smallest_sizes(study).items():
        by_size.setdefault(size, []).append(cell_name(title))
    size, argument = max(rank_arguments().items())
    needed = argument.numbers["needed_units"]
    num_below = 0
    for part, _, e in study.on("sizes"):
        if part.coordinate is not None and part.coordinate < needed:
            num_below += e.num_solved
    return ANSWER(
        "sizes",
        unsolved=by_size.pop(NONE_TRIED, []),
        unknown=by_size.pop(UNKNOWN, []),
        smallest=list(by_size.items()),
        last=SIZES[-1],
        tried=", ".join(map(str, SIZES)),
        size=size,
        needed=needed,
        excess=f"{argument.numbers['excess_loss']:.3g}",
        num_below=num_below,
    )
