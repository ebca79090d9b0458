"""How many runs succeed, with intervals."""

from collections.abc import Sequence
from math import ceil
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from firstbit.datasets import interval
from firstbit.errors import SettingError
from firstbit.look.roles import YOURS, family_of
from firstbit.plots.checks import require_variables, with_interval
from firstbit.plots.inks import cell_colours, readable, run_colour, run_mark
from firstbit.plots.panels import Size, blank, finished, heading, limit, one_panel
from firstbit.plots.styles import look, styled
from firstbit.plots.widths import Width

_DIMS = ("cell", "setting")

LONG_LABEL = 12
"""Labels with more letters are turned, so that they don't meet."""

_NARROWEST, _BESIDE, _POINT = 3.2, 1.9, 0.05
"""Inches on a page: of the narrowest figure, beside the points, and of each of them."""

_PANEL, _HIGH = 1.6, 1.9
"""Inches on a page of a panel among several."""

_ROW, _APART = 0.42, 0.24
"""Inches of a row, and how far its settings are apart, in rows."""

_MOST_IN_A_ROW = 2

RATE = "share of runs that solve"
HALF = "one half"


class _Ink(NamedTuple):
    """How the points of one cell look."""

    colour: str
    mark: str


@styled
def success_rates(
    ds: xr.Dataset,
    *,
    xlabel: str,
    title: str | None = None,
    ax: Axes | None = None,
    joined: bool = False,
    across: bool = False,
    rows: bool = False,
    width: Width | None = None,
) -> Figure:
    """Draw success rates with their intervals, a panel for each cell.

    Each cell has the colour and the mark of its family; a line marks one half.

    Args:
        ds: `success_rate(cell, setting)` and its interval `success_rate_ci`, NaN where
            nothing was measured.
        xlabel: what the settings are.
        title: above the figure.
        ax: the panel to draw one cell into; by default those of a new figure.
        joined: whether a line joins the points of each cell, for settings that are
            numbers; the other cells stand in grey behind it.
        across: whether the settings stand below each other, the first on top, and the
            rates go across: their names may be long.
        rows: whether the cells do so instead, with up to two settings a row: the first
            a ring, the second filled.
        width: of the new figure: inches, or a text such as `89 mm` or `540 px`.

    Returns:
        The figure; with `ax`, the one that it belongs to.

    Raises:
        SettingError: a variable is missing, there are too many settings for `rows`,
            `ax` is given for several cells that are no rows, or it is no width, or too
            small.

    Example:
        >>> variables = {
        ...     "success_rate": (("cell", "setting"), [[0.5]]),
        ...     "success_rate_ci": (("cell", "setting", "ci_bound"), [[[0.3, 0.7]]])}
        >>> coords = {"cell": ["GRU"], "setting": ["5"], "ci_bound": ["lower", "upper"]}
        >>> figure = success_rates(xr.Dataset(variables, coords), xlabel="lag")
        >>> [text.get_text() for text in figure.axes[0].get_xticklabels()]
        ['5']
    """
    require_variables(ds, "success_rates", with_interval("success_rate", _DIMS))
    ds = ds.transpose(*_DIMS, ...)
    if rows:
        return _cells_as_rows(ds, title, ax, width)
    if ax is not None and ds.sizes["cell"] > 1:
        raise SettingError(
            f"success_rates: expected no `ax` for {ds.sizes['cell']} cells, which have "
            "a panel each; leave it out, or choose a cell."
        )
    how = _How(xlabel, joined=joined, across=across)
    inks = _inks([str(cell) for cell in ds["cell"].values])
    if len(inks) == 1:
        axes = one_panel(ax, Size(7.5, 3.75), title, width, _least(ds, how))
        _cell(axes, ds, 0, inks, how)
        _name_half(axes, across=across)
        return finished(axes)
    return _cell_each(ds, inks, how, title, width)


class _How(NamedTuple):
    """How the settings stand: what they are called, and in which direction."""

    name: str
    joined: bool
    across: bool


def _least(ds: xr.Dataset, how: _How) -> float:
    """Return the inches on a page of the narrowest figure of one cell."""
    points = 1 if how.across or how.joined else ds.sizes["setting"]
    return max(_NARROWEST, _BESIDE + _POINT * points)


def _cell_each(
    ds: xr.Dataset,
    inks: Sequence[_Ink],
    how: _How,
    title: str | None,
    width: Width | None,
) -> Figure:
    """Draw a panel for each cell, named in its colour; all have the same axes."""
    room = Size(7.5, 1.0).seen(width).width / look().scale
    wanted = max(_PANEL, _least(ds, how) - _PANEL)
    rows = ceil(len(inks) / max(1, room // wanted))
    columns = ceil(len(inks) / rows)
    size = Size(7.5, 1.0 + _HIGH * rows)
    figure = blank(size, title, width, _least(ds, how))
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    panels = grid.ravel()
    for place, axes in enumerate(panels):
        if place >= len(inks):
            axes.set_visible(False)
            continue
        _cell(axes, ds, place, inks, how)
        name = str(ds["cell"].values[place])
        ink = readable(inks[place].colour, look().ink(name))
        heading(axes, name, " ").set_color(ink)
        if place + columns < len(inks):
            axes.set_xlabel("")
        else:
            axes.tick_params(labelbottom=True)
    for axes in grid[0] if how.across else grid[:, -1]:
        _name_half(axes, across=how.across)
    if not how.across:
        panels[0].set_ylabel(RATE, rotation=0, ha="left", va="bottom")
    return finished(*panels)


def _cell(
    axes: Axes, ds: xr.Dataset, place: int, inks: Sequence[_Ink], how: _How
) -> None:
    """Draw one cell before the lines of the others."""
    labels = [str(setting) for setting in ds["setting"].values]
    where = _places(labels, how)
    if how.joined:
        axes.plot(
            where,
            ds["success_rate"].transpose("setting", "cell"),
            color=look().page.hair,
            linewidth=look().width("limit"),
        )
    one = ds.isel(cell=place)
    if how.across:
        _points_across(axes, where, one, inks[place])
        _rates_across(axes, labels, how.name)
    else:
        _points(axes, where, one, inks[place], joined=how.joined)
        _rates_upwards(axes, where, labels, how.name)


def _places(labels: Sequence[str], how: _How) -> np.ndarray:
    """Return where settings stand: numbers on a logarithmic axis, names in steps."""
    in_steps = np.arange(float(len(labels)))
    if not how.joined:
        return in_steps
    try:
        numbers = np.array([*map(float, labels)])
    except ValueError:
        return in_steps
    is_rising = (np.diff(numbers) > 0).all()
    is_sorted = bool(numbers[0] > 0 and is_rising)
    return np.log2(numbers) if is_sorted else in_steps


def _cells_as_rows(
    ds: xr.Dataset, title: str | None, ax: Axes | None, width: Width | None
) -> Figure:
    """Draw a row for each cell: a ring for the first setting, a mark for the second."""
    if ds.sizes["setting"] > _MOST_IN_A_ROW:
        raise SettingError(
            f"success_rates: expected up to {_MOST_IN_A_ROW} settings for `rows`, got "
            f"{ds.sizes['setting']}; leave it out."
        )
    cells = [str(cell) for cell in ds["cell"].values]
    size = Size(7.5, 1.4 + _ROW * len(cells))
    axes = one_panel(ax, size, title, width, _NARROWEST)
    inks = _inks(cells)
    for place, ink in enumerate(inks):
        _row(
            axes,
            place,
            ds.isel(cell=place),
            ink,
        )
    _rates_across(axes, cells, "")
    _name_half(axes, across=True)
    _name_settings(axes, [str(one) for one in ds["setting"].values])
    figure = finished(axes)
    for label, cell in zip(axes.get_yticklabels(), cells, strict=True):
        label.set_color(look().ink(cell))
    return figure


def _row(axes: Axes, place: int, one: xr.Dataset, ink: _Ink) -> None:
    """Draw the rates of one cell with whiskers, the first setting a little above."""
    rates, reach = _whiskers(one)
    middle = (len(rates) - 1) / 2
    shift = _APART * (np.arange(len(rates)) - middle)
    for number, rate in enumerate(rates):
        axes.errorbar(
            rate,
            place + shift[number],
            xerr=reach[:, number : number + 1],
            color=ink.colour,
            elinewidth=look().width("whisker"),
            **_filled(ink, number),
        )


def _filled(ink: _Ink, number: int) -> dict[str, Any]:
    """Return how the mark of a setting looks: the first is a ring."""
    if number:
        return {"fmt": ink.mark}
    ring = {"markerfacecolor": look().page.page, "markeredgecolor": ink.colour}
    return {"fmt": ink.mark, "markeredgewidth": look().width("median"), **ring}


def _name_settings(axes: Axes, settings: list[str]) -> None:
    """Say which setting is the ring, above the panel."""
    grey = _Ink(look().page.soft, "o")
    handles = []
    for number, setting in enumerate(settings):
        look_of = _filled(grey, number)
        mark = look_of.pop("fmt")
        handles.append(
            Line2D(
                [],
                [],
                linestyle="",
                marker=mark,
                color=grey.colour,
                **look_of,
            )
        )
        handles[-1].set_label(setting)
    place = {"loc": "lower left", "bbox_to_anchor": (0, 1.05), "borderaxespad": 0}
    axes.legend(handles=handles, ncols=len(settings), **place)


def _rates_upwards(
    axes: Axes, where: np.ndarray, labels: list[str], xlabel: str
) -> None:
    limit(axes, 0.5)
    axes.set_xticks(where, labels)
    if max(map(len, labels), default=0) > LONG_LABEL:
        axes.tick_params("x", rotation=30)
        for label in axes.get_xticklabels():
            label.set_horizontalalignment("right")
    axes.set_xlabel(xlabel)
    heading(axes, "", RATE)
    axes.set_ylim(-0.03, 1.03)
    axes.yaxis.set_major_formatter(_percent())
    axes.set_xlim(where[0] - 0.5, where[-1] + 0.5)


def _rates_across(axes: Axes, labels: list[str], ylabel: str) -> None:
    width = look().width("limit")
    axes.axvline(0.5, color=look().page.line, linewidth=width, zorder=1)
    axes.grid(axis="x", color=look().page.hair)
    axes.grid(visible=False, axis="y")
    axes.set_yticks(np.arange(len(labels)), labels)
    axes.set(xlabel=RATE, ylabel=ylabel)
    axes.set_xlim(-0.03, 1.03)
    axes.xaxis.set_major_formatter(_percent())
    axes.set_ylim(len(labels) - 0.5, -0.5)


def _name_half(axes: Axes, *, across: bool) -> None:
    """Name the line of one half: above it, or at its right end."""
    faint = {"color": look().page.soft, "fontsize": look().context.tick}
    if across:
        above: dict[str, Any] = {"xycoords": ("data", "axes fraction"), "ha": "center"}
        axes.annotate(HALF, (0.5, 1.01), **above, **faint)
    else:
        beside: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "va": "center"}
        axes.annotate(HALF, (1.01, 0.5), **beside, **faint)


def _percent() -> PercentFormatter:
    return PercentFormatter(1, symbol=" %")


def _inks(cells: Sequence[str]) -> list[_Ink]:
    """Return colour and mark of each cell: its family's, if any has one of its own."""
    families = [family_of(cell) for cell in cells]
    if all(family.name == YOURS for family in families):
        return [_Ink(run_colour(i), run_mark(i)) for i in range(len(cells))]
    marks = [family.mark for family in families]
    return list(map(_Ink, cell_colours(cells), marks))


def _points(
    axes: Axes, x: np.ndarray, one: xr.Dataset, ink: _Ink, *, joined: bool
) -> None:
    """Draw one cell's rates with whiskers."""
    rate, reach = _whiskers(one)
    axes.errorbar(
        x,
        rate,
        reach,
        fmt=f"{ink.mark}-" if joined else ink.mark,
        color=ink.colour,
        linewidth=look().width("limit"),
        elinewidth=look().width("whisker"),
    )


def _points_across(axes: Axes, y: np.ndarray, one: xr.Dataset, ink: _Ink) -> None:
    """Draw one cell's rates with whiskers to the left and right."""
    rate, reach = _whiskers(one)
    axes.errorbar(
        rate,
        y,
        xerr=reach,
        fmt=ink.mark,
        color=ink.colour,
        elinewidth=look().width("whisker"),
    )


def _whiskers(one: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Return one cell's rates, and how far their intervals go below and above."""
    rate = one["success_rate"].values
    lower, upper = interval(one, "success_rate")
    reach = np.stack([rate - lower.values, upper.values - rate])
    return rate, np.abs(reach)
