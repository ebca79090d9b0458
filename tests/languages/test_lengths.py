"""Floors of words of a range of lengths, against all words of the range."""

import math
import pickle
from collections import defaultdict

import numpy as np
import pytest

from covering import diagonal
from firstbit.errors import LanguageError, SettingError
from firstbit.languages import (
    Language,
    copies_known,
    copies_merged,
    embedded_reber,
    entropy,
    enumerate_words,
    full_floor,
    language_by_name,
    loss_of_truth,
    mean_length,
    memory_demand,
    merged_floor,
    named_floors,
    of_lengths,
    parity,
    reber,
    sample,
    sample_floor,
    window_floor,
    window_floors,
)

CASES = [
    ("reber", (5, 9)),
    ("embedded-reber", (9, 12)),
    ("parity", (0, 6)),
    ("parity", (6, 6)),
    ("tomita-3", (1, 6)),
    ("flip-flop", (4, 8)),
    ("dyck:2,2", (2, 6)),
    ("first-bit:4", (0, 9)),
]


def slow_floors(language, lengths, seen, loss, first_symbol):
    """Least loss if only `seen(word, t)` is known, summed over all words."""
    words = list(enumerate_words(language, shortest=lengths[0], longest=lengths[1]))
    weights = np.array([language.probability_of(word) for word in words])
    weights /= weights.sum()
    table = defaultdict(lambda: defaultdict(float))
    predictions = 0.0
    for word, weight in zip(words, weights, strict=True):
        for t in range(0 if first_symbol else 1, len(word) + 1):
            if t == len(word) and not language.has_end_marker:
                continue
            output = word[t] if t < len(word) else "$"
            table[seen(word, t)][output] += weight
            predictions += weight
    total = 0.0
    for row in table.values():
        mass = sum(row.values())
        for share in row.values():
            if loss == "squared error":
                total += share * (1 - share / mass)
            else:
                total -= share * math.log(share / mass)
    return total / (math.log(2) if loss == "bits" else 1), predictions


def window(m):
    """The last m symbols; a prefix of fewer is seen as such."""
    return lambda word, t: (min(t, m), word[max(t - m, 0) : t])


@pytest.mark.slow
@pytest.mark.parametrize(("case", "first_symbol"), diagonal(CASES, [False, True]))
def test_floors_are_those_of_all_words_of_the_range(case, first_symbol):
    name, lengths = case
    language = language_by_name(name)
    for loss in ("squared error", "bits", "nats"):
        options = {"loss": loss, "lengths": lengths, "first_symbol": first_symbol}
        floors = window_floors(name, 3, **options)
        for m, floor in enumerate(floors):
            slow, predictions = slow_floors(
                language, lengths, window(m), loss, first_symbol
            )
            assert floor == pytest.approx(slow, abs=1e-10)
            each = window_floor(name, m, per="symbol", **options)
            assert each == pytest.approx(slow / predictions, abs=1e-10)
        slow, _ = slow_floors(
            language, lengths, lambda word, t: word[:t], loss, first_symbol
        )
        assert full_floor(name, **options) == pytest.approx(slow, abs=1e-10)


def test_partitions_are_those_of_the_language():
    task, lengths = embedded_reber(), (9, 13)
    states = {task.states[q]: q for q in range(len(task.states))}
    lost = {}
    for number, block in enumerate(copies_merged(task)):
        lost |= {states[state]: number for state in block}

    def seen(word, t):
        return lost[task.path(word[:t])[-1]], t

    slow, _ = slow_floors(task, lengths, seen, "bits", False)
    merged = merged_floor(task, copies_merged(task), "bits", lengths=lengths)
    assert merged == pytest.approx(slow, abs=1e-10)
    kept = {}
    for number, block in enumerate(copies_known(task)):
        kept |= {states[state]: number for state in block}

    def beside(word, t):
        return kept[task.path(word[:t])[-1]], window(2)(word, t)

    slow, _ = slow_floors(task, lengths, beside, "squared error", False)
    known = window_floors(task, 2, known=copies_known(task), lengths=lengths)
    assert known[-1] == pytest.approx(slow, abs=1e-10)
    demand = memory_demand(task, 2, lengths=lengths)
    assert float(demand.merged_floor_bits[0]) == pytest.approx(merged, abs=1e-12)
    assert float(demand.known_floor[0, 2]) == pytest.approx(known[-1], abs=1e-12)
    apart = [[state] for state in task.states]
    whole = merged_floor(task, apart, lengths=lengths)
    assert whole == pytest.approx(full_floor(task, lengths=lengths), abs=1e-12)
    with pytest.raises(LanguageError, match="hold each state exactly once"):
        merged_floor(task, apart[1:], lengths=lengths)


def test_a_range_of_all_lengths_changes_nothing():
    for name in ("reber", "parity", "tomita-3"):
        language = language_by_name(name)
        for loss in ("squared error", "bits"):
            plain = window_floors(language, 4, loss)
            ranged = window_floors(language, 4, loss, lengths=(0, 400))
            np.testing.assert_allclose(ranged, plain, atol=1e-9)


def test_the_first_symbol_adds_up_to_the_entropy():
    for name in ("reber", "parity", "dyck:2,3", "tomita-3", "flip-flop"):
        language = language_by_name(name)
        if not language.has_end_marker:  # else the end costs nothing
            assert (language.probability.sum(axis=1) * language.stop == 0).all()
        whole = full_floor(language, "bits", first_symbol=True)
        assert whole == pytest.approx(entropy(language), abs=1e-12)
        nats = full_floor(language, "nats", first_symbol=True)
        assert nats == pytest.approx(entropy(language) * math.log(2), abs=1e-12)
    # After each symbol of a word, and its end: one prediction less than for Reber.
    each = full_floor("parity", "bits", per="symbol")
    assert each == pytest.approx(full_floor("parity", "bits") / mean_length("parity"))
    assert full_floor("reber", per="symbol") == pytest.approx(3 / 7)


def test_lists_are_measured_in_every_unit():
    words = ["BTXSE", "BPVVE", "BTXSE"]
    bits = loss_of_truth("reber", words, loss="bits")
    assert bits == pytest.approx(3)
    assert loss_of_truth("reber", words, loss="nats") == pytest.approx(3 * math.log(2))
    assert loss_of_truth("reber", words, loss="bits", per="symbol") == pytest.approx(
        3 / 4
    )
    first = -(2 / 3 * math.log2(2 / 3) + 1 / 3 * math.log2(1 / 3))
    assert sample_floor("reber", words, by="prefix", loss="bits") == pytest.approx(
        first
    )
    words = ["", "11", "00", "0", "11"]
    beginning = loss_of_truth("parity", words, loss="bits", first_symbol=True)
    surprisals = [parity().surprisal(word) for word in words]
    assert beginning == pytest.approx(np.mean(surprisals))


def test_words_of_the_conditioned_language():
    short = of_lengths(reber(), 5, 8)
    words = list(enumerate_words(reber(), shortest=5, longest=8))
    assert list(enumerate_words(short)) == words
    total = sum(reber().probability_of(word) for word in words)
    for word in words:
        expected = reber().probability_of(word) / total
        assert short.probability_of(word) == pytest.approx(expected, abs=1e-14)
    assert set(sample(reber(), 300, seed=0, shortest=5, longest=8)) <= set(words)
    twelve = of_lengths(parity(), 12, 12)
    assert twelve.has_end_marker
    assert pickle.loads(pickle.dumps(twelve)).has_end_marker
    # The number of the ones is known; how many symbols are read is not.
    assert window_floor(parity(), 0, lengths=(12, 12)) > 1
    named = named_floors(short, 1)
    assert named[0].loss == pytest.approx(full_floor("reber", lengths=(5, 8)))


@pytest.mark.parametrize(
    ("lengths", "match"),
    [
        ((3, 2), "`longest` must be at least 3; got 2"),
        ((-1, 2), "`shortest` must be at least 0; got -1"),
        ((1,), r"lengths like \(1, 20\), the least and the greatest, got \(1,\)"),
        ("12", r"lengths like \(1, 20\)"),
        ((0, 3), "no word of 'reber' has 0 to 3 symbols; the nearest"),
        ((5, 10**6), "would fit"),
        ((5, 20_000), "more than 100,000; 12,499 symbols would fit|would fit"),
    ],
)
@pytest.mark.wrong_types
def test_ranges_that_are_refused(lengths, match):
    with pytest.raises((SettingError, LanguageError), match=match):
        window_floors("reber", 2, lengths=lengths)


@pytest.mark.wrong_types
def test_units_that_are_refused():
    with pytest.raises(SettingError, match="squared error, bits, nats; got the text"):
        full_floor("reber", "bit")
    with pytest.raises(SettingError, match="per to be one of word, symbol; got"):
        full_floor("reber", per="letter")
    with pytest.raises(SettingError, match="one of squared error, bits, nats"):
        loss_of_truth("reber", ["BTXSE"], loss="nat")
    with pytest.raises(SettingError, match="one of word, symbol"):
        sample_floor("reber", ["BTXSE"], by="state", per=None)
    assert Language.from_regex("a").name == "a"
