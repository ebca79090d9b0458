"""How many words of each length, and how probable each length is."""

from bisect import bisect
from math import log2

import numpy as np
from jaxtyping import Shaped

from firstbit.datasets import Result, Variable, dataset
from firstbit.errors import LanguageError, require_at_least, shown
from firstbit.languages.automaton.automaton import Automaton, given
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.automaton.visits import mean_length, moves

MOST_BYTES = 10**9
"""Memory that counting may take."""

LARGEST_FLOAT = 1e300
"""Counts from here on are infinite as floats."""

NEVER_FITS = 10**9
"""No counts up to this length fit into memory, and longer ones are beyond floats."""


def word_counts(language: Automaton | str, longest: int) -> list[int]:
    """Count the words of each length 0, 1, ..., `longest`, exactly however many.

    Work grows with longest x edges, in whole numbers whose digits grow with the length,
    so with longest^2 in the end.

    Raises:
        SettingError: `longest` is below 0.
        LanguageError: the counts don't fit into memory; the text says what would.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> word_counts(reber(), 14)[5:]
        [2, 3, 4, 7, 11, 16, 24, 36, 53, 78]
    """
    language = given(language)
    longest = require_at_least("length", longest, 0)
    tables = endings(language, longest)
    return [int(ways[0]) for ways in tables]


def endings(language: Automaton, longest: int) -> list[Shaped[np.ndarray, " state"]]:
    """Count the ways to end a word after exactly t more symbols, for each t and state.

    Returns:
        For t = 0, 1, ..., `longest` the (state,) counts, as Python's whole numbers.
    """
    _require_room(language, longest)
    ends = language.stop > 0
    counts = ends.astype(int).astype(object)
    tables = [counts]
    for _ in range(longest):
        ways = np.zeros(len(language.states), dtype=object)
        for column in language.transition.T:
            sources = np.flatnonzero(column != NO_STATE)
            targets = column[sources]
            ways[sources] += tables[-1][targets]
        tables.append(ways)
    return tables


def length_distribution(language: Automaton | str, longest: int) -> Result:
    """Compute the probability that a word has each length 0, 1, ..., `longest`.

    Returns:
        Dataset over `length` with `probability` and `count` (words of that length, as
        floats), and the scalars `mean_length` and `longer`, the probability of all
        greater lengths.

    Raises:
        SettingError: `longest` is below 0.
        LanguageError: the counts don't fit into memory; the text says what would.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> shares = length_distribution(reber(), 6)
        >>> shares.probability.values.tolist(), float(shares.longer)
        ([0.0, 0.0, 0.0, 0.0, 0.0, 0.25, 0.1875], 0.5625)
    """
    language = given(language)
    longest = require_at_least("length", longest, 0)
    _require_room(language, longest)
    by_symbol = moves(language)
    num_states = len(language.states)
    after = np.eye(1, num_states)[0]
    probabilities = []
    for _ in range(longest + 1):
        probabilities.append(float(after @ language.stop))
        none = np.zeros(len(after))
        after = sum((after @ move for move in by_symbol), none)
    counts = [_as_float(count) for count in word_counts(language, longest)]
    longer = float(after.sum())
    mean = mean_length(language)
    return dataset(
        [
            Variable("probability", ["length"], probabilities, "probability"),
            Variable("count", ["length"], counts, "words of the length"),
            Variable("mean_length", [], mean, "mean length", "symbols"),
            Variable("longer", [], longer, "probability of a greater length"),
        ],
        coords={"length": np.arange(longest + 1)},
        rows=["length"],
        configuration={
            "measure": "length_distribution",
            "language": language.name,
            "longest": longest,
        },
        attrs={"language": language.name},
    )


def require_words(language: Automaton, shortest: int, longest: int) -> None:
    """Raise `LanguageError` unless some word has `shortest` to `longest` symbols.

    The text names the nearest lengths that have words.

    Example:
        >>> from firstbit.languages import Language
        >>> require_words(Language.from_regex("ab"), 3, 3)  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        firstbit.errors.LanguageError: no word of 'ab' has 3 symbols; the nearest ...
    """
    require_at_least("length", shortest, 0)
    require_at_least("longest", longest, shortest)
    _require_room(language, longest)
    # Cutting a loop out of a word longer than the automaton shortens it by at most one
    # symbol a state: no gap is wider.
    lengths = _lengths_with_words(language, longest + len(language.states))
    below = [length for length in lengths if length < shortest]
    above = [length for length in lengths if length > longest]
    if len(below) + len(above) < len(lengths):
        return
    nearest = [*below[-1:], *above[:1]]
    raise LanguageError(
        f"no word of '{shown(language.name)}' has {_range(shortest, longest)} symbols; "
        f"the nearest {_listed(nearest)}."
    )


def _range(shortest: int, longest: int) -> str:
    return str(shortest) if shortest == longest else f"{shortest} to {longest}"


def _listed(lengths: list[int]) -> str:
    if len(lengths) == 1:
        return f"length with words is {lengths[0]}"
    return f"lengths with words are {' and '.join(map(str, lengths))}"


def _as_float(count: int) -> float:
    return float(count) if count < LARGEST_FLOAT else np.inf


def _require_room(language: Automaton, longest: int) -> None:
    """Raise unless the counts of all lengths up to `longest` fit into memory."""
    require_at_least("length", longest, 0)
    degrees = (language.transition != NO_STATE).sum(axis=1)
    degree = max(2, int(degrees.max()))

    def size(length: int) -> float:
        # A count has up to length x log2(degree) bits, half of that on average.
        bytes_of_count = 32 + length * log2(degree) / 16
        return len(language.states) * length * bytes_of_count

    at_most = min(longest, NEVER_FITS)
    if size(at_most) <= MOST_BYTES:
        return
    fit = bisect(range(at_most), MOST_BYTES, key=size) - 1
    raise LanguageError(
        f"counting the words of '{shown(language.name)}' up to length {longest:,} "
        f"would take about {size(at_most) / 1e9:.3g} GB, "
        f"more than {MOST_BYTES // 10**9} GB; {fit:,} would fit."
    )


def _lengths_with_words(language: Automaton, longest: int) -> list[int]:
    """List the lengths up to `longest` that some word has."""
    edge = language.transition != NO_STATE
    able = language.stop > 0
    found = []
    for length in range(longest + 1):
        if able[0]:
            found.append(length)
        behind = able[language.transition]
        able = (edge & behind).any(axis=1)
    return found
