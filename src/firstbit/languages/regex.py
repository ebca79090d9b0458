r"""Regular expressions: a parser that says where and what it expected, and the position automaton.

    union   = series ("|" series)*
    series  = (atom repeat?)+
    repeat  = "*" | "+" | "?" | "{" number ("," number?)? "}"
    atom    = letter | "\" any | "." | "[" "^"? (letter | letter "-" letter)+ "]" | "(" union ")" | "()"

The states of the position automaton are the letters of the expression, in place; subsets of them are the states
of the deterministic one, which automata-lib makes minimal.

References:
    Glushkov 1961, The abstract theory of automata.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NoReturn

from firstbit.errors import LanguageError
from firstbit.languages.validity import END, check_alphabet

if TYPE_CHECKING:
    from automata.fa.dfa import DFA

SPECIAL = frozenset("()|*+?.[]{}\\^" + END)
"""Characters that are letters only behind a backslash."""

MOST_LETTERS = 2000
MOST_STATES = 20_000
DEEPEST = 100
"""Letters after all repetitions are written out, states of the deterministic automaton, and parentheses in parentheses, at most."""


@dataclass(frozen=True)
class Letters:
    """One letter out of several; `excluded` turns the choice around, within the alphabet."""

    letters: frozenset[str]
    excluded: bool = False


@dataclass(frozen=True)
class Union:
    """One part or another."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True)
class Series:
    """One part after the other; no part at all is the empty word."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True)
class Repeat:
    """A part so many times; `most` is None where there is no limit."""

    part: "Node"
    least: int
    most: int | None


Node = Letters | Union | Series | Repeat
ANY = Letters(frozenset(), excluded=True)


def deterministic(expression: str, alphabet: Iterable[str] | None = None) -> "DFA":
    """The minimal DFA of an expression, partial, over the alphabet (by default the expression's own letters).

    Raises:
        LanguageError: the expression doesn't parse, has a letter outside the alphabet, or is too large.
    """
    from automata.fa.dfa import DFA  # here: only expressions pay for this import

    tree = parse(expression)
    used = frozenset(chain.from_iterable(node.letters for node in _walk(tree) if isinstance(node, Letters)))
    symbols = frozenset(used if alphabet is None else alphabet)
    check_alphabet(sorted(symbols, key=str))
    if used - symbols:
        raise LanguageError(f"'{expression}': letter '{min(used - symbols)}' is not in the alphabet {' '.join(sorted(symbols))}.")
    if (size := _size(tree)) > MOST_LETTERS:
        raise LanguageError(
            f"'{expression[:40]}': the expression is {size} letters long with its repetitions written out, more than "
            f"{MOST_LETTERS}; ask for fewer repetitions."
        )
    transitions, final = _subsets(_Positions(tree, symbols), expression)
    return DFA(
        states=set(transitions), input_symbols=set(symbols), transitions=transitions, initial_state=0, final_states=final,
        allow_partial=True,
    ).minify()  # fmt: skip


def parse(expression: str) -> Node:
    """The syntax tree of an expression.

    Raises:
        LanguageError: it doesn't parse; the text says at which position, and what was expected there.

    Example:
        >>> parse("a(b|c")
        Traceback (most recent call last):
        ...
        firstbit.errors.LanguageError: expected a regular expression, got 'a(b|c': position 6: expected ) or |, got its end.
    """
    if " " in expression:
        hint = f"; union is |, try '{expression.replace(' + ', '|').replace(' ', '')}'" if " + " in expression else ""
        raise LanguageError(f"expected an expression without spaces, got '{expression}'{hint}.")
    parser = _Parser(expression)
    tree = parser.union(0)
    if parser.now:
        parser.refuse("an operator or a letter" if parser.now != ")" else "a ( before its )")
    return tree


class _Parser:
    """Recursive descent: each method reads one part of the grammar and leaves `at` behind it."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    @property
    def now(self) -> str:
        return self.text[self.at : self.at + 1]

    def refuse(self, expected: str) -> NoReturn:
        got = f"'{self.now}'" if self.now else "its end"
        hints = {"^": " (the whole word matches anyway)", "$": " (the whole word matches anyway)"}
        text = self.text if len(self.text) <= 60 else f"{self.text[:60]}..."
        raise LanguageError(
            f"expected a regular expression, got '{text}': position {self.at + 1}: expected {expected}, "
            f"got {got}{hints.get(self.now, '')}."
        )

    def take(self, wanted: str, expected: str = "") -> None:
        if self.now != wanted:
            self.refuse(expected or wanted)
        self.at += 1

    def union(self, depth: int) -> Node:
        if depth > DEEPEST:
            self.refuse(f"at most {DEEPEST} parentheses inside each other")
        parts = [self.series(depth)]
        while self.now == "|":
            self.at += 1
            parts.append(self.series(depth))
        return parts[0] if len(parts) == 1 else Union(tuple(parts))

    def series(self, depth: int) -> Node:
        parts: list[Node] = []
        while not parts or (self.now and self.now not in "|)"):
            parts.append(self.repeat(self.atom(depth)))
        return parts[0] if len(parts) == 1 else Series(tuple(parts))

    def repeat(self, part: Node) -> Node:
        bounds = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        if self.now in bounds:
            least, most = bounds[self.now]
            self.at += 1
        elif self.now == "{":
            self.at += 1
            least = most = self.number()
            if self.now == ",":
                self.at += 1
                most = None if self.now == "}" else self.number()
            if most is not None and most < least:
                self.refuse(f"an upper number of at least {least}")
            self.take("}")
        else:
            return part
        if self.now and self.now in "*+?{":
            self.refuse("one repetition only (put the first one in parentheses)")
        return Repeat(part, least, most)

    def number(self) -> int:
        first = self.at
        while self.now and self.now in "0123456789":
            self.at += 1
        if not 0 < self.at - first <= 6:
            self.refuse("a number below 1000000")
        return int(self.text[first : self.at])

    def atom(self, depth: int) -> Node:
        if self.now == "(":
            self.at += 1
            if self.now == ")":
                self.at += 1
                return Series(())
            inner = self.union(depth + 1)
            self.take(")", ") or |")
            return inner
        if self.now == ".":
            self.at += 1
            return ANY
        if self.now == "[":
            return self.choice()
        return Letters(frozenset(self.letter()))

    def choice(self) -> Node:
        self.at += 1
        excluded = self.now == "^"
        self.at += excluded
        letters: set[str] = set()
        while not letters or self.now != "]":
            first = last = self.letter()
            if self.now == "-":
                self.at += 1
                last = self.letter()
            if not first <= last < chr(ord(first) + MOST_LETTERS):
                self.refuse("a range that goes up")
            letters.update(map(chr, range(ord(first), ord(last) + 1)))
        self.at += 1
        return Letters(frozenset(letters), excluded)

    def letter(self) -> str:
        if self.now == "\\":
            self.at += 1
            if self.now.isalnum():  # \d and its kin mean sets elsewhere
                self.refuse("a special character behind \\")
        elif not self.now or self.now in SPECIAL:
            self.refuse("a letter, ( or [")
        if not self.now.isprintable() or not self.now or self.now == END:
            self.refuse("a visible character")
        self.at += 1
        return self.text[self.at - 1]


def _walk(node: Node) -> Iterable[Node]:
    yield node
    parts = node.parts if isinstance(node, Union | Series) else (node.part,) if isinstance(node, Repeat) else ()
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

    def __init__(self, tree: Node, symbols: frozenset[str]) -> None:
        self.symbols = symbols
        self.letters: list[frozenset[str]] = []
        self.follow: list[set[int]] = []
        self.whole = self._build(tree)

    def _build(self, node: Node) -> _Part:
        if isinstance(node, Letters):
            return self._position(self.symbols - node.letters if node.excluded else node.letters)
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


def _subsets(positions: _Positions, expression: str) -> tuple[dict[int, dict[str, int]], set[int]]:
    """The deterministic automaton: states are sets of positions just read; 0 is the start."""
    whole, start = positions.whole, frozenset([-1])
    number: dict[frozenset[int], int] = {start: 0}
    queue, transitions = [start], {}
    for state in queue:
        following = whole.first if state is start else frozenset().union(*(positions.follow[p] for p in state))
        targets: dict[str, set[int]] = {}
        for position in following:
            for letter in positions.letters[position]:
                targets.setdefault(letter, set()).add(position)
        for target in map(frozenset, targets.values()):
            if target not in number:
                number[target] = len(number)
                queue.append(target)
        if len(number) > MOST_STATES:
            raise LanguageError(f"'{expression[:40]}': its deterministic automaton has more than {MOST_STATES} states.")
        transitions[number[state]] = {letter: number[frozenset(target)] for letter, target in targets.items()}
    final = {number[state] for state in queue if state & whole.last}
    return transitions, final | ({0} if whole.empty else set())
