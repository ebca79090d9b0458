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
from firstbit.languages.automaton.subsets import States, minimal_dfa
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
    attribute = root.get("type", "")
    kind = root.findtext("type", default=attribute).strip()
    if kind != "fa":
        raise LanguageError(
            f"expected a finite automaton (type 'fa'), got the type '{shown(kind)}'."
        )
    return root


def _language(root: Element, name: str) -> Language:
    """Return the language of an automaton."""
    numbers: dict[str, int] = {}
    for state in root.iter("state"):
        numbers.setdefault(state.get("id", ""), len(numbers))
    starts = _marked(root, "initial")
    if len(starts) != 1:
        raise LanguageError(f"expected one initial state, got {len(starts)}.")
    final = {numbers[state] for state in _marked(root, "final")}
    drawn = _Drawn(numbers[starts[0]], final)
    for edge in _edges(root, set(numbers)):
        drawn.add(numbers[edge.source], edge.letter, numbers[edge.target])
    check_alphabet(sorted(drawn.letters))
    return Language.from_dfa(minimal_dfa(drawn, drawn.letters, _too_large), name=name)


def _too_large(size: str) -> LanguageError:
    return LanguageError(
        f"the automaton is too large: it has {size}; draw a smaller one."
    )


class _Drawn:
    """A drawn automaton, which may be in several states at once.

    Attributes:
        silent: for each state, those to which no letter is needed.
        moves: for each state, those that each letter leads to.
        letters: all of them.
    """

    def __init__(self, start: int, final: set[int]) -> None:
        self._start = start
        self._final = final
        self.silent: dict[int, set[int]] = {}
        self.moves: dict[int, dict[str, set[int]]] = {}
        self.letters: set[str] = set()

    def add(self, source: int, letter: str, target: int) -> None:
        """Add a transition; the letter "" is none."""
        if not letter:
            self.silent.setdefault(source, set()).add(target)
            return
        self.letters.add(letter)
        leaving = self.moves.setdefault(source, {})
        leaving.setdefault(letter, set()).add(target)

    @property
    def start(self) -> States:
        """The initial state, and those that need no letter."""
        return self._reached({self._start})

    def after(self, states: States) -> dict[str, States]:
        """Return, for each letter, the states that it leads to."""
        found: dict[str, set[int]] = {}
        for state in states:
            for letter, targets in self.moves.get(state, {}).items():
                found.setdefault(letter, set()).update(targets)
        return {letter: self._reached(targets) for letter, targets in found.items()}

    def work(self, states: States) -> int:
        """Return how many transitions leave the states."""
        return sum(len(self.moves.get(state, {})) for state in states)

    def accepts(self, states: States) -> bool:
        """Return whether one of the states is final."""
        return not states.isdisjoint(self._final)

    def _reached(self, states: set[int]) -> States:
        """Return the states, and all to which no further letter is needed."""
        found = set(states)
        queue = list(states)
        while queue:
            new = self.silent.get(queue.pop(), set()) - found
            found |= new
            queue.extend(new)
        return frozenset(found)


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
