"""A function's value at x and its difference to that at x + d, without subtraction."""

import jax.numpy as jnp
from jaxtyping import Array

from firstbit.programs.exponential import exp as exponential
from firstbit.programs.exponential import exp_in_parts
from firstbit.programs.kept import kept

Both = tuple[Array, Array]
"""f(x) and f(x + d) - f(x)."""

_LARGEST = 230.0
"""Fields of the logistic function are clipped to this: exp(-230) is 1e-100, and
products of exponentials stay finite."""


def logistic(x: Array, d: Array) -> Both:
    """Logistic function: 1 / (1 + e^-x)."""
    return _logistic_of(*_exponentials(x, d))


@kept
def _exponentials(x: Array, d: Array) -> tuple[Array, tuple[Array, Array]]:
    """Return e^-x, and e^-d in parts: once for the value and the difference."""
    near, step = _clipped(x, d)
    return exponential(-near), exp_in_parts(-step)


def _clipped(x: Array, d: Array) -> Both:
    """Clip x and x + d to +-230; return the first, and their difference.

    Where neither is beyond, it is d with all its digits. Where both are on one side, it
    is 0: what they differ by there is below 1e-100.
    """
    near = jnp.clip(x, -_LARGEST, _LARGEST)
    beyond = x - near
    step = jnp.clip(d + beyond, -_LARGEST - near, _LARGEST - near)
    return near, step


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


def one_minus_square(x: Array, d: Array) -> Both:
    """Difference: -d (2x + d)."""
    value = (1 - x) * (1 + x)
    change = -d * (2 * x + d)
    return value, change


def sqrt(x: Array, d: Array, second: Array) -> Both:
    """Difference: d / (a + b), where a and b are the two roots."""
    here = jnp.sqrt(x)
    there = jnp.sqrt(second)
    return here, _quotient(d, here + there)


def _quotient(d: Array, below: Array) -> Array:
    """Return d / below, and 0 where both roots are zero."""
    is_zero = below == 0
    safe = jnp.where(is_zero, 1.0, below)
    return jnp.where(is_zero, 0.0, d / safe)


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


def log2(x: Array, d: Array) -> Both:
    """Difference: that of the natural logarithm, over ln 2."""
    _, change = log(x, d)
    return jnp.log2(x), change / jnp.log(2.0)


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


def tan(x: Array, d: Array) -> Both:
    """Difference: sin(d) / (cos(x) cos(x + d))."""
    below = jnp.cos(x) * jnp.cos(x + d)
    return jnp.tan(x), jnp.sin(d) / below


def atan(x: Array, d: Array) -> Both:
    """Difference: the angle between (1, x) and (1, x + d)."""
    change = jnp.arctan2(d, 1 + x * (x + d))
    return jnp.arctan(x), change


def asin(x: Array, d: Array, second: Array) -> Both:
    """Difference: the angle between (c, x) and (c', x + d), with x^2 + c^2 = 1."""
    value = jnp.arcsin(x)
    return value, _between_sines(x, d, second)


def acos(x: Array, d: Array, second: Array) -> Both:
    """Difference: that of the arc sine with the other sign."""
    value = jnp.arccos(x)
    return value, -_between_sines(x, d, second)


def _between_sines(x: Array, d: Array, there: Array) -> Array:
    cosine = jnp.sqrt((1 - x) * (1 + x))
    cosine_there = jnp.sqrt((1 - there) * (1 + there))
    fall = _quotient(d * (x + there), cosine + cosine_there)
    across = cosine * d + x * fall
    along = cosine * cosine_there + x * there
    return jnp.arctan2(across, along)


def atanh(x: Array, d: Array) -> Both:
    """Difference: the inverse of d / (1 - x (x + d))."""
    change = jnp.arctanh(d / (1 - x * (x + d)))
    return jnp.arctanh(x), change


def sinh(x: Array, d: Array) -> Both:
    """Difference: 2 cosh(x + d/2) times the hyperbolic sine of d/2."""
    half = d / 2
    change = 2 * jnp.cosh(x + half) * jnp.sinh(half)
    return jnp.sinh(x), change


def cosh(x: Array, d: Array) -> Both:
    """Difference: 2 sinh(x + d/2) sinh(d/2)."""
    half = d / 2
    change = 2 * jnp.sinh(x + half) * jnp.sinh(half)
    return jnp.cosh(x), change


def exp2(x: Array, d: Array) -> Both:
    """Difference: 2^x (e^(d ln 2) - 1)."""
    value = jnp.exp2(x)
    change = value * jnp.expm1(d * jnp.log(2.0))
    return value, change


def cbrt(x: Array, d: Array, second: Array) -> Both:
    """Difference: d / (a^2 + a b + b^2), where a and b are the two roots."""
    here = jnp.cbrt(x)
    there = jnp.cbrt(second)
    below = here * here + here * there + there * there
    return here, _quotient(d, below)
