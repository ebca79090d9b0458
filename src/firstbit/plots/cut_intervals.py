"""Intervals on a logarithmic axis: cut where they go far beyond their estimate."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.typing import ColorType
from numpy.typing import ArrayLike

from firstbit.plots.panels import band, says_a_size, spread
from firstbit.plots.styles import look

_ARROWS = 3
"""Arrows on a band that say that an interval reaches far beyond."""

ARROWS = ("v", "^")
"""Their marks, below and above."""

_NUMBER = 4
"""Whiskers on a curve."""


def band_or_bound(
    axes: Axes,
    x: ArrayLike,
    middle: ArrayLike,
    ends: tuple[ArrayLike, ArrayLike],
    colour: ColorType,
    number: int = 1,
) -> None:
    """Draw the interval of an estimate on a logarithmic axis.

    Where it goes more than a decade below the estimate, all that it says is "at most":
    it is cut a decade below, and small arrows point down. So it is a decade above.

    Args:
        axes: the panel.
        x: where the estimates are.
        middle: the estimates.
        ends: of their intervals.
        colour: of the band.
        number: of bands in the panel; of many that may overlap each is paler.
    """
    low, high, is_below, is_above = _cut_ends(middle, ends)
    opacity = look().opacity("band") / np.sqrt(number)
    band(axes, x, (low, high), colour, opacity)
    _arrows(axes, x, low, _few(is_below), ARROWS[0], colour)
    _arrows(axes, x, high, _few(is_above), ARROWS[1], colour)


class _Cut(NamedTuple):
    """Ends of intervals, and where they are cut a decade beside the estimate."""

    low: np.ndarray
    high: np.ndarray
    is_below: np.ndarray
    is_above: np.ndarray


def _cut_ends(middle: ArrayLike, ends: tuple[ArrayLike, ArrayLike]) -> _Cut:
    """Cut intervals that go more than a decade below or above their estimate."""
    height, low, high = (np.asarray(values) for values in (middle, *ends))
    is_shown = height > 0
    is_below = is_shown & np.isfinite(low) & ~says_a_size(height, low)
    is_above = is_shown & np.isfinite(high) & ~says_a_size(high, height)
    lower = np.where(is_below, height / 10, low)
    upper = np.where(is_above, 10 * height, high)
    return _Cut(lower, upper, is_below, is_above)


def _few(is_cut: np.ndarray) -> np.ndarray:
    """Return a few of the places where a band is cut."""
    cut = np.flatnonzero(is_cut)
    if not cut.size:
        return cut
    return cut[spread(len(cut), _ARROWS)]


def _arrows(
    axes: Axes,
    x: ArrayLike,
    heights: np.ndarray,
    cut: np.ndarray,
    mark: str,
    colour: ColorType,
) -> None:
    """Draw arrows at the places where an interval is cut."""
    if not cut.size:
        return  # an empty line would stand in the list of the panel's lines
    axes.plot(
        np.asarray(x)[cut],
        heights[cut],
        linestyle="",
        marker=mark,
        markersize=4,
        color=colour,
    )


def whiskers_or_bounds(
    axes: Axes,
    x: np.ndarray,
    middle: np.ndarray,
    ends: tuple[np.ndarray, np.ndarray],
    colour: ColorType,
    *,
    turn: int,
    num_turns: int,
) -> None:
    """Draw a few intervals of a curve, cut as by `band_or_bound`, through its line.

    Args:
        axes: the panel, with a logarithmic axis.
        x: where the estimates are.
        middle: the estimates.
        ends: of their intervals.
        colour: of the curve.
        turn: number of the curve: each has its intervals at other places.
        num_turns: curves in the panel.
    """
    some = _some(len(x), turn, num_turns)
    places = x[some]
    low, high = ends
    cut = _cut_ends(middle[some], (low[some], high[some]))
    width = look().width("limit")
    axes.vlines(places, cut.low, cut.high, color=colour, linewidth=width)
    below = np.flatnonzero(cut.is_below)
    above = np.flatnonzero(cut.is_above)
    _arrows(axes, places, cut.low, below, ARROWS[0], colour)
    _arrows(axes, places, cut.high, above, ARROWS[1], colour)


def _some(number: int, turn: int, num_turns: int) -> np.ndarray:
    """Return a few places of a list, other ones at each turn."""
    step = number / _NUMBER
    places = step * (np.arange(_NUMBER) + (turn + 0.5) / num_turns)
    return np.unique(places.astype(int))
