r"""Regular expressions: a parser that says where it stopped, and what it expected there.

    union   = series ("|" series)* series  = (atom repeat?)+ repeat  = "*" | "+" | "?" |
    "{" number ("," number?)? "}" atom    = letter | "\" any | "." | "[" "^"? (letter |
    letter "-" letter)+ "]" | "(" union ")" | "()"

Letters are all visible characters that have no meaning above; "." is any letter of the
alphabet.
"""

from dataclasses import dataclass
from typing import NoReturn

from firstbit.errors import LanguageError
from firstbit.languages.automaton.validity import END

SPECIAL = frozenset("()|*+?.[]{}\\^" + END)
"""Characters that are letters only behind a backslash."""

MOST_LETTERS = 2000
"""Letters of an expression after all repetitions are written out, at most."""

DEEPEST = 100
"""Parentheses in parentheses, at most."""


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


def parse(expression: str) -> Node:
    """The syntax tree of an expression.

    Raises:
        LanguageError: it doesn't parse; the text says at which position, and what was
            expected there.

    Example:
        >>> parse("a(b|c")
        Traceback (most recent call last):
        ...
        firstbit.errors.LanguageError: expected a regular expression, got 'a(b|c': position 6: expected ) or |, got its end.
    """
    if " " in expression:
        hint = (
            f"; union is |, try '{expression.replace(' + ', '|').replace(' ', '')}'"
            if " + " in expression
            else ""
        )
        raise LanguageError(
            f"expected an expression without spaces, got '{expression}'{hint}."
        )
    parser = _Parser(expression)
    tree = parser.union(0)
    if parser.now:
        parser.refuse(
            "an operator or a letter" if parser.now != ")" else "a ( before its )"
        )
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
        hints = {
            "^": " (the whole word matches anyway)",
            "$": " (it stands for the end of a word; the whole word matches anyway)",
        }
        text = self.text if len(self.text) <= 60 else f"{self.text[:60]}..."
        raise LanguageError(
            f"expected a regular expression, got '{text}': position {self.at + 1}: "
            f"expected {expected}, "
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
                self.at -= 1
                self.refuse(f"a letter from {first} on, for a range that goes up")
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
