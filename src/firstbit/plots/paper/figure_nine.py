"""Fig. 9: how large the gradients are, as published and as they should be read."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator

from firstbit.errors import SettingError
from firstbit.plots.checks import require_variables
from firstbit.plots.quantiles import quantile_bars
from firstbit.plots.style import (
    NETWORK_COLOURS,
    SMALL,
    STYLE,
    blank,
    finished,
    network_name,
)

_BINS = 60
_DECADES = 12
"""Smaller values than the largest by more than this many decades share the first
bin."""

_NEEDED = {
    "epoch": ("epoch",),
    "gradient": ("epoch", "word", "coefficient"),
    "network": ("coefficient",),
    "ks_distance": ("epoch",),
    "ks_low": ("epoch",),
    "ks_high": ("epoch",),
    "median_ratio": ("epoch",),
    "ratio_low": ("epoch",),
    "ratio_high": ("epoch",),
    "parameter_quantile": ("epoch", "group", "quantile"),
}


def figure_nine(ds: xr.Dataset, *, ranges: Sequence[float]) -> Figure:
    """Gradients of both networks: the published view on top, absolute values on a logarithmic axis below.

    A row for each epoch: on the left the distribution over all words and parameters,
    with the Kolmogorov-Smirnov distance and the ratio of medians; on the right the
    quantiles of each parameter.

    Args:
        ds: `gradient(epoch, word, coefficient)` with the coord `network(coefficient)`;
            over `epoch` `ks_distance`, `ks_low`, `ks_high`, `median_ratio`,
            `ratio_low`, `ratio_high`; and `parameter_quantile(epoch, group, quantile)`
            of absolute gradients, groups like "gru W_z".
        ranges: upper ends of the published histograms, which start at 0.

    Raises:
        SettingError: a variable is missing, or there are no ranges.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> over = ("ks_distance", "ks_low", "ks_high", "median_ratio", "ratio_low", "ratio_high")
        >>> ds = xr.Dataset(
        ...     {"gradient": (("epoch", "word", "coefficient"), rng.normal(size=(1, 5, 4))),
        ...      "parameter_quantile": (("epoch", "group", "quantile"), np.ones((1, 2, 3))),
        ...      **{name: ("epoch", [0.5]) for name in over}},
        ...     coords={"epoch": [7], "network": ("coefficient", ["vanilla", "vanilla", "gru", "gru"]),
        ...             "group": ["vanilla O", "gru O"], "quantile": [0.25, 0.5, 0.75]})
        >>> [axes.get_title() for axes in figure_nine(ds, ranges=(4, 0.5)).axes[:2]]
        ['0 to 4', '0 to 0.5']

    References:
        Stérin, Farrugia, Gripon 2017, Fig. 9 and Section IV.
    """
    require_variables(ds, "figure_nine", _NEEDED)
    if not ranges:
        raise SettingError(
            "figure_nine: expected at least one range; got none, try (4, 0.5, "
            "0.002, 0.0005)."
        )
    epochs = ds.sizes["epoch"]
    with rc_context(STYLE):
        figure = blank(11.0, 2.9 + 2.85 * epochs, "")
        top, bottom = _halves(figure, 2.9, 2.85 * epochs)
        _published(top, ds.isel(epoch=-1), ranges)
        bottom.suptitle(
            "Absolute values: all parameters pooled (left) and each parameter (right)",
            fontweight="bold",
        )
        grid: Any = bottom.subplots(
            epochs, 2, squeeze=False, sharex="col", sharey="col", width_ratios=[1, 1.45]
        )
        edges = _log_edges(ds["gradient"].values)
        highest = float(ds["parameter_quantile"].max())
        for i, (left, right) in enumerate(grid):
            one = ds.isel(epoch=i)
            _absolute(left, one, edges)
            quantile_bars(
                right,
                one["parameter_quantile"],
                lowest=float(edges[0]),
                highest=highest,
            )
            right.set_title(f"epoch {one['epoch'].item()}", loc="left")
        grid[-1, 1].set_xlabel(
            "bars: outer and inner quantiles; dot: median; cut at the bottom: 0 "
            "or near",
            fontsize=SMALL,
        )
        grid[-1, 0].set_xlabel(_axis_label(ds["gradient"].values, edges))
        return finished(figure)


def _halves(figure: Figure, *heights: float) -> Any:
    return figure.subfigures(len(heights), 1, height_ratios=heights)


def _published(figure: Any, ds: xr.Dataset, ranges: Sequence[float]) -> None:
    """Signed values from 0 upwards in windows of decreasing width, as the published code draws them."""
    figure.suptitle(
        f"As published: signed values after epoch {ds['epoch'].item()}, the "
        "negative half dropped",
        fontweight="bold",
    )
    panels: Any = figure.subplots(1, len(ranges), squeeze=False)[0]
    for axes, upper in zip(panels, ranges, strict=True):
        edges = np.linspace(0.0, upper, 41)
        for name, values in _by_network(ds):
            _steps(axes, values, edges, name, network_name(name))
        axes.set(title=f"0 to {upper:g}", yscale="log", xlim=(0, upper))
        axes.locator_params(axis="x", nbins=4)
        axes.yaxis.set_major_formatter(FuncFormatter(_share))
    panels[0].set_ylabel("share of all gradients")
    panels[0].legend(loc="upper right")
    figure.supxlabel("gradient", fontsize=STYLE["axes.labelsize"])


def _absolute(axes: Axes, ds: xr.Dataset, edges: np.ndarray) -> None:
    """One epoch: absolute values, and in words how far apart the two networks are."""
    handles = []
    for name, values in _by_network(ds):
        sizes = np.abs(values)
        _steps(
            axes,
            np.clip(sizes[sizes > 0], edges[0], None),
            edges,
            name,
            "",
            total=sizes.size,
        )
        label = f"{network_name(name)}, {_percent(np.mean(sizes == 0))} exactly 0"
        handles.append(
            Patch(
                facecolor=_pale(name), edgecolor=NETWORK_COLOURS.get(name), label=label
            )
        )
    axes.set(xscale="log", ylabel="share of all gradients")
    axes.xaxis.set_major_locator(LogLocator(numticks=8))
    axes.yaxis.set_major_formatter(FuncFormatter(_share))
    axes.tick_params(labelbottom=True)
    axes.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0, 1.0),
        borderaxespad=0.1,
        handlelength=1.2,
    )
    axes.margins(x=0, y=0.42)
    text = (
        f"KS distance {_with_interval(ds, 'ks_distance', 'ks')}; ratio of medians "
        f"{_with_interval(ds, 'median_ratio', 'ratio')}"
    )
    axes.set_title(f"epoch {ds['epoch'].item()}\n{text}", loc="left", fontsize=SMALL)


def _by_network(ds: xr.Dataset) -> list[tuple[str, np.ndarray]]:
    owner = ds["network"].values
    values = ds["gradient"].transpose("coefficient", "word").values
    return [(str(name), values[owner == name].ravel()) for name in dict.fromkeys(owner)]


def _steps(
    axes: Axes,
    values: np.ndarray,
    edges: np.ndarray,
    network: str,
    label: str,
    *,
    total: int | None = None,
) -> None:
    counts = np.histogram(values, edges)[0] / (total or values.size)
    colour = NETWORK_COLOURS.get(network)
    axes.stairs(counts, edges, fill=True, facecolor=_pale(network), edgecolor="none")
    axes.stairs(
        counts, edges, color=colour, linewidth=1.3, label=label or None, baseline=None
    )


def _pale(network: str) -> tuple[str, float]:
    return (NETWORK_COLOURS.get(network, "#444444"), 0.25)


def _log_edges(values: np.ndarray) -> np.ndarray:
    """Bins between whole powers of ten that hold the values, at most `_DECADES` of them."""
    sizes = np.abs(values[values != 0])
    if not sizes.size:
        return np.logspace(-_DECADES, 0, _BINS + 1)
    top = np.ceil(np.log10(sizes.max()) + 1e-9)
    return np.logspace(
        max(np.floor(np.log10(sizes.min())), top - _DECADES), top, _BINS + 1
    )


def _axis_label(values: np.ndarray, edges: np.ndarray) -> str:
    smaller = np.mean((values != 0) & (np.abs(values) < edges[0]))
    return "|gradient|" + (
        f" (first bin: {_percent(smaller)} are smaller still)" if smaller else ""
    )


def _with_interval(ds: xr.Dataset, name: str, prefix: str) -> str:
    value, low, high = (
        ds[key].item() for key in (name, f"{prefix}_low", f"{prefix}_high")
    )
    return f"{value:.2g} [{low:.2g}, {high:.2g}]"


def _share(value: float, _: object) -> str:
    return f"{100 * value:.6g} %"


def _percent(share: Any) -> str:
    return (
        "none" if share == 0 else "< 0.1 %" if share < 0.001 else f"{100 * share:.1f} %"
    )
