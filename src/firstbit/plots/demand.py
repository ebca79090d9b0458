"""Demand and supply of memory on one picture: what a task asks of the last m symbols, and what untrained cells hold."""

from collections.abc import Mapping
from math import isfinite

import numpy as np
import xarray as xr
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from firstbit.plots.checks import require_attributes, require_variables
from firstbit.plots.style import CYCLE, INK, NETWORK_COLOURS, SMALL, STYLE, blank, finished, network_name

_GRID = ("hidden_size", "length")
_NEVER = 1e-6
"""Distances below are drawn at the bottom: nothing reads them."""


def demand_and_supply(demand: xr.Dataset, supply: Mapping[str, xr.Dataset] | None = None) -> Figure:
    """The error that a memory of the last m symbols leaves, above what cells hold of a symbol after l = m symbols.

    Args:
        demand: `floor(window)` and the scalars `full_floor` and `memory_order`, with the attribute `language`; where
            present `merged_floor(partition)`, levels that the partition's name labels.
        supply: name of a cell -> `discrepancy`, `interval_low`, `interval_high` over (hidden_size, length), and where
            present `retained(hidden_size, length)`; none for the demand alone.

    Raises:
        SettingError: a variable or the attribute is missing.

    Example:
        >>> demand = xr.Dataset(
        ...     {"floor": ("window", [2.0, 1.5, 1.0]), "full_floor": 1.0, "memory_order": 2.0},
        ...     coords={"window": [0, 1, 2]}, attrs={"language": "task"})
        >>> d = xr.DataArray([[0.5, 0.1]], {"hidden_size": [5], "length": [1, 2]}, ("hidden_size", "length"))
        >>> figure = demand_and_supply(demand, {"gru": xr.Dataset({"discrepancy": d, "interval_low": d, "interval_high": d})})
        >>> [axes.get_title(loc="left") for axes in figure.axes][0]
        'Demand: what the task costs a predictor that sees only the last m symbols'

    References:
        Stérin, Farrugia, Gripon 2017, Section III and Definition V.1.
    """
    scalars: dict[str, tuple[str, ...]] = {"full_floor": (), "memory_order": ()}
    require_variables(demand, "demand_and_supply", {"window": ("window",), "floor": ("window",), **scalars})
    require_attributes(demand, "demand_and_supply", ("language",))
    supply = supply or {}
    needed = ("discrepancy", "interval_low", "interval_high")
    for cell in supply.values():
        variables = {"hidden_size": ("hidden_size",), "length": ("length",), **dict.fromkeys(needed, _GRID)}
        require_variables(cell, "demand_and_supply", variables)
    retained = bool(supply) and all("retained" in cell for cell in supply.values())
    panels = 1 + bool(supply) + retained
    with rc_context(STYLE):
        figure = blank(7.6, 1.2 + 2.2 * panels, f"The memory that {demand.attrs['language']} demands{_and_cells(supply)}")
        axes = figure.subplots(panels, sharex=True, squeeze=False)[:, 0]
        _demand(axes[0], demand)
        if supply:
            _distances(axes[1], supply)
        if retained:
            _shares(axes[2], supply)
        axes[-1].set_xlabel("m: number of last symbols, the present one included")
        axes[-1].set_xlim(0, float(demand["window"].max()) or 1.0)
        for panel in axes:
            panel.grid(color="#e3e3e3", linewidth=0.6)
            panel.set_axisbelow(True)
        return finished(figure)


def _and_cells(supply: Mapping[str, xr.Dataset]) -> str:
    return ", and what random cells supply" if supply else ""


def _demand(axes: Axes, demand: xr.Dataset) -> None:
    window, floor, full = demand["window"].values, demand["floor"].values, float(demand["full_floor"])
    axes.fill_between(window, full, floor, color=CYCLE[0], alpha=0.2, linewidth=0)
    axes.plot(window, floor, "o-", color=CYCLE[0], markersize=3.5, clip_on=False, zorder=3)
    axes.axhline(full, color=INK, linestyle="--", linewidth=1.0)
    axes.text(1.01, full, f"state known:\n{full:.4g}", transform=axes.get_yaxis_transform(), va="top", fontsize=SMALL)
    axes.set_title("Demand: what the task costs a predictor that sees only the last m symbols", loc="left")
    axes.set_ylabel("least squared error\na word")
    for name in demand["partition"].values if "merged_floor" in demand else ():
        level = float(demand["merged_floor"].sel(partition=name))
        axes.axhline(level, color=INK, linestyle=":", linewidth=1.0)
        axes.text(1.01, level, f"{name}:\n{level:.4g}", transform=axes.get_yaxis_transform(), va="bottom", fontsize=SMALL)
    order = float(demand["memory_order"])
    enough = f"{order:.0f} symbols are enough" if isfinite(order) else "no number of last symbols is enough"
    axes.text(0.98, 0.9, enough, transform=axes.transAxes, ha="right", va="top", color=CYCLE[0])


def _distances(axes: Axes, supply: Mapping[str, xr.Dataset]) -> None:
    highest, lowest = 0.0, np.inf
    for label, colour, cell in _lines(supply):
        mean = np.maximum(cell["discrepancy"].values, _NEVER)
        length = cell["length"].values
        axes.plot(length, mean, color=colour)
        low, high = (np.maximum(cell[name].values, _NEVER) for name in ("interval_low", "interval_high"))
        axes.fill_between(length, low, high, color=colour, alpha=0.25, linewidth=0)
        _label(axes, length, mean, label, colour)
        highest, lowest = max(highest, float(high.max())), min(lowest, float(mean.min()))
    axes.set_yscale("log")
    axes.set_ylim(lowest / 2, 2 * highest)
    axes.set_title("Supply: how far apart the states still are if the m-th last symbol was another one", loc="left")
    axes.set_ylabel("mean distance D(m,k)")


def _shares(axes: Axes, supply: Mapping[str, xr.Dataset]) -> None:
    for label, colour, cell in _lines(supply):
        axes.plot(cell["length"].values, cell["retained"].values, color=colour, clip_on=False)
        _label(axes, cell["length"].values, cell["retained"].values, label, colour)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.set_title("Supply: share of random nets in which that distance is still above a thousandth", loc="left")
    axes.set_ylabel("share of nets")


def _lines(supply: Mapping[str, xr.Dataset]) -> list[tuple[str, str, xr.Dataset]]:
    """(label, colour, Dataset over length) for each cell and size."""
    lines = []
    for i, (name, cell) in enumerate(supply.items()):
        colour = NETWORK_COLOURS.get(name, CYCLE[3 + i % 4])
        for size in cell["hidden_size"].values:
            lines.append((f"{network_name(name)}, k = {size}", colour, cell.sel(hidden_size=size)))
    return lines


def _label(axes: Axes, x: np.ndarray, y: np.ndarray, text: str, colour: str) -> None:
    axes.annotate(
        text, (x[-1], y[-1]), xytext=(6, 0), textcoords="offset points", va="center", color=colour, fontsize=SMALL,
        annotation_clip=False,
    )  # fmt: skip
