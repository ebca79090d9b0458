"""What pages say of a test: without twins, with repeats, and which window passes."""

import pytest

from firstbit.languages import (
    Criterion,
    Language,
    PlanOfTest,
    Stream,
    parity,
    reber,
    true_probabilities,
)
from firstbit.languages.judging.simple_predictors import judge_window
from firstbit.studies import judge
from firstbit.studies.about_test import no_twins, passing_window
from firstbit.studies.judging.page import about_test as of_judgement
from firstbit.studies.verdicts.sentences import about_test
from firstbit.training.outcomes import window_that_passes
from made_runs import evidence


def known(edges):
    """A language of edges from state to state, with their probabilities."""
    return Language.from_transitions(edges, start="start", final=["end"])


def test_a_rare_need_is_no_need_of_the_last_symbol_alone():
    # b c e and d c g are two words of a hundred: one word holds none on average.
    rare = known(
        {
            "start": {"a": ("A", 0.98), "b": ("B", 0.01), "d": ("D", 0.01)},
            "A": {"f": "end"},
            "B": {"c": "BC"},
            "D": {"c": "DC"},
            "BC": {"e": "end"},
            "DC": {"g": "end"},
        }
    )
    plan = PlanOfTest(rare, 1)
    assert (plan.memory_order, plan.lag) == (2, 0)
    said = no_twins(plan.lag, 0.15, plan.memory_order)
    assert "too rare for the words read" in said
    assert "the last symbol alone" not in said


def test_twins_at_a_shorter_lag_alone_do_not_decide():
    # After x c d and y c d the rows are near each other; after a m and b m they aren't.
    task = known(
        {
            "start": {name: name.upper() for name in "abxy"},
            "A": {"m": "AM"},
            "B": {"m": "BM"},
            "AM": {"u": "end"},
            "BM": {"v": "end"},
            "X": {"c": "XC"},
            "Y": {"c": "YC"},
            "XC": {"d": "XD"},
            "YC": {"d": "YD"},
            "XD": {"p": ("end", 0.5), "q": ("end", 0.5)},
            "YD": {"p": ("end", 0.6), "q": ("end", 0.4)},
        }
    )
    found = judge(
        lambda word: true_probabilities(task, [word])[0],
        task,
        scores="probabilities",
        inputs="words",
        criterion=Criterion(num_words=100),
    )
    assert found.attrs["lag"] == 2
    assert found.twin_error.isnull().values.tolist() == [False, True]
    said = " ".join(of_judgement(found).split())
    assert "there are no twins at lag 2" in said
    assert "of the twins at lag 2" not in said


def test_symbols_that_repeat_belong_to_the_test():
    assert PlanOfTest(parity(), 10, num_units=3).num_repeats == 12
    assert PlanOfTest(reber(), 10, num_units=3).num_repeats == 0
    said = about_test(evidence(0, 8, num_repeats=72).tested, "parity")
    assert "while one symbol repeats 72 times" in said
    assert "repeats" not in about_test(evidence(0, 8).tested, "embedded-reber")


def test_windows_that_were_not_tried_may_pass():
    # Three words hold lags up to 5; 1 % of words have lags above 11: (2/3)^11.
    plan = PlanOfTest(Language.from_regex("x(a|b)*x|y(a|b)*y"), 3)
    words = plan.draw(Stream((1,)))
    assert (plan.lag, window_that_passes(plan, words)) == (5, -1)
    assert not judge_window(plan, words, 10).solved
    assert judge_window(plan, words, 12).solved
    assert passing_window(None, plan.lag).startswith("No window of up to 10 symbols ")


@pytest.mark.parametrize(
    ("lag", "text"), [(0, "1 symbol"), (1, "2 symbols"), (138, "202 symbols")]
)
def test_it_says_how_long_the_windows_were(lag, text):
    assert f"No window of up to {text} passes" in passing_window(None, lag)
