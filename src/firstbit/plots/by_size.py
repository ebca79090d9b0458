"""Cells side by side: a panel for each hidden size, and a line for each cell."""

import json
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from firstbit.errors import SettingError
from firstbit.look import cell_name
from firstbit.plots.inks import Marks, cell_colours, cell_marks, name_inks
from firstbit.plots.panels import Size, blank, heading, spread
from firstbit.plots.styles import look
from firstbit.plots.text import short
from firstbit.plots.widths import Width

MOST_SIZES = 4
"""Panels at most."""


_NAMES, _NARROWEST = 2.0, 1.2
"""Inches on a page of what stands beside the panels, and of each of them."""


class Line(NamedTuple):
    """A cell as it is drawn in all panels."""

    label: str
    colour: str
    ink: str
    marks: Marks
    result: xr.Dataset


def lines_of(results: Sequence[xr.Dataset], num_points: int) -> list[Line]:
    """Return the cells with their names and colours.

    Args:
        results: one for each cell.
        num_points: points of a line.
    """
    settings = [json.loads(one.attrs["configuration"]) for one in results]
    known = [one.get("catalogue_name") or one["cell"] for one in settings]
    colours = cell_colours(known)
    marks = cell_marks(known, num_points)
    lines = []
    for i, result in enumerate(results):
        label = short(cell_name(settings[i]["cell"]))
        ink = _ink(known[i], colours[i])
        lines.append(Line(label, colours[i], ink, marks[i], result))
    return lines


def laws_text(results: Sequence[xr.Dataset]) -> str:
    """Return the laws of all cells for the last line of a figure, each with its cell.

    A law that all have stands alone.
    """
    laws, names = [], []
    for result in results:
        settings = json.loads(result.attrs["configuration"])
        laws.append(short(str(settings.get("initializer", ""))))
        names.append(short(cell_name(settings["cell"])))
    if len(set(laws)) == 1:
        return f"weights {laws[0]}"
    told = [f"{law} ({name})" for law, name in zip(laws, names, strict=True)]
    return f"weights {', '.join(told)}"


def _ink(name: str, colour: str) -> str:
    """Return the colour of a cell's name: of one among shades, the shade."""
    if colour == look().hue(name):
        return look().ink(name)
    return name_inks(name, [colour])[0]


def require_results(results: Sequence[xr.Dataset], figure: str) -> None:
    """Raise `SettingError` where there are no results for a figure of that name."""
    if not results:
        raise SettingError(f"{figure}: expected some results, got none.")


def require_alike(
    results: Sequence[xr.Dataset], figure: str, names: Sequence[str]
) -> None:
    """Raise `SettingError` unless all results have the attributes of the first."""
    for name in names:
        for result in results:
            wanted, got = results[0].attrs[name], result.attrs[name]
            if wanted != got:
                raise SettingError(
                    f"{figure}: expected results of the same {name}, got {wanted} and "
                    f"{got}; measure all cells alike."
                )


def nets_text(result: xr.Dataset) -> str:
    """Return over how many nets a mean is, for the last line of a figure."""
    number = int(result.attrs["num_draws"])
    return f"mean of {number:,} nets" if number > 1 else "one net each"


def hidden_sizes(results: Sequence[xr.Dataset]) -> list[int]:
    """Return the sizes that some cell has, up to `MOST_SIZES`, evenly spread."""
    every = [one["hidden_size"].values for one in results]
    present = np.unique(np.concatenate(every))
    places = spread(len(present), MOST_SIZES)
    return present[places].tolist()


def of_size(lines: Sequence[Line], size: int) -> list[Line]:
    """Return the cells that were measured at a size, there alone."""
    found = []
    for line in lines:
        if size in line.result["hidden_size"]:
            found.append(line._replace(result=line.result.sel(hidden_size=size)))
    return found


def panel_each(
    lines: Sequence[Line],
    title: str,
    width: Width | None,
    draw: Callable[[Axes, list[Line]], None],
    share: str,
) -> tuple[Figure, list[Axes]]:
    """Return a figure with a panel for each size, and its panels.

    Args:
        lines: the cells.
        title: above the figure.
        width: of the figure.
        draw: draws the cells that were measured at a size.
        share: the name of the y axis, which all panels have.
    """
    sizes = hidden_sizes([line.result for line in lines])
    size_on_page = Size(2.6 + 1.9 * len(sizes), 3.7)
    figure = blank(
        size_on_page,
        title,
        width,
        _NAMES + _NARROWEST * len(sizes),
    )
    (panels,) = figure.subplots(1, len(sizes), sharey=True, squeeze=False)
    for size, axes in zip(sizes, panels, strict=True):
        draw(axes, of_size(lines, size))
        heading(axes, f"k = {size}", share if axes is panels[0] else " ")
    return figure, [*panels]
