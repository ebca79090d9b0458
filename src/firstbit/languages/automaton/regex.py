r"""A parser of regular expressions; its errors give the position and the remedy.

    union   = series ("|" series)*
    series  = (atom repeat?)+
    repeat  = "*" | "+" | "?" | "{" number ("," number?)? "}"
    atom    = letter | "\" any | "." | "(" union ")" | "()"
            | "[" "^"? (letter | letter "-" letter)+ "]"

Letters are all visible characters that have no meaning above; "." is any letter of the
alphabet.
"""

from collections.abc import Set
from dataclasses import dataclass
from typing import NoReturn

from firstbit.errors import LanguageError, shown
from firstbit.languages.automaton.validity import END

SPECIAL = frozenset("()|*+?.[]{}\\^" + END)
"""Characters that are letters only behind a backslash."""

TEXTBOOK_SIGNS = {
    "ε": "the empty word is () here",
    "ϵ": "the empty word is () here",
    "λ": "the empty word is () here",
    "∅": "no expression here stands for no word at all; leave that part out",
    "∪": "union is | here",
}
"""Signs of textbooks that would be letters here -> what to write."""

MOST_LETTERS = 2000
"""Letters of an expression after all repetitions are written out, at most."""

MOST_CHARACTERS = 50_000
"""Characters of an expression, at most; reading them takes a second."""

DEEPEST = 100
"""Parentheses in parentheses, at most."""


@dataclass(frozen=True)
class Letters:
    """One letter of a set, or, if `excluded`, one letter of the alphabet outside it."""

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
    """A part, at least `least` and at most `most` times; None stands for no limit."""

    part: "Node"
    least: int
    most: int | None


Node = Letters | Union | Series | Repeat
ANY = Letters(frozenset(), excluded=True)
EMPTY_WORD = Series(())


def parse(expression: str, letters: Set[str] = frozenset()) -> Node:
    """Return the syntax tree of an expression.

    Parts that are the empty word alone are left out of the tree, however often they
    are repeated.

    Args:
        expression: the expression.
        letters: signs of textbooks that are letters all the same.

    Raises:
        LanguageError: it doesn't parse; the text says at which position, and what was
            expected there.

    Example:
        >>> parse("a(b|c")  # doctest: +NORMALIZE_WHITESPACE
        Traceback (most recent call last):
        ...
        firstbit.errors.LanguageError: expected a regular expression, got 'a(b|c':
        position 6: expected ) or |, got its end.
    """
    if len(expression) > MOST_CHARACTERS:
        raise LanguageError(
            f"'{shown(expression)}' is too large: expected at most {MOST_CHARACTERS:,} "
            f"characters, got {len(expression):,}."
        )
    _require_no_spaces(expression)
    _require_no_plus_between(expression)
    parser = _Parser(expression, letters)
    tree = parser.union(0)
    if parser.now == ")":
        parser.refuse("a ( before its )")
    if parser.now:
        parser.refuse("an operator or a letter")
    return tree


def _require_no_spaces(expression: str) -> None:
    if " " not in expression:
        return
    hint = ""
    if " + " in expression:
        repaired = expression.replace(" + ", "|").replace(" ", "")
        hint = f"; union is |, try '{shown(repaired)}'"
    raise LanguageError(
        f"expected an expression without spaces, got '{shown(expression)}'{hint}."
    )


def _require_no_plus_between(expression: str) -> None:
    """Refuse `0+1`, where each + may be a textbook's union.

    An expression with a | somewhere, or with a + that nothing follows, is plain.
    """
    plain = _operators(expression)
    if "|" in plain.values():
        return
    plus = [at for at, sign in plain.items() if sign == "+"]
    behind = [expression[at + 1 : at + 2] for at in plus]
    if not plus or any(not after or after in ")*+?{" for after in behind):
        return
    at = plus[0]
    signs = ["|" if i in plus else c for i, c in enumerate(expression)]
    union = "".join(signs)
    raise LanguageError(
        f"expected a regular expression, got '{shown(expression)}': position {at + 1}: "
        f"+ between two parts is union in textbooks; for union write '{shown(union)}', "
        "for one or more put the repeated part and its + in parentheses, as in (0+)1."
    )


def _operators(expression: str) -> dict[int, str]:
    """Return position -> character outside of choices and not behind a backslash."""
    found = {}
    at = 0
    inside = False
    while at < len(expression):
        character = expression[at]
        if character == "\\":
            at += 2
            continue
        if inside:
            inside = character != "]"
        else:
            found[at] = character
            inside = character == "["
        at += 1
    return found


class _Parser:
    """Recursive descent: each method reads one rule of the grammar from `at` on."""

    def __init__(self, text: str, letters: Set[str]) -> None:
        self.text = text
        self.at = 0
        self.signs = {
            sign: hint for sign, hint in TEXTBOOK_SIGNS.items() if sign not in letters
        }

    @property
    def now(self) -> str:
        """The next character, or "" at the end."""
        return self.text[self.at : self.at + 1]

    def refuse(self, expected: str) -> NoReturn:
        """Raise `LanguageError` at this position."""
        got = f"'{shown(self.now)}'" if self.now else "its end"
        hints = {
            "^": " (the whole word matches anyway)",
            "$": " (it stands for the end of a word; the whole word matches anyway)",
        }
        raise LanguageError(
            f"expected a regular expression, got '{shown(self.text)}': position "
            f"{self.at + 1}: expected {expected}, "
            f"got {got}{hints.get(self.now, '')}."
        )

    def comes(self, wanted: str) -> bool:
        """Step over the next character if it is `wanted`; return whether it was."""
        if self.now != wanted:
            return False
        self.at += 1
        return True

    def take(self, wanted: str, expected: str = "") -> None:
        """Step over the next character, which must be `wanted`."""
        if not self.comes(wanted):
            self.refuse(expected or wanted)

    def union(self, depth: int) -> Node:
        if depth > DEEPEST:
            self.refuse(f"at most {DEEPEST} parentheses inside each other")
        parts = [self.series(depth)]
        while self.comes("|"):
            parts.append(self.series(depth))
        if parts.count(EMPTY_WORD) > 1:
            parts = [EMPTY_WORD, *(part for part in parts if part != EMPTY_WORD)]
        return parts[0] if len(parts) == 1 else Union(tuple(parts))

    def series(self, depth: int) -> Node:
        parts: list[Node] = []
        first = self.at
        while self.at == first or (self.now and self.now not in "|)"):
            part = self.repeat(self.atom(depth))
            if part != EMPTY_WORD:
                parts.append(part)
        return parts[0] if len(parts) == 1 else Series(tuple(parts))

    def repeat(self, part: Node) -> Node:
        bounds = self.bounds()
        if bounds is None:
            return part
        if self.now and self.now in "*+?{":
            self.refuse("one repetition only (put the first one in parentheses)")
        least, most = bounds
        if part == EMPTY_WORD or most == 0:
            return EMPTY_WORD
        return Repeat(part, least, most)

    def bounds(self) -> tuple[int, int | None] | None:
        """Read how often a part comes; None if no operator says so."""
        if self.comes("*"):
            return 0, None
        if self.comes("+"):
            return 1, None
        if self.comes("?"):
            return 0, 1
        if not self.comes("{"):
            return None
        least = self.number()
        most: int | None = least
        if self.comes(","):
            most = None if self.now == "}" else self.number()
        if most is not None and most < least:
            self.refuse(f"an upper number of at least {least}")
        self.take("}")
        return least, most

    def number(self) -> int:
        first = self.at
        while self.now and self.now in "0123456789":
            self.at += 1
        if not 0 < self.at - first <= 6:
            self.refuse("a number below 1000000")
        return int(self.text[first : self.at])

    def atom(self, depth: int) -> Node:
        if self.comes("."):
            return ANY
        if self.comes("["):
            return self.choice()
        if not self.comes("("):
            return Letters(frozenset(self.letter()))
        if self.comes(")"):
            return EMPTY_WORD
        inner = self.union(depth + 1)
        self.take(")", ") or |")
        return inner

    def choice(self) -> Node:
        """Read the rest of a choice, behind its `[`."""
        excluded = self.comes("^")
        letters: set[str] = set()
        while not letters or self.now != "]":
            first = last = self.letter()
            if self.comes("-"):
                last = self.letter()
            if not first <= last < chr(ord(first) + MOST_LETTERS):
                self.at -= 1
                self.refuse(
                    f"a letter from {shown(first)} on, for a range that goes up"
                )
            codes = range(ord(first), ord(last) + 1)
            letters.update(map(chr, codes))
        self.take("]")
        return Letters(frozenset(letters), excluded)

    def letter(self) -> str:
        if self.comes("\\"):
            # \d and its kin mean sets elsewhere.
            if self.now.isalnum() and self.now not in TEXTBOOK_SIGNS:
                self.refuse("a special character behind \\")
        elif not self.now or self.now in SPECIAL:
            self.refuse("a letter, ( or [")
        elif self.now in self.signs:
            hint = self.signs[self.now]
            self.refuse(f"a letter ({hint}; \\{self.now} is the letter)")
        letter = self.now
        if not letter.isprintable() or not letter or letter == END:
            self.refuse("a visible character")
        self.at += 1
        return letter
