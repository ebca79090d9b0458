"""The memory a language demands, against sums over words, samples, and brute force."""

import math
from collections import Counter, defaultdict
from fractions import Fraction
from itertools import count, pairwise

import numpy as np
import pytest
import scipy
from automata.fa.dfa import DFA
from hypothesis import given, settings
from hypothesis import strategies as st

from covering import examples, few
from firstbit.errors import LanguageError, SettingError
from firstbit.languages import (
    Language,
    NamedFloor,
    copies_merged,
    count_mod,
    embedded_reber,
    encode,
    entropy,
    expected_visits,
    first_bit,
    full_floor,
    loss_of_truth,
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
    sample_floor,
    tomita,
    window_floor,
    window_floors,
    without_factors,
)
from firstbit.languages.demand import memory_order as order_module
from firstbit.languages.demand import window_classes as windows_module
from firstbit.languages.demand.window_classes import window_classes
from languages_at_random import automata, eliminated, partitions

LOSSES = ("squared error", "bits")


def loss_of_classes(automaton, classes, loss):
    """Return the loss of the best predictor that sees only the class.

    Each class is {state: visits}.
    """
    total = 0.0
    for weights in classes:
        outputs = defaultdict(int)
        for state, weight in weights.items():
            for output, p in automaton.predictions[state].items():
                outputs[output] += weight * p
        mass = sum(outputs.values())
        for seen in filter(None, outputs.values()):
            total += (
                float(seen * (1 - seen / mass))
                if loss == "squared error"
                else float(seen) * -math.log2(seen / mass)
            )
    return total


def classes_of_windows(automaton, window):
    """Return the expected visits to each state after each window of last symbols.

    One linear system over all pairs of a window and a state gives them.
    """
    number, moves = {("", 0): 0}, []
    queue = list(number)
    for shown, state in queue:
        for letter, (target, p) in automaton.edges[state].items():
            pair = ((shown + letter)[-window:] if window else "", target)
            if pair not in number:
                number[pair] = len(number)
                queue.append(pair)
            moves.append((number[shown, state], number[pair], float(p)))
    system = np.eye(len(number))
    for here, there, p in moves:
        system[there, here] -= p
    classes = defaultdict(dict)
    start = np.eye(1, len(number))[0]
    for (shown, state), visits in zip(
        queue, np.linalg.solve(system, start) - start, strict=True
    ):
        classes[shown][state] = visits
    return classes.values()


def slow_memory_order(automaton):
    """Return the least m for which windows of m symbols suffice.

    It compares what the states predict in which a window of m symbols can end.
    """
    edges = automaton.edges

    def confused(sets):
        return any(
            len({frozenset(p.items()) for q in each if (p := automaton.predictions[q])})
            > 1
            for each in sets
        )

    if not confused([automaton.entered]):
        return 0
    sets, seen = {frozenset(range(len(edges)))}, set()
    for window in count(1):
        read = {
            frozenset(edges[q][a][0] for q in each if a in edges[q])
            for each in sets
            for a in automaton.alphabet
        }
        if not confused(read):
            return window
        if frozenset(read) in seen:
            return math.inf
        seen.add(frozenset(read))
        sets = read
    return None


@pytest.mark.slow
def test_window_floors_are_the_sums_over_all_windows():
    seen = Counter()

    @given(automata(most_states=4))
    @settings(max_examples=examples(100))
    def holds(automaton):
        for loss in LOSSES:
            exact = [
                loss_of_classes(automaton, classes_of_windows(automaton, m), loss)
                for m in range(5)
            ]
            assert window_floors(automaton.language, 4, loss) == pytest.approx(
                exact, rel=1e-10, abs=1e-10
            )
        seen[sum(before > after + 1e-9 for before, after in pairwise(exact))] += 1

    holds()
    assert seen[2] + seen[3] + seen[4] > examples(
        30
    )  # the number of symbols of the window that are worth something


@pytest.mark.slow
def test_merged_and_full_floors_are_the_sums_over_all_states():
    seen = Counter()

    @given(st.data(), automata(most_states=6, alphabet="abc"))
    @settings(max_examples=examples(60))
    def holds(data, automaton):
        names, classes = defaultdict(list), defaultdict(dict)
        after_a_symbol = [
            visits - (state == 0) for state, visits in enumerate(automaton.visits)
        ]
        for state, number in enumerate(data.draw(partitions(automaton))):
            names[number].append(f"s{state}")
            classes[number][state] = after_a_symbol[state]
        demand = memory_demand(
            automaton.language, 1, partitions={"some": names.values()}
        )
        for loss, suffix in zip(LOSSES, ("", "_bits"), strict=True):
            full = loss_of_classes(
                automaton,
                [{state: visits} for state, visits in enumerate(after_a_symbol)],
                loss,
            )
            merged = loss_of_classes(automaton, classes.values(), loss)
            assert full_floor(automaton.language, loss) == pytest.approx(
                full, rel=1e-11
            )
            assert merged_floor(
                automaton.language, names.values(), loss
            ) == pytest.approx(merged, rel=1e-11)
            assert float(demand[f"full_floor{suffix}"]) == pytest.approx(
                full, rel=1e-11
            )
            assert float(
                demand[f"merged_floor{suffix}"].sel(partition="some")
            ) == pytest.approx(merged, rel=1e-11)
        seen["merged"] += merged > full + 1e-6

    holds()
    assert seen["merged"] > examples(30)


@pytest.mark.slow
@given(automata(most_states=4))
@settings(max_examples=30)
def test_the_demand_holds_every_measure(automaton):
    language, demand = automaton.language, memory_demand(automaton.language, 3)
    for loss, suffix in zip(LOSSES, ("", "_bits"), strict=True):
        floors = window_floors(language, 3, loss)
        assert demand[f"floor{suffix}"].values == pytest.approx(floors, abs=1e-12)
        assert demand[f"worth{suffix}"].values[1:] == pytest.approx(
            -np.diff(floors), abs=1e-12
        )
        assert np.isnan(demand[f"worth{suffix}"].values[0])
    assert float(demand["memory_order"]) == memory_order(language)
    ranks = [next_symbol_rank(language), next_symbol_rank(language, readout_bias=True)]
    assert [int(demand["rank"]), int(demand["affine_rank"])] == ranks


@pytest.mark.slow
def test_the_memory_order_is_that_of_brute_force_and_the_floors_come_down_to_it():
    seen = Counter()

    @given(automata() | automata(most_states=6, loops=False))
    @settings(max_examples=examples(200))
    def holds(automaton):
        language, order = automaton.language, slow_memory_order(automaton)
        assert memory_order(language) == order
        seen[order] += 1
        for loss in LOSSES:
            floors, full = window_floors(language, 5, loss), full_floor(language, loss)
            assert all(later <= earlier + 1e-12 for earlier, later in pairwise(floors))
            for m, floor in enumerate(floors):
                assert (
                    floor == pytest.approx(full, rel=1e-11)
                    if m >= order
                    else floor > full + 1e-12
                )

    holds()
    assert min(
        seen[0], seen[math.inf], seen[1] + seen[2], seen[3] + seen[4] + seen[5]
    ) > examples(10)


@pytest.mark.slow
def test_ranks_are_those_of_exact_elimination():
    seen = Counter()

    @given(automata(most_states=6, alphabet="abc"))
    @settings(max_examples=examples(200))
    def holds(automaton):
        rows = [
            automaton.predictions[q]
            for q in sorted(automaton.entered)
            if automaton.predictions[q]
        ]
        table = [[Fraction(row.get(output, 0)) for output in "abc$"] for row in rows]
        differences = [
            [x - y for x, y in zip(row, table[0], strict=True)] for row in table
        ]
        rank, affine = len(eliminated(table)), len(eliminated(differences))
        assert next_symbol_rank(automaton.language) == rank
        assert next_symbol_rank(automaton.language, readout_bias=True) == affine
        seen[rank] += 1
        seen["dependent"] += rank < len(set(map(tuple, table)))

    holds()
    assert min(seen[rank] for rank in (1, 2, 3, 4)) > examples(10)
    assert seen["dependent"] > examples(10)


@pytest.mark.slow
@given(automata(most_states=6))
def test_visits_lengths_and_entropy_solve_their_equations(automaton):
    language, rows = (
        automaton.language,
        zip(automaton.edges, automaton.ends, strict=True),
    )
    found = [
        -sum(float(p) * math.log2(p) for p in [end, *(p for _, p in row.values())] if p)
        for row, end in rows
    ]
    assert expected_visits(language) == pytest.approx(
        list(map(float, automaton.visits)), rel=1e-11
    )
    assert mean_length(language) == pytest.approx(
        float(automaton.to_come([1 - end for end in automaton.ends])), rel=1e-11
    )
    assert entropy(language) == pytest.approx(
        float(automaton.to_come(found)), rel=1e-11
    )


@pytest.mark.slow
@given(st.data(), automata(most_states=6, loops=False))
def test_means_over_the_words_of_a_finite_language(data, automaton):
    language = automaton.language
    exact = {word: float(automaton.probability(word)) for word in automaton.words(5)}
    assert sum(exact.values()) == pytest.approx(1, rel=1e-12)
    assert mean_length(language) == pytest.approx(
        sum(p * len(word) for word, p in exact.items()), rel=1e-12
    )
    assert entropy(language) == pytest.approx(
        -sum(p * math.log2(p) for p in exact.values()), rel=1e-12
    )
    truth = sum(p * loss_of_truth(language, [word]) for word, p in exact.items())
    assert truth == pytest.approx(full_floor(language), rel=1e-11)
    blocks = defaultdict(list)
    for state, number in enumerate(data.draw(partitions(automaton))):
        blocks[number].append(f"s{state}")
    merged = sum(
        p * loss_of_truth(language, [word], blocks.values())
        for word, p in exact.items()
    )
    assert merged == pytest.approx(merged_floor(language, blocks.values()), rel=1e-11)


def indicators(values):
    """(value, different value) one where they are the same."""
    return np.array(
        [[value == each for each in dict.fromkeys(values)] for value in values],
        dtype=float,
    )


@pytest.mark.slow
@given(automata(most_states=4), st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_sample_floors_are_what_least_squares_leave(automaton, seed):
    words = sample(automaton.language, 8, seed=seed)
    seen = [  # (state, prefix, what came next) of each prediction that counts
        (states[at], word[:at], word[at : at + 1] or "$")
        for word in words
        for states in [automaton.states_of(word)]
        for at in range(1, len(word) + 1)
        if at < len(word) or "$" in automaton.predictions[states[at]]
    ]
    for by, keys in (
        ("state", [state for state, _, _ in seen]),
        ("prefix", [prefix for _, prefix, _ in seen]),
    ):
        left = 0.0
        if seen:
            known, followed = (
                indicators(keys),
                indicators([output for _, _, output in seen]),
            )
            left = (
                (followed - known @ np.linalg.lstsq(known, followed)[0]) ** 2
            ).sum() / 8
        assert sample_floor(automaton.language, words, by=by) == pytest.approx(
            left, abs=1e-9
        )
    alone = [loss_of_truth(automaton.language, [word]) for word in words]
    assert loss_of_truth(automaton.language, words) == pytest.approx(
        np.mean(alone), rel=1e-11
    )


def test_the_empty_word_alone_demands_nothing():
    nothing = Language.from_regex("()")
    assert window_floors(nothing, 2) == window_floors(nothing, 2, "bits") == [0, 0, 0]
    assert (
        full_floor(nothing),
        memory_order(nothing),
        mean_length(nothing),
        entropy(nothing),
    ) == (0, 0, 0, 0)
    assert (
        next_symbol_rank(nothing),
        next_symbol_rank(nothing, readout_bias=True),
    ) == (0, 0)


def test_numbers_that_are_near_are_not_the_same():
    # After a letter the same one is a little more likely: to see it is worth that
    # little, squared, twice.
    for little in (1e-2, 1e-3, 1e-4):
        edges = {
            "start": {"a": ("a", 0.5), "b": ("b", 0.5)},
            "a": {"a": ("last", 0.5 + little), "b": ("last", 0.5 - little)},
            "b": {"a": ("last", 0.5 - little), "b": ("last", 0.5 + little)},
        }
        language = Language.from_transitions(edges, start="start", final=["last"])
        assert memory_order(language) == 1
        assert next_symbol_rank(language) == 2
        none, one = window_floors(language, 1)
        assert none - one == pytest.approx(2 * little**2, rel=1e-6)
        assert none == pytest.approx(0.5, abs=1e-15)


def test_what_is_rare_counts():
    edges = {
        "start": {"a": ("usual", 0.9999), "b": ("rare", 0.0001)},
        "usual": {"a": ("end", 1.0)},
        "rare": {"b": ("end", 1.0)},
    }
    language = Language.from_transitions(edges, start="start", final=["end"])
    assert (
        memory_order(language),
        next_symbol_rank(language),
        next_symbol_rank(language, readout_bias=True),
    ) == (1, 2, 1)
    assert window_floors(language, 1) == pytest.approx(
        [2 * 0.9999 * 0.0001, 0], abs=1e-15
    )


def counted_floor(symbols, lengths, window, num_symbols):
    """Return the loss of the best table from windows to next symbols, with its error.

    The table is fitted to and measured on the same words.
    """
    inside = np.arange(symbols.shape[1]) < lengths[:, None]
    word, position = np.nonzero(inside[:, 1:])
    digits = np.pad(np.where(inside, symbols + 1, 0), ((0, 0), (window, 0))).astype(
        np.int16
    )
    shown = np.zeros(len(word), dtype=np.int64)
    for back in range(window):
        shown = shown * (num_symbols + 1) + digits[word, position + window - back]
    event = shown * num_symbols + symbols[word, position + 1]
    table = np.bincount(
        event, minlength=num_symbols * (num_symbols + 1) ** window
    ).reshape(-1, num_symbols)
    table = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    losses = 1 - 2 * table.ravel()[event] + (table**2).sum(axis=1)[shown]
    per_word = np.bincount(word, losses, len(symbols))
    return per_word.mean(), per_word.std() / math.sqrt(len(symbols))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "windows", "number"),
    few(
        [
            (reber(), (1, 2), 100_000),
            (reber(), (1, 2), 1_000_000),
            (embedded_reber(), (2, 3), 1_000_000),
        ],
        kept=[0],
    ),
)
def test_window_floors_agree_with_counting_over_many_words(task, windows, number):
    symbols, lengths = encode(sample(task, number, seed=0), task.alphabet)
    for window in windows:
        counted, error = counted_floor(symbols, lengths, window, len(task.alphabet))
        assert abs(counted - window_floor(task, window)) < 4 * error


def test_known_numbers():
    assert window_floors(reber(), 4) == pytest.approx(
        [81 / 14, 113 / 24, 3, 3, 3], abs=1e-12
    )
    known = [203 / 22, 7.55, 4.75, 4, 4, 4, 3.875, 3.78125, 3.71875]
    assert window_floors(embedded_reber(), 8) == pytest.approx(known, abs=1e-12)
    assert merged_floor(
        embedded_reber(), copies_merged(embedded_reber())
    ) == pytest.approx(4, abs=1e-12)
    assert (full_floor(reber()), full_floor(embedded_reber())) == pytest.approx(
        (3, 3.5), abs=1e-12
    )
    assert (
        full_floor(reber(), "bits"),
        full_floor(embedded_reber(), "bits"),
    ) == pytest.approx((6, 7), abs=1e-12)
    assert (
        mean_length(reber()),
        entropy(reber()),
        entropy(embedded_reber()),
    ) == pytest.approx((8, 6, 7), abs=1e-12)
    assert [
        next_symbol_rank(task, readout_bias=bias)
        for task in (reber(), embedded_reber())
        for bias in (False, True)
    ] == [5, 4, 6, 5]


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
    assert merged_floor(
        language, [[state] for state in language.states]
    ) == pytest.approx(full_floor(language))
    assert merged_floor(language, [language.states]) == pytest.approx(
        window_floor(language, 0)
    )
    with pytest.raises(LanguageError, match="each state exactly once"):
        merged_floor(language, [["start"], language.states])
    with pytest.raises(LanguageError, match="each state exactly once"):
        merged_floor(language, [["no such state"]])


def test_the_demand_is_one_dataset():
    language = embedded_reber()
    demand = memory_demand(language, 6)
    lost = demand.sel(partition="outer symbol lost", known="outer symbol known")
    assert float(demand["memory_order"]) == math.inf
    assert float(lost["merged_floor"]) == pytest.approx(4)
    assert float(lost["merged_floor_bits"]) == pytest.approx(8)
    assert lost["known_floor"].values[2:4] == pytest.approx([4, 3.5])
    assert all(
        {"long_name", "units"} <= set(demand[name].attrs) for name in demand.variables
    )
    assert {"firstbit_version", "configuration", "language"} <= set(demand.attrs)
    given = memory_demand(
        language, 1, partitions={"mine": copies_merged(language)}, known={}
    )
    assert given["partition"].values.tolist() == ["mine"]
    assert "known_floor" not in given
    once = ([state] for state in language.states)  # blocks that can be read only once
    known = memory_demand(language, 0, known={"all": once})["known_floor_bits"]
    assert known.values == pytest.approx(full_floor(language, "bits"))


def test_the_table_of_the_demand_has_a_row_for_each_window():
    demand = memory_demand(embedded_reber(), 3)
    table = demand.to_dataframe()
    assert table.index.name == "window"
    assert table.index.tolist() == [0, 1, 2, 3]
    columns = ["floor", "worth", "excess", "floor_bits", "worth_bits", "excess_bits"]
    for column in columns:
        assert table[column].tolist() == pytest.approx(
            demand[column].values.tolist(), nan_ok=True
        )


@pytest.mark.parametrize(
    ("loss", "name"),
    [
        (3.26, "state known"),
        (3.52, "state known"),
        (3.74, "state known"),
        (3.76, "outer symbol lost; last 3 symbols"),
        (3.99, "outer symbol lost; last 3 symbols"),
        (4.76, "last 2 symbols"),
        (6.8, "last 1 symbols"),
        (3.2, None),
        (4.3, None),
        (6.0, None),
    ],
)
def test_a_plateau_is_named_if_it_is_near(loss, name):
    plateau = named_plateau(named_floors(embedded_reber(), 3), loss)
    assert (plateau and plateau.name) == name
    if plateau:
        assert plateau.distance == pytest.approx(abs(loss - plateau.floor))


def test_floors_that_are_near_have_names_of_their_own():
    heights = {"one": 1.0, "same": 1.0, "near": 1.05, "far": 2.0}
    floors = [NamedFloor(name, loss, "merged") for name, loss in heights.items()]
    assert named_plateau(floors, 1.02).name == "one; same"
    assert named_plateau(floors, 1.04).name == "near"
    assert named_plateau(floors, 1.08) is None


def test_a_floor_says_of_which_kind_it_is():
    floors = named_floors(embedded_reber(), 2)
    assert [floor.name for floor in floors] == [
        "state known",
        "outer symbol lost",
        "last 0 symbols",
        "last 1 symbols",
        "last 2 symbols",
    ]
    assert [floor.kind for floor in floors] == ["full", "merged", *["window"] * 3]
    assert [floor.window for floor in floors] == [None, None, 0, 1, 2]
    assert [floor.kind for floor in named_floors(reber(), 0)] == ["full", "window"]
    merged = named_floors(reber(), 1, partitions={"all": [reber().states]})[1]
    assert (merged.name, merged.kind) == ("all", "merged")
    assert merged.loss == pytest.approx(81 / 14, abs=1e-12)
    at_three = named_plateau(named_floors(embedded_reber(), 3), 3.99)
    assert [floor.kind for floor in at_three.floors] == ["merged", "window"]
    assert at_three.floor == pytest.approx(4, abs=1e-12)


def random_automaton(states, seed=0):
    """A trimmed random automaton of out-degree 2; every hundredth state is final."""
    generator = np.random.default_rng(seed)
    targets = generator.integers(0, states, (states, 2)).tolist()
    dfa = DFA(
        states=set(range(states)),
        input_symbols={"a", "b"},
        initial_state=0,
        final_states=set(range(0, states, 100)),
        transitions={state: {"a": a, "b": b} for state, (a, b) in enumerate(targets)},
    )
    return Language.from_dfa(dfa, trim=True)


def test_large_automata_agree_with_dense_linear_algebra(monkeypatch):
    language = random_automaton(1200)
    moves = np.zeros((len(language.states),) * 2)
    rows, columns = np.nonzero(language.transition >= 0)
    np.add.at(
        moves,
        (rows, language.transition[rows, columns]),
        language.probability[rows, columns],
    )
    exact = np.linalg.solve(np.eye(len(moves)) - moves.T, np.eye(len(moves))[0])
    assert expected_visits(language) == pytest.approx(exact, abs=1e-11)
    # Iterating leads nowhere, whether it says so (1) or not (0).
    # The exact factorisation has to help.
    for failed in (1, 0):
        monkeypatch.setattr(
            scipy.sparse.linalg,
            "gmres",
            lambda _, right, failed=failed, **__: (0 * right, failed),
        )
        assert expected_visits(language) == pytest.approx(exact, abs=1e-11)


def floors_by_reading(language, longest):
    """Compute F_0, F_1, ... in both losses, by reading on, then window by window.

    All words are read at once, until they have ended.
    """
    size = len(language.states)
    moves = [
        scipy.sparse.csr_array(
            (language.probability[rows, a], (rows, column[rows])), shape=(size, size)
        )
        for a, column in enumerate(language.transition.T)
        for rows in [np.flatnonzero(column >= 0)]
    ]
    alive, seen = np.eye(1, size)[0], []
    visits = alive.copy()
    while alive.sum() > 1e-15:
        alive = sum((alive @ move for move in moves), np.zeros(size))
        visits += alive
        seen = seen if len(seen) == longest else [*seen, alive]
    windows, floors = [visits], []
    for window in range(longest + 1):
        # Shorter prefixes tell the state; so the windows are these, and each state as
        # often as it is met before.
        rows = np.array(windows) - (window == 0) * np.eye(1, size)
        outputs = np.concatenate(
            [
                rows @ language.next_output,
                sum(seen[: max(window - 1, 0)], np.zeros(size))[:, None]
                * language.next_output,
            ]
        )
        mass = np.maximum(outputs.sum(axis=1, keepdims=True), 1e-300)
        share = outputs / mass
        floors.append(
            (
                (outputs * (1 - share)).sum(),
                -(outputs * np.log2(np.where(share > 0, share, 1))).sum(),
            )
        )
        windows = [row @ move for row in windows for move in moves]
    return np.array(floors).T


@pytest.mark.proof
def test_ten_thousand_states_have_floors_and_a_thousand_an_order():
    large = random_automaton(12_600)
    assert len(large.states) > 10_000
    squared, bits = floors_by_reading(large, 6)
    assert window_floors(large, 6) == pytest.approx(squared, rel=1e-9)
    assert window_floors(large, 3, "bits") == pytest.approx(bits[:4], rel=1e-9)
    assert squared[6] < squared[0]
    assert memory_order(random_automaton(1300)) == math.inf
    assert memory_order(first_bit(600)) == 601


def test_what_is_too_large_is_refused_with_what_would_fit(monkeypatch):
    monkeypatch.setattr(windows_module, "MOST_WEIGHTS", 300)
    with pytest.raises(
        LanguageError,
        match=r"windows of up to \d symbols .* would need about \d+ weights, more "
        r"than 300; ask for",
    ):
        list(window_classes(random_automaton(100), 9))
    monkeypatch.setattr(order_module, "MOST_EDGES", 100)
    with pytest.raises(LanguageError, match="more than 100; about 12 states would fit"):
        memory_order(embedded_reber())
    with pytest.raises(
        SettingError, match="windows of at most 5,000 symbols, got 5001"
    ):
        window_floors(reber(), 5001)
    with pytest.raises(SettingError, match="`window` must be at least 0; got -1"):
        memory_demand(reber(), -1)


@pytest.mark.usefixtures("types_unchecked")
def test_an_unknown_loss_is_refused():
    with pytest.raises(
        SettingError,
        match="expected the loss to be one of squared error, bits, nats; got the text",
    ):
        full_floor(reber(), "bytes")
