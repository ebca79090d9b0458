"""Figures and their panels: made, framed and finished in one way."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.typing import ColorType
from numpy.typing import ArrayLike

from firstbit.plots.style import FAINT, SMALL
from firstbit.plots.text import verbatim


class Size(NamedTuple):
    """Width and height of a figure in inches."""

    width: float
    height: float


def blank(size: Size, title: str | None) -> Figure:
    """Return an empty figure with a title, laid out so that nothing overlaps.

    Args:
        size: of the figure.
        title: above everything, as it is, and on more lines if it is too wide; none if
            empty or None.
    """
    figure = Figure(figsize=size, layout="constrained")
    if title:
        figure.suptitle(verbatim(title), fontweight="bold", wrap=True)
    return figure


def one_panel(ax: Axes | None, size: Size, title: str | None) -> Axes:
    """Return the panel to draw into.

    Args:
        ax: the caller's panel, or None for a new figure with one panel.
        size: of the new figure.
        title: above the new figure, or above the caller's panel; none if empty or None.
    """
    if ax is None:
        return blank(size, title).add_subplot()
    if title:
        # A line is left free for the note that stands directly above a panel.
        ax.set_title(f"{verbatim(title)}\n", fontweight="bold")
    return ax


def figure_of(axes: Axes) -> Figure:
    """Return the figure, not a subfigure, that a panel belongs to."""
    figure = axes.get_figure(root=True)
    assert isinstance(figure, Figure)
    return figure


def finished(*panels: Axes) -> Figure:
    """Fix the size of the panels' tick labels and return their figure.

    Matplotlib would read the size from the user's settings when it draws.
    """
    for axes in panels:
        axes.tick_params(which="both", labelsize=SMALL)
    return figure_of(panels[0])


def plain_frame(axes: Axes) -> None:
    """Take away the frame and the tick marks; tick labels stay."""
    axes.spines[:].set_visible(False)
    axes.tick_params(which="both", length=0)


def faint_grid(axes: Axes) -> None:
    """Draw a grid that stays behind the data."""
    axes.grid(color=FAINT, linewidth=0.6)


def band(
    axes: Axes,
    x: ArrayLike,
    ends: tuple[ArrayLike, ArrayLike],
    colour: ColorType,
    alpha: float = 0.25,
    label: str | None = None,
) -> None:
    """Fill the area between the two ends of an interval at each `x`."""
    low, high = np.asarray(ends[0]), np.asarray(ends[1])
    axes.fill_between(
        np.asarray(x), low, high, color=colour, alpha=alpha, linewidth=0, label=label
    )


def band_or_bound(
    axes: Axes,
    x: ArrayLike,
    middle: ArrayLike,
    ends: tuple[ArrayLike, ArrayLike],
    colour: ColorType,
    alpha: float = 0.25,
) -> None:
    """Draw the interval of an estimate on a logarithmic axis.

    Where it goes more than a decade below the estimate, all that it says is "at most":
    there is no band but a thin dashed line at its upper end.
    """
    low = np.asarray(ends[0])
    high = np.asarray(ends[1])
    is_band = says_a_size(middle, low)
    lower = np.where(is_band, low, np.nan)
    upper = np.where(is_band, high, np.nan)
    band(axes, x, (lower, upper), colour, alpha)
    bound = np.where(is_band, np.nan, high)
    if np.isfinite(bound).any():
        axes.plot(np.asarray(x), bound, "--", color=colour, linewidth=0.9)


def says_a_size(middle: ArrayLike, low: ArrayLike) -> Bool[np.ndarray, "..."] | np.bool:
    """Return whether an interval ends within a decade below its estimate."""
    return 10 * np.asarray(low) >= np.asarray(middle)


def legend_beside(axes: Axes, named: Axes | None = None) -> None:
    """Put a legend to the right of a panel, the last line on top.

    Args:
        axes: the panel.
        named: the panel whose lines are named; by default the same.
    """
    handles, labels = (named or axes).get_legend_handles_labels()
    axes.legend(
        handles[::-1],
        labels[::-1],
        loc="upper left",
        bbox_to_anchor=(1, 1),
    )


def length_axis(axes: Axes, length: np.ndarray) -> None:
    """Name the axis of lengths; it goes from the first to the last."""
    axes.set_xlabel("length l")
    axes.set_xlim(length[0], max(length[-1], length[0] + 1))


def spread(number: int, most: int) -> np.ndarray:
    """Return up to `most` places of a list of `number`, evenly spread, both ends kept.

    Example:
        >>> spread(10, 4).tolist(), spread(2, 4).tolist()
        ([0, 3, 6, 9], [0, 1])
    """
    wanted = np.linspace(0, number - 1, most).round()
    return np.unique(wanted.astype(int))
