"""Figs. 1 to 11: words through the replayed networks, and grids, as Datasets."""

from collections.abc import Callable, Mapping, Sequence
from itertools import compress

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from firstbit import plots
from firstbit.languages import Language, embedded_reber, reber
from firstbit.paper import findings, published
from firstbit.paper.evidence import after_prefixes
from firstbit.paper.trainings import Run
from firstbit.plots import PlannedFigure
from firstbit.plots import paper as paper_plots
from firstbit.plots.panels import spread
from firstbit.report import WIDEST

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

SIMILAR = "most similar: least Euclidean distance"
"""Below Fig. 4."""

FIGS_6_TO_8 = ("BPBTXSE", "BTBTXSE")
"""Words of Figs. 6, 7 and 8: the next symbol must be P after the first, T after the
second."""

FIG_9_RANGES = (4.0, 0.5, 0.002, 0.0005)
"""Upper ends of the published histograms of Fig. 9."""

DISTANCES = (1e-14, 10.0)
"""The axis of Figs. 10 and 11: all means of Vanilla nets are on it."""


def of_tasks() -> list[PlannedFigure]:
    """Return Figs. 1, 2 and 5, which need no result."""
    sizes = (4, 5, 1)
    title = f"Fig. 1: {findings.of_network(sizes[1])}"
    return [
        PlannedFigure.of("fig01", paper_plots.network, *sizes, title=title),
        automaton("fig02", "Fig. 2, Reber's grammar", reber()),
        automaton("fig05", "Fig. 5, embedded Reber grammar", embedded_reber()),
    ]


def of_runs(runs: Mapping[str, Run]) -> list[PlannedFigure]:
    """Return Figs. 3, 4, 6, 7 and 8, and the training curves."""
    regular = runs["reber_vanilla"]
    vanilla = runs["embedded_reber_vanilla"]
    gru = runs["embedded_reber_gru"]
    both = {"vanilla": vanilla, "gru": gru}
    tell = findings.of_outputs
    return [
        _telling("Fig. 3", paper_plots.outputs, outputs(regular, FIG_3), tell),
        _telling(
            "Fig. 4",
            paper_plots.hidden,
            hidden(regular, FIG_4),
            findings.of_hidden,
        ),
        _telling("Fig. 6", paper_plots.outputs, outputs(vanilla, FIGS_6_TO_8), tell),
        _telling("Fig. 7", paper_plots.outputs, outputs(gru, FIGS_6_TO_8), tell),
        _telling(
            "Fig. 8",
            paper_plots.confusion,
            confusion(both, FIGS_6_TO_8),
            findings.of_confusion,
        ),
        _trainings(training_curves(runs)),
    ]


def _trainings(curves: xr.Dataset) -> PlannedFigure:
    """Return the training curves, which have no number in the paper."""
    return PlannedFigure.of(
        "training",
        paper_plots.training_curves,
        curves,
        title=findings.of_trainings(curves),
    )


def _telling(
    figure: str,
    plot: Callable[..., Figure],
    found: xr.Dataset,
    tell: Callable[[xr.Dataset], str],
    **options: object,
) -> PlannedFigure:
    """Return a figure whose title says what it shows.

    Args:
        figure: its number in the paper, such as `Fig. 3`.
        plot: draws it.
        found: what is drawn.
        tell: says in a sentence what that shows.
        **options: of the plot.
    """
    title = f"{figure}: {tell(found)}"
    return PlannedFigure.of(_stem(figure), plot, found, title=title, **options)


def _stem(figure: str) -> str:
    """Return the name of a figure's files.

    Example:
        >>> _stem("Fig. 3")
        'fig03'
    """
    return f"fig{int(figure.removeprefix('Fig. ')):02d}"


def of_grids(grids: Mapping[str, xr.Dataset]) -> list[PlannedFigure]:
    """Return Figs. 10 and 11, to one scale."""
    figures = {"Fig. 10": grids["vanilla_normal"], "Fig. 11": grids["gru_normal"]}
    return [
        _telling(name, plots.surface, ds, findings.of_grid, heights=DISTANCES)
        for name, ds in figures.items()
    ]


def of_gradients(gradients: xr.Dataset) -> list[PlannedFigure]:
    """Return Fig. 9 before and after training, each parameter, the published view."""
    ends = spread(gradients.sizes["epoch"], 2)
    return [
        _telling(
            "Fig. 9",
            paper_plots.figure_nine,
            gradients.isel(epoch=ends),
            findings.of_gradients,
        ),
        PlannedFigure.of(
            "fig09_published",
            paper_plots.gradients_as_published,
            gradients,
            ranges=FIG_9_RANGES,
        ),
        PlannedFigure.of("fig09_each", paper_plots.gradients_each, gradients),
    ]


def automaton(name: str, subject: str, language: Language) -> PlannedFigure:
    """Return the graph of a language; the title says what must be known of a word."""
    return PlannedFigure.of(
        name,
        plots.automaton,
        language,
        title=f"{subject}: {findings.of_language(language)}",
        width=WIDEST,
    )


def outputs(run: Run, prefixes: Sequence[str]) -> xr.Dataset:
    """Compute outputs after prefixes, beside the true probabilities."""
    language = run.language
    _, output = after_prefixes(run.network, language, prefixes)
    truth: list[list[float]] = []
    for prefix in prefixes:
        probabilities = language.next_symbols(prefix)
        row = [probabilities.get(symbol, 0.0) for symbol in language.alphabet]
        truth.append(row)
    return xr.Dataset(
        {
            "output": (("word", "symbol"), output),
            "probability": (("word", "symbol"), truth),
        },
        coords={
            "word": list(prefixes),
            "symbol": list(language.alphabet),
        },
        attrs={"network": run.experiment.title},
    )


def hidden(run: Run, prefixes: Sequence[str]) -> xr.Dataset:
    """Compute a trained network's hidden vector after each prefix, with the state."""
    language = run.language
    vectors, _ = after_prefixes(run.network, language, prefixes)
    states = [language.state_after(prefix) for prefix in prefixes]
    return xr.Dataset(
        {"hidden": (("word", "unit"), vectors)},
        coords={
            "word": list(prefixes),
            "unit": np.arange(vectors.shape[1]),
            "state": ("word", states),
        },
        attrs={"network": run.experiment.title, "note": _counted(prefixes, states)},
    )


def _counted(words: Sequence[str], states: Sequence[str]) -> str:
    """Say what is most similar, and of which words that can't be asked.

    Example:
        >>> _counted(["B", "BT", "BTSS"], ["q0", "q1", "q1"])
        'most similar: least Euclidean distance; not counted: B, alone in its state'
    """
    is_alone = [states.count(state) == 1 for state in states]
    alone = list(compress(words, is_alone))
    if not alone:
        return SIMILAR
    return f"{SIMILAR}; not counted: {', '.join(alone)}, alone in its state"


def confusion(runs: Mapping[str, Run], prefixes: Sequence[str]) -> xr.Dataset:
    """Compute each network's hidden vectors after two prefixes, and their difference.

    Returns:
        By name of the network: its vectors, their absolute difference unit by unit, and
        in attrs the Euclidean norm of the difference.
    """
    dataset = xr.Dataset(coords={"word": list(prefixes)})
    for name, run in runs.items():
        unit = f"{name}_unit"
        network = run.network
        vectors, _ = after_prefixes(network, run.language, prefixes)
        difference = np.abs(vectors[0] - vectors[1])
        distance = np.linalg.norm(difference)
        dataset[name] = (("word", unit), vectors)
        dataset[f"{name}_difference"] = (unit, difference)
        dataset.attrs[f"{name}_distance"] = float(distance)
        units = np.arange(vectors.shape[1])
        dataset = dataset.assign_coords({unit: units})
    return dataset


def training_curves(runs: Mapping[str, Run]) -> xr.Dataset:
    """Return the logs, the published ones, and the floors on the training words.

    Only of runs on a language that has an outer symbol. Published values are NaN where
    the words are not the published ones.
    """
    chosen = [run for run in runs.values() if run.experiment.task.has_copies]
    num_epochs = max(len(run.training.log) for run in chosen)
    curves = ("run", "epoch")
    replayed = [_replayed(run, num_epochs) for run in chosen]
    printed = [_printed(run, num_epochs) for run in chosen]
    return xr.Dataset(
        {
            "mean_error": (curves, replayed),
            "published": (curves, printed),
            "floor": ("run", [run.floor() for run in chosen]),
            "merged_floor": ("run", [run.merged_floor() for run in chosen]),
        },
        coords={
            "run": [_network(run) for run in chosen],
            "epoch": np.arange(num_epochs),
        },
    )


def _network(run: Run) -> str:
    """Return the title of a run without its language: `GRU k = 10`."""
    return run.experiment.title.rpartition(", ")[2]


def _replayed(run: Run, num_epochs: int) -> np.ndarray:
    """Return the mean error of every epoch, NaN after the end."""
    curve = np.full(num_epochs, np.nan)
    curve[: len(run.mean_errors)] = run.mean_errors
    return curve


def _printed(run: Run, num_epochs: int) -> np.ndarray:
    """Return the printed mean errors, NaN where there is none."""
    curve = np.full(num_epochs, np.nan)
    if not run.has_published_words:
        return curve
    for epoch, mean_error in published.mean_errors(run.experiment.name).items():
        if epoch < num_epochs:
            curve[epoch] = mean_error
    return curve
