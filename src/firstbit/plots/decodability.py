"""How well a read-out decodes a symbol of the past, by lag: cells side by side."""

import json
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from firstbit.datasets import interval
from firstbit.errors import SettingError, shown
from firstbit.look import cell_name
from firstbit.plots.checks import (
    coordinates,
    interval_text,
    require_attributes,
    require_variables,
    with_interval,
)
from firstbit.plots.inks import Marks, cell_colours, cell_marks
from firstbit.plots.names import Name, names_beside
from firstbit.plots.panels import Size, band, blank, faint_grid, finished, limit, spread
from firstbit.plots.sources import source_line
from firstbit.plots.styles import look, styled
from firstbit.plots.text import percent, short
from firstbit.plots.widths import Width

MOST_SIZES = 4
"""Panels at most."""

_GRID = ("hidden_size", "readout", "lag")
_LOWEST = 0.45
"""Bottom of the axis: below guessing lies noise alone."""

_ASKED = {
    "random": "How often the first symbol is decoded, random suffixes",
    "constant": "How often the first symbol is decoded, suffixes of zeros",
    "stream": "How often a symbol of a random stream is decoded",
}


class _Line(NamedTuple):
    """A cell as it is drawn in all panels."""

    label: str
    colour: str
    ink: str
    marks: Marks
    result: xr.Dataset


@styled
def decodability(
    results: Sequence[xr.Dataset],
    *,
    readout: str = "linear",
    title: str | None = None,
    width: Width | None = None,
) -> Figure:
    """Draw how often a read-out decodes the symbol m steps back, a panel for each k.

    A ring marks the reach, where there is one: the longest lag that is surely decoded.

    Args:
        results: of `firstbit.decodability`, one for each cell, over the same words.
        readout: which read-out.
        title: above the figure; by default it says what is decoded, "" for none.
        width: of the figure: inches, or a text such as `183 mm` or `720 px`.

    Raises:
        SettingError: there is no result, a variable or the read-out is missing, the
            words differ, or it is no width.

    Example:
        >>> import jax
        >>> from firstbit import Reading
        >>> from firstbit.memory import decodability as measure
        >>> asked = {"length": 3, "num_draws": 4, "key": jax.random.key(0)}
        >>> found = measure("gru:2", reading=Reading(num_words=40), **asked)
        >>> [axes.get_xlabel() for axes in decodability([found]).axes]
        ['symbols read since, m']
    """
    lines = _lines(results, readout)
    sizes = _hidden_sizes(results)
    words = str(results[0].attrs["words"])
    title = _ASKED.get(words, "") if title is None else title
    number = len(sizes)
    size_on_page = Size(2.6 + 1.9 * number, 3.4)
    figure = blank(size_on_page, title, width)
    (panels,) = figure.subplots(1, number, sharey=True, squeeze=False)
    for size, axes in zip(sizes, panels, strict=True):
        _panel(axes, lines, size)
    for size, axes in zip(sizes, panels, strict=True):
        axes.set_title(f"k = {size}", loc="left")
    source_line(figure, *_notes(results[0], readout))
    return finished(*panels)


def _lines(results: Sequence[xr.Dataset], readout: str) -> list[_Line]:
    """Return the cells with their names and colours.

    Raises:
        SettingError: as `decodability`.
    """
    if not results:
        raise SettingError("decodability: expected some results, got none.")
    needed = {
        **coordinates(*_GRID),
        **with_interval("accuracy", _GRID),
        "reach": _GRID[:2],
    }
    settings = []
    for result in results:
        require_variables(result, "decodability", needed)
        require_attributes(result, "decodability", ["configuration", "words"])
        _require_readout(result, readout)
        _require_words(result, results[0])
        settings.append(json.loads(result.attrs["configuration"]))
    known = [one.get("catalogue_name", "") for one in settings]
    num_lags = results[0].sizes["lag"]
    colours = cell_colours(known)
    marks = cell_marks(known, num_lags)
    lines = []
    for i, result in enumerate(results):
        label = short(cell_name(settings[i]["cell"]))
        chosen = result.sel(readout=readout)
        ink = _ink(known[i], colours[i])
        lines.append(_Line(label, colours[i], ink, marks[i], chosen))
    return lines


def _ink(name: str, colour: str) -> str:
    """Return the colour of a cell's name: of one among shades, the shade."""
    is_alone = colour == look().hue(name)
    return look().ink(name) if is_alone else colour


def _require_readout(result: xr.Dataset, readout: str) -> None:
    known = result["readout"].values.tolist()
    if readout not in known:
        raise SettingError(
            f"decodability: expected a `readout` from {', '.join(known)}, got "
            f"'{shown(readout)}'."
        )


def _require_words(result: xr.Dataset, first: xr.Dataset) -> None:
    words = result.attrs["words"]
    if words != first.attrs["words"]:
        raise SettingError(
            f"decodability: expected results of the same words, got "
            f"{first.attrs['words']} and {words}; measure them alike."
        )


def _hidden_sizes(results: Sequence[xr.Dataset]) -> list[int]:
    """Return the sizes that some cell has, up to `MOST_SIZES`, evenly spread."""
    every = [one["hidden_size"].values for one in results]
    present = np.unique(np.concatenate(every))
    places = spread(len(present), MOST_SIZES)
    return present[places].tolist()


def _panel(axes: Axes, lines: Sequence[_Line], size: int) -> None:
    """Draw all cells of one size, each with its interval, its name and its reach."""
    axes.set_ylim(_LOWEST, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    axes.set_xlabel("symbols read since, m")
    faint_grid(axes)
    limit(axes, 0.5)
    names = [Name(0.5, "guessing", look().page.soft)]
    for label, colour, ink, marks, result in lines:
        if size not in result["hidden_size"]:
            continue
        one = result.sel(hidden_size=size)
        lag = one["lag"].values
        accuracy = one["accuracy"].values
        axes.plot(lag, accuracy, color=colour, **marks._asdict())
        band(axes, lag, interval(one, "accuracy"), colour)
        _ring(axes, one, colour)
        last = float(accuracy[-1])
        text = f"{label} {percent(round(last, 3))}"
        names.append(Name(last, text, ink, is_bold=True))
    names_beside(axes, names)


def _ring(axes: Axes, one: xr.Dataset, colour: str) -> None:
    """Mark the reach."""
    reach = float(one["reach"])
    if not np.isfinite(reach):
        return
    height = float(one["accuracy"].sel(lag=int(reach)))
    axes.plot(
        reach,
        height,
        linestyle="",
        marker="o",
        markersize=9,
        markerfacecolor="none",
        markeredgecolor=colour,
        markeredgewidth=1.5,
    )


def _notes(result: xr.Dataset, readout: str) -> list[str]:
    """Return lines that say how the figure was made."""
    settings = json.loads(result.attrs["configuration"])
    number = int(result.attrs["num_draws"])
    words = int(result.attrs["num_words"])
    nets = f"mean of {number:,} nets" if number > 1 else "one net each"
    above = percent(float(result.attrs["reach_above"]))
    return [
        f"{nets} that read {words:,} words",
        f"weights {short(str(settings.get('initializer', '')))}",
        f"{readout} read-out",
        f"band: {interval_text(result, 'accuracy')}",
        f"ring: last lag surely above {above}",
    ]
