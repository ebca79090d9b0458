"""`report.html` of a trial: the verdicts, the evidence, the rules, and a witness at work."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import xarray as xr

from firstbit import plots
from firstbit.cells import Network, run
from firstbit.languages import Language, one_hot, sample
from firstbit.report import Badge, Block, Note, Picture, Section, Table, render
from firstbit.studies.verdict.judgement import (
    INTRINSIC,
    RULES,
    SOLVES,
    TRAINABILITY,
    Verdict,
)

TONES = {SOLVES: "good", TRAINABILITY: "partial", INTRINSIC: "bad"}
MOST_SYMBOLS = 40


def verdict_page(
    verdicts: Sequence[Verdict],
    language: Language,
    settings: dict[str, Any],
    runs: Mapping[str, xr.Dataset] | None = None,
) -> str:
    """The page as HTML; with the runs of the configurations, every seed is drawn."""
    sections = [
        Section("The verdicts", [_verdicts(verdicts)]),
        Section(
            "The evidence",
            [
                _evidence(verdicts),
                *_plateaus(verdicts),
                *_guessing(verdicts),
                *_drawn(runs or {}),
            ],
        ),
        Section(
            "The rules",
            [
                Table(
                    ["verdict", "when"], list(RULES.items()), "The first that applies."
                ),
                *_arguments(verdicts),
            ],
        ),
        *_witnesses(verdicts, language),
        Section(
            "How this was made",
            [
                Table(
                    ["setting", "value"],
                    [[name, str(value)] for name, value in settings.items()],
                )
            ],
        ),
    ]
    return render(
        f"Is it intrinsic, or is it training? {language.name}",
        lead(verdicts, language, settings),
        sections,
    )


def lead(
    verdicts: Sequence[Verdict], language: Language, settings: dict[str, Any]
) -> str:
    """The answer in one paragraph."""
    by_verdict = Counter(one.verdict for one in verdicts)
    parts = []
    for name in RULES:
        cells = [one.evidence.cell for one in verdicts if one.verdict == name]
        if cells:
            parts.append(f"{name}: {', '.join(cells)}")
    answer = (
        "no failure was shown to be intrinsic"
        if not by_verdict[INTRINSIC]
        else "some failure is intrinsic, to the parameters that its argument names"
    )
    return (
        f"{len(verdicts)} configurations on {language.name}, {settings['seeds']} "
        f"runs each under the rule {settings['protocol']}: "
        f"{answer}. {'; '.join(parts)}."
    )


def _verdicts(verdicts: Sequence[Verdict]) -> Table:
    rows = []
    for one in verdicts:
        low, high = one.evidence.interval
        rate = (
            f"{one.evidence.num_solved} of {one.evidence.num_seeds} [{low:.2f}, "
            f"{high:.2f}]"
        )
        rows.append(
            [
                one.evidence.cell,
                Badge(one.verdict, TONES.get(one.verdict, "open")),
                rate,
                one.reason + ".",
            ]
        )
    return Table(
        ["configuration", "verdict", "solve [95 %]", "the rule that led there"], rows
    )


def _evidence(verdicts: Sequence[Verdict]) -> Table:
    rows = []
    for one in verdicts:
        e = one.evidence
        rows.append(
            [
                e.cell,
                str(e.num_fresh),
                str(e.num_long),
                "> half censored"
                if e.median_epochs is None
                else f"{e.median_epochs:g}",
                "> half censored"
                if e.median_to_solve is None
                else f"{e.median_to_solve:,.0f}",
                f"{e.median_symbols:,.0f}",
                *[
                    "" if value is None else f"{value:.3g}"
                    for value in (e.median_loss, e.median_distance, e.median_accuracy)
                ],
                str(e.num_diverged),
            ]
        )
    columns = [
        "configuration",
        "pass fresh words",
        "pass long lags",
        "epochs to success",
        "symbols to success",
        "symbols read",
    ]
    columns += [
        "loss above the floor",
        "squared distance",
        "right far back",
        "diverged",
    ]
    caption = (
        "Medians of all runs. A run solves when it passes both tests; one that "
        "never did counts as slower than all others. Right "
        "far back: of the decisions that rest on a symbol at least half as far "
        "back as any tested."
    )
    return Table(columns, rows, caption)


def _drawn(runs: Mapping[str, xr.Dataset]) -> list[Block]:
    return [
        Picture(
            f"runs-{i}",
            f"{name}: the loss of every run, and its accuracy by lag.",
            plots.figure_bytes(plots.seeds(one, title=name), "svg"),
        )
        for i, (name, one) in enumerate(runs.items())
    ]


def _plateaus(verdicts: Sequence[Verdict]) -> list[Block]:
    rows = [
        [one.evidence.cell, name, str(count)]
        for one in verdicts
        for name, count in one.evidence.plateaus.items()
    ]
    return (
        [
            Table(
                ["configuration", "floor", "runs"],
                rows,
                "The floor at which each run sits at its end.",
            )
        ]
        if rows
        else []
    )


def _guessing(verdicts: Sequence[Verdict]) -> list[Block]:
    rows = [
        [one.evidence.cell, one.guessing.counted]
        for one in verdicts
        if one.guessing is not None
    ]
    caption = (
        "The baseline: cells drawn at random, each with the read-out that fits "
        "best by least squares, and the same two tests. "
        "The share that solves with its 95 % interval, and how many draws until "
        "one does."
    )
    return (
        [Table(["configuration", "random draws that solve"], rows, caption)]
        if rows
        else []
    )


def _arguments(verdicts: Sequence[Verdict]) -> list[Block]:
    rows = []
    for one in verdicts:
        rows += [
            [one.evidence.cell, a.name, f"applies to {a.quantifies_over}: {a.excludes}"]
            for a in one.arguments
        ]
        rows += [
            [one.evidence.cell, a.name, f"does not apply: {a.why}"]
            for a in one.inapplicable
        ]
    caption = (
        "The named arguments, considered for each configuration whatever its "
        "verdict, over all weights that training may reach."
    )
    return (
        [Table(["configuration", "argument", "what it says here"], rows, caption)]
        if rows
        else []
    )


def _witnesses(verdicts: Sequence[Verdict], language: Language) -> list[Section]:
    blocks: list[Block] = []
    for one in verdicts:
        if one.witness is not None and one.witness.network is not None:
            blocks += [
                Note(f"{one.evidence.cell}: {one.witness.description}."),
                at_work(one.witness.network, language),
            ]
    return [Section("Witnesses at work", blocks)] if blocks else []


def at_work(network: Network, language: Language) -> Table:
    """A network reading one word, step by step: what may follow, and the outputs that decide."""
    word = next((w for w in sample(language, 100, seed=0) if w), "")[:MOST_SYMBOLS]
    inputs, _ = one_hot([word], language.alphabet)
    with jax.enable_x64(True):
        outputs = np.asarray(
            run(jax.tree.map(jnp.asarray, network), jnp.asarray(inputs[0]))[1]
        )
    rows = []
    for time, state in enumerate(language.path(word)[1:]):
        legal = language.next_output[state] > 0
        if legal.any():
            worst = f"{outputs[time][~legal].max():.3f}" if not legal.all() else ""
            following = " ".join(np.array(language.outputs)[legal])
            rows.append(
                [
                    word[: time + 1],
                    following,
                    f"{outputs[time][legal].min():.3f}",
                    worst,
                ]
            )
    return Table(
        ["read so far", "legal next", "lowest legal output", "highest illegal output"],
        rows,
        "One word, step by step.",
    )
