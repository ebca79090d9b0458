"""Figs. 2 and 5: an automaton as circles and arrows."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any, Literal

from pygraphviz import AGraph

from firstbit.languages import END, Language
from firstbit.languages.demand.copies import copies
from firstbit.plots.style import INK, PALE, short

_FONT = "Helvetica,Arial,sans-serif"
_ENTRY = "entry"
_LIT, _PASSED, _REACHED = "#E69F00", "#FBE3B0", "#F2B544"

LONGEST_STATE = 24
"""Letters of a state's name in its circle."""

FEWEST_IN_A_RUN = 4
"""Neighbouring symbols that are written as a range, as in `a-d`."""


def automaton(
    language: Language,
    *,
    prefix: str | None = None,
    title: str | None = None,
    probabilities: bool = False,
    labels: Mapping[str, str] | None = None,
    rankdir: Literal["LR", "TB", "RL", "BT"] = "LR",
) -> AGraph:
    """The graph of a language's automaton, for Graphviz's `dot`.

    Several symbols between the same two states share an arrow. States that are copies
    of each other, named `T:q2` and `P:q2`, are drawn in frames named T and P, without
    their prefix. The nodes of the graph are the numbers of the states; their names are
    only written in the circles.

    Args:
        language: what to draw; states in which a word may end are double circles.
        prefix: the states and arrows on its way stand out, the last state most.
        title: above the picture; by default the language's name, empty for none.
        probabilities: whether arrows show the probability after their symbols, and
            circles that of the end, `$`.
        labels: state -> what is written in its circle instead of its name.
        rankdir: direction in which words are read: `LR` is left to right.

    Returns:
        A graph to draw or to `save`; `str(graph)` is its source in the DOT language.

    Raises:
        WordError: `prefix` has an illegal step.

    Example:
        >>> from firstbit.languages import reber
        >>> graph = automaton(reber(), prefix="BT", probabilities=True)
        >>> start, q0, q1 = reber().path("BT")
        >>> graph.get_edge(q0, q1).attr["label"]
        'T: 0.5'

    References:
        Stérin, Farrugia, Gripon 2017, Figs. 2 and 5.
    """
    way = [] if prefix is None else language.path(prefix)
    graph = _empty(language.name if title is None else title, rankdir)
    graph.add_node(_ENTRY, shape="none", width=0.05, height=0.05, style="", label="")
    _draw_states(graph, language, labels or {}, probabilities)
    graph.add_edge(_ENTRY, 0)
    for (source, target), label in _arrows(language, probabilities).items():
        graph.add_edge(source, target, label=label)
    _light(graph, way)
    return graph


def _empty(title: str, rankdir: str) -> AGraph:
    graph = AGraph(directed=True, strict=True, name="automaton")
    graph.graph_attr.update(
        label=_verbatim(short(title)), labelloc="t", rankdir=rankdir, fontname=_FONT, fontsize=15, fontcolor=INK,
        nodesep=0.35, ranksep=0.45, pad=0.1, bgcolor="white",
    )  # fmt: skip
    graph.node_attr.update(
        fontname=_FONT, fontsize=13, fontcolor=INK, color=INK, style="filled", fillcolor="#EAF2F8",
        width=0.62, height=0.62, margin="0.02", penwidth=1.1,
    )  # fmt: skip
    graph.edge_attr.update(
        fontname=_FONT,
        fontsize=14,
        fontcolor="#B04A00",
        color="#555555",
        arrowsize=0.75,
    )
    return graph


def _draw_states(
    graph: AGraph, language: Language, labels: Mapping[str, str], probabilities: bool
) -> None:
    frames = copies(language)
    framed = {state for members in frames.values() for state in members}
    for number, (state, stop) in enumerate(
        zip(language.states, language.stop, strict=True)
    ):
        name = state.partition(":")[2] if state in framed else state
        text = labels.get(state, short(name, LONGEST_STATE))
        end = f"\n{END} {stop:.3g}" if probabilities and 0 < stop < 1 else ""
        graph.add_node(
            number,
            label=_verbatim(text + end),
            shape="doublecircle" if stop > 0 else "circle",
        )
    for number, (prefix, members) in enumerate(frames.items()):
        graph.add_subgraph(
            map(language.states.index, members), name=f"cluster {number}", label=_verbatim(f"copy {short(prefix)}"),
            style="rounded", color=PALE, fontsize=13, labeljust="l", margin=12,
        )  # fmt: skip


def _arrows(language: Language, probabilities: bool) -> dict[tuple[int, int], str]:
    """What stands at the arrow between two states: a line for all symbols of the same probability."""
    number = {state: i for i, state in enumerate(language.states)}
    lines: dict[tuple[int, int], dict[str, list[str]]] = {}
    for source, symbol, target, probability in language.edges():
        arrow = lines.setdefault((number[source], number[target]), {})
        arrow.setdefault(f": {probability:.3g}" if probabilities else "", []).append(
            symbol
        )
    return {
        between: _verbatim(
            "\n".join(_runs(symbols) + chance for chance, symbols in arrow.items())
        )
        for between, arrow in lines.items()
    }


def _runs(symbols: Iterable[str]) -> str:
    """`0-9, a-z, _` for those symbols in this order."""
    runs: list[str] = []
    for symbol in symbols:
        if runs and ord(symbol) == ord(runs[-1][-1]) + 1:
            runs[-1] += symbol
        else:
            runs.append(symbol)
    return ", ".join(
        f"{run[0]}-{run[-1]}" if len(run) >= FEWEST_IN_A_RUN else ", ".join(run)
        for run in runs
    )


def _light(graph: AGraph, way: Sequence[int]) -> None:
    for state in way:
        node: Any = graph.get_node(state)
        node.attr.update(
            fillcolor=_REACHED if state == way[-1] else _PASSED,
            color=_LIT,
            penwidth=2.2,
        )
    for source, target in pairwise((_ENTRY, *way)):
        arrow: Any = graph.get_edge(source, target)
        arrow.attr.update(color=_LIT, penwidth=2.6)


def _verbatim(text: str) -> str:
    r"""The text so that Graphviz shows it as it is: it knows `\N`, `&amp;` and, between `<` and `>`, a kind of HTML."""
    return escape(text, quote=False).replace("\\", "\\\\")
