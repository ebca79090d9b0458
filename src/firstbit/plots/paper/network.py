"""Fig. 1: a Vanilla network as circles and arrows."""

from itertools import pairwise, product
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from firstbit.errors import require_at_least
from firstbit.plots.panels import Size, finished, one_panel
from firstbit.plots.styles import look, styled
from firstbit.plots.widths import Width

_NARROWEST = 3.0
"""Inches on a page."""

_RADIUS = 0.3
_ACROSS = 3.2


class _Layer(NamedTuple):
    """A column of the network."""

    name: str
    vector: str
    letter: str
    colour: str
    size: int


@styled
def network(
    input_size: int,
    hidden_size: int,
    output_size: int,
    *,
    title: str | None = None,
    ax: Axes | None = None,
    width: Width | None = None,
) -> Figure:
    """Draw a Vanilla network: input x_t, hidden h_t with its loop in time, output y_t.

    Args:
        input_size: n, circles in the left column, at least 1.
        hidden_size: k, circles in the middle, at least 1.
        output_size: p, circles on the right, at least 1.
        title: above the figure.
        ax: the panel to draw into; by default one of a new figure.
        width: of the new figure: inches, or a text such as `89 mm` or `540 px`.

    Returns:
        The figure; with `ax`, the one that it belongs to.

    Raises:
        SettingError: a size below 1, or it is no width.

    Example:
        >>> figure = network(4, 5, 1)
        >>> sum(len(c.get_paths()) for c in figure.axes[0].collections[-3:])
        10

    References:
        Stérin, Farrugia, Gripon 2017, Fig. 1 and equations (1), (2).
    """
    require_at_least("input_size", input_size, 1)
    require_at_least("hidden_size", hidden_size, 1)
    require_at_least("output_size", output_size, 1)
    layers = [
        _Layer("input", "x_t", "n", look().page.raised, input_size),
        _Layer("hidden", "h_t", "k", look().hue("vanilla"), hidden_size),
        _Layer("output", "y_t", "p", look().page.soft, output_size),
    ]
    tallest = max(input_size, hidden_size, output_size)
    size = Size(6.0, min(1.8 + 0.5 * tallest, 9.0))
    axes = one_panel(ax, size, title, width, _NARROWEST)
    columns = [_column(i * _ACROSS, layer.size) for i, layer in enumerate(layers)]
    _connect(axes, columns)
    _loop(axes, _ACROSS, top=(hidden_size - 1) / 2 + 0.55)
    for points, layer in zip(columns, layers, strict=True):
        _circles(axes, points, layer.colour)
    _name(axes, layers, bottom=-(tallest - 1) / 2 - 0.75)
    top = max(hidden_size / 2 + 1.4, tallest / 2)
    axes.set_xlim(-1.1, 2 * _ACROSS + 1.1)
    axes.set_ylim(-tallest / 2 - 1.3, top)
    axes.set_aspect("equal")
    axes.axis("off")
    return finished(axes)


def _column(x: float, size: int) -> np.ndarray:
    """Return the centres of a column's circles; (size, 2)."""
    y = (size - 1) / 2 - np.arange(size)
    return np.column_stack([np.full(size, x), y])


def _circles(axes: Axes, points: np.ndarray, colour: str) -> None:
    circles = [Circle((x, y), _RADIUS) for x, y in points]
    patches = PatchCollection(
        circles,
        facecolor=colour,
        edgecolor=look().page.ink,
        zorder=3,
    )
    axes.add_collection(patches)


def _connect(axes: Axes, columns: list[np.ndarray]) -> None:
    """Join every circle to every circle of the next column, and name the weights."""
    names = ("$U_h$", "$O$")
    for (left, right), weights in zip(pairwise(columns), names, strict=True):
        ends = list(product(left, right))
        lines = LineCollection(
            ends,
            colors=look().page.line,
            linewidths=0.8,
            zorder=1,
        )
        axes.add_collection(lines)
        begin = left[:, 0].mean()
        end = right[:, 0].mean()
        middle = (begin + end) / 2
        height = (left[0, 1] + right[0, 1]) / 2
        slope = (right[0, 1] - left[0, 1]) / _ACROSS
        normal = np.array([-slope, 1.0])
        aside = normal / np.hypot(slope, 1.0) * 0.5
        axes.text(
            middle + aside[0],
            height + aside[1],
            weights,
            ha="center",
            va="center",
            fontsize=look().indexed,
        )


def _loop(axes: Axes, x: float, top: float) -> None:
    """Draw the box around the hidden units and the arrow from h_{t-1} back into h_t."""
    width = 1.1
    frame = FancyBboxPatch(
        (x - width / 2, -top),
        width,
        2 * top,
        boxstyle="round,pad=0,rounding_size=0.3",
        facecolor="none",
        edgecolor=look().hue("vanilla"),
        linewidth=1.2,
        zorder=2,
    )
    arrow = FancyArrowPatch(
        (x + 0.42, top),
        (x - 0.42, top),
        connectionstyle="arc3,rad=1.5",
        arrowstyle="-|>",
        mutation_scale=14,
        color=look().hue("vanilla"),
        linewidth=1.6,
        shrinkA=0,
        shrinkB=0,
        zorder=2,
    )
    axes.add_patch(frame)
    axes.add_patch(arrow)
    axes.text(
        x,
        top + 0.75,
        r"$W_h$: from $h_{t{-}1}$ to $h_t$",
        ha="center",
        va="bottom",
        fontsize=look().indexed,
    )


def _name(axes: Axes, layers: list[_Layer], bottom: float) -> None:
    """Write the name, the vector and the size of each layer below its column."""
    for i, layer in enumerate(layers):
        # No formula: a page would set each of its letters by itself.
        size = f"{layer.letter} = {layer.size}"
        axes.text(
            i * _ACROSS,
            bottom,
            f"{layer.name} ${layer.vector}$\n{size}",
            ha="center",
            va="top",
            fontsize=look().indexed,
            linespacing=1.4,
        )
