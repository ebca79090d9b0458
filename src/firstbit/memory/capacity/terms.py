r"""The functions of past inputs that are looked for: orthonormal ones.

$$ y(t) = \prod_i p_{d_i}(u_{t - m_i}), \qquad \sum_i d_i = d $$

p are Legendre polynomials for uniform inputs, Hermite's for normal ones.
"""

from collections.abc import Iterator
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax.scipy.special import ndtri
from jaxtyping import Array, Float, Int

from firstbit.memory.capacity.drive import BINARY, NORMAL, ONE_HOT, Drive


class Terms(NamedTuple):
    """Functions of one degree: each is a product of as many factors, some of them 1.

    Attributes:
        lags: of each factor.
        powers: degree of each factor; 0 for one that is 1.
    """

    lags: Int[np.ndarray, "term factor"]
    powers: Int[np.ndarray, "term factor"]


def terms_of(degree: int, num_lags: int, *, is_two_valued: bool) -> Terms:
    """Return all functions of a degree that see lags below `num_lags`.

    Args:
        degree: at least 1.
        num_lags: lags go from 0 to one less.
        is_two_valued: whether an input has two values: then no power above 1 counts.

    Example:
        >>> terms_of(2, 2, is_two_valued=False).powers.tolist()
        [[1, 1], [2, 0], [2, 0]]
        >>> len(terms_of(2, 2, is_two_valued=True).powers)
        1
    """
    lags = []
    powers = []
    largest = 1 if is_two_valued else degree
    for factors in _products(degree, num_lags, largest):
        missing = degree - len(factors)
        lags.append([lag for lag, _ in factors] + [0] * missing)
        powers.append([power for _, power in factors] + [0] * missing)
    shape = (len(lags), degree)
    of_lags = np.reshape(lags, shape).astype(int)
    of_powers = np.reshape(powers, shape).astype(int)
    return Terms(of_lags, of_powers)


def _products(
    degree: int, num_lags: int, largest: int, first: int = 0
) -> Iterator[list[tuple[int, int]]]:
    """Yield products of a degree as lists of (lag, power), lags in their order."""
    if degree == 0:
        yield []
        return
    for power in range(1, min(degree, largest) + 1):
        for lag in range(first, num_lags):
            for others in _products(degree - power, num_lags, largest, lag + 1):
                yield [(lag, power), *others]


def inputs_of(drive: Drive, uniform: Float[Array, "*some"]) -> Float[Array, "*some"]:
    """Return the inputs, in units of their scale, from numbers between -1 and 1."""
    if drive.law == NORMAL:
        return ndtri((uniform + 1) / 2)
    if drive.law in (BINARY, ONE_HOT):
        return jnp.where(uniform > 0, 1.0, -1.0)
    return uniform


def polynomials(
    drive: Drive, inputs: Float[Array, "stream time"]
) -> Float[Array, "power stream time"]:
    """Return the polynomials of degree 0 to 3 of each input, of variance 1."""
    u = inputs
    one = jnp.ones_like(u)
    if drive.law == NORMAL:
        second = (u**2 - 1) / 2**0.5
        third = (u**3 - 3 * u) / 6**0.5
        found = [one, u, second, third]
    elif drive.is_two_valued:
        found = [one, u]
    else:
        second = 5**0.5 * (3 * u**2 - 1) / 2
        third = 7**0.5 * (5 * u**3 - 3 * u) / 2
        found = [one, 3**0.5 * u, second, third]
    return jnp.stack(found)
