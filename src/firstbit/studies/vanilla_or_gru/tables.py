"""The tables of the study: columns, and rows of text, for its page and the terminal."""

from collections.abc import Sequence
from typing import NamedTuple

from firstbit.languages import embedded_reber
from firstbit.studies.vanilla_or_gru.answer import interval, of, rank_arguments
from firstbit.studies.vanilla_or_gru.baselines import guessed_in
from firstbit.studies.vanilla_or_gru.contrasts import contrasts
from firstbit.studies.vanilla_or_gru.judged import Judged
from firstbit.studies.vanilla_or_gru.measured import Measured, Row
from firstbit.studies.vanilla_or_gru.parts import (
    CHECK_EVERY,
    MAX_LENGTH,
    NUM_GUESSES,
    NUM_WORDS,
    Question,
    described_study,
    parts,
)
from firstbit.studies.vanilla_or_gru.rates import smallest_sizes
from firstbit.studies.vanilla_or_gru.texts import PAGE
from firstbit.studies.verdicts.evidence import Evidence
from firstbit.studies.verdicts.guessing import Guessing
from firstbit.studies.verdicts.judgement import spoken
from firstbit.studies.verdicts.page import CENSORED, text_of

Rows = list[list[str]]


class Title(NamedTuple):
    """The title of a question, and the axis of its figure."""

    text: str
    axis: str


def title_of(question: Question) -> Title:
    """Return the title of a question, and what its figure's axis shows."""
    return Title(PAGE(f"{question}_title"), PAGE(f"{question}_axis"))


def evidence_rows(study: Measured, question: Question) -> tuple[list[str], Rows]:
    """Return the table of a question: columns, and a row for each configuration."""
    columns = [
        "cell",
        title_of(question).axis,
        "solve",
        "95 % interval",
        "right on fresh words",
        "right on twins",
        "symbols to success, median",
        "loss above the floor, median",
        "squared distance, median",
        "right far back, median",
        "behaves like: runs",
    ]
    return columns, [_evidence_row(row) for row in study.on(question)]


def _evidence_row(row: Row) -> list[str]:
    part, _, e = row
    twins = "none exist" if e.num_twins is None else str(e.num_twins)
    return [
        e.cell,
        part.setting,
        of(e),
        interval(e),
        str(e.num_fresh),
        twins,
        text_of(e.median_to_solve, ",.0f", missing=CENSORED),
        text_of(e.median_loss, ".3g"),
        text_of(e.median_distance, ".3g"),
        text_of(e.median_accuracy, ".3f"),
        _behaviours(e),
    ]


def _behaviours(e: Evidence) -> str:
    """Return what the runs that do not solve behave like, with their numbers."""
    found = [f"{name}: {count}" for name, count in e.behaviours.items()]
    diverged = f"; diverged: {e.num_diverged}" if e.num_diverged else ""
    return ", ".join(found) + diverged


def contrast_rows(study: Measured) -> tuple[list[str], Rows]:
    """Return the differences that the answer names, a row each."""
    columns = [
        "first",
        "second",
        "runs counted",
        "difference",
        "95 % interval",
        "adjusted p",
        "shown",
    ]
    rows = []
    for first, second, counted, difference in contrasts(study):
        low, high = difference.interval
        rows.append(
            [
                f"{first.cell}, {first.recipe.name}",
                f"{second.cell}, {second.recipe.name}",
                counted,
                f"{difference.value:+.2f}",
                f"[{low:+.2f}, {high:+.2f}]",
                f"{difference.adjusted:.2g}",
                "yes" if difference.is_shown else "no",
            ]
        )
    return columns, rows


def size_rows(study: Measured) -> tuple[list[str], Rows]:
    """Return the smallest size of each cell that solves."""
    rows = [list(pair) for pair in smallest_sizes(study).items()]
    return ["cell", "smallest size that solves"], rows


def rank_rows() -> tuple[list[str], Rows]:
    """Return the argument from rank for each size."""
    columns = [
        "units, k",
        "needed for the exact probabilities",
        "squared error a word above the floor, at least",
    ]
    rows = []
    for size, argument in rank_arguments().items():
        needed, excess = (
            argument.numbers["needed_units"],
            argument.numbers["excess_loss"],
        )
        rows.append([str(size), str(needed), f"{excess:.3g}"])
    return columns, rows


def guess_rows(study: Measured) -> tuple[list[str], Rows]:
    """Return how many random draws of each cell solve each task, and the first one."""
    tasks: dict[str, None] = {}
    by_cell: dict[str, list[str]] = {}
    for baseline, guessing in guessed_in(study):
        tasks[baseline.language.name] = None
        by_cell.setdefault(baseline.cell.title, []).append(guessing.counted)
    rows = [[cell, *counts] for cell, counts in by_cell.items()]
    return ["cell", *tasks], rows


def guess_reading(study: Measured) -> str:
    """Say in one sentence what the table of guesses shows."""
    by_task: dict[str, list[tuple[str, Guessing]]] = {}
    for baseline, guessing in guessed_in(study):
        found = by_task.setdefault(baseline.language.name, [])
        found.append((baseline.cell.title, guessing))
    solved, unsolved, highest = [], [], 0.0
    for task, found in by_task.items():
        cell, best = max(found, key=lambda pair: len(pair[1].solved))
        if best.solved:
            solved.append((task, cell, best.counted))
            continue
        unsolved.append(task)
        highest = max(highest, *(guessing.interval[1] for _, guessing in found))
    return PAGE(
        "guesses", solved=solved, unsolved=unsolved, percent=f"{100 * highest:.2g}"
    )


def verdict_rows(verdicts: Sequence[Judged]) -> tuple[list[str], Rows]:
    """Return each verdict with the rule that led to it."""
    columns = ["cell", "rule of training", "verdict", "the rule that led there"]
    rows = []
    for part, cell, verdict in verdicts:
        reason = f"{verdict.reason}."
        rows.append([cell.title, part.setting, spoken(verdict.verdict), reason])
    return columns, rows


def setting_rows(study: Measured) -> tuple[list[str], Rows]:
    """Return budgets and settings."""
    s, versions = study.settings, described_study(study.settings)
    published, modern = s.published(), s.modern(s.embedded_symbols)
    grammar, bits = "on embedded Reber", "on first_bit(l, random)"
    of_published = PAGE(
        "published",
        learning_rate=f"{s.published_learning_rate:g}",
        tolerance=f"{published.tolerance:g}",
        max_epochs=published.max_epochs,
    )
    of_modern = PAGE(
        "modern",
        learning_rate=f"{s.modern_learning_rate:g}",
        schedule=s.modern_schedule,
        batch_size=modern.batch_size,
        clip=f"{modern.clip:g}",
    )
    numbers = {part.language.name: part.num_words_read for part in parts(s)}
    of_grammar = numbers.pop(embedded_reber().name)
    of_test = PAGE("test", grammar=of_grammar, bits=max(numbers.values()))
    rows = [
        ["runs of each configuration", str(s.num_seeds)],
        [
            f"budget of a run {grammar}, modern, every cell and size",
            PAGE("symbols", number=s.embedded_symbols),
        ],
        [
            f"budget of a run {grammar}, published, every cell",
            PAGE("symbols", number=s.published_symbols),
        ],
        [
            f"budget of a run {bits}, every cell and l",
            PAGE("symbols", number=s.first_bit_symbols),
        ],
        ["a run ends", PAGE("end", check_every=CHECK_EVERY)],
        ["N of the test", of_test],
        ["an epoch", PAGE("epoch", num_words=NUM_WORDS)],
        ["words of embedded Reber", PAGE("words", max_length=MAX_LENGTH)],
        ["published", of_published],
        ["modern", of_modern],
        ["guessing", PAGE("draws", num_guesses=NUM_GUESSES, num_words=NUM_WORDS)],
        ["seed", str(s.seed)],
        ["versions", f"firstbit {versions['firstbit']}, jax {versions['jax']}"],
    ]
    return ["setting", "value"], rows
