"""Words that ask for a longer memory than any read in training."""

import numpy as np

from firstbit.errors import LanguageError
from firstbit.languages.automaton.automaton import given
from firstbit.languages.automaton.kept_results import kept_for_language
from firstbit.languages.language import Language
from firstbit.languages.words.lags import lags
from firstbit.languages.words.sampling import sample
from firstbit.languages.words.streams import Stream

TRIES = 6
"""Ranges of lengths that are searched, each half as long again as the one before."""

PROBE = 16
"""Words sampled from a range of lengths to see whether any has the lag."""


@kept_for_language(32)  # all configurations of a study ask for the same
def long_words(
    language: Language | str, num_words: int, least_lag: int, stream: Stream
) -> tuple[str, ...] | None:
    """Sample words with a lag of at least `least_lag`, from a range of lengths.

    Within the range words come with the language's probabilities. The first range
    begins at the least length that can have the lag.

    Args:
        language: what to sample from.
        num_words: how many words, at least 1.
        least_lag: in symbols; see `lags`.
        stream: names the random numbers; the same stream gives the same words.

    Returns:
        The words; None where no word has such a lag among a few of each range of
        lengths, up to 10 times the lag.

    Example:
        >>> from firstbit.languages import embedded_reber, reber
        >>> long_words(reber(), 2, 2, Stream((0,))) is None  # two symbols decide all
        True
        >>> words = long_words(embedded_reber(), 5, 20, Stream((0,)))
        >>> min(map(len, words)) >= 24
        True
    """
    language = given(language)
    shortest = least_lag + 1
    for attempt in range(TRIES):
        longest = shortest + shortest // 2
        lengths = (shortest, longest)
        seeds = stream.child(attempt).generator()
        if _with_lag(language, PROBE, least_lag, lengths, seeds):
            found: list[str] = []
            while len(found) < num_words:
                found += _with_lag(language, num_words, least_lag, lengths, seeds)
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
    """Sample `num_words` words and keep those with the lag.

    None is left where no word has a length in the range.
    """
    shortest, longest = lengths
    seed = int(seeds.integers(2**63))
    try:
        words = sample(
            language, num_words, seed=seed, shortest=shortest, longest=longest
        )
    except LanguageError:
        return []
    greatest = lags(language, words).max(axis=1)
    found = []
    for word, lag in zip(words, greatest, strict=True):
        if lag >= least_lag:
            found.append(word)
    return found
