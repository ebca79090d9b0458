"""What the mean of D(l,k) hides: how its draws spread, and how few of them carry it."""

from typing import NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from firstbit.datasets import interval
from firstbit.plots.checks import (
    GRID,
    has_interval,
    interval_text,
    require_attributes,
    require_variables,
    with_interval,
)
from firstbit.plots.panels import (
    Size,
    band,
    band_or_bound,
    blank,
    faint_grid,
    finished,
    legend_beside,
    length_axis,
    spread,
)
from firstbit.plots.style import CYCLE, SMALL, shades, styled

_LOWEST = 1e-30
"""Bottom of the axis of distances at most."""

_MOST_SIZES = 5
"""Sizes drawn in one panel."""

_NEEDED = {
    **with_interval("discrepancy", GRID),
    **with_interval("retained", GRID),
    "top_share": GRID,
    "quantile_value": (*GRID, "quantile"),
}


@styled
def draws(
    ds: xr.Dataset, *, hidden_size: int | None = None, title: str | None = None
) -> Figure:
    """Draw the quantiles of the distances of one size, and two shares for every size.

    The shares are those of draws that retain the bit, and of the mean that the top
    draws carry.

    Args:
        ds: a result of `firstbit.discrepancy`.
        hidden_size: the size whose quantiles are drawn; by default the largest.
        title: above the figure.

    Raises:
        SettingError: a variable or attribute is missing.

    Example:
        >>> import jax
        >>> from firstbit import discrepancy
        >>> key = jax.random.key(0)
        >>> d = discrepancy("gru", hidden_sizes=[2, 5], length=6, num_draws=50, key=key)
        >>> [axes.get_xlabel() for axes in draws(d, title="GRU").axes]
        ['length l', 'length l', 'length l']
    """
    require_variables(ds, "draws", _NEEDED)
    require_attributes(ds, "draws", ["threshold"])
    size = int(ds["hidden_size"].max()) if hidden_size is None else hidden_size
    figure = blank(Size(12.5, 4.2), title)
    fan, retained, top = figure.subplots(1, 3)
    _fan(fan, ds.sel(hidden_size=size), size)
    _shares(retained, ds, "retained", has_interval=True)
    threshold = ds.attrs["threshold"]
    retained.set_title(f"share of draws above {threshold:g}", loc="left")
    _shares(top, ds, "top_share", has_interval=False)
    top.set_title("share of the mean that the top 1 % of draws carry", loc="left")
    legend_beside(top, named=retained)
    return finished(*figure.axes)


class _Bottom(NamedTuple):
    """The bottom of a logarithmic axis; smaller values are drawn on it."""

    value: float

    def above(self, values: np.ndarray) -> np.ndarray:
        return np.maximum(values, self.value)


def _fan(axes: Axes, one: xr.Dataset, size: int) -> None:
    """Draw the distances of one size: bands between quantiles, median and mean."""
    quantiles = one["quantile_value"].transpose("quantile", "length").values
    least = float(quantiles[quantiles > 0].min(initial=1.0))
    bottom = _Bottom(max(least, _LOWEST))
    _quantiles(axes, one, quantiles, bottom)
    _mean(axes, one)
    axes.set(yscale="log", ylabel="distance of the two states")
    length_axis(axes, one["length"].values)
    axes.set_ylim(bottom=bottom.value)
    axes.set_title(f"k = {size}: every draw", loc="left")
    axes.legend(loc="lower left", fontsize=SMALL)
    faint_grid(axes)


def _quantiles(
    axes: Axes, one: xr.Dataset, quantiles: np.ndarray, bottom: _Bottom
) -> None:
    length, levels = one["length"].values, one["quantile"].values
    middle = len(levels) // 2
    for i in range(middle):
        ends = bottom.above(quantiles[i]), bottom.above(quantiles[-1 - i])
        label = f"{levels[i]:.0%} to {levels[-1 - i]:.0%} of draws"
        band(
            axes,
            length,
            ends,
            CYCLE[2],
            alpha=0.18 + 0.2 * i,
            label=label,
        )
    median = bottom.above(quantiles[middle])
    axes.plot(
        length,
        median,
        ":",
        color=CYCLE[2],
        label="median",
    )


def _mean(axes: Axes, one: xr.Dataset) -> None:
    length = one["length"].values
    label = "mean"
    if has_interval(one, "discrepancy"):
        label = f"mean, {interval_text(one, 'discrepancy')}"
    axes.plot(
        length,
        one["discrepancy"].values,
        color=CYCLE[1],
        label=label,
    )
    lower, upper = interval(one, "discrepancy")
    ends = lower.values, upper.values
    band_or_bound(
        axes,
        length,
        one["discrepancy"].values,
        ends,
        CYCLE[1],
        alpha=0.3,
    )


def _shares(axes: Axes, ds: xr.Dataset, name: str, *, has_interval: bool) -> None:
    """Draw a share against the length, a line for each of up to five sizes."""
    length, sizes = ds["length"].values, ds["hidden_size"].values
    shown = sizes[spread(len(sizes), _MOST_SIZES)]
    for size, colour in zip(shown, shades(len(shown)), strict=True):
        one = ds.sel(hidden_size=size)
        axes.plot(
            length,
            one[name].values,
            color=colour,
            label=f"k = {size}",
        )
        if has_interval:
            band(axes, length, interval(one, name), colour)
    axes.set_ylim(-0.02, 1.02)
    length_axis(axes, length)
    faint_grid(axes)
