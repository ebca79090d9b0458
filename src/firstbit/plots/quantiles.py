"""Quantiles as bars: a compact box for each group, on a logarithmic axis."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from firstbit.look import cell_name
from firstbit.plots.styles import look
from firstbit.plots.text import symbol

_TOGETHER = 0.62
"""Width that the epochs of a group take, in the distance of two groups."""

_EARLIER = 0.45
"""Opacity of all epochs but the last."""

_THICKEST, _THIN, _FILLED = 6.9, 0.2, 0.55
"""Points of the thickest bar; width of the thinnest in it; share of the panel's width
that bars fill at most."""

_POINTS_AN_INCH = 72


class Group(NamedTuple):
    """A parameter of a network."""

    network: str
    parameter: str


class _Ink(NamedTuple):
    """Colour of each bar, their opacity, and the points of the thickest."""

    colours: np.ndarray
    opacity: float
    thick: float


def quantile_bars(
    axes: Axes,
    quantiles: xr.DataArray,
    groups: Sequence[Group],
    *,
    lowest: float,
) -> None:
    """Draw bars from quantile to quantile and a dot of paper at the median.

    The inner bars are thicker. The epochs of a group stand beside each other, the
    earlier ones paler.

    Args:
        axes: where to draw.
        quantiles: (epoch, group, quantile), values at least 0.
        groups: what each group is.
        lowest: bottom of the axis; bars that reach below are cut there, medians below
            get a triangle.
    """
    quantiles = quantiles.transpose("epoch", "group", "quantile").sortby("quantile")
    number = quantiles.sizes["epoch"]
    steps = np.arange(number) - (number - 1) / 2
    places = steps * _TOGETHER / number
    thick = _thickest(axes, number * len(groups))
    hues = [look().hue(group.network) for group in groups]
    colours = np.array(hues)
    for place, one in zip(places, quantiles.values, strict=True):
        ink = _Ink(colours, 1.0 if place == places[-1] else _EARLIER, thick)
        x = np.arange(len(groups)) + place
        medians = one[:, one.shape[1] // 2]
        _bars(axes, x, np.maximum(one, lowest), ink)
        _dots(axes, x, medians, lowest, ink)
    _name_networks(axes, [group.network for group in groups])
    symbols = [symbol(group.parameter) for group in groups]
    axes.set_xticks(range(len(groups)), symbols)
    axes.set(
        yscale="log",
        xlim=(-0.7, len(groups) - 0.3),
    )
    highest = max(float(quantiles.max()), 10 * lowest)
    axes.set_ylim(lowest, highest * (highest / lowest) ** 0.22)


def _thickest(axes: Axes, number: int) -> float:
    """Return the width of the thickest bar in points, of so many in a panel."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    panel = _POINTS_AN_INCH * axes.bbox.width / figure.dpi
    return min(_THICKEST, _FILLED * panel / number)


def _bars(axes: Axes, x: np.ndarray, cut: np.ndarray, ink: _Ink) -> None:
    """Draw each group's quantiles, cut at the bottom of the axis."""
    middle = cut.shape[1] // 2
    for i in range(middle):
        inward = i / max(middle - 1, 1)
        share = _THIN + (1 - _THIN) * inward
        axes.vlines(
            x,
            cut[:, i],
            cut[:, -1 - i],
            linewidths=ink.thick * share,
            colors=ink.colours.tolist(),
            alpha=ink.opacity,
            capstyle="butt",
        )


def _dots(
    axes: Axes, x: np.ndarray, medians: np.ndarray, lowest: float, ink: _Ink
) -> None:
    """Draw medians as dots of paper, those off the axis as triangles at the bottom."""
    is_shown = medians > lowest
    axes.scatter(
        x[is_shown],
        medians[is_shown],
        s=(0.72 * ink.thick) ** 2,
        color=look().page.page,
        edgecolors=ink.colours[is_shown].tolist(),
        linewidths=0.9,
        zorder=2,
    )
    axes.scatter(
        x[~is_shown],
        np.full(np.count_nonzero(~is_shown), lowest),
        s=(0.87 * ink.thick) ** 2,
        marker="v",
        color=ink.colours[~is_shown].tolist(),
        alpha=ink.opacity,
        clip_on=False,
        zorder=2,
    )


def _name_networks(axes: Axes, networks: Sequence[str]) -> None:
    """Write each network's name above its first group, and draw a line before it."""
    before = None
    for x, network in enumerate(networks):
        if network == before:
            continue
        before = network
        axes.text(
            x - 0.4,
            0.98,
            cell_name(network),
            transform=axes.get_xaxis_transform(),
            va="top",
            fontsize=look().context.tick,
            color=look().ink(network),
        )
        if x > 0:
            axes.axvline(x - 0.5, color=look().page.line, linewidth=0.8)
