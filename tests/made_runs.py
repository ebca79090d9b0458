"""Runs as `firstbit.train` returns them, made by hand."""

import numpy as np
import xarray as xr

from firstbit.studies.verdicts.evidence import evidence_of
from firstbit.studies.verdicts.guessing import Guessing


def runs(num_solved, num_seeds, *, num_fresh=None, diverged=0):
    """As `firstbit.train` gives them: the first seeds solve, the last ones diverge."""
    seed = np.arange(num_seeds)
    fresh = seed < (num_solved if num_fresh is None else num_fresh)
    return xr.Dataset(
        {
            "solved": ("seed", fresh),
            "solved_long": ("seed", seed < num_solved),
            "epochs_to_solve": ("seed", np.where(fresh, 10.0 + seed, np.nan)),
            "symbols_to_solve": ("seed", np.where(fresh, 100.0 * (10 + seed), np.nan)),
            "symbols_read": ("seed", 1000 * (seed + 1)),
            "loss_above_floor": (
                "seed",
                np.where(seed < num_seeds - diverged, 0.5, np.nan),
            ),
            "plateau": (
                "seed",
                np.where(
                    fresh, "full", np.where(seed < num_seeds - diverged, "merged", "")
                ),
            ),
            "diverged_epoch": (
                "seed",
                np.where(seed < num_seeds - diverged, np.nan, 3.0),
            ),
            "loss": (("seed", "epoch"), np.full((num_seeds, 3), 4.0)),
            "squared_distance": ("seed", np.full(num_seeds, 0.25)),
            "long_range_accuracy": (
                ("seed", "lag"),
                np.tile([1.0, 0.5, 0.75], (num_seeds, 1)),
            ),
            "num_predictions": (("seed", "lag"), np.tile([90, 10, 30], (num_seeds, 1))),
        },
        {"epoch": np.arange(3), "lag": [1, 5, 9]},
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

    def __call__(self, cell, language, *, rule, num_seeds, execution, **settings):
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

    It counts its calls, and may be killed at one.
    """

    def __init__(self, fails_at=None):
        self.calls, self.fails_at = [], fails_at

    def __call__(self, cell, language, *, num_draws, max_length, **_):
        if len(self.calls) == self.fails_at:
            raise KeyboardInterrupt
        self.calls.append((cell.title, language.name, max_length))
        is_able = cell.catalogue_name == "gru" and language.name == "first-bit-random:5"
        solved = tuple(range(99, num_draws, 100)) if is_able else ()
        return Guessing(num_draws, solved, None, "tested")
