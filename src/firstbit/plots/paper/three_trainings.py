"""The mean error of the published runs, epoch by epoch, against the floors it can reach."""

import numpy as np
import xarray as xr
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullFormatter, ScalarFormatter

from firstbit.plots.checks import require_variables
from firstbit.plots.style import CYCLE, INK, SMALL, STYLE, blank, finished

_NEAR = 0.045
"""Labels nearer than this share of the axis' height are moved apart."""


def training_curves(ds: xr.Dataset) -> Figure:
    """Mean error of each run against the epoch, with the published values and the floors.

    Both axes are logarithmic; the first epoch stands at 1.

    Args:
        ds: `mean_error(run, epoch)`, NaN after a stop; `floor(run)`, the error of a
            network that knows the language; `merged_floor(run)`, that of one which
            forgets the outer symbol, NaN if there is none; and where present
            `published(run, epoch)`, NaN where nothing was printed. Coords `run`,
            `epoch`.

    Raises:
        SettingError: a variable is missing.

    Example:
        >>> ds = xr.Dataset(
        ...     {"mean_error": (("run", "epoch"), [[6.0, 4.0, 3.5]]), "floor": ("run", [3.0]),
        ...      "merged_floor": ("run", [np.nan])},
        ...     coords={"run": ["Reber, Vanilla"], "epoch": [0, 1, 2]})
        >>> [text.get_text() for text in training_curves(ds).axes[0].texts]
        ['floor 3']
    """
    curves = ("run", "epoch")
    needed: dict[str, tuple[str, ...]] = {
        "run": ("run",),
        "epoch": ("epoch",),
        "mean_error": curves,
        "floor": ("run",),
        "merged_floor": ("run",),
    }
    if "published" in ds:
        needed["published"] = curves
    require_variables(ds, "training_curves", needed)
    ds = ds.transpose("run", "epoch", ...)
    epochs = ds["epoch"].values + 1
    with rc_context(STYLE):
        figure = blank(8.5, 4.6, "Mean error in training")
        axes = figure.add_subplot()
        for i, run in enumerate(ds["run"].values):
            one, colour = ds.isel(run=i), CYCLE[i % len(CYCLE)]
            axes.plot(
                epochs, one["mean_error"].values, color=colour, label=str(run), zorder=2
            )
            if "published" in ds:
                _circles(axes, epochs, one["published"].values, colour)
        _scales(axes, ds, float(epochs[-1]))
        _floors(axes, ds)
        handles, _ = axes.get_legend_handles_labels()
        if "published" in ds:
            handles.append(
                Line2D(
                    [],
                    [],
                    linestyle="",
                    marker="o",
                    color=INK,
                    markerfacecolor="white",
                    label="published",
                )
            )
        axes.legend(handles=handles, loc="upper right")
        return finished(figure)


def _circles(axes: Axes, epochs: np.ndarray, values: np.ndarray, colour: str) -> None:
    axes.plot(
        epochs, values, "o", markerfacecolor="white", markeredgecolor=colour, markersize=5.5,
        markeredgewidth=1.2, zorder=3, clip_on=False,
    )  # fmt: skip


def _scales(axes: Axes, ds: xr.Dataset, last: float) -> None:
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="epoch (the first is 1)",
        ylabel="mean error of a word",
    )
    axes.set_xlim(1, max(last, 2))
    lowest = min(
        float(ds[name].min())
        for name in ("mean_error", "floor", "merged_floor")
        if ds[name].notnull().any()
    )
    axes.set_ylim(0.93 * lowest, 1.1 * float(ds["mean_error"].max()))
    axes.yaxis.set_major_formatter(ScalarFormatter())
    axes.yaxis.set_minor_formatter(NullFormatter())
    low, high = axes.get_ylim()
    axes.set_yticks(
        [
            tick
            for tick in (0.1, 0.2, 0.5, 1, 2, 3, 4, 5, 7, 10, 20, 30, 50, 100)
            if low <= tick <= high
        ]
    )
    axes.xaxis.set_major_formatter(ScalarFormatter())


def _floors(axes: Axes, ds: xr.Dataset) -> None:
    """A line for each distinct floor, in its run's colour if it has but one; names at the right keep clear."""
    owners: dict[tuple[float, str], list[int]] = {}
    for kind in _KINDS:
        for i, value in enumerate(ds[kind].values):
            if np.isfinite(value):
                owners.setdefault((float(value), kind), []).append(i)
    low, high = np.log(axes.get_ylim())
    last = -np.inf
    for (value, kind), runs in sorted(owners.items()):
        colour = CYCLE[runs[0] % len(CYCLE)] if len(runs) == 1 else INK
        axes.axhline(
            value,
            color=colour,
            linestyle="--" if kind == "floor" else ":",
            linewidth=1.0,
            zorder=1,
        )
        last = max((np.log(value) - low) / (high - low), last + _NEAR)
        text = f"{_KINDS[kind]} {value:.4g}"
        axes.text(
            1.01,
            last,
            text,
            transform=axes.transAxes,
            va="center",
            fontsize=SMALL,
            color=colour,
        )


_KINDS = {"floor": "floor", "merged_floor": "floor without outer symbol"}
