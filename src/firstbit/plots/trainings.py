"""Many seeds of one training: the loss of each, and what it remembers at the end."""

from collections.abc import Mapping

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import ScalarFormatter

from firstbit.plots.checks import require_variables
from firstbit.plots.panels import Size, blank, finished
from firstbit.plots.style import CYCLE, INK, PALE, SMALL, styled

_SOLVED, _NOT, _LOST = CYCLE[0], CYCLE[1], CYCLE[6]

_ENOUGH = 20
"""Lags that fewer predictions have are not drawn."""

_NEEDED = {
    "loss": ("seed", "epoch"),
    "solved": ("seed",),
    "diverged_epoch": ("seed",),
    "long_range_accuracy": ("seed", "lag"),
    "num_predictions": ("seed", "lag"),
}


@styled
def seeds(
    ds: xr.Dataset,
    *,
    floors: Mapping[str, float] | None = None,
    title: str | None = None,
) -> Figure:
    """Draw the loss of every seed against the epoch, and its accuracy by lag.

    The colour shows whether a seed solves the task.

    Args:
        ds: a result of `firstbit.train`.
        floors: lines to draw, in the unit of the loss.
        title: above the figure.

    Raises:
        SettingError: a variable is missing.
    """
    require_variables(ds, "seeds", _NEEDED)
    figure = blank(Size(10, 4.2), title)
    losses, accuracies = figure.subplots(1, 2, width_ratios=(3, 2))
    for i in range(ds.sizes["seed"]):
        one = ds.isel(seed=i)
        colour = _colour(one)
        _loss(losses, one, colour)
        _accuracy(accuracies, one, colour)
    for name, floor in (floors or {}).items():
        _floor(losses, name, floor)
    _name_losses(losses, ds["loss"].attrs.get("units", ""))
    accuracies.set_xlabel("steps back to the deciding symbol")
    accuracies.set_ylabel("share of right predictions")
    accuracies.set_ylim(-0.02, 1.02)
    return finished(losses, accuracies)


def _colour(one: xr.Dataset) -> str:
    """Return the colour of a seed: of what it came to."""
    if np.isfinite(one["diverged_epoch"]):
        return _LOST
    return _SOLVED if bool(one["solved"]) else _NOT


def _loss(axes: Axes, one: xr.Dataset, colour: str) -> None:
    epochs = one["epoch"].values + 1
    axes.plot(
        epochs,
        one["loss"].values,
        color=colour,
        linewidth=0.9,
        alpha=0.8,
    )


def _accuracy(axes: Axes, one: xr.Dataset, colour: str) -> None:
    seen = one["num_predictions"].values >= _ENOUGH
    lags = one["lag"].values[seen]
    right = one["long_range_accuracy"].values[seen]
    axes.plot(
        lags,
        right,
        ".-",
        color=colour,
        linewidth=0.6,
        alpha=0.8,
    )


def _floor(axes: Axes, name: str, floor: float) -> None:
    """Draw a floor as a line, with its name at the right end."""
    axes.axhline(
        floor,
        color=PALE,
        linestyle=":",
        linewidth=1.0,
        zorder=1,
    )
    axes.text(
        1,
        floor,
        name,
        transform=axes.get_yaxis_transform(),
        va="bottom",
        ha="right",
        fontsize=SMALL,
        color=INK,
    )


def _name_losses(axes: Axes, units: str) -> None:
    """Scale and name the axes of the losses; say what the colours mean."""
    axes.set(xscale="log", yscale="log")
    axes.set(xlabel="epoch (the first is 1)", ylabel=f"loss, {units}")
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.yaxis.set_major_formatter(ScalarFormatter())
    axes.yaxis.set_minor_formatter(ScalarFormatter())
    colours = {"solves the task": _SOLVED, "doesn't": _NOT, "diverged": _LOST}
    handles = [
        Line2D(
            [],
            [],
            color=colours[name],
            label=name,
        )
        for name in colours
    ]
    axes.legend(handles=handles, loc="upper right")
