"""Pictures that `firstbit language` draws: what the reader of the file sees."""

import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import pytest

from firstbit.cli import main
from firstbit.languages import Language
from firstbit.plots import automaton, figure_bytes
from firstbit.plots.styles import look

LIT = look().page.ink


def seen(svg):
    """(texts, strokes) of a graph as SVG."""
    parts = list(ElementTree.fromstring(svg).iter())
    return ["".join(part.itertext()) for part in parts if part.tag.endswith("}text")], [
        part.get("stroke") for part in parts
    ]


def asked(tmp_path, *ask):
    assert main(["language", *ask, "--figure", str(tmp_path / "a.svg")]) == 0
    return (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_the_automaton_has_a_title_and_probabilities(tmp_path):
    texts, strokes = seen(asked(tmp_path, "reber"))
    assert texts.count("reber") == 1
    assert texts.count("q3") == 1
    assert {"B: 1", "S: 0.5", "X: 0.5"} <= set(texts)
    assert LIT not in strokes
    texts, _ = seen(asked(tmp_path, "[a-z]*"))
    assert sorted(texts) == sorted(["[a-z]*", "s0", "$ 0.037", "a-z: 0.037"])


def test_the_way_of_a_prefix_is_lit(tmp_path):
    _, strokes = seen(asked(tmp_path, "reber", "--next", "BT"))
    # Four parts for the states, of which the last is filled darker; three arrows have a
    # line and a head each.
    assert strokes.count(LIT) == 3 + 2 * 3


@pytest.mark.slow
def test_the_lengths_and_the_demand_have_a_title(tmp_path):
    long = "(Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)+"
    assert "<!-- How long the words of reber are -->" in asked(
        tmp_path, "reber", "--count", "9"
    )
    assert "<!-- How long the words of " in asked(
        tmp_path, f"{long}{long}", "--count", "9"
    )
    assert "<!-- The memory that reber demands -->" in asked(
        tmp_path, "reber", "--demand"
    )


def test_pictures_and_files_may_end_in_capitals(tmp_path):
    toml, svg = tmp_path / "COIN.TOML", tmp_path / "COIN.SVG"
    assert main(["language", "b*a", "--out", str(toml)]) == 0
    assert main(["language", str(toml), "--figure", str(svg)]) == 0
    assert "b: 0.5" in seen(svg.read_bytes())[0]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "\\",
        "\\N",
        "\\G \\l",
        "a\\",
        "&amp;",
        "<b>x</b>",
        '"q"',
        "9:00",
        "a:",
        ":a",
        "entry",
        "cluster 0",
        "$x$",
        "日本",
        "--",
        "%",
    ],
)
def test_names_are_shown_as_they_are(name):
    other = "the other one"
    language = Language.from_transitions(
        {name: {"x": other}}, start=name, final=[other], name=name
    )
    texts, _ = seen(figure_bytes(automaton(language), "svg"))
    assert sorted(texts) == sorted([other, "x"] + 2 * [name] * bool(name))


@pytest.mark.parametrize("name", ["two\nlines", "\x00", "\x1b[31m", "x" * 1000])
def test_names_that_cannot_be_shown_leave_a_picture(name):
    language = Language.from_transitions(
        {name: {"x": "end"}}, start=name, final=["end"], name=name
    )
    texts, _ = seen(figure_bytes(automaton(language, probabilities=True), "svg"))
    assert len(texts) == 4
    assert max(map(len, texts)) <= 60
    assert figure_bytes(automaton(language), "png")


def test_every_visible_symbol_stands_at_its_arrow():
    symbols = [chr(code) for code in range(33, 127) if chr(code) != "$"]
    states = [f"s{i}" for i in range(len(symbols) + 1)]
    edges = {
        state: {symbol: following}
        for (state, following), symbol in zip(pairwise(states), symbols, strict=True)
    }
    language = Language.from_transitions(edges, start="s0", final=states[-1:])
    texts, _ = seen(figure_bytes(automaton(language, probabilities=True), "svg"))
    assert {f"{symbol}: 1" for symbol in symbols} <= set(texts)
