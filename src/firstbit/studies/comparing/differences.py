"""How two cells differ, net by net: draw i of both has the same key.

Pairs of nets are independent of each other, whatever ties the two of a pair. So the
interval of a mean difference is that of one sample, and holds whether they are alike or
not; one that takes the nets of two cells for independent would not.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from firstbit.datasets import Variable
from firstbit.intervals import Mean
from firstbit.memory.discrepancy.betting import betting_interval
from firstbit.studies.comparing.of_one_cell import OfCell

FEWEST_NETS = 20
"""Pairs of nets from which on Student's t has an interval."""

Values = Float[np.ndarray, "... net"]
Ends = tuple[np.ndarray, np.ndarray]


def differences(cells: Sequence[OfCell], confidence: float) -> list[Variable]:
    """Return what the first cell has more than each cell; NaN for itself.

    Args:
        cells: one measure of each cell.
        confidence: probability of the intervals; those of accuracies hold at all lags
            and for all cells together.
    """
    first, *others = cells
    if not others:
        return []
    found = []
    for name in first.nets:
        values, ends = [], []
        for other in others:
            if name in other.nets:
                mean, interval = _difference(name, first, other, confidence, others)
            else:  # one net, without any that it could be paired with
                own = _of_one_readout(first, name) - _of_one_readout(other, name)
                mean, interval = own, (np.full_like(own, np.nan),) * 2
            values.append(mean)
            ends.append(interval)
        found.append(_variable(name, first, values, ends))
    return found


def _of_one_readout(cell: OfCell, name: str) -> np.ndarray:
    values = cell.result[name]
    return np.asarray(values.isel(readout=0) if "readout" in values.dims else values)


def _variable(
    name: str, first: OfCell, values: list[np.ndarray], ends: list[Ends]
) -> Variable:
    """Return the differences of all cells; those of the first to itself are NaN."""
    own = np.full_like(values[0], np.nan)
    of_cell = first.result[name]
    dims = [dim for dim in of_cell.dims if dim != "readout"]
    lows = [own, *(low for low, _ in ends)]
    highs = [own, *(high for _, high in ends)]
    return Variable(
        f"{name}_difference",
        ("cell", *map(str, dims)),
        np.stack([own, *values]),
        f"of the first cell, less that of this one: {of_cell.attrs['long_name']}",
        of_cell.attrs["units"],
        ci=(np.stack(lows), np.stack(highs)),
    )


def _difference(
    name: str,
    first: OfCell,
    other: OfCell,
    confidence: float,
    others: Sequence[OfCell],
) -> tuple[np.ndarray, Ends]:
    """Return the mean difference of two cells with its interval."""
    apart = first.nets[name] - other.nets[name]
    mean = np.asarray(apart.mean(axis=-1))
    if name == "discrepancy":
        bounds = (other.largest[name], first.largest[name])
        return mean, _by_betting(apart, bounds, confidence)
    if name == "accuracy":
        num_together = len(apart) * len(others)
        at_each = 1 - (1 - confidence) / num_together
        return mean, _of_shares(apart, at_each)
    low, high = Mean.of(apart).interval(confidence)
    return mean, _if_enough(apart, low, high)


def _by_betting(apart: Values, bounds: tuple[float, float], confidence: float) -> Ends:
    """Return the interval of differences from -b to a, whatever their law."""
    below, above = bounds
    width = below + above
    if not np.isfinite(width):
        nothing = np.full(len(apart), np.nan)
        return nothing, nothing
    low, high = betting_interval((apart + below) / width, confidence)
    return low * width - below, high * width - below


def _of_shares(apart: Values, confidence: float) -> Ends:
    """Return Student's t of the pairs and one more, which differs by a half.

    At each end it differs the other way. Without it, cells that are alike in every pair
    that was drawn would have an interval without width, though a share of few words is
    known to some per cent only.
    """
    ends = []
    for side in (-1.0, 1.0):
        one_more = np.full_like(apart[..., :1], side / 2)
        values = np.concatenate([apart, one_more], axis=-1)
        mean = Mean.of(values)
        reach = mean.reach((1 + confidence) / 2)
        ends.append(mean.value + side * reach)
    return _if_enough(apart, *ends)


def _if_enough(apart: Values, low: np.ndarray, high: np.ndarray) -> Ends:
    """Return the ends of an interval; NaN of too few pairs."""
    if apart.shape[-1] < FEWEST_NETS:
        low = np.full_like(low, np.nan)
        high = np.full_like(high, np.nan)
    return np.asarray(low), np.asarray(high)
