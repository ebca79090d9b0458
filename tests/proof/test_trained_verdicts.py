"""Verdicts on nets that are trained: what may not be called solved, and what is."""

from functools import cache

import jax
import numpy as np
import pytest

from firstbit import Modern, Standard, train, verdict
from firstbit.cells import Given
from firstbit.languages import Language, embedded_reber, language_by_name
from firstbit.languages.judging.judge import judge_answers
from firstbit.training import Published, Task, train_seeds
from firstbit.training.outcomes import outcomes
from firstbit.training.reading import answers

pytestmark = pytest.mark.proof

KEY = jax.random.key(0)
MODERN = Modern(max_epochs=300)
LETTERS = "(ai*(rxi*)*|bi*(ryi*)*)+"
"""a and b write, i holds, and after r comes the letter of the last write."""

LAGS = (8, 16, 32, 64)
MOST_WRONG = 0.02


def judged(language, cell, rule, num_seeds):
    """The verdict on one cell, without guesses."""
    standard = Standard(num_guesses=0)
    found = verdict(
        language, [cell], rule=rule, num_seeds=num_seeds, key=KEY, standard=standard
    )
    return found.verdicts[0]


def test_no_cell_with_positive_eigenvalues_solves_parity(record_property):
    one = judged("parity", "mingru:4", MODERN, 32)
    record_property("solve", f"{one.evidence.num_solved} of 32")
    assert one.evidence.num_solved == 0
    assert one.verdict == "intrinsic"


def test_the_same_cell_solves_what_its_letters_decide(record_property):
    one = judged(Language.from_regex(LETTERS), "mingru:4", MODERN, 8)
    record_property("solve", f"{one.evidence.num_solved} of 8")
    assert one.verdict == "solves"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("parity", "intrinsic"),
        ("count-mod:3", "intrinsic"),
        ("tomita-7", "intrinsic"),
        ("reber", "trainability"),
    ],
)
def test_one_unit(name, expected):
    rule = Published(0.01, max_epochs=200)
    one = judged(name, "vanilla:1", rule, 8)
    assert one.verdict == expected
    if expected == "intrinsic":
        assert "order" in [argument.name for argument in one.arguments]


@cache
def trained(name, cell, num_seeds):
    """The task, its nets, and what they were judged to be."""
    task = Task(Given.of(cell, is_trained=True), language_by_name(name), MODERN, KEY)
    trainings = train_seeds(task, num_seeds)
    return task, trainings, outcomes(task, trainings)


def fresh_twins(task, training, seed):
    """The wrong pairs of new twins, at each lag."""
    words = task.plan.draw(task.stream("test", 10_000 + seed))
    given = answers(
        training.network, task.language, words, is_softmax=task.rule.is_softmax
    )
    found = judge_answers(task.plan, words, given)
    return dict(zip(task.plan.lags, found.twins, strict=True))


CASES = [
    ("parity", "gru:4", 8),
    ("tomita-7", "gru:4", 8),
    ("embedded-reber", "gru:8", 8),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_runs_that_keep_to_a_lag_keep_it_on_new_pairs(case, record_property):
    task, trainings, found = trained(*case)
    shares = {}
    for seed, (training, one) in enumerate(zip(trainings, found, strict=True)):
        errors = fresh_twins(task, training, seed)
        for lag in LAGS:
            if one.judgement.keeps_to >= lag and errors.get(lag) is not None:
                shares.setdefault(lag, []).append(errors[lag].share)
    means = {lag: float(np.mean(some)) for lag, some in shares.items()}
    text = ", ".join(f"{lag}: {mean:.4f}" for lag, mean in means.items())
    record_property("wrong on new pairs at a lag that is kept", text)
    assert means
    assert max(means.values()) <= MOST_WRONG


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_some_runs_solve_and_none_that_fails_its_twins(case, record_property):
    task, _, found = trained(*case)
    solved = sum(one.solved for one in found)
    record_property("solve", f"{solved} of {len(found)}")
    assert solved > 0
    for one in found:
        at_lag = dict(zip(task.plan.lags, one.judgement.twins, strict=True))
        if at_lag[task.plan.lag].share > task.criterion.error:
            assert not one.solved


def test_train_and_verdict_give_the_same_nets(record_property):
    rule = Published(0.001)
    standard = Standard(num_guesses=0)
    found = verdict(
        embedded_reber(), ["gru:10"], rule=rule, num_seeds=8, key=KEY, standard=standard
    )
    own = found.runs["gru:10"]
    other = train("gru:10", embedded_reber(), rule=rule, num_seeds=8, key=KEY)
    for name in ("loss", "squared_distance", "solved", "twin_error"):
        assert np.array_equal(own[name], other[name], equal_nan=True)
    losses = own["final_loss"].values
    record_property("final losses", str(np.round(losses, 2).tolist()))
    assert (abs(losses - 3.5) < 0.2).sum() >= 2
