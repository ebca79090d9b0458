"""The study as a page: answer, four questions, baseline, verdicts and settings."""

from collections.abc import Sequence
from dataclasses import replace

from matplotlib.figure import Figure

from firstbit import plots
from firstbit.errors import SettingError
from firstbit.plots.panels import Size, row_of_panels
from firstbit.plots.saving import searchable
from firstbit.plots.styles import styled
from firstbit.plots.widths import Width
from firstbit.report import (
    PHONE,
    Banner,
    Block,
    Note,
    Picture,
    Section,
    Table,
    fragment,
    in_sight,
    render,
)
from firstbit.studies.vanilla_or_gru.answer import asked, paragraphs, spoken
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
    verdicts = judged(study)
    return render(
        headline(verdicts),
        lead(study),
        sections(study, verdicts),
        kicker=PAGE("kicker"),
        banners=_banners(verdicts),
    )


def study_html(study: Measured) -> str:
    """Return the study as a notebook shows it: the answer, and which cells solve."""
    verdicts = judged(study)
    blocks: list[Block] = []
    if study.on("cells"):
        table = Table(*evidence_rows(study, "cells"), PAGE("cells_title"))
        blocks += in_sight(table, PAGE("further"), num_keys=2)
    return fragment(headline(verdicts), blocks, banners=_banners(verdicts))


def headline(verdicts: Sequence[Judged]) -> str:
    """Return the answer in a few words; the question, if nothing answers it yet."""
    row = asked(verdicts)
    return PAGE("title" if row is None else f"{row.verdict.verdict}_headline")


def _banners(verdicts: Sequence[Judged]) -> list[Banner]:
    """Return the verdict on the published cell and rule, once it is measured."""
    row = asked(verdicts)
    if row is None:
        return []
    return [replace(row.verdict.banner, text=spoken(row))]


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


def sections(study: Measured, verdicts: Sequence[Judged]) -> list[Section]:
    """Return the sections of the page, in reading order."""
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


def figure(study: Measured, question: Question, width: Width | None = None) -> Figure:
    """Draw the success rates of a question with their intervals."""
    if question == "factors":
        return _two_panels(study, width)
    _, axis = title_of(question)
    return plots.success_rates(
        rates(study, question),
        title=figure_title(study, question),
        xlabel=axis,
        joined=question in ("lags", "sizes"),
        rows=question == "cells",
        width=width,
    )


def _picture(study: Measured, question: Question) -> Picture:
    """Return the figure, and one for a phone unless it has too many points for that."""
    caption = PAGE(f"{question}_caption", num_seeds=study.settings.num_seeds)
    wide = searchable(figure(study, question))
    try:
        narrow = searchable(figure(study, question, PHONE))
    except SettingError:
        narrow = b""
    return Picture(question, caption, wide, narrow)


def figure_title(study: Measured, question: Question) -> str:
    """Return the title of a figure; that of the first question is its result."""
    if question != "cells":
        return title_of(question).text
    counts: dict[str, list[bool]] = {}
    for row, side in decided(study, "cells"):
        counts.setdefault(row.part.setting, []).append(side == ABOVE)
    found = []
    for rule, solves in counts.items():
        found.append((rule, sum(solves), len(solves)))
    return PAGE("cells_figure", counts=found)


@styled
def _two_panels(study: Measured, width: Width | None) -> Figure:
    """Draw the changes of one part of a rule, a panel for each of the two rules."""
    title = title_of("factors").text
    picture, places = row_of_panels(
        Size(7.5, 3.0),
        title,
        width,
        (1, 1),
    )
    table = rates(study, "factors")
    measured = table["setting"].values.tolist()
    for start, place in zip((PUBLISHED, MODERN), places, strict=True):
        ax = picture.add_subplot(place)
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
    text = reading(study, question)
    blocks: list[Block] = [
        *([Note(text)] if text else []),
        _picture(study, question),
        *_evidence(study, question),
    ]
    if question == "factors":
        columns, rows = contrast_rows(study)
        caption = PAGE("contrasts", num_tests=len(rows))
        blocks.append(Table(columns, rows, caption))
    return blocks


def _evidence(study: Measured, question: Question) -> list[Table]:
    """Return the evidence on a question; its last columns are folded."""
    table = Table(*evidence_rows(study, question), PAGE(question))
    num_keys = 1 if question == "factors" else 2
    return in_sight(table, PAGE("further"), num_keys=num_keys)


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
