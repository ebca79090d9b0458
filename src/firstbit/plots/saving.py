"""Figures on disk: the same picture always gives the same bytes."""

import io
from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure
from pygraphviz import AGraph

from firstbit.errors import OutputError
from firstbit.plots.style import STYLE

DPI = 150


def save(picture: Figure | AGraph, stem: Path) -> None:
    """Write `stem.svg` and `stem.png`.

    A Figure's layout is settled by the first save: a second layout could differ in the last bit.

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
    if isinstance(picture, Figure):
        _settle(picture)
    for ending in ("svg", "png"):
        path = stem.with_name(f"{stem.name}.{ending}")
        drawn = _graph_bytes(picture, ending) if isinstance(picture, AGraph) else _bytes(picture, ending)
        try:
            path.write_bytes(drawn)
        except OSError as error:
            raise OutputError(f"can't write '{path}': {error.strerror or error}; choose another place.") from error


def _settle(figure: Figure) -> None:
    """Lay the figure out once, at the resolution of the PNG: at another one letters are hinted to other widths."""
    before = figure.dpi
    with rc_context(STYLE):
        figure.set_dpi(DPI)
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        figure.set_dpi(before)


def _bytes(figure: Figure, ending: str) -> bytes:
    buffer = io.BytesIO()
    with rc_context(STYLE):
        figure.savefig(buffer, format=ending, dpi=DPI, metadata={"Date": None} if ending == "svg" else None)
    return buffer.getvalue()


def _graph_bytes(graph: AGraph, ending: str) -> bytes:
    """Draw a copy: drawing leaves marks on a graph, and the resolution is meant for PNG alone."""
    copy = AGraph(string=graph.to_string())
    if ending == "png":
        copy.graph_attr["dpi"] = DPI
    drawn = copy.draw(format=ending, prog="dot")
    assert isinstance(drawn, bytes)
    return drawn
