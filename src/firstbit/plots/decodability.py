"""How well a read-out decodes a symbol of the past, by lag: cells side by side."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from firstbit.datasets import interval
from firstbit.errors import SettingError, shown
from firstbit.plots.by_size import (
    Line,
    laws_text,
    lines_of,
    panel_each,
    require_results,
)
from firstbit.plots.checks import (
    coordinates,
    interval_text,
    require_attributes,
    require_variables,
    with_interval,
)
from firstbit.plots.names import Name, names_beside
from firstbit.plots.panels import band, faint_grid, finished, limit, whole_numbers
from firstbit.plots.sources import source_line
from firstbit.plots.styles import look, styled
from firstbit.plots.text import percent
from firstbit.plots.widths import Width

_GRID = ("hidden_size", "readout", "lag")
_LOWEST = 0.45
"""Bottom of the axis: below guessing lies noise alone."""

_ASKED = {
    "random": "How often the first symbol is decoded, random suffixes",
    "constant": "How often the first symbol is decoded, suffixes of zeros",
    "stream": "How often a symbol of a random stream is decoded",
}


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
            words differ, or it is no width, or too small.

    Example:
        >>> import jax
        >>> from firstbit import Reading
        >>> from firstbit.memory import decodability as measure
        >>> asked = {"length": 3, "num_draws": 4, "key": jax.random.key(0)}
        >>> found = measure("gru:2", reading=Reading(num_words=40), **asked)
        >>> [axes.get_xlabel() for axes in decodability([found]).axes]
        ['symbols read since, m']
    """
    _require(results, readout)
    chosen = [result.sel(readout=readout) for result in results]
    lines = lines_of(chosen, results[0].sizes["lag"])
    words = str(results[0].attrs["words"])
    title = _ASKED.get(words, "") if title is None else title
    figure, panels = panel_each(lines, title, width, _panel)
    source_line(figure, *_notes(results, readout))
    return finished(*panels)


def _require(results: Sequence[xr.Dataset], readout: str) -> None:
    """Raise `SettingError` unless `decodability` can draw the results together."""
    require_results(results, "decodability")
    needed = {
        **coordinates(*_GRID),
        **with_interval("accuracy", _GRID),
        "reach": _GRID[:2],
    }
    for result in results:
        require_variables(result, "decodability", needed)
        require_attributes(result, "decodability", ["configuration", "words"])
        _require_readout(result, readout)
        _require_words(result, results[0])


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


def _panel(axes: Axes, lines: Sequence[Line]) -> None:
    """Draw all cells of one size, each with its interval, its name and its reach."""
    axes.set_ylim(_LOWEST, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    axes.set_xlabel("symbols read since, m")
    whole_numbers(axes.xaxis)
    faint_grid(axes)
    limit(axes, 0.5)
    names = [Name(0.5, "guessing", look().page.soft)]
    for label, colour, ink, marks, one in lines:
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


def _notes(results: Sequence[xr.Dataset], readout: str) -> list[str]:
    """Return lines that say how the figure was made."""
    result = results[0]
    number = int(result.attrs["num_draws"])
    words = int(result.attrs["num_words"])
    nets = f"mean of {number:,} nets" if number > 1 else "one net each"
    above = percent(float(result.attrs["reach_above"]))
    return [
        f"{nets} that read {words:,} words",
        laws_text(results),
        f"{readout} read-out",
        f"band: {interval_text(result, 'accuracy')}",
        f"ring: last lag surely above {above}",
    ]
