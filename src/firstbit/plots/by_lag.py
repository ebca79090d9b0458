"""How far back gradients reach: fans of quantiles against the lag."""

import numpy as np
import xarray as xr
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from firstbit.plots.checks import require_variables
from firstbit.plots.style import CYCLE, STYLE, blank, finished, symbol

_ROWS = {
    "loss_gradient": r"$\|\partial L_T / \partial h_t\|$",
    "jacobian": r"$\|\partial h_T / \partial h_t\|$",
    "share": "long-range loss:\nshare that reaches $h_t$",
}

_LOWEST = 1e-16
"""Bottom of the axes at most: what is smaller is as good as gone."""


def gradients_by_lag(ds: xr.Dataset, title: str = "Gradients by lag") -> Figure:
    """Quantiles of gradients against the lag T - t, a column an epoch; below, the median contribution of each lag.

    Args:
        ds: of `firstbit.memory.gradients_by_lag`.
        title: above everything.

    Raises:
        SettingError: a variable is missing.
    """
    fan = ("epoch", "lag", "quantile")
    needed = {
        **dict.fromkeys(_ROWS, fan),
        "contribution": ("epoch", "parameter", "lag", "quantile"),
    }
    require_variables(ds, "gradients_by_lag", needed)
    with rc_context(STYLE):
        num_epochs = ds.sizes["epoch"]
        figure = blank(2.2 + 3.0 * num_epochs, 9.5, title)
        grid = figure.subplots(
            len(needed), num_epochs, squeeze=False, sharex=True, sharey="row"
        )
        for column, epoch in enumerate(ds["epoch"].values):
            one = ds.sel(epoch=epoch)
            for axes, name in zip(grid[:, column], _ROWS, strict=False):
                _fan(axes, one[name].transpose("quantile", "lag"))
            _medians(grid[-1, column], one["contribution"].sel(quantile=0.5))
            grid[0, column].set_title(f"after {epoch} epochs", loc="left")
            grid[-1, column].set_xlabel("lag T - t")
            grid[-1, column].xaxis.set_major_locator(MaxNLocator(integer=True))
        for axes, label in zip(
            grid[:, 0],
            [*_ROWS.values(), "median contribution\nto a word's gradient"],
            strict=True,
        ):
            axes.set_ylabel(label)
        handles, names = grid[-1, -1].get_legend_handles_labels()
        figure.legend(handles, names, ncols=8, loc="outside lower center")
        return finished(figure)


def _fan(axes: Axes, quantiles: xr.DataArray) -> None:
    """Outer and inner quantiles as bands, the median as a line."""
    lags, rows = quantiles["lag"].values, np.maximum(quantiles.values, _LOWEST)
    for i in range(len(rows) // 2):
        axes.fill_between(
            lags, rows[i], rows[-1 - i], color=CYCLE[2], alpha=0.18, linewidth=0
        )
    axes.plot(lags, rows[len(rows) // 2], color=CYCLE[2])
    axes.set_yscale("log")


def _medians(axes: Axes, contribution: xr.DataArray) -> None:
    for i, name in enumerate(contribution["parameter"].values):
        values = contribution.sel(parameter=name).values
        style = "-" if i < len(CYCLE) else "--"
        axes.plot(
            contribution["lag"].values, np.where(values > _LOWEST, values, np.nan), style, color=CYCLE[i % len(CYCLE)],
            label=symbol(str(name)), marker="." if np.isfinite(values[1:]).sum() == 0 else "",
        )  # fmt: skip
    axes.set_yscale("log")
