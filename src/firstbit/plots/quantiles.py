"""Quantiles as bars: a compact box for each group, on a logarithmic axis."""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from firstbit.plots.style import NETWORK_COLOURS, PALE, SMALL, network_name, symbol


def quantile_bars(
    axes: Axes, quantiles: xr.DataArray, *, lowest: float, highest: float
) -> None:
    """Bars from quantile to quantile, the inner ones thicker, and a white dot at the median.

    Args:
        axes: where to draw.
        quantiles: (group, quantile), values at least 0; groups like "gru W_z", the
            network first.
        lowest: bottom of the axis; bars that reach below are cut there, medians below
            get a triangle.
        highest: the largest value to come on the axis; above it there is room for the
            networks' names.
    """
    quantiles = quantiles.transpose("group", "quantile").sortby("quantile")
    levels = quantiles["quantile"].values
    groups = [str(name).partition(" ") for name in quantiles["group"].values]
    for x, ((network, _, _), row) in enumerate(
        zip(groups, quantiles.values, strict=True)
    ):
        colour = NETWORK_COLOURS.get(network, "#444444")
        cut = np.maximum(row, lowest)
        for i in range(len(levels) // 2):
            axes.plot(
                [x, x],
                [cut[i], cut[-1 - i]],
                color=colour,
                linewidth=1.4 + 5.5 * i,
                solid_capstyle="butt",
            )
        median = cut[len(levels) // 2]
        if row[len(levels) // 2] > lowest:
            axes.plot(
                x, median, "o", color="white", markeredgecolor=colour, markersize=5
            )
        else:
            axes.plot(x, median, "v", color=colour, markersize=6, clip_on=False)
    _name_networks(axes, [network for network, _, _ in groups])
    axes.set_xticks(range(len(groups)), [symbol(name) for _, _, name in groups])
    axes.tick_params(labelbottom=True)
    axes.set(yscale="log", ylabel="|gradient|", xlim=(-0.7, len(groups) - 0.3))
    highest = max(highest, 10 * lowest)
    axes.set_ylim(lowest, highest * (highest / lowest) ** 0.22)


def _name_networks(axes: Axes, networks: list[str]) -> None:
    """The network's name above its first group, and a line before it."""
    for x, network in enumerate(networks):
        if x == 0 or network != networks[x - 1]:
            axes.text(
                x - 0.4, 0.98, network_name(network), transform=axes.get_xaxis_transform(), va="top",
                fontsize=SMALL, color=NETWORK_COLOURS.get(network, "#444444"),
            )  # fmt: skip
            if x:
                axes.axvline(x - 0.5, color=PALE, linewidth=0.8)
