"""Many seeds of one training: where each goes, and where it comes to rest."""

from collections.abc import Mapping

import numpy as np
import xarray as xr
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import ScalarFormatter

from firstbit.plots.checks import require_variables
from firstbit.plots.style import CYCLE, INK, PALE, SMALL, STYLE, blank, finished

_SOLVED, _NOT, _LOST = CYCLE[0], CYCLE[1], CYCLE[6]

_ENOUGH = 20
"""Lags that fewer predictions have are not drawn."""


def seeds(
    ds: xr.Dataset, title: str, floors: Mapping[str, float] | None = None
) -> Figure:
    """Loss of every seed against the epoch, by whether it solves the task (by both tests); and accuracy by lag of each.

    Args:
        ds: of `firstbit.train`.
        title: above everything.
        floors: lines to draw, in the unit of the loss.

    Raises:
        SettingError: a variable is missing.
    """
    require_variables(
        ds,
        "seeds",
        {
            "loss": ("seed", "epoch"),
            "solved": ("seed",),
            "solved_long": ("seed",),
            "diverged_epoch": ("seed",),
            "long_range_accuracy": ("seed", "lag"),
            "num_predictions": ("seed", "lag"),
        },
    )
    with rc_context(STYLE):
        figure = blank(10, 4.2, title)
        left, right = figure.subplots(1, 2, width_ratios=(3, 2))
        epochs = ds["epoch"].values + 1
        for i in range(ds.sizes["seed"]):
            one = ds.isel(seed=i)
            lost = bool(np.isfinite(one["diverged_epoch"]))
            colour = (
                _LOST
                if lost
                else _SOLVED
                if bool(one["solved"] & one["solved_long"])
                else _NOT
            )
            left.plot(
                epochs, one["loss"].values, color=colour, linewidth=0.9, alpha=0.8
            )
            seen = one["num_predictions"].values >= _ENOUGH
            right.plot(
                one["lag"].values[seen],
                one["long_range_accuracy"].values[seen],
                ".-",
                color=colour,
                linewidth=0.6,
                alpha=0.8,
            )
        for name, floor in (floors or {}).items():
            left.axhline(floor, color=PALE, linestyle=":", linewidth=1.0, zorder=1)
            left.text(
                1,
                floor,
                name,
                transform=left.get_yaxis_transform(),
                va="bottom",
                ha="right",
                fontsize=SMALL,
                color=INK,
            )
        left.set(
            xscale="log",
            yscale="log",
            xlabel="epoch (the first is 1)",
            ylabel=f"loss, {ds['loss'].attrs.get('units', '')}",
        )
        for axis in (left.xaxis, left.yaxis):
            axis.set_major_formatter(ScalarFormatter())
        left.yaxis.set_minor_formatter(ScalarFormatter())
        right.set(
            xlabel="steps back to the deciding symbol",
            ylabel="share of right predictions",
            ylim=(-0.02, 1.02),
        )
        names = {"solves the task": _SOLVED, "doesn't": _NOT, "diverged": _LOST}
        left.legend(
            handles=[
                Line2D([], [], color=colour, label=name)
                for name, colour in names.items()
            ],
            loc="upper right",
        )
        return finished(figure)
