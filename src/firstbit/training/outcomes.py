"""What came of each seed, judged on fresh words, with names and units."""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from firstbit.cells import Network
from firstbit.intervals import wilson
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
from firstbit.training.fit import Epoch, Training
from firstbit.training.task import Task


class Outcome(NamedTuple):
    """Of one seed; see `firstbit.train` for what each means."""

    solved: bool
    solved_long: bool
    long_test_applies: bool
    loss_above_floor: float
    squared_distance: float
    divergence: float
    plateau: str
    by_lag: xr.Dataset


def outcomes(
    task: Task, trainings: Sequence[Training], *, workers: int | None = None
) -> list[Outcome]:
    """Judge every seed's last network, on the same words."""
    words = fresh_words(
        task.language, criteria.NUM_WORDS, task.stream("test"), task.max_length
    )
    floors = named_floors(task.language)

    def longer(least_lag: int) -> tuple[str, ...] | None:
        return long_words(
            task.language, criteria.NUM_WORDS, least_lag, task.stream("long")
        )

    least = [twice_the_lag(task, training) for training in trainings]
    for lag in sorted(set(least)):
        longer(lag)
    jobs = list(zip(trainings, least, strict=True))
    return run_blocks(
        lambda job: judge(job[0].network, task, words, longer(job[1]), floors),
        jobs,
        workers=workers,
    )


def judge(
    network: Network,
    task: Task,
    words: list[str],
    longer: tuple[str, ...] | None,
    floors: Sequence[NamedFloor],
) -> Outcome:
    """One network by all criteria.

    Args:
        network: after training.
        task: gives language and protocol.
        words: fresh ones.
        longer: words with longer lags; None if the language has none.
        floors: with their names.
    """
    given: dict[str, Any] = {
        "network": network,
        "language": task.language,
        "words": words,
    }
    softmax = task.protocol.is_softmax
    with np.errstate(all="ignore"):  # a diverged network's numbers are told as they are
        distance = criteria.squared_distance(**given, softmax=softmax)
        plateau = named_plateau(floors, full_floor(task.language) + distance)
        solved = criteria.solves(**given)
        parts = [
            criteria.predictions(network, task.language, w)
            for w in (words, longer)
            if w is not None
        ]
        return Outcome(
            solved=solved,
            solved_long=solved
            if longer is None
            else bool(criteria.right(parts[1]).all()),
            long_test_applies=longer is not None,
            loss_above_floor=criteria.loss_above_floor(**given, softmax=softmax),
            squared_distance=distance,
            divergence=criteria.divergence(**given, softmax=softmax),
            plateau=plateau.name if plateau else "",
            by_lag=criteria.accuracy_by_lag(parts),
        )


def twice_the_lag(task: Task, training: Training) -> int:
    """A lag at least twice any that was read in training, at least 1; of fresh words by the longest one's length."""
    if task.words is not None:
        return max(2 * _longest_lag(task.language, task.words), 1)
    longest = max(training.longest - 1, 1)
    return (
        2 << (longest - 1).bit_length()
    )  # a power of two: so most seeds share their test


@lru_cache(maxsize=8)
def _longest_lag(language: Language, words: tuple[str, ...]) -> int:
    """Of a list that is asked for at every look."""
    return int(lags(language, words).max())


def labelled(
    task: Task, trainings: Sequence[Training], judged: Sequence[Outcome]
) -> xr.Dataset:
    """All of it with names and units."""
    num_epochs = max(len(training.log) for training in trainings)
    unit = "bits a word" if task.protocol.is_softmax else "squared error a word"
    scale = 1 / math.log(2) if task.protocol.is_softmax else 1.0

    def curve(value: Callable[[Epoch], float]) -> np.ndarray:
        rows = np.full((len(trainings), num_epochs), np.nan)
        for row, training in zip(rows, trainings, strict=True):
            row[: len(training.log)] = [value(entry) for entry in training.log]
        return rows

    def of_seeds(
        value: Callable[[Training], Epoch | None], told: Callable[[Epoch], float]
    ) -> np.ndarray:
        return np.array(
            [np.nan if value(t) is None else told(value(t)) for t in trainings],
            dtype=float,
        )  # type: ignore[arg-type]

    by_lag = xr.concat([one.by_lag for one in judged], "seed", join="outer").transpose(
        "seed", "lag"
    )
    epochs = of_seeds(lambda t: t.solved, lambda entry: entry.epoch + 1)
    symbols = of_seeds(lambda t: t.solved, lambda entry: entry.symbols_read)
    solved = np.array([one.solved and one.solved_long for one in judged])
    low, high = wilson(solved.sum(), len(solved))
    values: dict[str, tuple[tuple[str, ...], Any, str, str]] = {
        "loss": (
            ("seed", "epoch"),
            scale * curve(lambda entry: entry.mean_error),
            "mean training loss",
            unit,
        ),
        "final_loss": (
            ("seed",),
            [scale * t.log[-1].mean_error for t in trainings],
            "training loss of the last epoch",
            unit,
        ),
        "learning_rate": (
            ("seed", "epoch"),
            curve(lambda entry: entry.learning_rate),
            "learning rate",
            "1",
        ),
        "epochs_to_solve": (
            ("seed",),
            epochs,
            "epochs until the task was found solved",
            "epochs",
        ),
        "symbols_to_solve": (
            ("seed",),
            symbols,
            "symbols read until the task was found solved",
            "symbols",
        ),
        "symbols_read": (
            ("seed",),
            [t.log[-1].symbols_read for t in trainings],
            "symbols read in all",
            "symbols",
        ),
        "diverged_epoch": (
            ("seed",),
            of_seeds(lambda t: t.diverged, lambda e: e.epoch),
            "epoch of the first infinite loss",
            "1",
        ),
        "success_rate": (
            (),
            solved.mean(),
            "share of seeds that solve the task: by both tests",
            "1",
        ),
        "success_low": ((), low, "lower end of its 95 % interval (Wilson)", "1"),
        "success_high": ((), high, "upper end of its 95 % interval (Wilson)", "1"),
        "median_epochs_to_solve": (
            (),
            censored_median(epochs),
            "median epochs until solved, censored seeds last",
            "epochs",
        ),
        "median_symbols_to_solve": (
            (),
            censored_median(symbols),
            "median symbols until solved, censored seeds last",
            "symbols",
        ),
        "long_range_accuracy": (
            ("seed", "lag"),
            by_lag["accuracy"].values,
            "share of right predictions",
            "1",
        ),
        "num_predictions": (
            ("seed", "lag"),
            by_lag["count"].fillna(0).values,
            "predictions with this lag",
            "predictions",
        ),
        **{
            name: (
                ("seed",),
                np.array([getattr(one, name) for one in judged]),
                text,
                unit_of or unit,
            )
            for name, (text, unit_of) in _BY_SEED.items()
        },
    }
    coords = {
        "seed": (
            "seed",
            np.arange(len(trainings)),
            {"long_name": "number of the run", "units": "1"},
        ),
        "epoch": (
            "epoch",
            np.arange(num_epochs),
            {"long_name": "epoch", "units": "epochs"},
        ),
        "lag": (
            "lag",
            by_lag["lag"].values,
            {"long_name": "steps back to the deciding symbol", "units": "symbols"},
        ),
    }
    variables = {
        name: (dims, value, {"long_name": text, "units": u})
        for name, (dims, value, text, u) in values.items()
    }
    return xr.Dataset(
        variables,
        coords,
        {"num_test_words": criteria.NUM_WORDS, "full_floor": full_floor(task.language)},
    )


_BY_SEED = {
    "solved": (
        "whether the most active outputs are always the legal ones, on fresh words",
        "1",
    ),
    "solved_long": (
        "the same on words with at least twice the lag of any in training",
        "1",
    ),
    "long_test_applies": ("whether the language has such words", "1"),
    "loss_above_floor": (
        "loss on fresh words above that of the true probabilities",
        "",
    ),
    "squared_distance": (
        "squared distance from the exact next-output distribution",
        "squared error a word",
    ),
    "divergence": ("divergence from the exact next-output distribution", "bits a word"),
    "plateau": ("the nearest floor", "1"),
}


def censored_median(values: np.ndarray) -> float:
    """The median where NaN means later than all others; NaN if it falls on one of these.

    Example:
        >>> censored_median(np.array([3.0, np.nan, 1.0])), censored_median(np.array([np.nan, np.nan, 1.0]))
        (3.0, nan)
    """
    median = float(np.median(np.where(np.isnan(values), np.inf, values)))
    return median if math.isfinite(median) else float("nan")
