"""`report.html` of verdicts: evidence, conditions, arguments, and a witness at work."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import xarray as xr

from firstbit import plots
from firstbit.cells import Network, run
from firstbit.languages import Language, one_hot, sample
from firstbit.report import Badge, Block, Note, Picture, Section, Table, render
from firstbit.studies.verdicts.judgement import (
    INTRINSIC,
    SOLVES,
    TRAINABILITY,
    VERDICTS,
    Standard,
    Verdict,
    conditions,
)
from firstbit.studies.verdicts.texts import PAGE

TONES = {SOLVES: "good", TRAINABILITY: "partial", INTRINSIC: "bad"}
MOST_SYMBOLS = 40
SEED_OF_WORD = 0
"""Of the word that a witness reads."""

EVIDENCE = (
    "configuration",
    "pass fresh words",
    "pass long lags",
    "epochs to success",
    "symbols to success",
    "symbols read",
    "loss above the floor",
    "squared distance",
    "right far back",
    "diverged",
)
CENSORED = "> half censored"


def verdict_page(
    verdicts: Sequence[Verdict],
    language: Language,
    *,
    rule: str,
    settings: Mapping[str, object],
    standard: Standard | None = None,
    runs: Mapping[str, xr.Dataset] | None = None,
) -> str:
    """Return the page as HTML.

    Args:
        verdicts: at least one.
        language: the task.
        rule: name of the rule of training.
        settings: name and value of each, for the last table.
        standard: what the configurations were held against.
        runs: of each configuration by its name; with them, every seed is shown.
    """
    sections = [
        Section("The verdicts", [_verdicts(verdicts)]),
        Section("The evidence", list(_all_evidence(verdicts, runs or {}))),
        Section("The rules", list(_rules(verdicts, standard or Standard()))),
    ]
    witnesses = list(_witnesses(verdicts, language))
    if witnesses:
        sections.append(Section("Witnesses at work", witnesses))
    made = [[name, str(value)] for name, value in settings.items()]
    sections.append(
        Section("How this was made", [Table(["setting", "value"], made)]),
    )
    title = PAGE("title", language=language.name)
    return render(title, lead(verdicts, language, rule), sections)


def lead(verdicts: Sequence[Verdict], language: Language, rule: str) -> str:
    """Return the answer in one paragraph."""
    by_verdict = []
    for name in VERDICTS:
        cells = [one.evidence.cell for one in verdicts if one.verdict == name]
        if cells:
            by_verdict.append((name, cells))
    return PAGE(
        "lead",
        num_configurations=len(verdicts),
        language=language.name,
        num_seeds=verdicts[0].evidence.num_seeds,
        rule=rule,
        is_intrinsic=any(one.verdict == INTRINSIC for one in verdicts),
        by_verdict=by_verdict,
    )


def _verdicts(verdicts: Sequence[Verdict]) -> Table:
    rows = []
    for one in verdicts:
        e = one.evidence
        low, high = e.interval
        badge = Badge(one.verdict, TONES.get(one.verdict, "open"))
        rate = f"{e.num_solved} of {e.num_seeds} [{low:.2f}, {high:.2f}]"
        rows.append([e.cell, badge, rate, f"{one.reason}."])
    percent = f"{100 * verdicts[0].evidence.confidence:g}"
    columns = ["configuration", "verdict", f"solve [{percent} %]"]
    return Table([*columns, "the rule that led there"], rows)


def _all_evidence(
    verdicts: Sequence[Verdict], runs: Mapping[str, xr.Dataset]
) -> Iterator[Block]:
    yield _evidence(verdicts)
    plateaus = _plateaus(verdicts)
    if plateaus:
        columns = ["configuration", "floor", "runs"]
        yield Table(columns, plateaus, PAGE("plateaus"))
    guesses = _guesses(verdicts)
    if guesses:
        columns = ["configuration", "random draws that solve"]
        yield Table(columns, guesses, PAGE("guessing"))
    for number, (name, one) in enumerate(runs.items()):
        picture = plots.figure_bytes(plots.seeds(one, title=name), "svg")
        yield Picture(f"runs-{number}", PAGE("runs", cell=name), picture)


def _evidence(verdicts: Sequence[Verdict]) -> Table:
    rows = []
    for one in verdicts:
        e = one.evidence
        row = [
            e.cell,
            str(e.num_fresh),
            str(e.num_long),
            text_of(e.median_epochs, "g", missing=CENSORED),
            text_of(e.median_to_solve, ",.0f", missing=CENSORED),
            f"{e.median_symbols:,.0f}",
            text_of(e.median_loss, ".3g"),
            text_of(e.median_distance, ".3g"),
            text_of(e.median_accuracy, ".3g"),
            str(e.num_diverged),
        ]
        rows.append(row)
    return Table(EVIDENCE, rows, PAGE("evidence"))


def text_of(value: float | None, form: str, *, missing: str = "") -> str:
    """Return a number in a format, or what stands for a missing one.

    Example:
        >>> text_of(0.1234, ".3g"), text_of(None, "g", missing="?")
        ('0.123', '?')
    """
    return missing if value is None else format(value, form)


def _plateaus(verdicts: Sequence[Verdict]) -> list[list[str]]:
    rows = []
    for one in verdicts:
        for name, count in one.evidence.plateaus.items():
            rows.append([one.evidence.cell, name, str(count)])
    return rows


def _guesses(verdicts: Sequence[Verdict]) -> list[list[str]]:
    rows = []
    for one in verdicts:
        if one.guessing is not None:
            rows.append([one.evidence.cell, one.guessing.counted])
    return rows


def _rules(verdicts: Sequence[Verdict], standard: Standard) -> Iterator[Block]:
    yield Table(["verdict", "when"], conditions(standard), PAGE("conditions"))
    arguments = []
    for one in verdicts:
        for a in one.arguments:
            text = PAGE("argument", nets=a.quantifies_over, excludes=a.excludes)
            arguments.append([one.evidence.cell, a.name, text])
        for a in one.inapplicable:
            text = PAGE("no_argument", why=a.why)
            arguments.append([one.evidence.cell, a.name, text])
    if arguments:
        columns = ["configuration", "argument", "what it says here"]
        yield Table(columns, arguments, PAGE("arguments"))


def _witnesses(verdicts: Sequence[Verdict], language: Language) -> Iterator[Block]:
    for one in verdicts:
        if one.witness is None or one.witness.network is None:
            continue
        yield Note(f"{one.evidence.cell}: {one.witness.description}.")
        yield at_work(one.witness.network, language)


def at_work(network: Network, language: Language) -> Table:
    """Show a network that reads one word, step by step.

    The table has the symbols that may follow, and the outputs that decide.
    """
    word = _word(language)
    inputs, _ = one_hot([word], language.alphabet)
    with jax.enable_x64(True):
        arrays: Any = jax.tree.map(jnp.asarray, network)
        _, outputs = run(arrays, jnp.asarray(inputs[0]))
    rows = []
    for time, state in enumerate(language.path(word)[1:]):
        legal = language.next_output[state] > 0
        if not legal.any():
            continue
        given = np.asarray(outputs[time])
        following = " ".join(np.array(language.outputs)[legal])
        lowest = f"{given[legal].min():.3f}"
        highest = "" if legal.all() else f"{given[~legal].max():.3f}"
        rows.append([word[: time + 1], following, lowest, highest])
    columns = ["read so far", "legal next"]
    columns += ["lowest legal output", "highest illegal output"]
    return Table(columns, rows, PAGE("at_work"))


def _word(language: Language) -> str:
    """Return a sampled word that is not empty, or its beginning."""
    for word in sample(language, 100, seed=SEED_OF_WORD):
        if word:
            return word[:MOST_SYMBOLS]
    return ""
