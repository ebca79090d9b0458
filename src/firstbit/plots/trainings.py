"""Many seeds of one training: the loss of each, and what it remembers at the end."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from firstbit.plots.checks import require_variables
from firstbit.plots.names import Name, names_beside
from firstbit.plots.panels import (
    Size,
    finished,
    heading,
    limit,
    plain_numbers,
    row_of_panels,
    whole_numbers,
)
from firstbit.plots.styles import look, styled
from firstbit.plots.widths import Width

SOLVED, NOT, LOST = "good", "bad", "open"
"""What becomes of a seed, as a status."""

_WORDS = {SOLVED: "solve", NOT: "don't", LOST: "diverge"}

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
    width: Width | None = None,
) -> Figure:
    """Draw the loss of every seed against the epoch, and its accuracy by lag.

    Colour and line show whether a seed solves the task; beside the losses stands how
    many do.

    Args:
        ds: a result of `firstbit.train`.
        floors: lines to draw, in the unit of the loss.
        title: above the figure.
        width: of the figure: inches, or a text such as `183 mm` or `720 px`.

    Raises:
        SettingError: a variable is missing, or it is no width.
    """
    require_variables(ds, "seeds", _NEEDED)
    figure, places = row_of_panels(Size(7.5, 3.6), title, width, (3, 2))
    losses, accuracies = map(figure.add_subplot, places)
    ends: dict[str, list[float]] = {status: [] for status in _WORDS}
    for i in range(ds.sizes["seed"]):
        one = ds.isel(seed=i)
        status = _status(one)
        ends[status].append(_loss(losses, one, status))
        _accuracy(accuracies, one, status)
    _name_losses(losses, ds["loss"].attrs.get("units", ""))
    floor_names = _floors(losses, floors or {})
    names_beside(losses, [*_statuses(ends), *floor_names])
    accuracies.set_xlabel("steps back to the deciding symbol")
    whole_numbers(accuracies.xaxis)
    heading(accuracies, "", "right predictions")
    accuracies.set_ylim(-0.02, 1.02)
    accuracies.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    return finished(losses, accuracies)


def _status(one: xr.Dataset) -> str:
    """Return what a seed came to."""
    if np.isfinite(one["diverged_epoch"]):
        return LOST
    return SOLVED if bool(one["solved"]) else NOT


def _loss(axes: Axes, one: xr.Dataset, status: str) -> float:
    """Draw the loss of a seed; return the last, NaN if there is none."""
    epochs = one["epoch"].values + 1
    loss = one["loss"].values
    axes.plot(
        epochs,
        loss,
        color=look().status(status),
        linestyle=look().of_status(status).line,
        linewidth=look().width("limit"),
        alpha=0.8,
    )
    seen = loss[np.isfinite(loss)]
    return float(seen[-1]) if seen.size else np.nan


def _ink(status: str) -> dict[str, Any]:
    """Return how the line of a seed looks, with a mark at each point."""
    return {
        "color": look().status(status),
        "linestyle": look().of_status(status).line,
        "marker": look().of_status(status).mark,
        "markersize": 4.0,
        "markeredgewidth": 0,
        "linewidth": look().width("limit"),
    }


def _accuracy(axes: Axes, one: xr.Dataset, status: str) -> None:
    seen = one["num_predictions"].values >= _ENOUGH
    lags = one["lag"].values[seen]
    right = one["long_range_accuracy"].values[seen]
    axes.plot(
        lags,
        right,
        alpha=0.8,
        **_ink(status),
    )


def _floors(axes: Axes, floors: Mapping[str, float]) -> list[Name]:
    """Draw floors as lines; return their names."""
    names = []
    for name, floor in floors.items():
        limit(axes, floor)
        names.append(Name(floor, name, look().page.soft))
    return names


def _name_losses(axes: Axes, units: str) -> None:
    """Scale and name the axes of the losses; without any, there is no scale of logs."""
    axes.set_xscale("log")
    drawn = [np.asarray(line.get_ydata(), float) for line in axes.get_lines()]
    if any((np.isfinite(loss) & (loss > 0)).any() for loss in drawn):
        axes.set_yscale("log")
    axes.set_xlabel("epoch (the first is 1)")
    heading(axes, "", f"loss ({units})" if units else "loss")
    plain_numbers(axes.xaxis)
    if axes.get_yscale() == "log":
        plain_numbers(axes.yaxis)


def _statuses(ends: Mapping[str, list[float]]) -> list[Name]:
    """Return what seeds came to, and how many, each at the middle of their losses."""
    names = []
    for status, losses in ends.items():
        if losses:
            text = f"{_WORDS[status]}: {len(losses)}"
            middle = float(np.median(losses))
            ink = look().status(status)
            names.append(Name(middle, text, ink, is_bold=True))
    return names
