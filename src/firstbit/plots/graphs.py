"""Graphs of Graphviz: pygraphviz is imported where one is made, and only there."""

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


GRAPHVIZ = RLock()
"""Held while Graphviz works: all threads share it, and it serves one at a time."""


def graph_class() -> type[Graph]:
    """Return pygraphviz's `AGraph`.

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
    return AGraph
