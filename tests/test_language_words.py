"""Words of a language: counted, enumerated, drawn, split, damaged, read from files; each against a slow twin."""

import json
from collections import Counter
from itertools import islice, product

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from firstbit.errors import LanguageError, OutputError, SettingError, WordError
from firstbit.languages import (
    Language,
    edit_distance,
    embedded_reber,
    encode,
    enumerate_words,
    export_words,
    illegal_words,
    length_distribution,
    mean_length,
    read_words,
    reber,
    sample,
    sample_uniform,
    split,
    true_probabilities,
    word_counts,
    write_words,
)
from languages_at_random import languages

NEVER = 1e-6
"""Chance that a right sampler fails a chi-square test; the examples are the same in every run."""


def all_words(alphabet, longest):
    return ["".join(word) for length in range(longest + 1) for word in product(sorted(alphabet), repeat=length)]


def goodness_of_fit(words, probabilities):
    """P-value of the chi-square test of drawn words against exact probabilities; rare words are one class."""
    counts, total = Counter(words), len(words)
    common = {word: p for word, p in probabilities.items() if p * total >= 5}
    observed = [counts[word] for word in common] + [total - sum(counts[word] for word in common)]
    expected = [p * total for p in common.values()] + [total * (1 - sum(common.values()))]
    if expected[-1] < 5:  # too rare for a class of its own
        smallest = int(np.argmin(expected[:-1]))
        observed[smallest], expected[smallest] = observed[smallest] + observed.pop(), expected[smallest] + expected.pop()
    return scipy.stats.chisquare(observed, np.array(expected) * (total / sum(expected))).pvalue if len(observed) > 1 else 1.0


@given(languages(), st.integers(0, 2**32 - 1))
@settings(max_examples=200)
def test_counts_words_and_draws_agree_for_any_automaton(language, seed):
    longest = 6
    words = [word for word in all_words(language.alphabet, longest) if language.accepts(word)]
    assert list(enumerate_words(language, longest=longest)) == words
    lengths = Counter(map(len, words))
    assert word_counts(language, longest) == [lengths[length] for length in range(longest + 1)]
    shares = length_distribution(language, longest)
    exact = {word: language.probability_of(word) for word in words}
    for length in range(longest + 1):
        expected = sum(p for word, p in exact.items() if len(word) == length)
        assert float(shares["probability"][length]) == pytest.approx(expected, abs=1e-12)
    assert float(shares["probability"].sum() + shares["longer"]) == pytest.approx(1)
    drawn = sample(language, 2000, seed=seed)
    assert all(language.accepts(word) for word in drawn)
    assert goodness_of_fit(drawn, exact) > NEVER


@given(languages(), st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_draws_of_given_lengths_have_the_conditioned_probabilities(language, seed):
    words = [word for word in all_words(language.alphabet, 5) if language.accepts(word) and len(word) >= 2]
    if not words:
        with pytest.raises(LanguageError, match="2 to 5 symbols; the nearest length"):
            sample(language, 1, seed=seed, shortest=2, longest=5)
        return
    whole = sum(map(language.probability_of, words))
    drawn = sample(language, 1000, seed=seed, shortest=2, longest=5)
    assert goodness_of_fit(drawn, {word: language.probability_of(word) / whole for word in words}) > NEVER
    length = len(words[-1])
    of_length = [word for word in words if len(word) == length]
    drawn = sample_uniform(language, 1000, length, seed=seed)
    assert goodness_of_fit(drawn, dict.fromkeys(of_length, 1 / len(of_length))) > NEVER


def test_reber_counts_are_the_known_ones():
    assert word_counts(reber(), 14) == [0] * 5 + [2, 3, 4, 7, 11, 16, 24, 36, 53, 78]
    assert word_counts(Language.from_regex("[ab]*"), 300)[300] == 2**300
    assert mean_length(reber()) == pytest.approx(8, abs=1e-12)
    assert float(length_distribution(reber(), 14)["mean_length"]) == pytest.approx(8)


def test_enumeration_ends_with_a_finite_language_only():
    assert list(enumerate_words(Language.from_regex("a{0,2}b"))) == ["b", "ab", "aab"]
    assert list(islice(enumerate_words(reber(), shortest=7), 2)) == ["BPTTVVE", "BPTVPSE"]
    assert next(enumerate_words(Language.from_regex("a{1500}"), shortest=3)) == "a" * 1500


def test_lengths_without_words_name_the_nearest():
    pairs = Language.from_regex("(ab)*")
    with pytest.raises(LanguageError, match="has 3 symbols; the nearest lengths with words are 2 and 4"):
        sample_uniform(pairs, 1, 3, seed=0)
    with pytest.raises(LanguageError, match="has 9 to 12 symbols; the nearest length with words is 2"):
        sample(Language.from_regex("ab"), 1, seed=0, shortest=9, longest=12)
    with pytest.raises(SettingError, match="expected `longest` beside `shortest` = 3"):
        sample(pairs, 1, seed=0, shortest=3)
    with pytest.raises(SettingError, match="`longest` must be at least 5; got 2"):
        sample(pairs, 1, seed=0, shortest=5, longest=2)


def test_far_lengths_are_drawn_at_once():
    (word,) = sample(reber(), 1, seed=0, shortest=4000, longest=4000)
    assert reber().accepts(word)
    assert len(word) == 4000
    (word,) = sample_uniform(reber(), 1, 3000, seed=0)
    assert reber().accepts(word)


def test_draws_too_large_are_refused():
    rare = Language.from_transitions({"s": {"a": ("s", 1 - 1e-9)}}, start="s", final={"s": 1e-9})
    with pytest.raises(LanguageError, match=r"a word of 'language' has about 1e\+09 symbols, expected at most 10,000,000"):
        sample(rare, 10, seed=0)
    with pytest.raises(LanguageError, match=r"would take about .* GB, more than 1 GB; .* would fit"):
        word_counts(reber(), 10**6)


def test_splits_share_no_word_now_or_later():
    train, test = split(embedded_reber(), 300, 100, seed=3)
    more, later = split(embedded_reber(), 900, 700, seed=3)
    assert (len(train), len(test)) == (300, 100)
    assert not (set(train) | set(more)) & (set(test) | set(later))
    assert split(embedded_reber(), 300, 100, seed=4) != (train, test)
    with pytest.raises(LanguageError, match="its words are too few for this share"):
        split(Language.from_regex("a"), 2, 1, seed=0)
    with pytest.raises(SettingError, match="`test_share` above 0 and below 1, got 1"):
        split(reber(), 1, 1, seed=0, test_share=1)


def levenshtein(one, other):
    """The textbook's table."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        last, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]


@given(languages(weighted=False), st.text(alphabet="ab", max_size=4))
@settings(max_examples=60)
def test_edit_distance_is_the_least_over_all_words(language, word):
    # A nearest word is never longer than the word by more than the states: longer ones hold a loop of insertions.
    near = (w for w in all_words("ab", len(word) + 5) if language.accepts(w))
    assert edit_distance(language, word) == min(levenshtein(word, w) for w in near)


def test_illegal_words_lie_at_their_distance():
    legal = list(enumerate_words(reber(), longest=22))
    for distance in (1, 2):
        for word in illegal_words(reber(), 20, distance=distance, seed=1):
            assert not reber().accepts(word)
            if len(word) < 12:
                near = (w for w in legal if abs(len(w) - len(word)) <= distance)
                assert min(levenshtein(word, w) for w in near) == distance
    with pytest.raises(LanguageError, match="gave 0 at distance 1, not 2; try another distance"):
        illegal_words(Language.from_regex("[ab]*"), 2, seed=0)


# ---- files


def test_words_in_files_are_checked_line_by_line(tmp_path):
    path = tmp_path / "words.txt"
    write_words(["BTXSE", "BPVVE"], path)
    assert read_words(reber(), path) == ["BTXSE", "BPVVE"]
    path.write_text("BTXSE\nBTSSE\n")
    with pytest.raises(WordError, match="line 2: 'BTSSE', position 5: letter 'E' is not legal in state q1; expected one of S X"):
        read_words(reber(), path)
    path.write_text("")
    with pytest.raises(WordError, match="expected a word a line, got nothing"):
        read_words(reber(), path)
    path.write_bytes(b"\xff")
    with pytest.raises(OutputError, match="expected a text file"):
        read_words(reber(), path)


def test_exported_words_carry_all_legal_choices(tmp_path):
    language = Language.from_regex("a(ba)*")
    export_words(language, ["aba", "a"], tmp_path / "words.jsonl")
    first, second = map(json.loads, (tmp_path / "words.jsonl").read_text().splitlines())
    assert first == {"word": "aba", "next": [{"a": 1.0}, {"b": 0.5, "$": 0.5}, {"a": 1.0}, {"b": 0.5, "$": 0.5}]}
    assert second["next"] == first["next"][:2]
    with pytest.raises(WordError, match="line 1"):
        export_words(language, ["b"], tmp_path / "words.jsonl")


@given(st.lists(st.text(alphabet="BTS", max_size=6), min_size=1, max_size=6))
def test_encoding_is_letter_by_letter(words):
    symbols, lengths = encode(words, "TSB")
    for word, row, length in zip(words, symbols.tolist(), lengths.tolist(), strict=True):
        assert row == ["TSB".index(letter) for letter in word] + [0] * (len(row) - len(word))
        assert length == len(word)


def test_true_probabilities_follow_each_prefix():
    words = sample(embedded_reber(), 20, seed=0)
    truth = true_probabilities(embedded_reber(), words)
    for row, word in zip(truth, words, strict=True):
        expected = [embedded_reber().next_output[state] for state in embedded_reber().path(word)[1:]]
        assert np.array_equal(row[: len(word)], expected)
        assert not row[len(word) :].any()
    with pytest.raises(WordError, match="'BTE', position 3: letter 'E' is not legal in state q1"):
        true_probabilities(reber(), ["BTXSE", "BTE"])


def test_encoding_names_the_first_foreign_letter():
    with pytest.raises(WordError, match="line 2: 'BZ': letter 'Z' is not in the alphabet; expected one of B T"):
        encode(["B", "BZ", "Y"], "BT")
    with pytest.raises(WordError, match="expected at least one word, got none"):
        encode([], "BT")
