"""Words that ask for a longer memory than any read in training."""

from functools import lru_cache

import numpy as np

from firstbit.errors import LanguageError
from firstbit.languages.language import Language
from firstbit.languages.words.lags import lags
from firstbit.languages.words.sampling import sample
from firstbit.languages.words.streams import Stream

TRIES = 6
"""Ranges of lengths that are looked through, each half as long again as the one
before."""

PROBE = 16
"""Words that tell whether a range of lengths is any good."""


@lru_cache(maxsize=32)  # all configurations of a study ask for the same
def long_words(
    language: Language, num_words: int, least_lag: int, stream: Stream
) -> tuple[str, ...] | None:
    """Words with a lag of at least `least_lag`, drawn by the language's probabilities given a range of lengths.

    Returns:
        The words; None where no word has such a lag among a few of each range of
        lengths, up to 10 times the lag.

    Example:
        >>> from firstbit.languages import embedded_reber, reber
        >>> long_words(reber(), 2, 2, (0,)) is None  # two symbols always tell
        True
        >>> min(map(len, long_words(embedded_reber(), 5, 20, (0,)))) >= 24
        True
    """
    shortest = least_lag + 1
    for attempt in range(TRIES):
        longest = shortest + shortest // 2
        seeds = np.random.default_rng(np.random.SeedSequence((*stream, attempt)))
        if _with_lag(language, PROBE, least_lag, (shortest, longest), seeds):
            found: list[str] = []
            while len(found) < num_words:
                found += _with_lag(
                    language, num_words, least_lag, (shortest, longest), seeds
                )
            return tuple(found[:num_words])
        shortest = longest + 1
    return None


def _with_lag(
    language: Language,
    num_words: int,
    least_lag: int,
    lengths: tuple[int, int],
    seeds: np.random.Generator,
) -> list[str]:
    """Those of so many words that have the lag; none where no word has such a length."""
    shortest, longest = lengths
    try:
        words = sample(
            language,
            num_words,
            seed=int(seeds.integers(2**63)),
            shortest=shortest,
            longest=longest,
        )
    except LanguageError:
        return []
    return [
        word
        for word, lag in zip(words, lags(language, words).max(axis=1), strict=True)
        if lag >= least_lag
    ]
