"""Histograms of several cells in one panel, told apart without colours, too."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from firstbit.look import family_of
from firstbit.plots.styles import look

_EVERY, _APART = 6, 2
"""Bins from one mark to the next, and to that of the next family."""


def steps(axes: Axes, counts: np.ndarray, edges: np.ndarray, cell: str) -> Line2D:
    """Draw a histogram as a line, with the marks of a cell's family.

    Areas below lines would mix to grey. Marks of different families stand in different
    bins, so that none hides another.

    Args:
        axes: where to draw.
        counts: height of each bin.
        edges: where bins begin and end, one more than there are bins.
        cell: whose colour and mark it has.

    Returns:
        The marks; they have no line, and no label yet.
    """
    colour = look().hue(cell)
    axes.stairs(
        counts,
        edges,
        color=colour,
        linewidth=look().width("theory"),
        baseline=None,
    )
    mark = family_of(cell).mark
    first = _APART * look().marks.index(mark) % _EVERY
    filled = np.flatnonzero(counts)[first::_EVERY]
    middles = (edges[1:] + edges[:-1]) / 2
    (marks,) = axes.plot(
        middles[filled],
        counts[filled],
        linestyle="",
        marker=mark,
        markersize=4.5,
        markeredgewidth=0.6,
        color=colour,
    )
    return marks
