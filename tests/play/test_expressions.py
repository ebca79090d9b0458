"""What the page says of an expression is what the library says: automata, floors."""

import math

import numpy as np
import pytest

from firstbit.errors import LanguageError, WordError
from firstbit.languages import (
    Language,
    embedded_reber,
    full_floor,
    memory_order,
    merged_floor,
    named_floors,
    named_plateau,
    window_floors,
)
from in_node import ask, needs_node

pytestmark = needs_node

REBER = "B(TS*X(XT*VP)*(S|XT*VV)|PT*V(P(XT*VP)*(S|XT*VV)|V))E"
EMBEDDED = f"B(T{REBER}T|P{REBER}P)E"
EXPRESSIONS = (
    "B(TS*X|PT*V)E",
    REBER,
    EMBEDDED,
    "(0|10*1)*",
    "x(a|b)*x|y(a|b)*y",
    "(a|b)*abb",
    "a{2,4}b?",
    "[^ab]c|[a-d]+",
    "(ab?){1,}|()",
    ".a.",
    "a{0}",
    "((a|bc)*d|e){2}",
    "(0?1){3}0*",
    r"\(a\)+",
)
BROKEN = (
    "a(b|c",
    "a)",
    "0+1",
    "0 + 1",
    "a b",
    "(a|",
    "a**",
    "[z-a]",
    "a{3,1}",
    "a{",
    "a{1234567}",
    r"\d",
    "ε",
    "a∪b",
    "^a$",
    "a$",
    "",
    "*a",
    "[]",
    "[ab",
    "|",
    ".",
    "[^a]a",
    "(" * 101 + "a" + ")" * 101,
    "a{2000}b",
)
LONGEST = 8


@pytest.fixture(scope="module")
def answers():
    calls = [("asked", expression, LONGEST) for expression in EXPRESSIONS]
    drawn = [("drawn", expression) for expression in EXPRESSIONS]
    found = ask("languages/asked.js", *calls)
    drawings = ask("languages/asked.js", *drawn)
    return {
        expression: one | drawing
        for expression, one, drawing in zip(EXPRESSIONS, found, drawings, strict=True)
    }


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_automata_are_those_of_the_library(answers, expression):
    language = Language.from_regex(expression)
    found = answers[expression]["language"]
    assert tuple(found["alphabet"]) == language.alphabet
    for q, state in enumerate(language.states):
        assert state == f"s{q}"
        targets = zip(language.alphabet, language.transition[q].tolist(), strict=True)
        assert found["edges"][q] == {a: to for a, to in targets if to >= 0}
        assert found["final"][q] == (language.stop[q] > 0)
    assert len(found["edges"]) == len(language.states)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_floors_are_those_of_the_library(answers, expression):
    language = Language.from_regex(expression)
    found = answers[expression]
    assert np.allclose(found["floors"], window_floors(language, LONGEST), atol=1e-12)
    assert found["full"] == pytest.approx(full_floor(language), abs=1e-12)
    assert float(found["order"]) == memory_order(language)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_forgetting_a_letter_costs_is_a_merged_floor(answers, expression):
    language = Language.from_regex(expression)
    for one in answers[expression]["forgotten"]:
        blocks = {}
        for state, block in zip(language.states, one["blockOf"], strict=True):
            blocks.setdefault(block, []).append(state)
        loss = merged_floor(language, blocks.values())
        assert one["loss"] == pytest.approx(loss, abs=1e-12)


def test_the_plateau_of_the_embedded_grammar_has_its_name(answers):
    assert Language.from_regex(EMBEDDED).shortest_difference(embedded_reber()) is None
    (plateau,) = answers[EMBEDDED]["plateaus"]
    assert (plateau["from"], plateau["to"]) == (3, 5)
    assert plateau["loss"] == pytest.approx(4.0)
    assert plateau["name"] == "P or T forgotten"
    assert answers[EMBEDDED]["full"] == pytest.approx(3.5)
    assert float(answers[EMBEDDED]["order"]) == math.inf


@pytest.mark.parametrize("expression", BROKEN)
def test_a_broken_expression_is_refused_as_the_library_does(expression):
    with pytest.raises(LanguageError) as error:
        Language.from_regex(expression)
    (found,) = ask("languages/asked.js", ("asked", expression, LONGEST))
    assert found == str(error.value)


def test_what_the_page_does_not_bear_is_said():
    too_many, too_long, too_large = ask(
        "languages/asked.js",
        ("asked", "(a|b)*a(a|b){7}", 3),
        ("asked", "a" * 1001, 3),
        ("asked", "(a|b)*a(a|b){12}", 3),
    )
    assert "its automaton has 256 states, more than 200" in too_many
    assert "expected at most 1000 characters in this page, got 1001" in too_long
    assert "more than 2000 states, which is what this page bears" in too_large


@pytest.mark.parametrize("word", ["BTSXE", "BTSSE", "BPTX", "BTSXEE", "BT?"])
def test_a_word_walks_as_in_the_library(word):
    language = Language.from_regex(EXPRESSIONS[0])
    (found,) = ask("languages/asked.js", ("walked", EXPRESSIONS[0], word))
    assert found["isWord"] == language.accepts(word)
    try:
        expected = (language.path(word), None)
    except WordError as error:
        expected = (found["path"], str(error))
    assert (found["path"], found["message"]) == expected


@pytest.mark.parametrize("loss", [3.4, 3.51, 3.7, 3.9, 4.05, 4.3, 5, 9, 100])
def test_a_loss_has_the_name_that_the_library_gives_it(loss):
    floors = named_floors(embedded_reber(), 5)
    given = [{"name": floor.name, "loss": floor.loss} for floor in floors]
    (found,) = ask("languages/plateau.js", ("namedPlateau", given, loss))
    expected = named_plateau(floors, loss)
    assert "; ".join(found) == (expected.name if expected else "")


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_state_has_a_place_of_its_own_and_every_edge_an_arrow(
    answers, expression
):
    language = answers[expression]["language"]
    placed, arrows = answers[expression]["layout"], answers[expression]["arrows"]
    places = {(place["layer"], place["row"]) for place in placed["place"]}
    assert len(places) == len(language["edges"])
    assert max(row for _, row in places) <= placed["rows"] - 1
    assert max(layer for layer, _ in places) == placed["layers"] - 1
    letters = sorted(
        (arrow["from"], letter, arrow["to"])
        for arrow in arrows
        for letter in arrow["letters"]
    )
    edges = enumerate(language["edges"])
    assert letters == sorted((q, a, to) for q, out in edges for a, to in out.items())
