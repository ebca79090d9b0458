"""Names of limits inside a panel, where no line runs through them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from firstbit.plots.names import Name, share_of_height
from firstbit.plots.panels import figure_of
from firstbit.plots.styles import look

_COLUMNS = np.linspace(0.0, 1.0, 401)
"""Of a panel, as shares of its width: where a name may begin."""

_CLEAR = 2.5
"""Points between a name and a line."""

_POINTS_AN_INCH = 72

Heights = Float[np.ndarray, "columns"]
Columns = Bool[np.ndarray, "columns"]


class _Box(NamedTuple):
    """Where a name stands, in shares of the panel."""

    left: float
    bottom: float
    width: float
    height: float

    def columns(self) -> Columns:
        """Return the columns that it covers."""
        return (self.left <= _COLUMNS) & (self.left + self.width >= _COLUMNS)

    def touches(self, heights: Heights, clear: float) -> Columns:
        """Return the columns in which a line is beside it, or nearer than `clear`."""
        low, high = self.bottom - clear, self.bottom + self.height + clear
        return (heights > low) & (heights < high)


class _Place(NamedTuple):
    """A box, and in how many of its columns something runs through it."""

    touched: int
    box: _Box


def names_inside(axes: Axes, names: Iterable[Name]) -> None:
    """Write the names of horizontal limits above or below them, as far left as is free.

    All lines must have been drawn and everything beside the panel written: the figure
    is laid out here. A name without a free place stands where the fewest lines are.

    Args:
        axes: the panel.
        names: of limits, at their heights.
    """
    figure = figure_of(axes)
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
    taken = [_heights(axes, line) for line in axes.lines]
    for name in names:
        text = axes.text(
            *(0.0, 0.0, name.text),
            transform=axes.transAxes,
            color=name.colour,
            fontsize=look().context.tick,
            multialignment="right",
            path_effects=[withStroke(linewidth=2, foreground=look().page.page)],
        )
        text.set_in_layout(False)
        box = _place(axes, text, name.height, taken)
        text.set_position((box.left, box.bottom))
        taken += _edges(box)


def _place(axes: Axes, text: Text, height: float, taken: Sequence[Heights]) -> _Box:
    """Return the first free place of a text: above its limit, or else below."""
    clear = _CLEAR * _pixels_a_point(axes) / axes.bbox.height
    size = text.get_window_extent()
    wide = size.width / axes.bbox.width
    high = size.height / axes.bbox.height
    limit = share_of_height(axes, height)
    above = _Box(0.0, limit + clear, wide, high)
    below = _Box(0.0, limit - clear - high, wide, high)
    inside = [box for box in (above, below) if 0 < box.bottom < 1 - high]
    places = [_freest(box, taken, clear) for box in inside or [above]]
    return min(places, key=lambda place: place.touched).box


def _freest(box: _Box, taken: Sequence[Heights], clear: float) -> _Place:
    """Return the place in a row where the fewest lines run through a box."""
    is_taken = np.zeros(len(_COLUMNS), dtype=bool)
    for heights in taken:
        is_taken |= box.touches(heights, 0.9 * clear)
    covered = np.count_nonzero(box.columns())
    touched = np.convolve(is_taken, np.ones(covered), mode="valid")
    first = int(np.argmin(touched))
    left = float(_COLUMNS[first])
    return _Place(int(touched[first]), box._replace(left=left))


def _heights(axes: Axes, line: Line2D) -> Heights:
    """Return how high a line is in each column, NaN where it is not.

    Marks alone are as wide as they are drawn.
    """
    transform = line.get_transform() - axes.transAxes
    points = transform.transform(line.get_xydata())
    points = points[np.isfinite(points).all(axis=1)]
    heights = np.full(len(_COLUMNS), np.nan)
    if not len(points):
        return heights
    if line.get_linestyle() != "None":
        return np.interp(_COLUMNS, *points.T, left=np.nan, right=np.nan)
    across = line.get_markersize() * _pixels_a_point(axes) / axes.bbox.width
    for x, height in points:
        heights[np.abs(_COLUMNS - x) <= across / 2] = height
    return heights


def _edges(box: _Box) -> list[Heights]:
    """Return the bottom, middle and top of a name as lines."""
    heights = box.bottom + box.height * np.array([0.0, 0.5, 1.0])
    return [np.where(box.columns(), one, np.nan) for one in heights]


def _pixels_a_point(axes: Axes) -> float:
    return figure_of(axes).dpi / _POINTS_AN_INCH
