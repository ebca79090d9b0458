"""How far back gradients reach: fans of quantiles against the lag."""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from firstbit.plots.checks import require_variables
from firstbit.plots.inks import run_colour
from firstbit.plots.names import Name, names_beside
from firstbit.plots.panels import Size, band, blank, finished, heading, whole_numbers
from firstbit.plots.styles import look, styled
from firstbit.plots.text import symbol
from firstbit.plots.widths import Width

_FANS = {
    "loss_gradient": r"$\|\partial L_T / \partial h_t\|$",
    "jacobian": r"$\|\partial h_T / \partial h_t\|$",
    "share": "long-range loss: share that reaches $h_t$",
}
"""Variable -> the name of its row; the medians stand below."""

_MEDIANS = "median contribution to a word's gradient"

_NAMES, _NARROWEST = 1.2, 1.2
"""Inches on a page of what stands beside the columns, and of each of them."""

_ROW, _NAME = 1.5, 0.25
"""Inches on a page: height of a row, and what a name beside the last one takes."""

_LOWEST = 1e-16
"""Bottom of the axes at most: smaller gradients are as good as gone."""


@styled
def gradients_by_lag(
    ds: xr.Dataset, *, title: str | None = None, width: Width | None = None
) -> Figure:
    """Draw quantiles of gradients against the lag T - t, a column for each epoch.

    Below is the median contribution of each lag.

    Args:
        ds: a result of `firstbit.memory.gradients_by_lag`.
        title: above the figure; by default "Gradients by lag", "" for none.
        width: of the figure: inches, or a text such as `183 mm` or `720 px`.

    Raises:
        SettingError: a variable is missing, or it is no width, or too small.
    """
    needed = {
        **dict.fromkeys(_FANS, ("epoch", "lag", "quantile")),
        "contribution": ("epoch", "parameter", "lag", "quantile"),
    }
    require_variables(ds, "gradients_by_lag", needed)
    num_epochs = ds.sizes["epoch"]
    last = max(_ROW, _NAME * ds.sizes["parameter"])
    height = 2.0 + _ROW * len(_FANS) + last
    size = Size(1.6 + 2.0 * num_epochs, height)
    figure = blank(
        size,
        "Gradients by lag" if title is None else title,
        width,
        _NAMES + _NARROWEST * num_epochs,
    )
    grid = figure.subplots(
        len(needed),
        num_epochs,
        squeeze=False,
        sharex=True,
        sharey="row",
        height_ratios=[*[_ROW] * len(_FANS), last],
    )
    for i in range(num_epochs):
        _column(grid[:, i], ds.isel(epoch=i))
    labels = [*_FANS.values(), _MEDIANS]
    for axes, label in zip(grid[:, 0], labels, strict=True):
        heading(axes, axes.get_title(loc="left"), label)
        axes.yaxis.label.set_fontsize(look().indexed)
        axes.yaxis.label.set_in_layout(False)  # it may be wider than its panel
    corner = grid[-1, -1]
    names_beside(corner, _ends(corner), look().indexed)
    return finished(*figure.axes)


def _ends(axes: Axes) -> list[Name]:
    """Return the name of each parameter, at the last point of its line."""
    names = []
    for line in axes.lines:
        heights = np.asarray(line.get_ydata(), float)
        for last in heights[np.isfinite(heights)][-1:]:
            label = str(line.get_label())
            names.append(Name(last, label, line.get_color()))
    return names


def _column(panels: np.ndarray, one: xr.Dataset) -> None:
    """Draw one epoch."""
    *fans, last = panels
    for axes, name in zip(fans, _FANS, strict=True):
        _fan(axes, one[name].transpose("quantile", "lag"))
    _medians(last, one["contribution"].sel(quantile=0.5))
    heading(panels[0], f"after {one['epoch'].item()} epochs", " ")
    last.set_xlabel("lag T - t")
    whole_numbers(last.xaxis)


def _fan(axes: Axes, quantiles: xr.DataArray) -> None:
    """Draw outer and inner quantiles as bands, the median as a line."""
    lags, rows = quantiles["lag"].values, np.maximum(quantiles.values, _LOWEST)
    middle = len(rows) // 2
    for i in range(middle):
        band(
            axes,
            lags,
            (rows[i], rows[-1 - i]),
            look().page.ink,
        )
    axes.plot(
        lags,
        rows[middle],
        ":",
        color=look().page.ink,
        linewidth=look().width("median"),
    )
    axes.set_yscale("log")


def _medians(axes: Axes, contribution: xr.DataArray) -> None:
    """Draw a line for each parameter."""
    lags = contribution["lag"].values
    for i, name in enumerate(contribution["parameter"].values):
        values = contribution.sel(parameter=name).values
        is_one_point = not np.isfinite(values[1:]).any()
        axes.plot(
            lags,
            np.where(values > _LOWEST, values, np.nan),
            linestyle="-" if i < len(look().cycle) else "--",
            marker="." if is_one_point else "",
            color=run_colour(i),
            label=symbol(str(name)),
        )
    axes.set_yscale("log")
