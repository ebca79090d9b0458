"""The test that the runs of a configuration met, as their result has it."""

import json
import math
from typing import NamedTuple

import numpy as np
import xarray as xr


class Tested(NamedTuple):
    """The test of a run.

    Attributes:
        error: the share of wrong words, and of wrong pairs, up to which a run solves.
        resolution: distance up to which a row passes for the true one.
        lag: the longest lag that is expected once among the words read under the
            budget.
        num_words: those words, N.
        memory_order: of the language; infinite where no window is enough.
        twin_lag: the lag of the twins that decide; None where there are none.
        num_fresh: fresh words of the test.
        num_pairs: twins of the test at each lag; None where there are none.
        longest_word: the length that one of the N words exceeds on average.
        shortest_window: the shortest window that passes this very test; None where none
            does that was tried.
        confused: the two nearest rows and their distance, in words.
        is_list_shared: whether all seeds read one list of words.
        budget: the rule with its settings, and the words of an epoch.
        num_repeats: how often one symbol repeats, and must be right; 0 where none must.
    """

    error: float
    resolution: float
    lag: int
    num_words: int
    memory_order: float
    twin_lag: int | None
    num_fresh: int | None
    num_pairs: int | None
    longest_word: int | None
    shortest_window: int | None
    confused: str
    is_list_shared: bool
    budget: str
    num_repeats: int = 0

    @classmethod
    def of(cls, runs: xr.Dataset) -> "Tested":
        """Read the test from the Dataset of `firstbit.train`."""
        attrs = runs.attrs
        configuration = json.loads(attrs.get("configuration", "{}"))
        return cls(
            error=float(attrs["error"]),
            resolution=float(attrs["resolution"]),
            lag=int(attrs["longest_lag"]),
            num_words=int(attrs["num_words_read"]),
            memory_order=_order(attrs.get("memory_order")),
            twin_lag=_twin_lag(runs),
            num_fresh=_number(runs, "num_fresh"),
            num_pairs=_number(runs, "num_pairs"),
            longest_word=_whole(attrs.get("longest_word")),
            shortest_window=_whole(attrs.get("shortest_passing_window")),
            confused=str(attrs.get("most_confused", "")),
            is_list_shared=isinstance(configuration.get("words"), list),
            budget=_budget(configuration),
            num_repeats=_whole(attrs.get("num_repeats")) or 0,
        )

    @property
    def lag_of_test(self) -> int:
        """The lag at which twins decide; 0 where fresh words alone decide."""
        if self.memory_order < 2:
            return 0
        return int(min(self.lag, self.memory_order - 1))

    def as_json(self) -> dict[str, object]:
        """Return plain numbers and strings."""
        fields = self._asdict()
        if math.isinf(self.memory_order):
            fields["memory_order"] = None
        return fields


def _order(value: object) -> float:
    """Return the memory order; infinite where it is none, or marked by -1."""
    if value is None:
        return math.inf
    order = float(str(value))
    return math.inf if order < 0 or math.isnan(order) else order


def _twin_lag(runs: xr.Dataset) -> int | None:
    """Return the lag of the twins that decide; None where there are none."""
    lag = int(runs.attrs["lag"])
    if "twin_error" not in runs or lag not in runs["twin_lag"].values:
        return None
    errors = runs["twin_error"].sel(twin_lag=lag).values
    is_there = np.isfinite(errors).any()
    return lag if is_there else None


def _number(runs: xr.Dataset, name: str) -> int | None:
    if name not in runs or not runs[name].size:
        return None
    return _whole(float(runs[name].max()))


def _whole(value: object) -> int | None:
    if value is None:
        return None
    number = float(str(value))
    return int(number) if math.isfinite(number) and number >= 0 else None


def _budget(configuration: dict[str, object]) -> str:
    names = ("rule", "num_words", "max_length")
    found = {name: configuration.get(name) for name in names}
    return json.dumps(found, sort_keys=True)
