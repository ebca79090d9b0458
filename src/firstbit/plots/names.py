"""Names at the lines, right of a panel, moved apart where they would touch."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.typing import ColorType

from firstbit.plots.styles import look

_BESIDE = 1.015
"""Where names begin, as a share of the panel's width."""

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


def names_beside(axes: Axes, names: Iterable[Name]) -> None:
    """Write names at the right of a panel, each at its height, none above another.

    The limits of the axis must have been set. A name off the axis stands at its end;
    one without a height isn't written.
    """
    shown = [name for name in names if np.isfinite(name.height)]
    heights = [_share_of_height(axes, name.height) for name in shown]
    order = np.argsort(heights, kind="stable")
    places = _apart(np.asarray(heights)[order], _gap(axes))
    for place, number in zip(places, order, strict=True):
        name = shown[number]
        axes.text(
            _BESIDE,
            float(place),
            name.text,
            transform=axes.transAxes,
            va="center",
            color=name.colour,
            fontsize=look().context.tick,
            fontweight="bold" if name.is_bold else "normal",
        )


def _share_of_height(axes: Axes, height: float) -> float:
    """Return where a value lies on the axis, as a share of the panel's height."""
    low, high = sorted(axes.get_ylim())
    inside = min(max(height, low), high)
    _, share = (axes.transData - axes.transAxes).transform((axes.get_xlim()[0], inside))
    return float(share)


def _gap(axes: Axes) -> float:
    """Return the least distance of two names, as a share of the panel's height."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    planned = axes.bbox.height / figure.dpi
    taken = _TAKEN * look().scale / _rows(axes)
    inches = max(planned / 2, planned - taken)
    return _LEADING * look().context.tick / _POINTS_AN_INCH / inches


def _rows(axes: Axes) -> int:
    """Return how many panels stand below each other in the figure."""
    place = axes.get_subplotspec()
    return 1 if place is None else place.get_gridspec().nrows


def _apart(heights: np.ndarray, gap: float) -> np.ndarray:
    """Return increasing heights moved apart, upwards first, and back below the top."""
    places = heights.copy()
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + gap)
    top = max(1.0, gap * (len(places) - 1))
    for i in reversed(range(len(places))):
        places[i] = min(places[i], top - gap * (len(places) - 1 - i))
    return places
