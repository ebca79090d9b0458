"""`report.html`: the claims, the figures, the logs beside the published ones, and how they were made."""

from collections import Counter
from pathlib import Path
from typing import Any

from firstbit.paper import published
from firstbit.paper.claims.claim import CODE_DIFFERS, FAILS, HOLDS, ON_THE_GRID
from firstbit.paper.evidence import Evidence
from firstbit.paper.figures import CAPTIONS, RUN_NAMES, training
from firstbit.report import Badge, Block, Note, Picture, Section, Table, render

TITLE = (
    "An Intrinsic Difference Between Vanilla RNNs and GRU Models: the paper on trial"
)
TONES = {HOLDS: "good", ON_THE_GRID: "partial", FAILS: "bad", CODE_DIFFERS: "partial"}


def write_page(summary: dict[str, Any], evidence: Evidence, folder: Path) -> None:
    """Write `report.html` from what `paper.json` says and the figures in the folder."""
    sections = [
        Section("The claims", _claims(summary)),
        Section(
            "The figures",
            [_picture(folder, name) for name in CAPTIONS if name != "training"],
        ),
        Section(
            "The trainings",
            [
                *_trainings(summary, evidence),
                _picture(folder, "training"),
                *_logs(summary, evidence),
            ],
        ),
        Section("The grids of D(l,k)", _grids(evidence)),
        Section("How this was made", _making(summary)),
    ]
    (folder / "report.html").write_text(
        render(TITLE, _lead(summary), sections), encoding="utf-8"
    )


def _lead(summary: dict[str, Any]) -> str:
    tally = Counter(claim["verdict"].partition(" (")[0] for claim in summary["claims"])
    counts = ", ".join(f"{verdict}: {count}" for verdict, count in tally.most_common())
    return (
        "Stérin, Farrugia and Gripon (COGNITIVE 2017, pp. 76-81) replayed draw by "
        "draw, and each of its claims put on trial. "
        f"{len(summary['claims'])} sentences. {counts}."
    )


def _claims(summary: dict[str, Any]) -> list[Block]:
    rows = [
        [
            f"“{claim['claim']}” {claim['place']}",
            claim["measured"],
            Badge(
                verdict,
                TONES.get(verdict, "open"),
                ". ".join(
                    filter(None, [detail.rstrip(")"), claim["rule"], claim["figure"]])
                ),
            ),
        ]
        for claim in summary["claims"]
        for verdict, _, detail in [claim["verdict"].partition(" (")]
    ]
    return [Table(["the paper says", "measured", "verdict, and its rule"], rows)]


def _picture(folder: Path, name: str) -> Picture:
    label = f"Fig. {int(name[3:])}. " if name.startswith("fig") else ""
    return Picture(
        name, label + CAPTIONS[name], (folder / "figures" / f"{name}.svg").read_bytes()
    )


def _trainings(summary: dict[str, Any], evidence: Evidence) -> list[Block]:
    curves = training(evidence.runs)
    rows = []
    for i, (name, title) in enumerate(RUN_NAMES.items()):
        run = summary["runs"][name]
        stopped = run["stopped"]
        merged = float(curves["merged_floor"][i])
        rows.append(
            [
                title,
                str(run["num_words"]),
                f"{run['num_parameters']} "
                f"({run['num_parameters_as_the_authors_count']})",
                str(len(run["log"]))
                + (f", stopped at {stopped['epoch']}" if stopped else ""),
                f"{run['log'][-1]['mean_error']:.6f}",
                f"{float(curves['floor'][i]):.4f}",
                "" if merged != merged else f"{merged:.4f}",
                f"{run['seconds']:.1f} s",
            ]
        )
    columns = [
        "run",
        "words",
        "parameters (as the authors count)",
        "epochs",
        "last mean error",
        "floor",
        "floor without outer symbol",
        "time",
    ]
    note = Note(
        "The floor is the mean error of the true next-symbol probabilities on the "
        "training words; without the outer symbol, "
        "that of the true probabilities given which state of the inner automaton "
        "the word is in, but not in which copy."
    )
    return [note, Table(columns, rows)]


def _logs(summary: dict[str, Any], evidence: Evidence) -> list[Block]:
    tables: list[Block] = []
    for name, title in RUN_NAMES.items():
        log = summary["runs"][name]["log"]
        task = name.rpartition("_")[0]
        printed = {
            entry["epoch"]: entry["mean_error"]
            for entry in published.logs()[name]["log"]
        }
        same_words = evidence.runs[name].words == published.words(task)
        both = [epoch for epoch in printed if same_words and epoch < len(log)]
        largest = max(
            (abs(log[epoch]["mean_error"] - printed[epoch]) for epoch in both),
            default=float("nan"),
        )
        rows = [
            [
                str(epoch),
                f"{printed[epoch]:.6f}",
                f"{log[epoch]['mean_error']:.9f}",
                f"{log[epoch]['mean_error'] - printed[epoch]:+.1e}",
            ]
            for epoch in both
        ]
        caption = (
            f"{title}: {len(rows)} of {len(printed)} published lines beside the "
            f"replayed ones; largest difference {largest:.1e}, "
            "printed to six decimals"
            if rows
            else f"{title}: other words than the published ones, so the published "
            "log is not comparable"
        )
        tables.append(
            Table(
                ["epoch", "published", "replayed", "difference"],
                rows,
                caption,
                numeric=True,
                folded=True,
            )
        )
    return tables


def _grids(evidence: Evidence) -> list[Block]:
    rows = []
    for name, grid in evidence.grids.items():
        sizes, lengths = grid["hidden_size"].values, grid["length"].values
        last = grid.isel(hidden_size=-1, length=-1)
        low, high = float(last["interval_low"]), float(last["interval_high"])
        rows.append(
            [
                f"discrepancy_{name}.nc",
                ", ".join(map(str, sizes))
                if len(sizes) < 4
                else f"{sizes[0]} to {sizes[-1]}",
                f"{lengths[0]} to {lengths[-1]}",
                str(grid.attrs["num_draws"]),
                f"{float(last['discrepancy']):.3g} [{low:.3g}, {high:.3g}]",
                f"{float(last['quantile_value'].sel(quantile=0.5)):.2g}",
                f"{grid.attrs['largest_half_width']:.2g}",
            ]
        )
    columns = [
        "file",
        "k",
        "l",
        "draws",
        "D at largest k, l [95 %]",
        "median there",
        "widest half-interval",
    ]
    return [Table(columns, rows, "Every grid, with the 95 % interval by Student's t.")]


def _making(summary: dict[str, Any]) -> list[Block]:
    settings, seconds = summary["settings"], summary["seconds"]
    return [
        Table(
            ["setting", "value"],
            [[name, str(value)] for name, value in settings.items()],
        ),
        Table(
            ["package", "version"],
            [[name, text] for name, text in summary["versions"].items()],
        ),
        Table(
            ["part", "wall seconds"],
            [
                *([name, f"{value:.1f}"] for name, value in seconds.items()),
                ["sum", f"{sum(seconds.values()):.1f}"],
            ],
            numeric=True,
        ),
    ]
