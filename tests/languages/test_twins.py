"""Twins end alike and are followed by different predictions; drawn by exact weights."""

from collections import Counter, defaultdict
from itertools import product

import numpy as np
import pytest
from scipy import stats

from firstbit.errors import SettingError
from firstbit.languages import (
    CATALOGUE,
    Language,
    Rows,
    embedded_reber,
    language_by_name,
    memory_order,
    parity,
    twins,
)


def prefixes(language, length):
    """Every prefix of a length, its probability and its state."""
    found = {"": (1.0, 0)}
    for _ in range(length):
        longer = {}
        for word, (share, state) in found.items():
            for a, symbol in enumerate(language.alphabet):
                target = int(language.transition[state, a])
                if target >= 0:
                    chance = share * float(language.probability[state, a])
                    longer[word + symbol] = (chance, target)
        found = longer
    return found


def weights_of_pairs(language, lag, length, resolution=0.15):
    """The weight of every pair of twins whose prefixes have one length."""
    rows = Rows.of(language)
    by_window = defaultdict(list)
    for word, (share, state) in prefixes(language, length).items():
        by_window[word[-lag:]].append((word, share, int(rows.of_state[state])))
    weights = {}
    for group in by_window.values():
        for (x, p, i), (y, q, j) in product(group, group):
            far = min(i, j) >= 0 and rows.distances[i, j] > 2 * resolution
            if far:
                weights[x, y] = p * q
    return weights


SKEWED = parity().with_probabilities(
    {"even": {"0": 0.5, "1": 0.1, "$": 0.4}, "odd": {"0": 0.2, "1": 0.8}}
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "lag"),
    [
        (parity(), 2),
        (SKEWED, 1),
        (language_by_name("tomita-3"), 2),
        (language_by_name("count-mod"), 3),
        (embedded_reber(), 1),
    ],
    ids=["parity", "skewed", "tomita-3", "count-mod", "embedded"],
)
def test_pairs_come_by_their_exact_weights(language, lag):
    found = twins(language, 8_000, lag, seed=5)
    drawn = Counter(zip(found.first, found.second, strict=True))
    longest = lag + 6
    by_length = Counter(len(x) for x in found.first)
    totals = {}
    for length in range(lag + 1, longest + 1):
        weights = weights_of_pairs(language, lag, length)
        totals[length] = sum(weights.values())
        number = by_length[length]
        assert sum(drawn[pair] for pair in weights) == number
        if number < 200:
            continue
        expected = np.array(list(weights.values())) * number / totals[length]
        counts = np.array([drawn[pair] for pair in weights])
        often = expected >= 5
        if often.sum() < 2:
            continue
        rest = [counts[~often].sum()], [expected[~often].sum()]
        counts = np.concatenate([counts[often], rest[0]])
        expected = np.concatenate([expected[often], rest[1]])
        keep = expected > 0
        test = stats.chisquare(counts[keep], expected[keep])
        assert test.pvalue > 1e-4
    # Lengths, among those enumerated.
    lengths = [length for length in totals if totals[length] > 0]
    total = sum(by_length[length] for length in lengths)
    share = np.array([totals[length] for length in lengths])
    expected = total * share / share.sum()
    counts = np.array([by_length[length] for length in lengths])
    if len(lengths) > 1:
        often = expected >= 5
        counts = np.append(counts[often], counts[~often].sum())
        expected = np.append(expected[often], expected[~often].sum())
        keep = expected > 0
        assert stats.chisquare(counts[keep], expected[keep]).pvalue > 1e-4


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_pair_ends_alike_and_is_followed_differently(name):
    language = language_by_name(name)
    rows = Rows.of(language)
    order = memory_order(language)
    for lag in (1, 3, 9):
        found = twins(language, 50, lag, seed=lag)
        if found is None:
            assert lag >= order
            continue
        assert lag < order
        assert found.num_windows == len({word[-lag:] for word in found.first})
        for x, y in zip(found.first, found.second, strict=True):
            assert min(len(x), len(y)) > lag
            assert x[-lag:] == y[-lag:]
            i, j = (rows.of_state[language.path(word)[-1]] for word in (x, y))
            assert rows.distances[i, j] > 0.3


@pytest.mark.parametrize("name", ["reber", "first-bit", "marked-sum", "tomita-4"])
def test_there_are_none_at_the_order(name):
    language = language_by_name(name)
    order = int(memory_order(language))
    assert twins(language, 5, order - 1, seed=0) is not None
    assert twins(language, 5, order, seed=0) is None


def test_some_languages_have_none_below_their_order():
    # Nothing comes before the a of `ab`.
    language = Language.from_regex("ab|xac")
    assert memory_order(language) == 2
    assert twins(language, 5, 1, seed=0) is None


def test_pairs_of_any_lengths_where_no_equal_ones_exist():
    # `a` after an odd number of symbols, `b` after an even one.
    language = Language.from_regex("x(cd)|xx(ce)")
    found = twins(language, 200, 1, seed=0)
    pairs = set(zip(found.first, found.second, strict=True))
    assert pairs == {("xc", "xxc"), ("xxc", "xc")}


def test_the_same_seed_gives_the_same_pairs():
    one, other = (twins(embedded_reber(), 30, 6, seed=3) for _ in range(2))
    assert one == other
    assert one != twins(embedded_reber(), 30, 6, seed=4)


def test_long_lags_of_large_automata():
    language = language_by_name("first-bit:400")
    found = twins(language, 20, 400, seed=0)
    assert found.num_windows == 1
    assert {word[0] for word in found.first + found.second} == {"0", "1"}
    assert twins(language, 20, 401, seed=0) is None


def test_bad_numbers_are_refused():
    with pytest.raises(SettingError, match="`lag` must be at least 1"):
        twins(parity(), 5, 0, seed=0)
    with pytest.raises(SettingError, match="`num_pairs` must be at least 1"):
        twins(parity(), 0, 1, seed=0)
    with pytest.raises(SettingError, match="the largest distance of two rows"):
        twins(parity(), 5, 1, seed=0, resolution=0.5)
