"""Figs. 3, 4, 6 and 7: a network's output and its hidden vector after some words."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from firstbit.look import roles
from firstbit.look.numbers import decimals
from firstbit.plots.checks import coordinates, require_variables
from firstbit.plots.inks import number_ink
from firstbit.plots.panels import (
    Size,
    blank,
    figure_of,
    finished,
    one_panel,
    plain_frame,
)
from firstbit.plots.sources import source_line
from firstbit.plots.styles import look, styled
from firstbit.plots.text import short
from firstbit.plots.widths import Width, inches

_MONOSPACE = roles().letters
_LEAST = 0.85
"""The narrowest figure, as a share of its own width: numbers stand in its cells."""

_ROW, _CELL, _LETTER = 0.29, 0.44, 0.078
"""Inches: height of a row, width of a cell, width of a letter."""

_BESIDE, _STATE, _ABOVE = 0.5, 0.5, 0.65
"""Inches around the cells of a panel: beside them and their words, for the name of a
state, above and below."""

_FEW_LETTERS = 13
"""Of a word in a figure that is too narrow for the whole."""

_PANELS = {
    "output": "network output (framed: may follow)",
    "probability": "true next-symbol probability",
}
"""Variable -> title of its panel."""


class Scale(NamedTuple):
    """The range of the values in a heat map, and the quantity of its colours."""

    low: float
    high: float
    quantity: str
    is_size: bool = False

    @property
    def colours(self) -> str:
        """Matplotlib's name of the colour map, in the look that is in force."""
        return look().colours(self.quantity)

    def norm(self) -> Normalize:
        """Return matplotlib's form of the range; what is off it is at its ends."""
        return Normalize(self.low, self.high, clip=True)

    def ink(self, value: float) -> str:
        """Return the colour of a value that is written in its cell."""
        coloured = self.coloured(np.array([value]))
        (share,) = self.norm()(coloured)
        return number_ink(self.quantity, float(share))

    def coloured(self, values: np.ndarray) -> np.ndarray:
        """Return what colours show: values, or their sizes alone."""
        return np.abs(values) if self.is_size else values


LOGISTIC = Scale(0.0, 1.0, "amount")
"""Of values from 0 to 1."""

SIGNED = Scale(-1.0, 1.0, "signed")
"""Of values from -1 to 1, as the page in the middle."""


@styled
def outputs(
    ds: xr.Dataset, *, title: str | None = None, width: Width | None = None
) -> Figure:
    """Draw the network's output beside the true probability of every next symbol.

    Each word has a row. Cells of symbols that may follow have a frame in the network's
    panel. Where the width is too small for both panels they stand below each other.

    Args:
        ds: `output(word, symbol)` and `probability(word, symbol)`, with coords `word`
            and `symbol`.
        title: above the figure.
        width: of the figure: inches, or a text such as `183 mm` or `720 px`.

    Raises:
        SettingError: a variable is missing, or it is no width, or too small for the
            numbers in the cells.

    Example:
        >>> coords = {"word": ["B", "BT"], "symbol": ["T", "S", "X"]}
        >>> truth = (("word", "symbol"), [[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]])
        >>> ds = xr.Dataset({"output": truth, "probability": truth}, coords)
        >>> panels = outputs(ds, title="Outputs").axes[:2]
        >>> [axes.get_title(loc="left") for axes in panels]
        ['network output (framed: may follow)', 'true next-symbol probability']

    References:
        Stérin, Farrugia, Gripon 2017, Figs. 3, 6, 7.
    """
    dims = ("word", "symbol")
    needed = {**coordinates(*dims), **dict.fromkeys(_PANELS, dims)}
    require_variables(ds, "outputs", needed)
    ds = ds.transpose(*dims, ...)
    words, symbols = _texts(ds["word"]), _texts(ds["symbol"])
    across, beside = _CELL * len(symbols), _LETTER * _longest(words) + _BESIDE
    height = _ROW * len(words) + _ABOVE
    side_by_side = Size(max(2 * across + beside, 7.0), 0.5 + height)
    if is_too_narrow(width, side_by_side):
        size = Size(across + beside, 0.5 + 2 * height)
        rows, columns = 2, 1
    else:
        size, rows, columns = side_by_side, 1, 2
    figure = blank(size, title, width, _LEAST * size.width)
    panels = figure.subplots(rows, columns, sharey=True)
    edges = np.arange(len(words) + 1.0)
    for axes, name in zip(panels, _PANELS, strict=True):
        draw_cells(axes, ds[name].values, edges, LOGISTIC)
        axes.set_title(_PANELS[name])
        axes.set_xlabel("next symbol")
        label_words(axes, words, edges[:-1] + 0.5)
        axes.set_xticks(
            np.arange(len(symbols)) + 0.5,
            symbols,
            family=_MONOSPACE,
        )
    _frame_legal(panels[0], ds["probability"].values > 0)
    return finished(*panels)


def is_too_narrow(width: Width | None, size: Size) -> bool:
    """Return whether numbers would not fit into the cells of a figure of this size."""
    if width is None:
        return False
    return inches(width) < _LEAST * size.width * look().scale


@styled
def hidden(
    ds: xr.Dataset,
    *,
    title: str | None = None,
    ax: Axes | None = None,
    width: Width | None = None,
) -> Figure:
    """Draw the hidden vector after each word, grouped by the automaton's state.

    Long words lose their middle where the width is too small for them.

    Args:
        ds: `hidden(word, unit)` and `state(word)`, the name of the automaton's state,
            with coords `word` and `unit`. Groups stand in the order in which their
            states first come. The attributes `network` and `note`, if there are any,
            stand below a new figure.
        title: above the figure.
        ax: the panel to draw into; by default one of a new figure.
        width: of the new figure: inches, or a text such as `89 mm` or `540 px`.

    Returns:
        The figure; with `ax`, the one that it belongs to.

    Raises:
        SettingError: a variable is missing, or it is no width, or too small for the
            numbers in the cells.

    Example:
        >>> states = ("word", ["q0", "q1", "q1"])
        >>> coords = {"word": ["B", "BT", "BTS"], "unit": [0, 1], "state": states}
        >>> values = (("word", "unit"), [[0.1, 0.9], [0.8, 0.2], [0.7, 0.2]])
        >>> figure = hidden(xr.Dataset({"hidden": values}, coords))
        >>> [label.get_text() for label in figure.axes[0].get_yticklabels(minor=True)]
        ['q0', 'q1']

    References:
        Stérin, Farrugia, Gripon 2017, Fig. 4.
    """
    dims = ("word", "unit")
    needed = {**coordinates(*dims), "hidden": dims, "state": ("word",)}
    require_variables(ds, "hidden", needed)
    ds = _grouped(ds.transpose(*dims, ...))
    states = _texts(ds["state"])
    words = _texts(ds["word"])
    units = _texts(ds["unit"])
    size = _size_of_hidden(words, states, len(units))
    if is_too_narrow(width, size):
        words = [short(word, _FEW_LETTERS) for word in words]
        size = _size_of_hidden(words, states, len(units))
    axes = one_panel(ax, size, title, width, _LEAST * size.width)
    edges = _edges_with_gaps(states)
    rows = np.flatnonzero(np.diff(edges) > 0.5)
    num_rows = len(edges) - 1
    values = np.full((num_rows, len(units)), np.nan)
    values[rows] = ds["hidden"].values
    draw_cells(axes, values, edges, value_scale(ds["hidden"].values))
    axes.set_xticks(np.arange(len(units)) + 0.5, units)
    axes.set_xlabel("activation of hidden unit")
    label_words(axes, words, edges[rows] + 0.5)
    _label_states(axes, states, edges[rows] + 0.5)
    told = [str(ds.attrs.get(name, "")) for name in ("network", "note")]
    if ax is None and any(told):
        source_line(figure_of(axes), *told)
    return finished(axes)


def _size_of_hidden(words: Sequence[str], states: Sequence[str], units: int) -> Size:
    """Return the size of a figure with a row for each word, in groups."""
    width = _CELL * units + _LETTER * _longest(words) + _BESIDE + _STATE
    gaps = 0.08 * len(set(states))
    return Size(width, 1.2 + _ROW * len(words) + gaps)


def value_scale(values: np.ndarray) -> Scale:
    """Return colours for activations.

    They go from 0 to 1 when none is negative, else from -1 to 1 with the page's in the
    middle.
    """
    if np.nanmin(values) >= 0:
        return LOGISTIC
    return SIGNED


def draw_cells(
    axes: Axes,
    values: np.ndarray,
    edges: np.ndarray,
    scale: Scale,
    text: Callable[[float], str] = decimals,
    left: float = 0.0,
) -> None:
    """Draw a cell for each value, rows downwards; NaN leaves the page as it is.

    Args:
        axes: where to draw.
        values: (row, column).
        edges: where rows begin and end, one more than rows.
        scale: range and colours of the values.
        text: how a value is written in its cell; by default with two decimals.
        left: where the first column begins; each is 1 wide.
    """
    columns = left + np.arange(values.shape[1] + 1.0)
    mesh = axes.pcolormesh(
        columns, edges, scale.coloured(values), cmap=scale.colours, norm=scale.norm()
    )
    mesh.set(edgecolor=look().page.page, linewidth=0.5)
    axes.set_ylim(float(edges[-1]), float(edges[0]))
    plain_frame(axes)
    middles = (edges[:-1] + edges[1:]) / 2
    for row, column in np.argwhere(np.isfinite(values)):
        value = float(values[row, column])
        axes.text(
            left + column + 0.5,
            float(middles[row]),
            text(value),
            ha="center",
            va="center",
            fontsize=look().context.tick,
            color=scale.ink(value),
        )


def label_words(axes: Axes, words: Sequence[str], rows: np.ndarray) -> None:
    """Write the words beside their rows, all letters equally wide."""
    axes.set_yticks(rows, words, family=_MONOSPACE)


def _texts(values: xr.DataArray) -> list[str]:
    return [str(value) for value in values.values]


def _longest(words: Sequence[str]) -> int:
    return max(len(word) for word in words)


def _grouped(ds: xr.Dataset) -> xr.Dataset:
    """Return the words of one state side by side; states as they first come."""
    states = _texts(ds["state"])
    first = [states.index(state) for state in states]
    return ds.isel(word=np.argsort(first, kind="stable"))


def _edges_with_gaps(states: Sequence[str]) -> np.ndarray:
    """Return where rows begin and end, with a gap where the state changes."""
    steps: list[float] = []
    for i, state in enumerate(states):
        if i and state != states[i - 1]:
            steps.append(0.3)
        steps.append(1.0)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _label_states(axes: Axes, states: Sequence[str], rows: np.ndarray) -> None:
    """Write the states between words and cells, at the middle of their group."""
    names = list(dict.fromkeys(states))
    of_row = np.array(states)
    middles = [rows[of_row == name].mean() for name in names]
    axes.yaxis.remove_overlapping_locs = False
    axes.set_yticks(
        middles,
        names,
        minor=True,
        fontsize=look().context.label,
        fontweight="bold",
    )
    axes.tick_params(
        axis="y",
        which="major",
        pad=8 + 7 * _longest(names),
    )


def _frame_legal(axes: Axes, legal: np.ndarray) -> None:
    """Draw a frame around each legal cell."""
    for row, column in np.argwhere(legal):
        frame = Rectangle(
            (column + 0.05, row + 0.07),
            0.9,
            0.86,
            fill=False,
            edgecolor=look().page.ink,
            linewidth=0.9,
            path_effects=[withStroke(linewidth=2.2, foreground=look().page.page)],
        )
        axes.add_patch(frame)
