"""How many runs succeed, with intervals."""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from firstbit.datasets import interval
from firstbit.plots.checks import require_variables, with_interval
from firstbit.plots.panels import Size, finished, one_panel
from firstbit.plots.style import PALE, run_colour, styled

_DIMS = ("cell", "setting")


LONG_LABEL = 12
"""Labels with more letters are turned, so that they don't meet."""


@styled
def success_rates(
    ds: xr.Dataset, *, xlabel: str, title: str | None = None, ax: Axes | None = None
) -> Figure:
    """Draw success rates with their intervals, side by side at each setting.

    Each cell has its colour.

    Args:
        ds: `success_rate(cell, setting)` and its interval `success_rate_ci`, NaN where
            nothing was measured.
        xlabel: what the settings are.
        title: above the figure.
        ax: the panel to draw into; by default one of a new figure.

    Returns:
        The figure; with `ax`, the one that it belongs to.

    Raises:
        SettingError: a variable is missing.

    Example:
        >>> variables = {
        ...     "success_rate": (("cell", "setting"), [[0.5]]),
        ...     "success_rate_ci": (("cell", "setting", "ci_bound"), [[[0.3, 0.7]]])}
        >>> coords = {"cell": ["GRU"], "setting": ["5"], "ci_bound": ["lower", "upper"]}
        >>> figure = success_rates(xr.Dataset(variables, coords), xlabel="lag")
        >>> [text.get_text() for text in figure.axes[0].get_xticklabels()]
        ['5']
    """
    require_variables(ds, "success_rates", with_interval("success_rate", _DIMS))
    ds = ds.transpose(*_DIMS, ...)
    place = np.arange(ds.sizes["setting"])
    axes = one_panel(ax, Size(8.5, 4.0), title)
    for i in range(ds.sizes["cell"]):
        shift = 0.7 * ((i + 0.5) / ds.sizes["cell"] - 0.5)
        _points(
            axes,
            place + shift,
            ds.isel(cell=i),
            run_colour(i),
        )
    axes.axhline(
        0.5,
        color=PALE,
        linewidth=0.8,
        zorder=0,
    )
    labels = [str(setting) for setting in ds["setting"].values]
    axes.set_xticks(place, labels)
    if max(map(len, labels), default=0) > LONG_LABEL:
        axes.tick_params("x", rotation=30)
        for label in axes.get_xticklabels():
            label.set_horizontalalignment("right")
    axes.set(xlabel=xlabel, ylabel="share of runs that solve")
    axes.set_ylim(-0.03, 1.03)
    axes.set_xlim(-0.5, len(place) - 0.5)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return finished(axes)


def _points(axes: Axes, x: np.ndarray, one: xr.Dataset, colour: str) -> None:
    """Draw one cell's rates with whiskers."""
    rate = one["success_rate"].values
    lower, upper = interval(one, "success_rate")
    reach = np.abs(np.stack([rate - lower.values, upper.values - rate]))
    label = str(one["cell"].item())
    axes.errorbar(
        x,
        rate,
        reach,
        fmt="o",
        color=colour,
        label=label,
        capsize=2,
    )
