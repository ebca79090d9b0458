"""Runs as `firstbit.train` returns them, made by hand."""

import json
from threading import Lock
from time import sleep

import numpy as np
import xarray as xr

from firstbit.studies.verdicts.evidence import evidence_of
from firstbit.studies.verdicts.guessing import Guessing

CONFIGURATION = {"rule": {"name": "published"}, "num_words": 256, "words": None}


def runs(num_solved, num_seeds, *, num_fresh=None, diverged=0, num_memory=0, **attrs):
    """As `firstbit.train` gives them: the first seeds solve, the last ones diverge."""
    seed = np.arange(num_seeds)
    solved = seed < num_solved
    fresh = seed < (num_solved if num_fresh is None else num_fresh)
    went_on = seed < num_seeds - diverged
    behaves = np.where(~solved & went_on, "outer symbol lost", "")
    return xr.Dataset(
        {
            "solved": ("seed", solved),
            "fresh_error": ("seed", np.where(fresh, 0.002, 0.5)),
            "num_fresh": ((), 4000),
            "twin_error": (
                ("seed", "twin_lag"),
                np.stack(
                    [np.where(fresh, 0.0, 0.5), *2 * [np.where(solved, 0.0, 1.0)]], 1
                ),
            ),
            "num_pairs": ("twin_lag", [1000, 1000, 1000]),
            "long_error": (("seed", "longer"), np.tile(~solved[:, None] * 1.0, (1, 3))),
            "keeps_to": ("seed", np.where(solved, 23, fresh * 1)),
            "right_to_length": ("seed", np.where(solved, 56, 0)),
            "passes_hochreiter": ("seed", fresh),
            "behaves_like": ("seed", behaves),
            "at_rest": ("seed", ~solved & went_on),
            "frozen": ("seed", np.zeros(num_seeds, bool)),
            "memory_is_there": (
                "seed",
                ~solved & (seed < num_solved + num_memory),
            ),
            "last_learning_rate": ("seed", np.full(num_seeds, 0.001)),
            "epochs_to_solve": ("seed", np.where(fresh, 10.0 + seed, np.nan)),
            "symbols_to_solve": ("seed", np.where(fresh, 100.0 * (10 + seed), np.nan)),
            "symbols_read": ("seed", 1000 * (seed + 1)),
            "loss_above_floor": ("seed", np.where(went_on, 0.5, np.nan)),
            "diverged_epoch": ("seed", np.where(went_on, np.nan, 3.0)),
            "loss": (("seed", "epoch"), np.full((num_seeds, 3), 4.0)),
            "squared_distance": ("seed", np.full(num_seeds, 0.25)),
            "long_range_accuracy": (
                ("seed", "lag"),
                np.tile([1.0, 0.5, 0.75], (num_seeds, 1)),
            ),
            "num_predictions": (("seed", "lag"), np.tile([90, 10, 30], (num_seeds, 1))),
        },
        {
            "epoch": np.arange(3),
            "lag": [1, 5, 9],
            "twin_lag": [1, 23, 92],
            "longer": [1, 2, 4],
        },
        {
            "lag": 23,
            "longest_lag": 23,
            "num_words_read": 256,
            "memory_order": np.inf,
            "error": 0.01,
            "resolution": 0.15,
            "hochreiter_applies": 1,
            "longest_word": 28,
            "shortest_passing_window": -1,
            "most_confused": "q0 and q1, 0.5",
            "configuration": json.dumps(CONFIGURATION),
            **attrs,
        },
    )


def evidence(
    num_solved,
    num_seeds,
    *,
    cell="vanilla:18",
    architecture="Vanilla:18",
    confidence=0.95,
    **given,
):
    """The evidence of such runs."""
    return evidence_of(
        runs(num_solved, num_seeds, **given),
        cell=cell,
        architecture=architecture,
        rule="published",
        confidence=confidence,
    )


class Trainer:
    """Stands for `firstbit.training.train`.

    Under the modern rule GRUs solve, and anything else from 12 units on. It counts its
    calls, and may be killed at one.
    """

    def __init__(self, fails_at=None, solved=0):
        self.calls, self.fails_at, self.solved = [], fails_at, solved
        self.lock = Lock()  # a study trains two configurations at a time

    def __call__(self, cell, language, *, rule, num_seeds, execution, **settings):
        with self.lock:
            if len(self.calls) == self.fails_at:
                raise KeyboardInterrupt
            call = {"language": language.name, "rule": rule, "cell": cell, **settings}
            self.calls.append(call)
        execution.resume.mkdir(parents=True)
        is_able = cell.catalogue_name == "gru" or cell.hidden_size >= 12
        num_solved = self.solved
        if is_able and rule.name == "modern":
            num_solved = num_seeds
        found = runs(num_solved, num_seeds).drop_dims("epoch")
        return found.assign(loss=("epoch", np.zeros(10_000)))


class Guesser:
    """Stands for `guess`: every hundredth draw solves with GRUs where the bit is near.

    It counts its calls, and may be killed at one, while the one before it still runs.
    """

    def __init__(self, fails_at=None):
        self.calls, self.fails_at = [], fails_at

    def __call__(self, cell, language, *, num_draws, fitting, **_):
        if len(self.calls) == self.fails_at:
            raise KeyboardInterrupt
        self.calls.append((cell.title, language.name, fitting.max_length))
        if len(self.calls) == self.fails_at:
            sleep(0.1)
        is_able = cell.catalogue_name == "gru" and language.name == "first-bit-random:5"
        solved = tuple(range(99, num_draws, 100)) if is_able else ()
        return Guessing(num_draws, solved, None, "tested")
