"""The (l,k)-discrepancy of several cells side by side: a column for each size."""

import json
from collections.abc import Sequence
from math import ceil

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from firstbit.datasets import interval
from firstbit.errors import SettingError, shown
from firstbit.plots.by_size import (
    MOST_SIZES,
    Line,
    hidden_sizes,
    lines_of,
    of_size,
    require_results,
)
from firstbit.plots.checks import (
    GRID,
    coordinates,
    interval_text,
    require_attributes,
    require_variables,
    with_interval,
)
from firstbit.plots.cut_intervals import band_or_bound
from firstbit.plots.names import Name, names_beside
from firstbit.plots.panels import (
    Size,
    band,
    blank,
    faint_grid,
    finished,
    heading,
    length_axis,
    limit,
)
from firstbit.plots.sources import source_line
from firstbit.plots.styles import look, styled
from firstbit.plots.text import short
from firstbit.plots.widths import Width

MOST_LINES = 5
"""Cells in one panel at most."""

_WIDE, _PANEL = 7.5, 1.6
"""Inches on a page: of small multiples, and of a panel in them."""

_NAMES, _NARROWEST = 1.9, 1.2
"""Inches on a page of what stands beside the columns, and of each of them."""

_NEEDED = {
    **coordinates(*GRID),
    "median": GRID,
    **with_interval("discrepancy", GRID),
    **with_interval("retained", GRID),
}


@styled
def several_cells(
    results: Sequence[xr.Dataset],
    *,
    title: str | None = None,
    width: Width | None = None,
) -> Figure:
    """Draw D(l,k) of several cells against l, above the share of nets that retain it.

    There is a column for each hidden size, at most four, evenly spread. More than five
    cells have more lines than can be told apart: each has a panel of its own, at one
    size, with the others in grey; the last line says so.

    D(l,k) is a distance of hidden states, and cells have states of different scale:
    compare where curves bend and how steeply they fall, or the share below.

    Args:
        results: of `firstbit.discrepancy`, one for each cell, over the same words.
        title: above the figure; by default it says what is drawn, "" for none.
        width: of the figure: inches, or a text such as `183 mm` or `720 px`.

    Raises:
        SettingError: there is no result, a variable is missing, the words or the
            thresholds differ, or it is no width, or too small.

    Example:
        >>> import jax
        >>> from firstbit import discrepancy
        >>> asked = {"length": 3, "num_draws": 8, "key": jax.random.key(0)}
        >>> figure = several_cells([discrepancy("gru:2", **asked)])
        >>> [axes.get_ylabel() for axes in figure.axes]
        ['D(l,k)', 'share of nets above 0.001']

    References:
        Stérin, Farrugia, Gripon 2017, Definition V.1.
    """
    lines = _lines(results)
    sizes = hidden_sizes(results)
    if title is None:
        title = "How far apart two words drive random nets, by cell"
    if len(lines) > MOST_LINES:
        return _one_each(lines, results, title, width)
    size = Size(2.0 + 1.9 * len(sizes), 5.0)
    figure = blank(size, title, width, _NAMES + _NARROWEST * len(sizes))
    panels = figure.subplots(2, len(sizes), sharex=True, sharey="row", squeeze=False)
    for size, (distances, shares) in zip(sizes, panels.T, strict=True):
        heading(distances, f"k = {size}", " ")
        _draw_distances(distances, lines, size)
        _draw_shares(shares, lines, size)
        length_axis(shares, _lengths(results))
    _scale(panels[0, 0], results, sizes)
    heading(panels[0, 0], f"k = {sizes[0]}", "D(l,k)")
    heading(panels[1, 0], "", f"share of nets above {_threshold(results):g}")
    _name(panels[0, -1], lines, sizes[-1])
    source_line(figure, *_notes(results))
    return finished(*panels.flat)


def _one_each(
    lines: Sequence[Line],
    results: Sequence[xr.Dataset],
    title: str,
    width: Width | None,
) -> Figure:
    """Draw a panel for each cell, with the others in grey, at the commonest size."""
    size = _commonest_size(results)
    there = [line for line in lines if size in line.result["hidden_size"]]
    room = Size(_WIDE, 1.0).seen(width).width / look().scale
    fitting = max(1, room // _PANEL)
    columns = int(min(MOST_SIZES, len(there), fitting))
    rows = ceil(len(there) / columns)
    figure = blank(
        Size(_WIDE, 0.9 + 1.7 * rows),
        title,
        width,
        _PANEL,
    )
    grid = figure.subplots(
        rows,
        columns,
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    for place, axes in enumerate(grid.flat):
        if place >= len(there):
            axes.set_visible(False)
            continue
        _draw_alone(axes, there[place], there, size)
        if place + columns >= len(there):
            axes.tick_params(labelbottom=True)
            length_axis(axes, _lengths(results))
    _scale(grid[0, 0], results, [size])
    grid[0, 0].set_ylabel(
        "D(l,k)",
        rotation=0,
        ha="left",
        va="bottom",
    )
    many = f"k = {size}; {len(there)} cells, more than hues: a panel each, others grey"
    source_line(figure, many, *_notes(results))
    return finished(*grid.flat)


def _draw_alone(axes: Axes, line: Line, all_of: Sequence[Line], size: int) -> None:
    """Draw a cell as among few, before the means of all."""
    for other in of_size(all_of, size):
        axes.plot(
            other.result["length"],
            other.result["discrepancy"],
            color=look().page.hair,
            linewidth=look().width("limit"),
        )
    _draw_distances(axes, [line], size)
    heading(axes, line.label, " ").set_color(line.ink)


def _commonest_size(results: Sequence[xr.Dataset]) -> int:
    """Return the size that most cells have; of several, the largest."""
    present = np.concatenate([one["hidden_size"].values for one in results])
    sizes, counts = np.unique(present, return_counts=True)
    return int(sizes[counts == counts.max()].max())


def _lines(results: Sequence[xr.Dataset]) -> list[Line]:
    """Return the cells with their names and colours.

    Raises:
        SettingError: as `several_cells`.
    """
    require_results(results, "several_cells")
    settings = []
    for result in results:
        require_variables(result, "several_cells", _NEEDED)
        require_attributes(result, "several_cells", ["configuration", "threshold"])
        settings.append(json.loads(result.attrs["configuration"]))
    _require_same(settings, "words")
    _require_same(settings, "threshold")
    same_law = len({one["initializer"] for one in settings}) == 1
    lines = []
    found = lines_of(results, len(_lengths(results)))
    for one, line in zip(settings, found, strict=True):
        label = line.label
        if not same_law:
            label += f", weights {short(one['initializer'])}"
        ink = look().ink(one.get("catalogue_name") or one["cell"])
        result = line.result.transpose(*GRID, ...)
        lines.append(line._replace(label=label, ink=ink, result=result))
    return lines


def _require_same(settings: Sequence[dict], name: str) -> None:
    """Raise `SettingError` if results differ in a setting."""
    first, *others = [one.get(name) for one in settings]
    for other in others:
        if other != first:
            raise SettingError(
                f"several_cells: expected results of the same {name}, got "
                f"{shown(str(first))} and {shown(str(other))}; measure them alike."
            )


def _lengths(results: Sequence[xr.Dataset]) -> np.ndarray:
    """Return all lengths at which some cell was measured."""
    lengths = [one["length"].values for one in results]
    return np.unique(np.concatenate(lengths))


def _threshold(results: Sequence[xr.Dataset]) -> float:
    return float(results[0].attrs["threshold"])


def _draw_distances(axes: Axes, lines: Sequence[Line], size: int) -> None:
    """Draw the mean of each cell with its interval, and the median dotted."""
    dots = look().width("median")
    present = of_size(lines, size)
    for _, colour, _, marks, one in present:
        length = one["length"].values
        mean = one["discrepancy"].values
        axes.plot(length, mean, color=colour, **marks._asdict())
        axes.plot(length, one["median"].values, ":", color=colour, linewidth=dots)
        ends = interval(one, "discrepancy")
        band_or_bound(axes, length, mean, ends, colour, len(present))
    faint_grid(axes)


def _draw_shares(axes: Axes, lines: Sequence[Line], size: int) -> None:
    """Draw the share of nets above the threshold with its interval."""
    for _, colour, _, marks, one in of_size(lines, size):
        length = one["length"].values
        retained = one["retained"].values
        axes.plot(length, retained, color=colour, clip_on=False, **marks._asdict())
        band(axes, length, interval(one, "retained"), colour)
    limit(axes, 0.5)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    faint_grid(axes)


def _scale(axes: Axes, results: Sequence[xr.Dataset], sizes: Sequence[int]) -> None:
    """Let the axis of distances be logarithmic, if there are any."""
    drawn = []
    for result in results:
        shown_sizes = np.isin(result["hidden_size"].values, sizes)
        means = result["discrepancy"].transpose(*GRID).values
        drawn.append(means[shown_sizes].ravel())
    positive = np.concatenate(drawn)
    positive = positive[positive > 0]
    if not len(positive):
        return
    axes.set_yscale("log", nonpositive="mask")
    axes.set_ylim(positive.min() / 2, 2 * positive.max())


def _name(axes: Axes, lines: Sequence[Line], size: int) -> None:
    """Name each cell at its line in the last column, or above those that have none."""
    names = []
    for line in lines:
        at_size = of_size([line], size)
        end = float(at_size[0].result["discrepancy"][-1]) if at_size else np.inf
        name = line.label if at_size else f"{line.label}: not measured here"
        height = end if end > 0 else axes.get_ylim()[0]
        _, top = axes.get_ylim()
        names.append(Name(min(height, top), name, line.ink, is_bold=True))
    names_beside(axes, names)


def _notes(results: Sequence[xr.Dataset]) -> list[str]:
    """Return lines that say how the figure was made."""
    draws = sorted({int(one.attrs["num_draws"]) for one in results})
    number = " or ".join(f"{each:,}" for each in draws)
    if draws == [1]:
        return ["each cell is one net"]
    named = interval_text(results[0], "discrepancy")
    return [
        f"mean of {number} nets with its {named}; dotted: median",
        "arrows: the interval goes far beyond",
    ]
