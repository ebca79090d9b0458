"""Automata of JFLAP are the languages that they draw."""

import pytest

from firstbit.cli.language.find import find
from firstbit.errors import LanguageError, SettingError
from firstbit.languages import Language, read_jflap

FRAME = "<?xml version='1.0'?><!--JFLAP--><structure><type>{}</type>{}</structure>"
STATES = (
    '<state id="0" name="q0"><initial/></state>'
    '<state id="1" name="q1"/><state id="2" name="q2"><final/></state>'
)


def edge(source, letter, target):
    read = f"<read>{letter}</read>" if letter else "<read/>"
    return f"<transition><from>{source}</from><to>{target}</to>{read}</transition>"


@pytest.fixture
def saved(tmp_path):
    """A function that writes a file: its transitions, its states, its type."""

    def write(*edges, states=STATES, kind="fa"):
        path = tmp_path / "mine.jff"
        inside = f"<automaton>{states}{''.join(edges)}</automaton>"
        path.write_text(FRAME.format(kind, inside))
        return path

    return write


def test_a_drawn_automaton_is_its_expression(saved):
    edges = [edge(0, "a", 1), edge(1, "b", 1), edge(1, "a", 2), edge(2, "b", 1)]
    path = saved(*edges)
    drawn = read_jflap(path)
    assert drawn.name == "mine"
    assert drawn == Language.from_regex("ab*a((b+)a)*")
    assert find(str(path)) == drawn


def test_choices_and_silent_transitions_become_deterministic(saved):
    edges = [edge(0, "a", 0), edge(0, "b", 0), edge(0, "a", 1), edge(1, "", 2)]
    drawn = read_jflap(saved(*edges))
    assert drawn.shortest_difference(Language.from_regex("(a|b)*a")) is None


@pytest.mark.parametrize(
    ("edges", "given", "said"),
    [
        ([edge(0, "ab", 2)], {}, "expected symbols of one character"),
        ([edge(0, "a", 7)], {}, "got the id '7'"),
        ([edge(0, "a", 1)], {}, "at least one word"),
        ([], {"states": STATES.replace("<initial/>", "")}, "one initial state, got 0"),
        ([], {"kind": "pda"}, "got the type 'pda'"),
        ([], {"states": "<state>"}, "expected XML as JFLAP writes it: mismatched tag"),
        ([], {"states": "<!ENTITY a 'b'>"}, "got declarations"),
    ],
)
def test_what_is_no_finite_automaton_is_refused(saved, edges, given, said):
    with pytest.raises(LanguageError, match=f"mine.jff': .*{said}"):
        read_jflap(saved(*edges, **given))


def test_another_file_is_told_what_is_read(tmp_path):
    path = tmp_path / "mine.dot"
    path.write_text("")
    with pytest.raises(SettingError, match=r"end in \.toml or \.jff"):
        find(str(path))


def test_an_automaton_that_would_be_too_large_is_refused(saved):
    states = (
        '<state id="0"><initial/></state><state id="29"><final/></state>'
        + "".join(f'<state id="{number}"/>' for number in range(1, 29))
    )
    edges = [edge(0, letter, 0) for letter in "ab"] + [edge(0, "a", 1)]
    for number in range(1, 29):
        edges += [edge(number, letter, number + 1) for letter in "ab"]
    with pytest.raises(
        LanguageError, match="more than 20,000 states; draw a smaller one"
    ):
        read_jflap(saved(*edges, states=states))
