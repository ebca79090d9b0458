"""Graphs of automata: what stands in them, and what they need."""

import subprocess
import sys
from itertools import pairwise

import pytest

from firstbit.errors import PackageError, SettingError, WordError
from firstbit.languages import Language, embedded_reber, nested_reber, reber
from firstbit.plots import automaton, style

HALF_A_CIRCLE = 22.0
"""Points."""


def attributes(part):
    """Return the attributes of a node or an edge, as Graphviz gets them."""
    return part.attr


def circle(graph, language, state):
    return attributes(graph.get_node(language.states.index(state)))


def arrow(graph, language, source, target):
    ends = language.states.index(source), language.states.index(target)
    return attributes(graph.get_edge(*ends))


def frames(graph, language):
    members = {part.graph_attr["label"]: part.nodes() for part in graph.subgraphs()}
    return {
        label: {language.states[int(node)] for node in nodes}
        for label, nodes in members.items()
    }


def test_automaton_draws_states_finals_and_the_entry():
    language = reber()
    graph = automaton(language)
    assert circle(graph, language, "end")["shape"] == "doublecircle"
    assert circle(graph, language, "q3")["shape"] == "circle"
    assert [
        circle(graph, language, state)["label"] for state in language.states
    ] == list(language.states)
    assert graph.number_of_edges() == len(language.edges()) + 1
    assert arrow(graph, language, "q4", "q4")["label"] == "T"
    assert len(graph.in_edges(0)) == 1
    assert graph.graph_attr["label"] == "<b>reber</b>"
    for title in ("Fig. 2", ""):
        graph = automaton(language, title=title)
        assert graph.graph_attr["label"] == (f"<b>{title}</b>" if title else "")


@pytest.mark.parametrize(("width", "number"), [("720 px", 2), ("360 px", 3)])
def test_a_long_title_has_as_many_lines_as_the_width_asks(width, number):
    title = "Fig. 2, Reber's grammar: the last two letters of a word tell the next one"
    graph = automaton(reber(), title=title, width=width)
    told = graph.graph_attr["label"]
    lines = told.removeprefix("<b>").removesuffix("</b>").split('<br align="left"/>')
    assert " ".join(lines) == title + " "
    assert len(lines) - 1 == number


def test_a_language_without_letters_is_one_circle():
    graph = automaton(Language.from_regex("()"), probabilities=True)
    only = attributes(graph.get_node(0))
    assert only["shape"] == "doublecircle"
    assert only["label"] == "s0"  # the end is certain
    assert graph.number_of_edges() == 1


def ways_inside(graph, language, prefix):
    """From the first state of a copy to each of its states, in points."""
    places = {}
    for number, state in enumerate(language.states):
        if state.startswith(f"{prefix}:"):
            x, y = graph.get_node(number).attr["pos"].split(",")
            places[state.removeprefix(f"{prefix}:")] = float(x), float(y)
    x, y = places["start"]
    return {state: (a - x, b - y) for state, (a, b) in places.items()}


@pytest.mark.parametrize("rankdir", ["LR", "TB"])
def test_copies_are_laid_out_alike(rankdir):
    language = embedded_reber()
    graph = automaton(language, rankdir=rankdir)
    graph.layout(prog="dot")
    of_t, of_p = (ways_inside(graph, language, prefix) for prefix in "TP")
    for state, way in of_t.items():
        assert of_p[state] == pytest.approx(way, abs=HALF_A_CIRCLE)


def test_arrows_into_and_out_of_copies_are_thick_where_no_way_is_shown():
    language = embedded_reber()
    expected = {(f"{y}:end", "last") for y in "TP"}
    expected |= {("outer", f"{y}:start") for y in "TP"}
    assert thick(automaton(language), language) == expected
    assert thick(automaton(language, prefix="B"), language) == {("start", "outer")}


def thick(graph, language):
    """Return the arrows between states that are drawn thick."""
    found = set()
    for edge in graph.edges():
        if attributes(edge)["penwidth"] == "2.6" and edge[0] != "entry":
            found.add(tuple(language.states[int(end)] for end in edge))
    return found


def test_parallel_edges_share_an_arrow():
    edges = {
        "a": {"S": ("b", 0.25), "T": ("b", 0.5), "X": ("b", 0.25)},
        "b": {"S": ("a", 0.75)},
    }
    language = Language.from_transitions(edges, start="a", final={"b": 0.25})
    graph = automaton(language, labels={"a": "first\nstate"})
    assert graph.number_of_edges() == 3
    assert arrow(graph, language, "a", "b")["label"] == "S, T, X"
    assert circle(graph, language, "a")["label"] == "first\nstate"
    assert circle(graph, language, "b")["label"] == "b"
    shown = automaton(language, probabilities=True, rankdir="TB")
    assert arrow(shown, language, "a", "b")["label"] == " S, X: 0.25 \n T: 0.5 "
    assert circle(shown, language, "a")["label"] == "a"
    assert circle(shown, language, "b")["label"] == "b\n$ 0.25"
    assert shown.graph_attr["rankdir"] == "TB"


def test_where_the_width_is_too_small_words_are_read_from_the_top_down():
    with style("paper"):
        wide, narrow = (automaton(reber(), width=mm) for mm in ("183 mm", "89 mm"))
        with pytest.raises(SettingError, match=r"at least \d+ px .1\d\d mm. for"):
            automaton(reber(), width="89 mm", rankdir="LR")
    assert (wide.graph_attr["rankdir"], narrow.graph_attr["rankdir"]) == ("LR", "TB")
    with pytest.raises(SettingError, match="got 100 px; try"):
        automaton(reber(), width="100 px")


@pytest.mark.parametrize(
    ("expression", "label"),
    [
        ("[a-z0-9]", "0-9, a-z: 0.0278"),
        ("[a-d]", "a-d: 0.25"),
        ("[a-c]", "a, b, c: 0.333"),
        ("[a-dfh-j]", "a-d, f, h, i, j: 0.125"),
    ],
)
def test_neighbouring_symbols_are_a_range(expression, label):
    graph = automaton(Language.from_regex(expression), probabilities=True)
    assert attributes(graph.get_edge(0, 1))["label"] == label


def test_the_order_of_the_alphabet_is_kept():
    graph = automaton(Language.from_regex("[abcd]", alphabet="dcba"))
    assert attributes(graph.get_edge(0, 1))["label"] == "d, c, b, a"


def test_copies_get_their_frames():
    language = embedded_reber()
    graph = automaton(language)
    inner = [
        state.removeprefix("T:") for state in language.states if state.startswith("T:")
    ]
    assert len(inner) == 8
    assert frames(graph, language) == {
        f"copy {y}": {f"{y}:{state}" for state in inner} for y in "TP"
    }
    assert circle(graph, language, "P:q1")["label"] == "q1"
    nested = automaton(nested_reber())
    assert circle(nested, nested_reber(), "T:P:q1")["label"] == "P:q1"


@pytest.mark.parametrize(
    "states",
    [
        ["9:00", "12:00", "17:00"],  # the same inner name, but only one
        ["a:x", "a:y", "b"],  # no second copy
        ["a:x", "a:y", "b:x", "b:z"],  # other states
        [":x", ":y", "b:", "c:"],
    ],
)
def test_a_colon_alone_makes_no_copy(states):
    edges = {state: {"w": following} for state, following in pairwise(states)}
    language = Language.from_transitions(edges, start=states[0], final=[states[-1]])
    graph = automaton(language)
    assert graph.subgraphs() == []
    labels = [circle(graph, language, state)["label"] for state in states]
    assert labels == states


def test_a_words_way_is_lit():
    language = reber()
    graph = automaton(language, prefix="BTSX")
    lit = arrow(graph, language, "q1", "q2")["color"]
    assert (
        arrow(graph, language, "start", "q0")["color"]
        == arrow(graph, language, "q1", "q1")["color"]
        == lit
    )
    assert arrow(graph, language, "q2", "q3")["color"] != lit
    colours = {
        state: circle(graph, language, state)["fillcolor"] for state in language.states
    }
    assert colours["start"] == colours["q0"] == colours["q1"]
    assert (
        len({colours["q1"], colours["q2"], colours["q3"]}) == 3
    )  # passed, reached, apart
    unlit = automaton(language)
    assert lit not in {attributes(edge)["color"] for edge in unlit.edges()}
    empty = automaton(language, prefix="")
    assert circle(empty, language, "start")["fillcolor"] == colours["q2"]
    with pytest.raises(
        WordError, match="position 2: letter 'S' is not legal in state q0"
    ):
        automaton(language, prefix="BS")


# pygraphviz


def test_without_pygraphviz_an_automaton_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    text = (
        "expected pygraphviz to draw an automaton, got none; "
        r"pip install 'firstbit\[graphs\]'\."
    )
    with pytest.raises(PackageError, match=f"^{text}$"):
        automaton(reber())


@pytest.mark.slow
def test_other_figures_do_not_load_pygraphviz():
    program = (
        "import sys; sys.modules['pygraphviz'] = None\n"
        "from firstbit.plots import figure_bytes, paper\n"
        "assert figure_bytes(paper.network(1, 1, 1), 'svg')\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
