"""Distance above, decodability below: far apart is not remembered."""

import json
from collections.abc import Callable, Sequence
from math import ceil
from typing import NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.patheffects import withStroke
from matplotlib.ticker import PercentFormatter

from firstbit.datasets import interval
from firstbit.errors import SettingError
from firstbit.look import cell_name, family_of
from firstbit.plots.checks import (
    coordinates,
    interval_text,
    require_attributes,
    require_variables,
    with_interval,
)
from firstbit.plots.panels import Size, band, blank, faint_grid, finished, limit
from firstbit.plots.sources import source_line
from firstbit.plots.styles import look, styled
from firstbit.plots.text import percent, short
from firstbit.plots.widths import Width, inches

NUM_LINES = 160
"""Nets that are drawn, each as a line."""

LOWEST = 1e-9
"""Bottom of the axis of distances."""

_LABELS, _NARROWEST = 0.5, 1.0
"""Inches on a page of what stands beside the columns, and of each of them."""

_LETTER = 0.5
"""Width of a letter, as a share of its size."""

_DISTANCES = ("hidden_size", "length", "draw")
_DECODED = ("hidden_size", "readout", "lag")

_SAID = ("configuration", "num_draws")
"""Attributes of both results."""

_ABOVE = (
    "Two words differ in their first symbol only. How far apart are the states they "
    "drive a net to? Each line is a random net."
)
_BELOW = "How often does a linear read-out still decode which word it was?"


class _Column(NamedTuple):
    """A cell, one column of the figure.

    Attributes:
        name: of the cell, as it is written.
        family: its name in the catalogue.
        length: l.
        distance: (length, draw).
        decoded: accuracies of its read-out.
    """

    name: str
    family: str
    length: np.ndarray
    distance: np.ndarray
    decoded: xr.Dataset


@styled
def far_apart(
    distances: Sequence[xr.Dataset],
    decoded: Sequence[xr.Dataset],
    *,
    names: Sequence[str] | None = None,
    title: str | None = None,
    width: Width | None = None,
) -> Figure:
    """Draw how far apart two words drive random nets, and what can be decoded.

    There is a column for each cell; columns that don't fit beside each other are
    stacked. Above are the distances of single nets with their
    mean and median on a log axis, below how often a linear read-out decodes the first
    symbol.

    Args:
        distances: of `firstbit.memory.distances`, one for each cell, of one size.
        decoded: of `firstbit.decodability`, of the same cells in the same order.
        names: of the cells, as they are written; by default as the results say.
        title: above the figure; by default it says what is drawn, "" for none.
        width: of the figure: inches, or a text such as `183 mm` or `720 px`.

    Raises:
        SettingError: there is no result, the cells or sizes differ, a variable is
            missing, or it is no width, or too small.

    Example:
        >>> import jax
        >>> from firstbit import Reading
        >>> from firstbit.memory import decodability, distances
        >>> asked = {"length": 3, "num_draws": 4, "key": jax.random.key(0)}
        >>> apart = distances("gru:2", words="random", **asked)
        >>> found = decodability("gru:2", reading=Reading(num_words=40), **asked)
        >>> figure = far_apart([apart], [found], names=["mine"])
        >>> figure.axes[1].get_title(loc="left"), figure.axes[3].get_xlabel()
        ('mine', 'symbols read')
    """
    columns = _columns(distances, decoded, names)
    if title is None:
        title = "How far apart two words drive random nets, and what is decoded"
    across = _across(len(columns), width)
    starts = range(0, len(columns), across)
    rows = [columns[start : start + across] for start in starts]
    size = Size(1.0 + 1.65 * across, 1.7 + 3.0 * len(rows))
    figure = blank(size, title, width, _LABELS + _NARROWEST)
    above, below = (0.12 * _lines(figure, text) for text in (_ABOVE, _BELOW))
    distances_high = [1.1] * len(rows)
    decoded_high = [1.0] * len(rows)
    heights = (above, *distances_high, below, *decoded_high)
    grid = figure.add_gridspec(len(heights), across, height_ratios=heights)
    panels: list[Axes] = []
    for top, text, draw in (
        (0, _ABOVE, _draw_distances),
        (1 + len(rows), _BELOW, _draw_decoded),
    ):
        _sentence(figure.add_subplot(grid[top, :]), text)
        for row, cells in enumerate(rows):
            places = [grid[top + 1 + row, i] for i in range(len(cells))]
            panels += _row(figure, places, cells, draw, is_first=row == 0)
    _name_columns(panels, columns, is_stacked=len(rows) > 1)
    source_line(figure, *_notes(distances[0], decoded[0]))
    return finished(*panels)


def _across(number: int, width: Width | None) -> int:
    """Return how many columns stand side by side; the others stand below them."""
    if width is None:
        return number
    fitting = int((inches(width) / look().scale - _LABELS) / _NARROWEST)
    num_rows = ceil(number / max(1, fitting))
    return ceil(number / num_rows)


def _row(
    figure: Figure,
    places: Sequence[SubplotSpec],
    cells: Sequence[_Column],
    draw: Callable[..., None],
    *,
    is_first: bool,
) -> list[Axes]:
    """Draw a panel for each cell; only the first has numbers beside it."""
    panels: list[Axes] = []
    for place, column in zip(places, cells, strict=True):
        left = panels[0] if panels else None
        axes = figure.add_subplot(place, sharey=left)
        axes.tick_params(labelleft=left is None)
        draw(axes, column, is_first=is_first and left is None)
        axes.set_xlim(1, column.length[-1])
        panels.append(axes)
    return panels


def _name_columns(
    panels: Sequence[Axes], columns: Sequence[_Column], *, is_stacked: bool
) -> None:
    """Write the cells above their distances, and above all panels where they stack."""
    for i, axes in enumerate(panels):
        column = columns[i % len(columns)]
        is_above = i < len(columns)
        if is_above or is_stacked:
            ink = look().ink(column.family)
            axes.set_title(column.name, loc="left", color=ink)
        if is_above:
            axes.tick_params(labelbottom=False)


def _sentence(axes: Axes, text: str) -> None:
    """Write what a row of panels shows, above it."""
    axes.set_axis_off()
    line = axes.text(
        0,
        0,
        text,
        color=look().page.soft,
        va="bottom",
        wrap=True,
    )
    line.set_in_layout(False)  # its width is the figure's, not a panel's


def _lines(figure: Figure, text: str) -> int:
    """Return how many lines a sentence takes, about."""
    letters = 72 * figure.get_figwidth() / (_LETTER * look().context.label)
    return ceil(len(text) / letters)


def _columns(
    distances: Sequence[xr.Dataset],
    decoded: Sequence[xr.Dataset],
    names: Sequence[str] | None,
) -> list[_Column]:
    """Return the cells.

    Raises:
        SettingError: as `far_apart`.
    """
    if not distances or len(distances) != len(decoded):
        raise SettingError(
            "far_apart: expected distances and decodability of the same cells, got "
            f"{len(distances)} and {len(decoded)}; measure each cell by both."
        )
    if names is not None and len(names) != len(distances):
        raise SettingError(
            f"far_apart: expected {len(distances)} `names`, one for each cell, got "
            f"{len(names)}."
        )
    columns = []
    pairs = zip(distances, decoded, strict=True)
    for place, (apart, found) in enumerate(pairs):
        require_variables(apart, "far_apart", {"distance": _DISTANCES})
        needed = {**coordinates(*_DECODED), **with_interval("accuracy", _DECODED)}
        require_variables(found, "far_apart", needed)
        require_attributes(apart, "far_apart", [*_SAID, "suffix"])
        require_attributes(found, "far_apart", [*_SAID, "num_words", "words"])
        settings = json.loads(apart.attrs["configuration"])
        others = json.loads(found.attrs["configuration"])
        _require_same("cells", settings["cell"], others["cell"])
        size = _only_size(apart)
        _require_same("size", size, _only_size(found))
        columns.append(
            _Column(
                names[place] if names else short(cell_name(settings["cell"])),
                settings["catalogue_name"],
                apart["length"].values,
                apart["distance"].isel(hidden_size=0).values,
                found.isel(hidden_size=0).sel(readout="linear"),
            )
        )
    return columns


def _only_size(result: xr.Dataset) -> int:
    sizes = result["hidden_size"].values.tolist()
    if len(sizes) != 1:
        raise SettingError(
            f"far_apart: expected results of one size, got k = {sizes}; choose one."
        )
    return sizes[0]


def _require_same(what: str, first: object, second: object) -> None:
    if first != second:
        raise SettingError(
            f"far_apart: expected both results of the same {what}, got {first} and "
            f"{second}; give them in one order."
        )


def _draw_distances(axes: Axes, column: _Column, *, is_first: bool) -> None:
    """Draw single nets, their mean and their median."""
    axes.set_yscale("log", nonpositive="mask")
    axes.set_ylim(LOWEST, 30)
    length, distance = column.length, column.distance
    axes.plot(
        length,
        np.where(distance > 0, distance, np.nan)[:, :NUM_LINES],
        color=look().hue(column.family),
        alpha=look().opacity("net"),
        linewidth=look().width("net"),
    )
    for name, values, style, share in (
        ("mean", distance.mean(axis=1), "-", 0.5),
        ("median", np.median(distance, axis=1), ":", 0.6),
    ):
        axes.plot(
            length,
            values,
            style,
            color=look().page.ink,
            linewidth=look().width(name),
            path_effects=_halo(),
        )
        if is_first:
            _name(axes, length, values, name, share)
    faint_grid(axes)


def _draw_decoded(axes: Axes, column: _Column, *, is_first: bool) -> None:
    """Draw the accuracy with its interval; its last value stands large at its mark."""
    family = column.family
    colour = look().hue(family)
    decoded = column.decoded
    length = decoded["lag"].values + 1
    accuracy = decoded["accuracy"].values
    limit(axes, 0.5)
    axes.plot(length, accuracy, color=colour)
    band(axes, length, interval(decoded, "accuracy"), colour)
    last = float(accuracy[-1])
    axes.plot(
        length[-1], last, family_of(family).mark, color=colour, clip_on=False, zorder=5
    )
    axes.annotate(
        percent(round(last, 2)),
        (length[-1], last),
        (-4, 7),
        textcoords="offset points",
        ha="right",
        color=look().ink(family),
        fontsize=1.5 * look().context.title,
        fontweight="bold",
        path_effects=_halo(),
    )
    if is_first:
        axes.text(1.8, 0.49, "guessing", va="top", color=look().page.soft)
    axes.set_ylim(0.42, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    axes.set_xlabel("symbols read")
    faint_grid(axes)


def _name(
    axes: Axes, length: np.ndarray, values: np.ndarray, name: str, share: float
) -> None:
    """Write the name of a line above it, at a share of its length."""
    place = int(share * len(length))
    axes.annotate(
        name,
        (length[place], max(values[place], LOWEST)),
        (2, 3),
        textcoords="offset points",
        color=look().page.ink,
        path_effects=_halo(),
    )


def _halo() -> list[withStroke]:
    """Return an outline in the page's colour, so that ink stands before the lines."""
    return [withStroke(linewidth=2.5, foreground=look().page.page)]


def _notes(apart: xr.Dataset, found: xr.Dataset) -> list[str]:
    """Return lines that say how the figure was made."""
    settings = json.loads(apart.attrs["configuration"])
    num_nets = int(apart.attrs["num_draws"])
    lines = f"{min(NUM_LINES, num_nets)} of {num_nets:,} nets, their mean and median"
    decoded = (
        f"read-out: mean of {int(found.attrs['num_draws']):,} nets that read "
        f"{int(found.attrs['num_words']):,} words, band: "
        f"{interval_text(found, 'accuracy')}"
    )
    return [
        f"k = {_only_size(apart)}, weights {settings['initializer']}",
        f"{apart.attrs['suffix']} suffixes, {found.attrs['words']} for the read-out",
        lines,
        decoded,
    ]
