"""How a figure was made, in its last line: it is still said when the page is gone."""

import json
from typing import Any

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from firstbit.plots.panels import figure_of
from firstbit.plots.styles import look
from firstbit.plots.text import verbatim


def cell_of(ds: xr.Dataset) -> str:
    """Return the cell that a result measures; "" where it doesn't say."""
    settings = _settings(ds)
    return str(settings.get("catalogue_name") or settings.get("cell") or "")


def made_of(ds: xr.Dataset, *, names_cell: bool = True) -> str:
    """Return cell, law and number of nets, as far as a result says them.

    Args:
        ds: the result.
        names_cell: whether the cell is said: not where a panel has its name.

    Example:
        >>> made_of(xr.Dataset(attrs={"num_draws": 500}))
        '500 nets of each size'
    """
    settings = _settings(ds)
    parts = []
    if names_cell and "cell" in settings:
        parts.append(str(settings["cell"]))
    if isinstance(settings.get("initializer"), str):
        parts.append(f"weights {settings['initializer']}")
    if "num_draws" in ds.attrs:
        parts.append(f"{int(ds.attrs['num_draws']):,} nets of each size")
    return ", ".join(parts)


def neutral(title: str | None, what: str, ds: xr.Dataset) -> str:
    """Return a title as given; by default what is drawn, and of which cell.

    There is none where the result doesn't name its cell.

    Example:
        >>> of_gru = xr.Dataset(attrs={"configuration": '{"cell": "GRU"}'})
        >>> neutral(None, "D(l, k)", of_gru), neutral("mine", "D(l, k)", of_gru)
        ('D(l, k), GRU', 'mine')
    """
    if title is not None:
        return title
    cell = _settings(ds).get("cell")
    return f"{what}, {cell}" if cell else ""


def source_line(figure: Figure, *parts: str) -> None:
    """Write a line below a figure; empty parts are left out."""
    text = "; ".join(filter(None, parts))
    figure.supxlabel(
        verbatim(text),
        x=0.01,
        ha="left",
        fontsize=look().context.smallest,
        color=look().page.soft,
        wrap=True,
    )


def note(ax: Axes | None, axes: Axes, text: str, *parts: str) -> None:
    """Say what is drawn: in the last line, or above a panel of the caller's.

    Args:
        ax: the caller's panel; None where the figure is new.
        axes: the panel that was drawn into.
        text: what is drawn.
        parts: how it was made, for a new figure.
    """
    if ax is None:
        source_line(figure_of(axes), text, *parts)
        return
    ax.set_title(
        text,
        loc="right",
        fontsize=look().context.tick,
        fontweight="normal",
    )


def _settings(ds: xr.Dataset) -> dict[str, Any]:
    """Return what a result says about how it was made."""
    try:
        found = json.loads(ds.attrs.get("configuration", "{}"))
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
