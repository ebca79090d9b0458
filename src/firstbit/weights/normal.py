"""Normal and uniform numbers from 32 random bits each.

Single precision is enough here. The numbers follow the quantiles to 1e-6 up to 5
standard deviations (one in 10^6 lies beyond), far below the statistical error of any
number of draws. Double precision costs four times as much, and took half of all time.
Everything computed with the numbers is in double precision.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Float32, UInt32

_CENTRE = (
    2.81022636e-08,
    3.43273939e-07,
    -3.5233877e-06,
    -4.39150654e-06,
    2.1858087e-04,
    -1.25372503e-03,
    -4.17768164e-03,
    0.246640727,
    1.50140941,
)
_TAIL = (
    -2.00214257e-04,
    1.00950558e-04,
    1.34934322e-03,
    -3.67342844e-03,
    5.73950773e-03,
    -7.6224613e-03,
    9.43887047e-03,
    1.00167406,
    2.83297682,
)


def normal(bits: UInt32[Array, "..."]) -> Float[Array, "..."]:
    r"""Return standard normal numbers, $\sqrt 2 \, \mathrm{erf}^{-1}(x)$.

    They have JAX's current float type, and are odd in the bits' sign. With $w = -\log(1
    - x^2)$, $\mathrm{erf}^{-1}(x) = x \, p(w)$, one polynomial for w < 5 and one in
    $\sqrt w$ beyond. The distance of x from 1 is computed by itself, so that the tail
    keeps its digits.

    References:
        Giles, "Approximating the erfinv function", GPU Computing Gems 2, 2010, single
        precision.
    """
    negative, end = _sign_and_distance(bits)
    w = -jnp.log(4 * end * (1 - end))
    centre = _polynomial(_CENTRE, w - np.float32(2.5))
    tail = _polynomial(_TAIL, jnp.sqrt(w) - 3)
    ratio = jnp.where(w < 5, centre, tail)
    size = np.float32(np.sqrt(2)) * (1 - 2 * end) * ratio
    return jnp.where(negative, -size, size).astype(float)


def symmetric_uniform(bits: UInt32[Array, "..."]) -> Float[Array, "..."]:
    """Return uniform numbers on (-1, 1), both ends excluded.

    They have JAX's current float type, and are odd in the bits' sign.
    """
    negative, end = _sign_and_distance(bits)
    size = jnp.minimum(1 - 2 * end, np.float32(1 - 2.0**-24))
    return jnp.where(negative, -size, size).astype(float)


def _sign_and_distance(
    bits: UInt32[Array, "..."],
) -> tuple[Bool[Array, "..."], Float32[Array, "..."]]:
    """Return whether x is negative, and half the distance of |x| from 1."""
    signed = jax.lax.bitcast_convert_type(bits, jnp.int32)
    negative = signed < 0
    steps = jnp.where(negative, ~signed, signed).astype(jnp.float32) + np.float32(0.5)
    largest = np.float32(0.5 - 2.0**-25)
    return negative, jnp.minimum(steps * np.float32(2.0**-32), largest)


def _polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    """Evaluate a polynomial, its highest coefficient first, by Horner's rule."""
    total = jnp.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        total = total * x + np.float32(coefficient)
    return total
