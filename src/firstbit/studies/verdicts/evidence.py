"""The runs of one configuration in one row: how many solve, and how the others fail.

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
from firstbit.intervals import CONFIDENCE, clopper_pearson
from firstbit.studies.verdicts.tested import Tested
from firstbit.training.result import censored_median

VARIABLES = (
    "solved",
    "fresh_error",
    "keeps_to",
    "right_to_length",
    "behaves_like",
    "at_rest",
    "frozen",
    "passes_hochreiter",
    "last_learning_rate",
    "epochs_to_solve",
    "symbols_to_solve",
    "symbols_read",
    "loss_above_floor",
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
        num_solved: runs that solve: wrong on at most `tested.error` of the fresh words,
            and of the twins at the lag of the test where there are any.
        num_fresh: runs that are so on fresh words.
        num_twins: runs that are so on twins; None where there are no twins.
        num_hochreiter: runs that pass Hochreiter and Schmidhuber's test; None where one
            fixed ranking of the outputs passes it.
        num_diverged: runs whose loss became infinite or undefined.
        num_memory: runs that don't solve, but do with another read-out on their states;
            None where these can't be seen.
        num_at_rest: runs whose distance from their plateau no longer changed.
        num_frozen: runs whose learning rate fell so far that they could not go on.
        keeps_to: of each run, the longest lag up to which its twins are right.
        right_to_length: of each run, the length of words up to which it is right.
        behaviours: what a run that does not solve behaves like -> number of runs.
        last_rates: the smallest and the largest learning rate at the end.
        median_epochs: half of all runs have passed a check by then, and solve in the
            end; None where fewer than half do.
        median_to_solve: symbols read by then, likewise; None where fewer than half do.
        median_symbols: symbols read until training ended, the median of all runs.
        median_loss: loss above the full floor at the end, the median of the runs that
            have one; None if none has.
        tested: the test that all runs met.
        median_distance: squared distance a word from the exact distribution, the median
            of the runs that have one.
        median_accuracy: share of right decisions whose deciding symbol is at least half
            as far back as any tested, likewise.
        num_denied: runs that passed a check during training, and failed the test.
        confidence: probability of the interval of the rate.
    """

    cell: str
    architecture: str
    rule: str
    num_seeds: int
    num_solved: int
    num_fresh: int
    num_twins: int | None
    num_hochreiter: int | None
    num_diverged: int
    num_memory: int | None
    num_at_rest: int
    num_frozen: int
    keeps_to: tuple[int, ...]
    right_to_length: tuple[int, ...]
    behaviours: dict[str, int]
    last_rates: tuple[float, float]
    median_epochs: float | None
    median_to_solve: float | None
    median_symbols: float
    median_loss: float | None
    tested: Tested
    median_distance: float | None = None
    median_accuracy: float | None = None
    num_denied: int = 0
    confidence: float = CONFIDENCE

    @property
    def rate(self) -> float:
        """Share of runs that solve."""
        return self.num_solved / self.num_seeds

    @property
    def interval(self) -> tuple[float, float]:
        """The exact interval of the rate (Clopper and Pearson)."""
        low, high = clopper_pearson(self.num_solved, self.num_seeds, self.confidence)
        return float(low), float(high)

    def as_json(self) -> dict[str, object]:
        """Return plain numbers and strings."""
        fields = asdict(self)
        for name in ("confidence", "tested"):
            del fields[name]
        for name in ("keeps_to", "right_to_length", "last_rates"):
            fields[name] = list(fields[name])
        return {
            **fields,
            "rate": self.rate,
            "interval": list(self.interval),
            "tested": self.tested.as_json(),
        }


def evidence_of(
    runs: xr.Dataset,
    *,
    cell: str,
    architecture: str,
    rule: str,
    confidence: float = CONFIDENCE,
) -> Evidence:
    """Read the evidence from the Dataset of `firstbit.train`.

    A run that does not solve is censored: it counts as slower than any other, whatever
    a check said of it during training.

    Args:
        runs: the variables of `VARIABLES` over `seed`, and `memory_is_there` where
            states can be seen; `twin_error` over (seed,
            twin_lag), and the attributes that `Tested.of` reads.
        cell: the configuration, as it was given.
        architecture: cell and size alone.
        rule: name of the rule of training.
        confidence: probability of the interval of the rate.

    Raises:
        SettingError: a variable is missing, or there is no run.
    """
    _require_runs(runs)
    tested = Tested.of(runs)
    solved = runs["solved"].values.astype(bool)
    fresh = runs["fresh_error"].values <= tested.error
    rates = runs["last_learning_rate"].values.astype(float)
    return Evidence(
        cell=cell,
        architecture=architecture,
        rule=rule,
        num_seeds=len(solved),
        num_solved=int(solved.sum()),
        num_fresh=int(fresh.sum()),
        num_twins=_passes_of_twins(runs, tested),
        num_hochreiter=_passes_of_hochreiter(runs),
        num_diverged=_count(runs["diverged_epoch"].values.astype(float) >= 0),
        num_memory=_memories(runs),
        num_at_rest=_count(runs["at_rest"].values),
        num_frozen=_count(runs["frozen"].values),
        keeps_to=_whole(runs["keeps_to"]),
        right_to_length=_whole(runs["right_to_length"]),
        behaviours=_behaviours(runs),
        last_rates=(float(np.nanmin(rates)), float(np.nanmax(rates))),
        median_epochs=_censored_median(runs, "epochs_to_solve"),
        median_to_solve=_censored_median(runs, "symbols_to_solve"),
        median_symbols=float(np.median(runs["symbols_read"].values)),
        median_loss=_median(runs["loss_above_floor"].values.astype(float)),
        tested=tested,
        median_distance=_median_distance(runs),
        median_accuracy=_median_far_back(runs),
        num_denied=_count(np.isfinite(runs["epochs_to_solve"].values) & ~solved),
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

    intervals = [one.interval for one in rows]
    ends = np.array(intervals).reshape(-1, 2)
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
    "num_fresh": ("runs that are right on fresh words", "1"),
    "num_twins": ("runs that are right on twins", "1"),
    "num_hochreiter": ("runs that pass Hochreiter and Schmidhuber's test", "1"),
    "num_memory": ("runs whose memory is there, but not the read-out", "1"),
    "num_at_rest": ("runs at rest", "1"),
    "num_frozen": ("frozen runs", "1"),
    "num_diverged": ("runs whose loss became infinite or undefined", "1"),
    "num_denied": ("runs that passed a check and failed the test", "1"),
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


def _passes_of_twins(runs: xr.Dataset, tested: Tested) -> int | None:
    """Return the runs that are right on twins at the lag of the test."""
    if tested.twin_lag is None:
        return None
    error = runs["twin_error"].sel(twin_lag=tested.twin_lag).values
    return _count(error <= tested.error)


def _passes_of_hochreiter(runs: xr.Dataset) -> int | None:
    if not runs.attrs.get("hochreiter_applies", True):
        return None
    return _count(runs["passes_hochreiter"].values)


def _memories(runs: xr.Dataset) -> int | None:
    """Return the runs whose memory is there; None where no states can be seen."""
    if "memory_is_there" not in runs:
        return None
    wrong = ~runs["solved"].values.astype(bool)
    return _count(runs["memory_is_there"].values & wrong)


def _count(which: np.ndarray) -> int:
    return int(which.astype(bool).sum())


def _whole(values: xr.DataArray) -> tuple[int, ...]:
    return tuple(int(value) for value in values.values)


def _behaviours(runs: xr.Dataset) -> dict[str, int]:
    """Return what the runs that do not solve behave like, the most frequent first."""
    wrong = ~runs["solved"].values.astype(bool)
    names: Counter[str] = Counter()
    for name in runs["behaves_like"].values[wrong]:
        if str(name):
            names[str(name)] += 1
    return dict(names.most_common())


def _censored_median(runs: xr.Dataset, name: str) -> float | None:
    passed = runs[name].values.astype(float)
    until_solved = np.where(runs["solved"].values, passed, np.nan)
    median = censored_median(until_solved)
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
    lags = runs["lag"].values
    counts = _by_lag(runs["num_predictions"])
    is_tested = counts.sum(axis=0) > 0
    longest = lags[is_tested].max(initial=0)
    is_far = 2 * lags >= longest
    far = counts[:, is_far]
    accuracy = _by_lag(runs["long_range_accuracy"])
    right = (accuracy[:, is_far] * far).sum(axis=1)
    with np.errstate(invalid="ignore"):
        return right / far.sum(axis=1)


def _by_lag(values: xr.DataArray) -> Float[np.ndarray, "seed lag"]:
    """Return values of each seed at each lag; 0 where there are none."""
    return np.nan_to_num(values.transpose("seed", "lag").values.astype(float))
