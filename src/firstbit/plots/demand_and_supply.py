"""Demand and supply of memory on one picture: what a task asks of the last m symbols, and what untrained cells hold."""

from collections.abc import Iterable, Iterator
from itertools import cycle
from math import isfinite

import numpy as np
import xarray as xr
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from firstbit.plots.checks import require_attributes, require_variables
from firstbit.plots.style import (
    CYCLE,
    INK,
    NETWORK_COLOURS,
    PALE,
    SMALL,
    STYLE,
    blank,
    finished,
    network_name,
    short,
)

_GRID = ("cell", "length")
NEVER = 1e-6
"""Where the picture ends: nothing reads distances below."""

LONGEST_LABEL = 18
"""Letters beside a line."""


def demand_and_supply(ds: xr.Dataset) -> Figure:
    """The error that a memory of the last m symbols leaves, above what cells hold of a symbol after l = m symbols.

    Where half of a cell's nets have lost the symbol, a line crosses the panels.

    Args:
        ds: a result of `firstbit.demand_and_supply`, or for the demand alone of
            `firstbit.memory_demand`.

    Raises:
        SettingError: a variable or the attribute `language` is missing.

    Example:
        >>> from firstbit import memory_demand
        >>> from firstbit.languages import reber
        >>> [axes.get_title(loc="left") for axes in demand_and_supply(memory_demand(reber(), 4)).axes]
        ['Demand: the least error from the last m symbols; bars: what the m-th is worth']

    References:
        Stérin, Farrugia, Gripon 2017, Section III and Definition V.1.
    """
    scalars: dict[str, tuple[str, ...]] = {"full_floor": (), "memory_order": ()}
    require_variables(
        ds,
        "demand_and_supply",
        {"window": ("window",), "floor": ("window",), **scalars},
    )
    require_attributes(ds, "demand_and_supply", ("language",))
    supplied = "cell" in ds.dims
    if supplied:
        needed = (
            "discrepancy",
            "interval_low",
            "interval_high",
            "retained",
            "retained_low",
            "retained_high",
        )
        of_cells = dict.fromkeys(
            ("cell", "hidden_size", "reach", "floor_at_reach"), ("cell",)
        )
        require_variables(
            ds,
            "demand_and_supply",
            {"length": ("length",), **of_cells, **dict.fromkeys(needed, _GRID)},
        )
        require_attributes(ds, "demand_and_supply", ("threshold",))
    panels = 3 if supplied else 1
    beside = ", and what random nets supply" if supplied else ""
    with rc_context(STYLE):
        figure = blank(
            7.6,
            1.2 + 2.2 * panels + (0.2 * ds.sizes["cell"] if supplied else 0),
            f"The memory that {short(ds.attrs['language'])} demands{beside}",
        )
        axes = figure.subplots(panels, sharex=True, squeeze=False)[:, 0]
        _demand(axes[0], ds)
        if supplied:
            _distances(axes[1], ds)
            _shares(axes[2], ds)
            _reaches(figure, axes, ds)
        axes[-1].set_xlabel("m: number of last symbols, the present one included")
        axes[-1].set_xlim(0, float(ds["window"].max()) or 1.0)
        axes[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
        for panel in axes:
            panel.grid(color="#e3e3e3", linewidth=0.6)
            panel.set_axisbelow(True)
        return finished(figure)


def _demand(axes: Axes, ds: xr.Dataset) -> None:
    window, floor, full = (
        ds["window"].values,
        ds["floor"].values,
        float(ds["full_floor"]),
    )
    axes.bar(window[1:], -np.diff(floor), 0.8, floor[1:], color=CYCLE[0], alpha=0.25)
    axes.plot(
        window,
        floor,
        "o-",
        color=CYCLE[0],
        markersize=3.5,
        clip_on=False,
        zorder=3,
        label="the last m symbols known",
    )
    for name in ds["known"].values if "known_floor" in ds else ():
        axes.plot(
            window,
            ds["known_floor"].sel(known=name),
            "s:",
            color=INK,
            markersize=2.5,
            label=f"the last m symbols, and {name}",
        )
    axes.set_title(
        "Demand: the least error from the last m symbols; bars: what the m-th is worth",
        loc="left",
    )
    axes.set_ylabel("squared error a word")
    levels = [(full, f"nothing forgotten: {full:.4g}", INK)]
    axes.axhline(full, color=INK, linestyle="--", linewidth=1.0)
    for name in ds["partition"].values if "merged_floor" in ds else ():
        level = float(ds["merged_floor"].sel(partition=name))
        axes.axhline(level, color=INK, linestyle=":", linewidth=1.0)
        levels.append((level, f"{name}: {level:.4g}", INK))
    _write_beside(axes, levels)
    order = float(ds["memory_order"])
    enough = (
        f"m = {order:.0f} is enough"
        if isfinite(order)
        else "no number of last symbols is quite enough"
        if order > 0
        else ""
    )
    axes.legend(loc="upper right", title=enough, title_fontsize=SMALL, alignment="left")


def _distances(axes: Axes, ds: xr.Dataset) -> None:
    length = ds["length"].values
    for _, colour, cell in _lines(ds):
        axes.plot(length, cell["discrepancy"], color=colour)
        axes.fill_between(
            length,
            cell["interval_low"],
            cell["interval_high"],
            color=colour,
            alpha=0.25,
            linewidth=0,
        )
    drawn = np.maximum(ds["discrepancy"].values, NEVER)
    axes.set_yscale("log", nonpositive="mask")
    axes.set_ylim(float(np.nanmin(drawn)) / 2, 2 * float(np.nanmax(drawn)))
    axes.set_title(
        "Supply: how far apart a net's states are after 10...0 and 00...0 of m symbols",
        loc="left",
    )
    axes.set_ylabel("mean distance D(m,k)")
    _label_ends(axes, ds, "discrepancy")


def _shares(axes: Axes, ds: xr.Dataset) -> None:
    length = ds["length"].values
    for _, colour, cell in _lines(ds):
        axes.plot(length, cell["retained"].values, color=colour, clip_on=False)
        axes.fill_between(
            length,
            cell["retained_low"],
            cell["retained_high"],
            color=colour,
            alpha=0.25,
            linewidth=0,
        )
    axes.axhline(0.5, color=PALE, linewidth=1.0)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.set_title(
        "Supply: share of nets in which that distance is above "
        f"{ds.attrs['threshold']:g}",
        loc="left",
    )
    axes.set_ylabel("share of random nets")
    _label_ends(axes, ds, "retained")


def _reaches(figure: Figure, axes: np.ndarray, ds: xr.Dataset) -> None:
    """A line through all panels where half of a cell's nets have lost the symbol, and below what the task costs there."""
    last = int(ds["length"].max())
    points = []
    for label, colour, cell in _lines(ds):
        reach, floor = int(cell["reach"]), float(cell["floor_at_reach"])
        for panel in axes if reach < last else ():
            panel.axvline(reach, color=colour, linestyle="--", linewidth=1.0)
        above = f"{floor - float(ds['full_floor']):.2g} above the least error"
        kept = (
            f"half of the nets keep m = {reach},"
            if reach < last
            else f"half of the nets keep m = {last} or more, at most"
        )
        points += axes[0].plot(
            [reach],
            [floor],
            "o",
            color=colour,
            markersize=6,
            clip_on=False,
            zorder=4,
            label=f"{label}: {kept} {above}",
        )
    figure.legend(handles=points, loc="outside lower left")


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
        yield ", ".join([network_name(kind), *options, f"{size} units"]), colour, cell


def _label_ends(axes: Axes, ds: xr.Dataset, variable: str) -> None:
    """Names beside the ends of the lines; none at all where they would leave no room for the panel."""
    lines = list(_lines(ds))
    if all(len(label) <= LONGEST_LABEL for label, _, _ in lines):
        _write_beside(
            axes,
            [
                (float(cell[variable][-1]), label, colour)
                for label, colour, cell in lines
            ],
        )


def _write_beside(axes: Axes, labels: Iterable[tuple[float, str, str]]) -> None:
    """(height, text, colour) at the right of a panel, none above another."""
    low, high = axes.get_ylim()
    ends = []
    for height, text, colour in labels:
        end = axes.transData.transform((0, min(max(height, low), high)))
        ends.append((float(axes.transAxes.inverted().transform(end)[1]), text, colour))
    at = -np.inf
    for height, text, colour in sorted(ends):
        at = max(height, at + 0.09)
        axes.text(
            1.01,
            at,
            text,
            transform=axes.transAxes,
            va="center",
            color=colour,
            fontsize=SMALL,
        )
