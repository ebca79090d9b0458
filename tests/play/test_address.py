"""A view in the address: what it may say, and what is refused with a line."""

import pytest

from in_node import ask, needs_node

pytestmark = needs_node

MODULE = "settings.js"


def read(*hashes):
    return ask(MODULE, *(("fromAddress", one) for one in hashes))


def test_a_view_comes_back_from_its_address():
    (usual,) = ask(MODULE, ("usual",))
    wanted = usual | {
        "cell": "vanilla",
        "k": 7,
        "gain": 1.25,
        "suffix": "constant",
        "at": 12,
        "expression": "a|b+&=#?",
        "story": "2.3",
    }
    (address,) = ask(MODULE, ("toAddress", wanted))
    (found,) = read(address)
    assert found == {"settings": wanted, "notes": []}


def test_without_an_address_the_page_opens_on_a_view_of_its_own():
    usual, opening = ask(MODULE, ("usual",), ("opening",))
    assert {name for name in usual if usual[name] != opening[name]} == {"net"}
    for found in read("", "#"):
        assert found == {"settings": opening, "notes": []}
    assert read("#v=1") == [{"settings": usual, "notes": []}]


def test_the_cursor_is_inside_a_short_word():
    (found,) = read("#v=1&length=10")
    assert found["settings"]["at"] == 10
    assert found["notes"] == []


@pytest.mark.parametrize(
    ("address", "got"), [("#v=2&k=5", "version 2"), ("#k=5", "none")]
)
def test_another_version_is_refused_with_a_line(address, got):
    (found,) = read(address)
    (usual,) = ask(MODULE, ("usual",))
    assert found["settings"] == usual
    (line,) = found["notes"]
    assert line.startswith("Expected an address of version 1 of the playground")
    assert f"got {got};" in line


@pytest.mark.parametrize(
    ("part", "value", "line"),
    [
        ("k=1000", ("k", 100), "This page bears k from 1 to 100; it is 100 now."),
        ("nets=1e9", ("nets", 2000), "bears nets from 2 to 2000"),
        ("length=x", ("length", 50), 'Expected length as a number; got "x".'),
        ("gain=", ("gain", 1), "Expected gain as a number"),
        ("cell=rnn", ("cell", "gru"), "Expected cell among vanilla, gru, lstm, mingru"),
        ("colour=red", ("k", 20), 'Expected no "colour" in the address'),
        ("__proto__=1", ("k", 20), 'Expected no "__proto__" in the address'),
    ],
)
def test_what_the_page_does_not_bear_is_said(part, value, line):
    (found,) = read(f"#v=1&{part}")
    name, mended = value
    assert found["settings"][name] == mended
    assert line in " ".join(found["notes"])


def test_work_that_a_browser_does_not_bear_takes_fewer_nets():
    (usual,) = ask(MODULE, ("usual",))
    large = usual | {"cell": "lstm", "k": 100, "length": 200, "nets": 2000}
    small, cut = ask(MODULE, ("bearable", usual), ("bearable", large))
    assert small == {"settings": usual, "note": ""}
    assert cut["settings"]["nets"] < 2000
    assert str(cut["settings"]["nets"]) in cut["note"]


def test_the_command_names_what_differs_from_the_usual():
    (usual,) = ask(MODULE, ("usual",))
    other = usual | {"cell": "vanilla", "activation": "tanh", "gain": 2, "seed": 3}
    plain, named = ask(MODULE, ("commandOf", usual), ("commandOf", other))
    assert plain == (
        "firstbit discrepancy --cell gru:20 --length 50 --num-draws 200 --words random"
    )
    assert "--cell vanilla:20,activation=tanh,gain=2" in named
    assert named.endswith("--seed 3")
