"""Figures and their panels: made, framed and finished in one way."""

from collections.abc import Sequence
from math import floor, log10
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.text import Text
from matplotlib.ticker import (
    FuncFormatter,
    LogFormatter,
    LogFormatterMathtext,
    MaxNLocator,
)
from matplotlib.transforms import ScaledTranslation
from matplotlib.typing import ColorType
from numpy.typing import ArrayLike

from firstbit.errors import SettingError
from firstbit.look.numbers import LEAST, MOST, power_of_ten
from firstbit.plots.shown import ShownFigure
from firstbit.plots.styles import look
from firstbit.plots.text import breakable, verbatim
from firstbit.plots.widths import Width, inches, require_room

_ROUNDING = 1e-9


_NARROW = 2.4
"""Inches on a page: a panel that would be narrower stands below its neighbour."""

_FLAT = 0.7
"""Height of such a panel, as a share of its width."""

_ABOVE = 8.0
"""Points from the top of a panel to the name of its y axis: marks may stand there."""

SubplotSpecs = list[SubplotSpec]


class Size(NamedTuple):
    """Width and height of a figure on a page, in inches."""

    width: float
    height: float

    def seen(self, width: Width | None) -> "Size":
        """Return the size where the figure is seen: as wide as asked, else to scale."""
        scale = look().scale
        if width is not None:
            scale = inches(width) / self.width
        return Size(scale * self.width, scale * self.height)

    def across(self, width: Width | None, least: float) -> "Size":
        """Return the size as wide as asked, but never lower: panels keep their height.

        Args:
            width: of the figure, if it is another.
            least: inches on a page at which all can still be read.

        Raises:
            SettingError: the width is smaller than that.
        """
        own = self.seen(None)
        if width is None:
            return own
        require_room(width, least * look().scale)
        seen = self.seen(width)
        return Size(seen.width, max(seen.height, own.height))


def blank(
    size: Size,
    title: str | None,
    width: Width | None = None,
    least: float | None = None,
) -> Figure:
    """Return an empty figure with a title, laid out so that nothing overlaps.

    Args:
        size: of the figure on a page.
        title: above everything, as it is, and on more lines if it is too wide; none if
            empty or None.
        width: of the figure, if it is another.
        least: inches on a page at which all panels can still be read; a figure of any
            width is drawn to scale without it.

    Raises:
        SettingError: it is no width, or too small for the panels.
    """
    shown = size.seen(width) if least is None else size.across(width, least)
    figure = ShownFigure(figsize=shown, layout="constrained")
    if title:
        text = verbatim(breakable(title))
        figure.suptitle(text, x=0.01, ha="left", wrap=True)
    return figure


def row_of_panels(
    size: Size,
    title: str | None,
    width: Width | None,
    ratios: Sequence[float],
    flat: float = _FLAT,
) -> tuple[Figure, SubplotSpecs]:
    """Return a figure and the places of its panels, side by side.

    Where that makes them too narrow they stand one below the other.

    Args:
        size: of the figure on a page, side by side.
        title: above it.
        width: of the figure, if it is another.
        ratios: of the widths of the panels.
        flat: height of a panel that stands below another, as a share of its width.
    """
    number = len(ratios)
    if size.seen(width).width / number >= _NARROW * look().scale:
        figure = blank(size, title, width)
        grid = figure.add_gridspec(1, number, width_ratios=ratios, wspace=0.08)
        return figure, [grid[0, i] for i in range(number)]
    tall = Size(size.width, size.width * number * flat)
    figure = blank(tall, title, width)
    grid = figure.add_gridspec(number, 1)
    return figure, [grid[i, 0] for i in range(number)]


def one_panel(
    ax: Axes | None,
    size: Size,
    title: str | None,
    width: Width | None = None,
    least: float | None = None,
) -> Axes:
    """Return the panel to draw into.

    Args:
        ax: the caller's panel, or None for a new figure with one panel.
        size: of the new figure on a page.
        title: above the new figure, or above the caller's panel; none if empty or None.
        width: of the new figure, if it is another.
        least: inches on a page at which all can still be read, as in `blank`.

    Raises:
        SettingError: a width is asked of the caller's panel, or it is none, or too
            small.
    """
    if ax is None:
        return blank(size, title, width, least).add_subplot()
    if width is not None:
        raise SettingError(
            "expected either `ax` or `width`: a panel of yours has its width; leave "
            "`width` out."
        )
    if title:
        # A line is left free for the note that stands directly above a panel.
        ax.set_title(f"{verbatim(title)}\n", loc="left", fontweight="bold")
    return ax


def figure_of(axes: Axes) -> Figure:
    """Return the figure, not a subfigure, that a panel belongs to."""
    figure = axes.get_figure(root=True)
    assert isinstance(figure, Figure)
    return figure


def finished(*panels: Axes) -> Figure:
    """Fix size and colour of the panels' tick labels and return their figure.

    Matplotlib would read them from the user's settings when it draws.
    """
    page = look().page
    for axes in panels:
        _write_powers(axes)
        axes.tick_params(
            which="both",
            labelsize=look().context.tick,
            labelcolor=page.soft,
            color=page.line,
        )
    return figure_of(panels[0])


def _write_powers(axes: Axes) -> None:
    """Write powers of ten with letters of one size, on axes that aren't named yet."""
    for axis in (axes.xaxis, axes.yaxis):
        if isinstance(axis.get_major_formatter(), LogFormatterMathtext):
            axis.set_major_formatter(_Powers())
        if isinstance(axis.get_minor_formatter(), LogFormatterMathtext):
            axis.set_minor_formatter(_Powers())


def plain_frame(axes: Axes) -> None:
    """Take away the frame, the grid and the tick marks; tick labels stay."""
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)
    axes.tick_params(which="both", length=0)


def faint_grid(axes: Axes) -> None:
    """Draw lines across that stay behind the data."""
    axes.grid(axis="y", color=look().page.hair, linewidth=0.7)
    axes.set_axisbelow(True)


def heading(axes: Axes, title: str, y_name: str, size: float | None = None) -> Text:
    """Write the title of a panel, and below it the name of its y axis.

    So it is read without turning the head.

    Args:
        axes: the panel.
        title: of the panel; it stands below that of a caller's panel.
        y_name: of the y axis.
        size: of the title's letters, if it is another.

    Returns:
        The title.
    """
    axes.set_ylabel(y_name, rotation=0, ha="left", va="bottom")
    raised = ScaledTranslation(0, _ABOVE / 72, figure_of(axes).dpi_scale_trans)
    axes.yaxis.set_label_coords(0.0, 1.0, transform=axes.transAxes + raised)
    own = axes.get_title("left")
    above = own if own.endswith("\n") else ""
    pad = 6.0
    if y_name:
        pad = _ABOVE + 2 + 1.5 * look().context.label
    return axes.set_title(
        above + title,
        loc="left",
        pad=pad,
        wrap=True,
        fontsize=size,
    )


def whole_numbers(axis: Axis) -> None:
    """Let an axis have ticks at whole numbers alone, as many as there is room for."""
    axis.set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 5, 10]))


class _Powers(LogFormatter):
    """Powers of ten, and numbers between them where there is room.

    Raised digits are letters of their own: they are as large as the others.
    """

    def _num_to_string(self, x: float, vmin: float, vmax: float) -> str:
        if vmin >= 10.0**LEAST and vmax < 10.0**MOST:
            return f"{x:,g}"
        return _as_power(x)


def _as_power(value: float) -> str:
    """Return a number above 0 as a power of ten, times something if it must be."""
    power = floor(log10(value) + _ROUNDING)
    times = value / 10.0**power
    if abs(times - 1) < _ROUNDING:
        return "1" if power == 0 else power_of_ten(power)
    return f"{times:.2g}·{power_of_ten(power)}"


class _PlainLog(LogFormatter):
    """Numbers between the powers of ten, where there is room for them."""

    def _num_to_string(self, x: float, vmin: float, vmax: float) -> str:
        del vmin, vmax
        return f"{x:,g}"


def plain_numbers(axis: Axis) -> None:
    """Write the numbers of a logarithmic axis as they are: 1, 10, 100.

    A short axis has those between, too.
    """
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axis.set_minor_formatter(_PlainLog())


def limit(axes: Axes, height: float) -> None:
    """Draw a floor, a chance or a threshold across a panel; its name comes beside."""
    axes.axhline(
        height, color=look().page.line, linewidth=look().width("limit"), zorder=1
    )


def band(
    axes: Axes,
    x: ArrayLike,
    ends: tuple[ArrayLike, ArrayLike],
    colour: ColorType,
    alpha: float | None = None,
    label: str | None = None,
) -> None:
    """Fill the area between the two ends of an interval at each `x`."""
    low = np.asarray(ends[0])
    high = np.asarray(ends[1])
    axes.fill_between(
        np.asarray(x),
        low,
        high,
        color=colour,
        alpha=look().opacity("band") if alpha is None else alpha,
        linewidth=0,
        label=label,
    )


def says_a_size(middle: ArrayLike, low: ArrayLike) -> Bool[np.ndarray, "..."] | np.bool:
    """Return whether a lower end is within a decade of what is above it."""
    return 10 * np.asarray(low) >= np.asarray(middle)


def length_axis(axes: Axes, length: np.ndarray) -> None:
    """Name the axis of lengths; it goes from the first to the last."""
    axes.set_xlabel("length l")
    whole_numbers(axes.xaxis)
    first = length[0]
    axes.set_xlim(first, max(length[-1], first + 1))


def spread(number: int, most: int) -> np.ndarray:
    """Return up to `most` places of a list of `number`, evenly spread, both ends kept.

    Example:
        >>> spread(10, 4).tolist(), spread(2, 4).tolist()
        ([0, 3, 6, 9], [0, 1])
    """
    wanted = np.linspace(0, number - 1, most).round()
    return np.unique(wanted.astype(int))
