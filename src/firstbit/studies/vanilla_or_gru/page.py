"""The study as a page: answer, four questions, baseline, verdicts and settings."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from firstbit import plots
from firstbit.report import Block, Note, Picture, Section, Table, render
from firstbit.studies.vanilla_or_gru.answer import paragraphs
from firstbit.studies.vanilla_or_gru.judged import Judged, judged
from firstbit.studies.vanilla_or_gru.measured import Measured
from firstbit.studies.vanilla_or_gru.parts import QUESTIONS, Question
from firstbit.studies.vanilla_or_gru.rates import STANDARD, rates
from firstbit.studies.vanilla_or_gru.tables import (
    contrast_rows,
    evidence_rows,
    guess_reading,
    guess_rows,
    rank_rows,
    setting_rows,
    size_rows,
    title_of,
    verdict_rows,
)
from firstbit.studies.vanilla_or_gru.texts import PAGE
from firstbit.studies.verdicts.judgement import conditions


def study_page(study: Measured) -> str:
    """Return the page as HTML, with what has been measured."""
    return render(PAGE("title"), lead(study), sections(study))


def lead(study: Measured) -> str:
    """Return the first paragraph."""
    return PAGE("lead", num_left=study.num_left)


def sections(study: Measured) -> list[Section]:
    """Return the sections of the page, in reading order."""
    verdicts = judged(study)
    notes: list[Block] = [Note(text) for text in paragraphs(study, verdicts)]
    found = [Section(PAGE("answer_title"), notes)]
    for question in QUESTIONS:
        found.append(Section(title_of(question).text, _question(study, question)))
    found.append(Section("What guessing achieves", _guesses(study)))
    if verdicts:
        found.append(Section("The verdicts", _verdicts(verdicts)))
    found.append(Section("Settings and budgets", [Table(*setting_rows(study))]))
    return found


def figure(study: Measured, question: Question) -> Figure:
    """Draw the success rates of a question with their intervals."""
    title, axis = title_of(question)
    return plots.success_rates(rates(study, question), title=title, xlabel=axis)


def _question(study: Measured, question: Question) -> list[Block]:
    if not study.on(question):
        return [Note(PAGE("not_measured"))]
    picture = plots.figure_bytes(figure(study, question), "svg")
    blocks: list[Block] = [
        Picture(question, PAGE("figure"), picture),
        Table(*evidence_rows(study, question), PAGE(question)),
    ]
    if question == "factors":
        blocks.append(Table(*contrast_rows(study), PAGE("contrasts")))
    if question == "sizes":
        blocks.append(Table(*size_rows(study)))
        blocks.append(Table(*rank_rows(), PAGE("rank")))
    return blocks


def _guesses(study: Measured) -> list[Block]:
    if not study.guesses:
        return [Note(PAGE("not_measured"))]
    table = Table(*guess_rows(study), PAGE("guessing"))
    return [table, Note(guess_reading(study))]


def _verdicts(verdicts: Sequence[Judged]) -> list[Block]:
    return [
        Table(*verdict_rows(verdicts), PAGE("verdicts")),
        Table(["verdict", "when"], conditions(STANDARD), PAGE("conditions")),
    ]
