"""The phases of a cell over the gain of its weights and its size."""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from firstbit.plots.checks import coordinates, require_variables
from firstbit.plots.panels import (
    Size,
    figure_of,
    finished,
    heading,
    one_panel,
    spread,
)
from firstbit.plots.sources import note
from firstbit.plots.styles import look, styled
from firstbit.plots.widths import Width

_FAINTEST = 1e-3
"""Ratios below this have the darkest colour: the first difference is forgotten."""

_MOST_TICKS = 12

_NEEDED = {
    **coordinates("gain", "hidden_size", "line_size"),
    "discrepancy_ratio": ("gain", "hidden_size"),
    "critical_gain": ("line_size",),
}


@styled
def phase_diagram(
    ds: xr.Dataset,
    *,
    title: str | None = None,
    ax: Axes | None = None,
    width: Width | None = None,
) -> Figure:
    """Draw the share of D(1,k) left at length l, over gain and size.

    A line shows the theory's critical gain.

    Args:
        ds: `discrepancy_ratio(gain, hidden_size)` and `critical_gain(line_size)`, with
            the coords `gain`, `hidden_size` and `line_size`, all above 0 and
            increasing; as from `firstbit.memory.ratios_by_gain`. Its `long_name` labels
            the colours. NaN leaves the paper white.
        title: above the figure.
        ax: the panel to draw into; by default one of a new figure.
        width: of the new figure: inches, or a text such as `89 mm` or `540 px`.

    Returns:
        The figure; with `ax`, the one that it belongs to.

    Raises:
        SettingError: a variable is missing, or it is no width.

    Example:
        >>> coords = {"gain": [0.5, 1.0], "hidden_size": [10, 20]}
        >>> ratio = xr.DataArray([[0.01, 0.5], [0.9, 1.2]], coords)
        >>> line = xr.DataArray([0.8, 0.6], {"line_size": [10, 20]})
        >>> ds = xr.Dataset({"discrepancy_ratio": ratio, "critical_gain": line})
        >>> phase_diagram(ds, title="phases").axes[0].get_ylabel()
        'gain of the weights'
    """
    require_variables(ds, "phase_diagram", _NEEDED)
    ratio = ds["discrepancy_ratio"].transpose("gain", "hidden_size")
    columns = _log_edges(ds["hidden_size"].values)
    rows = _log_edges(ds["gain"].values)
    axes = one_panel(ax, Size(5.6, 4.1), title, width)
    axes.set(xscale="log", yscale="log")
    axes.set_xlabel("hidden size k")
    scale = LogNorm(_FAINTEST, 1.0)
    mesh = axes.pcolormesh(
        columns,
        rows,
        ratio.values,
        cmap=look().colours("fade"),
        norm=scale,
    )
    _critical_line(axes, ds)
    axes.grid(visible=False)
    axes.set_xlim(columns[0], columns[-1])
    axes.set_ylim(rows[0], rows[-1])
    heading(axes, "", "gain of the weights")
    note(ax, axes, "line: theory for infinite k, slope 1; above it D stays")
    _tick_values(axes.xaxis, ds["hidden_size"].values)
    _tick_values(axes.yaxis, ds["gain"].values)
    label = ratio.attrs.get("long_name", "D(l,k) / D(1,k)")
    bar = figure_of(axes).colorbar(
        mesh, ax=axes, extend="both", label=label, pad=0.02, aspect=25
    )
    return finished(axes, bar.ax)


def _critical_line(axes: Axes, ds: xr.Dataset) -> None:
    """Draw the critical gain against the size: ink with an outline of paper."""
    outline = [withStroke(linewidth=4.5, foreground=look().page.page)]
    axes.plot(
        ds["line_size"],
        ds["critical_gain"],
        color=look().page.ink,
        linestyle="--",
        linewidth=2,
        path_effects=outline,
    )


def _tick_values(axis: Axis, values: np.ndarray) -> None:
    """Name the measured values themselves, up to a dozen of them."""
    shown = values[spread(len(values), _MOST_TICKS)]
    axis.set_ticks(shown, [f"{value:.3g}" for value in shown])
    axis.set_ticks([], minor=True)


def _log_edges(centres: np.ndarray) -> np.ndarray:
    """Return where cells begin and end on a log axis: halfway between centres.

    The outer ones reach as far beyond their centres.
    """
    logs = np.log(centres.astype(float))
    if len(logs) == 1:
        return np.exp([logs[0] - 0.2, logs[0] + 0.2])
    middles = (logs[1:] + logs[:-1]) / 2
    first = 2 * logs[0] - middles[0]
    last = 2 * logs[-1] - middles[-1]
    return np.exp(np.concatenate([[first], middles, [last]]))
