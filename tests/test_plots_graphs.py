"""Drawings of automata and of a network: what stands in them."""

import pytest

from firstbit.errors import SettingError
from firstbit.plots import automaton, network

REBER = [
    ("start", "B", "q0", 1.0), ("q0", "T", "q1", 0.5), ("q0", "P", "q4", 0.5), ("q1", "S", "q1", 0.5),
    ("q1", "X", "q2", 0.5), ("q2", "S", "q3", 0.5), ("q2", "X", "q4", 0.5), ("q4", "T", "q4", 0.5),
    ("q4", "V", "q5", 0.5), ("q5", "P", "q2", 0.5), ("q5", "V", "q3", 0.5), ("q3", "E", "end", 1.0),
]  # fmt: skip


# network


@pytest.mark.parametrize("sizes", [(4, 5, 1), (1, 1, 1), (7, 2, 7)])
def test_network_draws_a_circle_for_each_neuron_and_a_line_for_each_weight(sizes):
    axes = network(*sizes).axes[0]
    lines, circles = axes.collections[:2], axes.collections[2:]
    assert [len(part.get_paths()) for part in circles] == list(sizes)
    assert [len(part.get_paths()) for part in lines] == [sizes[0] * sizes[1], sizes[1] * sizes[2]]
    shown = " ".join(text.get_text() for text in axes.texts)
    assert all(name in shown for name in ("$U_h$", "$W_h$", "$O$", "$x_t$", "$h_t$", "$y_t$"))


def test_network_refuses_an_empty_layer():
    with pytest.raises(SettingError, match="`hidden_size` must be at least 1; got 0"):
        network(4, 0, 1)


# automata


def test_automaton_draws_states_finals_and_the_entry():
    graph = automaton("Reber", REBER, start="start", finals=["end"])
    assert graph.get_node("end").attr["shape"] == "doublecircle"
    assert graph.get_node("q3").attr["shape"] == "circle"
    assert graph.number_of_edges() == len(REBER) + 1
    assert graph.get_edge("q4", "q4").attr["label"] == "T"
    assert len(graph.in_edges("start")) == 1
    assert graph.graph_attr["label"] == "Reber"


def test_parallel_edges_merge():
    edges = [("a", "S", "b", 0.25), ("a", "T", "b", 0.75), ("b", "S", "a", 1.0)]
    graph = automaton("two", edges, start="a", finals=["b"], labels={"a": "first"})
    assert graph.number_of_edges() == 3
    assert graph.get_edge("a", "b").attr["label"] == "S, T"
    assert graph.get_node("a").attr["label"] == "first"
    shown = automaton("two", edges, start="a", finals=["b"], probabilities=True, rankdir="TB")
    assert "S 0.25" in shown.get_edge("a", "b").attr["label"]
    assert "T 0.75" in shown.get_edge("a", "b").attr["label"]
    assert shown.graph_attr["rankdir"] == "TB"


def test_copies_get_their_frames():
    edges = [("start", y, f"{y}:q0", 0.5) for y in "TP"]
    edges += [(f"{y}:q0", "X", f"{y}:q1", 1.0) for y in "TP"] + [(f"{y}:q1", y, "end", 1.0) for y in "TP"]
    graph = automaton("embedded", edges, start="start", finals=["end"])
    frames = {part.graph_attr["label"]: sorted(part.nodes()) for part in graph.subgraphs()}
    assert frames == {"copy T": ["T:q0", "T:q1"], "copy P": ["P:q0", "P:q1"]}
    assert graph.get_node("P:q1").attr["label"] == "q1"


@pytest.mark.parametrize(("edges", "start", "finals"), [(REBER, "q9", ["end"]), (REBER, "start", ["q9"]), ([], "q9", [])])
def test_automaton_refuses_a_state_without_edges(edges, start, finals):
    with pytest.raises(SettingError, match=r"expected a state of .*; got 'q9'"):
        automaton("Reber", edges, start=start, finals=finals)
