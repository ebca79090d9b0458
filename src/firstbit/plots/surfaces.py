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
    SubplotSpecs,
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

_FLAT = 0.6
"""Height of a panel that stands below another, as a share of its width."""

_DISTANCE = "distance of the two states, D(l,k)"

_EXTREMES = 1e-240, 1e240
"""Ends of a logarithmic axis; the powers of ten around others leave float64."""

_STATISTICS = {
    "discrepancy": "mean of all nets",
    "median": "median: half the nets are below",
}
"""What is drawn, and the title of its panel."""

_DECADES = 50.0
"""Curves that go over a larger factor have a logarithmic axis."""


@styled
def surface(
    ds: xr.Dataset,
    *,
    title: str | None = None,
    width: Width | None = None,
    heights: tuple[float, float] | None = None,
) -> Figure:
    """Draw D(l,k) over the grid, and mean and median against l for some k.

    Args:
        ds: `discrepancy(hidden_size, length)` and its interval `discrepancy_ci`, with
            both coords; where present the `median`, over the same; and the attribute
            `largest_half_width` of the intervals.
        title: above the figure; by default it names the cell, "" for none.
        width: of the figure: inches, or a text such as `183 mm` or `720 px`.
        heights: least and greatest distance of the axis, which is logarithmic then, so
            that figures can be laid side by side; by default the data say it.

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
    statistics = [name for name in _STATISTICS if name in ds]
    ratios = [1.1, *(1.2 for _ in statistics)]
    figure, places = row_of_panels(Size(7.5, 3.9), title, width, ratios, flat=_FLAT)
    is_stacked = places[0].rowspan != places[-1].rowspan
    if is_stacked:  # what can be read comes first
        places = [places[-1], *places[:-1]]
    solid = figure.add_subplot(places[0], projection="3d")
    _solid(solid, ds)
    solid.locator_params(nbins=3)
    curves = _curves(figure, places[1:], ds, statistics, heights)
    is_log = curves[0].get_yscale() == "log"
    below = _below(ds, curves[-1], statistics[-1])
    drawn = _drawn(ds, is_log=is_log)
    source_line(figure, made_of(ds), drawn, _note(ds, curves[0]), below)
    return finished(*figure.axes)


def _drawn(ds: xr.Dataset, *, is_log: bool) -> str:
    """Return what the whiskers or bands are; nothing where there are none."""
    if not has_interval(ds, "discrepancy"):
        return ""
    kind = "whiskers" if is_log else "bands"
    return f"{kind}: {interval_text(ds, 'discrepancy')} of the mean"


def _note(ds: xr.Dataset, axes: Axes) -> str:
    """Return what stands below the figure: how wide the intervals are, if any."""
    if not has_interval(ds, "discrepancy"):
        return "D has no interval: no bound of the state is known"
    text = f"half-width: up to {ds.attrs['largest_half_width']:.2g}"
    if any(line.get_marker() in ARROWS for line in axes.lines):
        text += "; arrows: the interval goes on"
    return text


def _below(ds: xr.Dataset, axes: Axes, statistic: str) -> str:
    """Return what an arrow at a name means, where there is one."""
    shown = ds[statistic].sel(hidden_size=_hidden_sizes(ds["hidden_size"].values))
    least, _ = axes.get_ylim()
    is_below = bool((shown[:, -1] < least).any())
    return "\N{DOWNWARDS ARROW} below the axis" if is_below else ""


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
    axes.set(xlabel="l", ylabel="k")
    # At the left, so that they aren't read as those of the curves.
    axes.zaxis.set_ticks_position("lower")  # pyright: ignore[reportArgumentType]
    axes.set_title(
        "as in the paper",
        loc="left",
        fontsize=look().context.label,
        fontweight="normal",
        color=look().page.soft,
    )
    axes.set_zlim(bottom=0)
    axes.view_init(elev=26, azim=-50)
    axes.set_box_aspect((1.15, 1.0, 0.72), zoom=0.88)  # pyright: ignore[reportArgumentType]


def _curves(
    figure: Figure,
    places: SubplotSpecs,
    ds: xr.Dataset,
    statistics: list[str],
    heights: tuple[float, float] | None,
) -> list[Axes]:
    """Draw each statistic of some sizes against l, all to one scale."""
    shown = ds.sel(hidden_size=_hidden_sizes(ds["hidden_size"].values))
    is_log = heights is not None or _is_over_decades(shown)
    is_row = places[0].rowspan == places[-1].rowspan
    panels: list[Axes] = []
    for place, statistic in zip(places, statistics, strict=True):
        axes = figure.add_subplot(place, sharey=panels[0] if panels else None)
        panels.append(axes)
        if axes is panels[0]:
            _scale(axes, shown, heights, is_log=is_log)
        is_named = axes is panels[0] or not is_row
        heading(axes, _STATISTICS[statistic], _DISTANCE if is_named else " ")
        axes.tick_params(labelleft=is_named)
        length_axis(axes, ds["length"].values)
        faint_grid(axes)
        names_beside(axes, _lines(axes, shown, statistic))
        if statistic == "discrepancy":
            _intervals(axes, shown, is_log=is_log)
    return panels


def _lines(axes: Axes, shown: xr.Dataset, statistic: str) -> list[Name]:
    """Draw a line for each size; return their names, with their last values."""
    colours = look().steps(cell_of(shown), shown.sizes["hidden_size"])
    inks = name_inks(cell_of(shown), colours)
    least, _ = axes.get_ylim()
    names = []
    sizes = shown["hidden_size"].values
    for size, colour, ink in zip(sizes, colours, inks, strict=True):
        values = shown[statistic].sel(hidden_size=size).values
        axes.plot(shown["length"].values, values, color=colour, label=f"k = {size}")
        last = float(values[-1])
        arrow = " \N{DOWNWARDS ARROW}" if last < least else ""
        text = f"k = {size}: {written(last)}{arrow}"
        names.append(Name(last, text, ink, is_bold=True))
    return names


def _intervals(axes: Axes, shown: xr.Dataset, *, is_log: bool) -> None:
    """Draw the intervals of the means: whiskers on a logarithmic axis, else bands."""
    length, number = shown["length"].values, shown.sizes["hidden_size"]
    colours = look().steps(cell_of(shown), number)
    for i, colour in enumerate(colours):
        one = shown.isel(hidden_size=i)
        low, high = interval(one, "discrepancy")
        if not is_log:
            band(axes, length, (low, high), colour)
            continue
        whiskers_or_bounds(
            axes,
            length,
            one["discrepancy"].values,
            (low.values, high.values),
            colour,
            turn=i,
            num_turns=number,
        )


def _scale(
    axes: Axes,
    shown: xr.Dataset,
    heights: tuple[float, float] | None,
    *,
    is_log: bool,
) -> None:
    """Let the axis begin at 0, or be logarithmic."""
    least, highest = _range(shown)
    if is_log:
        axes.set_yscale("log", nonpositive="clip")
        lowest = max(least / _BELOW, _EXTREMES[0])
        axes.set_ylim(heights or (lowest, 1.5 * highest))
    else:
        axes.set_ylim(0, 1.05 * highest or 1)


def _is_over_decades(shown: xr.Dataset) -> bool:
    """Return whether the curves need a logarithmic axis."""
    least, highest = _range(shown)
    return highest > _DECADES * least


def _range(shown: xr.Dataset) -> tuple[float, float]:
    """Return the least mean above 0, and the largest end of an interval."""
    _, upper = interval(shown, "discrepancy")
    both = shown["discrepancy"].values, upper.values
    values, ends = (one[np.isfinite(one)] for one in both)
    least = np.min(values[values > 0], initial=np.inf)
    highest = max(values.max(initial=0.0), ends.max(initial=0.0))
    return float(least), min(float(highest), _EXTREMES[1])


def _hidden_sizes(present: np.ndarray) -> list[int]:
    """Return 1, 5, 10, 20 as far as they are there; else up to four, evenly spread."""
    shown = [size for size in _SHOWN if size in present]
    if shown:
        return shown
    return present[spread(len(present), _MOST_OTHERS)].tolist()
