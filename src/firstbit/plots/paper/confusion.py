"""Fig. 8: do two words that differ in one early symbol end in the same vector?"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from firstbit.look import cell_name, roles
from firstbit.look.numbers import decimals, written
from firstbit.plots.checks import coordinates, require_attributes, require_variables
from firstbit.plots.panels import Size, blank, finished
from firstbit.plots.paper.heatmaps import (
    DIFFERENCE,
    LOGISTIC,
    SIGNED,
    Scale,
    draw_cells,
    is_too_narrow,
    label_words,
)
from firstbit.plots.sources import source_line
from firstbit.plots.styles import look, styled
from firstbit.plots.widths import Width

_GAP = 0.35
"""Between the words' rows and their difference."""

_UNIT, _ROW, _COLUMN = 0.43, 0.21, 1.15
"""Inches: width of a unit's column; height of its row, and of the words' columns, where
the figure is too narrow for that."""

_LEAST = 0.8
"""The narrowest figure, as a share of its own width."""

_DIFFERENCE = "|difference|"

_FORGOTTEN = "dark: forgotten; bright: known"

_STEPS, _BETWEEN = 5, 0.6
"""Cells of a key at most, and the space to the next one."""

_CELL = np.array([0.05, 0.95])
"""Top and bottom of such a cell."""

_SCALES = {"vanilla": LOGISTIC, "gru": SIGNED}
"""Network -> the scale of its activations."""

_KEY = 0.42
"""Height of the key to the colours, in that of a network; where units have rows it is
that of three."""


@styled
def confusion(
    ds: xr.Dataset, *, title: str | None = None, width: Width | None = None
) -> Figure:
    """Draw both networks' hidden vectors after two words, and their difference.

    Both networks' differences share one colour scale. Where the width is too small for
    a column for each unit, each has a row.

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
        >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
        ['BTBTXSE', 'BPBTXSE', '|difference|']

    References:
        Stérin, Farrugia, Gripon 2017, Fig. 8.
    """
    for name in _SCALES:
        _check(ds, name)
    units = [ds.sizes[f"{name}_unit"] for name in _SCALES]
    size = Size(max(_UNIT * max(units) + 1.4, 6.0), 4.9)
    is_tall = is_too_narrow(width, size)
    if is_tall:
        size = Size(3 * _COLUMN + 1.05, _ROW * (sum(units) + 3) + 2.05)
    figure = blank(size, title, width, _LEAST * size.width)
    ratios = [*units, 3] if is_tall else [1, 1, _KEY]
    *grid, key = figure.subplots(3, 1, height_ratios=ratios)
    draw = _units_down if is_tall else _units_across
    for axes, (name, scale) in zip(grid, _SCALES.items(), strict=True):
        draw(axes, ds, name, scale)
        distance = written(ds.attrs[f"{name}_distance"])
        number = ds.sizes[f"{name}_unit"]
        named = f"{cell_name(name)}, k = {number}"
        axes.set_title(f"{named}: the vectors are {distance} apart", loc="left")
    _draw_key(key, is_tall=is_tall)
    source_line(
        figure,
        "of each unit: activation after both words, and by how much it "
        "differs, on a log scale",
    )
    return finished(*grid, key)


def _draw_key(axes: Axes, *, is_tall: bool) -> None:
    """Draw what the colours of both networks' activations and of differences mean.

    Args:
        axes: where to draw.
        is_tall: whether the three scales stand below each other.
    """
    scales = {**_SCALES, _DIFFERENCE: DIFFERENCE}
    for number, (name, scale) in enumerate(scales.items()):
        left = top = 0.0
        if is_tall:
            top = float(number)
            aside = (_STEPS + 0.2, 0.5)
        else:
            left = number * (_STEPS + _BETWEEN)
            aside = (0.0, -0.4)
        _draw_scale(axes, scale, left, top)
        what = _FORGOTTEN if scale.is_log else f"{cell_name(name)}, activation"
        axes.text(
            left + aside[0],
            top + aside[1],
            what,
            va="center",
            fontsize=look().context.tick,
            color=look().page.soft,
        )
    across = _STEPS + 2.5
    ends = (len(scales), 0.0)
    if not is_tall:
        across = len(_SCALES) * (_STEPS + _BETWEEN) + _STEPS
        ends = (1.0, -0.8)
    axes.set(xlim=(0, across), ylim=ends, xticks=[], yticks=[])


def _draw_scale(axes: Axes, scale: Scale, left: float, top: float) -> None:
    """Draw what some values of a scale look like."""
    text = decimals
    steps = np.linspace(scale.low, scale.high, _STEPS)
    if scale.is_log:  # every third power of ten
        text = significant
        steps = np.geomspace(scale.low, scale.high, _STEPS - 1)
    draw_cells(axes, steps[None], top + _CELL, scale, text, left)


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
    """Draw one network: a row for each word, then their difference."""
    values, difference, units = _numbers(ds, name)
    edges = np.arange(len(values) + 1.0)
    draw_cells(axes, values, edges, scale)
    below = len(values) + _GAP + np.arange(2.0)
    draw_cells(axes, difference[None], below, DIFFERENCE, significant)
    axes.set_ylim(below[-1], 0)
    places = np.append(edges[:-1], below[0]) + 0.5
    label_words(axes, _heads(ds), places)
    axes.set_xticks(np.arange(len(units)) + 0.5, units)
    axes.set_xlabel("hidden unit")


def _units_down(axes: Axes, ds: xr.Dataset, name: str, scale: Scale) -> None:
    """Draw one network: a column for each word, then their difference."""
    values, difference, units = _numbers(ds, name)
    edges = np.arange(len(units) + 1.0)
    draw_cells(axes, values.T, edges, scale)
    right = len(values) + _GAP
    draw_cells(axes, difference[:, None], edges, DIFFERENCE, significant, right)
    axes.set_xlim(0, right + 1)
    lefts = np.append(np.arange(len(values)), right)
    places = lefts + 0.5
    axes.set_xticks(places, _heads(ds), family=roles().letters)
    axes.set_yticks(edges[:-1] + 0.5, units)
    axes.set_ylabel("hidden unit")


def _numbers(ds: xr.Dataset, name: str) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return a network's vectors, their difference, and the names of its units."""
    unit = f"{name}_unit"
    values = ds[name].transpose("word", unit).values
    units = [str(i) for i in ds[unit].values]
    return values, ds[f"{name}_difference"].values, units


def _heads(ds: xr.Dataset) -> list[str]:
    """Return what the rows of a network, or its columns, show."""
    return [*map(str, ds["word"].values), _DIFFERENCE]


def significant(value: float) -> str:
    """Return two decimals, or a power of ten where they would round to zero.

    Example:
        >>> significant(0.25), significant(0.0004), significant(0.0)
        ('0.25', '4·10⁻⁴', '0.00')
    """
    if 0 < value < 0.005:
        return written(value, 1)
    return decimals(value)
