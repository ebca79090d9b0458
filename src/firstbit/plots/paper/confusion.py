"""Fig. 8: do two words that differ in one early symbol end in the same vector?"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from firstbit.look import cell_name, family_of, roles
from firstbit.look.numbers import written
from firstbit.plots.checks import coordinates, require_attributes, require_variables
from firstbit.plots.names import Name, names_beside
from firstbit.plots.panels import Size, blank, finished, heading
from firstbit.plots.paper.heatmaps import (
    Scale,
    draw_cells,
    is_too_narrow,
    label_words,
)
from firstbit.plots.sources import source_line
from firstbit.plots.styles import look, styled
from firstbit.plots.widths import Width

_UNIT, _ROW, _COLUMN = 0.43, 0.165, 1.775
"""Inches: width of a unit's column; height of its row, and of the words' columns, where
the figure is too narrow for that."""

_LEAST = 0.8
"""The narrowest figure, as a share of its own width."""

_STEPS, _FEW, _BETWEEN = 5, 3, 0.6
"""Cells of a key, and where units have rows; the space to the next key."""

_CELL = np.array([0.05, 0.95])
"""Top and bottom of such a cell."""

_SIZES = {name: Scale(0.0, 1.0, name, is_size=True) for name in ("vanilla", "gru")}
"""Network -> the scale of the sizes of its activations, in its hue."""

_FLOOR = 1e-9
"""Smaller differences are drawn here."""

_ALL = (-0.12, 1.12)
"""Ends of their axis: none stands above a column, as they are in another order."""

_ACROSS, _DOWN = (1.5, 0.75, 0.75, 0.45), (6.5, 2.0)
"""Heights of the differences, of both networks and of the key; where units have rows
those of the differences and of the key, in rows."""


@styled
def confusion(
    ds: xr.Dataset, *, title: str | None = None, width: Width | None = None
) -> Figure:
    """Draw by how much each hidden unit differs after two words, and both vectors.

    The differences of both networks share one logarithmic axis, the largest first. A
    cell of a vector has the hue of its network, the deeper the larger its size. Where
    the width is too small for a column for each unit, each has a row.

    Args:
        ds: for each of `vanilla` and `gru`: `vanilla(word, vanilla_unit)` with two
            words, `vanilla_difference(vanilla_unit)`, its absolute difference, and in
            attrs `vanilla_distance`, its Euclidean norm.
        title: above the figure.
        width: of the figure: inches, or a text such as `183 mm` or `720 px`.

    Raises:
        SettingError: a variable or an attribute is missing, or it is no width, or too
            small for the numbers in the cells.

    Example:
        >>> ds = xr.Dataset(
        ...     {"vanilla": (("word", "vanilla_unit"), [[0.5, 0.1], [0.5, 0.1]]),
        ...      "vanilla_difference": ("vanilla_unit", [0.0, 0.0]),
        ...      "gru": (("word", "gru_unit"), [[-0.5], [0.5]]),
        ...      "gru_difference": ("gru_unit", [1.0])},
        ...     coords={"word": ["BTBTXSE", "BPBTXSE"]},
        ...     attrs={"vanilla_distance": 0.0, "gru_distance": 1.0})
        >>> figure = confusion(ds, title="Hidden vectors")
        >>> [label.get_text() for label in figure.axes[1].get_yticklabels()]
        ['BTBTXSE', 'BPBTXSE']

    References:
        Stérin, Farrugia, Gripon 2017, Fig. 8.
    """
    for name in _SIZES:
        _check(ds, name)
    units = [ds.sizes[f"{name}_unit"] for name in _SIZES]
    size = Size(max(_UNIT * max(units) + 1.4, 6.0), 5.5)
    is_tall = is_too_narrow(width, size)
    ratios = list(_ACROSS)
    if is_tall:
        ratios = [_DOWN[0], *units, _DOWN[1]]
        size = Size(2 * _COLUMN + 0.95, _ROW * sum(ratios) + 2.4)
    figure = blank(size, title, width, _LEAST * size.width)
    differences, *grid, key = figure.subplots(4, 1, height_ratios=ratios)
    _draw_differences(differences, ds)
    draw = _units_down if is_tall else _units_across
    for axes, (name, scale) in zip(grid, _SIZES.items(), strict=True):
        draw(axes, ds, name, scale)
        axes.set_title(f"{cell_name(name)}: hidden vectors after both words")
    _draw_key(key, is_tall=is_tall)
    source_line(figure, "apart: Euclidean distance of the vectors after both words")
    return finished(differences, *grid, key)


def _draw_differences(axes: Axes, ds: xr.Dataset) -> None:
    """Draw by how much the units of each network differ, the largest first.

    What is too small for the axis is a ring at its end.
    """
    names = []
    for name in _SIZES:
        found = np.sort(ds[f"{name}_difference"].values)[::-1]
        seen = np.maximum(found, _FLOOR)
        places = np.linspace(0.0, 1.0, len(seen))
        mark = family_of(name).mark
        hue = look().hue(name)
        thin = look().width("limit")
        axes.plot(places, seen, mark, linestyle="-", linewidth=thin, color=hue)
        is_off = found < _FLOOR
        axes.plot(
            places[is_off],
            seen[is_off],
            mark,
            markerfacecolor=look().page.page,
            markeredgecolor=hue,
        )
        distance = written(ds.attrs[f"{name}_distance"])
        told = f"{cell_name(name)}, k = {len(seen)}:\n{distance} apart"
        middle = float(np.median(seen))
        ink = look().ink(name)
        names.append(Name(middle, told, ink, is_bold=True))
    axes.set(yscale="log", ylim=(_FLOOR / 2, 3.0), xticks=[], xlim=_ALL)
    axes.set_yticks([1.0, 1e-3, 1e-6, _FLOOR])
    axes.set_yticks([], minor=True)
    axes.set_xlabel("hidden units, the largest difference first")
    heading(axes, "", "difference in each unit (higher: better known)")
    names_beside(axes, names)


def _draw_key(axes: Axes, *, is_tall: bool) -> None:
    """Draw what the colours of both networks' activations mean.

    Args:
        axes: where to draw.
        is_tall: whether the two scales stand below each other.
    """
    number = _FEW if is_tall else _STEPS
    steps = np.linspace(0.0, 1.0, number)
    for place, (name, scale) in enumerate(_SIZES.items()):
        left, top = place * (number + _BETWEEN), 0.0
        aside = (0.0, -0.4)
        if is_tall:
            left, top = 0.0, float(place)
            aside = (number + 0.2, 0.5)
        draw_cells(axes, steps[None], top + _CELL, scale, left=left)
        axes.text(
            left + aside[0],
            top + aside[1],
            f"{cell_name(name)}: size of an activation",
            va="center",
            fontsize=look().context.tick,
            color=look().page.soft,
        )
    across = 2 * number + _BETWEEN
    ends = (1.0, -0.8)
    if is_tall:
        across, ends = 2.0 * number, (2.0, 0.0)
    axes.set(xlim=(0, across), ylim=ends, xticks=[], yticks=[])


def _check(ds: xr.Dataset, name: str) -> None:
    unit = f"{name}_unit"
    needed = {
        **coordinates("word"),
        name: ("word", unit),
        f"{name}_difference": (unit,),
    }
    require_variables(ds, "confusion", needed)
    require_attributes(ds, "confusion", [f"{name}_distance"])


def _units_across(axes: Axes, ds: xr.Dataset, name: str, scale: Scale) -> None:
    """Draw the vectors of one network: a row for each word."""
    values, units = _numbers(ds, name)
    edges = np.arange(len(values) + 1.0)
    draw_cells(axes, values, edges, scale)
    label_words(axes, _words(ds), edges[:-1] + 0.5)
    axes.set_xticks(np.arange(len(units)) + 0.5, units)
    axes.set_xlabel("hidden unit")


def _units_down(axes: Axes, ds: xr.Dataset, name: str, scale: Scale) -> None:
    """Draw the vectors of one network: a column for each word."""
    values, units = _numbers(ds, name)
    edges = np.arange(len(units) + 1.0)
    draw_cells(axes, values.T, edges, scale)
    places = np.arange(len(values)) + 0.5
    axes.set_xticks(places, _words(ds), family=roles().letters)
    axes.set_yticks(edges[:-1] + 0.5, units)
    axes.set_ylabel("hidden unit")


def _numbers(ds: xr.Dataset, name: str) -> tuple[np.ndarray, list[str]]:
    """Return a network's vectors, and the names of its units."""
    unit = f"{name}_unit"
    values = ds[name].transpose("word", unit).values
    return values, [str(i) for i in ds[unit].values]


def _words(ds: xr.Dataset) -> list[str]:
    return [str(word) for word in ds["word"].values]
