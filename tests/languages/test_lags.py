"""How far back the deciding symbol is, against a search; words with a long lag."""

import pytest

from firstbit.languages import Language, Stream, embedded_reber, reber, sample
from firstbit.languages.words.lags import lags
from firstbit.languages.words.long_words import long_words


@pytest.mark.parametrize(
    "language",
    [reber(), embedded_reber(), Language.from_regex("(ab?c|b)*")],
    ids=lambda one: one.name,
)
def test_lags_equal_a_search_over_all_windows(language):
    words = [word for word in sample(language, 15, seed=2) if word]
    for row, word in zip(lags(language, words), words, strict=True):
        for t in range(len(word)):
            if not language.has_end_marker and t == len(word) - 1:
                assert row[t] == -1
            else:
                assert row[t] == searched_lag(language, word[: t + 1])


def searched_lag(language, prefix):
    """The shortest window that decides, less one; the whole prefix if none does."""
    for lag in range(len(prefix)):
        if len(predictions_after(language, prefix[-1 - lag :])) <= 1:
            return lag
    return len(prefix) - 1


def predictions_after(language, window):
    """The different predictions of all states that a window may lead to."""
    rows = set()
    for state in range(len(language.states)):
        for letter in window:
            if state >= 0:
                symbol = language.alphabet.index(letter)
                state = language.transition[state, symbol]
        if state >= 0 and language.next_output[state].any():
            rows.add(tuple(language.next_output[state]))
    return rows


def test_long_words_are_long_and_follow_the_language():
    words = long_words(embedded_reber(), 200, 12, Stream((1, 2)))
    assert lags(embedded_reber(), words).max(axis=1).min() >= 12
    embedded_reber().check(words)
    assert long_words(Language.from_regex("ab|ba"), 10, 2, Stream((0,))) is None
