"""The longest lag and the longest word that N words hold on average."""

from itertools import islice

import numpy as np
import pytest

from firstbit.errors import LanguageError, SettingError
from firstbit.languages import (
    Language,
    embedded_reber,
    lags,
    language_by_name,
    length_distribution,
    longest_lag,
    longest_word,
    reber,
    sample,
)
from firstbit.languages.words.longest import _predictions_by_lag


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("embedded-reber", [23, 30, 38]),
        ("flip-flop", [14, 18, 22]),
        ("parity", [38, 50, 63]),
        ("dyck", [138, 176, 216]),
        ("reber", [1, 1, 1]),
        ("first-bit", [10, 10, 10]),
        ("tomita-1", [0, 0, 0]),
        ("tomita-2", [0, 0, 0]),
    ],
)
def test_the_longest_lag_of_256_2560_and_25600_words(name, expected):
    language = language_by_name(name)
    assert [longest_lag(language, n) for n in (256, 2560, 25600)] == expected


@pytest.mark.parametrize(
    "language",
    [
        Language.from_regex("(a|b)(a|b)(a|b|c)(aa|bb)?c?"),
        Language.from_regex("(ab|ba)(a|c)?(ab|ba)?(c|d)"),
        language_by_name("first-bit-random:3"),
        language_by_name("marked-sum:4"),
    ],
    ids=lambda one: one.name,
)
def test_expected_predictions_by_lag_equal_an_enumeration(language):
    expected = np.zeros(30)
    stack = [("", 1.0, 0)]
    while stack:
        word, share, state = stack.pop()
        if word and language.next_output[state].sum() > 0:
            for lag in range(1, lag_of(language, word) + 1):
                expected[lag - 1] += share
        for a, symbol in enumerate(language.alphabet):
            target = int(language.transition[state, a])
            if target >= 0:
                chance = share * float(language.probability[state, a])
                stack.append((word + symbol, chance, target))
    found = np.zeros(30)
    for lag, value in enumerate(_predictions_by_lag(language)):
        found[lag] = value
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert expected[0] > 0


def lag_of(language, prefix):
    """The least window that leaves one prediction open, less one: by following all."""
    for length in range(1, len(prefix) + 1):
        rows = set()
        for state in range(len(language.states)):
            for symbol in prefix[-length:]:
                if state >= 0:
                    a = language.alphabet.index(symbol)
                    state = int(language.transition[state, a])
            if state >= 0 and language.next_output[state].sum() > 0:
                rows.add(tuple(language.next_output[state].round(12)))
        if len(rows) <= 1:
            return length - 1
    return len(prefix) - 1


@pytest.mark.slow
def test_expected_predictions_by_lag_equal_a_simulation():
    words = sample(embedded_reber(), 40_000, seed=2)
    found = lags(embedded_reber(), words)
    expected = np.array(list(islice(_predictions_by_lag(embedded_reber()), 16)))
    for lag in (1, 3, 6, 12, 16):
        per_word = (found >= lag).sum(axis=1)
        error = per_word.std() / np.sqrt(len(words))
        assert abs(per_word.mean() - expected[lag - 1]) <= 5 * error + 1e-12


@pytest.mark.parametrize(
    ("language", "max_length"),
    [
        (language_by_name("parity"), 9),
        (language_by_name("embedded-reber"), 11),
        (Language.from_regex("x(a|b)*x|y(a|b)*y"), 8),
        (Language.from_regex("(ab|ba)(a|c)?(ab|ba)?(c|d)"), 4),
        (language_by_name("first-bit-random:3"), 5),
    ],
    ids=lambda one: getattr(one, "name", one),
)
def test_words_up_to_a_length_by_all_such_words(language, max_length):
    expected = np.zeros(max_length)
    longer = np.zeros(max_length)
    whole = 0.0
    for word, share in words_with_shares(language, max_length):
        whole += share
        longer[: len(word)] += share
        (of_word,) = lags(language, [word])
        for lag in range(1, max_length):
            expected[lag - 1] += share * (of_word >= lag).sum()
    found = np.zeros(max_length)
    for place, value in enumerate(_predictions_by_lag(language, max_length)):
        found[place] = value
    np.testing.assert_allclose(found, expected / whole, atol=1e-12)
    assert found[0] > 0
    for number in (1, 10, 1000):
        passing = np.flatnonzero(number * longer >= whole * (1 - 1e-9))
        expected_length = int(passing.max(initial=0))
        assert longest_word(language, number, max_length) == expected_length


def words_with_shares(language, max_length):
    """Yield all words up to a length with their probabilities."""
    stack = [("", 1.0, 0)]
    while stack:
        word, share, state = stack.pop()
        if language.stop[state] > 0:
            yield word, share * float(language.stop[state])
        if len(word) == max_length:
            continue
        for a, symbol in enumerate(language.alphabet):
            target = int(language.transition[state, a])
            if target >= 0:
                chance = share * float(language.probability[state, a])
                stack.append((word + symbol, chance, target))


def test_a_greatest_length_shortens_the_longest_lag():
    language = embedded_reber()
    assert [longest_lag(language, n, 32) for n in (256, 2560, 291_667)] == [23, 27, 28]
    assert longest_lag(language, 291_667, 1000) == longest_lag(language, 291_667) == 46
    for compute in (longest_lag, longest_word):
        with pytest.raises(LanguageError, match="has no word of at most 1 symbols"):
            compute(language, 1000, 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["reber", "embedded-reber", "parity", "first-bit"])
@pytest.mark.parametrize("num_words", [1, 256, 25_600])
def test_the_longest_word_by_the_distribution_of_lengths(name, num_words):
    language = language_by_name(name)
    shares = length_distribution(language, 400).probability.values
    longer = 1 - np.cumsum(shares)
    passing = np.flatnonzero(num_words * longer >= 1 - 1e-9)
    expected = int(passing.max(initial=0))
    assert longest_word(language, num_words) == expected


def test_a_greatest_length_beyond_all_words_takes_no_time():
    farthest = 10**12
    assert longest_word(reber(), 256, farthest) == longest_word(reber(), 256)
    assert longest_word(reber(), 256, 10_000) == longest_word(reber(), 256)
    of_lag = longest_lag(reber(), 256, farthest)
    assert of_lag == longest_lag(reber(), 256)


def test_at_least_one_word():
    for compute in (longest_lag, longest_word):
        with pytest.raises(SettingError, match="`num_words` must be at least 1"):
            compute(embedded_reber(), 0)
