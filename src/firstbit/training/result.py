"""The outcomes of all seeds as one result, with names, units and intervals."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import xarray as xr
from jaxtyping import Float

from firstbit.cells import Given
from firstbit.cells.given_model import LEFT_OUT
from firstbit.datasets import Result, Variable, dataset
from firstbit.intervals import clopper_pearson
from firstbit.languages import full_floor
from firstbit.languages.judging.words_of_test import FACTORS
from firstbit.training.fit import Training
from firstbit.training.judged import (
    about_the_test,
    drift,
    errors,
    judgements,
    unit_of,
)
from firstbit.training.outcomes import Outcome
from firstbit.training.rules.rule import Epoch
from firstbit.training.task import Task


def labelled(
    task: Task,
    trainings: Sequence[Training],
    judged: Sequence[Outcome],
    *,
    confidence: float,
) -> Result:
    """Return what `firstbit.train` returns."""
    has_states = isinstance(task.given, Given)
    num_epochs = max(len(training.log) for training in trainings)
    shown = [one.shown for one in judged]
    of_seeds = [one.by_lag for one in shown]
    by_lag = xr.concat(of_seeds, "seed", join="outer")
    variables = [
        *_curves(task, trainings, num_epochs),
        *_of_seeds(task, trainings),
        *judgements(judged, unit_of(task), has_states=has_states),
        *errors(task.plan, shown, confidence),
        *drift([one.contrasts_left for one in judged]),
        *_summaries(trainings, judged, confidence),
        *_of_lags(by_lag.transpose("seed", "lag")),
    ]
    coords = {
        "seed": np.arange(len(trainings)),
        "epoch": np.arange(num_epochs),
        "lag": by_lag["lag"].values,
        "twin_lag": np.array(task.plan.lags, dtype=np.int64),
        "longer": np.array(FACTORS),
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
            "full_floor": full_floor(task.language),
            **({} if has_states else {"left_out": LEFT_OUT}),
            **about_the_test(task.plan, task.plan.draw(task.stream("test", 0))),
        },
    )


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
        Variable("loss", dims, scaled, "mean training loss", unit_of(task)),
        Variable("learning_rate", dims, rate, "learning rate"),
    ]


def _of_seeds(task: Task, trainings: Sequence[Training]) -> list[Variable]:
    """Return what the log of each seed says."""
    last = [training.log[-1] for training in trainings]
    scale = _scale(task)
    final_loss = [scale * entry.mean_error for entry in last]
    diverged = [training.diverged for training in trainings]
    values = [
        ("final_loss", final_loss, "training loss of the last epoch", unit_of(task)),
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
            "last_learning_rate",
            [entry.learning_rate for entry in last],
            "learning rate of the last epoch",
            "1",
        ),
        (
            "diverged_epoch",
            _or_nan(diverged, lambda entry: entry.epoch),
            "epoch of the first infinite loss",
            "1",
        ),
    ]
    return [Variable(name, ["seed"], *rest) for name, *rest in values]


def _summaries(
    trainings: Sequence[Training], judged: Sequence[Outcome], confidence: float
) -> list[Variable]:
    """Return what holds of all seeds together."""
    solved = np.array([one.solved for one in judged])
    num_solved = int(solved.sum())
    num_seeds = len(solved)
    share_ci = clopper_pearson(num_solved, num_seeds, confidence)
    return [
        Variable(
            "success_rate",
            [],
            solved.mean(),
            "share of seeds that solve the task",
            ci=share_ci,
        ),
        Variable(
            "median_epochs_to_solve",
            [],
            censored_median(np.where(solved, epochs_to_solve(trainings), np.nan)),
            "median epochs until found solved, seeds that do not solve last",
            "epochs",
        ),
        Variable(
            "median_symbols_to_solve",
            [],
            censored_median(np.where(solved, symbols_to_solve(trainings), np.nan)),
            "median symbols until found solved, seeds that do not solve last",
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

    It is NaN where these are more than half. Where they are just half, any number from
    the last known one on is a median: it is this one, by which half have come.

    Example:
        >>> censored_median(np.array([3.0, np.nan, 1.0]))
        3.0
        >>> censored_median(np.array([np.nan, 3.0, np.nan, 1.0]))
        3.0
        >>> censored_median(np.array([np.nan, np.nan, 1.0]))
        nan
    """
    never = np.isnan(values)
    in_order = np.sort(np.where(never, np.inf, values))
    median = float(np.median(in_order))
    if not math.isfinite(median):
        median = float(in_order[(len(in_order) - 1) // 2])
    return median if math.isfinite(median) else math.nan
