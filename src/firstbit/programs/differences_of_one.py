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
    below = 1 + e
    grown = power * less_one
    # Not 1 + e (1 + expm1): where d is large and e larger, the sum would lose f.
    moved = 1 + e * (power + grown)
    value = 1 / below
    expm1_of_d = grown + (power - 1)
    change = -e * expm1_of_d / (below * moved)
    return value, change


def tanh(x: Array, d: Array) -> Both:
    """By the logistic function f: 2 f(2x) - 1."""
    of_double, change = logistic(2 * x, 2 * d)
    value = 2 * of_double - 1
    return value, 2 * change


def exp(x: Array, d: Array) -> Both:
    """Difference: e^x (e^d - 1)."""
    value = jnp.exp(x)
    change = value * jnp.expm1(d)
    return value, change


def expm1(x: Array, d: Array) -> Both:
    """Difference: e^x (e^d - 1)."""
    value = jnp.expm1(x)
    change = jnp.exp(x) * jnp.expm1(d)
    return value, change


def square(x: Array, d: Array) -> Both:
    """Difference: d (2x + d)."""
    value = x * x
    change = d * (2 * x + d)
    return value, change


def sqrt(x: Array, d: Array) -> Both:
    """Difference: d / (a + b), where a and b are the two roots."""
    here = jnp.sqrt(x)
    there = jnp.sqrt(x + d)
    return here, d / (here + there)


def rsqrt(x: Array, d: Array) -> Both:
    """Difference: -d / (a b (a + b)), where a and b are the two roots."""
    here = jnp.sqrt(x)
    there = jnp.sqrt(x + d)
    below = here * there * (here + there)
    return 1 / here, -d / below


def log(x: Array, d: Array) -> Both:
    """Difference: the logarithm of 1 + d / x."""
    value = jnp.log(x)
    change = jnp.log1p(d / x)
    return value, change


def log1p(x: Array, d: Array) -> Both:
    """Difference: the logarithm of 1 + d / (1 + x)."""
    value = jnp.log1p(x)
    change = jnp.log1p(d / (1 + x))
    return value, change


def sin(x: Array, d: Array) -> Both:
    """Difference: 2 cos(x + d/2) times the sine of d/2."""
    half = d / 2
    value = jnp.sin(x)
    slope = jnp.cos(x + half)
    change = 2 * slope * jnp.sin(half)
    return value, change


def cos(x: Array, d: Array) -> Both:
    """Difference: -2 sin(x + d/2) sin(d/2)."""
    half = d / 2
    value = jnp.cos(x)
    slope = jnp.sin(x + half)
    change = -2 * slope * jnp.sin(half)
    return value, change
