"""One look for every figure: sizes, colours, and ink that can be read on any colour."""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from itertools import cycle
from typing import Any, ParamSpec, TypeVar

import numpy as np
from matplotlib import colormaps, rc_context
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.typing import ColorType

RGBA = tuple[float, float, float, float]

SMALL, NORMAL, LARGE = 8.5, 9.5, 10.5
"""Font sizes in points: cells and legends, labels, titles."""

INK, PALE, FAINT = "#222222", "#9a9a9a", "#e3e3e3"
"""Colours of text and lines, of thresholds, and of the grid."""

CELL_COLOURS: Mapping[str, str] = {"vanilla": "#D55E00", "gru": "#0072B2"}
"""Catalogue name of a cell -> its colour in every figure: two of Okabe and Ito's, which
every kind of colour vision tells apart."""

OTHER_CELL = "#444444"
"""Colour of a cell that has none in `CELL_COLOURS`, where no other stands beside it."""

CYCLE = ("#009E73", "#D55E00", "#0072B2", "#CC79A7", "#56B4E9", "#E69F00", "#444444")
"""Colours of Okabe and Ito, for runs and other unordered things."""

CELL_NAMES: Mapping[str, str] = {
    "vanilla": "Vanilla",
    "gru": "GRU",
    "lstm": "LSTM",
    "mingru": "minGRU",
}
"""Catalogue name of a cell -> its name in figures."""

# The type of matplotlib's own argument; its keys are a Literal of 300 names.
STYLE: dict[Any, Any] = {
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

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def styled(plot: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Return the function with `STYLE` in force while it runs."""

    @wraps(plot)
    def drawn(*args: _Arguments.args, **options: _Arguments.kwargs) -> _Result:
        with rc_context(STYLE):
            return plot(*args, **options)

    return drawn


def cell_name(name: str) -> str:
    """Return the name of a cell in figures: `gru` is GRU."""
    return CELL_NAMES.get(name, name)


def cell_colour(name: str) -> str:
    """Return the colour of a cell by its catalogue name."""
    return CELL_COLOURS.get(name, OTHER_CELL)


def cell_colours(names: Iterable[str]) -> list[str]:
    """Return a colour for each cell of one panel.

    The first cell of a name in `CELL_COLOURS` has its colour. All others take turns in
    colours that no cell owns.

    Args:
        names: catalogue names, "" for a cell outside the catalogue.

    Example:
        >>> cell_colours(["gru", "", "gru"])
        ['#0072B2', '#CC79A7', '#56B4E9']
    """
    others = cycle(CYCLE[3:])
    colours: list[str] = []
    for name in names:
        own = CELL_COLOURS.get(name)
        if own is None or own in colours:
            own = next(others)
        colours.append(own)
    return colours


def run_colour(number: int) -> str:
    """Return the colour of a run, or of another unordered thing, by its number."""
    return CYCLE[number % len(CYCLE)]


def shades(number: int) -> list[RGBA]:
    """Return colours of ordered things, such as sizes, from dark to light."""
    colours = colormaps["viridis"](np.linspace(0.0, 0.82, number))
    return [to_rgba(colour) for colour in colours]


def ink_on(colour: ColorType) -> str:
    """Return black or white, whichever is easier to read on `colour`.

    Example:
        >>> ink_on("yellow"), ink_on("navy")
        ('black', 'white')
    """
    channels = np.asarray(to_rgb(colour))
    steep = ((channels + 0.055) / 1.055) ** 2.4
    linear = np.where(channels <= 0.04045, channels / 12.92, steep)
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
    return "black" if luminance > 0.179 else "white"
