"""How well a read-out decodes a symbol of the past, by lag: cells side by side."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from firstbit.errors import SettingError, shown
from firstbit.plots.by_size import (
    Line,
    laws_text,
    lines_of,
    nets_text,
    panel_each,
    require_alike,
    require_results,
)
from firstbit.plots.checks import (
    coordinates,
    interval_text,
    require_attributes,
    require_variables,
    with_interval,
)
from firstbit.plots.panels import finished
from firstbit.plots.past import decoded_panel
from firstbit.plots.sources import source_line
from firstbit.plots.styles import styled
from firstbit.plots.text import percent
from firstbit.plots.widths import Width

_GRID = ("hidden_size", "readout", "lag")
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
    share = "share of symbols decoded right"
    figure, panels = panel_each(lines, title, width, _panel, share)
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
    require_alike(results, "decodability", ["words"])


def _require_readout(result: xr.Dataset, readout: str) -> None:
    known = result["readout"].values.tolist()
    if readout not in known:
        raise SettingError(
            f"decodability: expected a `readout` from {', '.join(known)}, got "
            f"'{shown(readout)}'."
        )


def _panel(axes: Axes, lines: Sequence[Line]) -> None:
    """Draw all cells of one size, each with its interval, its name and its reach."""
    decoded_panel(axes, lines, _ring)


def _ring(axes: Axes, line: Line) -> None:
    """Mark the reach."""
    one = line.result
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
        markeredgecolor=line.colour,
        markeredgewidth=1.5,
    )


def _notes(results: Sequence[xr.Dataset], readout: str) -> list[str]:
    """Return lines that say how the figure was made."""
    result = results[0]
    words = int(result.attrs["num_words"])
    above = percent(float(result.attrs["reach_above"]))
    return [
        f"{nets_text(result)} that read {words:,} words",
        laws_text(results),
        f"{readout} read-out",
        f"band: {interval_text(result, 'accuracy')}",
        f"ring: last lag surely above {above}",
    ]
