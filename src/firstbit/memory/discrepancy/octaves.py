"""Quantiles of more values than memory holds: counts in bins, each to a stated error.

A bin is a share of an octave, as in DDSketch (Masson, Rim, Lee 2019, VLDB 12, 2195):
two values of a bin differ by at most 1/256 of themselves. Counts are whole numbers, so
merging has no order, and no bit depends on it. (Sketches with an error of ranks, such
as KLL, throw coins.)
"""

import numpy as np
from jaxtyping import Float, Int

from firstbit.arrays import Distances

BITS = 8
"""Of the fraction that tell bins apart: 256 bins an octave."""

QUANTILE_ERROR = 2.0 ** -(BITS + 1)
"""A value stands for all of its bin, and lies in the middle: its relative error."""

_DROPPED = 52 - BITS
"""Bits of a float64 that don't matter."""

_OCTAVE = 1 << BITS

Ranks = Int[np.ndarray, " rank"]
"""Places in ascending order, from 0 on, the same at each length."""

AtRanks = Float[np.ndarray, "length rank"]


class Octaves:
    """How many values of each length are in each bin.

    Example:
        >>> counts = Octaves(1)
        >>> counts.add(np.array([[0.0, 1.0, 3.0, np.inf]]))
        >>> counts.at(np.array([0, 1, 2, 3])).round(3).tolist()
        [[0.0, 1.002, 3.004, inf]]
    """

    def __init__(self, length: int) -> None:
        self._first = 0
        self._counts = np.zeros((length, 0), np.int64)
        self._infinite = np.zeros(length, np.int64)

    def add(self, values: Distances) -> None:
        """Count values that are at least 0, infinite or NaN."""
        self._infinite += np.isposinf(values).sum(axis=1)
        is_finite = np.isfinite(values)
        if not is_finite.any():
            return
        rows, _ = np.nonzero(is_finite)
        magnitudes = np.abs(values)  # of -0, too
        whole = magnitudes.view(np.int64)
        bins = whole[is_finite] >> _DROPPED
        self._make_room(int(bins.min()), int(bins.max()))
        places = bins - self._first
        np.add.at(self._counts, (rows, places), 1)

    def at(self, ranks: Ranks) -> AtRanks:
        """Return the values of these ranks; infinity comes behind all, NaN last."""
        lower, upper = self.ends(ranks)
        middles = (lower + upper) / 2
        return np.where(lower == 0, 0.0, middles)

    def ends(self, ranks: Ranks) -> tuple[AtRanks, AtRanks]:
        """Return two values between which those of these ranks lie."""
        places = []
        for row in self._counts.cumsum(axis=1):
            place = np.searchsorted(row, ranks, side="right")
            places.append(place)
        bins = self._first + np.array(places)
        num_finite = self._counts.sum(axis=1)[:, None]
        num_numbers = num_finite + self._infinite[:, None]
        is_finite = ranks < num_finite
        beyond = np.where(ranks < num_numbers, np.inf, np.nan)
        lower = np.where(is_finite, _starts(bins), beyond)
        upper = np.where(is_finite, _starts(bins + 1), beyond)
        return lower, upper

    def sum_of_top(self, number: int) -> Float[np.ndarray, " length"]:
        """Return the sum of the largest values, all of which are finite."""
        descending = self._counts[:, ::-1]
        up_to = descending.cumsum(axis=1)
        of_top = np.minimum(up_to, number)
        taken = np.diff(of_top, axis=1, prepend=0)
        num_bins = self._counts.shape[1]
        bins = self._first + np.arange(num_bins)
        lower = _starts(bins)
        upper = _starts(bins + 1)
        middles = (lower + upper) / 2
        sums = taken * middles[::-1]
        return sums.sum(axis=1)

    def _make_room(self, least: int, largest: int) -> None:
        """Have a place for these bins and all between; whole octaves are added."""
        length, width = self._counts.shape
        first_octave = least // _OCTAVE
        last_octave = largest // _OCTAVE
        first = first_octave * _OCTAVE
        end = (last_octave + 1) * _OCTAVE
        if width:
            first = min(first, self._first)
            end = max(end, self._first + width)
        if end - first == width:
            return
        counts = np.zeros((length, end - first), np.int64)
        start = max(self._first - first, 0)
        counts[:, start : start + width] = self._counts
        self._counts = counts
        self._first = first


def _starts(bins: Int[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """Return the least value of each bin."""
    whole = bins.astype(np.int64) << _DROPPED
    return whole.view(np.float64)
