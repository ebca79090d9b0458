"""Demand and supply of memory on one picture: what a task asks of the last m symbols, and what untrained cells hold."""

from collections.abc import Iterator
from itertools import cycle
from math import isfinite

import numpy as np
import xarray as xr
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from firstbit.plots.checks import require_attributes, require_variables
from firstbit.plots.style import CYCLE, INK, NETWORK_COLOURS, PALE, SMALL, STYLE, blank, finished, network_name

_GRID = ("cell", "length")
_NEVER = 1e-6
"""Distances below are drawn at the bottom: nothing reads them."""

LONGEST_LABEL = 18
"""Letters beside a line."""


def demand_and_supply(ds: xr.Dataset) -> Figure:
    """The error that a memory of the last m symbols leaves, above what cells hold of a symbol after l = m symbols.

    Where half of a cell's nets have lost the symbol, a line crosses the panels.

    Args:
        ds: a result of `firstbit.demand_and_supply`, or for the demand alone of `firstbit.memory_demand`.

    Raises:
        SettingError: a variable or the attribute `language` is missing.

    Example:
        >>> from firstbit import memory_demand
        >>> from firstbit.languages import reber
        >>> [axes.get_title(loc="left") for axes in demand_and_supply(memory_demand(reber(), 4)).axes]
        ['Demand: the least error of a predictor that sees only the last m symbols']

    References:
        Stérin, Farrugia, Gripon 2017, Section III and Definition V.1.
    """
    scalars: dict[str, tuple[str, ...]] = {"full_floor": (), "memory_order": ()}
    require_variables(ds, "demand_and_supply", {"window": ("window",), "floor": ("window",), **scalars})
    require_attributes(ds, "demand_and_supply", ("language",))
    supplied = "cell" in ds.dims
    if supplied:
        needed = ("discrepancy", "interval_low", "interval_high", "retained", "retained_low", "retained_high")
        of_cells = dict.fromkeys(("cell", "hidden_size", "reach", "floor_at_reach"), ("cell",))
        require_variables(ds, "demand_and_supply", {"length": ("length",), **of_cells, **dict.fromkeys(needed, _GRID)})
        require_attributes(ds, "demand_and_supply", ("threshold",))
    panels = 3 if supplied else 1
    beside = ", and what random nets supply" if supplied else ""
    with rc_context(STYLE):
        figure = blank(
            7.6,
            1.2 + 2.2 * panels + (0.2 * ds.sizes["cell"] if supplied else 0),
            f"The memory that {ds.attrs['language']} demands{beside}",
        )
        axes = figure.subplots(panels, sharex=True, squeeze=False)[:, 0]
        _demand(axes[0], ds)
        if supplied:
            _distances(axes[1], ds)
            _shares(axes[2], ds)
            _reaches(figure, axes, ds)
        axes[-1].set_xlabel("m: number of last symbols, the present one included")
        axes[-1].set_xlim(0, float(ds["window"].max()) or 1.0)
        for panel in axes:
            panel.grid(color="#e3e3e3", linewidth=0.6)
            panel.set_axisbelow(True)
        return finished(figure)


def _demand(axes: Axes, ds: xr.Dataset) -> None:
    window, floor, full = ds["window"].values, ds["floor"].values, float(ds["full_floor"])
    axes.fill_between(window, full, floor, color=CYCLE[0], alpha=0.2, linewidth=0)
    axes.plot(window, floor, "o-", color=CYCLE[0], markersize=3.5, clip_on=False, zorder=3)
    axes.axhline(full, color=INK, linestyle="--", linewidth=1.0)
    axes.text(1.01, full, f"nothing forgotten:\n{full:.4g}", transform=axes.get_yaxis_transform(), va="top", fontsize=SMALL)
    axes.set_title("Demand: the least error of a predictor that sees only the last m symbols", loc="left")
    axes.set_ylabel("squared error a word")
    for name in ds["partition"].values if "merged_floor" in ds else ():
        level = float(ds["merged_floor"].sel(partition=name))
        axes.axhline(level, color=INK, linestyle=":", linewidth=1.0)
        axes.text(1.01, level, f"{name}:\n{level:.4g}", transform=axes.get_yaxis_transform(), va="bottom", fontsize=SMALL)
    order = float(ds["memory_order"])
    enough = f"m = {order:.0f} is enough" if isfinite(order) else "no number of last symbols is quite enough"
    axes.text(0.98, 0.93, enough, transform=axes.transAxes, ha="right", va="top", color=CYCLE[0])


def _distances(axes: Axes, ds: xr.Dataset) -> None:
    length = ds["length"].values
    for _, colour, cell in _lines(ds):
        mean, low, high = (np.maximum(cell[name].values, _NEVER) for name in ("discrepancy", "interval_low", "interval_high"))
        axes.plot(length, mean, color=colour)
        axes.fill_between(length, low, high, color=colour, alpha=0.25, linewidth=0)
    drawn = np.maximum(ds["discrepancy"].values, _NEVER)
    axes.set_yscale("log")
    axes.set_ylim(float(np.nanmin(drawn)) / 2, 2 * max(float(np.nanmax(drawn)), _NEVER))
    axes.set_title("Supply: how far apart a net's states are if only the m-th last symbol was another", loc="left")
    axes.set_ylabel("mean distance D(m,k)")
    _label_ends(axes, ds, "discrepancy")


def _shares(axes: Axes, ds: xr.Dataset) -> None:
    length = ds["length"].values
    for _, colour, cell in _lines(ds):
        axes.plot(length, cell["retained"].values, color=colour, clip_on=False)
        axes.fill_between(length, cell["retained_low"], cell["retained_high"], color=colour, alpha=0.25, linewidth=0)
    axes.axhline(0.5, color=PALE, linewidth=1.0)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.set_title(f"Supply: share of nets in which that distance is above {ds.attrs['threshold']:g}", loc="left")
    axes.set_ylabel("share of random nets")
    _label_ends(axes, ds, "retained")


def _reaches(figure: Figure, axes: np.ndarray, ds: xr.Dataset) -> None:
    """A line through all panels where half of a cell's nets have lost the symbol, and below what the task costs there."""
    last = int(ds["length"].max())
    for label, colour, cell in _lines(ds):
        reach, floor = int(cell["reach"]), float(cell["floor_at_reach"])
        for panel in axes if reach < last else ():
            panel.axvline(reach, color=colour, linestyle="--", linewidth=1.0)
        above = f"{floor - float(ds['full_floor']):.2g} above the least error"
        kept = f"half of the nets keep m = {reach}," if reach < last else f"half of the nets keep m = {last} or more, at most"
        axes[0].plot([reach], [floor], "o", color=colour, markersize=6, clip_on=False, zorder=4, label=f"{label}: {kept} {above}")
    figure.legend(loc="outside lower left")


def _lines(ds: xr.Dataset) -> Iterator[tuple[str, str, xr.Dataset]]:
    """(label, colour, Dataset over length) for each cell."""
    taken: set[str] = set()
    others = cycle(CYCLE[3:])
    for name in map(str, ds["cell"].values):
        cell = ds.sel(cell=name)
        size = int(cell["hidden_size"])
        head, *options = name.split(",")
        kind = head.removesuffix(f":{size}").rpartition(":")[2]
        usual = NETWORK_COLOURS.get(kind.lower(), "")
        colour = usual if usual and usual not in taken else next(others)
        taken.add(colour)
        yield ", ".join([network_name(kind), *options, f"k = {size}"]), colour, cell


def _label_ends(axes: Axes, ds: xr.Dataset, variable: str) -> None:
    """Names beside the ends of the lines, none above another; none at all where they would leave no room for the panel."""
    lines = list(_lines(ds))
    if any(len(label) > LONGEST_LABEL for label, _, _ in lines):
        return
    ends = []
    for label, colour, cell in lines:
        end = axes.transData.transform((0, max(float(cell[variable][-1]), _NEVER)))
        ends.append((float(axes.transAxes.inverted().transform(end)[1]), label, colour))
    at = -np.inf
    for height, label, colour in sorted(ends):
        at = max(height, at + 0.09)
        axes.text(1.01, at, label, transform=axes.transAxes, va="center", color=colour, fontsize=SMALL)
