"""What each measure says of one cell, and what it says of each of its nets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import xarray as xr
from jaxtyping import Float, PRNGKeyArray

from firstbit.cells import cost
from firstbit.cells.given import Given
from firstbit.execution import Execution
from firstbit.memory import Drive, Reading, discrepancy, distances
from firstbit.memory.capacity.capacity import (
    driven_of,
    held_by,
    labelled_capacities,
)
from firstbit.memory.decodability.decodability import (
    asked_of,
    labelled_scores,
    scores_of,
)

DISTANCES, DECODED, HELD, COST = NAMES = (
    "discrepancy",
    "decodability",
    "capacity",
    "cost",
)
"""The measures, as the commands are named."""


@dataclass(frozen=True)
class Asked:
    """What is asked of every cell.

    Attributes:
        length: the largest l.
        num_draws: random nets of each cell.
        reading: of read-outs.
        drive: of capacities.
        confidence: probability of each interval.
        key: the random key, the same for every cell.
    """

    length: int
    num_draws: int
    reading: Reading
    drive: Drive
    confidence: float
    key: PRNGKeyArray

    def draws_of(self, given: Given) -> int | None:
        """Return the nets of a cell; None of one that is measured as it is."""
        return None if given.is_held else self.num_draws


class OfCell(NamedTuple):
    """A measure of one cell.

    Attributes:
        result: as the measure returns it, of its one size.
        nets: by the name of a variable, its values of each net, the net as last axis;
            empty of one net that is measured as it is.
        largest: by the same name, the largest that a value may be; infinity where that
            isn't known.
    """

    result: xr.Dataset
    nets: Mapping[str, Float[np.ndarray, "... net"]]
    largest: Mapping[str, float]


Measure = Callable[[Given, Asked, Execution], OfCell]


def _distances(given: Given, asked: Asked, execution: Execution) -> OfCell:
    words = {"length": asked.length, "num_draws": asked.draws_of(given)}
    found = discrepancy(
        given, **words, confidence=asked.confidence, key=asked.key, execution=execution
    )
    one = found.isel(hidden_size=0, drop=True)
    if given.is_held:
        return OfCell(one, {}, {})
    of_nets = distances(given, **words, key=asked.key, execution=execution)
    bound = one["distance_bound"].item()
    largest = bound if np.isfinite(bound) else np.inf
    nets = of_nets["distance"].values[0]
    return OfCell(one, {"discrepancy": nets}, {"discrepancy": largest})


def _decoded(given: Given, asked: Asked, execution: Execution) -> OfCell:
    draws = asked.draws_of(given)
    reads = asked_of(given, asked.length, draws, asked.reading, asked.key)
    scores = scores_of(reads, execution)
    found = labelled_scores(reads, scores, asked.confidence)
    one = found.isel(hidden_size=0, drop=True).drop_vars("length")
    nets = {} if given.is_held else {"accuracy": scores[0].accuracy[0]}
    return OfCell(one, nets, {"accuracy": 1.0})


def _held(given: Given, asked: Asked, execution: Execution) -> OfCell:
    driven = driven_of(given, asked.draws_of(given), asked.drive, asked.key)
    held = held_by(driven, execution)
    found = labelled_capacities(driven, held, asked.confidence)
    one = found.isel(hidden_size=0, drop=True)
    of_unit = held[0].of_degree.sum(axis=0) / held[0].num_read
    number = one["num_read"].item()
    for end in ("", "_se", "_ci"):
        about = {**one[f"total_capacity{end}"].attrs}
        about["long_name"] = f"{about['long_name']}, a unit"
        value = one[f"total_capacity{end}"] / number
        one[f"capacity_a_unit{end}"] = value.assign_attrs(about)
    nets = {} if given.is_held else {"capacity_a_unit": of_unit}
    return OfCell(one, nets, {"capacity_a_unit": 1.0})


def _cost(given: Given, asked: Asked, execution: Execution) -> OfCell:
    del asked, execution  # it is that of one step, of any net
    input_size = getattr(given.built, "input_size", 2)
    found = cost(given, input_size=input_size)
    return OfCell(found.isel(hidden_size=0, drop=True), {}, {})


MEASURES: Mapping[str, Measure] = {
    DISTANCES: _distances,
    DECODED: _decoded,
    HELD: _held,
    COST: _cost,
}
"""Name -> the measure of one cell."""
