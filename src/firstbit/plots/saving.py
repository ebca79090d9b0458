"""Figures on disk: the same figure always gives the same bytes."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from firstbit.errors import OutputError
from firstbit.plots.graphs import Graph, graph_class
from firstbit.plots.style import styled

DPI = 150


_ENDINGS = ("png", "svg")


def save(figure: Figure | Graph, stem: Path) -> None:
    """Write `stem.svg` and `stem.png`.

    A Figure's layout is settled by the first save, at the resolution of the PNG: at
    another one letters are hinted to other widths, and a second layout could differ in
    the last bit.

    Args:
        figure: a matplotlib Figure, or a graph, which Graphviz's `dot` lays out.
        stem: path without the ending; its folder exists.

    Raises:
        OutputError: a file can't be written.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save(Figure(), Path(folder) / "empty")
        ...     sorted(path.name for path in Path(folder).iterdir())
        ['empty.png', 'empty.svg']
    """
    for ending in _ENDINGS:
        path = stem.with_name(f"{stem.name}.{ending}")
        drawn = figure_bytes(figure, ending)
        try:
            path.write_bytes(drawn)
        except OSError as error:
            reason = error.strerror or error
            raise OutputError(
                f"can't write '{path}': {reason}; choose another place."
            ) from error


def figure_bytes(figure: Figure | Graph, ending: str) -> bytes:
    """Return a figure as the bytes of a file that ends in `svg` or `png`."""
    if isinstance(figure, Figure):
        return _bytes(figure, ending)
    return _graph_bytes(figure, ending)


@styled
def _bytes(figure: Figure, ending: str) -> bytes:
    buffer = io.BytesIO()
    metadata = {"Date": None} if ending == "svg" else None
    figure.savefig(
        buffer,
        format=ending,
        dpi=DPI,
        metadata=metadata,
    )
    figure.set_layout_engine("none")
    return buffer.getvalue()


def _graph_bytes(graph: Graph, ending: str) -> bytes:
    """Draw a copy: drawing leaves marks on a graph, and only PNG has a resolution."""
    copy = graph_class()(string=graph.to_string())
    if ending == "png":
        copy.graph_attr["dpi"] = DPI
    drawn = copy.draw(format=ending, prog="dot")
    assert isinstance(drawn, bytes)
    return drawn


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
        """Draw the figure; write `name.svg` and `name.png` into a folder."""
        save(self.plot(*self.given, **self.options), folder / self.name)
