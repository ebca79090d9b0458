"""Lists to train, to choose and to test: whose law they follow, and their floors."""

from collections import Counter

import numpy as np
import pytest

from firstbit.errors import LanguageError, SettingError
from firstbit.languages import (
    Language,
    enumerate_words,
    full_floor,
    loss_of_truth,
    parity,
    reber,
    sample_floor,
    split,
    split_floors,
)


def test_by_default_each_list_follows_the_language():
    lists = split("reber", 4000, 4000, seed=0)
    assert lists.follows_language
    found = split_floors(lists)
    assert found.expected.values == pytest.approx([6, 6])
    # The loss of a word has a standard deviation of 2.8 bits.
    assert found.truth.values == pytest.approx([6, 6], abs=0.2)
    assert lists.train != lists.test
    short = {word: reber().probability_of(word) for word in ("BPVVE", "BTXSE")}
    for words in lists:
        times = Counter(words)
        for word, probability in short.items():
            assert times[word] / 4000 == pytest.approx(probability, abs=0.03)


def test_disjoint_lists_have_floors_of_their_own():
    """The numbers of the two sides differ by bits, which a net could find."""
    lists = split("reber", 2000, 2000, seed=0, disjoint=True)
    assert not set(lists.train) & set(lists.test)
    found = split_floors(lists)
    assert np.isnan(found.expected).all()
    for side, words in zip(found.side.values, lists, strict=True):
        at = found.sel(side=side)
        assert float(at.truth) == loss_of_truth("reber", words, loss="bits")
        least = sample_floor("reber", words, by="prefix", loss="bits")
        assert float(at.by_prefix) == least
        assert least < float(at.by_state) <= float(at.truth)
        assert int(at.num_distinct) == len(set(words))
    # 6 bits are the floor of neither.
    assert (found.by_prefix.values < 5.5).any()
    assert (np.abs(found.truth.values - 6) > 0.2).all()


def test_three_lists():
    lists = split("parity", 300, 100, 200, seed=4)
    train, validation, test = lists
    assert (len(train), len(validation), len(test)) == (300, 100, 200)
    assert (lists["validation"], lists.test) == (validation, test)
    apart = split("embedded-reber", 300, 100, 200, seed=4, disjoint=True)
    sides = [set(words) for words in apart]
    assert not (sides[0] & sides[1] | sides[0] & sides[2] | sides[1] & sides[2])
    later = split("embedded-reber", 900, 300, 300, seed=4, disjoint=True)
    assert not set(later.train) & (sides[1] | sides[2])
    bits = Language.from_regex("[01]{9}")
    shares = (0.6, 0.3, 0.1)
    wide = split(bits, 9000, 9000, 9000, seed=1, disjoint=True, shares=shares)
    for words, share in zip(wide, shares, strict=True):
        assert len(set(words)) / 2**9 == pytest.approx(share, abs=0.1)


@pytest.mark.slow
def test_lists_of_lengths_and_their_floors():
    lists = split(parity(), 3000, 3000, seed=0, lengths=[(1, 10), (11, 20)])
    assert {len(word) for word in lists.train} <= set(range(1, 11))
    assert {len(word) for word in lists.test} <= set(range(11, 21))
    found = split_floors(lists)
    expected = [full_floor("parity", "bits", lengths=r) for r in ((1, 10), (11, 20))]
    assert found.expected.values == pytest.approx(expected)
    assert found.truth.values == pytest.approx(expected, rel=0.05)
    same = split("parity", 50, 50, seed=0, lengths=(3, 5))
    assert {len(word) for words in same for word in words} <= {3, 4, 5}
    apart = split("parity", 5, 5, seed=0, lengths=(3, 9), disjoint=True)
    assert not set(apart.train) & set(apart.test)
    meeting = [(3, 9), (5, 12)]
    apart = split("parity", 20, 20, seed=0, lengths=meeting, disjoint=True)
    assert not set(apart.train) & set(apart.test)
    # Ranges that don't meet need no hash: the lists follow the language.
    free = split("parity", 90, 90, seed=0, lengths=[(1, 3), (4, 6)], disjoint=True)
    assert free.follows_language
    plain = split("parity", 90, 90, seed=0, lengths=[(1, 3), (4, 6)])
    assert list(free) == list(plain)


def test_distinct_words():
    lists = split("reber", 50, 20, seed=2, distinct=True)
    assert [len(set(words)) for words in lists] == [50, 20]
    assert not lists.follows_language
    assert np.isnan(split_floors(lists).expected).all()
    words = list(enumerate_words(parity(), longest=4))
    every = split("parity", len(words), 1, seed=0, lengths=(0, 4), distinct=True)
    assert sorted(every.train) == sorted(words)
    with pytest.raises(LanguageError, match="gave 4 different words for the side"):
        split("parity", 2, 5, seed=0, lengths=(3, 3), distinct=True)


@pytest.mark.parametrize(
    ("sizes", "options", "match"),
    [
        ((5,), {}, "expected two sizes, train and test, or three, .* got 1"),
        ((5, 5, 5, 5), {}, "got 4"),
        ((5, 0), {}, "`num_test` must be at least 1; got 0"),
        ((5, 2.5), {}, "expected a whole number for `num_test`, got 2.5"),
        ((5, 5), {"shares": (0.5, 0.5)}, "expected `disjoint=True` beside `shares`"),
        (
            (5, 5),
            {"disjoint": True, "shares": (0.5, 0.2)},
            "shares above 0 whose sum is 1, got 0.5, 0.2",
        ),
        ((5, 5), {"disjoint": True, "shares": 0.5}, "a share of each of 2 sides"),
        ((5, 5), {"lengths": [(1, 2)]}, "of each of 2 sides, or one pair for all"),
        ((5, 5), {"lengths": 12}, r"lengths like \(1, 20\)"),
        ((5, 5), {"lengths": (0, 4)}, "no word of 'reber' has 0 to 4 symbols"),
        ((5, 5), {"seed": -1}, "`seed` must be at least 0"),
    ],
)
@pytest.mark.wrong_types
def test_splits_that_are_refused(sizes, options, match):
    with pytest.raises((SettingError, LanguageError), match=match):
        split("reber", *sizes, **{"seed": 0, **options})


@pytest.mark.wrong_types
def test_only_splits_have_floors_of_a_split():
    with pytest.raises(SettingError, match="what `split` returns, got tuple"):
        split_floors((["BTXSE"], ["BPVVE"]))
