"""Figs. 3, 4, 6 and 7: what a network answers, and what it holds, after some words."""

from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from firstbit.plots.checks import require_variables
from firstbit.plots.style import (
    NORMAL,
    SMALL,
    STYLE,
    blank,
    finished,
    ink_on,
    plain_frame,
)

_MONOSPACE = "DejaVu Sans Mono"
_ROW, _CELL, _LETTER = 0.29, 0.44, 0.078  # inches


def outputs(ds: xr.Dataset, *, title: str) -> Figure:
    """The network's output beside the true probability of every next symbol, a row for each word read.

    Cells of symbols that may follow have a frame in the network's panel.

    Args:
        ds: `output(word, symbol)` and `probability(word, symbol)`, with coords `word`
            and `symbol`.
        title: shown above the panels.

    Raises:
        SettingError: a variable is missing.

    Example:
        >>> coords = {"word": ["B", "BT"], "symbol": ["T", "S", "X"]}
        >>> truth = (("word", "symbol"), [[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]])
        >>> figure = outputs(xr.Dataset({"output": truth, "probability": truth}, coords), title="Outputs")
        >>> [axes.get_title() for axes in figure.axes[:2]]
        ['network output (framed: may follow)', 'true next-symbol probability']

    References:
        Stérin, Farrugia, Gripon 2017, Figs. 3, 6, 7.
    """
    require_variables(
        ds, "outputs", {"word": ("word",), "symbol": ("symbol",),
                        "output": ("word", "symbol"), "probability": ("word", "symbol")},
    )  # fmt: skip
    ds = ds.transpose("word", "symbol", ...)
    words, symbols = _texts(ds["word"]), _texts(ds["symbol"])
    with rc_context(STYLE):
        width = 2 * _CELL * len(symbols) + _LETTER * max(map(len, words)) + 1.6
        figure = blank(max(width, 5.5), 1.2 + _ROW * len(words), title)
        left, right = figure.subplots(1, 2, sharey=True)
        scale = ScalarMappable(Normalize(0.0, 1.0), "viridis")
        for axes, name, heading in (
            (left, "output", "network output (framed: may follow)"),
            (right, "probability", "true next-symbol probability"),
        ):
            draw_cells(axes, ds[name].values, np.arange(len(words) + 1.0), scale)
            axes.set_title(heading)
            axes.set_xticks(np.arange(len(symbols)) + 0.5, symbols, family=_MONOSPACE)
        label_words(left, words, np.arange(len(words)) + 0.5)
        _frame_legal(left, ds["probability"].values > 0)
        figure.colorbar(
            scale,
            ax=[left, right],
            extend=_arrows(ds["output"].values),
            pad=0.02,
            aspect=25,
        )
        return finished(figure)


def hidden(ds: xr.Dataset, *, title: str) -> Figure:
    """The hidden vector after each word, with the words that lead to the same state side by side.

    Args:
        ds: `hidden(word, unit)` and `state(word)`, the name of the automaton's state,
            with coords `word` and `unit`. Groups stand in the order in which their
            states first come.
        title: shown above.

    Raises:
        SettingError: a variable is missing.

    Example:
        >>> coords = {"word": ["B", "BT", "BTS"], "unit": [0, 1], "state": ("word", ["q0", "q1", "q1"])}
        >>> values = (("word", "unit"), [[0.1, 0.9], [0.8, 0.2], [0.7, 0.2]])
        >>> figure = hidden(xr.Dataset({"hidden": values}, coords), title="Hidden vectors")
        >>> [label.get_text() for label in figure.axes[0].get_yticklabels(minor=True)]
        ['q0', 'q1']

    References:
        Stérin, Farrugia, Gripon 2017, Fig. 4.
    """
    require_variables(
        ds, "hidden",
        {"word": ("word",), "unit": ("unit",), "hidden": ("word", "unit"), "state": ("word",)},
    )  # fmt: skip
    ds = ds.transpose("word", "unit", ...)
    states = _texts(ds["state"])
    order = sorted(range(len(states)), key=lambda i: states.index(states[i]))
    ds, states = ds.isel(word=order), [states[i] for i in order]
    words, units = _texts(ds["word"]), _texts(ds["unit"])
    with rc_context(STYLE):
        width = _CELL * 1.2 * len(units) + _LETTER * max(map(len, words)) + 2.2
        figure = blank(
            max(width, 4.5), 1.2 + _ROW * len(words) + 0.08 * len(set(states)), title
        )
        axes = figure.add_subplot()
        edges = _edges_with_gaps(states)
        scale = value_scale(ds["hidden"].values)
        rows = np.flatnonzero(np.diff(edges) > 0.5)
        values = np.full((len(edges) - 1, len(units)), np.nan)
        values[rows] = ds["hidden"].values
        draw_cells(axes, values, edges, scale)
        axes.set_xticks(np.arange(len(units)) + 0.5, units)
        axes.set_xlabel("hidden unit")
        label_words(axes, words, edges[rows] + 0.5)
        _label_states(axes, states, edges[rows] + 0.5)
        figure.colorbar(scale, ax=axes, pad=0.02, aspect=25, label="activation")
        return finished(figure)


def value_scale(values: np.ndarray) -> ScalarMappable:
    """Colours for activations: 0 to 1 when none is negative, else -1 to 1 with white in the middle."""
    if np.nanmin(values) >= 0:
        return ScalarMappable(Normalize(0.0, 1.0), "viridis")
    return ScalarMappable(Normalize(-1.0, 1.0), "RdBu_r")


def decimals(value: float) -> str:
    """Two decimals, and never minus zero.

    Example:
        >>> decimals(-0.001), decimals(0.5)
        ('0.00', '0.50')
    """
    return f"{round(float(value), 2) + 0.0:.2f}"


def draw_cells(
    axes: Axes,
    values: np.ndarray,
    edges: np.ndarray,
    scale: ScalarMappable,
    text: Callable[[float], str] = decimals,
) -> None:
    """A cell for each value, rows downwards; NaN leaves the paper white.

    Args:
        axes: where to draw.
        values: (row, column).
        edges: where rows begin and end, one more than rows.
        scale: its colours and range.
        text: how a value is written in its cell; by default with two decimals.
    """
    columns = values.shape[1]
    mesh = axes.pcolormesh(
        np.arange(columns + 1.0), edges, values, cmap=scale.cmap, norm=scale.norm
    )  # type: ignore[arg-type]
    mesh.set(edgecolor="white", linewidth=0.5)
    axes.set_ylim(float(edges[-1]), float(edges[0]))
    plain_frame(axes)
    for row, column in np.argwhere(np.isfinite(values)):
        value = float(values[row, column])
        axes.text(
            column + 0.5, float(edges[row] + edges[row + 1]) / 2, text(value), ha="center", va="center",
            fontsize=SMALL, color=ink_on(scale.to_rgba(np.asarray(value))),
        )  # fmt: skip


def label_words(axes: Axes, words: list[str], rows: np.ndarray) -> None:
    """The words beside their rows, all letters equally wide."""
    axes.set_yticks(rows, words, family=_MONOSPACE)


def _texts(values: xr.DataArray) -> list[str]:
    return [str(value) for value in values.values]


def _edges_with_gaps(states: list[str]) -> np.ndarray:
    """Rows of height 1, with a gap wherever the state changes."""
    steps: list[float] = []
    for i, state in enumerate(states):
        if i and state != states[i - 1]:
            steps.append(0.3)
        steps.append(1.0)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _label_states(axes: Axes, states: list[str], rows: np.ndarray) -> None:
    """Names of states between the words and the cells, at the middle of their group."""
    names = list(dict.fromkeys(states))
    middles = [rows[[state == name for state in states]].mean() for name in names]
    axes.yaxis.remove_overlapping_locs = False
    axes.set_yticks(middles, names, minor=True, fontsize=NORMAL, fontweight="bold")
    axes.tick_params(axis="y", which="major", pad=8 + 7 * max(map(len, names)))


def _frame_legal(axes: Axes, legal: np.ndarray) -> None:
    outline: Any = [withStroke(linewidth=2.2, foreground="white")]
    for row, column in np.argwhere(legal):
        axes.add_patch(
            Rectangle((column + 0.05, row + 0.07), 0.9, 0.86, fill=False, edgecolor="black", linewidth=0.9,
                      path_effects=outline)
        )  # fmt: skip


def _arrows(values: np.ndarray) -> Any:
    """Which ends of the colour bar need an arrow, because values lie outside 0..1."""
    low, high = np.nanmin(values) < 0, np.nanmax(values) > 1
    return {(True, True): "both", (True, False): "min", (False, True): "max"}.get(
        (bool(low), bool(high)), "neither"
    )
