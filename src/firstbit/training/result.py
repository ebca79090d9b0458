"""The outcomes of all seeds as one result, with names, units and intervals."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import xarray as xr
from jaxtyping import Float, Int

from firstbit.datasets import Result, Variable, dataset
from firstbit.languages import Errors, PlanOfTest, full_floor
from firstbit.languages.judging.words_of_test import FACTORS, NOTHING_LONGER
from firstbit.proportions import clopper_pearson
from firstbit.training.fit import Training
from firstbit.training.outcomes import Outcome, window_that_passes
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
        *_errors(task.plan, judged, confidence),
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
            **_about(task),
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


def _judgements(task: Task, judged: Sequence[Outcome]) -> list[Variable]:
    """Return what each seed's network was judged to be."""
    found = [one.judgement for one in judged]
    moves = [one.motion for one in judged]
    values: list[tuple[str, Sequence[Any], str, str]] = [
        (
            "solved",
            [one.solved for one in judged],
            "whether fresh words, and twins at the lag that decides, are right",
            "1",
        ),
        (
            "keeps_to",
            [one.keeps_to for one in found],
            "largest lag with right twins there and at all shorter lags",
            "symbols",
        ),
        (
            "right_to_length",
            [one.right_to_length for one in found],
            "largest length with right words there and at all shorter lengths",
            "symbols",
        ),
        (
            "passes_hochreiter",
            [one.passes_hochreiter for one in found],
            "whether the most active outputs are always the legal ones",
            "1",
        ),
        (
            "memory_is_there",
            [one.memory_is_there for one in judged],
            "whether a run that is wrong is right with another read-out",
            "1",
        ),
        (
            "behaves_like",
            [one.likeness.name for one in judged],
            "the predictor that a run that is wrong behaves like",
            "1",
        ),
        (
            "at_rest",
            [one.at_rest for one in moves],
            "whether a run that is wrong has stopped at a rate that lets it move",
            "1",
        ),
        (
            "frozen",
            [one.frozen for one in moves],
            "whether a run that is wrong has stopped for want of a learning rate",
            "1",
        ),
        (
            "loss_above_floor",
            [one.loss_above_floor for one in judged],
            "loss on fresh words above that of the true probabilities",
            _unit(task),
        ),
        (
            "squared_distance",
            [one.squared_distance for one in judged],
            "squared distance from the exact next-output distribution",
            SQUARED_ERROR,
        ),
        (
            "divergence",
            [one.divergence for one in judged],
            "divergence from the exact next-output distribution",
            BITS,
        ),
    ]
    return [
        Variable(name, ["seed"], np.array(of_seeds), long_name, units)
        for name, of_seeds, long_name, units in values
    ]


def _errors(
    plan: PlanOfTest, judged: Sequence[Outcome], confidence: float
) -> list[Variable]:
    """Return the shares of wrong words and pairs, with their intervals."""
    found = [one.judgement for one in judged]
    fresh = [(one.fresh,) for one in found]
    twins = [one.twins for one in found]
    long = [one.long for one in found]
    windows = np.array([one.num_windows for one in judged]).reshape(len(judged), -1)
    lengths = np.array(plan.lengths, dtype=float)
    lengths[lengths == NOTHING_LONGER] = np.nan
    text = "share of {} with a wrong prediction"
    return [
        _share("fresh_error", ["seed"], fresh, text.format("fresh words"), confidence),
        Variable("num_fresh", ["seed"], _numbers(fresh)[:, 0], "fresh words", "words"),
        _share(
            "twin_error",
            ["seed", "twin_lag"],
            twins,
            text.format("pairs of twins"),
            confidence,
        ),
        Variable("num_pairs", ["twin_lag"], _most(twins), "pairs of twins", "pairs"),
        Variable(
            "num_windows",
            ["twin_lag"],
            windows.max(axis=0, initial=-1),
            "different common last symbols, -1 where are no twins",
            "windows",
        ),
        _share(
            "long_error",
            ["seed", "longer"],
            long,
            text.format("long words"),
            confidence,
        ),
        Variable("num_long", ["longer"], _most(long), "long words", "words"),
        Variable(
            "long_length",
            ["longer"],
            lengths,
            "length of the long words; NaN where the language has none",
            "symbols",
        ),
    ]


Found = Sequence[Sequence[Errors | None]]
"""Of each seed the wrong words of each kind; None where there are no such words."""


def _share(
    name: str, dims: Sequence[str], found: Found, long_name: str, confidence: float
) -> Variable:
    """Return a share of wrong words with its exact interval; NaN where are none."""
    shape = len(found), len(found[0])
    share, low, high = (np.full(shape, np.nan) for _ in range(3))
    for seed, of_seed in enumerate(found):
        for kind, errors in enumerate(of_seed):
            if errors is None:
                continue
            place = seed, kind
            share[place] = errors.share
            low[place], high[place] = clopper_pearson(
                errors.num_wrong, errors.number, confidence
            )
    if len(dims) == 1:
        share, low, high = share[:, 0], low[:, 0], high[:, 0]
    return Variable(name, dims, share, long_name, ci=(low, high))


def _numbers(found: Found) -> Int[np.ndarray, "seed kind"]:
    """Return the number of words of each seed and kind."""
    numbers = np.zeros((len(found), len(found[0])), dtype=np.int64)
    for seed, of_seed in enumerate(found):
        for kind, errors in enumerate(of_seed):
            if errors is not None:
                numbers[seed, kind] = errors.number
    return numbers


def _most(found: Found) -> Int[np.ndarray, " kind"]:
    """Return the number of words of each kind, which is the same for all seeds."""
    return _numbers(found).max(axis=0)


def _about(task: Task) -> dict[str, Any]:
    """Return what the test was, as attributes."""
    plan = task.plan
    rows = plan.rows
    closest = rows.most_confused()
    about: dict[str, Any] = {
        "lag": plan.lag,
        "longest_lag": plan.longest_lag,
        "longest_word": plan.longest_word,
        "num_words_read": plan.num_words,
        "memory_order": plan.memory_order,
        "resolution": plan.criterion.resolution,
        "error": plan.criterion.error,
        "hochreiter_applies": int(not rows.has_one_ranking),
        "shortest_passing_window": window_that_passes(task),
    }
    if closest is not None:
        about["most_confused"] = _confused(task, *closest)
        about["distance_of_most_confused"] = float(rows.distances[closest])
    return about


def _confused(task: Task, one: int, other: int) -> str:
    """Say which two rows are nearest to each other, by their legal outputs."""
    named = []
    for row in (one, other):
        shares = []
        for output, share in zip(
            task.language.outputs, task.plan.rows.table[row], strict=True
        ):
            if share > 0:
                shares.append(f"{output} {share:.3g}")
        named.append(", ".join(shares))
    return " | ".join(named)


def _summaries(
    trainings: Sequence[Training], judged: Sequence[Outcome], confidence: float
) -> list[Variable]:
    """Return what holds of all seeds together."""
    solved = np.array([one.solved for one in judged])
    num_solved, num_seeds = int(solved.sum()), len(solved)
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
