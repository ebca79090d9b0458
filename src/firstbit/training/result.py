"""The outcomes of all seeds as one result, with names, units and intervals."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import xarray as xr
from jaxtyping import Float

from firstbit.datasets import Result, Variable, dataset
from firstbit.intervals import wilson
from firstbit.languages import full_floor
from firstbit.training.criteria import NUM_WORDS
from firstbit.training.fit import Training
from firstbit.training.outcomes import Outcome
from firstbit.training.rules.rule import Epoch
from firstbit.training.task import Task

SQUARED_ERROR, BITS = "squared error a word", "bits a word"


def labelled(
    task: Task,
    trainings: Sequence[Training],
    judged: Sequence[Outcome],
    *,
    confidence: float,
) -> Result:
    """Return what `firstbit.train` returns."""
    num_epochs = max(len(training.log) for training in trainings)
    of_seeds = [one.by_lag for one in judged]
    by_lag = xr.concat(of_seeds, "seed", join="outer")
    variables = [
        *_curves(task, trainings, num_epochs),
        *_of_seeds(task, trainings),
        *_judgements(task, judged),
        *_summaries(trainings, judged, confidence),
        *_of_lags(by_lag.transpose("seed", "lag")),
    ]
    coords = {
        "seed": np.arange(len(trainings)),
        "epoch": np.arange(num_epochs),
        "lag": by_lag["lag"].values,
    }
    settings = task.settings()
    return dataset(
        variables,
        coords,
        rows=["seed"],
        confidence=confidence,
        configuration={
            "measure": "training",
            "num_seeds": len(trainings),
            **settings,
        },
        key=settings["key"],
        attrs={
            "num_test_words": NUM_WORDS,
            "full_floor": full_floor(task.language),
        },
    )


def _unit(task: Task) -> str:
    """Return the unit of the rule's loss."""
    return BITS if task.rule.is_softmax else SQUARED_ERROR


def _scale(task: Task) -> float:
    """Return the factor from the loss of a log to its unit: from nats to bits."""
    if not task.rule.is_softmax:
        return 1.0
    return 1 / math.log(2)


def _curves(
    task: Task, trainings: Sequence[Training], num_epochs: int
) -> list[Variable]:
    """Return what each epoch has: NaN after a seed's end."""
    shape = len(trainings), num_epochs
    loss = np.full(shape, np.nan)
    rate = loss.copy()
    for seed, training in enumerate(trainings):
        for entry in training.log:
            loss[seed, entry.epoch] = entry.mean_error
            rate[seed, entry.epoch] = entry.learning_rate
    dims = ["seed", "epoch"]
    scaled = _scale(task) * loss
    return [
        Variable("loss", dims, scaled, "mean training loss", _unit(task)),
        Variable("learning_rate", dims, rate, "learning rate"),
    ]


def _of_seeds(task: Task, trainings: Sequence[Training]) -> list[Variable]:
    """Return what the log of each seed says."""
    last = [training.log[-1] for training in trainings]
    scale = _scale(task)
    final_loss = [scale * entry.mean_error for entry in last]
    diverged = [training.diverged for training in trainings]
    values = [
        ("final_loss", final_loss, "training loss of the last epoch", _unit(task)),
        (
            "epochs_to_solve",
            epochs_to_solve(trainings),
            "epochs until the task was found solved",
            "epochs",
        ),
        (
            "symbols_to_solve",
            symbols_to_solve(trainings),
            "symbols read until the task was found solved",
            "symbols",
        ),
        (
            "symbols_read",
            [entry.symbols_read for entry in last],
            "symbols read in all",
            "symbols",
        ),
        (
            "diverged_epoch",
            _or_nan(diverged, lambda entry: entry.epoch),
            "epoch of the first infinite loss",
            "1",
        ),
    ]
    return [Variable(name, ["seed"], *rest) for name, *rest in values]


def _judgements(task: Task, judged: Sequence[Outcome]) -> list[Variable]:
    """Return what each seed's network was judged to be."""
    about = {
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
            _unit(task),
        ),
        "squared_distance": (
            "squared distance from the exact next-output distribution",
            SQUARED_ERROR,
        ),
        "divergence": ("divergence from the exact next-output distribution", BITS),
        "plateau": ("the nearest floor", "1"),
    }
    variables = []
    for name, (long_name, units) in about.items():
        of_seeds = [getattr(one, name) for one in judged]
        values = np.array(of_seeds)
        variables.append(Variable(name, ["seed"], values, long_name, units))
    return variables


def _summaries(
    trainings: Sequence[Training], judged: Sequence[Outcome], confidence: float
) -> list[Variable]:
    """Return what holds of all seeds together."""
    both = [one.solved and one.solved_long for one in judged]
    solved = np.array(both)
    share_ci = wilson(solved.sum(), len(solved), confidence)
    return [
        Variable(
            "success_rate",
            [],
            solved.mean(),
            "share of seeds that solve the task: by both tests",
            ci=share_ci,
        ),
        Variable(
            "median_epochs_to_solve",
            [],
            censored_median(epochs_to_solve(trainings)),
            "median epochs until solved, censored seeds last",
            "epochs",
        ),
        Variable(
            "median_symbols_to_solve",
            [],
            censored_median(symbols_to_solve(trainings)),
            "median symbols until solved, censored seeds last",
            "symbols",
        ),
    ]


def _of_lags(by_lag: xr.Dataset) -> list[Variable]:
    """Return the share of right predictions by lag, and of how many."""
    dims = ["seed", "lag"]
    accuracy = by_lag["accuracy"].values
    count = by_lag["count"].fillna(0).values
    return [
        Variable("long_range_accuracy", dims, accuracy, "share of right predictions"),
        Variable(
            "num_predictions", dims, count, "predictions with this lag", "predictions"
        ),
    ]


def epochs_to_solve(trainings: Sequence[Training]) -> Float[np.ndarray, " seed"]:
    """Return the epochs until each task was found solved; NaN if it was not."""
    solved = [training.solved for training in trainings]
    return _or_nan(solved, lambda entry: entry.epoch + 1)


def symbols_to_solve(trainings: Sequence[Training]) -> Float[np.ndarray, " seed"]:
    """Return the symbols read until each task was found solved; NaN if it was not."""
    solved = [training.solved for training in trainings]
    return _or_nan(solved, lambda entry: entry.symbols_read)


def _or_nan(
    entries: Sequence[Epoch | None], value: Callable[[Epoch], float]
) -> Float[np.ndarray, " seed"]:
    found = np.full(len(entries), np.nan)
    for seed, entry in enumerate(entries):
        if entry is not None:
            found[seed] = value(entry)
    return found


def censored_median(values: Float[np.ndarray, " seed"]) -> float:
    """Return the median where NaN means later than all others.

    It is NaN where it falls on one of these.

    Example:
        >>> censored_median(np.array([3.0, np.nan, 1.0]))
        3.0
        >>> censored_median(np.array([np.nan, np.nan, 1.0]))
        nan
    """
    never = np.isnan(values)
    or_never = np.where(never, np.inf, values)
    median = float(np.median(or_never))
    if not math.isfinite(median):
        return math.nan
    return median
