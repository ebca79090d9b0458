"""Memory capacity: how much of each past input a read-out finds, cells side by side."""

from collections.abc import Sequence

import xarray as xr
from matplotlib.figure import Figure

from firstbit.plots.by_size import (
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
from firstbit.plots.past import held_panel
from firstbit.plots.sources import source_line
from firstbit.plots.styles import styled
from firstbit.plots.widths import Width

_BY_LAG = ("hidden_size", "lag")

_NOTHING = 0.005
"""Shares below this are drawn as 0."""


@styled
def capacity(
    results: Sequence[xr.Dataset],
    *,
    title: str | None = None,
    width: Width | None = None,
) -> Figure:
    """Draw the memory capacity against the lag, a panel for each k.

    Beside its name each cell has its total capacity, of all degrees, over N. The axis
    ends where no cell holds anything more; the last line says so.

    Args:
        results: of `firstbit.memory_capacity`, one for each cell, with the same inputs.
        title: above the figure; by default it says what is drawn, "" for none.
        width: of the figure: inches, or a text such as `183 mm` or `720 px`.

    Raises:
        SettingError: there is no result, a variable is missing, the inputs differ, or
            it is no width, or too small.

    Example:
        >>> import jax
        >>> from firstbit import Drive, memory_capacity
        >>> asked = {"num_draws": 2, "key": jax.random.key(0)}
        >>> found = memory_capacity("gru:2", drive=Drive(num_steps=100, lags=[3]),
        ...                         **asked)
        >>> [axes.get_xlabel() for axes in capacity([found]).axes]
        ['lag m (inputs)']
    """
    _require(results)
    held = [result["capacity"] for result in results]
    last = last_held(held)
    shown = [result.sel(lag=slice(0, last)) for result in results]
    lines = lines_of(shown, shown[0].sizes["lag"])
    if title is None:
        title = "How much of the input m steps back the state holds"
    share = "share of an input that is held"
    figure, panels = panel_each(lines, title, width, held_panel, share)
    source_line(figure, *_notes(results), beyond(*held))
    return finished(*panels)


def last_held(capacities: Sequence[xr.DataArray]) -> int:
    """Return the lag at which an axis of capacities ends: what comes after is nothing.

    Example:
        >>> held = xr.DataArray([1.0, 0.2, 0.0, 0.0, 0.0], {"lag": range(5)})
        >>> last_held([held])
        2
    """
    last = 0
    for held in capacities:
        lags = held["lag"].where(held > _NOTHING).max()
        last = max(last, int(lags.fillna(0)))
    return last + 1


def beyond(*capacities: xr.DataArray) -> str:
    """Say what lies beyond the end of such an axis; "" where nothing is left out."""
    last = last_held(capacities)
    known = capacities[0].dropna("lag", how="all")
    measured = int(known["lag"].max())
    if last >= measured:
        return ""
    return f"beyond m = {last}, up to {measured}: 0 %"


def _require(results: Sequence[xr.Dataset]) -> None:
    """Raise `SettingError` unless `capacity` can draw the results together."""
    require_results(results, "capacity")
    needed = {
        **coordinates(*_BY_LAG),
        **with_interval("capacity", _BY_LAG),
        **with_interval("total_capacity", _BY_LAG[:1]),
        "num_read": _BY_LAG[:1],
    }
    for result in results:
        require_variables(result, "capacity", needed)
        require_attributes(result, "capacity", ["configuration", "law", "scale"])
    require_alike(results, "capacity", ["law", "scale"])


def _notes(results: Sequence[xr.Dataset]) -> list[str]:
    """Return lines that say how the figure was made."""
    result = results[0]
    law, scale = result.attrs["law"], float(result.attrs["scale"])
    return [
        f"{nets_text(result)} over {int(result.attrs['num_steps']):,} steps",
        f"{law} inputs of scale {scale:g}",
        laws_text(results),
        f"band: {interval_text(result, 'capacity')}",
        "beside the names: total capacity, of all degrees",
    ]
