"""The study as a page: the answer, three questions with a figure and a table each, the baseline, the verdicts and the settings."""

from matplotlib.figure import Figure

from firstbit import plots
from firstbit.report import Block, Note, Picture, Section, Table, render
from firstbit.studies.vanilla_or_gru.answer import answer, rank_arguments
from firstbit.studies.vanilla_or_gru.study import Study
from firstbit.studies.vanilla_or_gru.tables import (
    TITLES,
    evidence_rows,
    guess_reading,
    guess_rows,
    judged_study,
    rates,
    setting_rows,
    size_rows,
    verdict_rows,
)
from firstbit.studies.verdict.judgement import RULES

TITLE = "The study: is it intrinsic, or is it training?"


def study_page(study: Study) -> str:
    """The page as HTML, with what has been measured."""
    return render(TITLE, lead(study), sections(study))


def lead(study: Study) -> str:
    """What the reader gets."""
    text = (
        "Six cells of about 590 parameters, many seeds, two rules of training. A "
        "run solves when its most active outputs are "
        "exactly the legal symbols at every step of 1,000 fresh words, and of "
        "1,000 words whose lag is at least twice any in "
        "training. A configuration solves where the lower end of the 95 % "
        "interval (Wilson) of its rate is above one half."
    )
    return (
        text
        if not study.num_left
        else f"{text} {study.num_left} configurations are not measured yet."
    )


def sections(study: Study) -> list[Section]:
    """What the page says, in reading order."""
    verdicts = judged_study(study)
    found = [
        Section(
            "Is Vanilla's failure intrinsic, or is it training?",
            [Note(answer(study, verdicts))],
        )
    ]
    found += [
        Section(title, _blocks(study, question))
        for question, (title, _) in TITLES.items()
    ]
    found.append(Section("What guessing achieves", _guesses(study)))
    if verdicts:
        found.append(
            Section(
                "The verdicts",
                [
                    Table(
                        *verdict_rows(verdicts),
                        "A witness may come from any run on embedded Reber, or be "
                        "built by hand.",
                    ),
                    Table(
                        ["verdict", "when"],
                        [list(rule) for rule in RULES.items()],
                        "The rules; the first that applies.",
                    ),
                ],
            )
        )
    return [*found, Section("Settings and budgets", [Table(*setting_rows(study))])]


def figure(study: Study, question: str) -> Figure:
    """Success rates with their intervals."""
    title, axis = TITLES[question]
    return plots.success_rates(rates(study, question), title=title, xlabel=axis)


def _blocks(study: Study, question: str) -> list[Block]:
    if not study.on(question):
        return [Note("Not measured yet.")]
    caption = "Share of runs that solve, with 95 % intervals."
    table = Table(*evidence_rows(study, question), EXPLAINED[question])
    blocks: list[Block] = [
        Picture(question, caption, plots.figure_bytes(figure(study, question), "svg")),
        table,
    ]
    if question == "sizes":
        blocks += [Table(*size_rows(study)), _rank_table()]
    return blocks


def _guesses(study: Study) -> list[Block]:
    if not study.guesses:
        return [Note("Not measured yet.")]
    return [Table(*guess_rows(study), GUESSES_EXPLAINED), Note(guess_reading(study))]


def _rank_table() -> Table:
    rows = [
        [str(k), str(a.numbers["needed_units"]), f"{a.numbers['excess_loss']:.3g}"]
        for k, a in rank_arguments().items()
    ]
    columns = [
        "units, k",
        "needed for the exact probabilities",
        "squared error a word above the floor, at least",
    ]
    return Table(
        columns,
        rows,
        "The argument from rank: for every cell with a linear read-out with a "
        "bias whose outputs are the probabilities, as by the "
        "published rule. With a softmax, as by the modern rule, it does not hold.",
    )


_COMMON = (
    "Symbols to success: the median of all runs until a look found the task "
    "solved, on four times as many words as the test "
    "has; a run that never got there counts as slower than any other. Squared "
    "distance: from the exact next-symbol "
    "distribution, a word. Right far back: of the decisions that rest on a symbol "
    "at least half as far back as any tested. "
    "Floors as in the languages' page, the first where several coincide, with the "
    "number of runs that rest on each; others "
    "are between two."
)
EXPLAINED = {
    "cells": f"{_COMMON} The loss is in squared error a word (published) or in bits a "
    "word (modern).",
    "lags": f"{_COMMON} All words of a language have one length, so there are none "
    "with longer lags. The loss is in bits a word.",
    "sizes": f"{_COMMON} The modern rule; the loss is in bits a word.",
}
"""Captions of the tables."""

GUESSES_EXPLAINED = (
    "The baseline of every task: nets of the same cell, size and start, not "
    "trained; each gets the read-out that fits best by "
    "least squares, and passes the same two tests or doesn't. Draws that solve, "
    "the 95 % interval of their share (Wilson), and "
    "how many draws until the first."
)
