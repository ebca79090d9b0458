"""Words that ask for a longer memory than any read in training."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from firstbit.languages import Language
from firstbit.languages.language import NO_STATE
from firstbit.training.lags import lags
from firstbit.training.words import Stream

TRIES = 6
"""Ranges of lengths that are looked through, each half as long again as the one before."""

PROBE = 16
"""Words that tell whether a range of lengths is any good."""


@lru_cache(maxsize=32)  # all configurations of a study ask for the same
def long_words(language: Language, num_words: int, least_lag: int, stream: Stream) -> list[str] | None:
    """Words with a lag of at least `least_lag`, drawn by the language's probabilities given a range of lengths.

    Returns:
        The words; None where no word has such a lag among a few of each range of lengths, up to 10 times the lag.

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
        generator = np.random.default_rng(np.random.SeedSequence((*stream, attempt)))
        if _with_lag(language, PROBE, least_lag, (shortest, longest), generator):
            found: list[str] = []
            while len(found) < num_words:
                found += _with_lag(language, num_words, least_lag, (shortest, longest), generator)
            return found[:num_words]
        shortest = longest + 1
    return None


def _with_lag(
    language: Language, num_words: int, least_lag: int, lengths: tuple[int, int], generator: np.random.Generator
) -> list[str]:
    """Those of so many words that have the lag."""
    words = list(_of_lengths(language, num_words, *lengths, generator))
    longest = lags(language, words).max(axis=1) if words else ()
    return [word for word, lag in zip(words, longest, strict=True) if lag >= least_lag]


def _of_lengths(language: Language, num_words: int, shortest: int, longest: int, generator: np.random.Generator) -> Iterator[str]:
    """Words by the language's probabilities, given that their length is in a range; none where there is none."""
    edge = language.transition != NO_STATE
    ends_in_time = np.zeros(len(language.states))
    choices: list[np.ndarray] = []
    for step in range(longest, -1, -1):
        goes_on = np.where(edge, language.probability * ends_in_time[language.transition], 0.0)
        weights = np.column_stack([goes_on, language.stop * (step >= shortest)])
        ends_in_time = weights.sum(axis=1)
        choices.append(np.cumsum(weights, axis=1) / np.where(ends_in_time > 0, ends_in_time, 1.0)[:, None])
    if ends_in_time[0] == 0:
        return
    for _ in range(num_words):
        state, word = 0, ""
        for table in reversed(choices):
            choice = int((generator.random() >= table[state]).sum())
            if choice >= len(language.alphabet):
                break
            word += language.alphabet[choice]
            state = int(language.transition[state, choice])
        yield word
