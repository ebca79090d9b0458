"""Quantiles as bars: a compact box for each group, on a logarithmic axis."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from firstbit.look import cell_name
from firstbit.plots.styles import look
from firstbit.plots.text import symbol


class Group(NamedTuple):
    """A parameter of a network."""

    network: str
    parameter: str


def quantile_bars(
    axes: Axes,
    quantiles: xr.DataArray,
    groups: Sequence[Group],
    *,
    lowest: float,
    highest: float,
) -> None:
    """Draw bars from quantile to quantile and a dot of paper at the median.

    The inner bars are thicker.

    Args:
        axes: where to draw.
        quantiles: (group, quantile), values at least 0.
        groups: what each group is.
        lowest: bottom of the axis; bars that reach below are cut there, medians below
            get a triangle.
        highest: the largest value to come on the axis; above it there is room for the
            networks' names.
    """
    quantiles = quantiles.transpose("group", "quantile").sortby("quantile")
    for x, (group, row) in enumerate(zip(groups, quantiles.values, strict=True)):
        _bar(
            axes,
            x,
            row,
            lowest,
            look().hue(group.network),
        )
    _name_networks(axes, [group.network for group in groups])
    axes.set_xticks(range(len(groups)), [symbol(group.parameter) for group in groups])
    axes.tick_params(labelbottom=True)
    axes.set(
        yscale="log",
        xlim=(-0.7, len(groups) - 0.3),
    )
    highest = max(highest, 10 * lowest)
    axes.set_ylim(lowest, highest * (highest / lowest) ** 0.22)


def _bar(axes: Axes, x: int, row: np.ndarray, lowest: float, colour: str) -> None:
    """Draw one group's quantiles, cut at the bottom of the axis."""
    cut = np.maximum(row, lowest)
    middle = len(row) // 2
    for i in range(middle):
        ends = [cut[i], cut[-1 - i]]
        width = 1.4 + 5.5 * i
        axes.plot(
            [x, x],
            ends,
            color=colour,
            linewidth=width,
            solid_capstyle="butt",
        )
    if row[middle] > lowest:
        axes.plot(
            x,
            cut[middle],
            "o",
            color=look().page.page,
            markeredgecolor=colour,
            markersize=5,
        )
    else:
        axes.plot(
            x,
            cut[middle],
            "v",
            color=colour,
            markersize=6,
            clip_on=False,
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
