"""What came of each seed, judged on words of its own."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr
from jaxtyping import Bool, Float
from threadpoolctl import threadpool_limits

from firstbit.kept import kept
from firstbit.languages import Judgement, PlanOfTest, WordsOfTest
from firstbit.languages.judging.judge import Answers, judge_steps, right_steps
from firstbit.languages.judging.simple_predictors import shortest_passing_window
from firstbit.threads import run_blocks
from firstbit.training import criteria
from firstbit.training.behaviour import (
    NOTHING,
    NUM_WORDS,
    Likeness,
    Motion,
    behaves_like,
    motion,
)
from firstbit.training.drift import contrasts_left
from firstbit.training.fit import Training
from firstbit.training.reading import Replies, answers, read, replies_of
from firstbit.training.refit import memory_is_there
from firstbit.training.task import Task

AT_MOST_TWICE = 2
"""Windows are tried up to this many times the lag of the test."""

LONGEST_WINDOW = 64
"""Windows are tried up to this many symbols beyond the lag, at most."""

BYTES_OF_NUMBER = 100
"""A number and its name in memory."""


class Shown(NamedTuple):
    """What the answers of a predictor show, whatever made them; see `firstbit.train`.

    Attributes:
        judgement: what is right.
        num_windows: different windows of the twins at each lag; -1 where are none.
        loss_above_floor: on fresh words.
        squared_distance: from the exact distribution, likewise.
        divergence: likewise.
        by_lag: share of right predictions by lag.
        fresh: the replies to the fresh words.
    """

    judgement: Judgement
    num_windows: tuple[int, ...]
    loss_above_floor: float
    squared_distance: float
    divergence: float
    by_lag: xr.Dataset
    fresh: Replies

    @classmethod
    def of(
        cls, plan: PlanOfTest, words: WordsOfTest, given: Answers, *, is_softmax: bool
    ) -> "Shown":
        """Judge what a predictor gave for the words of a test.

        Args:
            plan: of the test.
            words: drawn by the plan.
            given: as probabilities.
            is_softmax: whether they are the softmax of outputs; else the outputs
                themselves, trained on squared error.
        """
        # The numbers of a diverged network stay as they are.
        with np.errstate(all="ignore"):
            fresh = replies_of(
                plan.language,
                words.fresh,
                words.words,
                _linear(given.of_words, is_softmax=is_softmax),
                is_softmax=is_softmax,
            )
            right = right_steps(plan, words, given)
            return cls(
                judgement=judge_steps(plan, words, given, right),
                num_windows=_num_windows(words),
                loss_above_floor=criteria.loss_above_floor(fresh),
                squared_distance=criteria.squared_distance(fresh),
                divergence=criteria.divergence(fresh),
                by_lag=accuracy_by_lag(plan, words, right),
                fresh=fresh,
            )


class Outcome(NamedTuple):
    """The outcome of one seed; see `firstbit.train` for what each means."""

    shown: Shown
    likeness: Likeness
    motion: Motion
    memory_is_there: bool
    contrasts_left: Float[np.ndarray, " lag"] | None

    @property
    def judgement(self) -> Judgement:
        """What is right."""
        return self.shown.judgement

    @property
    def solved(self) -> bool:
        """Whether the run solves the task."""
        return self.judgement.solved


def outcomes(
    task: Task, trainings: Sequence[Training], *, workers: int | None = None
) -> list[Outcome]:
    """Judge the last network of every seed, each on words of its own.

    The words serve no check during training, and no other seed.
    """
    plan = task.plan
    _ = plan.lags, plan.lengths, plan.source  # once, not once a thread

    def judged(seed: int) -> Outcome:
        words = plan.draw(task.stream("test", seed))
        return judge(trainings[seed], words, task, seed)

    # Products of threads that start threads are slow, and round by their number.
    with threadpool_limits(1, user_api="blas"):
        return run_blocks(judged, range(len(trainings)), workers=workers)


def judge(training: Training, words: WordsOfTest, task: Task, seed: int) -> Outcome:
    """Judge the last network of one seed by all criteria.

    Args:
        training: of the seed.
        words: of its test.
        task: gives language, rule and criterion.
        seed: its number; names the words that a read-out is fitted on.
    """
    plan = task.plan
    is_softmax = task.rule.is_softmax
    given = answers(training.network, plan.language, words, is_softmax=is_softmax)
    found = Shown.of(plan, words, given, is_softmax=is_softmax)
    likeness = NOTHING
    moves = Motion(at_rest=False, frozen=False)
    is_there = False
    if not found.judgement.solved and training.diverged is None:
        with np.errstate(all="ignore"):
            likeness, moves = _behaviour(training, found.fresh, task)
            stream = task.stream("refit", seed)
            is_there = memory_is_there(training.network, plan, words, stream)
    with np.errstate(all="ignore"):
        left = contrasts_left(training.network, plan.language, words.twins)
    return Outcome(found, likeness, moves, is_there, left)


def _linear(
    probability: Float[np.ndarray, "row output"], *, is_softmax: bool
) -> Float[np.ndarray, "row output"]:
    """Return outputs whose softmax is a probability; the output itself without one."""
    if not is_softmax:
        return probability
    return np.log(np.maximum(probability, np.finfo(float).tiny))


def _num_windows(words: WordsOfTest) -> tuple[int, ...]:
    """Return the number of different windows at each lag; -1 where are no twins."""
    return tuple(pairs.num_windows if pairs else -1 for pairs in words.twins)


def _behaviour(
    training: Training, fresh: Replies, task: Task
) -> tuple[Likeness, Motion]:
    """Return what a run behaves like, and whether it still moves."""
    some = fresh.asked.words[:NUM_WORDS]
    is_softmax = task.rule.is_softmax
    last = read(training.network, task.language, some, is_softmax=is_softmax)
    late = None
    if training.late is not None:
        late = read(training.late, task.language, some, is_softmax=is_softmax)
    likeness = behaves_like(last)
    rate = training.log[-1].learning_rate / task.rule.learning_rate
    return likeness, motion(last, late, likeness, rate=rate)


def accuracy_by_lag(
    plan: PlanOfTest, words: WordsOfTest, right: Bool[np.ndarray, " prediction"]
) -> xr.Dataset:
    """Return the share of right predictions by lag, on all words but twins."""
    along = words.along(plan.language)
    number = dict.fromkeys(words.words, 0)
    for one in (*words.fresh, *_flat(words.long)):
        number[one] += 1
    if words.repeated is not None:
        number[words.repeated] += 1
    times = np.array(list(number.values()))[along.word]
    return _weighted(along.lag.astype(np.int64), right, times)


def _weighted(
    lag: np.ndarray, right: Bool[np.ndarray, " prediction"], times: np.ndarray
) -> xr.Dataset:
    present, inverse = np.unique(lag, return_inverse=True)
    count = np.bincount(inverse, times)
    share = np.bincount(inverse, times * right) / count
    variables = {"accuracy": ("lag", share), "count": ("lag", count)}
    return xr.Dataset(variables, {"lag": present})


def _flat(long: Sequence[tuple[str, ...] | None]) -> list[str]:
    every: list[str] = []
    for words in long:
        every += words or ()
    return every


def longest_window_tried(lag: int) -> int:
    """Return up to how many symbols a window that passes a test is looked for.

    Args:
        lag: of the test.
    """
    longest = max(AT_MOST_TWICE * lag, 1)
    return min(longest, lag + LONGEST_WINDOW)


def window_that_passes(plan: PlanOfTest, words: WordsOfTest) -> int:
    """Find the shortest window that passes the very words of a test.

    It is -1 if none of up to `longest_window_tried` symbols does.
    """
    longest = longest_window_tried(plan.lag)
    found = kept(
        plan.language.content,
        ("window", words, plan.criterion, plan.num_words, plan.max_length),
        lambda: shortest_passing_window(plan, words, longest),
        lambda _: BYTES_OF_NUMBER,
    )
    return -1 if found is None else found
