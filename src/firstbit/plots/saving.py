"""Figures on disk: the same picture always gives the same bytes."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure
from pygraphviz import AGraph

from firstbit.errors import OutputError
from firstbit.plots.style import STYLE

DPI = 150


def save(picture: Figure | AGraph, stem: Path) -> None:
    """Write `stem.svg` and `stem.png`.

    A Figure's layout is settled by the first save, at the resolution of the PNG: at
    another one letters are hinted to other widths, and a second layout could differ in
    the last bit.

    Args:
        picture: a matplotlib Figure, or a graph, which Graphviz's `dot` lays out.
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
    for ending in ("png", "svg"):
        path = stem.with_name(f"{stem.name}.{ending}")
        drawn = picture_bytes(picture, ending)
        try:
            path.write_bytes(drawn)
        except OSError as error:
            raise OutputError(
                f"can't write '{path}': {error.strerror or error}; choose another "
                "place."
            ) from error


def picture_bytes(picture: Figure | AGraph, ending: str) -> bytes:
    """The picture as the bytes of a file: `svg` or `png`."""
    return (
        _graph_bytes(picture, ending)
        if isinstance(picture, AGraph)
        else _bytes(picture, ending)
    )


def _bytes(figure: Figure, ending: str) -> bytes:
    buffer = io.BytesIO()
    with rc_context(STYLE):
        figure.savefig(
            buffer,
            format=ending,
            dpi=DPI,
            metadata={"Date": None} if ending == "svg" else None,
        )
        figure.set_layout_engine("none")
    return buffer.getvalue()


def _graph_bytes(graph: AGraph, ending: str) -> bytes:
    """Draw a copy: drawing leaves marks on a graph, and the resolution is meant for PNG alone."""
    copy = AGraph(string=graph.to_string())
    if ending == "png":
        copy.graph_attr["dpi"] = DPI
    drawn = copy.draw(format=ending, prog="dot")
    assert isinstance(drawn, bytes)
    return drawn


@dataclass(frozen=True)
class Drawing:
    """A picture to be drawn later, or in another process: a function of this package, and what it is given.

    Example:
        >>> from firstbit.plots.paper.network import network
        >>> Drawing.of("fig01", network, 4, 5, 1).name
        'fig01'
    """

    name: str
    plot: Callable[..., Figure | AGraph]
    given: tuple[Any, ...]
    options: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        name: str,
        plot: Callable[..., Figure | AGraph],
        *given: Any,
        **options: Any,
    ) -> "Drawing":
        """The picture `plot(*given, **options)`, to be saved under a name."""
        return cls(name, plot, given, options)

    def save(self, folder: Path) -> None:
        """Draw it, and write `name.svg` and `name.png` into a folder."""
        save(self.plot(*self.given, **self.options), folder / self.name)
