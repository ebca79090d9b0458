"""Fig. 1: a Vanilla network as circles and arrows."""

from itertools import product

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from firstbit.errors import require_at_least
from firstbit.plots.style import (
    INK,
    LARGE,
    NETWORK_COLOURS,
    PALE,
    STYLE,
    blank,
    finished,
)

_RADIUS = 0.3
_ACROSS = 3.2
_COLOURS = ("#009E73", NETWORK_COLOURS["vanilla"], "#0072B2")


def network(input_size: int, hidden_size: int, output_size: int) -> Figure:
    """A Vanilla network: input x_t, hidden h_t with its loop in time, output y_t.

    Args:
        input_size: n, circles in the left column, at least 1.
        hidden_size: k, circles in the middle, at least 1.
        output_size: p, circles on the right, at least 1.

    Raises:
        SettingError: a size below 1.

    Example:
        >>> figure = network(4, 5, 1)
        >>> sum(len(c.get_paths()) for c in figure.axes[0].collections[-3:])
        10

    References:
        Stérin, Farrugia, Gripon 2017, Fig. 1 and equations (1), (2).
    """
    sizes = {
        "input_size": input_size,
        "hidden_size": hidden_size,
        "output_size": output_size,
    }
    for name, size in sizes.items():
        require_at_least(name, size, 1)
    tallest = max(sizes.values())
    with rc_context(STYLE):
        figure = blank(6.0, min(1.8 + 0.5 * tallest, 9.0), "")
        axes = figure.add_subplot()
        columns = [_column(i * _ACROSS, size) for i, size in enumerate(sizes.values())]
        _connect(axes, columns)
        _loop(axes, _ACROSS, top=(hidden_size - 1) / 2 + 0.55)
        for points, colour in zip(columns, _COLOURS, strict=True):
            circles = [Circle((x, y), _RADIUS) for x, y in points]
            axes.add_collection(
                PatchCollection(circles, facecolor=colour, edgecolor=INK, zorder=3)
            )
        _name(axes, sizes, bottom=-(tallest - 1) / 2 - 0.75)
        top = max(hidden_size / 2 + 1.4, tallest / 2)
        axes.set(
            xlim=(-1.1, 2 * _ACROSS + 1.1),
            ylim=(-tallest / 2 - 1.3, top),
            aspect="equal",
        )
        axes.axis("off")
        return finished(figure)


def _column(x: float, size: int) -> np.ndarray:
    return np.column_stack([np.full(size, x), (size - 1) / 2 - np.arange(size)])


def _connect(axes: Axes, columns: list[np.ndarray]) -> None:
    """Every circle of a column to every circle of the next, and the name of the weights above the lines."""
    for left, right, weights in zip(
        columns, columns[1:], ("$U_h$", "$O$"), strict=False
    ):
        lines = LineCollection(
            [(a, b) for a, b in product(left, right)],
            colors=PALE,
            linewidths=0.8,
            zorder=1,
        )
        axes.add_collection(lines)
        middle = (left[:, 0].mean() + right[:, 0].mean()) / 2
        height = (left[0, 1] + right[0, 1]) / 2
        slope = (right[0, 1] - left[0, 1]) / _ACROSS
        aside = np.array([-slope, 1.0]) / np.hypot(slope, 1.0) * 0.5
        axes.text(
            middle + aside[0],
            height + aside[1],
            weights,
            ha="center",
            va="center",
            fontsize=LARGE + 2,
        )


def _loop(axes: Axes, x: float, top: float) -> None:
    """The box around the hidden units and the arrow that leads from h_{t-1} back into h_t."""
    width = 1.1
    frame = FancyBboxPatch(
        (x - width / 2, -top), width, 2 * top, boxstyle="round,pad=0,rounding_size=0.3",
        facecolor="none", edgecolor=NETWORK_COLOURS["vanilla"], linewidth=1.2, zorder=2,
    )  # fmt: skip
    arrow = FancyArrowPatch(
        (x + 0.42, top), (x - 0.42, top), connectionstyle="arc3,rad=1.5", arrowstyle="-|>",
        mutation_scale=14, color=NETWORK_COLOURS["vanilla"], linewidth=1.6, shrinkA=0, shrinkB=0, zorder=2,
    )  # fmt: skip
    axes.add_patch(frame)
    axes.add_patch(arrow)
    axes.text(
        x,
        top + 0.75,
        r"$W_h$: from $h_{t-1}$ to $h_t$",
        ha="center",
        va="bottom",
        fontsize=LARGE + 1,
    )


def _name(axes: Axes, sizes: dict[str, int], bottom: float) -> None:
    names = (("input", "x_t", "n"), ("hidden", "h_t", "k"), ("output", "y_t", "p"))
    for i, ((word, vector, letter), size) in enumerate(
        zip(names, sizes.values(), strict=True)
    ):
        text = f"{word} ${vector}$\n${letter} = {size}$"
        axes.text(
            i * _ACROSS,
            bottom,
            text,
            ha="center",
            va="top",
            fontsize=LARGE,
            linespacing=1.4,
        )
