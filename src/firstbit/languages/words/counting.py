"""How many words of each length, and how probable each length is."""

from bisect import bisect
from itertools import islice
from math import log2

import numpy as np
import xarray as xr

from firstbit.errors import LanguageError, require_at_least
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.automaton.visits import mean_length, moves
from firstbit.languages.language import Language
from firstbit.provenance import with_provenance

MOST_BYTES = 10**9
"""Memory that counting may take."""


def word_counts(language: Language, longest: int) -> list[int]:
    """Number of words of each length 0, 1, ..., `longest`, exact however large.

    Work grows with longest x edges, in whole numbers whose digits grow with the length,
    so with longest^2 in the end.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> word_counts(reber(), 14)[5:]
        [2, 3, 4, 7, 11, 16, 24, 36, 53, 78]
    """
    return [int(table[0]) for table in endings(language, longest)]


def endings(language: Language, longest: int) -> list[np.ndarray]:
    """For each t up to `longest`, the (state,) numbers of ways to end a word after exactly t more symbols, as Python ints."""
    _require_room(language, longest)
    tables = [(language.stop > 0).astype(int).astype(object)]
    for _ in range(longest):
        ways = np.zeros(len(language.states), dtype=object)
        for column in language.transition.T:
            sources = np.flatnonzero(column != NO_STATE)
            ways[sources] += tables[-1][column[sources]]
        tables.append(ways)
    return tables


def length_distribution(language: Language, longest: int) -> xr.Dataset:
    """Probability that a word has each length 0, 1, ..., `longest`.

    Returns:
        Dataset over `length` with `probability` and `count` (words of that length, as
        floats), and the scalars `mean_length` and `longer`, the probability of all
        greater lengths.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> shares = length_distribution(reber(), 6)
        >>> shares.probability.values.tolist(), float(shares.longer)
        ([0.0, 0.0, 0.0, 0.0, 0.0, 0.25, 0.1875], 0.5625)
    """
    _require_room(language, longest)
    by_symbol, after = moves(language), np.eye(1, len(language.states))[0]
    probabilities = []
    for _ in range(longest + 1):
        probabilities.append(float(after @ language.stop))
        after = sum((after @ move for move in by_symbol), np.zeros(len(after)))
    counts = [
        float(count) if count < 1e300 else np.inf
        for count in word_counts(language, longest)
    ]
    dataset = xr.Dataset(
        {
            "probability": (
                "length",
                probabilities,
                {"long_name": "probability of the length", "units": "1"},
            ),
            "count": (
                "length",
                counts,
                {"long_name": "words of the length", "units": "1"},
            ),
            "mean_length": (
                (),
                mean_length(language),
                {"long_name": "mean length", "units": "symbols"},
            ),
            "longer": (
                (),
                float(after.sum()),
                {"long_name": "probability of a greater length", "units": "1"},
            ),
        },
        coords={
            "length": (
                "length",
                np.arange(longest + 1),
                {"long_name": "length of a word", "units": "symbols"},
            )
        },
        attrs={"language": language.name},
    )
    return with_provenance(
        dataset,
        configuration={
            "measure": "length_distribution",
            "language": language.name,
            "longest": longest,
        },
    )


def require_words(language: Language, shortest: int, longest: int) -> None:
    """Raise `LanguageError` unless some word has `shortest` to `longest` symbols; the text names the nearest lengths that have.

    Example:
        >>> require_words(Language.from_regex("(ab)*"), 3, 3)
        Traceback (most recent call last):
        ...
        firstbit.errors.LanguageError: no word of '(ab)*' has 3 symbols; the nearest lengths with words are 2 and 4.
    """
    require_at_least("length", shortest, 0)
    require_at_least("longest", longest, shortest)
    _require_room(language, longest)
    # Cutting a loop out of a word longer than the automaton shortens it by at most one
    # symbol a state: no gap is wider.
    found = _lengths_with_words(language, longest + len(language.states))
    if any(found[shortest : longest + 1]):
        return
    below = [length for length in range(shortest) if found[length]][-1:]
    above = list(
        islice(
            (length for length in range(longest + 1, len(found)) if found[length]), 1
        )
    )
    nearest = " and ".join(map(str, below + above))
    asked = (
        f"{shortest} symbols"
        if shortest == longest
        else f"{shortest} to {longest} symbols"
    )
    noun = (
        "lengths with words are" if len(below + above) > 1 else "length with words is"
    )
    raise LanguageError(
        f"no word of '{language.name}' has {asked}; the nearest {noun} {nearest}."
    )


def _require_room(language: Language, longest: int) -> None:
    require_at_least("length", longest, 0)
    degree = max(2, int((language.transition != NO_STATE).sum(axis=1).max()))

    def size(length: int) -> float:
        """Bytes of all counts up to a length: a number has up to length x log2(degree) bits, half of that on average."""
        return len(language.states) * length * (32 + length * log2(degree) / 16)

    at_most = min(longest, 10**9)  # so many never fit; more are beyond floats
    if size(at_most) > MOST_BYTES:
        fit = bisect(range(at_most), MOST_BYTES, key=size) - 1
        raise LanguageError(
            f"counting the words of '{language.name}' up to length {longest:,} "
            f"would take about {size(at_most) / 1e9:.3g} GB, "
            f"more than {MOST_BYTES // 10**9} GB; {fit:,} would fit."
        )


def _lengths_with_words(language: Language, longest: int) -> list[bool]:
    """For each length up to `longest`, whether a word has it."""
    edge, able = language.transition != NO_STATE, language.stop > 0
    found = [bool(able[0])]
    for _ in range(longest):
        able = (edge & able[language.transition]).any(axis=1)
        found.append(bool(able[0]))
    return found
