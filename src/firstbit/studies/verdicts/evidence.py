"""What many runs of one configuration show, in one row: how many solve, how soon, and where the others sit."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import xarray as xr

from firstbit.errors import SettingError
from firstbit.intervals import wilson
from firstbit.training.outcomes import censored_median

VARIABLES = (
    "solved", "solved_long", "epochs_to_solve", "symbols_to_solve", "symbols_read", "loss_above_floor", "plateau", "diverged_epoch",
)  # fmt: skip
"""What is read from a training's Dataset, each over `seed`."""


@dataclass(frozen=True)
class Evidence:
    """The runs of one configuration: a cell of one size, an initialiser, a protocol.

    Attributes:
        cell: the configuration, as it was asked for.
        architecture: cell and size alone: configurations that share it may be each
            other's witnesses.
        protocol: the rule of training.
        num_seeds: how many runs.
        num_solved: runs that pass on fresh words and on long ones: those that solve.
        num_fresh: runs that pass on fresh words.
        num_long: runs that pass on words whose long lag is at least twice any in
            training.
        num_diverged: runs whose loss became infinite or undefined.
        median_epochs: half of all runs pass by then; None where fewer than half do.
        median_to_solve: symbols read by then, likewise; None where fewer than half do.
        median_symbols: symbols read until training ended, the median of all runs.
        median_loss: loss above the full floor at the end, the median of the runs that
            have one; None if none has.
        plateaus: name of the floor at which a run sits -> number of runs.
        median_distance: squared distance a word from the exact distribution, the median
            of the runs that have one.
        median_accuracy: share of right decisions that rest on a symbol at least half as
            far back as any tested, likewise.
    """

    cell: str
    architecture: str
    protocol: str
    num_seeds: int
    num_solved: int
    num_fresh: int
    num_long: int
    num_diverged: int
    median_epochs: float | None
    median_to_solve: float | None
    median_symbols: float
    median_loss: float | None
    plateaus: dict[str, int]
    median_distance: float | None = None
    median_accuracy: float | None = None

    @property
    def rate(self) -> float:
        """Share of runs that solve."""
        return self.num_solved / self.num_seeds

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the rate."""
        low, high = wilson(np.array(self.num_solved), self.num_seeds)
        return float(low), float(high)

    def as_json(self) -> dict[str, Any]:
        """Plain numbers and strings."""
        return {**asdict(self), "rate": self.rate, "interval": list(self.interval)}


def evidence_of(
    runs: xr.Dataset, *, cell: str, architecture: str, protocol: str
) -> Evidence:
    """Read the evidence from the Dataset of `firstbit.train`.

    A run solves when it passes both tests. A run that never passed is censored: it
    counts as slower than any other.

    Args:
        runs: `solved`, `solved_long`, `epochs_to_solve` and `symbols_to_solve` (NaN if
            never), `symbols_read`, `loss_above_floor`, `plateau` (a name, or "") and
            `diverged_epoch` (NaN or negative if it did not), all over `seed`.
        cell: the configuration, as it was asked for.
        architecture: cell and size alone.
        protocol: name of the rule of training.

    Raises:
        SettingError: a variable is missing, or there is no run.
    """
    missing = [
        name for name in VARIABLES if name not in runs or runs[name].dims != ("seed",)
    ]
    if missing or not runs.sizes["seed"]:
        raise SettingError(
            "expected a training's variables over one or more seeds; got no "
            f"{', '.join(missing) or 'seed'}."
        )
    fresh, long = (
        runs["solved"].values.astype(bool),
        runs["solved_long"].values.astype(bool),
    )
    losses = runs["loss_above_floor"].values.astype(float)
    medians = (
        censored_median(runs[name].values.astype(float))
        for name in ("epochs_to_solve", "symbols_to_solve")
    )
    epochs, symbols = (None if np.isnan(median) else median for median in medians)
    names = Counter(str(name) for name in runs["plateau"].values if str(name))
    return Evidence(
        cell=cell,
        architecture=architecture,
        protocol=protocol,
        num_seeds=len(fresh),
        num_solved=int((fresh & long).sum()),
        num_fresh=int(fresh.sum()),
        num_long=int(long.sum()),
        num_diverged=int((runs["diverged_epoch"].values.astype(float) >= 0).sum()),
        median_epochs=epochs,
        median_to_solve=symbols,
        median_symbols=float(np.median(runs["symbols_read"].values)),
        median_loss=_median(losses),
        plateaus=dict(names.most_common()),
        median_distance=_median(runs["squared_distance"].values)
        if "squared_distance" in runs
        else None,
        median_accuracy=_median(_far_back(runs))
        if "long_range_accuracy" in runs
        else None,
    )


def _median(values: np.ndarray) -> float | None:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else None


def _far_back(runs: xr.Dataset) -> np.ndarray:
    """Of each run, the share of right decisions on the longer half of the lags."""
    tested = runs["num_predictions"].fillna(0).sum("seed") > 0
    longest = runs["lag"].where(tested, drop=True).max()
    far = runs.where(2 * runs["lag"] >= longest, drop=True)
    count = far["num_predictions"].fillna(0)
    with np.errstate(invalid="ignore"):
        return (
            (far["long_range_accuracy"].fillna(0) * count).sum("lag") / count.sum("lag")
        ).values
