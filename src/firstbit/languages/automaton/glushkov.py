r"""From the syntax tree of an expression to a deterministic automaton, by way of the position automaton.

The states of the position automaton are the letters of the expression, each in its
place; sets of them are the states of the deterministic one, which automata-lib makes
minimal.

References:
    Glushkov 1961, The abstract theory of automata.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from firstbit.errors import LanguageError
from firstbit.languages.automaton.regex import (
    MOST_LETTERS,
    Letters,
    Node,
    Repeat,
    Series,
    Union,
    parse,
)
from firstbit.languages.automaton.validity import check_alphabet

if TYPE_CHECKING:
    from automata.fa.dfa import DFA

MOST_STATES = 20_000
"""States of the deterministic automaton, at most."""

MOST_EDGES = 500_000
"""Its edges, and the letters of all positions, at most."""

MOST_WORK = 200_000_000
"""Positions looked at on the way to it, at most: some seconds."""


def deterministic(expression: str, alphabet: Iterable[str] | None = None) -> "DFA":
    """The minimal DFA of an expression, partial, over the alphabet (by default the expression's own letters).

    Raises:
        LanguageError: the expression doesn't parse, has a letter outside the alphabet,
            or is too large.
    """
    from automata.fa.dfa import DFA  # here: only expressions pay for this import

    tree = parse(expression)
    used = frozenset(
        chain.from_iterable(
            node.letters for node in _walk(tree) if isinstance(node, Letters)
        )
    )
    symbols = frozenset(used if alphabet is None else alphabet)
    if alphabet is None and any(
        isinstance(node, Letters) and node.excluded and not symbols - node.letters
        for node in _walk(tree)
    ):
        raise LanguageError(
            f"'{expression}': no letter of the expression is left for . or [^ ]; "
            "give an alphabet."
        )
    check_alphabet(sorted(symbols, key=str))
    if used - symbols:
        raise LanguageError(
            f"'{expression}': letter '{min(used - symbols)}' is not in the "
            f"alphabet {' '.join(sorted(symbols))}."
        )
    if (size := _size(tree)) > MOST_LETTERS:
        raise _too_large(
            expression,
            f"{size} letters with its repetitions written out, more than "
            f"{MOST_LETTERS}",
        )
    transitions, final = _subsets(_Positions(tree, symbols, expression), expression)
    return DFA(
        states=set(transitions), input_symbols=set(symbols), transitions=transitions, initial_state=0, final_states=final,
        allow_partial=True,
    ).minify()  # fmt: skip


def _walk(node: Node) -> Iterable[Node]:
    yield node
    parts = (
        node.parts
        if isinstance(node, Union | Series)
        else (node.part,)
        if isinstance(node, Repeat)
        else ()
    )
    for part in parts:
        yield from _walk(part)


def _size(node: Node) -> int:
    """Letters of the expression with its repetitions written out."""
    if isinstance(node, Letters):
        return 1
    if isinstance(node, Repeat):
        return _size(node.part) * max(node.least, node.most or 1)
    return sum(map(_size, node.parts))


@dataclass(frozen=True)
class _Part:
    """What the rest of the expression must know of a part: can it be empty, which positions begin it, which end it."""

    empty: bool
    first: frozenset[int]
    last: frozenset[int]


class _Positions:
    """The position automaton: which letters stand at a position, and which positions may follow it."""

    def __init__(self, tree: Node, symbols: frozenset[str], expression: str) -> None:
        self.symbols, self.expression = symbols, expression
        self.num_letters = 0
        self.letters: list[frozenset[str]] = []
        self.follow: list[set[int]] = []
        self.whole = self._build(tree)

    def _build(self, node: Node) -> _Part:
        if isinstance(node, Letters):
            return self._position(
                self.symbols - node.letters if node.excluded else node.letters
            )
        if isinstance(node, Series):
            return self._series(map(self._build, node.parts))
        if isinstance(node, Union):
            parts = [self._build(part) for part in node.parts]
            return _Part(
                any(part.empty for part in parts),
                frozenset().union(*(part.first for part in parts)),
                frozenset().union(*(part.last for part in parts)),
            )
        return self._series(self._copies(node))

    def _position(self, letters: frozenset[str]) -> _Part:
        self.num_letters += len(letters)
        if self.num_letters > MOST_EDGES:
            raise _too_large(
                self.expression, f"more than {MOST_EDGES:,} letters in all its places"
            )
        self.letters.append(letters)
        self.follow.append(set())
        here = frozenset([len(self.letters) - 1])
        return _Part(False, here, here)

    def _copies(self, node: Repeat) -> Iterable[_Part]:
        """The copies of a repeated part: those that must be there, and those that may; the last one loops without a limit."""
        for i in range(max(node.least, node.most or 0, int(node.most is None))):
            part = self._build(node.part)
            if node.most is None and i >= node.least - 1:
                for position in part.last:
                    self.follow[position] |= part.first
            yield _Part(part.empty or i >= node.least, part.first, part.last)

    def _series(self, parts: Iterable[_Part]) -> _Part:
        whole = _Part(True, frozenset(), frozenset())
        for part in parts:
            for position in whole.last:
                self.follow[position] |= part.first
            whole = _Part(
                whole.empty and part.empty,
                whole.first | part.first if whole.empty else whole.first,
                whole.last | part.last if part.empty else part.last,
            )
        return whole


def _too_large(expression: str, what: str) -> LanguageError:
    return LanguageError(
        f"'{expression[:40]}' is too large: it has {what}; ask for fewer repetitions."
    )


def _subsets(
    positions: _Positions, expression: str
) -> tuple[dict[int, dict[str, int]], set[int]]:
    """The deterministic automaton: states are sets of positions just read; 0 is the start."""
    whole, start = positions.whole, frozenset([-1])
    number: dict[frozenset[int], int] = {start: 0}
    queue, transitions = [start], {}
    work = edges = 0
    for state in queue:
        work += sum(len(positions.follow[p]) for p in state if p >= 0)
        if work > MOST_WORK or edges > MOST_EDGES or len(number) > MOST_STATES:
            kind = (
                f"{MOST_STATES:,} states"
                if len(number) > MOST_STATES
                else f"{MOST_EDGES:,} edges, or sets of too many places"
            )
            raise _too_large(
                expression, f"a deterministic automaton of more than {kind}"
            )
        following = (
            whole.first
            if state is start
            else frozenset().union(*(positions.follow[p] for p in state))
        )
        targets: dict[str, set[int]] = {}
        for position in following:
            for letter in positions.letters[position]:
                targets.setdefault(letter, set()).add(position)
        for target in map(frozenset, targets.values()):
            if target not in number:
                number[target] = len(number)
                queue.append(target)
        edges += len(targets)
        transitions[number[state]] = {
            letter: number[frozenset(target)] for letter, target in targets.items()
        }
    final = {number[state] for state in queue if state & whole.last}
    return transitions, final | ({0} if whole.empty else set())
