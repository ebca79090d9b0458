"""Runs as `firstbit.train` returns them, made by hand."""

import numpy as np
import xarray as xr


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
