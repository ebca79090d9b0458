"""The memory a language demands, against sums over words, counting over samples, and brute force."""

import math
from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest
from automata.fa.dfa import DFA
from hypothesis import assume, given, settings

from firstbit.errors import LanguageError, SettingError
from firstbit.languages import (
    Language,
    copies_merged,
    count_mod,
    embedded_reber,
    encode,
    entropy,
    expected_visits,
    first_bit,
    full_floor,
    mean_length,
    memory_demand,
    memory_order,
    merged_floor,
    named_floors,
    named_plateau,
    nested_reber,
    next_symbol_rank,
    parity,
    reber,
    sample,
    tomita,
    window_floor,
    window_floors,
    without_factors,
)
from firstbit.languages import order as order_module
from firstbit.languages import visits as visits_module
from firstbit.languages import windows as windows_module
from firstbit.languages.windows import window_classes
from languages_at_random import languages


def slow_window_floor(language, window, loss):
    """Reads all prefixes at once, keeping what a window shows of each, until nearly every word has ended."""
    alive = {("", 0): 1.0}
    seen = defaultdict(lambda: np.zeros(len(language.outputs)))
    for step in range(3000):
        after = defaultdict(float)
        for (shown, state), weight in alive.items():
            if step:
                seen[shown] += weight * language.next_output[state]
            for column, target in enumerate(language.transition[state]):
                if target >= 0:
                    kept = (shown + language.alphabet[column])[-window:] if window else ""
                    after[kept, target] += weight * language.probability[state, column]
        alive = after
        if sum(alive.values()) < 1e-14:
            break
    assume(sum(alive.values()) < 1e-14)
    total = 0.0
    for weights in seen.values():
        mass = weights.sum()
        share = weights[weights > 0] / mass if mass > 0 else np.ones(1)
        total += mass * (1 - (share**2).sum() if loss == "squared error" else -(share * np.log2(share)).sum())
    return total


@given(languages(most_states=4))
@settings(max_examples=60)
def test_window_floors_are_the_sums_over_all_prefixes(language):
    for loss in ("squared error", "bits"):
        floors = window_floors(language, 3, loss)
        assert floors == pytest.approx([slow_window_floor(language, m, loss) for m in range(4)], abs=1e-9)


@given(languages(most_states=6, alphabet="abc"))
@settings(max_examples=200)
def test_floors_never_rise_and_reach_the_full_floor_at_the_memory_order(language):
    order = memory_order(language)
    for loss in ("squared error", "bits"):
        floors, full = window_floors(language, 6, loss), full_floor(language, loss)
        assert all(later <= earlier + 1e-12 for earlier, later in pairwise(floors))
        assert all(floor >= full - 1e-12 for floor in floors)
        if order <= 6:
            assert floors[int(order)] == pytest.approx(full, abs=1e-12)


@given(languages(most_states=4, weighted=False))
@settings(max_examples=200)
def test_memory_order_is_that_of_brute_force(language):
    # Six pairs of four states: a longer path into a pair of different predictions would repeat one, so it is endless.
    full = full_floor(language)
    enough = (m for m in range(8) if slow_window_floor(language, m, "squared error") < full + 1e-9)
    assert memory_order(language) == next(enough, math.inf)


def counted_floor(symbols, lengths, window, num_symbols):
    """Loss of the best table from windows to next symbols, fitted to and measured on the same words, with its standard error."""
    inside = np.arange(symbols.shape[1]) < lengths[:, None]
    word, position = np.nonzero(inside[:, 1:])
    digits = np.pad(np.where(inside, symbols + 1, 0), ((0, 0), (window, 0))).astype(np.int16)
    shown = np.zeros(len(word), dtype=np.int64)
    for back in range(window):
        shown = shown * (num_symbols + 1) + digits[word, position + window - back]
    event = shown * num_symbols + symbols[word, position + 1]
    table = np.bincount(event, minlength=num_symbols * (num_symbols + 1) ** window).reshape(-1, num_symbols)
    table = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    losses = 1 - 2 * table.ravel()[event] + (table**2).sum(axis=1)[shown]
    per_word = np.bincount(word, losses, len(symbols))
    return per_word.mean(), per_word.std() / math.sqrt(len(symbols))


@pytest.mark.slow
@pytest.mark.parametrize(("task", "windows"), [(reber(), (1, 2)), (embedded_reber(), (2, 3))], ids=["reber", "embedded"])
def test_window_floors_agree_with_counting_over_a_million_words(task, windows):
    symbols, lengths = encode(sample(task, 1_000_000, seed=0), task.alphabet)
    for window in windows:
        counted, error = counted_floor(symbols, lengths, window, len(task.alphabet))
        assert abs(counted - window_floor(task, window)) < 4 * error


def test_known_numbers():
    assert window_floors(reber(), 4) == pytest.approx([81 / 14, 113 / 24, 3, 3, 3], abs=1e-12)
    known = [203 / 22, 7.55, 4.75, 4, 4, 4, 3.875, 3.78125, 3.71875]
    assert window_floors(embedded_reber(), 8) == pytest.approx(known, abs=1e-12)
    assert merged_floor(embedded_reber(), copies_merged(embedded_reber())) == pytest.approx(4, abs=1e-12)
    assert (full_floor(reber()), full_floor(embedded_reber())) == pytest.approx((3, 3.5), abs=1e-12)
    assert (full_floor(reber(), "bits"), full_floor(embedded_reber(), "bits")) == pytest.approx((6, 7), abs=1e-12)
    assert (mean_length(reber()), entropy(reber()), entropy(embedded_reber())) == pytest.approx((8, 6, 7), abs=1e-12)
    assert [next_symbol_rank(task, affine=bias) for task in (reber(), embedded_reber()) for bias in (False, True)] == [5, 4, 6, 5]


@pytest.mark.parametrize(
    ("language", "order"),
    [
        (reber(), 2),
        (embedded_reber(), math.inf),
        (nested_reber(2), math.inf),
        (parity(), math.inf),
        (count_mod(5), math.inf),
        (tomita(1), 0),
        (tomita(4), 2),
        (first_bit(1), 2),
        (first_bit(7), 8),
        (first_bit(7, "random"), 8),
        (without_factors(["aaaa"], alphabet="ab"), 3),
        (Language.from_regex("()"), 0),
        (Language.from_regex("ab"), 0),
        (Language.from_regex("aaa"), 0),
        (Language.from_regex("(a|b)a"), 0),
    ],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_memory_orders(language, order):
    assert memory_order(language) == order


def test_merging_nothing_and_everything():
    language = embedded_reber()
    assert merged_floor(language, [[state] for state in language.states]) == pytest.approx(full_floor(language))
    assert merged_floor(language, [language.states]) == pytest.approx(window_floor(language, 0))
    with pytest.raises(LanguageError, match="each state exactly once"):
        merged_floor(language, [["start"], language.states])
    with pytest.raises(LanguageError, match="each state exactly once"):
        merged_floor(language, [["no such state"]])


def test_the_demand_is_one_dataset():
    language = embedded_reber()
    demand = memory_demand(language, 6, partitions={"outer symbol lost": copies_merged(language)})
    assert demand["floor"].values.tolist() == window_floors(language, 6)
    assert demand["floor_bits"].values.tolist() == window_floors(language, 6, "bits")
    assert demand["worth"].values[1:] == pytest.approx(-np.diff(demand["floor"].values))
    assert float(demand["memory_order"]) == math.inf
    assert float(demand["merged_floor"].sel(partition="outer symbol lost")) == pytest.approx(4)
    assert all({"long_name", "units"} <= set(demand[name].attrs) for name in demand.data_vars)
    assert {"firstbit_version", "configuration", "language"} <= set(demand.attrs)


@pytest.mark.parametrize(
    ("loss", "name"),
    [(3.52, "state known"), (3.99, "outer symbol lost; last 3 symbols"), (4.76, "last 2 symbols"), (4.3, None), (3.2, None)],
)
def test_a_plateau_is_named_if_it_is_near(loss, name):
    plateau = named_plateau(named_floors(embedded_reber(), 3), loss)
    assert (plateau and plateau.name) == name
    if plateau:
        assert plateau.distance == pytest.approx(abs(loss - plateau.floor))


def random_automaton(states, seed=0):
    """A trimmed random automaton of out-degree 2; every hundredth state is final."""
    generator = np.random.default_rng(seed)
    targets = generator.integers(0, states, (states, 2)).tolist()
    dfa = DFA(
        states=set(range(states)), input_symbols={"a", "b"}, initial_state=0, final_states=set(range(0, states, 100)),
        transitions={state: dict(zip("ab", pair, strict=True)) for state, pair in enumerate(targets)},
    )  # fmt: skip
    return Language.from_dfa(dfa)


def test_large_automata_agree_with_dense_linear_algebra(monkeypatch):
    language = random_automaton(1200)
    moves = np.zeros((len(language.states),) * 2)
    rows, columns = np.nonzero(language.transition >= 0)
    np.add.at(moves, (rows, language.transition[rows, columns]), language.probability[rows, columns])
    exact = np.linalg.solve(np.eye(len(moves)) - moves.T, np.eye(len(moves))[0])
    assert expected_visits(language) == pytest.approx(exact, abs=1e-11)
    monkeypatch.setattr(visits_module, "ACCURACY", 0)  # never reached: the exact factorisation has to help
    assert expected_visits(language) == pytest.approx(exact, abs=1e-11)


@pytest.mark.slow
def test_ten_thousand_states_have_floors_and_a_thousand_an_order():
    large = random_automaton(12_600)
    assert len(large.states) > 10_000
    floors = window_floors(large, 6)
    assert all(later <= earlier for earlier, later in pairwise(floors))
    assert memory_order(random_automaton(1300)) == math.inf
    assert memory_order(first_bit(600)) == 601


def test_what_is_too_large_is_refused_with_what_would_fit(monkeypatch):
    monkeypatch.setattr(windows_module, "MOST_WEIGHTS", 300)
    with pytest.raises(LanguageError, match=r"windows of up to \d symbols .* would need about \d+ weights, more than 300; ask for"):
        list(window_classes(random_automaton(100), 9))
    monkeypatch.setattr(order_module, "MOST_EDGES", 100)
    with pytest.raises(LanguageError, match="more than 100; about 12 states would fit"):
        memory_order(embedded_reber())
    with pytest.raises(SettingError, match="windows of at most 5,000 symbols, got 5001"):
        window_floors(reber(), 5001)
    with pytest.raises(SettingError, match="`window` must be at least 0; got -1"):
        memory_demand(reber(), -1)
    with pytest.raises(SettingError, match="expected the loss to be one of squared error, bits; got 'nats'"):
        full_floor(reber(), "nats")
