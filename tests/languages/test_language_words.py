"""Words of a language, each operation against a slow twin.

They are counted, enumerated, drawn, split, damaged, and read from files.
"""

import json
import math
from collections import Counter
from itertools import combinations, islice

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from covering import examples
from firstbit.errors import LanguageError, OutputError, SettingError, WordError
from firstbit.languages import (
    Language,
    Stream,
    edit_distance,
    embedded_reber,
    encode,
    enumerate_words,
    export_words,
    fresh_words,
    illegal_words,
    length_distribution,
    long_words,
    mean_length,
    one_hot,
    read_words,
    reber,
    sample,
    sample_uniform,
    split,
    true_probabilities,
    word_counts,
    write_words,
)
from languages_at_random import automata, words_up_to

NEVER = 1e-6
"""Chance that a right sampler fails a chi-square test; the examples are the same in
every run."""


def goodness_of_fit(words, probabilities):
    """Return the p-value of the chi-square test of words against exact probabilities.

    All rare words are one class.
    """
    counts, total = Counter(words), len(words)
    common = {word: p for word, p in probabilities.items() if p * total >= 5}
    observed = [counts[word] for word in common] + [
        total - sum(counts[word] for word in common)
    ]
    expected = [p * total for p in common.values()] + [
        total * (1 - sum(common.values()))
    ]
    if expected[-1] < 5:  # too rare for a class of its own
        smallest = int(np.argmin(expected[:-1]))
        observed[smallest], expected[smallest] = (
            observed[smallest] + observed.pop(),
            expected[smallest] + expected.pop(),
        )
    return (
        scipy.stats.chisquare(
            observed, np.array(expected) * (total / sum(expected))
        ).pvalue
        if len(observed) > 1
        else 1.0
    )


@pytest.mark.slow
def test_counts_words_and_draws_agree_for_any_automaton():
    seen = Counter()

    @given(automata(), st.integers(0, 2**32 - 1), st.integers(0, 3))
    @settings(max_examples=examples(150))
    def holds(automaton, seed, shortest):
        language, longest, words = automaton.language, 6, automaton.words(6)
        assert [
            word for word in words_up_to(longest, "ab") if language.accepts(word)
        ] == words
        assert list(enumerate_words(language, longest=longest)) == words
        some = [word for word in words if shortest <= len(word) <= 5]
        assert list(enumerate_words(language, shortest=shortest, longest=5)) == some
        lengths = Counter(map(len, words))
        counts = [lengths[length] for length in range(longest + 1)]
        assert word_counts(language, longest) == counts
        exact = {word: automaton.probability(word) for word in words}
        for word in words_up_to(4, "abc"):
            assert language.probability_of(word) == pytest.approx(
                float(automaton.probability(word)), rel=1e-12
            )
        shares = length_distribution(language, longest)
        by_length = [
            float(sum(exact[word] for word in words if len(word) == length))
            for length in range(longest + 1)
        ]
        assert shares["probability"].values == pytest.approx(by_length, abs=1e-12)
        assert float(shares["longer"]) == pytest.approx(
            float(1 - sum(exact.values())), abs=1e-12
        )
        assert shares["count"].values.tolist() == counts
        assert float(shares["mean_length"]) == mean_length(language)
        drawn = sample(language, 1000, seed=seed)
        assert all(map(automaton.dfa.accepts_input, drawn))
        assert (
            goodness_of_fit(drawn, {word: float(p) for word, p in exact.items()})
            > NEVER
        )
        seen["several words"] += len(words) > 3

    holds()
    assert seen["several words"] > examples(75)


def near_lengths(automaton, shortest, longest):
    """Return the nearest lengths below and above a range that have words.

    They come from the states that some word of each length reaches.
    """
    reached, found = {0}, []
    for length in range(longest + 40):
        if any(automaton.ends[q] for q in reached):
            found.append(length)
        reached = {r for q in reached for r, _ in automaton.edges[q].values()}
    return [length for length in found if length < shortest][-1:] + [
        length for length in found if length > longest
    ][:1]


@pytest.mark.slow
def test_draws_of_given_lengths_have_the_conditioned_probabilities():
    seen = Counter()

    @given(
        automata(most_states=4),
        st.integers(0, 2**32 - 1),
        st.integers(0, 4),
        st.integers(0, 3),
    )
    @settings(max_examples=examples(150))
    def holds(automaton, seed, shortest, more):
        language, longest = automaton.language, shortest + more
        exact = {
            word: automaton.probability(word)
            for word in automaton.words(longest)
            if len(word) >= shortest
        }
        if not exact:
            near = near_lengths(automaton, shortest, longest)
            asked = f"{shortest} to {longest}" if more else f"{shortest}"
            noun = "lengths with words are" if len(near) > 1 else "length with words is"
            with pytest.raises(
                LanguageError,
                match=rf"has {asked} symbols; the nearest {noun} "
                rf"{' and '.join(map(str, near))}\.",
            ):
                sample(language, 1, seed=seed, shortest=shortest, longest=longest)
            seen["none"] += 1
            return
        whole = sum(exact.values())
        drawn = sample(language, 1000, seed=seed, shortest=shortest, longest=longest)
        assert (
            goodness_of_fit(
                drawn, {word: float(p / whole) for word, p in exact.items()}
            )
            > NEVER
        )
        length = len(max(exact, key=len))
        of_length = [word for word in exact if len(word) == length]
        drawn = sample_uniform(language, 1000, length, seed=seed)
        assert (
            goodness_of_fit(drawn, dict.fromkeys(of_length, 1 / len(of_length))) > NEVER
        )
        seen["several words"] += len(exact) > 2
        seen["several of a length"] += len(of_length) > 2

    holds()
    assert seen["none"] > examples(3)
    assert min(seen["several words"], seen["several of a length"]) > examples(30)


def test_a_seed_gives_its_own_words():
    for draw in (
        lambda seed: sample(reber(), 30, seed=seed),
        lambda seed: sample(reber(), 30, seed=seed, shortest=10, longest=20),
        lambda seed: sample_uniform(reber(), 30, 14, seed=seed),
        lambda seed: split(reber(), 30, 30, seed=seed),
        lambda seed: illegal_words(reber(), 30, seed=seed),
    ):
        assert draw(1) == draw(1)
        assert draw(1) != draw(2)


def test_reber_counts_are_the_known_ones():
    assert word_counts(reber(), 14) == [0] * 5 + [2, 3, 4, 7, 11, 16, 24, 36, 53, 78]
    assert word_counts(Language.from_regex("[ab]*"), 300)[300] == 2**300
    assert float(length_distribution(reber(), 14)["mean_length"]) == pytest.approx(
        8, abs=1e-12
    )


def test_enumeration_ends_with_a_finite_language_only():
    assert list(enumerate_words(Language.from_regex("a{0,2}b"))) == ["b", "ab", "aab"]
    assert list(islice(enumerate_words(reber(), shortest=7), 2)) == [
        "BPTTVVE",
        "BPTVPSE",
    ]
    assert (
        next(enumerate_words(Language.from_regex("a{1500}"), shortest=3)) == "a" * 1500
    )


def test_lengths_without_words_name_the_nearest():
    pairs = Language.from_regex("(ab)*")
    with pytest.raises(
        LanguageError, match="has 3 symbols; the nearest lengths with words are 2 and 4"
    ):
        sample_uniform(pairs, 1, 3, seed=0)
    with pytest.raises(
        LanguageError, match="has 9 to 12 symbols; the nearest length with words is 2"
    ):
        sample(Language.from_regex("ab"), 1, seed=0, shortest=9, longest=12)
    with pytest.raises(SettingError, match="expected `longest` beside `shortest` = 3"):
        sample(pairs, 1, seed=0, shortest=3)
    with pytest.raises(SettingError, match="`longest` must be at least 5; got 2"):
        sample(pairs, 1, seed=0, shortest=5, longest=2)


def test_far_lengths_are_drawn_by_their_exact_probabilities():
    # A word of 3,000 letters has a probability far below the least float; of those of
    # 3,000 and 3,001 every third is longer.
    coin = Language.from_transitions(
        {"s": {"a": ("s", 0.3), "b": ("s", 0.2)}}, start="s", final={"s": 0.5}
    )
    words = sample(coin, 300, seed=0, shortest=3000, longest=3001)
    longer = sum(len(word) == 3001 for word in words)
    assert {len(word) for word in words} == {3000, 3001}
    assert scipy.stats.binomtest(longer, 300, 1 / 3).pvalue > NEVER
    letters = Counter("".join(words))
    assert scipy.stats.binomtest(letters["a"], letters.total(), 0.6).pvalue > NEVER
    # Without bb there are F(n + 2) words of n letters, Fibonacci's numbers; F(n + 1) of
    # them begin with a.
    smooth = Language.from_regex("(a|ba)*b?")
    words = sample_uniform(smooth, 300, 2000, seed=0)
    for position in (0, -1):
        assert (
            scipy.stats.binomtest(
                sum(word[position] == "a" for word in words),
                300,
                2 / (1 + math.sqrt(5)),
            ).pvalue
            > NEVER
        )
    assert all(len(word) == 2000 and "bb" not in word for word in words)


def test_draws_too_large_are_refused():
    rare = Language.from_transitions(
        {"s": {"a": ("s", 1 - 1e-9)}}, start="s", final={"s": 1e-9}
    )
    with pytest.raises(
        LanguageError,
        match=r"a word of 'language' has about 1e\+09 symbols, expected at most "
        r"10,000,000",
    ):
        sample(rare, 10, seed=0)
    with pytest.raises(
        LanguageError, match=r"would take about .* GB, more than 1 GB; .* would fit"
    ):
        word_counts(reber(), 10**6)


def test_splits_share_no_word_now_or_later():
    train, test = split(embedded_reber(), 300, 100, seed=3, disjoint=True)
    more, later = split(embedded_reber(), 900, 700, seed=3, disjoint=True)
    assert (len(train), len(test)) == (300, 100)
    assert not (set(train) | set(more)) & (set(test) | set(later))
    with pytest.raises(LanguageError, match="its words are too few"):
        split(Language.from_regex("a"), 2, 1, seed=0, disjoint=True)
    with pytest.raises(SettingError, match="shares above 0 whose sum is 1, got 0, 1"):
        split(reber(), 1, 1, seed=0, disjoint=True, shares=[0.0, 1.0])


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_a_share_of_the_words_is_for_testing(share):
    bits = Language.from_transitions(
        {f"{i}": {"0": (f"{i + 1}", 0.4), "1": (f"{i + 1}", 0.6)} for i in range(7)},
        start="0",
        final=["7"],
    )
    sides = []
    for seed in (0, 1):
        train, test = split(
            bits, 2000, 2000, seed=seed, disjoint=True, shares=(1 - share, share)
        )
        assert len({*train, *test}) >= 2**7 - 2  # the rarest may not turn up
        assert scipy.stats.binomtest(len(set(test)), 2**7, share).pvalue > 1e-4
        for side in (train, test):
            exact = {word: bits.probability_of(word) for word in side}
            assert (
                goodness_of_fit(
                    side, {word: p / sum(exact.values()) for word, p in exact.items()}
                )
                > NEVER
            )
        sides.append(set(test))
    assert sides[0] != sides[1]


def test_the_words_of_a_split_are_drawn_once():
    # Of the words of 60 bits none comes twice; a test side of 1 in 20 takes ten rounds
    # of drawing.
    train, test = split(
        Language.from_regex("[01]{60}"),
        100,
        100,
        seed=0,
        disjoint=True,
        shares=(0.95, 0.05),
    )
    assert len({*train, *test}) == 200


def levenshtein(one, other):
    """The textbook's table."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        last, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]


@pytest.mark.slow
@given(automata(most_states=4), st.text(alphabet="abc", max_size=4))
@settings(max_examples=60)
def test_edit_distance_is_the_least_over_all_words(automaton, word):
    # The shortest word of the language has at most 3 letters, so it is at most 4 edits
    # away: longer ones are farther.
    near = automaton.words(len(word) + 4)
    assert edit_distance(automaton.language, word) == min(
        levenshtein(word, other) for other in near
    )


def test_illegal_words_lie_at_their_distance():
    legal = list(enumerate_words(reber(), longest=22))
    for distance in (1, 2):
        for word in illegal_words(reber(), 20, distance=distance, seed=1):
            assert not reber().accepts(word)
            if len(word) < 12:
                near = (w for w in legal if abs(len(w) - len(word)) <= distance)
                assert min(levenshtein(word, w) for w in near) == distance
    with pytest.raises(
        LanguageError, match="gave 0 at distance 1, not 2; try another distance"
    ):
        illegal_words(Language.from_regex("[ab]*"), 2, seed=0)


@pytest.mark.slow
@pytest.mark.parametrize(("word", "distance"), [("abcd", 1), ("ab", 2)])
def test_illegal_words_are_all_words_at_their_distance(word, distance):
    near = [
        w
        for w in words_up_to(len(word) + distance, word)
        if levenshtein(word, w) == distance
    ]
    found = Counter(
        illegal_words(Language.from_regex(word), 2000, distance=distance, seed=0)
    )
    assert sorted(found, key=lambda w: (len(w), w)) == near
    if distance == 1:
        # Each kind of edit is a third, but one in four replaced letters is the same.
        kinds = [
            sum(found[w] for w in near if len(w) == len(word) + change)
            for change in (-1, 0, 1)
        ]
        assert (
            scipy.stats.chisquare(kinds, np.array([4, 3, 4]) * 2000 / 11).pvalue > NEVER
        )


def test_illegal_words_come_from_fresh_words():
    # Half of the edits replace a bit by a bit, which is legal: a second round is
    # needed, and must not draw the first again.
    words = illegal_words(Language.from_regex("[01]{24}"), 40, seed=0)
    assert min(levenshtein(one, other) for one, other in combinations(words, 2)) > 2


# ---- streams


@pytest.mark.parametrize(
    ("numbers", "seed", "words", "long"),
    [
        (
            (0,),
            15793235383387715774,
            ["BPVVE", "BTSSXXVVE", "BTXXTVVE", "BPVPSE"],
            ("BPBPTVVEPE", "BPBPTVVEPE"),
        ),
        (
            (3, 2**31, 7),
            15636707096027840246,
            ["BPVVE", "BTSXXTVPSE", "BPVVE", "BPVVE"],
            ("BPBPTVVEPE", "BTBPTVVETE"),
        ),
    ],
)
def test_a_stream_gives_the_words_it_always_gave(numbers, seed, words, long):
    stream = Stream(numbers)
    assert stream.child(0) == Stream((*numbers, 0))
    assert stream.child(0).seed() == seed
    assert fresh_words(reber(), 4, stream) == words
    assert sample(reber(), 4, seed=seed) == words
    assert long_words(embedded_reber(), 2, 6, stream) == long


def test_streams_with_different_names_are_independent():
    streams = [Stream((0, 0)), Stream((1, 0)), Stream((0, 1)), Stream((1, 1))]
    assert len({stream.seed() for stream in streams}) == len(streams)
    first, second = (stream.generator().random(1000) for stream in streams[:2])
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.15


def test_fresh_words_that_are_too_long_are_replaced():
    short = fresh_words(reber(), 4, Stream((0,)), max_length=6)
    assert short == ["BPVVE", "BPVPSE", "BTXSE", "BPTVVE"]
    with pytest.raises(SettingError, match="at most 4 symbols in reber"):
        fresh_words(reber(), 3, Stream((0,)), max_length=4)


# ---- files


def test_words_in_files_are_checked_line_by_line(tmp_path):
    path = tmp_path / "words.txt"
    write_words(["BTXSE", "BPVVE"], path)
    assert read_words(reber(), path) == ["BTXSE", "BPVVE"]
    path.write_text("BTXSE\nBTSSE\n")
    with pytest.raises(
        WordError,
        match="line 2: 'BTSSE', position 5: letter 'E' is not legal in state q1; "
        "expected one of S X",
    ):
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
    assert first == {
        "word": "aba",
        "next": [{"a": 1.0}, {"b": 0.5, "$": 0.5}, {"a": 1.0}, {"b": 0.5, "$": 0.5}],
    }
    assert second["next"] == first["next"][:2]
    with pytest.raises(WordError, match="line 1"):
        export_words(language, ["b"], tmp_path / "words.jsonl")


@pytest.mark.slow
@given(st.lists(st.text(alphabet="BTS", max_size=6), min_size=1, max_size=6))
def test_encoding_is_letter_by_letter(words):
    symbols, lengths = encode(words, "TSB")
    for word, row, length in zip(
        words, symbols.tolist(), lengths.tolist(), strict=True
    ):
        assert row == ["TSB".index(letter) for letter in word] + [0] * (
            len(row) - len(word)
        )
        assert length == len(word)


@pytest.mark.slow
@given(automata(), st.integers(0, 2**32 - 1))
@settings(max_examples=50)
def test_true_probabilities_follow_each_prefix(automaton, seed):
    words, outputs = (
        sample(automaton.language, 4, seed=seed),
        [*automaton.alphabet, "$"],
    )
    truth = true_probabilities(automaton.language, words)
    for row, word in zip(truth, words, strict=True):
        expected = [
            [float(automaton.predictions[q].get(a, 0)) for a in outputs]
            for q in automaton.states_of(word)[1:]
        ]
        assert row[: len(word)].tolist() == [each[: row.shape[1]] for each in expected]
        assert not row[len(word) :].any()


def test_true_probabilities_of_an_illegal_word_say_where():
    with pytest.raises(
        WordError, match="'BTE', position 3: letter 'E' is not legal in state q1"
    ):
        true_probabilities(reber(), ["BTXSE", "BTE"])


def test_one_hot_vectors_are_the_rows_of_the_identity():
    inputs, lengths = one_hot(["TSB", "B"], "TSB")
    assert inputs.tolist() == [np.eye(3).tolist(), [[0, 0, 1], [0, 0, 0], [0, 0, 0]]]
    assert lengths.tolist() == [3, 1]


def test_encoding_names_the_first_foreign_letter():
    with pytest.raises(
        WordError,
        match="line 2: 'BZ': letter 'Z' is not in the alphabet; expected one of B T",
    ):
        encode(["B", "BZ", "Y"], "BT")
    with pytest.raises(WordError, match="expected at least one word, got none"):
        encode([], "BT")
