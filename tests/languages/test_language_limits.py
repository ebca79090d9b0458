"""The limits: rare ends, rare words, many letters, large automata, other edges."""

import copy
import math
import operator
import pickle

import numpy as np
import pytest

from firstbit.errors import FirstbitError, LanguageError, SettingError, WordError
from firstbit.languages import (
    Language,
    copies,
    copies_known,
    count_mod,
    embedded_reber,
    entropy,
    first_bit,
    flip_flop,
    full_floor,
    illegal_words,
    loss_of_truth,
    mean_length,
    memory_demand,
    memory_order,
    merged_floor,
    minimal,
    named_plateau,
    nested_reber,
    next_symbol_rank,
    parity,
    reber,
    sample,
    sample_floor,
    sample_uniform,
    split,
    window_floors,
    word_counts,
)
from firstbit.languages.automaton.visits import expected_visits
from firstbit.languages.demand import memory_order as order_module
from firstbit.languages.demand.state_entropy import state_entropy


def coin(p):
    return Language.from_transitions(
        {"s": {"a": ("s", 1 - p)}}, start="s", final={"s": p}
    )


# ---- floats


@pytest.mark.parametrize("p", [1e-3, 1e-9, 1e-11])
def test_rare_ends_keep_their_digits(p):
    assert mean_length(coin(p)) == pytest.approx((1 - p) / p, rel=1e-14)
    there_and_back = Language.from_transitions(
        {"s": {"a": ("t", 1 - p)}, "t": {"b": ("s", 1.0)}}, start="s", final={"s": p}
    )
    assert expected_visits(there_and_back) == pytest.approx(
        [1 / p, (1 - p) / p], rel=1e-14
    )
    # Each of the 1/p predictions misses p of one output and 1 - p of the other.
    assert full_floor(coin(p)) == pytest.approx(
        (1 - p) / p * 2 * p * (1 - p), rel=1e-13
    )
    bits = -(1 - p) * (math.log2(p) + (1 - p) / p * math.log1p(-p) / math.log(2))
    assert full_floor(coin(p), "bits") == pytest.approx(bits, rel=1e-12)


def test_languages_whose_ends_are_lost_in_rounding_are_refused():
    for p in (1e-13, 1e-17):
        with pytest.raises(
            LanguageError,
            match=r"about 1e\+1[37] symbols on average; expected below 1e\+12",
        ):
            mean_length(
                Language.from_transitions(
                    {"s": {"a": ("s", 1.0)}}, start="s", final={"s": p}
                )
            )


def test_a_mean_length_is_its_own_languages():
    assert coin(1e-11).mean_length / coin(1.4e-11).mean_length == pytest.approx(1.4)


def test_the_memory_order_counts_what_is_nearly_never_seen():
    p = 1e-10
    edges = {"s": {"a": ("x", 1 - p), "b": ("y", p)}, "x": {"a": "e"}, "y": {"b": "e"}}
    rare = Language.from_transitions(edges, start="s", final=["e"])
    assert window_floors(rare, 1) == pytest.approx([2 * p, 0], rel=1e-9)
    assert (
        memory_order(rare),
        next_symbol_rank(rare),
        next_symbol_rank(rare, readout_bias=True),
    ) == (1, 2, 1)


@pytest.mark.slow
def test_minimal_automata_keep_the_probabilities():
    thirds = Language.from_transitions(
        {"s": {"a": ("s", 2 / 3), "b": ("s", 1 / 6)}}, start="s", final={"s": 1 / 6}
    )
    assert minimal(thirds) == thirds
    assert minimal(thirds).probability.tolist() == thirds.probability.tolist()
    edges, final = {}, {"2000": 1.0}
    for i in range(2000):
        edges[str(i)] = {"a": (str(i + 1), 1.0 - i / 4000)}
        if i > 0:
            final[str(i)] = i / 4000
    chain = Language.from_transitions(edges, start="0", final=final)
    # Each state has other probabilities; hashing them all takes a moment.
    assert len(minimal(chain).states) == 2001
    assert hash(chain) == hash(minimal(chain))


def test_long_words_have_a_surprisal():
    pairs = Language.from_regex("[ab]*")
    assert pairs.probability_of("ab" * 600) == 0
    assert pairs.surprisal("ab" * 600) == pytest.approx(1201 * math.log2(3))
    assert pairs.surprisal("c") == math.inf
    assert reber().surprisal("BTXSE") == pytest.approx(3)


@pytest.mark.slow
def test_rare_lengths_are_drawn():
    edges = {"s": {"a": ("t", 1e-3), "b": ("end", 1 - 1e-3)}, "t": {"a": "s"}}
    odd = Language.from_transitions(edges, start="s", final=["end"])
    for length in (101, 299, 1001):  # 1e-3 to the power of 500 is no float
        assert (
            sample(odd, 2, seed=0, shortest=length, longest=length)
            == ["a" * (length - 1) + "b"] * 2
        )
    assert set(sample(odd, 50, seed=0, shortest=2, longest=4000)) == {"aab"}
    assert {
        len(word) for word in sample(odd, 20, seed=0, shortest=1000, longest=4000)
    } == {1001}


@pytest.mark.slow
def test_long_windows_stay_few():
    floors = window_floors(parity(), 700)
    assert floors[-1] == pytest.approx(full_floor(parity()), abs=1e-12)


# ---- sizes


def with_many_letters(states, letters, seed=0):
    """Two edges a state, of letters drawn from many."""
    generator = np.random.default_rng(seed)
    alphabet = [chr(0x4E00 + i) for i in range(letters)]
    edges = {}
    for q in range(states):
        one, other = generator.choice(letters, 2, replace=False)
        edges[str(q)] = {
            alphabet[one]: str((q + 1) % states),
            alphabet[other]: str(generator.integers(states)),
        }
    return Language.from_transitions(edges, start="0", final=["7"], alphabet=alphabet)


def test_floors_take_alphabets_of_any_size():
    language = with_many_letters(1000, 200)
    floors = window_floors(language, 6)
    assert floors[-1] == pytest.approx(full_floor(language), abs=1e-9)
    assert floors[0] > floors[1] > floors[2] > floors[-1]


def test_a_demand_is_returned_without_its_memory_order(monkeypatch):
    monkeypatch.setattr(order_module, "MOST_EDGES", 100)
    demand = memory_demand(embedded_reber(), 3)
    assert math.isnan(float(demand["memory_order"]))
    assert (
        "more than 100; about 12 states would fit"
        in demand["memory_order"].attrs["undecided"]
    )
    assert demand["floor"].values.tolist() == window_floors(embedded_reber(), 3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ask", "match"),
    [
        (lambda: sample(reber(), 10**18, seed=0), "5,555,555 words would fit"),
        (
            lambda: sample(reber(), 10**12, seed=0, shortest=5, longest=10),
            "4,545,454 words would fit",
        ),
        (
            lambda: sample_uniform(reber(), 10**9, 7, seed=0),
            "6,250,000 words would fit",
        ),
        (
            lambda: sample(coin(1e-8), 1, seed=0),
            r"about 1e\+08 symbols, expected at most 10,000,000",
        ),
        (
            lambda: sample(
                with_many_letters(50, 2000), 1, seed=0, shortest=0, longest=9000
            ),
            "7.2 GB, more than 1 GB; 1,249 symbols",
        ),
        (lambda: word_counts(reber(), 10**18), "more than 1 GB; 44,466 would fit"),
        (
            lambda: illegal_words(Language.from_regex("[ab]*"), 5, seed=0),
            "1000 edited words .* gave 0 at distance 1",
        ),
        (
            lambda: Language.from_regex("(a?b?){1000}"),
            "is too large: .* sets of too many places; ask for fewer",
        ),
        (
            lambda: Language.from_regex("[\u4e00-\u55cf]{1900}"),
            "more than 500,000 letters in all its places",
        ),
        (
            lambda: Language.from_regex(".*"),
            r"no letter of the expression is left for \. or \[\^ \]; give an alphabet",
        ),
        (lambda: count_mod(800) & count_mod(900), "two of 500 states would fit"),
    ],
)
def test_what_would_not_fit_is_refused_at_once(ask, match):
    with pytest.raises(LanguageError, match=match):
        ask()


# ---- edges of other kinds


OTHER_KINDS = [
    {0: {"a": "s"}},
    {"s": ["a"]},
    {"s": None},
    {"s": {"a": ("s",)}},
    {"s": {"a": 1}},
    {"s": {0: "s", "a": "s"}},
    {"s": {"a": ("s", 10**400)}},
]


@pytest.mark.usefixtures("types_unchecked")
@pytest.mark.parametrize("edges", OTHER_KINDS)
def test_edges_of_other_kinds_are_refused_in_one_line(edges):
    with pytest.raises(FirstbitError, match="expected"):
        Language.from_transitions(edges, start="s", final=["s"])


def test_a_language_combines_with_languages_only():
    for combine in (operator.or_, operator.and_, operator.sub):
        with pytest.raises(TypeError, match="unsupported operand"):
            combine(reber(), "a")


def test_the_empty_word_alone_is_a_language():
    empty = Language.from_regex("()")
    assert sample(empty, 2, seed=0) == sample_uniform(empty, 2, 0, seed=0) == ["", ""]
    assert (entropy(empty), mean_length(empty), empty.next_symbols("")) == (
        0,
        0,
        {"$": 1.0},
    )
    train, test = split(Language.from_regex("a?"), 3, 3, seed=1, disjoint=True)
    assert {*train} | {*test} == {"", "a"}
    assert not {*train} & {*test}


def test_nobody_can_write_into_a_language():
    for copied in (pickle.loads(pickle.dumps(reber())), copy.deepcopy(reber())):
        assert copied == reber()
        with pytest.raises(ValueError, match="read-only"):
            copied.probability[0, 0] = 0.5
    theirs = reber().probability.copy()
    ours = Language(
        "mine",
        reber().alphabet,
        reber().states,
        reber().transition,
        theirs,
        reber().stop,
    )
    theirs[:] = 0
    assert ours == reber()
    assert repr(ours) == "<Language 'mine': 8 states, alphabet B T S X V P E>"


def test_other_probabilities_for_the_same_words():
    coin = Language.from_regex("0*1").with_probabilities({"s0": {"0": 0.9, "1": 0.1}})
    assert coin.probability_of("001") == pytest.approx(0.081)
    assert coin.shortest_difference(Language.from_regex("0*1")) is None
    maybe = Language.from_regex("ab?").with_probabilities({"s1": {"b": 0.2, "$": 0.8}})
    assert maybe.next_symbols("a") == {"b": 0.2, "$": 0.8}
    for choices, match in [
        ({"q": {"0": 1.0}}, "expected one of the states s0, s1; got 'q'"),
        ({"s0": {"0": 1.0}}, "expected a probability of each of 0 1; got 0"),
        ({"s0": {"0": 0.5, "1": 0.4}}, "sum to 0.9, expected 1"),
    ]:
        with pytest.raises(LanguageError, match=match):
            Language.from_regex("0*1").with_probabilities(choices)


# ---- memory


def test_copies_are_parts_with_the_same_names_inside():
    assert {name: len(states) for name, states in copies(nested_reber(2)).items()} == {
        "T": 20,
        "P": 20,
    }
    assert set(copies(first_bit(4))) == set(copies(flip_flop())) == {"0", "1"}
    times = {"9:00": {"a": "12:00"}, "12:00": {"a": "17:00"}, "17:00": {}}
    assert copies(Language.from_transitions(times, start="9:00", final=["17:00"])) == {}


def test_one_symbol_remembered_and_three_seen_are_enough():
    task = embedded_reber()
    beside = window_floors(task, 5, known=copies_known(task))
    assert beside[2:] == pytest.approx([4, 3.5, 3.5, 3.5], abs=1e-12)
    # No window at all: the best prediction for each block is its mean.
    assert beside[0] == pytest.approx(merged_floor(task, copies_known(task)), abs=1e-12)
    assert window_floors(task, 5, known=[task.states]) == pytest.approx(
        window_floors(task, 5), abs=1e-12
    )
    assert window_floors(
        task, 2, known=[[state] for state in task.states]
    ) == pytest.approx([3.5] * 3, abs=1e-12)
    demand = memory_demand(task, 5)
    assert demand["known_floor"].sel(
        known="outer symbol known"
    ).values == pytest.approx(beside, abs=1e-12)
    assert float(
        demand["merged_floor"].sel(partition="outer symbol lost")
    ) == pytest.approx(4, abs=1e-12)
    assert demand["excess"].values == pytest.approx(
        demand["floor"].values - 3.5, abs=1e-12
    )
    assert "known_floor" not in memory_demand(reber(), 2)


def test_the_entropy_of_the_state_is_that_of_a_state_at_a_prediction():
    # Eight states; the end predicts nothing, the start comes before the first symbol.
    # Seven predictions a word.
    visits = np.array([1, 1, 1, 2, 1, 1]) / 7
    assert state_entropy(reber()) == pytest.approx(-(visits * np.log2(visits)).sum())
    twice = {
        "s": {"a": "t", "b": "u"},
        "t": {"a": "s"},
        "u": {"a": "s"},
    }  # t and u are one
    assert state_entropy(
        Language.from_transitions(twice, start="s", final=["s"])
    ) == pytest.approx(state_entropy(Language.from_regex("([ab]a)*")))
    assert float(memory_demand(parity(), 1)["state_entropy"]) == pytest.approx(1)


# ---- lists of words


def test_lists_of_words_are_checked():
    for ask in (
        lambda words: loss_of_truth(reber(), words),
        lambda words: sample_floor(reber(), words, by="state"),
    ):
        with pytest.raises(
            WordError, match="line 1: 'BT', position 3: the word ends in state q1"
        ):
            ask(["BT"])
        with pytest.raises(WordError, match="expected at least one word, got none"):
            ask([])
    with pytest.raises(SettingError, match="one or more floors, got none"):
        named_plateau([], 1.0)


@pytest.mark.slow
def test_a_merged_start_weighs_what_is_predicted():
    for task in (reber(), parity()):
        words = sample(task, 20_000, seed=0)
        assert loss_of_truth(task, words, [task.states]) == pytest.approx(
            merged_floor(task, [task.states]), rel=0.02
        )


def test_splits_draw_from_a_stream_of_their_own():
    drawn = sample(embedded_reber(), 400, seed=0)
    for disjoint in (False, True):
        train, test = split(embedded_reber(), 200, 200, seed=0, disjoint=disjoint)
        assert train != [word for word in drawn if word not in set(test)][:200]
        assert train != drawn[:200]
        again = split(embedded_reber(), 200, 200, seed=0, disjoint=disjoint)
        assert list(again) == [train, test]
    with pytest.raises(SettingError, match="`seed` must be at least 0; got -1"):
        split(reber(), 1, 1, seed=-1)
