r"""How much of a function lies in the span of the states, less what chance puts there.

$$ C = \frac{\lVert Q Q^T y \rVert^2}{\lVert y \rVert^2}, \qquad
   \hat C = C - (1 - C) \frac{p}{T - 1 - p} $$

Q is an orthonormal basis of the p independent columns of the centred states. A function
that has nothing to do with T states has C = p / (T - 1) on average: with 30 units and
600 steps, lags without any memory add up to more than the units hold.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from firstbit.memory.capacity.drive import Drive
from firstbit.memory.capacity.terms import Terms, polynomials, terms_of

CONSTANT_BELOW = 1e-13
"""A number that varies by less than this share of its size is constant, but for
rounding."""

TERMS_AT_ONCE = 256


class Basis(NamedTuple):
    """Directions in which states vary.

    Attributes:
        columns: orthonormal over time; 0 where there are fewer directions.
        rank: how many directions float64 tells from rounding.
    """

    columns: Float[Array, "sample direction"]
    rank: Int[Array, ""]


@jax.jit
def basis_of(states: Float[Array, "sample unit"]) -> Basis:
    """Return an orthonormal basis of centred states, each of variance 1."""
    apart = states - states.mean(axis=0)
    spread = apart.std(axis=0)
    size = jnp.max(jnp.abs(states), axis=0)
    varies = spread > CONSTANT_BELOW * size
    unit = jnp.where(varies, spread, 1.0)
    columns = jnp.where(varies, apart / unit, 0.0)
    left, values, _ = jnp.linalg.svd(columns, full_matrices=False)
    rounding = jnp.finfo(values.dtype).eps * len(states)
    is_there = values > rounding * jnp.max(values)
    directions = jnp.where(is_there, left, 0.0)
    return Basis(directions, jnp.sum(is_there))


@jax.jit
def _captured(
    basis: Basis,
    powers_of: Float[Array, "power stream time"],
    places: Int[Array, "term factor"],
    powers: Int[Array, "term factor"],
    reads: Int[Array, " step"],
) -> Float[Array, " term"]:
    """Return the share of each function that lies in the span, less chance."""

    def one(place: Array, power: Array) -> Array:
        # (factor, step, stream): inputs as many steps before each state that is read.
        times = reads[None, :] - place[:, None]
        factors = powers_of[power[:, None], :, times]
        return jnp.prod(factors, axis=0)

    values = jax.vmap(one)(places, powers)  # (term, step, stream)
    by_stream = jnp.swapaxes(values, 1, 2)
    flat = by_stream.reshape(len(places), -1)
    apart = flat - flat.mean(axis=1, keepdims=True)
    inside = apart @ basis.columns
    captured = jnp.sum(inside**2, axis=1)
    share = captured / jnp.sum(apart**2, axis=1)
    num_samples = flat.shape[1]
    chance = basis.rank / (num_samples - 1 - basis.rank)
    return share - (1 - share) * chance


def capacities(
    basis: Basis, drive: Drive, inputs: Float[Array, "stream time"], degree: int
) -> Float[np.ndarray, " term"]:
    """Return the capacity of each function of one degree.

    Args:
        basis: of the states, stream by stream.
        drive: which functions.
        inputs: in units of their scale.
        degree: at least 1.
    """
    terms = drive_terms(drive, degree)
    powers_of = polynomials(drive, inputs)
    reads = drive.first_read + jnp.arange(drive.steps_a_stream)
    found = []
    for first in range(0, len(terms.lags), TERMS_AT_ONCE):
        some = slice(first, first + TERMS_AT_ONCE)
        lags = jnp.asarray(terms.lags[some])
        powers = jnp.asarray(terms.powers[some])
        captured = _captured(basis, powers_of, lags, powers, reads)
        found.append(np.asarray(captured))
    return np.concatenate([np.zeros(0), *found])


def drive_terms(drive: Drive, degree: int) -> Terms:
    """Return the functions of one degree that a drive looks for."""
    num_lags = drive.lags[degree - 1]
    return terms_of(degree, num_lags, is_two_valued=drive.is_two_valued)
