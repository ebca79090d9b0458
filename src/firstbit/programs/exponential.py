"""Compute exp(x) and exp(x) - 1 in float64 by plain arithmetic.

A compiler turns it into vector instructions. XLA's own `expm1` costs four times as much
on a CPU, and the exponential is most of what a logistic cell computes.
"""

import math

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_SHIFT = 1.5 * 2**52
"""Added to a whole number n, this leaves n in the low bits of the sum."""

_PER_LN2 = 1 / math.log(2)

_DEGREE = 13
"""Degree of the Taylor polynomial on |r| <= ln(2)/2: its remainder is below half a unit
in the last place."""


def exp(x: Float[Array, "..."]) -> Float[Array, "..."]:
    """Compute the exponential, to 2 units in the last place, for |x| <= 700.

    Example:
        >>> with jax.enable_x64(True):
        ...     print(round(float(exp(jnp.array(1.0))), 12))
        2.718281828459
    """
    power, less_one = exp_in_parts(x)
    return power + power * less_one


def exp_in_parts(
    x: Float[Array, "..."],
) -> tuple[Float[Array, "..."], Float[Array, "..."]]:
    """Return P = 2^n and Q = exp(r) - 1, where x = n ln 2 + r and |r| <= ln(2)/2.

    exp(x) is P + P Q, and exp(x) - 1 is P Q + (P - 1) without cancellation near 0. x is
    cast to float64; |x| must be at most 700.

    Example:
        >>> with jax.enable_x64(True):
        ...     print(*map(float, exp_in_parts(jnp.array(1e-40))))
        1.0 1e-40
    """
    double = x.astype(jnp.float64)
    n = jnp.round(double * _PER_LN2)
    r = (double - n * _LN2_HIGH) - n * _LN2_LOW
    less_one = _less_one(r)
    return _power_of_two(n), less_one


def _less_one(r: Float[Array, "..."]) -> Float[Array, "..."]:
    """Compute exp(r) - 1 for |r| <= ln(2)/2, by its Taylor series."""
    series = jnp.full_like(r, 1 / math.factorial(_DEGREE))
    for i in range(_DEGREE - 1, 0, -1):
        coefficient = 1 / math.factorial(i)
        series = series * r + coefficient
    return series * r


def _power_of_two(n: Float[Array, "..."]) -> Float[Array, "..."]:
    """Compute 2^n for whole numbers n: n goes into the bits of the exponent."""
    whole = jax.lax.bitcast_convert_type(n + _SHIFT, jnp.int64)
    bits = (whole << 52) + (1023 << 52)
    return jax.lax.bitcast_convert_type(bits, jnp.float64)
