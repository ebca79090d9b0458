"""How many runs succeed, with intervals."""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.typing import ColorType

from firstbit.datasets import interval
from firstbit.plots.checks import require_variables, with_interval
from firstbit.plots.panels import Size, finished, one_panel
from firstbit.plots.style import INK, PALE, SMALL, run_colour, styled

_DIMS = ("cell", "setting")

LONG_LABEL = 12
"""Labels with more letters are turned, so that they don't meet."""

RATE = "share of runs that solve"
HALF = "one half"


@styled
def success_rates(
    ds: xr.Dataset,
    *,
    xlabel: str,
    title: str | None = None,
    ax: Axes | None = None,
    joined: bool = False,
    across: bool = False,
) -> Figure:
    """Draw success rates with their intervals, side by side at each setting.

    Each cell has its colour; a line marks one half.

    Args:
        ds: `success_rate(cell, setting)` and its interval `success_rate_ci`, NaN where
            nothing was measured.
        xlabel: what the settings are.
        title: above the figure.
        ax: the panel to draw into; by default one of a new figure.
        joined: whether a line joins the points of each cell, for settings that are
            numbers.
        across: whether the settings stand below each other, the first on top, and the
            rates go across: their names may be long.

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
    axes = one_panel(ax, Size(8.5, 4.0), title)
    place = np.arange(ds.sizes["setting"])
    for i in range(ds.sizes["cell"]):
        shift = 0.7 * ((i + 0.5) / ds.sizes["cell"] - 0.5)
        one, colour = ds.isel(cell=i), run_colour(i)
        if across:
            _points_across(axes, place + shift, one, colour)
        else:
            _points(axes, place + shift, one, colour, joined=joined)
    labels = [str(setting) for setting in ds["setting"].values]
    if across:
        _rates_across(axes, labels, xlabel)
    else:
        _rates_upwards(axes, labels, xlabel)
    if ds.sizes["cell"] > 1:
        axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0))
    return finished(axes)


def _rates_upwards(axes: Axes, labels: list[str], xlabel: str) -> None:
    axes.axhline(0.5, color=PALE, linewidth=0.8, zorder=0)
    axes.set_xticks(np.arange(len(labels)), labels)
    if max(map(len, labels), default=0) > LONG_LABEL:
        axes.tick_params("x", rotation=30)
        for label in axes.get_xticklabels():
            label.set_horizontalalignment("right")
    axes.set(xlabel=xlabel, ylabel=RATE)
    axes.set_ylim(-0.03, 1.03)
    axes.set_xlim(-0.5, len(labels) - 0.5)
    axes.annotate(
        HALF,
        (1.01, 0.5),
        xycoords=("axes fraction", "data"),
        va="center",
        color=INK,
        fontsize=SMALL,
    )


def _rates_across(axes: Axes, labels: list[str], ylabel: str) -> None:
    axes.axvline(0.5, color=PALE, linewidth=0.8, zorder=0)
    axes.set_yticks(np.arange(len(labels)), labels)
    axes.set(xlabel=RATE, ylabel=ylabel)
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.annotate(
        HALF,
        (0.5, 1.01),
        xycoords=("data", "axes fraction"),
        ha="center",
        color=INK,
        fontsize=SMALL,
    )


def _points(
    axes: Axes, x: np.ndarray, one: xr.Dataset, colour: ColorType, *, joined: bool
) -> None:
    """Draw one cell's rates with whiskers."""
    rate, reach = _whiskers(one)
    label = str(one["cell"].item())
    form = "o-" if joined else "o"
    axes.errorbar(
        x, rate, reach, fmt=form, color=colour, label=label, capsize=2, linewidth=1
    )


def _points_across(
    axes: Axes, y: np.ndarray, one: xr.Dataset, colour: ColorType
) -> None:
    """Draw one cell's rates with whiskers to the left and right."""
    rate, reach = _whiskers(one)
    label = str(one["cell"].item())
    axes.errorbar(rate, y, xerr=reach, fmt="o", color=colour, label=label, capsize=2)


def _whiskers(one: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Return one cell's rates, and how far their intervals go below and above."""
    rate = one["success_rate"].values
    lower, upper = interval(one, "success_rate")
    return rate, np.abs(np.stack([rate - lower.values, upper.values - rate]))
