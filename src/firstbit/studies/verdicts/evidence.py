"""The runs of one configuration in one row: how many solve, how soon, at which floor.

A configuration is a cell of one size, with a law of its weights, under one rule.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import xarray as xr
from jaxtyping import Float

from firstbit.datasets import Variable
from firstbit.errors import SettingError
from firstbit.intervals import CONFIDENCE, wilson
from firstbit.training.result import censored_median

VARIABLES = (
    "solved",
    "solved_long",
    "epochs_to_solve",
    "symbols_to_solve",
    "symbols_read",
    "loss_above_floor",
    "plateau",
    "diverged_epoch",
)
"""Variables that are read from a training's Dataset, each over `seed`."""


@dataclass(frozen=True)
class Evidence:
    """The runs of one configuration.

    Attributes:
        cell: the configuration, as it was given.
        architecture: cell and size alone: configurations that share it may be each
            other's witnesses.
        rule: name of the rule of training.
        num_seeds: number of runs.
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
        median_accuracy: share of right decisions whose deciding symbol is at least half
            as far back as any tested, likewise.
        confidence: probability of the interval of the rate.
    """

    cell: str
    architecture: str
    rule: str
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
    confidence: float = CONFIDENCE

    @property
    def rate(self) -> float:
        """Share of runs that solve."""
        return self.num_solved / self.num_seeds

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of the rate."""
        low, high = wilson(self.num_solved, self.num_seeds, self.confidence)
        return float(low), float(high)

    def as_json(self) -> dict[str, object]:
        """Return plain numbers and strings."""
        fields = asdict(self)
        del fields["confidence"]
        return {**fields, "rate": self.rate, "interval": list(self.interval)}


def evidence_of(
    runs: xr.Dataset,
    *,
    cell: str,
    architecture: str,
    rule: str,
    confidence: float = CONFIDENCE,
) -> Evidence:
    """Read the evidence from the Dataset of `firstbit.train`.

    A run solves when it passes both tests. A run that never passed is censored: it
    counts as slower than any other.

    Args:
        runs: `solved`, `solved_long`, `epochs_to_solve` and `symbols_to_solve` (NaN if
            never), `symbols_read`, `loss_above_floor`, `plateau` (a name, or "") and
            `diverged_epoch` (NaN or negative if it did not), all over `seed`.
        cell: the configuration, as it was given.
        architecture: cell and size alone.
        rule: name of the rule of training.
        confidence: probability of the interval of the rate.

    Raises:
        SettingError: a variable is missing, or there is no run.
    """
    _require_runs(runs)
    fresh = runs["solved"].values.astype(bool)
    long = runs["solved_long"].values.astype(bool)
    diverged = runs["diverged_epoch"].values.astype(float) >= 0
    return Evidence(
        cell=cell,
        architecture=architecture,
        rule=rule,
        num_seeds=len(fresh),
        num_solved=int((fresh & long).sum()),
        num_fresh=int(fresh.sum()),
        num_long=int(long.sum()),
        num_diverged=int(diverged.sum()),
        median_epochs=_censored_median(runs, "epochs_to_solve"),
        median_to_solve=_censored_median(runs, "symbols_to_solve"),
        median_symbols=float(np.median(runs["symbols_read"].values)),
        median_loss=_median(runs["loss_above_floor"].values.astype(float)),
        plateaus=_plateaus(runs),
        median_distance=_median_distance(runs),
        median_accuracy=_median_far_back(runs),
        confidence=confidence,
    )


def labelled(
    rows: Sequence[Evidence], dims: Sequence[str] = ("cell",)
) -> list[Variable]:
    """Return the numbers of several configurations as variables of a result.

    Args:
        rows: one for each entry of the dimension.
        dims: the one dimension.
    """

    def column(name: str) -> np.ndarray:
        values = [getattr(one, name) for one in rows]
        return np.array([np.nan if value is None else value for value in values])

    ends = np.array([one.interval for one in rows]).reshape(-1, 2)
    rate = Variable(
        "success_rate",
        dims,
        column("rate"),
        "share of runs that solve",
        ci=(ends[:, 0], ends[:, 1]),
    )
    others = [
        Variable(name, dims, column(name), text, units)
        for name, (text, units) in _COLUMNS.items()
    ]
    return [rate, *others]


_COLUMNS = {
    "num_seeds": ("runs", "1"),
    "num_solved": ("runs that solve", "1"),
    "num_fresh": ("runs that pass on fresh words", "1"),
    "num_long": ("runs that pass on words with longer lags", "1"),
    "num_diverged": ("runs whose loss became infinite or undefined", "1"),
    "median_epochs": ("median epochs to success", "epochs"),
    "median_to_solve": ("median symbols to success", "symbols"),
    "median_symbols": ("median symbols read", "symbols"),
    "median_loss": ("median loss above the floor", "loss of the rule"),
    "median_distance": ("median squared distance", "squared error a word"),
    "median_accuracy": ("median share of right decisions far back", "1"),
}
"""Field of `Evidence` -> long name and units."""


def _require_runs(runs: xr.Dataset) -> None:
    missing = []
    for name in VARIABLES:
        if name not in runs or runs[name].dims != ("seed",):
            missing.append(name)
    if missing or not runs.sizes["seed"]:
        raise SettingError(
            "expected a training's variables over one or more seeds; got no "
            f"{', '.join(missing) or 'seed'}."
        )


def _plateaus(runs: xr.Dataset) -> dict[str, int]:
    """Return how many runs sit at each floor, the most frequent first."""
    names = Counter(str(name) for name in runs["plateau"].values if str(name))
    return dict(names.most_common())


def _censored_median(runs: xr.Dataset, name: str) -> float | None:
    median = censored_median(runs[name].values.astype(float))
    return None if np.isnan(median) else median


def _median_distance(runs: xr.Dataset) -> float | None:
    if "squared_distance" not in runs:
        return None
    return _median(runs["squared_distance"].values)


def _median_far_back(runs: xr.Dataset) -> float | None:
    if "long_range_accuracy" not in runs:
        return None
    return _median(_far_back(runs))


def _median(values: Float[np.ndarray, " seed"]) -> float | None:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else None


def _far_back(runs: xr.Dataset) -> Float[np.ndarray, " seed"]:
    """Return each run's share of right decisions on the longer half of the lags."""
    tested = runs["num_predictions"].fillna(0).sum("seed") > 0
    longest = runs["lag"].where(tested, drop=True).max()
    far = runs.where(2 * runs["lag"] >= longest, drop=True)
    count = far["num_predictions"].fillna(0)
    right = (far["long_range_accuracy"].fillna(0) * count).sum("lag")
    with np.errstate(invalid="ignore"):
        return (right / count.sum("lag")).values
