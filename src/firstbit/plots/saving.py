"""Figures on disk: the same figure always gives the same bytes."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.layout_engine import PlaceHolderLayoutEngine

from firstbit.errors import SettingError, shown_value
from firstbit.files import write_whole
from firstbit.plots.graphs import Graph, graph_bytes
from firstbit.plots.lettering import with_lengths, with_lengths_of_title
from firstbit.plots.styles import Parameters, styled

DPI = 192
"""Of a PNG: two pixels for each of a screen."""

_PLACES = 7
"""Digits of a place in a figure, as a share of its width."""

_PLANNED = ("png", "svg")
"""Endings of what a planned figure writes."""

_ENDINGS = (*_PLANNED, "pdf")
"""Endings of what `save` writes."""

_WITHOUT_LAYOUT: Parameters = {
    "figure.autolayout": False,
    "figure.constrained_layout.use": False,
}
"""Settings under which a figure that asks for no layout has none."""

_UNDATED = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
"""What leaves the time out, by ending: the same figure has the same bytes."""


def save(figure: Figure | Graph, stem: str | Path) -> None:
    """Write `stem.svg`, `stem.png` and `stem.pdf`.

    A Figure's layout is settled by the first save, and no other changes it.

    Args:
        figure: a matplotlib Figure, or a graph, which Graphviz's `dot` lays out.
        stem: path, with or without one of the endings; missing folders are made.

    Raises:
        SettingError: it is no figure, or no path.
        OutputError: a file can't be written.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save(Figure(), Path(folder) / "empty")
        ...     sorted(path.name for path in Path(folder).iterdir())
        ['empty.pdf', 'empty.png', 'empty.svg']
    """
    _require_figure(figure)
    if not isinstance(stem, str | Path):
        raise SettingError(
            f"expected a path without the ending, got {shown_value(stem)}; try 'fig1'."
        )
    whole = Path(stem)
    if whole.suffix.lower().removeprefix(".") in _ENDINGS:
        whole = whole.with_suffix("")
    if not whole.name:
        raise SettingError("expected a path without the ending, got none; try 'fig1'.")
    for ending in _ENDINGS:
        path = whole.with_name(f"{whole.name}.{ending}")
        drawn = figure_bytes(figure, ending)
        write_whole(path, partial(_write, drawn))


def _write(drawn: bytes, path: Path) -> None:
    path.write_bytes(drawn)


def _require_figure(figure: Any) -> None:
    """Raise `SettingError` unless it can be drawn."""
    is_graph = hasattr(figure, "to_string") and hasattr(figure, "add_node")
    if not isinstance(figure, Figure) and not is_graph:
        raise SettingError(
            f"expected a figure of firstbit.plots, got {shown_value(figure)}."
        )


def figure_bytes(figure: Figure | Graph, ending: str) -> bytes:
    """Return a figure as the bytes of a file that ends in `svg`, `png` or `pdf`.

    Raises:
        SettingError: it is no figure, or the ending is another.
    """
    _require_figure(figure)
    if ending not in _ENDINGS:
        raise SettingError(
            "expected the ending svg, png or pdf, got "
            f"{shown_value(ending)}; try 'svg'."
        )
    if isinstance(figure, Figure):
        return _bytes(figure, ending)
    return graph_bytes(figure, ending, DPI)


def searchable(figure: Figure | Graph) -> bytes:
    """Return a figure as SVG whose text is text, for a page that has its fonts.

    It is smaller than `figure_bytes` gives, and its words can be found and copied.
    Where the page lacks the font another one is squeezed or stretched to its width, so
    that the layout stays.

    Raises:
        SettingError: it is no figure.
    """
    _require_figure(figure)
    if isinstance(figure, Figure):
        return with_lengths(_bytes(figure, "svg", {"svg.fonttype": "none"}))
    return with_lengths_of_title(graph_bytes(figure, "svg"))


@styled
def _bytes(figure: Figure, ending: str, parameters: Parameters | None = None) -> bytes:
    buffer = io.BytesIO()
    _settle(figure)
    with rc_context(parameters):
        figure.savefig(
            buffer,
            format=ending,
            dpi=DPI,
            metadata=_UNDATED.get(ending),
        )
    return buffer.getvalue()


def _settle(figure: Figure) -> None:
    """Lay a figure out, once, and round the places: their last bits are by chance.

    That is done at the resolution of the PNG: at another one letters are hinted to
    other widths.
    """
    engine = figure.get_layout_engine()
    if engine is None or isinstance(engine, PlaceHolderLayoutEngine):
        return
    own = figure.dpi
    figure.dpi = DPI
    engine.execute(figure)  # what drawing begins with; the rest would take as long
    figure.dpi = own
    with rc_context(_WITHOUT_LAYOUT):
        # The engine "none" would do nothing, too, but each saving would draw twice.
        figure.set_layout_engine(None)
    for axes in figure.axes:
        place = axes.get_position(original=True)
        axes.set_position(np.round(place.bounds, _PLACES).tolist())


class Drawings(NamedTuple):
    """A figure on a page, as SVG whose text is text.

    Attributes:
        wide: on a desk.
        narrow: on a phone; none, if it doesn't fit.
    """

    wide: bytes
    narrow: bytes = b""


@dataclass(frozen=True)
class PlannedFigure:
    """A figure to be drawn later, or in another process.

    Attributes:
        name: stem of its files.
        plot: a function of this package.
        given: its arguments.
        options: its keyword arguments.

    Example:
        >>> from firstbit.plots.paper import network
        >>> PlannedFigure.of("fig01", network, 4, 5, 1).name
        'fig01'
    """

    name: str
    plot: Callable[..., Figure | Graph]
    given: tuple[object, ...]
    options: Mapping[str, object]

    @classmethod
    def of(
        cls,
        name: str,
        plot: Callable[..., Figure | Graph],
        *given: object,
        **options: object,
    ) -> "PlannedFigure":
        """Plan `plot(*given, **options)`, to be saved under a name."""
        return cls(name, plot, given, options)

    def save(self, folder: Path) -> None:
        """Draw the figure; write `name.svg` and `name.png` into a folder.

        The folder isn't made: where the work was interrupted, it is gone for good.
        """
        self._saved(folder)

    def drawings(self, folder: Path, phone: Mapping[str, object]) -> Drawings:
        """Save the figure, and draw it for a page, too.

        Args:
            folder: as in `save`.
            phone: keyword arguments of the drawing for a phone.
        """
        wide = searchable(self._saved(folder))
        try:
            small = self.plot(*self.given, **{**self.options, **phone})
        except SettingError:  # that wouldn't fit
            return Drawings(wide)
        return Drawings(wide, searchable(small))

    def _saved(self, folder: Path) -> Figure | Graph:
        figure = self.plot(*self.given, **self.options)
        for ending in _PLANNED:
            path = folder / f"{self.name}.{ending}"
            path.write_bytes(figure_bytes(figure, ending))
        return figure
