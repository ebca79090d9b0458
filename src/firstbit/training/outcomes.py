"""What came of each seed, judged on fresh words."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import xarray as xr

from firstbit.cells import Network
from firstbit.languages import (
    Language,
    NamedFloor,
    fresh_words,
    full_floor,
    named_floors,
    named_plateau,
)
from firstbit.languages.words.lags import lags
from firstbit.languages.words.long_words import long_words
from firstbit.threads import run_blocks
from firstbit.training import criteria
from firstbit.training.fit import Training
from firstbit.training.reading import read
from firstbit.training.task import Task


class Outcome(NamedTuple):
    """The outcome of one seed; see `firstbit.train` for what each means."""

    solved: bool
    solved_long: bool
    long_test_applies: bool
    loss_above_floor: float
    squared_distance: float
    divergence: float
    plateau: str
    by_lag: xr.Dataset


class WordsOfTest(NamedTuple):
    """The words that a network is judged on.

    Attributes:
        fresh: by the language's probabilities.
        long: with longer lags than any in training; None if the language has none.
    """

    fresh: tuple[str, ...]
    long: tuple[str, ...] | None


def outcomes(
    task: Task, trainings: Sequence[Training], *, workers: int | None = None
) -> list[Outcome]:
    """Judge the last network of every seed, on the same words."""
    fresh = fresh_words(
        task.language,
        criteria.NUM_WORDS,
        task.stream("test"),
        task.words.max_length,
    )
    read_by_all = tuple(fresh)
    jobs = []
    for training in trainings:
        long = long_words(
            task.language,
            criteria.NUM_WORDS,
            twice_the_lag(task, training),
            task.stream("long"),
        )
        words = WordsOfTest(read_by_all, long)
        jobs.append((training.network, words))
    floors = named_floors(task.language)

    def judged(job: tuple[Network, WordsOfTest]) -> Outcome:
        network, words = job
        return judge(network, words, task, floors)

    return run_blocks(judged, jobs, workers=workers)


def judge(
    network: Network, words: WordsOfTest, task: Task, floors: Sequence[NamedFloor]
) -> Outcome:
    """Judge one network by all criteria.

    Args:
        network: after training.
        words: of the test.
        task: gives language and rule.
        floors: of the language, with their names.
    """
    language = task.language
    is_softmax = task.rule.is_softmax
    fresh = read(network, language, words.fresh, is_softmax=is_softmax)
    readings = [fresh]
    if words.long is not None:
        long = read(network, language, words.long, is_softmax=is_softmax)
        readings.append(long)
    with np.errstate(
        all="ignore"
    ):  # the numbers of a diverged network stay as they are
        passed = []
        for reading in readings:
            right = criteria.is_right(reading)
            passed.append(bool(right.all()))
        distance = criteria.squared_distance(fresh)
        plateau = named_plateau(floors, full_floor(language) + distance)
        return Outcome(
            solved=passed[0],
            solved_long=passed[-1],
            long_test_applies=words.long is not None,
            loss_above_floor=criteria.loss_above_floor(fresh),
            squared_distance=distance,
            divergence=criteria.divergence(fresh),
            plateau=plateau.name if plateau else "",
            by_lag=criteria.long_range_accuracy(readings),
        )


def twice_the_lag(task: Task, training: Training) -> int:
    """Return a lag at least twice any that was read in training, at least 1.

    Of fresh words it is found from the length of the longest one.
    """
    if task.words.fixed is not None:
        longest_lag = _longest_lag(task.language, task.words.fixed)
        return max(2 * longest_lag, 1)
    longest = max(training.longest - 1, 1)
    # A power of two: so most seeds share their test.
    return 2 << (longest - 1).bit_length()


@lru_cache(maxsize=8)  # every check asks for it
def _longest_lag(language: Language, words: tuple[str, ...]) -> int:
    return int(lags(language, words).max())
