"""Demand and supply of memory in one figure.

The demand is what a task asks of the last m symbols, the supply what random cells hold.
"""

from collections.abc import Callable, Iterable
from math import isfinite
from typing import NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, PercentFormatter

from firstbit.datasets import interval
from firstbit.errors import SettingError
from firstbit.look import cell_name
from firstbit.plots.checks import (
    Dims,
    coordinates,
    require_attributes,
    require_variables,
    with_interval,
)
from firstbit.plots.cut_intervals import band_or_bound
from firstbit.plots.inks import Marks, cell_colours, cell_marks, readable
from firstbit.plots.names import Name, names_beside
from firstbit.plots.panels import (
    Size,
    band,
    blank,
    faint_grid,
    finished,
    heading,
    limit,
    one_panel,
)
from firstbit.plots.sources import source_line
from firstbit.plots.styles import look, styled
from firstbit.plots.text import short
from firstbit.plots.widths import Width

LOST = "half of the nets have lost the symbol"

NEVER = 1e-6
"""Bottom of the axis of distances: nothing reads smaller ones."""

LONGEST_LABEL = 28
"""Letters beside a line."""

_WIDTH, _NARROWEST = 7.5, 5.4
"""Inches on a page."""

_GRID = ("cell", "length")

_DEMAND: dict[str, Dims] = {
    "window": ("window",),
    "floor": ("window",),
    "worth": ("window",),
    "full_floor": (),
    "memory_order": (),
}

_SUPPLY: dict[str, Dims] = {
    **coordinates("length", "cell"),
    **dict.fromkeys(("cell_name", "hidden_size", "reach", "floor_at_reach"), ("cell",)),
    **with_interval("discrepancy", _GRID),
    **with_interval("retained", _GRID),
}


_Ends = tuple[xr.DataArray, xr.DataArray]

_Band = Callable[[Axes, np.ndarray, np.ndarray, _Ends, str], None]
"""Draws an interval: panel, x, estimate, ends, colour."""


class _Line(NamedTuple):
    """A cell as it is drawn in all panels."""

    label: str
    colour: str
    marks: Marks
    cell: xr.Dataset


@styled
def demand_and_supply(
    ds: xr.Dataset,
    *,
    title: str | None = None,
    ax: Axes | None = None,
    width: Width | None = None,
) -> Figure:
    """Draw the error left by the last m symbols, above what cells hold of a symbol.

    A cell's symbol is l = m symbols old. Where half of a cell's nets have lost it, a
    line crosses the panels; below stands what the task costs there.

    Args:
        ds: a result of `firstbit.demand_and_supply`, or for the demand alone of
            `firstbit.memory_demand`. Over `cell` it has the coords `cell_name` (in the
            catalogue, "" for another) and `hidden_size`.
        title: above the figure; by default it names the language, "" for none.
        ax: the panel to draw the demand alone into; by default one of a new figure.
        width: of the new figure: inches, or a text such as `89 mm` or `540 px`.

    Returns:
        The figure; with `ax`, the one that it belongs to.

    Raises:
        SettingError: a variable or an attribute is missing, or `ax` is given for a
            result with cells, which has three panels; or it is no width, or too small.

    Example:
        >>> from firstbit import memory_demand
        >>> from firstbit.languages import reber
        >>> figure = demand_and_supply(memory_demand(reber(), 4))
        >>> figure.axes[0].get_title(loc="left")
        'Demand: the least error from the last m symbols; bars: what the m-th is worth'

    References:
        Stérin, Farrugia, Gripon 2017, Section III and Definition V.1.
    """
    require_variables(ds, "demand_and_supply", _DEMAND)
    require_attributes(ds, "demand_and_supply", ["language"])
    if "cell" in ds.dims:
        return _both(ds, title, ax, width)
    if title is None:
        title = f"The memory that {short(ds.attrs['language'])} demands"
    axes = one_panel(ax, Size(_WIDTH, 3.4), title, width, _NARROWEST)
    _demand(axes, ds)
    _windows([axes], ds)
    return finished(axes)


def _both(
    ds: xr.Dataset, title: str | None, ax: Axes | None, width: Width | None
) -> Figure:
    """Draw the demand above two panels of the supply."""
    require_variables(ds, "demand_and_supply", _SUPPLY)
    require_attributes(ds, "demand_and_supply", ["threshold"])
    if ax is not None:
        raise SettingError(
            "demand_and_supply: expected no `ax` for a result with cells, which has "
            "three panels; leave it out."
        )
    if title is None:
        language = short(ds.attrs["language"])
        title = f"The memory that {language} demands, and what random nets supply"
    figure = blank(Size(_WIDTH, 8.1), title, width, _NARROWEST)
    panels = figure.subplots(3, sharex=True)
    demand, distances, shares = panels
    lines = _lines(ds)
    _demand(demand, ds)
    _distances(distances, ds, lines)
    _shares(shares, ds, lines)
    costs = _reaches(panels, ds, lines)
    source_line(figure, *costs, f"dashes: {LOST}")
    _windows(panels, ds)
    return finished(*panels)


def _windows(panels: Iterable[Axes], ds: xr.Dataset) -> None:
    """Name the shared axis of the windows, below the last panel; draw the grids."""
    *_, last = panels
    last.set_xlabel("m: number of last symbols, the present one included")
    last.set_xlim(0, float(ds["window"].max()) or 1.0)
    last.xaxis.set_major_locator(MaxNLocator(integer=True))
    for axes in panels:
        faint_grid(axes)
        axes.set_axisbelow(True)


def _demand(axes: Axes, ds: xr.Dataset) -> None:
    """Draw the floors against the window, and their limits."""
    window, floor = ds["window"].values, ds["floor"].values
    worth = ds["worth"].values[1:]
    axes.bar(
        window[1:],
        worth,
        0.8,
        floor[1:],
        color=look().page.hair,
    )
    axes.plot(
        window,
        floor,
        "o-",
        color=look().page.ink,
        markersize=3.5,
        clip_on=False,
        zorder=3,
    )
    notes = [_enough(float(ds["memory_order"]))]
    if "known_floor" in ds:
        notes += _known_floors(axes, ds)
    note = "the least error from the last m symbols; bars: what the m-th is worth"
    heading(axes, f"Demand: {note}", "squared error a word")
    names_beside(axes, _limits(axes, ds))
    axes.text(
        1.0,
        0.97,
        "\n".join(filter(None, notes)),
        transform=axes.transAxes,
        ha="right",
        va="top",
        linespacing=1.4,
        fontsize=look().context.tick,
    )


def _known_floors(axes: Axes, ds: xr.Dataset) -> list[str]:
    """Draw the floors of predictors that know something beside the window.

    Returns:
        What each line is.
    """
    notes = []
    for name in ds["known"].values:
        notes.append(f"dashed: {name}, too")
        axes.plot(
            ds["window"].values,
            ds["known_floor"].sel(known=name),
            "s--",
            color=look().page.soft,
            linewidth=look().width("theory"),
            markersize=2.5,
            markeredgewidth=0,
        )
    return notes


def _limits(axes: Axes, ds: xr.Dataset) -> list[Name]:
    """Draw the floors that no window has; return their names."""
    levels = {"nothing forgotten": float(ds["full_floor"])}
    if "merged_floor" in ds:
        for name in ds["partition"].values:
            levels[str(name)] = float(ds["merged_floor"].sel(partition=name))
    names = []
    for name, level in levels.items():
        limit(axes, level)
        names.append(Name(level, f"{name}: {level:.4g}", look().page.soft))
    return names


def _enough(order: float) -> str:
    """Return how many last symbols decide, in words; "" where it isn't known."""
    if isfinite(order):
        return f"m = {order:.0f} is enough"
    if order > 0:
        return "no number of last symbols is quite enough"
    return ""


def _distances(axes: Axes, ds: xr.Dataset, lines: list[_Line]) -> None:
    """Draw the mean distances against the length, from `NEVER` upwards."""
    _curves(axes, lines, "discrepancy", band_or_bound)
    drawn = np.maximum(ds["discrepancy"].values, NEVER)
    axes.set_yscale("log", nonpositive="mask")
    least = float(np.nanmin(drawn))
    largest = float(np.nanmax(drawn))
    axes.set_ylim(least / 2, 2 * largest)
    note = "how far apart a net's states are after 10...0 and 00...0 of m symbols"
    heading(axes, f"Supply: {note}", "mean distance D(m,k)")
    names_beside(axes, _ends(lines, "discrepancy"))


def _shares(axes: Axes, ds: xr.Dataset, lines: list[_Line]) -> None:
    """Draw the shares of nets that hold the symbol against the length."""
    for curve in _curves(axes, lines, "retained", _plain_band):
        curve.set_clip_on(False)
    limit(axes, 0.5)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    threshold = ds.attrs["threshold"]
    note = f"share of nets in which that distance is above {threshold:g}"
    heading(axes, f"Supply: {note}", "share of random nets")
    half = Name(0.5, "one half", look().page.soft)
    names_beside(axes, [half, *_ends(lines, "retained")])


def _plain_band(
    axes: Axes, x: np.ndarray, middle: np.ndarray, ends: _Ends, colour: str
) -> None:
    del middle
    band(axes, x, ends, colour)


def _curves(axes: Axes, lines: list[_Line], name: str, draw: _Band) -> list[Line2D]:
    """Draw a variable of each cell with its interval."""
    curves = []
    for _, colour, marks, cell in lines:
        length = cell["length"].values
        values = cell[name].values
        curves += axes.plot(length, values, color=colour, **marks._asdict())
        draw(
            axes,
            length,
            values,
            interval(cell, name),
            colour,
        )
    return curves


def _reaches(panels: np.ndarray, ds: xr.Dataset, lines: list[_Line]) -> list[str]:
    """Mark where half of a cell's nets have lost the symbol.

    Each cell has a point on its floor there.

    Returns:
        What the task costs there, of each cell.
    """
    last = int(ds["length"].max())
    costs = []
    for label, colour, marks, cell in lines:
        reach, floor = int(cell["reach"]), float(cell["floor_at_reach"])
        kept = f"m = {last} or more, at most"
        if reach < last:
            kept = f"m = {reach},"
            for axes in panels:
                axes.axvline(
                    reach,
                    color=colour,
                    linestyle="--",
                    linewidth=1.0,
                )
        panels[0].plot(
            [reach],
            [floor],
            marks.marker,
            color=colour,
            markersize=6,
            clip_on=False,
            zorder=4,
        )
        above = f"{floor - float(ds['full_floor']):.2g} above the least error"
        costs.append(f"{label}: half of the nets keep {kept} {above}")
    return costs


def _lines(ds: xr.Dataset) -> list[_Line]:
    """Return the cells with their names and colours."""
    names = [str(name) for name in ds["cell_name"].values]
    marks = cell_marks(names, ds.sizes["length"])
    lines = []
    for i, colour in enumerate(cell_colours(names)):
        cell = ds.isel(cell=i)
        lines.append(_Line(_label(cell), colour, marks[i], cell))
    return lines


def _label(cell: xr.Dataset) -> str:
    """Return the name of a cell: `GRU, 10 units` for one as the catalogue has it.

    Any other has its own label, which says its options.
    """
    label = str(cell["cell"].item())
    name = str(cell["cell_name"].item())
    size = int(cell["hidden_size"])
    if label.casefold() == f"{name}:{size}":
        return f"{cell_name(name)}, {size} units"
    return short(label)


def _ends(lines: list[_Line], variable: str) -> list[Name]:
    """Return the names of the cells, each at the end of its line."""
    names = []
    for label, colour, _, cell in lines:
        name = short(label, LONGEST_LABEL)
        of_family = look().ink(str(cell["cell_name"].item()))
        ink = readable(colour, of_family)
        last = float(cell[variable][-1])
        names.append(Name(last, name, ink, is_bold=True))
    return names
