"""The (l,k)-discrepancy as a surface, and as curves that can be read."""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from mpl_toolkits.mplot3d.axes3d import Axes3D

from firstbit.datasets import interval
from firstbit.look.numbers import written
from firstbit.plots.checks import (
    GRID,
    coordinates,
    has_interval,
    interval_text,
    require_attributes,
    require_variables,
    with_interval,
)
from firstbit.plots.cut_intervals import ARROWS, whiskers_or_bounds
from firstbit.plots.inks import name_inks
from firstbit.plots.names import Name, names_beside
from firstbit.plots.panels import (
    Size,
    band,
    faint_grid,
    finished,
    heading,
    length_axis,
    row_of_panels,
    spread,
)
from firstbit.plots.sources import cell_of, made_of, neutral, source_line
from firstbit.plots.styles import look, styled
from firstbit.plots.widths import Width

_SHOWN = (1, 5, 10, 20)
"""Sizes with a curve, as far as they are measured."""

_MOST_OTHERS = 4
"""Curves of other sizes, where none of those is measured."""

_MANY_LENGTHS = 60
"""Lengths on the surface at most."""

_BELOW = 12.0
"""From the least mean to the bottom of a logarithmic axis: its arrow is seen."""

_DECADES = 50.0
"""Curves that go over a larger factor have a logarithmic axis."""


@styled
def surface(
    ds: xr.Dataset, *, title: str | None = None, width: Width | None = None
) -> Figure:
    """Draw D(l,k) over the grid, and against l for some k with intervals and medians.

    Args:
        ds: `discrepancy(hidden_size, length)` and its interval `discrepancy_ci`, with
            both coords; where present the `median`, over the same; and the attribute
            `largest_half_width` of the intervals.
        title: above the figure; by default it names the cell, "" for none.
        width: of the figure: inches, or a text such as `183 mm` or `720 px`.

    Raises:
        SettingError: a variable or the attribute is missing, or it is no width.

    Example:
        >>> from firstbit.datasets import Variable, dataset
        >>> d = np.array([[0.5, 0.1], [0.9, 0.3]])
        >>> dims = ["hidden_size", "length"]
        >>> mean = Variable("discrepancy", dims, d, "D(l,k)", ci=(0.9 * d, 1.1 * d))
        >>> coords = {"hidden_size": [1, 5], "length": [1, 2]}
        >>> attrs = {"largest_half_width": 0.09}
        >>> ds = dataset([mean], coords, rows=dims, configuration={}, attrs=attrs)
        >>> [line.get_label() for line in surface(ds, title="D(l,k)").axes[1].lines]
        ['k = 1', 'k = 5']

    References:
        Stérin, Farrugia, Gripon 2017, Figs. 10, 11 and Definition V.1.
    """
    needed = {**coordinates(*GRID), **with_interval("discrepancy", GRID)}
    require_variables(ds, "surface", needed)
    require_attributes(ds, "surface", ["largest_half_width"])
    ds = ds.transpose(*GRID, ...)
    title = neutral(title, "D(l, k)", ds)
    size = Size(7.5, 3.9)
    figure, (left, right) = row_of_panels(size, title, width, (1, 1.25))
    is_stacked = left.rowspan != right.rowspan
    if is_stacked:  # what can be read comes first
        left, right = right, left
    solid = figure.add_subplot(left, projection="3d")
    _solid(solid, ds)
    solid.locator_params(nbins=3 if is_stacked else 6)
    axes = figure.add_subplot(right)
    _curves(axes, ds)
    intervals = _note(ds, axes)
    is_log = axes.get_yscale() == "log"
    source_line(figure, made_of(ds), _drawn(ds, is_log=is_log), intervals)
    return finished(*figure.axes)


def _drawn(ds: xr.Dataset, *, is_log: bool) -> str:
    """Return what the lines are, and the whiskers or bands."""
    text = "lines: mean"
    if "median" in ds:
        text += "; dotted: median"
    if has_interval(ds, "discrepancy"):
        kind = "whiskers" if is_log else "bands"
        text += f"; {kind}: {interval_text(ds, 'discrepancy')} of the mean"
    return text


def _note(ds: xr.Dataset, axes: Axes) -> str:
    """Return what stands below the figure: how wide the intervals are, if any."""
    if not has_interval(ds, "discrepancy"):
        return "D has no interval: no bound of the state is known"
    text = (
        f"largest half-width over the whole grid: {ds.attrs['largest_half_width']:.2g}"
    )
    if any(line.get_marker() in ARROWS for line in axes.lines):
        text += "; arrows: the interval goes far beyond"
    return text


def _solid(axes: Axes3D, ds: xr.Dataset) -> None:
    """Draw the surface as in the paper: l to the right, k into the depth, D upwards."""
    ds = ds.isel(length=spread(ds.sizes["length"], _MANY_LENGTHS))
    length, hidden_size = np.meshgrid(ds["length"].values, ds["hidden_size"].values)
    height = ds["discrepancy"].values
    if min(height.shape) > 1:
        axes.plot_surface(
            length,
            hidden_size,
            height,
            cmap="viridis",
            rstride=1,
            cstride=1,
            edgecolor=look().page.page,
            linewidth=0.25,
        )
    else:
        points = length.ravel(), hidden_size.ravel(), height.ravel()
        axes.plot(*points, "o-", markersize=3)
    axes.set(xlabel="length l", ylabel="hidden size k")
    # At the left, so that they aren't read as those of the curves.
    axes.zaxis.set_ticks_position("lower")  # pyright: ignore[reportArgumentType]
    axes.set_title(
        "D(l,k)",
        loc="left",
        fontsize=look().context.label,
        fontweight="normal",
        color=look().page.soft,
    )
    axes.set_zlim(bottom=0)
    axes.view_init(elev=26, azim=-50)
    axes.set_box_aspect((1.15, 1.0, 0.72), zoom=0.88)  # pyright: ignore[reportArgumentType]


def _curves(axes: Axes, ds: xr.Dataset) -> None:
    """Draw D against l for some sizes."""
    shown = _hidden_sizes(ds["hidden_size"].values)
    is_log = _is_over_decades(ds.sel(hidden_size=shown))
    colours = look().steps(cell_of(ds), len(shown))
    names = []
    length = ds["length"].values
    inks = name_inks(cell_of(ds), colours)
    curves = zip(shown, colours, inks, strict=True)
    for i, (size, colour, ink) in enumerate(curves):
        one = ds.sel(hidden_size=size)
        _curve(axes, one, colour)
        mean = one["discrepancy"].values
        ends = interval(one, "discrepancy")
        if is_log:
            whiskers_or_bounds(
                axes,
                length,
                mean,
                (ends[0].values, ends[1].values),
                colour,
                turn=i,
                num_turns=len(shown),
            )
        else:
            band(axes, length, ends, colour)
        last = float(mean[-1])
        names.append(Name(last, f"k = {size}: {written(last)}", ink, is_bold=True))
    _scale(axes, ds.sel(hidden_size=shown), is_log=is_log)
    largest = ds.sel(hidden_size=shown[-1])
    names += _median_name(axes, largest, inks[-1])
    heading(axes, "", "distance of the two states, D(l,k)")
    length_axis(axes, length)
    faint_grid(axes)
    names_beside(axes, names)


def _curve(axes: Axes, one: xr.Dataset, colour: str) -> None:
    """Draw the mean of one size, and its median."""
    length, size = one["length"].values, one["hidden_size"].item()
    axes.plot(
        length,
        one["discrepancy"].values,
        color=colour,
        label=f"k = {size}",
    )
    if "median" in one:
        axes.plot(
            length,
            one["median"].values,
            ":",
            color=colour,
            linewidth=look().width("median"),
        )


def _median_name(axes: Axes, one: xr.Dataset, ink: str) -> list[Name]:
    """Return the name of a size's median, with its value where it is off the axis."""
    if "median" not in one:
        return []
    last = float(one["median"][-1])
    is_off = last < axes.get_ylim()[0]
    value = f": {written(last)} \N{DOWNWARDS ARROW}" if is_off else ""
    size = one["hidden_size"].item()
    return [Name(last, f"median, k = {size}{value}", ink)]


def _scale(axes: Axes, shown: xr.Dataset, *, is_log: bool) -> None:
    """Let the axis begin at 0, or be logarithmic."""
    least, highest = _range(shown)
    if is_log:
        axes.set_yscale("log", nonpositive="clip")
        axes.set_ylim(least / _BELOW, 1.5 * highest)
    else:
        axes.set_ylim(bottom=0)


def _is_over_decades(shown: xr.Dataset) -> bool:
    """Return whether the curves need a logarithmic axis."""
    least, highest = _range(shown)
    return highest > _DECADES * least


def _range(shown: xr.Dataset) -> tuple[float, float]:
    """Return the least mean above 0, and the largest end of an interval."""
    values = shown["discrepancy"].values
    least = np.min(values[values > 0], initial=np.inf)
    _, upper = interval(shown, "discrepancy")
    ends = [values.max(), float(upper.max())]
    return float(least), float(np.nanmax(ends))


def _hidden_sizes(present: np.ndarray) -> list[int]:
    """Return 1, 5, 10, 20 as far as they are there; else up to four, evenly spread."""
    shown = [size for size in _SHOWN if size in present]
    if shown:
        return shown
    return present[spread(len(present), _MOST_OTHERS)].tolist()
