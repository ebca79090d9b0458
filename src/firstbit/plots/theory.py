"""The mean-field prediction of D(l,k) through the measured points."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from firstbit.datasets import interval
from firstbit.plots.checks import (
    GRID,
    coordinates,
    interval_text,
    require_variables,
    with_interval,
)
from firstbit.plots.inks import name_inks
from firstbit.plots.names import Name, names_beside
from firstbit.plots.panels import (
    Size,
    band,
    faint_grid,
    finished,
    heading,
    one_panel,
)
from firstbit.plots.sources import cell_of, made_of, neutral, note
from firstbit.plots.styles import look, styled
from firstbit.plots.widths import Width

_MANY_POINTS = 14
_TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_DECADES = 50.0
"""Values that go over a larger factor have a logarithmic axis."""


@styled
def theory_overlay(
    ds: xr.Dataset,
    *,
    title: str | None = None,
    ax: Axes | None = None,
    width: Width | None = None,
) -> Figure:
    """Draw D(l,k) / sqrt(k) against l for each k: points measured, dashed predicted.

    The axis has sqrt(k) as its unit, since the prediction is for infinite k. The points
    have their intervals.

    Args:
        ds: `discrepancy` with `discrepancy_ci`, and `predicted_discrepancy`, all over
            (hidden_size, length), with both coords; where present
            `predicted_discrepancy_se`, of which a band of two is drawn.
        title: above the figure; by default it names the cell, "" for none.
        ax: the panel to draw into; by default one of a new figure.
        width: of the new figure: inches, or a text such as `89 mm` or `540 px`.

    Returns:
        The figure; with `ax`, the one that it belongs to.

    Raises:
        SettingError: a variable is missing, or it is no width.

    Example:
        >>> from firstbit.datasets import Variable, dataset
        >>> d = np.array([[0.5, 0.1], [0.9, 0.3]])
        >>> dims = ["hidden_size", "length"]
        >>> measured = Variable("discrepancy", dims, d, "D(l,k)", ci=(0.9 * d, 1.1 * d))
        >>> predicted = Variable("predicted_discrepancy", dims, d, "predicted D(l,k)")
        >>> coords = {"hidden_size": [1, 5], "length": [1, 2]}
        >>> both = [measured, predicted]
        >>> ds = dataset(both, coords, rows=dims, configuration={})
        >>> axes = theory_overlay(ds, title="theory").axes[0]
        >>> [text.get_text() for text in axes.texts]
        ['k = 1', 'k = 5']
    """
    needed = {
        **coordinates(*GRID),
        **with_interval("discrepancy", GRID),
        "predicted_discrepancy": GRID,
    }
    require_variables(ds, "theory_overlay", needed)
    sizes = ds["hidden_size"].values
    title = neutral(title, "D(l, k), measured and predicted", ds)
    axes = one_panel(ax, Size(5.6, 3.75), title, width)
    colours = look().steps(cell_of(ds), len(sizes))
    for size, colour in zip(sizes, colours, strict=True):
        one = ds.sel(hidden_size=size) / np.sqrt(size)
        _line(axes, one, f"k = {size}", colour)
        _points(axes, one, colour)
    _scale(axes, ds)
    _lengths(axes, ds["length"].values)
    heading(axes, "", r"$D(l,k)\,/\,\sqrt{k}$")
    measured = f"points: measured, with {interval_text(ds, 'discrepancy')}s"
    note(ax, axes, f"dashed: theory for infinite k; {measured}", made_of(ds))
    faint_grid(axes)
    names_beside(axes, _names(ds, name_inks(cell_of(ds), colours)))
    return finished(axes)


def _names(ds: xr.Dataset, colours: Sequence[str]) -> list[Name]:
    """Return the sizes, each at the height of its last measured value."""
    names = []
    for size, colour in zip(ds["hidden_size"].values, colours, strict=True):
        of_size = ds["discrepancy"].sel(hidden_size=size)
        last = of_size.isel(length=-1) / np.sqrt(size)
        names.append(Name(float(last), f"k = {size}", colour))
    return names


def _line(axes: Axes, one: xr.Dataset, label: str, colour: str) -> None:
    """Draw the prediction of one size, with a band of two standard errors."""
    length, predicted = one["length"], one["predicted_discrepancy"]
    axes.plot(
        length,
        predicted,
        linestyle="--",
        linewidth=look().width("theory"),
        color=colour,
        label=label,
    )
    if "predicted_discrepancy_se" in one:
        reach = 2 * one["predicted_discrepancy_se"]
        band(
            axes,
            length,
            (predicted - reach, predicted + reach),
            colour,
        )


def _points(axes: Axes, one: xr.Dataset, colour: str) -> None:
    """Draw some of the measured values of one size, with their intervals."""
    shown = one.isel(length=_spread_on_a_log_scale(one["length"].values))
    mean = shown["discrepancy"]
    lower, upper = interval(shown, "discrepancy")
    reach = np.stack([mean - lower, upper - mean])
    reach = np.maximum(0.0, reach)  # NaN, and no bar, without an interval
    axes.errorbar(
        shown["length"],
        mean,
        reach,
        fmt="o",
        color=colour,
        markersize=4.0,
        elinewidth=look().width("theory"),
    )


def _scale(axes: Axes, ds: xr.Dataset) -> None:
    """Choose a logarithmic axis if the measured values go over decades.

    It ends below them, not below the smallest prediction.
    """
    measured = (ds["discrepancy"] / np.sqrt(ds["hidden_size"])).values
    positive = measured[measured > 0]
    if positive.size and positive.max() > _DECADES * positive.min():
        axes.set_yscale("log", nonpositive="clip")
        axes.set_ylim(positive.min() / 10, 2 * positive.max())
    else:
        axes.set_ylim(bottom=0)


def _lengths(axes: Axes, length: np.ndarray) -> None:
    """Name lengths on a logarithmic axis."""
    axes.set(xlabel="length l", xscale="log")
    shown = [tick for tick in _TICKS if length[0] <= tick <= length[-1]]
    axes.set_xticks(shown, map(str, shown))
    axes.set_xticks([], minor=True)


def _spread_on_a_log_scale(length: np.ndarray) -> np.ndarray:
    """Return places of up to fourteen lengths, about evenly spread on a log axis."""
    wanted = np.geomspace(length[0], length[-1], _MANY_POINTS)
    apart = np.abs(length[:, None] - wanted)
    return np.unique(apart.argmin(axis=0))
