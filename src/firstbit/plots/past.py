"""What nets still hold of the symbol m steps back: a line for each cell, by lag."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from firstbit.datasets import interval
from firstbit.plots.by_size import Line
from firstbit.plots.names import Name, names_beside
from firstbit.plots.panels import band, faint_grid, limit, whole_numbers
from firstbit.plots.styles import look
from firstbit.plots.text import percent

DECODED = (0.45, 1.02)
"""Ends of the axis: below guessing lies noise alone."""

HELD = (-0.03, 1.03)


def decoded_panel(
    axes: Axes,
    lines: Sequence[Line],
    mark: Callable[[Axes, Line], None] | None = None,
) -> None:
    """Draw how often a read-out decodes the symbol, of all cells.

    Args:
        axes: the panel.
        lines: the cells, with `accuracy` by lag.
        mark: draws something of a cell besides.
    """
    _share_by_lag(axes, DECODED, "symbols read since, m")
    limit(axes, 0.5)
    names = [Name(0.5, "guessing", look().page.soft)]
    for line in lines:
        last = _curve(axes, line, "accuracy")
        if mark is not None:
            mark(axes, line)
        names.append(_name(line, last, percent(round(last, 3))))
    names_beside(axes, names)


def held_panel(axes: Axes, lines: Sequence[Line]) -> None:
    """Draw the memory capacity of all cells; beside the names, that of all degrees.

    Args:
        axes: the panel.
        lines: the cells, with `capacity` by lag, `total_capacity` and `num_read`.
    """
    _share_by_lag(axes, HELD, "lag m (inputs)")
    names = []
    for line in lines:
        last = _curve(axes, line, "capacity")
        total = line.result["total_capacity"].item()
        most = line.result["num_read"].item()
        names.append(_name(line, last, f"{total:.3g} of {most:g}"))
    names_beside(axes, names)


def _share_by_lag(axes: Axes, ends: tuple[float, float], x_name: str) -> None:
    """Set the axes of shares against whole lags."""
    axes.set_ylim(*ends)
    axes.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    axes.set_xlabel(x_name)
    whole_numbers(axes.xaxis)
    faint_grid(axes)


def _curve(axes: Axes, line: Line, name: str) -> float:
    """Draw a number of one cell with its interval; return the last that is known."""
    values = line.result[name]
    lag = line.result["lag"].values
    axes.plot(lag, values.values, color=line.colour, **line.marks._asdict())
    band(axes, lag, interval(line.result, name), line.colour)
    known = values.dropna("lag").values
    return float(known[-1]) if known.size else np.nan


def _name(line: Line, height: float, text: str) -> Name:
    return Name(height, f"{line.label} {text}", line.ink, is_bold=True)
