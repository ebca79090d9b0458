"""The style of every figure, made from the roles, and for figures of your own."""

from collections.abc import Callable
from contextlib import ContextDecorator, ExitStack
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, wraps
from inspect import signature
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, ParamSpec, TypeAlias, TypeVar

import matplotlib
from cycler import cycler
from matplotlib import rc_context
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.font_manager import fontManager

import firstbit.look
from firstbit.errors import SettingError, require_kind, shown_value, unknown_name
from firstbit.look import Context, Page, Status, family_of, roles

_FONTS = Path(firstbit.look.__file__).parent / "fonts"

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")

# The type of matplotlib's own argument; its keys are a Literal of 300 names.
Parameters: TypeAlias = dict[Any, Any]

_INDEX = 0.7
"""Size of an index, as a share of what it stands at."""

ContextName = Literal["paper", "page", "talk"]


@dataclass(frozen=True)
class Look:
    """Where a figure is seen, and whether on a dark page: what each role is there.

    Attributes:
        context: sizes of type, and what widths of lines are multiplied by.
        dark: whether the page is dark.
    """

    context: Context
    dark: bool

    @property
    def page(self) -> Page:
        """Colours of paper, ink, and what lies between them."""
        return roles().page(dark=self.dark)

    @property
    def cycle(self) -> list[str]:
        """Colours in which unordered things take turns: those of the families."""
        return [one.hue(dark=self.dark) for one in roles().families.values()]

    @property
    def marks(self) -> list[str]:
        """Marks in which unordered things take turns, in the order of `cycle`."""
        return [one.mark for one in roles().families.values()]

    @property
    def scale(self) -> float:
        """Size of type and of figures, against those of the page."""
        return self.context.label / roles().contexts["page"].label

    @property
    def indexed(self) -> float:
        """Size of text with an index, which is drawn smaller: as small as allowed."""
        return self.context.smallest / _INDEX

    def hue(self, cell: str) -> str:
        """Return the colour of a cell's lines and marks."""
        return family_of(cell).hue(dark=self.dark)

    def ink(self, cell: str) -> str:
        """Return the colour of a cell's name."""
        return family_of(cell).ink(dark=self.dark)

    def steps(self, cell: str, number: int) -> list[str]:
        """Return colours for a number of sizes of a cell, the smallest first."""
        return roles().steps(family_of(cell), number, dark=self.dark)

    def status(self, name: str) -> str:
        """Return the colour of a status."""
        return self.of_status(name).hue(dark=self.dark)

    def of_status(self, name: str) -> Status:
        """Return a status: its mark, its line, its icon."""
        return roles().statuses[name]

    def width(self, line: str) -> float:
        """Return the width of a kind of line in points: `mean`, `limit`, ..."""
        return roles().strokes[line] * self.context.lines

    def opacity(self, ink: str) -> float:
        """Return the opacity of a `band`, or of the line of a single `net`."""
        if ink == "net" and self.dark:
            ink = "net_dark"
        return roles().opacity[ink]

    def colours(self, quantity: str) -> str:
        """Return matplotlib's name of a colour map.

        It is `amount`, `signed` or `fade`, or that of a family, such as `gru`.
        """
        is_other = self.dark and quantity in roles().adaptive_maps
        return f"firstbit_{quantity}{'_dark' if is_other else ''}"


_LOOK: ContextVar[Look | None] = ContextVar("look", default=None)


def look() -> Look:
    """Return the look in force: that of a `style`, else of a light page."""
    return _LOOK.get() or Look(roles().contexts["page"], dark=False)


class Style(ContextDecorator):
    """A style to draw in: `with style("paper"): ...`, or as a decorator.

    Attributes:
        rc: the parameters, for `matplotlib.rcParams.update` where it shall last.
    """

    def __init__(self, look: Look) -> None:
        self._look = look
        self._open: list[ExitStack] = []

    @property
    def rc(self) -> Parameters:
        """Parameters of matplotlib."""
        return dict(_parameters(self._look))

    def __enter__(self) -> "Style":
        stack = ExitStack()
        stack.enter_context(rc_context(self.rc))
        stack.callback(_LOOK.reset, _LOOK.set(self._look))
        self._open.append(stack)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.pop().close()


def style(context: ContextName = "page", *, dark: bool = False) -> Style:
    """Return the style of firstbit's figures, to draw figures of your own in.

    Sizes of type and lines are those for a figure that is drawn at the size at which it
    is seen. While the style is in force, the library's own figures have it, too.

    Args:
        context: where the figure is seen: `paper` (printed, 89 to 183 mm wide; labels
            of 7 points), `page` (on a screen, 540 or 720 pixels wide; 9 points) or
            `talk` (a slide; 16 points).
        dark: whether on a dark page.

    Returns:
        A context manager; its `rc` are the parameters of matplotlib.

    Raises:
        SettingError: there is no such context, or `dark` is neither True nor False.

    Example:
        >>> import matplotlib
        >>> with style("paper"):
        ...     matplotlib.rcParams["axes.labelsize"]
        7.0
        >>> style("page", dark=True).rc["text.color"]
        '#e6e9ee'
    """
    if not isinstance(context, str):
        given = shown_value(context)
        raise SettingError(f"expected a context of figures, got {given}; try 'page'.")
    contexts = roles().contexts
    if context not in contexts:
        raise SettingError(unknown_name("context", context, contexts))
    require_kind("dark", dark, bool, "give True or False")
    return Style(Look(contexts[context], dark))


def styled(plot: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Return the function with the look in force while it runs.

    A figure of several panels has no `ax`: one that is given is refused.
    """
    has_ax = "ax" in signature(plot).parameters

    @wraps(plot)
    def drawn(*args: _Arguments.args, **options: _Arguments.kwargs) -> _Result:
        if "ax" in options and not has_ax:
            raise SettingError(
                f"{plot.__name__}: expected no `ax`: it draws several panels; leave it "
                "out, and give `width`."
            )
        with rc_context(_parameters(look())):
            return plot(*args, **options)

    return drawn


@cache
def fonts() -> list[str]:
    """Return the fonts of figures that are there, the best first.

    Those that come with the library go before others of the same name, so that the
    same figure has the same bytes everywhere.
    """
    for file in sorted(_FONTS.glob("*.ttf")):
        fontManager.addfont(file)
        fontManager.ttflist.insert(0, fontManager.ttflist.pop())
    known = set(fontManager.get_font_names())
    return [font for font in roles().fonts if font in known]


@cache
def _parameters(look: Look) -> Parameters:
    """Return the parameters of matplotlib for a look."""
    _register_maps()
    return {**_of_type(look), **_of_axes(look), **_of_lines(look), **_of_files(look)}


def _of_type(look: Look) -> Parameters:
    best, sizes = fonts()[0], look.context
    return {
        "font.family": fonts(),
        "font.size": sizes.label,
        "mathtext.fontset": "custom",
        "mathtext.rm": best,
        "mathtext.sf": best,
        "mathtext.cal": best,
        "mathtext.tt": roles().letters,
        "mathtext.it": f"{best}:italic",
        "mathtext.bf": f"{best}:bold",
        "mathtext.bfit": f"{best}:bold",
        "mathtext.fallback": "stixsans",
        "axes.unicode_minus": True,
        "axes.titlesize": sizes.panel,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlepad": 6.0,
        "axes.labelsize": sizes.label,
        "xtick.labelsize": sizes.tick,
        "ytick.labelsize": sizes.tick,
        "legend.fontsize": sizes.tick,
        "legend.title_fontsize": sizes.tick,
        "figure.titlesize": sizes.title,
        "figure.titleweight": "bold",
        "figure.labelsize": sizes.label,
    }


def _of_axes(look: Look) -> Parameters:
    page = look.page
    return {
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.linewidth": 0.8,
        "axes.edgecolor": page.line,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "grid.color": page.hair,
        "grid.linewidth": 0.7,
        "text.color": page.ink,
        "axes.titlecolor": page.ink,
        "axes.labelcolor": page.soft,
        "xtick.color": page.line,
        "ytick.color": page.line,
        "xtick.labelcolor": page.soft,
        "ytick.labelcolor": page.soft,
        "xtick.major.size": 3.0,
        "ytick.major.size": 0.0,
        "xtick.minor.size": 0.0,
        "ytick.minor.size": 0.0,
        "axes.facecolor": page.page,
        "figure.facecolor": page.page,
        "axes3d.xaxis.panecolor": page.raised,
        "axes3d.yaxis.panecolor": page.raised,
        "axes3d.zaxis.panecolor": page.raised,
        "legend.frameon": False,
        "legend.labelcolor": page.ink,
        "image.cmap": look.colours("amount"),
    }


def _of_lines(look: Look) -> Parameters:
    return {
        "axes.prop_cycle": cycler(color=look.cycle),
        "lines.linewidth": look.width("mean"),
        "lines.solid_capstyle": "round",
        "lines.dash_capstyle": "round",
        "lines.markersize": look.width("mark"),
        "lines.markeredgecolor": look.page.page,
        "lines.markeredgewidth": 0.9,
        "hatch.color": look.page.hair,
        "patch.linewidth": 0.8,
        "boxplot.medianprops.color": look.page.ink,
    }


def _of_files(look: Look) -> Parameters:
    width = 5.6 * look.scale
    return {
        "figure.figsize": (width, width / 1.5),
        "figure.dpi": 96.0,
        "figure.constrained_layout.h_pad": 0.08,
        "figure.constrained_layout.w_pad": 0.08,
        "savefig.dpi": 192.0,
        "savefig.facecolor": "auto",
        "svg.fonttype": "path",
        "svg.hashsalt": "firstbit",
        "pdf.fonttype": 42,
    }


@cache
def _register_maps() -> None:
    """Give matplotlib the colour maps, as `firstbit_amount` and so on."""
    names = (*roles().maps, *roles().families)
    light = {name: (name, False) for name in names}
    dark = {f"{name}_dark": (name, True) for name in roles().adaptive_maps}
    for registered, (name, is_dark) in {**light, **dark}.items():
        stops = roles().map_of(name, dark=is_dark)
        colours = LinearSegmentedColormap.from_list(f"firstbit_{registered}", stops)
        matplotlib.colormaps.register(colours, force=True)
        matplotlib.colormaps.register(colours.reversed(), force=True)
