"""Figs. 10 and 11: the (l,k)-discrepancy as a surface, and as curves that can be read."""

from typing import Any

import numpy as np
import xarray as xr
from matplotlib import colormaps, rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from firstbit.plots.checks import require_attributes, require_variables
from firstbit.plots.style import SMALL, STYLE, blank, finished

_SHOWN = (1, 5, 10, 20)
_GRID = ("hidden_size", "length")
_MANY_LENGTHS = 60


def surface(ds: xr.Dataset, *, title: str) -> Figure:
    """D(l,k) over the grid, and against l for some k with 95 % intervals and medians.

    Args:
        ds: `discrepancy`, `interval_low`, `interval_high`, all (hidden_size, length),
            with both coords; where present `quantile_value(hidden_size, length,
            quantile)`, of which the median is drawn; and the attribute
            `largest_half_width` of the intervals.
        title: shown above.

    Raises:
        SettingError: a variable or the attribute is missing.

    Example:
        >>> d = xr.DataArray([[0.5, 0.1], [0.9, 0.3]], {"hidden_size": [1, 5], "length": [1, 2]})
        >>> ds = xr.Dataset({"discrepancy": d, "interval_low": 0.9 * d, "interval_high": 1.1 * d})
        >>> figure = surface(ds.assign_attrs(largest_half_width=0.09), title="D(l,k)")
        >>> [line.get_label() for line in figure.axes[1].lines]
        ['k = 1', 'k = 5']

    References:
        Stérin, Farrugia, Gripon 2017, Figs. 10, 11 and Definition V.1.
    """
    needed = ("discrepancy", "interval_low", "interval_high")
    require_variables(
        ds, "surface",
        {"hidden_size": ("hidden_size",), "length": ("length",), **dict.fromkeys(needed, _GRID)},
    )  # fmt: skip
    require_attributes(ds, "surface", ("largest_half_width",))
    ds = ds.transpose("hidden_size", "length", ...)
    with rc_context(STYLE):
        figure = blank(10.5, 4.7, title)
        grid = figure.add_gridspec(1, 2, width_ratios=[1.15, 1])
        _solid(figure.add_subplot(grid[0, 0], projection="3d"), ds)
        axes = figure.add_subplot(grid[0, 1])
        _curves(axes, ds)
        text = (
            "Largest half-width of a 95 % interval over the whole grid: "
            f"{ds.attrs['largest_half_width']:.2g}"
        )
        if axes.get_yscale() == "log" and bool((ds["interval_low"] <= 0).any()):
            text += "; bands that reach the bottom contain 0 or nearly"
        figure.supxlabel(text, fontsize=SMALL)
        return finished(figure)


def _solid(axes: Any, ds: xr.Dataset) -> None:
    """The surface as in the paper: l to the right, k into the depth, D upwards."""
    ds = ds.isel(
        length=np.unique(
            np.linspace(0, ds.sizes["length"] - 1, _MANY_LENGTHS).round().astype(int)
        )
    )
    length, hidden_size = np.meshgrid(ds["length"].values, ds["hidden_size"].values)
    height = ds["discrepancy"].values
    if min(height.shape) > 1:
        axes.plot_surface(
            length, hidden_size, height, cmap="viridis", rstride=1, cstride=1, edgecolor="white", linewidth=0.25,
        )  # fmt: skip
    else:
        axes.plot(
            length.ravel(), hidden_size.ravel(), height.ravel(), "o-", markersize=3
        )
    axes.set(xlabel="length l", ylabel="hidden size k")
    axes.set_zlabel("D(l,k)")
    axes.set_zlim(bottom=0)
    axes.view_init(elev=26, azim=-50)
    axes.set_box_aspect((1.15, 1.0, 0.72), zoom=0.97)
    axes.locator_params(nbins=6)


def _curves(axes: Axes, ds: xr.Dataset) -> None:
    length = ds["length"].values
    shown = _hidden_sizes(ds["hidden_size"].values)
    colours = colormaps["viridis"](np.linspace(0.0, 0.82, len(shown)))
    lowest = []
    for size, colour in zip(shown, colours, strict=True):
        one = ds.sel(hidden_size=size)
        mean = one["discrepancy"].values
        axes.plot(length, mean, color=colour, label=f"k = {size}")
        axes.fill_between(
            length,
            one["interval_low"].values,
            one["interval_high"].values,
            color=colour,
            alpha=0.25,
            linewidth=0,
        )
        lowest.append(_positive_least(mean))
        if "quantile_value" in ds and 0.5 in ds["quantile"].values:
            median = one["quantile_value"].sel(quantile=0.5).values
            axes.plot(length, median, ":", color=colour, linewidth=1.2)
    highest = float(ds["interval_high"].sel(hidden_size=shown).max())
    if highest > 50 * min(lowest):
        axes.set_yscale("log", nonpositive="clip")
        axes.set_ylim(min(lowest) / 5, 1.5 * highest)
    else:
        axes.set_ylim(bottom=0)
    axes.set_title("mean and its 95 % interval; dotted: median", loc="left")
    axes.set(
        xlabel="length l",
        ylabel="D(l,k)",
        xlim=(length[0], max(length[-1], length[0] + 1)),
    )
    axes.grid(color="#e3e3e3", linewidth=0.6)
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(
        handles[::-1], labels[::-1], loc="upper left", bbox_to_anchor=(1.0, 1.0)
    )


def _hidden_sizes(present: np.ndarray) -> list[int]:
    """1, 5, 10, 20 as far as they are there; else up to four of those that are, evenly spread."""
    shown = [size for size in _SHOWN if size in present]
    if shown:
        return shown
    return [
        int(present[i])
        for i in np.unique(np.linspace(0, len(present) - 1, 4).round().astype(int))
    ]


def _positive_least(values: np.ndarray) -> float:
    positive = values[values > 0]
    return float(positive.min()) if positive.size else np.inf
