"""Graphs of Graphviz: pygraphviz is imported where one is made, and only there."""

import re
from functools import cache
from threading import RLock
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from firstbit.errors import PackageError

if TYPE_CHECKING:
    from pygraphviz import AGraph as Graph
else:

    @runtime_checkable
    class Graph(Protocol):
        """A graph of pygraphviz, known by its methods where it isn't imported."""

        def add_node(self, n: object, **attr: object) -> None:
            """Add a node."""

        def to_string(self) -> str:
            """Return the source in the DOT language."""


_DATE = re.compile(rb"/CreationDate \([^)]*\)")

GRAPHVIZ = RLock()
"""Held while Graphviz works: all threads share it, and it serves one at a time."""


def graph_class() -> type[Graph]:
    """Return pygraphviz's `AGraph`, as one that shows itself in a notebook.

    Raises:
        PackageError: pygraphviz isn't installed.
    """
    try:
        from pygraphviz import AGraph
    except ImportError as error:
        raise PackageError(
            "expected pygraphviz to draw an automaton, got none; "
            "pip install 'firstbit[graphs]'."
        ) from error
    return _shown(AGraph)


@cache
def _shown(kind: type[Graph]) -> type[Graph]:
    """Return a class of graphs that a notebook shows as pictures, laid out by `dot`."""

    class ShownGraph(kind):
        """A graph with a picture."""

        def _repr_mimebundle_(
            self, include: object = None, exclude: object = None
        ) -> dict[str, str]:
            """Return the picture as SVG, whatever a notebook asks for."""
            del include, exclude
            return {"image/svg+xml": graph_bytes(self, "svg").decode()}

    return ShownGraph


def graph_bytes(graph: Graph, ending: str, dpi: int = 96) -> bytes:
    """Return the bytes of a drawing by Graphviz's `dot`: the same ones each time.

    A copy is drawn, for drawing leaves marks on a graph. A PDF has no date.

    Args:
        graph: of pygraphviz.
        ending: `svg`, `png` or `pdf`.
        dpi: pixels an inch of a PNG.
    """
    with GRAPHVIZ:
        copy = graph_class()(string=graph.to_string())
        if ending == "png":
            copy.graph_attr["dpi"] = dpi
        drawn = copy.draw(format=ending, prog="dot")
        del copy  # under the lock, too
    assert isinstance(drawn, bytes)
    return _DATE.sub(_without_digits, drawn) if ending == "pdf" else drawn


def _without_digits(date: re.Match[bytes]) -> bytes:
    """Return a date of zeros: as long as it was, for a PDF counts its bytes."""
    return re.sub(rb"\d", b"0", date[0])
