"""The tables of the study: columns, and rows of text, for its page and the terminal."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import jax
import numpy as np

from firstbit.cells import Given, Network, Readout, num_parameters
from firstbit.languages import embedded_reber
from firstbit.studies.vanilla_or_gru.baselines import guessed_in
from firstbit.studies.vanilla_or_gru.contrasts import Side, contrasts
from firstbit.studies.vanilla_or_gru.judged import Judged
from firstbit.studies.vanilla_or_gru.measured import Measured, Row
from firstbit.studies.vanilla_or_gru.names import cell_name, rule_name, start_name
from firstbit.studies.vanilla_or_gru.parts import (
    CELLS,
    CHECK_EVERY,
    MAX_LENGTH,
    NUM_GUESSES,
    NUM_WORDS,
    Part,
    Question,
    Settings,
    described_study,
    parts,
)
from firstbit.studies.vanilla_or_gru.rates import smallest_sizes
from firstbit.studies.vanilla_or_gru.readings import far_back, num_far
from firstbit.studies.vanilla_or_gru.shares import rate
from firstbit.studies.vanilla_or_gru.texts import PAGE
from firstbit.studies.verdicts.evidence import Evidence
from firstbit.studies.verdicts.guessing import Guessing
from firstbit.studies.verdicts.judgement import SOLVES, spoken
from firstbit.studies.verdicts.page import text_of
from firstbit.training.seeds import CONFIRMED, MARGIN
from firstbit.training.seeds import SIZES as OF_CHECK

CENSORED = "not reached by half"
RELIABLY = "solves reliably"
SETTING = "setting"
"""Stands for the column of what differs from row to row."""

WINDOW = re.compile(r"last (\d+) symbols")

Rows = list[list[str]]


class Title(NamedTuple):
    """The title of a question, and the axis of its figure."""

    text: str
    axis: str


def title_of(question: Question) -> Title:
    """Return the title of a question, and what its figure's axis shows."""
    return Title(PAGE(f"{question}_title"), PAGE(f"{question}_axis"))


def cell_rows() -> tuple[list[str], Rows]:
    """Return the cells of the first question: sizes, parameters, and starts."""
    language = embedded_reber()
    size = len(language.alphabet)
    num_outputs = len(language.outputs)
    rows = []
    for one in CELLS:
        number = num_parameters(_network(one, size, num_outputs))
        name = cell_name(one.title)
        rows.append([name, str(one.hidden_size), str(number), start_name(one)])
    return ["cell", "units, k", "parameters", "start of the recurrent weights"], rows


def _network(one: Given, input_size: int, output_size: int) -> Network:
    """Return a net of zeros, to count its parameters."""
    shell = one.shell(input_size, one.hidden_size)
    cell = jax.tree.map(_zeros, shell)
    O = np.zeros((output_size, one.hidden_size))
    return Network(cell, Readout(O, np.zeros(output_size)))


def _zeros(leaf: object) -> object:
    is_array = isinstance(leaf, jax.ShapeDtypeStruct)
    return np.zeros(leaf.shape) if is_array else leaf


def evidence_rows(study: Measured, question: Question) -> tuple[list[str], Rows]:
    """Return the table of a question: columns, and a row for each configuration."""
    found = [_evidence_row(row) for row in study.on(question)]
    columns = list(dict.fromkeys(name for row in found for name in row))
    axis = title_of(question).axis
    named = [axis if name == SETTING else name for name in columns]
    return named, [[row[name] for name in columns] for row in found]


def _evidence_row(row: Row) -> dict[str, str]:
    """Return the cells of a row by their columns."""
    part, _, e = row
    found = {} if part.question == "factors" else {"cell": e.cell}
    found |= {
        SETTING: setting_name(part),
        "solve [95 % interval]": rate(e),
        "right on new words": str(e.num_fresh),
        "right on twins": "none exist" if e.num_twins is None else str(e.num_twins),
    }
    far = far_back(e)
    if part.question != "lags" and far is not None:
        found[f"right {far} back"] = str(num_far(e))
    return found | {
        "check only": str(e.num_denied),
        "symbols to success": text_of(e.median_to_solve, ",.0f", missing=CENSORED),
        "squared distance": text_of(e.median_distance, ".3g"),
        "behaves like: runs": _behaviours(e),
    }


def setting_name(part: Part) -> str:
    """Return what differs from the other parts of a question, as the page has it."""
    return rule_name(part.recipe) if part.coordinate is None else part.setting


def _behaviours(e: Evidence) -> str:
    """Return what the runs that do not solve behave like, with their numbers."""
    found = []
    for name, count in e.behaviours.items():
        found.append(f"{alike(name)}: {count}")
    if e.num_diverged:
        found.append(f"diverged: {e.num_diverged}")
    return ", ".join(found)


def alike(name: str) -> str:
    """Return predictors that can't be told apart, windows in a row as one.

    Example:
        >>> alike("outer symbol lost; last 3 symbols; last 4 symbols")
        'outer symbol lost = last 3 to 4 symbols'
    """
    found, lengths = [], []
    for one in name.split("; "):
        window = WINDOW.fullmatch(one)
        if window is None:
            found.append(one)
        else:
            lengths.append(int(window[1]))
    if not lengths:
        return " = ".join(found)
    span = lengths[-1] - lengths[0]
    if len(lengths) == 1 or span >= len(lengths):
        return " = ".join(name.split("; "))
    return " = ".join([*found, f"last {lengths[0]} to {lengths[-1]} symbols"])


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
    for first, second, counted, difference, _ in contrasts(study):
        low, high = difference.interval
        rows.append(
            [
                _side(first),
                _side(second),
                counted,
                f"{difference.value:+.2f}",
                f"[{low:+.2f}, {high:+.2f}]",
                f"{difference.adjusted:.2g}",
                "yes" if difference.is_shown else "no",
            ]
        )
    return columns, rows


def _side(side: Side) -> str:
    return f"{cell_name(side.cell)}: {rule_name(side.recipe)}"


def size_rows(study: Measured) -> tuple[list[str], Rows]:
    """Return the smallest size tried of each cell that solves reliably."""
    rows = []
    for title, size in smallest_sizes(study).items():
        rows.append([cell_name(title), size])
    return ["cell", "smallest size tried that solves reliably"], rows


def guess_rows(study: Measured) -> tuple[list[str], Rows]:
    """Return how many random draws of each cell solve each task, and the first one."""
    tasks: dict[str, None] = {}
    by_cell: dict[str, list[str]] = {}
    for baseline, guessing in guessed_in(study):
        tasks[baseline.language.name] = None
        counts = by_cell.setdefault(cell_name(baseline.cell.title), [])
        counts.append(guessing.counted)
    rows = [[cell, *counts] for cell, counts in by_cell.items()]
    return ["cell", *tasks], rows


def guess_reading(study: Measured) -> str:
    """Say in one sentence what the table of guesses shows."""
    by_task: dict[str, list[tuple[str, Guessing]]] = {}
    for baseline, guessing in guessed_in(study):
        found = by_task.setdefault(baseline.language.name, [])
        found.append((cell_name(baseline.cell.title), guessing))
    solved, unsolved, highest = [], [], 0.0
    for task, found in by_task.items():
        cell, best = max(found, key=lambda pair: len(pair[1].solved))
        if best.solved:
            solved.append((task, cell, best.counted))
            continue
        unsolved.append(task)
        upper_ends = [guessing.interval[1] for _, guessing in found]
        highest = max(highest, *upper_ends)
    return PAGE(
        "guesses", solved=solved, unsolved=unsolved, percent=f"{100 * highest:.2g}"
    )


def verdict_rows(verdicts: Sequence[Judged]) -> tuple[list[str], Rows]:
    """Return each verdict with the rule that led to it."""
    rows = []
    for part, cell, verdict in verdicts:
        name, reason = cell_name(cell.title), f"{verdict.reason}."
        rows.append([name, part.setting, verdict_name(verdict.verdict), reason])
    return ["cell", "rule of training", "verdict", "why"], rows


def verdict_name(verdict: str) -> str:
    """Return a verdict on a cell as the page has it, where runs solve as well."""
    return RELIABLY if verdict == SOLVES else spoken(verdict)


def setting_rows(study: Measured) -> tuple[list[str], Rows]:
    """Return budgets and settings."""
    s, versions = study.settings, described_study(study.settings)
    published = s.published()
    grammar, bits = "on embedded Reber", "on first_bit(l, random)"
    ends = PAGE(
        "end",
        check_every=CHECK_EVERY,
        num_fresh=OF_CHECK.fresh,
        num_pairs=OF_CHECK.pairs,
        confirmed=CONFIRMED.fresh,
        margin=f"{MARGIN:g}",
        tolerance=f"{published.tolerance:g}",
        max_epochs=published.max_epochs,
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
        ["a run ends", ends],
        ["words that decide how far back twins are", of_test],
        ["an epoch", PAGE("epoch", num_words=NUM_WORDS)],
        ["words of embedded Reber", PAGE("words", max_length=MAX_LENGTH)],
        ["published", published_text(s)],
        ["modern", modern_text(s)],
        ["guessing", PAGE("draws", num_guesses=NUM_GUESSES, num_words=NUM_WORDS)],
        ["seed of all random numbers", str(s.seed)],
        ["versions", f"firstbit {versions['firstbit']}, jax {versions['jax']}"],
    ]
    return ["setting", "value"], rows


def published_text(settings: Settings) -> str:
    """Return the published rule in words."""
    rate = f"{settings.published_learning_rate:g}"
    return PAGE("published", learning_rate=rate)


def modern_text(settings: Settings) -> str:
    """Return the modern rule in words."""
    rule = settings.modern(settings.embedded_symbols)
    return PAGE(
        "modern",
        learning_rate=f"{settings.modern_learning_rate:g}",
        schedule=settings.modern_schedule,
        batch_size=rule.batch_size,
        clip=f"{rule.clip:g}",
    )
