"""A complex function's value at z and its difference to that at z + d.

The identities are those of real numbers, where their parts keep their digits; roots and
logarithms know on which side of their cut they are.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array

from firstbit.programs.differences_of_one import Both


def exp(z: Array, d: Array) -> Both:
    """Difference: e^z (e^d - 1)."""
    value = jnp.exp(z)
    return value, value * _expm1(d)


def expm1(z: Array, d: Array) -> Both:
    """Difference: e^z (e^d - 1)."""
    change = jnp.exp(z) * _expm1(d)
    return _expm1(z), change


def _expm1(z: Array) -> Array:
    """Return e^z - 1, each part without cancellation near 0."""
    along = jnp.real(z)
    angle = jnp.imag(z)
    grown = jnp.expm1(along)
    turned = 2 * jnp.sin(angle / 2) ** 2
    real = grown * jnp.cos(angle) - turned
    imaginary = jnp.exp(along) * jnp.sin(angle)
    return jax.lax.complex(real, imaginary)


def log(z: Array, d: Array, second: Array) -> Both:
    """Difference: the logarithm of 1 + d / z, and 2 pi i where the cut is crossed."""
    here = jnp.log(z)
    there = jnp.log(second)
    apart = _log1p(d / z)
    left = jnp.imag(there - here - apart)
    turns = jnp.round(left / (2 * jnp.pi))
    none = jnp.zeros_like(turns)
    crossed = jax.lax.complex(none, 2 * jnp.pi * turns)
    return here, apart + crossed


def log1p(z: Array, d: Array, second: Array) -> Both:
    """Difference: that of the logarithm at 1 + z."""
    _, change = log(1 + z, d, 1 + second)
    return _log1p(z), change


def _log1p(z: Array) -> Array:
    """Return log(1 + z), which keeps its digits near 0."""
    x = jnp.real(z)
    y = jnp.imag(z)
    real = jnp.log1p(2 * x + x * x + y * y) / 2
    imaginary = jnp.arctan2(y, 1 + x)
    return jax.lax.complex(real, imaginary)


def sqrt(z: Array, d: Array, second: Array) -> Both:
    """Difference: d / (a + b) of the two roots a and b, or b - a across the cut."""
    here = jnp.sqrt(z)
    there = jnp.sqrt(second)
    total = here + there
    apart = there - here
    is_near = jnp.abs(apart) < jnp.abs(total)
    safe = jnp.where(is_near, total, 1.0)
    return here, jnp.where(is_near, d / safe, apart)


def rsqrt(z: Array, d: Array, second: Array) -> Both:
    """Difference: -(b - a) / (a b) of the two roots a and b."""
    here, apart = sqrt(z, d, second)
    there = jnp.sqrt(second)
    return 1 / here, -apart / (here * there)


def tanh(z: Array, d: Array) -> Both:
    """Difference: sinh(d) / (cosh(z) cosh(z + d)), or subtraction where d is large."""
    here = jnp.tanh(z)
    there = jnp.tanh(z + d)
    is_near = jnp.abs(d) < 1
    step = jnp.where(is_near, d, 0.0)
    below = _cosh(z) * _cosh(z + step)
    change = _sinh(step) / below
    return here, jnp.where(is_near, change, there - here)


def _sinh(z: Array) -> Array:
    """Return the hyperbolic sine, each part with its digits near 0."""
    x = jnp.real(z)
    y = jnp.imag(z)
    real = jnp.sinh(x) * jnp.cos(y)
    imaginary = jnp.cosh(x) * jnp.sin(y)
    return jax.lax.complex(real, imaginary)


def _cosh(z: Array) -> Array:
    x = jnp.real(z)
    y = jnp.imag(z)
    real = jnp.cosh(x) * jnp.cos(y)
    imaginary = jnp.sinh(x) * jnp.sin(y)
    return jax.lax.complex(real, imaginary)


def sinh(z: Array, d: Array) -> Both:
    """Difference: 2 cosh(z + d/2) times the hyperbolic sine of d/2."""
    half = d / 2
    change = 2 * _cosh(z + half) * _sinh(half)
    return jnp.sinh(z), change


def cosh(z: Array, d: Array) -> Both:
    """Difference: 2 sinh(z + d/2) sinh(d/2)."""
    half = d / 2
    change = 2 * _sinh(z + half) * _sinh(half)
    return jnp.cosh(z), change


def logistic(z: Array, d: Array) -> Both:
    """By the hyperbolic tangent: (1 + tanh(z / 2)) / 2."""
    of_half, change = tanh(z / 2, d / 2)
    return (1 + of_half) / 2, change / 2


def absolute(z: Array, d: Array) -> Both:
    """Difference: Re((2 z + d) conj(d)) / (|z| + |z + d|)."""
    here = jnp.abs(z)
    there = jnp.abs(z + d)
    total = here + there
    above = jnp.real((2 * z + d) * jnp.conj(d))
    is_zero = total == 0
    safe = jnp.where(is_zero, 1.0, total)
    return here, jnp.where(is_zero, 0.0, above / safe)


def sign(z: Array, d: Array) -> Both:
    """Difference of z / |z|: (d |z| - z (|z + d| - |z|)) / (|z| |z + d|).

    JAX's derivative is zero, which is that of real numbers.
    """
    here = jnp.sign(z)
    there = jnp.sign(z + d)
    real_size, real_growth = absolute(z, d)
    size = real_size.astype(z.dtype)
    growth = real_growth.astype(z.dtype)
    below = size * (size + growth)
    is_zero = below == 0
    safe = jnp.where(is_zero, jnp.ones_like(below), below)
    change = (d * size - z * growth) / safe
    return here, jnp.where(is_zero, there - here, change)
