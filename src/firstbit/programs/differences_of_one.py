"""A function's value at x and its difference to that at x + d, without subtraction."""

import jax.numpy as jnp
from jaxtyping import Array

from firstbit.programs.exponential import exp as exponential
from firstbit.programs.exponential import exp_in_parts
from firstbit.programs.kept import kept

Both = tuple[Array, Array]
"""f(x) and f(x + d) - f(x)."""


def logistic(x: Array, d: Array) -> Both:
    """Logistic function: 1 / (1 + e^-x)."""
    return _logistic_of(*_exponentials(x, d))


@kept
def _exponentials(x: Array, d: Array) -> tuple[Array, tuple[Array, Array]]:
    """Return e^-x, and e^-d in parts: once for the value and the difference."""
    return exponential(-x), exp_in_parts(-d)


@kept
def _logistic_of(e: Array, parts: tuple[Array, Array]) -> tuple[Array, Array]:
    """With e = e^-x: 1 / (1 + e), and -e (e^-d - 1) / ((1 + e) (1 + e e^-d))."""
    power, less_one = parts
    # Not 1 + e (1 + expm1): where d is large and e larger, the sum would lose f.
    moved = 1 + e * (power + power * less_one)
    return 1 / (1 + e), -e * (power * less_one + (power - 1)) / ((1 + e) * moved)


def tanh(x: Array, d: Array) -> Both:
    """By the logistic function f: 2 f(2x) - 1."""
    value, change = logistic(2 * x, 2 * d)
    return 2 * value - 1, 2 * change


def exp(x: Array, d: Array) -> Both:
    """Difference: e^x (e^d - 1)."""
    value = jnp.exp(x)
    return value, value * jnp.expm1(d)


def expm1(x: Array, d: Array) -> Both:
    """Difference: e^x (e^d - 1)."""
    return jnp.expm1(x), jnp.exp(x) * jnp.expm1(d)


def square(x: Array, d: Array) -> Both:
    """Difference: d (2x + d)."""
    return x * x, d * (2 * x + d)


def sqrt(x: Array, d: Array) -> Both:
    """Difference: d / (a + b), where a and b are the two roots."""
    value = jnp.sqrt(x)
    return value, d / (value + jnp.sqrt(x + d))


def rsqrt(x: Array, d: Array) -> Both:
    """Difference: -d / (a b (a + b)), where a and b are the two roots."""
    here, there = jnp.sqrt(x), jnp.sqrt(x + d)
    return 1 / here, -d / (here * there * (here + there))


def log(x: Array, d: Array) -> Both:
    """Difference: the logarithm of 1 + d / x."""
    return jnp.log(x), jnp.log1p(d / x)


def log1p(x: Array, d: Array) -> Both:
    """Difference: the logarithm of 1 + d / (1 + x)."""
    return jnp.log1p(x), jnp.log1p(d / (1 + x))


def sin(x: Array, d: Array) -> Both:
    """Difference: 2 cos(x + d/2) times the sine of d/2."""
    return jnp.sin(x), 2 * jnp.cos(x + d / 2) * jnp.sin(d / 2)


def cos(x: Array, d: Array) -> Both:
    """Difference: -2 sin(x + d/2) sin(d/2)."""
    return jnp.cos(x), -2 * jnp.sin(x + d / 2) * jnp.sin(d / 2)
