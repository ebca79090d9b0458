"""The verdicts of the study: on each configuration of its first question."""

from typing import NamedTuple

from firstbit.cells.given import Given
from firstbit.languages import Language
from firstbit.languages.automaton.kept_results import kept_for_language
from firstbit.studies.vanilla_or_gru.baselines import guessed_in
from firstbit.studies.vanilla_or_gru.measured import Measured, Row
from firstbit.studies.vanilla_or_gru.parts import Part
from firstbit.studies.vanilla_or_gru.rates import STANDARD
from firstbit.studies.verdicts.applicability import arguments_on
from firstbit.studies.verdicts.decisions import ABOVE
from firstbit.studies.verdicts.evidence import Evidence
from firstbit.studies.verdicts.guessing import Guessing
from firstbit.studies.verdicts.judgement import Verdict, judge
from firstbit.studies.verdicts.witness_test import WitnessTest, plan_of
from firstbit.studies.verdicts.witnesses import (
    NOT_SEARCHED,
    Search,
    Witness,
    counted_witness,
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
    rows = study.on("cells")
    decisions = STANDARD.decide([row.evidence for row in rows])
    found = []
    for row, decision in zip(rows, decisions, strict=True):
        part, one, own = row
        is_softmax = part.rule.is_softmax
        verdict = judge(
            own,
            decision=decision,
            search=NOT_SEARCHED if decision.side == ABOVE else _search(study, row),
            arguments=arguments_on(one, part.language, is_softmax=is_softmax),
            standard=STANDARD,
        )
        found.append(Judged(part, one, verdict))
    return found


def _search(study: Measured, row: Row) -> Search:
    """Look for a witness among the runs' counts, built nets, and the guesses."""
    part, one, own = row
    others = _others(study, row)
    alike = [e for e in (own, *others) if e.architecture == own.architecture]
    num_nets = sum(e.num_seeds for e in alike)
    trained = counted_witness(own, others)
    if trained is not None:
        return Search(trained, num_nets)
    built = by_hand(one, part)
    guessing = _guessing(study, one, part.language)
    if built is not None or guessing is None:
        return Search(built, num_nets)
    guessed = None
    if guessing.solved:
        text = f"guessing, {guessing.counted}; {guessing.tested}"
        guessed = Witness("guessing", own.architecture, text)
    return Search(guessed, num_nets + guessing.num_draws)


def _others(study: Measured, own: Row) -> list[Evidence]:
    """Return the evidence of all other runs on the grammar, each of them once.

    Two questions may share the runs of a configuration.
    """
    seen = {own.part.run_name(own.cell)}
    found = []
    rows = (*study.on("cells"), *study.on("factors"), *study.on("sizes"))
    for row in rows:
        name = row.part.run_name(row.cell)
        if name not in seen:
            found.append(row.evidence)
        seen.add(name)
    return found


def _guessing(study: Measured, one: Given, language: Language) -> Guessing | None:
    """Return the baseline of a cell on a task."""
    for baseline, guessing in guessed_in(study):
        if baseline.cell is one and baseline.language.name == language.name:
            return guessing
    return None


def by_hand(one: Given, part: Part) -> Witness | None:
    """Return the net that is built from the automaton, at this configuration's size.

    It meets the test of the part's own runs, with more words.
    """
    return _by_hand(
        part.language,
        one,
        part.num_words_read,
        max_length=part.max_length,
        is_softmax=part.rule.is_softmax,
    )


@kept_for_language(128)
def _by_hand(
    language: Language,
    one: Given,
    num_words: int,
    *,
    max_length: int | None,
    is_softmax: bool,
) -> Witness | None:
    plan = plan_of(
        language, num_words, max_length=max_length, num_units=one.hidden_size
    )
    test = WitnessTest(plan, is_softmax=is_softmax)
    return witness_by_hand(one, language, test).witness
