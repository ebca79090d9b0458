"""What the runs of a study say: rates, medians, plateaus, smallest sizes and verdicts, as tables for a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import xarray as xr

from firstbit.languages import Language
from firstbit.provenance import with_provenance
from firstbit.studies.vanilla_or_gru.baselines import guessed_in
from firstbit.studies.vanilla_or_gru.study import (
    CELLS,
    SIZES,
    Part,
    Study,
    described_study,
)
from firstbit.studies.verdicts.applicability import arguments_on
from firstbit.studies.verdicts.configuration import Configuration
from firstbit.studies.verdicts.evidence import Evidence
from firstbit.studies.verdicts.guessing import Guessing
from firstbit.studies.verdicts.judgement import Verdict, judge
from firstbit.studies.verdicts.witnesses import (
    Witness,
    guessed_witness,
    trained_witness,
    witness_by_hand,
)
from firstbit.weights.redraw import described

SOLVE_RATE = 0.5

TITLES = {
    "cells": ("Which cells solve the embedded Reber grammar?", "rule of training"),
    "lags": (
        "How many symbols back can they learn to look?",
        "symbols before the query, l",
    ),
    "sizes": ("How small may they be?", "units, k"),
}
"""Question -> its title, and what its figure's axis shows."""

Rows = list[list[str]]


@dataclass(frozen=True)
class Judged:
    """A configuration of the first question, its part and its verdict."""

    part: Part
    verdict: Verdict


def rates(study: Study, question: str) -> xr.Dataset:
    """Success rates of one question, for `plots.success_rates`.

    Returns:
        Dataset over `cell` and `setting` (rules, lags or sizes): `success_rate`,
        `success_low`, `success_high` (Wilson, 95 %); NaN where nothing was measured.
    """
    chosen = study.on(question)
    cells = list(dict.fromkeys(e.cell for _, e in chosen))
    settings = list(dict.fromkeys(part.setting for part, _ in chosen))
    table = np.full((3, len(cells), len(settings)), np.nan)
    for part, e in chosen:
        table[:, cells.index(e.cell), settings.index(part.setting)] = (
            e.rate,
            *e.interval,
        )
    about = {
        "success_rate": "share of runs that solve",
        "success_low": "lower end of its 95 % interval (Wilson)",
        "success_high": "upper end of its 95 % interval (Wilson)",
    }
    variables = {
        name: (("cell", "setting"), values, {"long_name": text, "units": "1"})
        for (name, text), values in zip(about.items(), table, strict=True)
    }
    dataset = xr.Dataset(variables, {"cell": cells, "setting": settings})
    return with_provenance(
        dataset, configuration={"question": question, **described_study(study.settings)}
    )


def solving(e: Evidence) -> bool:
    """Whether a configuration solves: the lower end of the interval is above the solve rate."""
    return e.interval[0] > SOLVE_RATE


def smallest_sizes(study: Study) -> dict[str, str]:
    """For each cell the least size that solves, as text; `> 27` where none up to 27 does, `?` where some are missing."""
    by_cell: dict[str, dict[int, bool]] = {}
    for part, e in study.on("sizes"):
        if part.coordinate is not None:
            by_cell.setdefault(e.cell, {})[part.coordinate] = solving(e)
    told = {}
    for cell, solved in by_cell.items():
        least = next((k for k in sorted(solved) if solved[k]), None)
        complete = all(k in solved for k in SIZES if least is None or k < least)
        told[cell] = (
            "?" if not complete else f"> {SIZES[-1]}" if least is None else str(least)
        )
    return told


def evidence_rows(study: Study, question: str) -> tuple[list[str], Rows]:
    """The table of a question: its columns, and a row for each configuration."""
    columns = [
        "cell",
        TITLES[question][1],
        "solve",
        "95 % interval",
        "pass fresh words",
    ]
    columns += [
        "pass long lags",
        "symbols to success, median",
        "loss above the floor, median",
    ]
    columns += [
        "squared distance, median",
        "right far back, median",
        "floor at the end: runs",
    ]
    rows = []
    for part, e in study.on(question):
        rows.append(
            [
                e.cell,
                part.setting,
                of(e),
                interval(e),
                str(e.num_fresh),
                "none exist" if question == "lags" else str(e.num_long),
                "> half censored"
                if e.median_to_solve is None
                else f"{e.median_to_solve:,.0f}",
                "" if e.median_loss is None else f"{e.median_loss:.3g}",
                "" if e.median_distance is None else f"{e.median_distance:.3g}",
                "" if e.median_accuracy is None else f"{e.median_accuracy:.3f}",
                ", ".join(
                    f"{name.partition(';')[0]}: {count}"
                    for name, count in e.plateaus.items()
                )
                + (f"; diverged: {e.num_diverged}" if e.num_diverged else ""),
            ]
        )
    return columns, rows


def size_rows(study: Study) -> tuple[list[str], Rows]:
    """The smallest size of each cell that solves."""
    return ["cell", "smallest size that solves"], [
        list(pair) for pair in smallest_sizes(study).items()
    ]


def judged_study(study: Study) -> list[Judged]:
    """A verdict for each configuration of the first question; a witness may come from all runs on the grammar, or by hand."""
    on_grammar = [*study.on("cells"), *study.on("sizes")]
    by_name = {one.name: one for one in CELLS}
    found = []
    for part, own in study.on("cells"):
        others, one = [e for _, e in on_grammar if e is not own], by_name[own.cell]
        is_softmax = part.rule.is_softmax
        arguments = arguments_on(
            one.cell, part.language, hidden_size=one.hidden_size, is_softmax=is_softmax
        )
        witness = (
            None if solving(own) else _witness(study, one, part.language, own, others)
        )
        found.append(
            Judged(
                part,
                judge(own, witness=witness, arguments=arguments, solve_rate=SOLVE_RATE),
            )
        )
    return found


def _witness(
    study: Study,
    one: Configuration,
    language: Language,
    own: Evidence,
    others: Sequence[Evidence],
) -> Witness | None:
    return (
        trained_witness(own, others)
        or by_hand(one, language)
        or _guessed(study, one, language)
    )


def _guessed(study: Study, one: Configuration, language: Language) -> Witness | None:
    found = (
        g
        for b, g in guessed_in(study)
        if (b.configuration, b.language.name) == (one, language.name)
    )
    return next(
        (guessed_witness(g, one.architecture, str(described(one.law))) for g in found),
        None,
    )


@lru_cache
def by_hand(one: Configuration, language: Language) -> Witness | None:
    """The net that is built from the automaton, at this configuration's size."""
    return witness_by_hand(
        one.cell, language, hidden_size=one.hidden_size, architecture=one.architecture
    )


def guess_rows(study: Study) -> tuple[list[str], Rows]:
    """How many random draws of each cell solve each task, and how many it takes until one does."""
    found = guessed_in(study)
    tasks = list(dict.fromkeys(b.language.name for b, _ in found))
    by_cell: dict[str, list[str]] = {}
    for baseline, guessing in found:
        by_cell.setdefault(baseline.configuration.name, []).append(guessing.counted)
    return ["cell", *tasks], [[cell, *counts] for cell, counts in by_cell.items()]


def guess_reading(study: Study) -> str:
    """What the table of guesses says, in one sentence."""
    by_task: dict[str, list[tuple[str, Guessing]]] = {}
    for baseline, guessing in guessed_in(study):
        by_task.setdefault(baseline.language.name, []).append(
            (baseline.configuration.name, guessing)
        )
    best = {
        task: max(found, key=lambda pair: len(pair[1].solved))
        for task, found in by_task.items()
    }
    some = [
        f"{task} (most often {cell}, {guessing.counted})"
        for task, (cell, guessing) in best.items()
        if guessing.solved
    ]
    none = [task for task, (_, guessing) in best.items() if not guessing.solved]
    told = f"Random draws solve {', '.join(some) or 'no task'}"
    if some and none:
        told += f", and none solves {', '.join(none)}"
    if none:
        most = max(
            guessing.interval[1] for task in none for _, guessing in by_task[task]
        )
        told += (
            f": the share of each cell there is below {100 * most:.2g} %, so a "
            "training that solves these was not merely well drawn"
        )
    return f"{told}."


def verdict_rows(verdicts: Sequence[Judged]) -> tuple[list[str], Rows]:
    """Each verdict with the rule that led to it."""
    columns = ["cell", "rule of training", "verdict", "the rule that led there"]
    return columns, [
        [
            j.verdict.evidence.cell,
            j.part.setting,
            j.verdict.verdict,
            j.verdict.reason + ".",
        ]
        for j in verdicts
    ]


def setting_rows(study: Study) -> tuple[list[str], Rows]:
    """Budgets and settings."""
    s, told = study.settings, described_study(study.settings)
    modern = s.modern(s.embedded_symbols)
    rows = [
        ["runs of each configuration", str(s.num_seeds)],
        [
            "budget of a run on embedded Reber, modern, every cell and size",
            f"{s.embedded_symbols:,} symbols read",
        ],
        [
            "budget of a run on embedded Reber, published, every cell",
            f"{s.published_symbols:,} symbols read",
        ],
        [
            "budget of a run on first_bit(l, random), every cell and l",
            f"{s.first_bit_symbols:,} symbols read",
        ],
        [
            "a run ends",
            "when it solves, on a look every "
            + f"{told['check_every']} epochs, or at its budget",
        ],
        [
            "an epoch",
            f"{told['num_words']} words; published: the same list in every epoch, "
            "modern: fresh words",
        ],
        [
            "words of embedded Reber",
            f"at most {told['max_length']} symbols, in training and in the test on "
            "fresh words",
        ],
        [
            "published",
            f"a plain step a word on the squared error, rate {s.published_rate:g} "
            "halved when the error rises; ends when the error "
            f"changes by less than {s.published(1).tolerance:g}, or after "
            f"{s.published(1).max_epochs:,} epochs",
        ],
        [
            "modern",
            f"Adam on the cross-entropy, rate {s.modern_rate:g} "
            f"({s.modern_schedule}), minibatches of {modern.batch_size} words, "
            f"gradients clipped to norm {modern.clip:g}; one setting for all cells "
            "and tasks",
        ],
        [
            "guessing",
            f"{told['num_guesses']:,} draws of each cell on each task, by the law "
            "it starts from; the read-out is the "
            f"least-squares fit of the exact probabilities on {told['num_words']} "
            "words",
        ],
        ["seed", str(s.seed)],
        ["versions", f"firstbit {told['firstbit']}, jax {told['jax']}"],
    ]
    return ["setting", "value"], rows


def of(e: Evidence) -> str:
    """Runs that solve, as in `3 of 32`."""
    return f"{e.num_solved} of {e.num_seeds}"


def interval(e: Evidence) -> str:
    """The interval of the rate, as in `[0.03, 0.24]`."""
    low, high = e.interval
    return f"[{low:.2f}, {high:.2f}]"
