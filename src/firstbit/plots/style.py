"""One look for every figure: sizes, colours, and ink that can be read on any colour."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font

SMALL, NORMAL, LARGE = 8.5, 9.5, 10.5
"""Font sizes in points: cells and legends, labels, titles."""

INK, PALE = "#222222", "#9a9a9a"

NETWORK_COLOURS = {"vanilla": "#D55E00", "gru": "#0072B2"}
"""Two colours of Okabe and Ito that every kind of colour vision tells apart."""

CYCLE = ("#009E73", "#D55E00", "#0072B2", "#CC79A7", "#56B4E9", "#E69F00", "#444444")
"""Colours of Okabe and Ito, for runs and other unordered things."""

STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": NORMAL,
    "mathtext.fontset": "dejavusans",
    "axes.titlesize": NORMAL,
    "axes.labelsize": NORMAL,
    "figure.titlesize": LARGE,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.linewidth": 0.8,
    "lines.linewidth": 1.5,
    "figure.constrained_layout.h_pad": 0.08,
    "figure.constrained_layout.w_pad": 0.08,
    "savefig.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "firstbit",
}
"""For `matplotlib.rc_context`: never set globally. Letters are paths in SVG, so they
look the same everywhere."""

_UNKNOWN = "\N{REPLACEMENT CHARACTER}"

DISPLAY_NAMES = {"vanilla": "Vanilla", "gru": "GRU", "lstm": "LSTM"}


def blank(width: float, height: float, title: str) -> Figure:
    """An empty figure with a title, laid out so that nothing overlaps.

    Args:
        width: inches.
        height: inches.
        title: shown above everything, as it is and on more lines if it is too wide;
            empty for none.
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    if title:
        figure.suptitle(_drawable(title), fontweight="bold", wrap=True)
    return figure


def finished(figure: Figure) -> Figure:
    """Fix the size of tick labels, which matplotlib would else read from the user's settings when it draws."""
    for axes in figure.axes:
        axes.tick_params(which="both", labelsize=SMALL)
    return figure


def plain_frame(axes: Axes) -> None:
    """Take away the frame and the tick marks; tick labels stay."""
    axes.spines[:].set_visible(False)
    axes.tick_params(which="both", length=0)


def ink_on(colour: Any) -> str:
    """Black or white, whichever stands out on `colour`.

    Example:
        >>> ink_on("yellow"), ink_on("navy")
        ('black', 'white')
    """
    channels = np.asarray(to_rgb(colour))
    linear = np.where(
        channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
    )
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
    return "black" if luminance > 0.179 else "white"


def symbol(name: str) -> str:
    """A parameter's name as mathematics: its part after the underscore becomes an index.

    Example:
        >>> symbol("U_h"), symbol("O")
        ('$U_{h}$', '$O$')
    """
    letter, _, index = name.partition("_")
    return f"${letter}_{{{index}}}$" if index else f"${letter}$"


def short(name: str, most: int = 60) -> str:
    """A name on one line of a picture: without its middle where it is long, without what can't be seen.

    Example:
        >>> short("reber"), short("(Monday|Tuesday|Wednesday)+", 15)
        ('reber', '(Monday…esday)+')
    """
    seen = "".join(
        letter if letter.isprintable() else _UNKNOWN
        for letter in " ".join(name.split())
    )
    return (
        seen
        if len(seen) <= most
        else f"{seen[: most // 2]}…{seen[len(seen) - (most - 1) // 2 :]}"
    )


def network_name(name: str) -> str:
    """How a network is called in figures: `gru` is GRU."""
    return DISPLAY_NAMES.get(name, name)


def _drawable(text: str) -> str:
    """The text as it is: no mathematics between dollars, no letters that the font of titles lacks and matplotlib warns of."""
    return "".join(
        letter if ord(letter) in _letters() or letter == "\n" else _UNKNOWN
        for letter in text
    ).replace("$", r"\$")


@cache
def _letters() -> frozenset[int]:
    return frozenset(
        get_font(
            findfont(FontProperties(family=STYLE["font.family"], weight="bold"))
        ).get_charmap()
    )
