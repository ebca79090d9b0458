"""Figs. 1 to 11: the paper's words through the replayed networks, and its grids, as Datasets and as pictures."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from firstbit import plots
from firstbit.languages import (
    Language,
    copies_merged,
    embedded_reber,
    loss_of_truth,
    reber,
)
from firstbit.paper import published
from firstbit.paper.evidence import after_prefixes
from firstbit.paper.replay import Run
from firstbit.plots import PlannedFigure
from firstbit.plots import paper as paper_plots

FIG_3 = ("B", "BT", "BTSSS", "BTX", "BTXXVP", "BTXS", "BP", "BPTT", "BPV", "BPVV")
"""Words of Fig. 3, in its order."""

FIG_4 = (
    "B",
    "BT",
    "BTSS",
    "BTX",
    "BPTTTVP",
    "BTXS",
    "BPVV",
    "BPTTT",
    "BPTTTTVPXTTVPXTTTTTTTTTVPXVPX",
    "BPV",
    "BTSSSXXTTTVPXTV",
)
"""Words of Fig. 4, by the automaton's state: q0, q1, q1, q2, q2, q3, q3, q4, q4, q5,
q5."""

FIGS_6_TO_8 = ("BPBTXSE", "BTBTXSE")
"""Words of Figs. 6, 7 and 8: the next symbol must be P after the first, T after the
second."""

FIG_9_RANGES = (4.0, 0.5, 0.002, 0.0005)
"""Upper ends of the published histograms of Fig. 9."""

CAPTIONS = {
    "fig01": "A Vanilla network with n = 4 inputs, k = 5 hidden units and p = 1 output.",
    "fig02": "The automaton of Reber's grammar; each state's two edges are equally "
    "likely.",
    "fig03": "Outputs of the 5-unit Vanilla network trained on Reber's grammar, beside "
    "the true probabilities.",
    "fig04": "Hidden vectors of the same network, by the automaton's state.",
    "fig05": "The automaton of the embedded Reber grammar: two copies, and the outer "
    "symbol that must return.",
    "fig06": "Outputs of Vanilla (k = 18) on the embedded grammar: the next symbol "
    "must be P, then T.",
    "fig07": "Outputs of the GRU (k = 10) on the embedded grammar: the next symbol "
    "must be P, then T.",
    "fig08": "Hidden vectors of both networks after two words that differ in their "
    "second symbol only.",
    "fig09": "Gradients of every coefficient over the training words: as published, "
    "and as absolute values.",
    "fig10": "D(l,k) for Vanilla, weights N(0, 1).",
    "fig11": "D(l,k) for the GRU, weights N(0, 1).",
    "training": "Mean error of the three trainings, the published values, and the floors.",
}
"""What each figure shows; also the order of the report."""

RUN_NAMES = {
    "reber_vanilla": "Reber, Vanilla k = 5",
    "embedded_reber_vanilla": "embedded Reber, Vanilla k = 18",
    "embedded_reber_gru": "embedded Reber, GRU k = 10",
}


def of_tasks() -> list[PlannedFigure]:
    """Figs. 1, 2 and 5, which need no result."""
    return [
        PlannedFigure.of("fig01", paper_plots.network, 4, 5, 1),
        automaton("fig02", "Reber's grammar", reber()),
        automaton("fig05", "The embedded Reber grammar", embedded_reber()),
    ]


def of_runs(runs: Mapping[str, Run]) -> list[PlannedFigure]:
    """Figs. 3, 4, 6, 7 and 8, and the training curves."""
    regular, vanilla, gru = (runs[name] for name in RUN_NAMES)
    return [
        PlannedFigure.of(
            "fig03",
            paper_plots.outputs,
            outputs(regular, FIG_3),
            title="Fig. 3: Vanilla, k = 5, trained on Reber's grammar",
        ),
        PlannedFigure.of(
            "fig04",
            paper_plots.hidden,
            hidden(regular, FIG_4),
            title="Fig. 4: hidden vectors, Vanilla, k = 5",
        ),
        PlannedFigure.of(
            "fig06",
            paper_plots.outputs,
            outputs(vanilla, FIGS_6_TO_8),
            title="Fig. 6: Vanilla, k = 18, embedded Reber grammar",
        ),
        PlannedFigure.of(
            "fig07",
            paper_plots.outputs,
            outputs(gru, FIGS_6_TO_8),
            title="Fig. 7: GRU, k = 10, embedded Reber grammar",
        ),
        PlannedFigure.of(
            "fig08",
            paper_plots.confusion,
            confusion(vanilla, gru, FIGS_6_TO_8),
            title="Fig. 8: hidden vectors, one symbol apart",
        ),
        PlannedFigure.of("training", paper_plots.training_curves, training(runs)),
    ]


def of_grids(grids: Mapping[str, xr.Dataset]) -> list[PlannedFigure]:
    """Figs. 10 and 11."""
    return [
        PlannedFigure.of(
            "fig10",
            plots.surface,
            grids["vanilla_normal"],
            title="Fig. 10: D(l,k), Vanilla, weights N(0, 1)",
        ),
        PlannedFigure.of(
            "fig11",
            plots.surface,
            grids["gru_normal"],
            title="Fig. 11: D(l,k), GRU, weights N(0, 1)",
        ),
    ]


def of_gradients(gradients: xr.Dataset) -> list[PlannedFigure]:
    """Fig. 9."""
    return [
        PlannedFigure.of(
            "fig09", paper_plots.figure_nine, gradients, ranges=FIG_9_RANGES
        )
    ]


def automaton(name: str, title: str, language: Language) -> PlannedFigure:
    """The graph of a language."""
    return PlannedFigure.of(name, plots.automaton, language, title=title)


def outputs(run: Run, prefixes: tuple[str, ...]) -> xr.Dataset:
    """A trained network's output after each prefix, beside the true next-symbol probabilities."""
    language = run.language
    _, answer = after_prefixes(run.training.network, language, list(prefixes))
    truth = [
        [language.next_symbols(prefix).get(symbol, 0.0) for symbol in language.alphabet]
        for prefix in prefixes
    ]
    return xr.Dataset(
        {
            "output": (("word", "symbol"), answer),
            "probability": (("word", "symbol"), truth),
        },
        coords={"word": list(prefixes), "symbol": list(language.alphabet)},
    )


def hidden(run: Run, prefixes: tuple[str, ...]) -> xr.Dataset:
    """A trained network's hidden vector after each prefix, with the automaton's state."""
    language = run.language
    held, _ = after_prefixes(run.training.network, language, list(prefixes))
    states = [language.state_after(prefix) for prefix in prefixes]
    return xr.Dataset(
        {"hidden": (("word", "unit"), held)},
        coords={
            "word": list(prefixes),
            "unit": np.arange(held.shape[1]),
            "state": ("word", states),
        },
    )


def confusion(vanilla: Run, gru: Run, prefixes: tuple[str, ...]) -> xr.Dataset:
    """Both networks' hidden vectors after two prefixes, their absolute difference and its Euclidean norm."""
    dataset = xr.Dataset(coords={"word": list(prefixes)})
    for name, run in (("vanilla", vanilla), ("gru", gru)):
        held, _ = after_prefixes(run.training.network, run.language, list(prefixes))
        difference = np.abs(held[0] - held[1])
        dataset[name] = (("word", f"{name}_unit"), held)
        dataset[f"{name}_difference"] = (f"{name}_unit", difference)
        dataset.attrs[f"{name}_distance"] = float(np.linalg.norm(difference))
        dataset = dataset.assign_coords({f"{name}_unit": np.arange(held.shape[1])})
    return dataset


def training(runs: Mapping[str, Run]) -> xr.Dataset:
    """The logs, the published ones where the words are the published ones, and the floors on the training words."""
    names = list(RUN_NAMES)
    logs = {
        name: [entry.mean_error for entry in runs[name].training.log] for name in names
    }
    epochs = np.arange(max(map(len, logs.values())))
    printed = {
        name: {e["epoch"]: e["mean_error"] for e in log["log"]}
        for name, log in published.logs().items()
    }
    same = {
        name: runs[name].words == published.words(name.rpartition("_")[0])
        for name in names
    }
    merged = [
        loss_of_truth(
            runs[name].language, runs[name].words, copies_merged(runs[name].language)
        )
        if name.startswith("embedded")
        else np.nan
        for name in names
    ]
    return xr.Dataset(
        {
            "mean_error": (
                ("run", "epoch"),
                [
                    [*logs[name], *[np.nan] * (len(epochs) - len(logs[name]))]
                    for name in names
                ],
            ),
            "published": (
                ("run", "epoch"),
                [
                    [
                        printed[name].get(e, np.nan) if same[name] else np.nan
                        for e in epochs
                    ]
                    for name in names
                ],
            ),
            "floor": (
                "run",
                [
                    loss_of_truth(runs[name].language, runs[name].words)
                    for name in names
                ],
            ),
            "merged_floor": ("run", merged),
        },
        coords={"run": list(RUN_NAMES.values()), "epoch": epochs},
    )
