"""Counts into answers: one error probability for all answers of a table."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from scipy.stats import binom

from firstbit.errors import SettingError
from firstbit.intervals import clopper_pearson
from firstbit.studies.verdicts.decisions import (
    decide,
    differences,
    require_comparable,
    require_seeds,
)
from made_runs import evidence as made_evidence

evidence = lru_cache(made_evidence)


def side_of(num_solved, num_seeds, confidence=0.95):
    (found,) = decide([evidence(num_solved, num_seeds)], 0.5, confidence)
    return found.side


@pytest.mark.parametrize(("num_seeds", "least"), [(8, 8), (16, 13), (32, 23)])
def test_one_configuration_is_decided_as_its_interval_says(num_seeds, least):
    for num_solved in range(num_seeds + 1):
        low, high = clopper_pearson(num_solved, num_seeds)
        expected = "above" if low > 0.5 else "below" if high < 0.5 else "across"
        assert side_of(num_solved, num_seeds) == expected
        assert (expected == "above") == (num_solved >= least)
    assert side_of(4, 4) == "across"  # a fair coin gives it in 6 %


def test_more_configurations_ask_for_more():
    alone = decide([evidence(23, 32)], 0.5, 0.95)
    among = decide([evidence(23, 32), *5 * [evidence(16, 32)]], 0.5, 0.95)
    assert alone[0].side == "above"
    assert among[0].side == "across"
    assert among[0].p_value == alone[0].p_value
    assert among[0].adjusted == pytest.approx(6 * alone[0].p_value)
    assert {one.num_tests for one in among} == {6}


def tables(rates, num_seeds, number, seed):
    """The sides that simulated tables get, (table, configuration)."""
    random = np.random.default_rng(seed)
    counts = random.binomial(num_seeds, rates, (number, len(rates)))
    known = {}
    found = []
    for row in np.sort(counts, axis=1).tolist():
        place = tuple(row)
        if place not in known:
            made = [evidence(count, num_seeds) for count in row]
            known[place] = [one.side for one in decide(made, 0.5, 0.95)]
        found.append(known[place])
    return np.array(found)


@pytest.mark.parametrize(
    ("num_seeds", "number"),
    [
        pytest.param(32, 200, marks=pytest.mark.slow),
        pytest.param(8, 4000, marks=pytest.mark.proof),
        pytest.param(16, 4000, marks=pytest.mark.proof),
        pytest.param(32, 4000, marks=pytest.mark.proof),
    ],
)
def test_at_most_one_table_in_twenty_has_a_false_verdict(num_seeds, number):
    found = tables([0.5] * 20, num_seeds, number, seed=num_seeds)
    num_false = int((found != "across").any(axis=1).sum())
    low, _ = clopper_pearson(num_false, number)
    assert low <= 0.05


def test_the_share_of_false_tables_exactly():
    """All 20 at rate .5: the least p value decides, so the share has a closed form."""
    for num_seeds in (8, 16, 32):
        false = [c for c in range(num_seeds + 1) if among_twenty(c, num_seeds)]
        share = sum(binom.pmf(c, num_seeds, 0.5) for c in false)
        assert 1 - (1 - share) ** 20 <= 0.05


def among_twenty(num_solved, num_seeds):
    """Whether a count is decided beside 19 that are as even as can be."""
    others = 19 * [evidence(num_seeds // 2, num_seeds)]
    return (
        decide([evidence(num_solved, num_seeds), *others], 0.5, 0.95)[0].side
        != "across"
    )


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(60, marks=pytest.mark.slow),
        pytest.param(2000, marks=pytest.mark.proof),
    ],
)
def test_nine_in_ten_of_the_true_ones_are_found(number):
    found = tables([0.95] * 10 + [0.5] * 10, 32, number, seed=5)
    # Counts are sorted within a table: the ten highest are mostly the true ones.
    assert (found[:, 10:] == "above").mean() >= 0.9


def test_two_rates_differ_by_the_test_not_by_their_sides():
    found = differences([evidence(11, 32, cell="gru:10"), evidence(0, 32)], 0.95)
    (one,) = found
    assert one.is_shown
    assert one.p_value == pytest.approx(3.5e-4, rel=0.02)
    assert one.value == pytest.approx(11 / 32)
    assert one.interval[0] > 0
    assert side_of(11, 32) == "across"


def test_holm_counts_all_differences():
    rows = [evidence(count, 32, cell=f"gru:{count}") for count in (32, 24, 20, 11)]
    found = differences(rows, 0.95)
    assert len(found) == 6
    assert all(one.adjusted >= one.p_value for one in found)
    assert {one.num_tests for one in found} == {6}
    by_pair = {(one.first, one.second): one.is_shown for one in found}
    assert by_pair["gru:32", "gru:11"]
    assert not by_pair["gru:24", "gru:20"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("budget", "other"), ("lag", 30), ("num_words", 2560), ("error", 0.02)],
)
def test_other_budgets_and_tests_cannot_be_compared(name, value):
    one = evidence(3, 8)
    other = replace(one, cell="gru:10", tested=one.tested._replace(**{name: value}))
    with pytest.raises(SettingError, match=f"can be compared.*with {name} "):
        require_comparable(one, other)
    with pytest.raises(SettingError, match="train both alike"):
        differences([one, other], 0.95)


def test_too_few_seeds():
    require_seeds(8, 0.5, 0.95)
    require_seeds(8, 0.5, 0.95, 3)
    for given, needed in [
        ((7, 0.5, 0.95), 8),
        ((8, 0.7, 0.95), 11),
        ((8, 0.5, 0.95, 20), 10),
        ((8, 0.5, 0.999), 11),
    ]:
        with pytest.raises(
            SettingError, match=f"too few seeds: expected at least {needed} "
        ):
            require_seeds(*given)
        require_seeds(needed, *given[1:])


def test_with_the_fewest_seeds_an_answer_can_come_out():
    for num_tests in (1, 7, 20):
        rows = num_tests * [evidence(10, 10)]
        assert {one.side for one in decide(rows, 0.5, 0.95)} == {"above"}
    assert decide(20 * [evidence(9, 9)], 0.5, 0.95)[0].side == "across"
