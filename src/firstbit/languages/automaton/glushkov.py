"""From an expression to a deterministic automaton, by way of the position automaton.

The states of the position automaton are the letters of the expression, each in its
place.

References:
    Glushkov 1961, The abstract theory of automata.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from firstbit.errors import LanguageError, shown
from firstbit.languages.automaton.regex import (
    MOST_LETTERS,
    Letters,
    Node,
    Repeat,
    Series,
    Union,
    parse,
)
from firstbit.languages.automaton.subsets import MOST_EDGES, States, minimal_dfa
from firstbit.languages.automaton.validity import check_alphabet, shown_letters

if TYPE_CHECKING:
    import automata.fa.dfa


def deterministic(
    expression: str, alphabet: Iterable[str] | None = None
) -> "automata.fa.dfa.DFA":
    """Return the minimal partial DFA of an expression.

    Args:
        expression: a regular expression, see `regex`.
        alphabet: the symbols; by default the expression's own letters.

    Raises:
        LanguageError: the expression doesn't parse, has a letter outside the alphabet,
            or is too large.
    """
    letters = frozenset[str]() if alphabet is None else frozenset(alphabet)
    tree = parse(expression, letters)
    symbols = _symbols(tree, expression, alphabet)
    size = _size(tree)
    if size > MOST_LETTERS:
        raise _too_large(
            expression,
            f"more than {MOST_LETTERS} letters with its repetitions written out",
        )
    positions = _Positions(tree, symbols, expression)
    return minimal_dfa(positions, symbols, partial(_too_large, expression))


def _symbols(
    tree: Node, expression: str, alphabet: Iterable[str] | None
) -> frozenset[str]:
    """Return the alphabet as a set, by default the letters of the expression."""
    used: set[str] = set()
    for node in _letters(tree):
        used |= node.letters
    symbols = frozenset(used if alphabet is None else alphabet)
    if alphabet is None:
        _require_a_letter_left(tree, symbols, expression)
    check_alphabet(sorted(symbols, key=str))
    if used - symbols:
        raise LanguageError(
            f"'{shown(expression)}': letter '{shown(min(used - symbols))}' is not in "
            f"the alphabet {shown_letters(sorted(symbols))}."
        )
    return symbols


def _require_a_letter_left(
    tree: Node, symbols: frozenset[str], expression: str
) -> None:
    for node in _letters(tree):
        if node.excluded and symbols <= node.letters:
            raise LanguageError(
                f"'{shown(expression)}': no letter of the expression is left for . or "
                "[^ ]; give an alphabet."
            )


def _letters(node: Node) -> Iterator[Letters]:
    """Yield the letters of an expression, from left to right."""
    if isinstance(node, Letters):
        yield node
    elif isinstance(node, Repeat):
        yield from _letters(node.part)
    else:
        for part in node.parts:
            yield from _letters(part)


def _size(node: Node) -> int:
    """Count the letters of the expression with its repetitions written out."""
    if isinstance(node, Letters):
        return 1
    if isinstance(node, Repeat):
        return _size(node.part) * max(node.least, node.most or 1)
    return sum(_size(part) for part in node.parts)


@dataclass(frozen=True)
class _Part:
    """A part of the expression, as the rest sees it.

    Attributes:
        empty: whether it may be the empty word.
        first: positions that may begin it.
        last: positions that may end it.
    """

    empty: bool
    first: frozenset[int]
    last: frozenset[int]


class _Positions:
    """The position automaton: the letters at each position, and what may follow it.

    Attributes:
        expression: the expression, for errors.
        letters: for each position, the letters that may stand there.
        follow: for each position, the positions that may come next.
        whole: the whole expression as one part.
        start: one more position, in front of the expression, alone.
    """

    def __init__(self, tree: Node, symbols: frozenset[str], expression: str) -> None:
        self.symbols = symbols
        self.expression = expression
        self.num_letters = 0
        self.letters: list[frozenset[str]] = []
        self.follow: list[set[int]] = []
        self.whole = self._build(tree)
        self.start = frozenset([len(self.follow)])
        self.follow.append(set(self.whole.first))

    def accepts(self, states: States) -> bool:
        """Return whether a word may end behind one of the positions."""
        if self.whole.empty and states == self.start:
            return True
        return not states.isdisjoint(self.whole.last)

    def work(self, states: States) -> int:
        """Return how many positions follow, counted with each before them."""
        return sum(len(self.follow[position]) for position in states)

    def after(self, states: States) -> dict[str, States]:
        """Return, for each letter, the positions that may be read next."""
        following: set[int] = set()
        for position in states:
            following |= self.follow[position]
        targets: dict[str, set[int]] = {}
        for position in following:
            for letter in self.letters[position]:
                targets.setdefault(letter, set()).add(position)
        return {letter: frozenset(target) for letter, target in targets.items()}

    def _build(self, node: Node) -> _Part:
        if isinstance(node, Letters):
            return self._position(node)
        if isinstance(node, Series):
            return self._series(self._build(part) for part in node.parts)
        if isinstance(node, Union):
            return self._union(node)
        return self._series(self._copies(node))

    def _position(self, node: Letters) -> _Part:
        letters = self.symbols - node.letters if node.excluded else node.letters
        self.num_letters += len(letters)
        if self.num_letters > MOST_EDGES:
            raise _too_large(
                self.expression, f"more than {MOST_EDGES:,} letters in all its places"
            )
        here = frozenset([len(self.letters)])
        self.letters.append(letters)
        self.follow.append(set())
        return _Part(False, here, here)

    def _union(self, node: Union) -> _Part:
        whole = _Part(False, frozenset(), frozenset())
        for each in node.parts:
            part = self._build(each)
            whole = _Part(
                whole.empty or part.empty,
                whole.first | part.first,
                whole.last | part.last,
            )
        return whole

    def _copies(self, node: Repeat) -> Iterator[_Part]:
        """Yield the copies of a repeated part; without a limit the last one loops."""
        endless = node.most is None
        most = max(node.least, 1) if node.most is None else node.most
        for i in range(most):
            part = self._build(node.part)
            if endless and i >= node.least - 1:
                self._connect(part.last, part.first)
            yield _Part(part.empty or i >= node.least, part.first, part.last)

    def _series(self, parts: Iterable[_Part]) -> _Part:
        whole = _Part(True, frozenset(), frozenset())
        for part in parts:
            self._connect(whole.last, part.first)
            whole = _Part(
                whole.empty and part.empty,
                whole.first | part.first if whole.empty else whole.first,
                whole.last | part.last if part.empty else part.last,
            )
        return whole

    def _connect(self, sources: frozenset[int], targets: frozenset[int]) -> None:
        for position in sources:
            self.follow[position] |= targets


def _too_large(expression: str, size: str) -> LanguageError:
    return LanguageError(
        f"'{shown(expression)}' is too large: it has {size}; ask for fewer repetitions."
    )
