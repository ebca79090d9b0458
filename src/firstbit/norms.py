"""Sums of squares of numbers of any size.

The square of 1e-170 is 0, and that of 1e170 is infinite. So numbers are divided by a
power of two near them before they are squared: that changes no digit.
"""

from types import ModuleType
from typing import TypeVar

import numpy as np

SMALLEST, LARGEST = -1021, 1023
"""Exponents of two from the smallest number that has all digits to the largest."""

USUAL = 1e-100, 1e100
"""Between these the squares of numbers have all digits, and so have their sums."""

Numbers = TypeVar("Numbers")
"""An array of NumPy, or of JAX inside a program."""


def power_of_two(values: Numbers, *, xp: ModuleType = np) -> Numbers:
    """Return about the size of each value; 1 of zero, and of what isn't finite.

    Args:
        values: real numbers, of any shape.
        xp: `numpy`, or `jax.numpy` inside a program.

    Example:
        >>> power_of_two(np.array([3.0, 0.1, 0.0, np.nan])).tolist()
        [4.0, 0.125, 1.0, 1.0]
    """
    usual = xp.where(xp.isfinite(values), values, 0.0)
    _, exponents = xp.frexp(usual)
    return xp.ldexp(1.0, xp.clip(exponents, SMALLEST, LARGEST))


def divisor(values: np.ndarray) -> np.ndarray:
    """Return by what numbers of about these sizes are divided before they are squared.

    It is 1 for all where no square leaves the usual numbers: nothing is to be divided.

    Example:
        >>> divisor(np.array([3.0, 0.1])).tolist()
        [1.0, 1.0]
        >>> divisor(np.array([3.0, 1e-170])).tolist() == [4.0, 2.0**-564]
        True
    """
    sizes = np.abs(values)
    is_between = (sizes > USUAL[0]) & (sizes < USUAL[1])
    is_usual = (sizes == 0) | is_between
    return np.ones_like(sizes) if is_usual.all() else power_of_two(sizes)


def norm(vectors: Numbers, axis: int = -1, *, xp: ModuleType = np) -> Numbers:
    """Return the Euclidean norms of vectors of any size along an axis.

    Args:
        vectors: real or complex numbers.
        axis: of the entries of a vector.
        xp: `numpy`, or `jax.numpy` inside a program.

    Example:
        >>> norm(np.array([3e-200, 4e-200])).item()
        5e-200
    """
    sizes = xp.abs(vectors).astype(float)
    largest = xp.max(sizes, axis=axis, keepdims=True, initial=0.0)
    scale = power_of_two(largest, xp=xp)
    squares = xp.sum((sizes / scale) ** 2, axis=axis)
    return xp.squeeze(scale, axis=axis) * xp.sqrt(squares)
