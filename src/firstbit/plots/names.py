"""Names at the lines, right of a panel, as near as they can stand without touching."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation, Transform
from matplotlib.typing import ColorType
from scipy.optimize import isotonic_regression

from firstbit.plots.styles import look

_BESIDE, _LED = 7.0, 16.0
"""Points from the panel to its names, and where a line leads to one that was moved."""

_MOVED = 0.4
"""Distance from a line to its name, in those of two names, from which it is moved."""

_LEADING = 1.3
"""Distance of two names, in heights of a letter."""

_POINTS_AN_INCH = 72

_TAKEN = 0.8
"""Inches on a page that titles and the last line take away when all is laid out."""


class Name(NamedTuple):
    """A name to write beside a panel, at a height of its axis."""

    height: float
    text: str
    colour: ColorType
    is_bold: bool = False


def names_beside(axes: Axes, names: Iterable[Name], size: float | None = None) -> None:
    """Write names at the right of a panel, each at its height, none above another.

    Those that would touch are moved, as little as they can be: the sum of the squares
    of the ways is the least. A thin line leads to a name that was moved. A name may
    have several lines of letters. The limits of the axis must have been set. A name off
    the axis stands at its end, without a line; one without a height isn't written.

    Args:
        axes: the panel.
        names: to be written.
        size: of their letters in points; by default that of ticks.
    """
    letters = look().context.tick if size is None else size
    shown = [name for name in names if np.isfinite(name.height)]
    shares = [share_of_height(axes, name.height) for name in shown]
    heights = np.array(shares)
    order = np.argsort(heights, kind="stable")
    breaks = [name.text.count("\n") for name in shown]
    most_lines = 1 + max(breaks, default=0)
    gap = most_lines * _gap(axes, letters)
    places = _apart(heights[order], gap)
    is_moved = np.abs(places - heights[order]) > _MOVED * gap
    beside = _right_of(axes, _LED if is_moved.any() else _BESIDE)
    for place, moved, number in zip(places, is_moved, order, strict=True):
        name = shown[number]
        off = is_off(axes, name.height)
        axes.annotate(
            name.text,
            (1.0, float(heights[number])),
            (1.0, float(place)),
            xycoords=_right_of(axes, 1.0),
            textcoords=beside,
            arrowprops=_leader(name.colour) if moved and not off else None,
            va="center",
            color=name.colour,
            fontsize=letters,
            fontweight="bold" if name.is_bold else "normal",
            annotation_clip=False,
        )


def is_off(axes: Axes, height: float) -> bool:
    """Return whether a height is off the axis."""
    low, high = sorted(axes.get_ylim())
    return not low <= height <= high


def _right_of(axes: Axes, points: float) -> Transform:
    """Return the panel's shares of width and height, moved to the right."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    inches = points / _POINTS_AN_INCH
    return axes.transAxes + ScaledTranslation(inches, 0, figure.dpi_scale_trans)


def _leader(colour: ColorType) -> dict[str, object]:
    """Return the line from the height of a name to the name."""
    return {
        "arrowstyle": "-",
        "color": colour,
        "linewidth": look().width("limit") / 2,
        "relpos": (0.0, 0.5),
        "patchA": None,
        "shrinkA": 2.0,
        "shrinkB": 0.0,
    }


def share_of_height(axes: Axes, height: float) -> float:
    """Return where a value lies on the axis, as a share of the panel's height."""
    low, high = sorted(axes.get_ylim())
    inside = min(max(height, low), high)
    to_panel = axes.transData - axes.transAxes
    left, _ = axes.get_xlim()
    _, share = to_panel.transform((left, inside))
    return float(share)


def _gap(axes: Axes, letters: float) -> float:
    """Return the least distance of two names, as a share of the panel's height."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    planned = axes.bbox.height / figure.dpi
    taken = _TAKEN * look().scale / _rows(axes)
    inches = max(planned / 2, planned - taken)
    return _LEADING * letters / _POINTS_AN_INCH / inches


def _rows(axes: Axes) -> int:
    """Return how many panels stand below each other in the figure."""
    place = axes.get_subplotspec()
    return 1 if place is None else place.get_gridspec().nrows


def _apart(heights: np.ndarray, gap: float) -> np.ndarray:
    """Return the places nearest to increasing heights, by least squares.

    Each is at least a gap above the one below, and all lie in the panel if they fit.
    Less a gap each, the places must not fall: that is isotonic regression, and what
    leaves the panel is moved to its edge.
    """
    if not heights.size:
        return heights
    steps = gap * np.arange(len(heights))
    nearest = isotonic_regression(heights - steps).x
    room = max(0.0, 1.0 - steps[-1])
    return np.clip(nearest, 0.0, room) + steps
