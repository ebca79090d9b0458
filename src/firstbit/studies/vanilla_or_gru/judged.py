"""The verdicts of the study: on each configuration of its first question."""

from functools import lru_cache
from typing import NamedTuple

from firstbit.cells.given import Given
from firstbit.languages import Language
from firstbit.studies.law import law_text
from firstbit.studies.vanilla_or_gru.baselines import guessed_in
from firstbit.studies.vanilla_or_gru.measured import Measured, Row
from firstbit.studies.vanilla_or_gru.parts import Part
from firstbit.studies.vanilla_or_gru.rates import STANDARD
from firstbit.studies.verdicts.applicability import arguments_on
from firstbit.studies.verdicts.guessing import Guessing
from firstbit.studies.verdicts.judgement import Verdict, judge
from firstbit.studies.verdicts.witnesses import (
    Witness,
    guessed_witness,
    trained_witness,
    witness_by_hand,
)


class Judged(NamedTuple):
    """A configuration of the first question, its part and its verdict."""

    part: Part
    cell: Given
    verdict: Verdict


def judged(study: Measured) -> list[Judged]:
    """Return a verdict for each configuration of the first question.

    A witness may come from all runs on the grammar, be built by hand, or be guessed.
    """
    found = []
    for row in study.on("cells"):
        part, one, own = row
        is_softmax = part.rule.is_softmax
        verdict = judge(
            own,
            witness=None if STANDARD.is_met(own) else _witness(study, row),
            arguments=arguments_on(one, part.language, is_softmax=is_softmax),
            standard=STANDARD,
        )
        found.append(Judged(part, one, verdict))
    return found


def _witness(study: Measured, row: Row) -> Witness | None:
    part, one, own = row
    others = []
    for other in (*study.on("cells"), *study.on("sizes")):
        if other.evidence is not own:
            others.append(other.evidence)
    trained = trained_witness(own, others)
    return trained or by_hand(one, part.language) or _guessed(study, one, part.language)


def _guessed(study: Measured, one: Given, language: Language) -> Witness | None:
    guessing = _guessing(study, one, language)
    if guessing is None:
        return None
    return guessed_witness(guessing, one.architecture, law_text(one))


def _guessing(study: Measured, one: Given, language: Language) -> Guessing | None:
    """Return the baseline of a cell on a task."""
    for baseline, guessing in guessed_in(study):
        if baseline.cell is one and baseline.language.name == language.name:
            return guessing
    return None


@lru_cache
def by_hand(one: Given, language: Language) -> Witness | None:
    """Return the net that is built from the automaton, at this configuration's size."""
    return witness_by_hand(one, language)
