"""Words to train on, to choose by, and to test on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

import numpy as np

from firstbit.errors import (
    LanguageError,
    SettingError,
    require_at_least,
    require_real,
    shown,
    shown_value,
)
from firstbit.languages.automaton.automaton import Automaton, given
from firstbit.languages.words.conditioned import Lengths, two_lengths
from firstbit.languages.words.sampling import require_seed, sample_from

MOST_ROUNDS = 50

DISJOINT, INDEPENDENT = 1, 3
"""Parts of the spawn keys of the random numbers."""

TOLERANCE = 1e-9
"""Largest distance from 1 of the sum of shares."""

Bounds = Sequence[float]
"""Where the sides end in [0, 1], from the last side on; the first has the rest."""

SIDES = ("train", "validation", "test")


@dataclass(frozen=True)
class Side:
    """One list of words of a split.

    Attributes:
        name: `train`, `validation` or `test`.
        words: its words, in the order sampled.
        lengths: the least and the greatest length that was asked for; None for all.
    """

    name: str
    words: list[str]
    lengths: Lengths | None


@dataclass(frozen=True)
class Split:
    """The lists of words of a split: `train, test = split(...)`, or by their names.

    Attributes:
        language: what the words come from.
        sides: in the order train, validation, test.
        by_hash: whether each word belongs to one list, by its hash.
        distinct: whether no word is twice in a list.
    """

    language: Automaton
    sides: tuple[Side, ...]
    by_hash: bool
    distinct: bool

    def __iter__(self) -> Iterator[list[str]]:
        for side in self.sides:
            yield side.words

    def __len__(self) -> int:
        return len(self.sides)

    def __getitem__(self, name: str) -> list[str]:
        for side in self.sides:
            if side.name == name:
                return side.words
        known = ", ".join(side.name for side in self.sides)
        raise SettingError(f"expected one of {known}; got {shown_value(name)}.")

    @property
    def train(self) -> list[str]:
        """The words to train on."""
        return self["train"]

    @property
    def validation(self) -> list[str]:
        """The words to choose by."""
        return self["validation"]

    @property
    def test(self) -> list[str]:
        """The words to test on."""
        return self["test"]

    @property
    def follows_language(self) -> bool:
        """Whether each list is a plain sample of the language, given its lengths."""
        return not (self.by_hash or self.distinct)


def split(
    language: Automaton | str,
    *sizes: int,
    seed: int,
    lengths: Sequence[Lengths] | Lengths | None = None,
    disjoint: bool = False,
    distinct: bool = False,
    shares: Sequence[float] | None = None,
) -> Split:
    """Sample words to train on, and words to test on; with three sizes, also to choose.

    By default the lists are independent samples of the language: a word may be in more
    than one, and the floors of the language are those of each list, but for chance.

    With `disjoint` no word is in two lists: each word of the language belongs to one
    side, by a hash of the word and the seed alone. So lists sampled later, longer or
    elsewhere with the same seed and shares never overlap either. Within a side, words
    come with the language's probabilities, conditioned on the side.

    When not to trust it: neither disjoint lists nor distinct words follow the law of
    the language. A net may be below the language's floor on one and never reach it on
    another. `split_floors` computes the floors of the lists themselves.

    Args:
        language: what to sample from, or a name of the catalogue.
        *sizes: words to train on and to test on; or to train on, to choose by
            (validation) and to test on. Each at least 1.
        seed: of the samples and of the sides.
        lengths: (shortest, longest) of the words of each list, or one pair for all;
            the language is conditioned on it. Lists of ranges that don't meet are
            disjoint anyway: words to test on may be longer than all others.
        disjoint: whether no word may be in two lists.
        distinct: whether no word may come twice in a list.
        shares: with `disjoint`, the share of all words, as the hash draws them, that
            belongs to each side; above 0, together 1. By default a half each, or a
            half, a quarter and a quarter.

    Returns:
        The lists: unpack them, or read `train`, `validation` and `test`.

    Raises:
        SettingError: a number is out of range, or there are not two or three sizes.
        LanguageError: one side has too few words that turn up, as in a language of a
            few words.

    Example:
        >>> train, test = split("reber", 100, 50, seed=0)
        >>> len(train), len(test)
        (100, 50)
        >>> lists = split("reber", 100, 20, 50, seed=0, disjoint=True)
        >>> len(lists.validation), set(lists.train) & set(lists.test)
        (20, set())
        >>> longer = split("parity", 9, 9, seed=0, lengths=[(1, 20), (21, 40)])
        >>> max(map(len, longer.train)) < min(map(len, longer.test))
        True
    """
    language = given(language)
    seed = require_seed(seed)
    names = _names(sizes)
    ranges = _ranges(lengths, len(names))
    bounds: Bounds | None = _bounds(shares, len(names), disjoint=disjoint)
    if not (disjoint and _meet(ranges)):
        bounds = None
    drawn = []
    for name, size in zip(names, sizes, strict=True):
        size = require_at_least(f"num_{name}", size, 1)
        drawn.append(_Drawn(name, size, distinct))
    _fill(language, drawn, seed, ranges, bounds)
    sides = []
    for side, range_ in zip(drawn, ranges, strict=True):
        side.require_full(language)
        sides.append(Side(side.name, side.words, range_))
    return Split(language, tuple(sides), bounds is not None, distinct)


class _Drawn:
    """A list of words that is being drawn."""

    def __init__(self, name: str, size: int, distinct: bool) -> None:
        self.name = name
        self.size = size
        self.distinct = distinct
        self.words: list[str] = []
        self.seen: set[str] = set()

    @property
    def is_full(self) -> bool:
        """Whether nothing more is wanted."""
        return len(self.words) >= self.size

    def add(self, word: str) -> None:
        """Add a word unless the list is full, or has it and shall be distinct."""
        if self.is_full or (self.distinct and word in self.seen):
            return
        self.words.append(word)
        self.seen.add(word)

    def take(self, draws: Iterable[str]) -> None:
        """Add words until the list is full, or there are no more."""
        for word in draws:
            self.add(word)
            if self.is_full:
                return

    def require_full(self, language: Automaton) -> None:
        """Raise `LanguageError` if there were not enough words."""
        if self.is_full:
            return
        different = "different " if self.distinct else ""
        raise LanguageError(
            f"'{shown(language.name)}': {MOST_ROUNDS} rounds of draws gave "
            f"{len(self.words):,} {different}words for the side `{self.name}`, not "
            f"{self.size:,}; its words are too few, try a smaller number, another seed "
            "or other shares."
        )


def _fill(
    language: Automaton,
    drawn: Sequence[_Drawn],
    seed: int,
    ranges: Sequence[Lengths | None],
    bounds: Bounds | None,
) -> None:
    """Draw words until all lists are full, or enough was tried."""
    if bounds is not None and len(set(ranges)) == 1:
        total = sum(side.size for side in drawn)
        draws = _draws(language, total, seed, (DISJOINT,), ranges[0])
        _share_out(draws, drawn, seed, bounds)
        return
    for number, side in enumerate(drawn):
        key = (INDEPENDENT, number)
        draws = _draws(language, side.size, seed, key, ranges[number])
        if bounds is not None:
            draws = _of_side(draws, number, seed, bounds)
        side.take(draws)


def _of_side(
    draws: Iterable[str], number: int, seed: int, bounds: Bounds
) -> Iterator[str]:
    """Yield the words that belong to a side."""
    for word in draws:
        if _side_of(word, seed, bounds) == number:
            yield word


def _share_out(
    draws: Iterable[str], drawn: Sequence[_Drawn], seed: int, bounds: Bounds
) -> None:
    """Add each word to the list of its side until all are full."""
    for word in draws:
        drawn[_side_of(word, seed, bounds)].add(word)
        if all(side.is_full for side in drawn):
            return


def _draws(
    language: Automaton,
    num_words: int,
    seed: int,
    key: tuple[int, ...],
    lengths: Lengths | None,
) -> Iterator[str]:
    """Sample `num_words` words, again and again, by generators that `seed` spawns.

    `sample` with the same seed, or one near it, does not give the same words.
    """
    for i in range(MOST_ROUNDS):
        sequence = np.random.SeedSequence(seed, spawn_key=(*key, i))
        source = np.random.PCG64(sequence)
        yield from sample_from(language, num_words, source, lengths)


def _names(sizes: Sequence[int]) -> tuple[str, ...]:
    """Return the names of two or three sides."""
    if len(sizes) == 2:
        return SIDES[0], SIDES[2]
    if len(sizes) == 3:
        return SIDES
    raise SettingError(
        "expected two sizes, train and test, or three, train, validation and test; "
        f"got {len(sizes)}."
    )


def _ranges(lengths: object, number: int) -> list[Lengths | None]:
    """Return the range of lengths of each side."""
    if lengths is None:
        return [None] * number
    if not isinstance(lengths, list | tuple) or not lengths:
        return [two_lengths(lengths)]
    if not isinstance(lengths[0], list | tuple):
        return [two_lengths(lengths)] * number
    if len(lengths) != number:
        raise SettingError(
            f"expected lengths of each of {number} sides, or one pair for all; got "
            f"{len(lengths)} pairs."
        )
    return [two_lengths(each) for each in lengths]


def _meet(ranges: Sequence[Lengths | None]) -> bool:
    """Return whether a word may have the lengths of two sides."""
    if None in ranges:
        return True
    known = sorted(each for each in ranges if each is not None)
    return any(after[0] <= before[1] for before, after in pairwise(known))


def _bounds(shares: Sequence[float] | None, number: int, *, disjoint: bool) -> Bounds:
    """Return where the sides end; see `Bounds`."""
    if shares is None:
        shares = (0.5, 0.5) if number == 2 else (0.5, 0.25, 0.25)
    elif not disjoint:
        raise SettingError(
            "expected `disjoint=True` beside `shares`: without it they change nothing."
        )
    if not isinstance(shares, list | tuple) or len(shares) != number:
        raise SettingError(
            f"expected a share of each of {number} sides, got {shown_value(shares)}."
        )
    each = [require_real("shares", share) for share in shares]
    if min(each) <= 0 or abs(sum(each) - 1) > TOLERANCE:
        raise SettingError(
            "expected shares above 0 whose sum is 1, got "
            f"{', '.join(f'{share:g}' for share in each)}."
        )
    backwards = each[:0:-1]
    return np.cumsum(backwards).tolist()


def _side_of(word: str, seed: int, bounds: Bounds) -> int:
    """Return the number of the side that a word belongs to."""
    digest = blake2b(f"{seed} {word}".encode(), digest_size=8).digest()
    place = int.from_bytes(digest)
    for behind, bound in enumerate(bounds):
        if place < bound * 2**64:
            return len(bounds) - behind
    return 0
