"""An automaton as circles and arrows."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from textwrap import wrap
from typing import Literal

from firstbit.languages import END, Language
from firstbit.languages.demand.copies import copies
from firstbit.plots.graphs import GRAPHVIZ, Graph, graph_class
from firstbit.plots.styles import look
from firstbit.plots.text import short
from firstbit.plots.widths import Width, inches, too_narrow

_FONT = "Helvetica,Arial,sans-serif"
_ENTRY = "entry"

_LETTERS = 13
"""Points: the smallest letters of a drawing that isn't shrunk."""

_TITLE, _WIDE = 15, 0.68
"""Points: of a title; width of its letters, as a share of that."""

_LONGEST_TITLE = 160
"""Letters of a title that is given."""

_POINTS_AN_INCH = 72

_NODES = {
    "fontname": _FONT,
    "fontsize": _LETTERS,
    "style": "filled",
    "width": 0.62,
    "height": 0.62,
    "margin": "0.02",
    "penwidth": 1.1,
}

_EDGES = {
    "fontname": _FONT,
    "fontsize": 14,
    "arrowsize": 0.75,
}

_DECIDING = {
    "fontsize": 20,
    "penwidth": 2.6,
    "arrowsize": 0.9,
}
"""Of the arrows into and out of copies: what they read tells the copies apart."""

_FRAME = {
    "style": "rounded",
    "fontsize": _LETTERS,
    "labeljust": "l",
    "margin": 12,
}

_UPRIGHT = ("TB", "BT")
"""Directions in which letters stand beside arrows, and would touch them."""

_PAD = 0.1
"""Inches around a drawing."""

_HIGHEST = 1000
"""Inches: of a drawing that only its width limits."""

Direction = Literal["LR", "TB", "RL", "BT"]

LONGEST_STATE = 24
"""Letters of a state's name in its circle."""

FEWEST_IN_A_RUN = 4
"""Neighbouring symbols that are written as a range, as in `a-d`."""


@dataclass(frozen=True)
class _Writing:
    """The text in the circles and at the arrows, and what keeps it off an arrow."""

    labels: Mapping[str, str] = field(default_factory=dict)
    probabilities: bool = False
    beside: str = ""


def automaton(
    language: Language,
    *,
    prefix: str | None = None,
    title: str | None = None,
    probabilities: bool = False,
    labels: Mapping[str, str] | None = None,
    rankdir: Direction | None = None,
    width: Width | None = None,
) -> Graph:
    """Return the graph of a language's automaton, for Graphviz's `dot`.

    Several symbols between the same two states share an arrow. States that are copies
    of each other, named `T:q2` and `P:q2`, are drawn in frames named T and P, without
    their prefix; the arrows into and out of a frame are thick, for their symbols tell
    the copies apart. The nodes of the graph are the numbers of the states; their names
    are only written in the circles.

    Args:
        language: what to draw; states in which a word may end are double circles.
        prefix: the states and arrows on its way stand out, the last state most.
        title: above the figure, on more lines where `width` is too small for it; by
            default the language's name, "" for none.
        probabilities: whether arrows show the probability after their symbols, and
            circles that of the end, `$`.
        labels: state -> the text in its circle instead of its name.
        rankdir: direction in which words are read; by default from left to right
            (`LR`), or from the top down (`TB`) where the width is too small for that.
        width: of the drawing at most, letters and all: inches, or a text such as
            `183 mm` or `720 px`.

    Returns:
        A graph of pygraphviz, an `AGraph`, to draw or to `save`; `str(graph)` is its
        source in the DOT language.

    Raises:
        WordError: `prefix` has an illegal step.
        SettingError: it is no width, or too small for letters that can be read (6
            points in print).
        PackageError: pygraphviz isn't installed.

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
    head = short(language.name) if title is None else short(title, _LONGEST_TITLE)

    def drawn(direction: Direction) -> Graph:
        beside = " " if direction in _UPRIGHT else ""
        writing = _Writing(labels or {}, probabilities, beside)
        graph = _empty(direction)
        _draw_entry(graph)
        _draw_states(graph, language, writing)
        graph.add_edge(_ENTRY, 0)
        for (source, target), label in _arrows(language, writing).items():
            graph.add_edge(source, target, label=label)
        between = _between_copies(language)
        _lay_out_alike(graph, between)
        if not way:
            _mark(graph, between)
        _light(graph, way)
        return graph

    with GRAPHVIZ:
        if width is None:
            graph = drawn(rankdir or "LR")
            graph.graph_attr["label"] = _bold([head])
            return graph
        graph = _fitted(drawn, [rankdir] if rankdir else ["LR", "TB"], width)
        room = max(_width(graph), inches(width))
        graph.graph_attr["label"] = _bold(_lines(head, room))
        return graph


def _fitted(
    drawn: Callable[[Direction], Graph], directions: Sequence[Direction], width: Width
) -> Graph:
    """Return the first drawing that can be read at a width, and is at most as wide.

    Raises:
        SettingError: there is none; the width at which one can be read is said.
    """
    most = inches(width)
    least = []
    for direction in directions:
        graph = drawn(direction)
        graph.graph_attr["size"] = f"{most},{_HIGHEST}"
        least.append(_width(graph) * look().context.smallest / _LETTERS)
        if least[-1] <= most:
            return graph
    raise too_narrow(width, min(least))


def _width(graph: Graph) -> float:
    """Return the width of a drawing that isn't shrunk, in inches."""
    copy = graph_class()(string=graph.to_string())
    copy.layout(prog="dot")
    corners = copy.graph_attr["bb"].split(",")
    left, _, right, _ = map(float, corners)
    return (right - left) / _POINTS_AN_INCH + 2 * _PAD


def _draw_entry(graph: Graph) -> None:
    """Draw nothing, where the arrow into the first state begins."""
    graph.add_node(
        _ENTRY,
        shape="none",
        width=0.05,
        height=0.05,
        style="",
        label="",
    )


def _empty(rankdir: Direction) -> Graph:
    """Return a graph in the house's style."""
    page = look().page
    graph = graph_class()(directed=True, strict=True, name="automaton")
    graph.graph_attr.update(
        labelloc="t",
        labeljust="l",
        rankdir=rankdir,
        fontname=_FONT,
        fontsize=_TITLE,
        fontcolor=page.ink,
        nodesep=0.35,
        ranksep=0.45,
        pad=_PAD,
        bgcolor=page.page,
    )
    graph.node_attr.update(
        **_NODES, fontcolor=page.ink, color=page.line, fillcolor=page.raised
    )
    graph.edge_attr.update(**_EDGES, fontcolor=page.ink, color=page.soft)
    return graph


def _draw_states(graph: Graph, language: Language, writing: _Writing) -> None:
    """Draw a circle for each state, and a frame around each copy."""
    frames = copies(language)
    names = _short_names(language, frames)
    for number, state in enumerate(language.states):
        stop = float(language.stop[number])
        text = writing.labels.get(state, short(names[state], LONGEST_STATE))
        if writing.probabilities and 0 < stop < 1:
            text += f"\n{END} {stop:.3g}"
        shape = "doublecircle" if stop > 0 else "circle"
        graph.add_node(number, label=_verbatim(text), shape=shape)
    for number, (prefix, members) in enumerate(frames.items()):
        inside = [language.states.index(state) for state in members]
        label = _verbatim(f"copy {short(prefix)}")
        graph.add_subgraph(
            inside,
            name=f"cluster {number}",
            label=label,
            color=look().page.line,
            **_FRAME,
        )


def _between_copies(language: Language) -> set[tuple[int, int]]:
    """Return the arrows into and out of copies, as numbers of two states."""
    owners = {
        state: prefix
        for prefix, members in copies(language).items()
        for state in members
    }
    names = language.states
    between = set()
    for source, _, target, _ in language.edges():
        if owners.get(source) != owners.get(target):
            between.add((names.index(source), names.index(target)))
    return between


def _lay_out_alike(graph: Graph, between: Collection[tuple[int, int]]) -> None:
    """Let all copies look the same: what leads in and out of them doesn't pull."""
    if between:
        graph.graph_attr["ordering"] = "out"
    for ends in sorted(between):
        graph.add_edge(*ends, weight=0)


def _mark(graph: Graph, between: Iterable[tuple[int, int]]) -> None:
    """Draw arrows thick, in ink, with large letters."""
    for ends in sorted(between):
        graph.add_edge(*ends, color=look().page.ink, **_DECIDING)


def _short_names(
    language: Language, frames: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Return each state's name, without the prefix that its frame shows."""
    names = {state: state for state in language.states}
    for prefix, members in frames.items():
        for state in members:
            names[state] = state.removeprefix(f"{prefix}:")
    return names


def _arrows(language: Language, writing: _Writing) -> dict[tuple[int, int], str]:
    """Return the text at each arrow: a line for each probability."""
    number = {state: i for i, state in enumerate(language.states)}
    symbols: dict[tuple[int, int], dict[str, list[str]]] = {}
    for source, symbol, target, probability in language.edges():
        arrow = symbols.setdefault((number[source], number[target]), {})
        chance = f": {probability:.3g}" if writing.probabilities else ""
        arrow.setdefault(chance, []).append(symbol)
    labels = {}
    for between, arrow in symbols.items():
        lines = []
        for chance, read in arrow.items():
            lines.append(f"{writing.beside}{_runs(read)}{chance}{writing.beside}")
        labels[between] = _verbatim("\n".join(lines))
    return labels


def _runs(symbols: Iterable[str]) -> str:
    """Return symbols in their order, neighbours as a range: `0-9, a-z, _`."""
    runs: list[str] = []
    for symbol in symbols:
        if runs and ord(symbol) == ord(runs[-1][-1]) + 1:
            runs[-1] += symbol
        else:
            runs.append(symbol)
    return ", ".join(map(_run, runs))


def _run(run: str) -> str:
    if len(run) >= FEWEST_IN_A_RUN:
        return f"{run[0]}-{run[-1]}"
    return ", ".join(run)


def _light(graph: Graph, way: Sequence[int]) -> None:
    """Draw a way in ink: adding states and arrows again changes them.

    The last state is filled with ink, and its name is paper.
    """
    page = look().page
    for state in way:
        is_last = state == way[-1]
        graph.add_node(
            state,
            fillcolor=page.ink if is_last else page.hair,
            fontcolor=page.page if is_last else page.ink,
            color=page.ink,
            penwidth=2.2,
        )
    for source, target in pairwise((_ENTRY, *way)):
        graph.add_edge(
            source,
            target,
            color=page.ink,
            penwidth=2.6,
        )


def _lines(title: str, room: float) -> list[str]:
    """Return the lines of a title in a drawing of this width in inches.

    Example:
        >>> _lines("Reber's grammar: two letters", 2.0)
        ["Reber's", 'grammar: two', 'letters']
    """
    letters = _POINTS_AN_INCH * room / (_WIDE * _TITLE)
    return wrap(title, int(letters))


def _bold(lines: Sequence[str]) -> str:
    r"""Return the lines of a title in bold letters, as those of other figures are.

    Graphviz reads them as a kind of HTML, in which it still knows `\G`.
    """
    written = [escape(line, quote=False).replace("\\", "\\\\") for line in lines]
    if len(written) > 1:
        written = [f'{line}<br align="left"/>' for line in written]
    text = "".join(written)
    return f"<<b>{text}</b>>" if text else ""


def _verbatim(text: str) -> str:
    r"""Return the text so that Graphviz shows it as it is.

    Graphviz knows `\N`, `&amp;` and, between `<` and `>`, a kind of HTML.
    """
    return escape(text, quote=False).replace("\\", "\\\\")
