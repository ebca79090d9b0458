"""The mean-field prediction through the measured points, and the phases that it tells apart."""

import numpy as np
import xarray as xr
from matplotlib import colormaps, rc_context
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from firstbit.plots.checks import require_variables
from firstbit.plots.style import INK, SMALL, STYLE, blank, finished

_GRID = ("hidden_size", "length")
_MANY_POINTS = 14
_TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_FAINTEST = 1e-3
"""Ratios below this have the darkest colour."""


def theory_overlay(ds: xr.Dataset, *, title: str) -> Figure:
    """D(l,k) / sqrt(k) against l: measured points with 95 % intervals, and the prediction as a line, for each k.

    Args:
        ds: `discrepancy`, `interval_low`, `interval_high` and `predicted_discrepancy`,
            all (hidden_size, length), with both coords; where present
            `predicted_standard_error`, of which a band of two is drawn.
        title: shown above.

    Raises:
        SettingError: a variable is missing.

    Example:
        >>> d = xr.DataArray([[0.5, 0.1], [0.9, 0.3]], {"hidden_size": [1, 5], "length": [1, 2]})
        >>> ds = xr.Dataset({"discrepancy": d, "interval_low": 0.9 * d, "interval_high": 1.1 * d})
        >>> figure = theory_overlay(ds.assign(predicted_discrepancy=d), title="theory")
        >>> [line.get_label() for line in figure.axes[0].lines if line.get_label().startswith("k")]
        ['k = 1', 'k = 5']
    """
    needed = ("discrepancy", "interval_low", "interval_high", "predicted_discrepancy")
    require_variables(
        ds, "theory_overlay",
        {"hidden_size": ("hidden_size",), "length": ("length",), **dict.fromkeys(needed, _GRID)},
    )  # fmt: skip
    sizes = ds["hidden_size"].values
    colours = colormaps["viridis"](np.linspace(0.0, 0.82, len(sizes)))
    with rc_context(STYLE):
        figure = blank(6.4, 4.3, title)
        axes = figure.add_subplot()
        for size, colour in zip(sizes, colours, strict=True):
            _one_size(axes, ds.sel(hidden_size=size) / np.sqrt(size), int(size), colour)
        _scale(axes, ds)
        axes.set(xlabel="length l", ylabel=r"$D(l,k)\,/\,\sqrt{k}$", xscale="log")
        shown = [
            length for length in _TICKS if ds["length"][0] <= length <= ds["length"][-1]
        ]
        axes.set_xticks(shown, map(str, shown))
        axes.set_xticks([], minor=True)
        axes.set_title(
            "lines: theory for infinite k; points: measured, with 95 % intervals",
            loc="left",
            fontsize=SMALL,
        )
        axes.grid(color="#e3e3e3", linewidth=0.6)
        handles, labels = axes.get_legend_handles_labels()
        axes.legend(
            handles[::-1], labels[::-1], loc="upper left", bbox_to_anchor=(1.0, 1.0)
        )
        return finished(figure)


def _one_size(axes: Axes, one: xr.Dataset, size: int, colour: np.ndarray) -> None:
    """One size's line and points, in units of sqrt(k)."""
    predicted = one["predicted_discrepancy"]
    axes.plot(one["length"], predicted, color=colour, label=f"k = {size}")
    if "predicted_standard_error" in one:
        reach = 2 * one["predicted_standard_error"]
        axes.fill_between(
            one["length"],
            predicted - reach,
            predicted + reach,
            color=colour,
            alpha=0.25,
            linewidth=0,
        )
    shown = one.isel(length=_spread_on_a_log_scale(one["length"].values))
    mean = shown["discrepancy"]
    reach = np.maximum(
        0.0, np.stack([mean - shown["interval_low"], shown["interval_high"] - mean])
    )
    axes.errorbar(
        shown["length"],
        mean,
        reach,
        fmt="o",
        color=colour,
        markersize=3.5,
        elinewidth=1.2,
    )


def _scale(axes: Axes, ds: xr.Dataset) -> None:
    """A log axis if the measured values go over decades; it ends below them, not below the theory's smallest."""
    measured = (ds["discrepancy"] / np.sqrt(ds["hidden_size"])).values
    positive = measured[measured > 0]
    if positive.size and positive.max() > 50 * positive.min():
        axes.set_yscale("log", nonpositive="clip")
        axes.set_ylim(positive.min() / 10, 2 * positive.max())
    else:
        axes.set_ylim(bottom=0)


def _spread_on_a_log_scale(length: np.ndarray) -> np.ndarray:
    """Places of up to fourteen lengths, about evenly spread on a log axis."""
    wanted = np.geomspace(length[0], length[-1], _MANY_POINTS)
    return np.unique(np.abs(length[:, None] - wanted).argmin(axis=0))


def phase_diagram(ds: xr.Dataset, *, title: str) -> Figure:
    """The share of D(1,k) that is left at length l, over gain and size, and the theory's critical line.

    Args:
        ds: `discrepancy_ratio(gain, hidden_size)` and `critical_gain(line_size)`, with
            the coords `gain`, `hidden_size` and `line_size`, all above 0 and
            increasing; as from `firstbit.memory.phase_diagram`. Its `long_name` labels
            the colours. NaN leaves the paper white.
        title: shown above.

    Raises:
        SettingError: a variable is missing.

    Example:
        >>> ratio = xr.DataArray([[0.01, 0.5], [0.9, 1.2]], {"gain": [0.5, 1.0], "hidden_size": [10, 20]})
        >>> line = xr.DataArray([0.8, 0.6], {"line_size": [10, 20]})
        >>> ds = xr.Dataset({"discrepancy_ratio": ratio, "critical_gain": line})
        >>> phase_diagram(ds, title="phases").axes[0].get_ylabel()
        'gain of the weights'
    """
    require_variables(
        ds, "phase_diagram",
        {"gain": ("gain",), "hidden_size": ("hidden_size",), "line_size": ("line_size",),
         "discrepancy_ratio": ("gain", "hidden_size"), "critical_gain": ("line_size",)},
    )  # fmt: skip
    ratio = ds["discrepancy_ratio"].transpose("gain", "hidden_size")
    columns, rows = _log_edges(ds["hidden_size"].values), _log_edges(ds["gain"].values)
    with rc_context(STYLE):
        figure = blank(6.4, 4.6, title)
        axes = figure.add_subplot()
        axes.set(
            xscale="log",
            yscale="log",
            xlabel="hidden size k",
            ylabel="gain of the weights",
        )
        mesh = axes.pcolormesh(
            columns, rows, ratio.values, cmap="viridis", norm=LogNorm(_FAINTEST, 1.0)
        )
        outline = [withStroke(linewidth=4.5, foreground="white")]
        axes.plot(
            ds["line_size"],
            ds["critical_gain"],
            color=INK,
            linewidth=2,
            path_effects=outline,
        )
        axes.set(xlim=(columns[0], columns[-1]), ylim=(rows[0], rows[-1]))
        axes.set_title(
            "line: theory for infinite k, slope 1; above it D stays",
            loc="left",
            fontsize=SMALL,
        )
        _tick_values(axes, ds)
        figure.colorbar(
            mesh,
            ax=axes,
            extend="both",
            label=ratio.attrs.get("long_name", "D(l,k) / D(1,k)"),
            pad=0.02,
            aspect=25,
        )
        return finished(figure)


def _tick_values(axes: Axes, ds: xr.Dataset) -> None:
    """Name the measured sizes and gains themselves, up to a dozen of each."""
    for axis, values in (
        (axes.xaxis, ds["hidden_size"].values),
        (axes.yaxis, ds["gain"].values),
    ):
        shown = values[
            np.unique(np.linspace(0, len(values) - 1, 12).round().astype(int))
        ]
        axis.set_ticks(shown, [f"{value:.3g}" for value in shown])
        axis.set_ticks([], minor=True)


def _log_edges(centres: np.ndarray) -> np.ndarray:
    """Where cells begin and end on a log axis: halfway between centres, and as far beyond the outer ones."""
    logs = np.log(centres.astype(float))
    if len(logs) == 1:
        return np.exp([logs[0] - 0.2, logs[0] + 0.2])
    middles = (logs[1:] + logs[:-1]) / 2
    return np.exp(
        np.concatenate(
            [[2 * logs[0] - middles[0]], middles, [2 * logs[-1] - middles[-1]]]
        )
    )
