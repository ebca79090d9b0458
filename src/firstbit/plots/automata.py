"""Figs. 2 and 5: an automaton as circles and arrows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal

from pygraphviz import AGraph

from firstbit.errors import SettingError
from firstbit.plots.style import INK, PALE

Edge = tuple[str, str, str, float]

_FONT = "Helvetica,Arial,sans-serif"
_ENTRY = "entry of the automaton"
_LIT = "#E69F00"


def automaton(
    name: str,
    edges: Iterable[Edge],
    *,
    start: str,
    finals: Collection[str],
    probabilities: bool = False,
    labels: Mapping[str, str] | None = None,
    rankdir: Literal["LR", "TB", "RL", "BT"] = "LR",
    lit: Sequence[str] = (),
) -> AGraph:
    """The graph of a probabilistic automaton, for Graphviz's `dot`.

    Several symbols between the same two states share an arrow. States named `T:q2`, `T:q3`, ... are drawn in
    a frame named T, without their prefix.

    Args:
        name: title above the picture.
        edges: (source, symbol, target, probability), one for each transition.
        start: the state with an arrow from nowhere.
        finals: states drawn as double circles.
        probabilities: whether arrows show the probability after the symbol.
        labels: state -> what is written in its circle instead of its name.
        rankdir: direction in which words are read: `LR` is left to right.
        lit: the states on a word's way, in order: they and the arrows between them stand out.

    Returns:
        A graph to draw or to `save`; `str(graph)` is its source in the DOT language.

    Raises:
        SettingError: no edges, or `start`, a final or a lit state that no edge touches.

    Example:
        >>> loop = [("even", "a", "odd", 0.5), ("even", "b", "odd", 0.5), ("odd", "a", "even", 1.0)]
        >>> graph = automaton("parity", loop, start="even", finals=["even"])
        >>> graph.get_edge("even", "odd").attr["label"]
        'a, b'

    References:
        Stérin, Farrugia, Gripon 2017, Figs. 2 and 5.
    """
    edges = list(edges)
    states = list(dict.fromkeys(state for edge in edges for state in (edge[0], edge[2])))
    for state in (start, *finals, *lit):
        if state not in states:
            raise SettingError(f"automaton: expected a state of {', '.join(states) or 'no edges'}; got '{state}'.")
    graph = _empty(name, rankdir)
    graph.add_node(_ENTRY, shape="none", width=0.05, height=0.05, style="", label="")
    _draw_states(graph, states, finals, labels or {})
    _frame_copies(graph, states)
    graph.add_edge(_ENTRY, start)
    for (source, target), texts in _merged(edges, probabilities).items():
        graph.add_edge(source, target, label=_arrow_text(texts, probabilities))
    _light(graph, lit)
    return graph


def _empty(name: str, rankdir: str) -> AGraph:
    graph = AGraph(directed=True, strict=True, name=name)
    graph.graph_attr.update(
        label=name, labelloc="t", rankdir=rankdir, fontname=_FONT, fontsize=15, fontcolor=INK,
        nodesep=0.35, ranksep=0.45, pad=0.1, bgcolor="white",
    )  # fmt: skip
    graph.node_attr.update(
        fontname=_FONT, fontsize=13, fontcolor=INK, color=INK, style="filled", fillcolor="#EAF2F8",
        width=0.62, height=0.62, margin="0.02", penwidth=1.1,
    )  # fmt: skip
    graph.edge_attr.update(fontname=_FONT, fontsize=14, fontcolor="#B04A00", color="#555555", arrowsize=0.75)
    return graph


def _draw_states(graph: AGraph, states: list[str], finals: Collection[str], labels: Mapping[str, str]) -> None:
    for state in states:
        text = labels.get(state, state.partition(":")[2] or state)
        graph.add_node(state, label=text, shape="doublecircle" if state in finals else "circle")


def _frame_copies(graph: AGraph, states: list[str]) -> None:
    copies: dict[str, list[str]] = {}
    for state in states:
        prefix, colon, rest = state.partition(":")
        if prefix and colon and rest:
            copies.setdefault(prefix, []).append(state)
    for prefix, members in copies.items():
        graph.add_subgraph(
            members, name=f"cluster {prefix}", label=f"copy {prefix}", style="rounded", color=PALE, fontsize=13,
            labeljust="l", margin=12,
        )  # fmt: skip


def _light(graph: AGraph, lit: Sequence[str]) -> None:
    for state in lit:
        node: Any = graph.get_node(state)
        node.attr.update(fillcolor="#FBE3B0", color=_LIT, penwidth=2.2)
    for source, target in pairwise((_ENTRY, *lit) if lit else ()):
        if not graph.has_edge(source, target):
            raise SettingError(f"automaton: expected states along arrows, got '{source}' before '{target}'.")
        arrow: Any = graph.get_edge(source, target)
        arrow.attr.update(color=_LIT, penwidth=2.6)


def _merged(edges: list[Edge], probabilities: bool) -> dict[tuple[str, str], list[str]]:
    merged: dict[tuple[str, str], list[str]] = {}
    for source, letter, target, probability in edges:
        text = f"{letter} {probability:.3g}" if probabilities else letter
        merged.setdefault((source, target), []).append(text)
    return merged


def _arrow_text(texts: list[str], probabilities: bool) -> str:
    """One arrow's symbols; with probabilities, each on its own line."""
    return ("\n" if probabilities else ", ").join(texts)
