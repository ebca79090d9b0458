r"""The exact memory capacity of a linear net at each lag, in whole numbers.

$$ r^2(m) = z_m^T \Sigma^+ z_m, \qquad z_m = A^m b, \qquad
   \Sigma = \sum_{m \ge 0} z_m z_m^T $$

Over all lags it adds up to the rank of the controllability matrix. float64 can't say
it: the smallest directions of Sigma are far below its rounding. Here numbers are whole
multiples of 2^-P, and P doubles until the smallest pivot of Sigma stands out.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

FEWEST_BITS = 256

MOST_BITS = 1 << 14

Whole = np.ndarray
"""Whole numbers of Python, in units of 2^-P."""


class _Factors(NamedTuple):
    """Sigma = L D L^T, of the directions that are reached, in the order of pivots."""

    order: list[int]
    lower: Whole
    pivots: list[int]


def exact_profile(
    matrix: Float[np.ndarray, "unit unit"],
    inputs: Float[np.ndarray, " unit"],
    rank: int,
    num_lags: int,
) -> Float[np.ndarray, " lag"]:
    """Return r^2 at lags from 0 on, of independent inputs of one variance.

    Args:
        matrix: A, of spectral radius below 1.
        inputs: b.
        rank: of the controllability matrix, as `controllable` says it.
        num_lags: how many.

    Example:
        >>> leak = exact_profile(np.array([[0.5]]), np.array([3.0]), 1, 3)
        >>> leak.tolist()
        [0.75, 0.1875, 0.046875]
    """
    # Columns of one size: the scale of b has no part in r^2.
    scaled = inputs / np.abs(inputs).max(initial=1e-300)
    bits = FEWEST_BITS
    while True:
        found = _profile(
            _whole(matrix, bits), _whole(scaled, bits), rank, num_lags, bits
        )
        if found is not None:
            return found
        bits *= 2
        if bits > MOST_BITS:
            return np.full(num_lags, np.nan)


def _profile(
    matrix: Whole, column: Whole, rank: int, num_lags: int, bits: int
) -> np.ndarray | None:
    """Return r^2 with that many bits; None where they are too few."""
    covariance = _covariance(matrix, column, bits)
    if covariance is None:
        return None
    factors = _factors(covariance, rank, bits)
    if factors is None:
        return None
    found = []
    for _ in range(num_lags):
        found.append(_share(factors, column, bits))
        column = (matrix @ column) >> bits
    return np.array(found)


def _covariance(matrix: Whole, column: Whole, bits: int) -> Whole | None:
    """Return Sigma, by doubling the lags; None where it doesn't end."""
    total = (column[:, None] * column[None]) >> bits
    power = matrix
    for _ in range(bits):  # it doubles: far more than any radius below 1 needs
        more = (((power @ total) >> bits) @ power.T) >> bits
        if not np.any(np.abs(more) > 1):
            return total
        total = total + more
        power = (power @ power) >> bits
    return None


def _factors(covariance: Whole, rank: int, bits: int) -> _Factors | None:
    """Factor Sigma with the largest pivot first; None where a pivot is too small."""
    size = len(covariance)
    left = covariance.copy()
    order = list(range(size))
    lower = np.zeros((size, rank), dtype=object)
    pivots = []
    for step in range(rank):
        largest = max(range(step, size), key=lambda row: left[row, row])
        _swap(left, order, lower, step, largest)
        pivot = int(left[step, step])
        if pivot >> (bits // 2) == 0:
            return None
        pivots.append(pivot)
        column = (left[step:, step] << bits) // pivot
        lower[step:, step] = column
        row = left[step, step + 1 :]
        outer = (column[1:, None] * row[None]) >> bits
        left[step + 1 :, step + 1 :] -= outer
    return _Factors(order, lower, pivots)


def _swap(left: Whole, order: list[int], lower: Whole, one: int, other: int) -> None:
    """Swap two directions."""
    left[[one, other]] = left[[other, one]]
    left[:, [one, other]] = left[:, [other, one]]
    lower[[one, other]] = lower[[other, one]]
    order[one], order[other] = order[other], order[one]


def _share(factors: _Factors, column: Whole, bits: int) -> float:
    """Return z^T Sigma^+ z, by substitution."""
    rest = column[factors.order].copy()
    total = 0
    for step, pivot in enumerate(factors.pivots):
        value = int(rest[step])
        total += value * value // pivot
        rest[step:] -= (factors.lower[step:, step] * value) >> bits
    return total / (1 << bits)


def _whole(numbers: np.ndarray, bits: int) -> Whole:
    """Return float64 numbers in units of 2^-bits."""
    found = np.empty(numbers.size, dtype=object)
    for place, number in enumerate(numbers.ravel().tolist()):
        top, bottom = float(number).as_integer_ratio()
        found[place] = (top << bits) // bottom
    return found.reshape(numbers.shape)
