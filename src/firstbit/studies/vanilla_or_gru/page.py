"""The study as a page: answer, four questions, baseline, verdicts and settings."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from firstbit import plots
from firstbit.plots.panels import Size, blank
from firstbit.plots.styles import styled
from firstbit.report import Block, Note, Picture, Section, Table, render
from firstbit.studies.vanilla_or_gru.answer import paragraphs
from firstbit.studies.vanilla_or_gru.factors import MODERN, PUBLISHED, RECIPES
from firstbit.studies.vanilla_or_gru.judged import Judged, judged
from firstbit.studies.vanilla_or_gru.measured import Measured
from firstbit.studies.vanilla_or_gru.names import choice_name
from firstbit.studies.vanilla_or_gru.parts import NUM_WORDS, QUESTIONS, Question
from firstbit.studies.vanilla_or_gru.rates import STANDARD, decided, rates
from firstbit.studies.vanilla_or_gru.readings import reading
from firstbit.studies.vanilla_or_gru.tables import (
    cell_rows,
    contrast_rows,
    evidence_rows,
    guess_reading,
    modern_text,
    published_text,
    setting_rows,
    title_of,
    verdict_rows,
)
from firstbit.studies.vanilla_or_gru.texts import PAGE
from firstbit.studies.verdicts.decisions import ABOVE
from firstbit.studies.verdicts.judgement import SOLVES


def study_page(study: Measured) -> str:
    """Return the page as HTML, with what has been measured."""
    return render(PAGE("title"), lead(study), sections(study))


def lead(study: Measured) -> str:
    """Return the first paragraph: what is asked, and when a run and a cell solve."""
    texts = [PAGE("lead", num_left=study.num_left)]
    on_grammar = [row for row in study.rows if row.part.max_length is not None]
    for row in on_grammar[:1]:
        tested = row.evidence.tested
        texts.append(
            PAGE(
                "run",
                percent=f"{100 * tested.error:g}",
                num_fresh=tested.num_fresh or 0,
                num_pairs=tested.num_pairs or 0,
                lag=tested.twin_lag,
                num_words=tested.num_words,
                max_length=row.part.max_length,
            )
        )
    texts.append(PAGE("cell", rate=f"{STANDARD.solve_rate:g}"))
    return " ".join(texts)


def sections(study: Measured) -> list[Section]:
    """Return the sections of the page, in reading order."""
    verdicts = judged(study)
    notes: list[Block] = [Note(text) for text in paragraphs(study, verdicts)]
    found = [
        Section(PAGE("answer_title"), notes),
        Section(PAGE("terms_title"), _terms(study)),
    ]
    for question in QUESTIONS:
        found.append(Section(title_of(question).text, _question(study, question)))
    found.append(Section("What guessing achieves", _guesses(study)))
    if verdicts:
        found.append(Section("The verdicts", _verdicts(verdicts)))
    found.append(Section("Settings and budgets", [Table(*setting_rows(study))]))
    return found


def _terms(study: Measured) -> list[Block]:
    """Say what the rules are, and show the cells."""
    settings = study.settings
    rules = PAGE(
        "rules",
        published=published_text(settings),
        modern=modern_text(settings),
        published_symbols=settings.published_symbols,
        modern_symbols=settings.embedded_symbols,
        num_words=NUM_WORDS,
    )
    return [Note(rules), Table(*cell_rows()), Note(PAGE("columns"))]


def figure(study: Measured, question: Question) -> Figure:
    """Draw the success rates of a question with their intervals."""
    if question == "factors":
        return _two_panels(study)
    _, axis = title_of(question)
    return plots.success_rates(
        rates(study, question),
        title=figure_title(study, question),
        xlabel=axis,
        joined=question == "sizes",
    )


def figure_title(study: Measured, question: Question) -> str:
    """Return the title of a figure; that of the first question is its result."""
    if question != "cells":
        return title_of(question).text
    counts: dict[str, list[bool]] = {}
    for row, side in decided(study, "cells"):
        counts.setdefault(row.part.setting, []).append(side == ABOVE)
    found = [(rule, sum(one), len(one)) for rule, one in counts.items()]
    return PAGE("cells_figure", counts=found)


@styled
def _two_panels(study: Measured) -> Figure:
    """Draw the changes of one part of a rule, a panel for each of the two rules."""
    picture = blank(Size(8.5, 3.0), title_of("factors").text)
    table = rates(study, "factors")
    measured = table["setting"].values.tolist()
    for start, ax in zip((PUBLISHED, MODERN), picture.subplots(1, 2), strict=True):
        recipes = []
        for recipe in RECIPES:
            if recipe.start == start and recipe.name in measured:
                recipes.append(recipe)
        one = table.sel(setting=[recipe.name for recipe in recipes])
        names = [choice_name(recipe) or PAGE("no_change") for recipe in recipes]
        plots.success_rates(
            one.assign_coords(setting=names),
            ax=ax,
            title=PAGE(f"{start}_panel"),
            xlabel="",
            across=True,
        )
    return picture


def _question(study: Measured, question: Question) -> list[Block]:
    if not study.on(question):
        return [Note(PAGE("not_measured"))]
    picture = plots.figure_bytes(figure(study, question), "svg")
    caption = PAGE(f"{question}_caption", num_seeds=study.settings.num_seeds)
    text = reading(study, question)
    blocks: list[Block] = [
        *([Note(text)] if text else []),
        Picture(question, caption, picture),
        Table(*evidence_rows(study, question), PAGE(question)),
    ]
    if question == "factors":
        columns, rows = contrast_rows(study)
        caption = PAGE("contrasts", num_tests=len(rows))
        blocks.append(Table(columns, rows, caption))
    return blocks


def _guesses(study: Measured) -> list[Block]:
    if not study.guesses:
        return [Note(PAGE("not_measured"))]
    return [Note(f"{PAGE('guessing')} {guess_reading(study)}")]


def _verdicts(verdicts: Sequence[Judged]) -> list[Block]:
    unsolved = [row for row in verdicts if row.verdict.verdict != SOLVES]
    return [
        Note(PAGE("verdicts")),
        Table(*verdict_rows(unsolved)),
    ]
