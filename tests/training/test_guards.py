"""Every criterion against predictors that know too little, on every language.

The predictors are plain arrays, made of the automaton: no network, no JAX.
"""

from functools import cache, partial

import numpy as np
import pytest

from firstbit.errors import SettingError
from firstbit.languages import (
    CATALOGUE,
    Language,
    PlanOfTest,
    Rows,
    Stream,
    embedded_reber,
    judge,
    language_by_name,
    reber,
)
from firstbit.languages.judging.paths import Paths
from firstbit.languages.judging.simple_predictors import (
    judge_window,
    shortest_passing_window,
)
from firstbit.languages.judging.words_of_test import Sizes
from firstbit.training.refit import fit_readout, with_constant

SIZES = Sizes(fresh=400, pairs=100, long=30)
NUM_WORDS = 256
RARE = 0.005


def skewed_embedded():
    """Embedded Reber whose outer symbol is hardly ever P."""
    return embedded_reber().with_probabilities({"outer": {"T": 1 - RARE, "P": RARE}})


def skewed_parity():
    """Parity in which ones are rare."""
    return language_by_name("parity").with_probabilities(
        {"even": {"0": 0.7, "1": RARE, "$": 0.3 - RARE}, "odd": {"0": 0.9, "1": 0.1}}
    )


def skewed_tomita():
    """Tomita 7 in which the second run of zeros is long, and the last of ones rare."""
    language = language_by_name("tomita-7")
    choices = {}
    for q, state in enumerate(language.states):
        legal = language.choices(q)
        weights = np.array([0.02 if symbol == "1" else 1.0 for symbol in legal])
        shares = weights / weights.sum()
        choices[state] = dict(zip(legal, shares.tolist(), strict=True))
    return language.with_probabilities(choices)


SKEWED = {
    "embedded, P rare": skewed_embedded,
    "parity, ones rare": skewed_parity,
    "tomita-7, ones rare": skewed_tomita,
}


def language_named(name):
    if name in SKEWED:
        return SKEWED[name]()
    return language_by_name(name)


@cache
def case(name):
    """The plan and the words of a test."""
    plan = PlanOfTest(language_named(name), NUM_WORDS)
    return plan, plan.draw(Stream((1, 2)), SIZES)


NAMES = [*CATALOGUE, *SKEWED]
SLOW = {"continual-embedded-reber", "dyck", "count-mod", "tomita-5"}
CASES = [
    pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name
    for name in NAMES
]


def truth(language, words):
    """What the automaton gives."""
    paths = Paths.of(language, words)
    found = []
    for states, length in zip(paths.states, paths.lengths, strict=True):
        found.append(language.next_output[states[:length]])
    return found


@pytest.mark.parametrize("name", CASES)
def test_the_truth_passes_everything(name):
    plan, words = case(name)
    found = judge(partial(truth, plan.language), plan, words)
    assert found.solved
    assert found.passes_hochreiter
    assert found.fresh.num_wrong == 0
    for errors in (*found.twins, *found.long):
        assert errors is None or errors.num_wrong == 0
    assert found.keeps_to == max(plan.lags, default=0)
    assert found.right_to_length == max(max(plan.lengths), 0)


@pytest.mark.parametrize(
    "language",
    [
        language_by_name("parity"),
        language_by_name("count-mod:3"),
        Language.from_regex("(bb)*a"),
    ],
    ids=lambda language: language.name,
)
def test_a_run_that_comes_to_rest_while_a_symbol_repeats_solves_nothing(language):
    """It is right everywhere but late in 4k repetitions, which no other word holds."""
    plan = PlanOfTest(language, 2, num_units=40)
    words = plan.draw(Stream((1, 2)), Sizes(100, 20, 20))
    repeated = words.repeated
    assert repeated is not None
    symbol = repeated[-1]
    assert repeated.endswith(160 * symbol)

    def rests(words):
        given = truth(language, words)
        for word, outputs in zip(words, given, strict=True):
            late = len(word.rstrip(symbol)) + 120
            outputs[late:] = outputs[late - 1] if len(word) > late else outputs[late:]
        return given

    assert judge(partial(truth, language), plan, words).solved
    found = judge(rests, plan, words)
    assert not found.repeats_right
    assert not found.solved
    without = PlanOfTest(language, 2)
    assert without.draw(Stream((1, 2)), Sizes(100, 20, 20)).repeated is None


def test_only_rows_that_change_are_repeated():
    for name in ("reber", "embedded-reber", "flip-flop", "tomita-1"):
        assert PlanOfTest(language_by_name(name), 9, num_units=3).repeated is None
    assert PlanOfTest(language_by_name("parity"), 9, num_units=3).repeated == 12 * "1"


@pytest.mark.parametrize("name", CASES)
def test_a_constant_solves_nothing_that_demands_anything(name):
    plan, words = case(name)
    found = judge_window(plan, words, 0)
    demands_nothing = plan.memory_order == 0
    assert found.solved == demands_nothing
    assert plan.memory_order > 0 or name == "tomita-1"
    if plan.lag:
        assert all(errors.share == 1 for errors in found.twins)
        assert found.keeps_to == 0


@pytest.mark.parametrize("name", CASES)
def test_windows_fail_every_pair_at_their_length_and_beyond(name):
    plan, words = case(name)
    if not plan.lag:
        assert plan.memory_order < 2
        return
    for window in sorted({1, plan.lag // 2, plan.lag}):
        found = judge_window(plan, words, window)
        assert not found.solved
        for lag, errors in zip(plan.lags, found.twins, strict=True):
            if lag >= window:
                assert errors.share == 1, (window, lag)
        assert found.keeps_to < plan.lag


@pytest.mark.parametrize(
    "name", ["reber", "parity", "tomita-7", "first-bit", "embedded, P rare"]
)
def test_the_shortest_window_that_passes_is_longer_than_the_lag(name):
    plan, words = case(name)
    window = shortest_passing_window(plan, words, 4 * plan.lag)
    assert window is not None
    assert window > plan.lag
    assert judge_window(plan, words, window).solved
    assert not judge_window(plan, words, window - 1).solved


def test_fresh_words_alone_let_a_skewed_law_pass():
    # Always T at the end: right on all but one in two hundred words.
    plan, _ = case("embedded, P rare")
    words = plan.draw(Stream((3,)), Sizes(4000, 100, 0))
    language = plan.language
    table = language.next_output.copy()
    of_t, of_p = (language.states.index(f"{outer}:end") for outer in "TP")
    table[of_p] = table[of_t]

    def always_t(words):
        paths = Paths.of(language, words)
        pairs = zip(paths.states, paths.lengths, strict=True)
        return [table[states[:length]] for states, length in pairs]

    found = judge(always_t, plan, words)
    assert found.fresh.share <= plan.criterion.error
    assert not found.solved
    assert found.keeps_to < plan.lag


# ---- a perfect memory with a bad read-out

INPUTS = {"B": -1.2217, "T": 0.1434, "S": 0.3629, "X": 1.153, "V": -1.9059, "P": 0.0197}
RECURRENT = -4.9384


def one_unit(words):
    """The states of the one logistic unit that is right on Reber at every length."""
    found = []
    for word in words:
        h, states = 0.0, []
        for symbol in word:
            h = 1 / (1 + np.exp(-(RECURRENT * h + INPUTS.get(symbol, 0.0))))
            states.append(h)
        found.append(np.array(states)[:, None])
    return found


def states_and_rows(language, words):
    paths = Paths.of(language, words)
    word, time = paths.predictions
    row = Rows.of(language).of_state[paths.states[word, time]]
    states = one_unit(words)
    hidden = np.array([states[i][t] for i, t in zip(word, time, strict=True)])
    return hidden, row


def test_a_perfect_memory_with_a_bad_read_out_is_told_from_a_good_one():
    plan = PlanOfTest(reber(), NUM_WORDS)
    words = plan.draw(Stream((1,)), SIZES)
    others = plan.draw(Stream((2,)), SIZES)
    hidden, row = states_and_rows(plan.language, others.words)
    features = with_constant(hidden)
    targets = plan.rows.table[row]
    least_squares = np.linalg.lstsq(features, targets, rcond=None)[0]
    nearest = fit_readout(hidden, row, plan.rows, 0.15)

    def predict(readout, words):
        return [with_constant(states) @ readout for states in one_unit(words)]

    bad = judge(partial(predict, least_squares), plan, words)
    good = judge(partial(predict, nearest), plan, words)
    assert not bad.solved
    assert bad.fresh.share > 0.5
    assert good.solved
    assert good.fresh.num_wrong == 0
    # At every length: the states lie in invariant intervals.
    assert good.right_to_length == max(plan.lengths)


@pytest.mark.slow
def test_a_bad_memory_stays_bad():
    # States that forget all but the last symbol, whatever the read-out.
    plan = PlanOfTest(reber(), NUM_WORDS)
    words = plan.draw(Stream((1,)), SIZES)
    paths = Paths.of(plan.language, words.words)
    word, time = paths.predictions
    one_hot = np.eye(len(plan.language.alphabet))[paths.symbols[word, time]]
    row = plan.rows.of_state[paths.states[word, time]]
    readout = fit_readout(one_hot, row, plan.rows, 0.15)

    def predict(words):
        paths = Paths.of(plan.language, words)
        pairs = zip(paths.symbols, paths.lengths, strict=True)
        units = np.eye(len(plan.language.alphabet))
        return [with_constant(units[row[:n]]) @ readout for row, n in pairs]

    assert not judge(predict, plan, words).solved


# ---- the form of the outputs


def test_outputs_of_another_shape_are_refused():
    plan, words = case("reber")
    with pytest.raises(SettingError, match="return one row a symbol read"):
        judge(lambda words: [np.zeros((1, 7)) for _ in words], plan, words)
    with pytest.raises(SettingError, match="return one array a word"):
        judge(lambda words: [], plan, words)


def test_a_word_without_a_prediction_is_no_test_word():
    for name in ("tomita-1", "no-repeat", "parity"):
        _, words = case(name)
        assert all(words.fresh)


def test_a_finite_language_has_nothing_longer():
    plan, words = case("first-bit")
    assert plan.lengths[1:] == (-1, -1)
    assert words.long[1:] == (None, None)


def test_two_prefixes_that_no_twin_begins_decide_by_fresh_words():
    plan = PlanOfTest(Language.from_regex("ab|xac"), NUM_WORDS)
    words = plan.draw(Stream((1,)), SIZES)
    assert (plan.lag, words.twins) == (1, (None,))
    assert judge(partial(truth, plan.language), plan, words).solved
    assert not judge_window(plan, words, 1).solved
