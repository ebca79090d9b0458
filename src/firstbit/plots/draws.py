"""What the mean of D(l,k) hides: how its draws spread, and how few of them carry it."""

from typing import NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from firstbit.datasets import interval
from firstbit.plots.checks import (
    GRID,
    has_interval,
    interval_text,
    require_attributes,
    require_variables,
    with_interval,
)
from firstbit.plots.cut_intervals import band_or_bound
from firstbit.plots.inks import name_inks
from firstbit.plots.names import Name, names_beside
from firstbit.plots.panels import (
    Size,
    band,
    faint_grid,
    finished,
    length_axis,
    row_of_panels,
    spread,
)
from firstbit.plots.sources import cell_of, made_of, neutral, source_line
from firstbit.plots.styles import look, styled
from firstbit.plots.text import percent
from firstbit.plots.widths import Width

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
    ds: xr.Dataset,
    *,
    hidden_size: int | None = None,
    title: str | None = None,
    width: Width | None = None,
) -> Figure:
    """Draw the quantiles of the distances of one size, and two shares for every size.

    The shares are those of draws that retain the bit, and of the mean that the top
    draws carry.

    Args:
        ds: a result of `firstbit.discrepancy`.
        hidden_size: the size whose quantiles are drawn; by default the largest.
        title: above the figure; by default it names the cell, "" for none.
        width: of the figure: inches, or a text such as `183 mm` or `720 px`.

    Raises:
        SettingError: a variable or attribute is missing, or it is no width.

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
    title = neutral(title, "Distances of single nets", ds)
    page = Size(7.5, 3.3)
    figure, places = row_of_panels(page, title, width, (1.4, 1, 1))
    fan, retained, top = map(figure.add_subplot, places)
    _fan(fan, ds.sel(hidden_size=size), size)
    _shares(retained, ds, "retained", has_interval=True)
    threshold = ds.attrs["threshold"]
    retained.set_title(f"share of draws\nabove {threshold:g}", loc="left")
    _shares(top, ds, "top_share", has_interval=False)
    top.set_title("share of the mean\nheld by the top 1 %", loc="left")
    source_line(figure, made_of(ds), _inks(ds))
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
    axes.set(yscale="log")
    length_axis(axes, one["length"].values)
    axes.set_ylim(bottom=bottom.value)
    axes.set_title(f"k = {size}: distance of\nthe two states", loc="left")
    median = bottom.above(quantiles[len(quantiles) // 2])
    mean = one["discrepancy"].values
    ink = _colour(one)
    names = [
        Name(median[-1], "median", ink),
        Name(mean[-1], "mean", ink, is_bold=True),
    ]
    names_beside(axes, names)
    faint_grid(axes)


def _quantiles(
    axes: Axes, one: xr.Dataset, quantiles: np.ndarray, bottom: _Bottom
) -> None:
    length = one["length"].values
    levels = one["quantile"].values
    middle = len(levels) // 2
    for i in range(middle):
        low = bottom.above(quantiles[i])
        high = bottom.above(quantiles[-1 - i])
        label = f"{percent(levels[i])} to {percent(levels[-1 - i])} of draws"
        band(
            axes,
            length,
            (low, high),
            _colour(one),
            label=label,
        )
    median = bottom.above(quantiles[middle])
    axes.plot(
        length,
        median,
        ":",
        color=_colour(one),
        linewidth=look().width("median"),
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
        color=_colour(one),
        label=label,
    )
    lower, upper = interval(one, "discrepancy")
    ends = lower.values, upper.values
    band_or_bound(
        axes,
        length,
        one["discrepancy"].values,
        ends,
        _colour(one),
    )


def _colour(ds: xr.Dataset) -> str:
    """Return the colour of the cell."""
    return look().hue(cell_of(ds))


def _inks(ds: xr.Dataset) -> str:
    """Return what the bands of distances mean."""
    levels = ds["quantile"].values
    bands = []
    for i in range(len(levels) // 2):
        bands.append(f"{percent(levels[i])} to {percent(levels[-1 - i])}")
    text = f"bands: {', '.join(bands)} of draws"
    if has_interval(ds, "discrepancy"):
        text += f"; the mean has its {interval_text(ds, 'discrepancy')}"
    return text


def _shares(axes: Axes, ds: xr.Dataset, name: str, *, has_interval: bool) -> None:
    """Draw a share against the length, a line for each of up to five sizes."""
    length, sizes = ds["length"].values, ds["hidden_size"].values
    shown = sizes[spread(len(sizes), _MOST_SIZES)]
    names = []
    colours = look().steps(cell_of(ds), len(shown))
    inks = name_inks(cell_of(ds), colours)
    for size, colour, ink in zip(shown, colours, inks, strict=True):
        one = ds.sel(hidden_size=size)
        share = one[name].values
        text = f"k = {size}"
        names.append(Name(share[-1], text, ink))
        axes.plot(length, share, color=colour, label=text)
        if has_interval:
            band(axes, length, interval(one, name), colour)
    axes.set_ylim(-0.02, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    length_axis(axes, length)
    faint_grid(axes)
    names_beside(axes, names)
