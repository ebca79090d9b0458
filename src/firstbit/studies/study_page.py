"""The study as a page: three questions, a figure and a table each."""

from firstbit import plots
from firstbit.report import Block, Note, Picture, Section, Table, render
from firstbit.studies.study import Study, rates, smallest_sizes

QUESTIONS = {
    "cells": ("Which cells solve the embedded Reber grammar?", "rule of training"),
    "lags": ("How many symbols back can they learn to look?", "symbols before the query, l"),
    "sizes": ("How small may they be?", "units, k"),
}
"""Question -> its title, and what its figure's axis shows."""


def study_page(study: Study) -> str:
    """The page as HTML, with what has been measured."""
    sections = [Section(title, _blocks(study, question)) for question, (title, _) in QUESTIONS.items()]
    lead = (
        "Success rates of many seeds, with 95 % intervals by Wilson; a configuration solves where the lower end is above one half."
    )
    if study.num_left:
        lead += f" {study.num_left} configurations are not measured yet."
    return render("The study: is it intrinsic, or is it training?", lead, sections)


def _blocks(study: Study, question: str) -> list[Block]:
    measured = [(part, e) for part, e in study.evidence if part.question == question]
    if not measured:
        return [Note("Not measured yet.")]
    title, axis = QUESTIONS[question]
    picture = plots.picture_bytes(plots.success_rates(rates(study, question), title=title, xlabel=axis), "svg")
    rows = [
        [
            e.cell,
            part.protocol_name if part.coordinate is None else str(part.coordinate),
            f"{e.num_solved} of {e.num_seeds} [{e.interval[0]:.2f}, {e.interval[1]:.2f}]",
            "> half censored" if e.median_epochs is None else f"{e.median_epochs:g}",
            "" if e.median_loss is None else f"{e.median_loss:.3g}",
            ", ".join(f"{name} {count}" for name, count in e.plateaus.items()),
        ]
        for part, e in measured
    ]
    columns = ["cell", axis, "solve [95 %]", "median epochs", "median loss above the floor", "floors at the end, runs"]
    blocks: list[Block] = [Picture(question, title, picture), Table(columns, rows)]
    if question == "sizes":
        blocks.append(Table(["cell", "smallest size that solves"], list(smallest_sizes(study).items())))
    return blocks
