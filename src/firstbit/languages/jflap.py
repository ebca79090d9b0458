"""Languages as files of JFLAP, the program in which courses draw automata.

A file is XML: states with an `id`, some `initial` or `final`, and transitions, each
`from` a state `to` a state by what it `read`s, a letter or nothing.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from firstbit.errors import LanguageError, shown
from firstbit.languages.automaton.validity import check_alphabet
from firstbit.languages.language import Language
from firstbit.languages.words.files import read_text

PARTS = ("from", "read", "to")
"""Of a transition, in the order of an `Edge`."""


class Edge(NamedTuple):
    """A transition: from a state by a letter, "" for none, to a state."""

    source: str
    letter: str
    target: str


def read_jflap(path: Path | str) -> Language:
    """Read a language from a finite automaton of JFLAP, a `.jff` file.

    The automaton is made deterministic, with as few states as can be. All choices of
    a state are then equally likely.

    Args:
        path: the file; the name of the language is that of the file.

    Raises:
        LanguageError: it is no finite automaton of JFLAP, it accepts no word, or a
            transition reads several letters.
        OutputError: the file can't be read.

    Example:
        >>> import tempfile
        >>> text = '''<structure><type>fa</type><automaton>
        ... <state id="0" name="q0"><initial/></state>
        ... <state id="1" name="q1"><final/></state>
        ... <transition><from>0</from><to>0</to><read>a</read></transition>
        ... <transition><from>0</from><to>1</to><read>b</read></transition>
        ... </automaton></structure>'''
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "mine.jff")
        ...     _ = file.write_text(text)
        ...     read_jflap(file).accepts("aab")
        True
    """
    file = Path(path)
    text = read_text(file, "a file of JFLAP")
    try:
        return _language(_root(text), file.stem)
    except LanguageError as error:
        raise LanguageError(f"'{shown(str(path))}': {error}") from error


def _root(text: str) -> Element:
    """Return the outermost element."""
    if "<!" in text.replace("<!--", ""):
        raise LanguageError("expected XML as JFLAP writes it, got declarations.")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise LanguageError(f"expected XML as JFLAP writes it: {error}.") from error
    kind = root.findtext("type", default=root.get("type", "")).strip()
    if kind != "fa":
        raise LanguageError(
            f"expected a finite automaton (type 'fa'), got the type '{shown(kind)}'."
        )
    return root


def _language(root: Element, name: str) -> Language:
    """Return the language of an automaton."""
    from automata.fa.dfa import DFA
    from automata.fa.nfa import NFA

    states = {state.get("id", "") for state in root.iter("state")}
    starts = _marked(root, "initial")
    if len(starts) != 1:
        raise LanguageError(f"expected one initial state, got {len(starts)}.")
    edges = list(_edges(root, states))
    letters = {edge.letter for edge in edges} - {""}
    check_alphabet(sorted(letters))
    transitions: dict[str, dict[str, set[str]]] = {state: {} for state in states}
    for edge in edges:
        transitions[edge.source].setdefault(edge.letter, set()).add(edge.target)
    automaton = NFA(
        states=states,
        input_symbols=letters,
        transitions=transitions,
        initial_state=starts[0],
        final_states={*_marked(root, "final")},
    )
    return Language.from_dfa(DFA.from_nfa(automaton), name=name)


def _marked(root: Element, mark: str) -> list[str]:
    """Return the states that have a mark, `initial` or `final`."""
    found = []
    for state in root.iter("state"):
        if state.find(mark) is not None:
            found.append(state.get("id", ""))
    return found


def _edges(root: Element, states: set[str]) -> Iterator[Edge]:
    """Yield the transitions; each joins states that are there."""
    for transition in root.iter("transition"):
        texts = [transition.findtext(part, default="") for part in PARTS]
        edge = Edge(*(text.strip() for text in texts))
        for state in (edge.source, edge.target):
            if state not in states:
                raise LanguageError(
                    f"expected transitions between states that are there, got the id "
                    f"'{shown(state)}'."
                )
        yield edge
