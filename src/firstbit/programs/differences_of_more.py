"""The difference of an operation's result at two points, of operands at both."""

from functools import partial

import jax
import jax.numpy as jnp
from jax.extend.core import JaxprEqn
from jax.typing import ArrayLike
from jaxtyping import Array

from firstbit.programs.differences_of_one import square
from firstbit.programs.moving import Moving, paired
from firstbit.programs.rules import (
    Binding,
    at_first_point,
    at_second_point,
    difference_of,
    of_one,
    on_last_axis,
)


def added(_: Binding, inputs: list[Moving]) -> Array:
    """Difference: da + db."""
    a, b = inputs
    if a.change is None:
        return b.difference()
    if b.change is None:
        return a.change
    return a.change + b.change


def bilinear(bind: Binding, inputs: list[Moving]) -> Array:
    """Difference of a product f: f(a, db) + f(da, b + db)."""
    a, b = inputs
    if b.change is None:
        return bind(a.difference(), b.value)
    if a.change is None:
        return bind(a.value, b.change)
    of_second = bind(a.value, b.change)
    of_first = bind(a.change, b.arrived())
    return of_second + of_first


def divided(bind: Binding, inputs: list[Moving]) -> Array:
    """Difference: (da - (a / b) db) / (b + db)."""
    a, b = inputs
    if b.change is None:
        return bind(a.difference(), b.value)
    change = 0 if a.change is None else a.change
    ratio = bind(a.value, b.value)
    above = change - ratio * b.change
    return above / b.arrived()


def larger(a: Moving, b: Moving) -> Array:
    """Change of the larger at the second point, and a jump if the choice differs."""
    da = a.difference()
    db = b.difference()
    is_a_here = jnp.greater_equal(a.value, b.value)
    is_a_there = a.value + da >= b.value + db
    chosen_there = jnp.where(is_a_there, a.value, b.value)
    chosen_here = jnp.where(is_a_here, a.value, b.value)
    jump = chosen_there - chosen_here
    return jnp.where(is_a_there, da, db) + jump


def maximum(_: Binding, inputs: list[Moving]) -> Array:
    """Larger of two: max(a, b)."""
    return larger(*inputs)


def absolute(x: Array, d: Array) -> tuple[Array, Array]:
    """By the larger of two: |x| = max(x, -x)."""
    here = Moving(x, d)
    change = larger(here, here.negative())
    return jnp.abs(x), change


def smaller(a: Moving, b: Moving) -> Array:
    """By the larger of two: min(a, b) = -max(-a, -b)."""
    return -larger(a.negative(), b.negative())


def minimum(_: Binding, inputs: list[Moving]) -> Array:
    """Smaller of two: min(a, b)."""
    return smaller(*inputs)


def clamped(_: Binding, inputs: list[Moving]) -> Array:
    """By the two: clamp(a, x, b) = min(max(x, a), b)."""
    least, x, most = inputs
    raised = Moving(jnp.maximum(x.value, least.value), larger(x, least))
    return smaller(raised, most)


def remainder(bind: Binding, inputs: list[Moving]) -> Array:
    """Difference: da - n' db - (n' - n) b, where n = (a - rem(a, b)) / b is whole."""
    a, b = inputs
    whole = _quotient(bind, a.value, b.value)
    whole_there = _quotient(bind, a.second(), b.second())
    drop = whole_there * b.difference()
    jump = (whole_there - whole) * b.value
    return a.difference() - drop - jump


def _quotient(bind: Binding, a: ArrayLike, b: ArrayLike) -> Array:
    multiple = jnp.subtract(a, bind(a, b))
    return jnp.round(jnp.divide(multiple, b))


def next_number(bind: Binding, inputs: list[Moving]) -> Array:
    """Difference of nextafter(a, b): da, and that of the two last places."""
    a, b = inputs
    here = bind(a.value, b.value) - a.value
    there = bind(a.second(), b.second()) - a.second()
    return a.difference() + (there - here)


def angle(_: Binding, inputs: list[Moving]) -> Array:
    """Difference of atan2(y, x): the angle between, and 2 pi across the cut.

    To or from the origin, where no angle is between, both are subtracted.
    """
    y, x = inputs
    across = x.value * y.difference() - y.value * x.difference()
    along = x.value * x.second() + y.value * y.second()
    between = jnp.arctan2(across, along)
    here = jnp.arctan2(y.value, x.value)
    there = jnp.arctan2(y.second(), x.second())
    left = there - here - between
    turns = jnp.round(left / (2 * jnp.pi))
    first_size = jnp.abs(x.value) + jnp.abs(y.value)
    starts = first_size == 0
    second_size = jnp.abs(x.second()) + jnp.abs(y.second())
    ends = second_size == 0
    turned = between + 2 * jnp.pi * turns
    return jnp.where(starts | ends, there - here, turned)


def power(bind: Binding, inputs: list[Moving]) -> Array:
    """Difference: x^y (e^s - 1), s = y' log(1 + dx / x) + dy log(x).

    Subtraction where s is large, or x is not positive: nothing cancels there.
    """
    x, y = inputs
    here = bind(x.value, y.value)
    there = bind(x.arrived(), y.arrived())
    dx = x.difference()
    first = jnp.asarray(x.value)
    second = jnp.asarray(x.arrived())
    is_safe = (first > 0) & (second > 0)
    if y.change is None:
        is_safe = first * second > 0
    base = jnp.where(is_safe, first, 1.0)
    growth = jnp.log1p(jnp.where(is_safe, dx, 0.0) / base)
    exponent = y.arrived() * growth
    if y.change is not None:
        exponent = exponent + y.change * jnp.log(base)
    is_near = is_safe & (jnp.abs(exponent) < 1)
    change = here * jnp.expm1(jnp.where(is_near, exponent, 0.0))
    return jnp.where(is_near, change, there - here)


def integer_power(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """By products: x^n is squared and multiplied; x^-n is one over x^n."""
    exponent = equation.params["y"]
    if exponent == 2:
        rule = of_one(square)
        return rule(equation, inputs)
    (value,) = at_first_point(equation, inputs)
    raised = _raised(inputs[0], abs(exponent))
    if exponent >= 0:
        return [Moving(value, raised.difference())]
    below = raised.value * raised.arrived()
    return [Moving(value, -raised.difference() / below)]


def _raised(x: Moving, exponent: int) -> Moving:
    """Return x^n: for each bit of n square, and multiply where it is set."""
    total = Moving(jnp.ones_like(x.value))
    for bit in format(exponent, "b"):
        total = _times(total, total)
        if bit == "1":
            total = _times(total, x)
    return total


def _times(a: Moving, b: Moving) -> Moving:
    change = None
    if a.moves or b.moves:
        change = bilinear(jnp.multiply, [a, b])
    return Moving(a.value * b.value, change)


def running_product(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """By pairs of value and difference, which multiply as numbers do."""
    axis = equation.params["axis"]
    reverse = equation.params["reverse"]
    (values,) = at_first_point(equation, inputs)
    changes = _products(inputs[0], axis, reverse=reverse)
    return paired([values], [changes])


def whole_product(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """By the running product along all its axes."""
    (x,) = inputs
    axes = equation.params["axes"]
    (value,) = at_first_point(equation, inputs)
    if not axes:
        return [x]
    values = on_last_axis(jnp.asarray(x.value), axes)
    row = Moving(values, on_last_axis(x.difference(), axes))
    products = _products(row, axis=-1, reverse=False)
    return [Moving(value, products[..., -1])]


def _products(x: Moving, axis: int, *, reverse: bool) -> Array:
    """Return the differences of the running products along an axis."""

    def multiply(a: tuple, b: tuple) -> tuple:
        product = _times(Moving(*a), Moving(*b))
        return product.value, product.difference()

    pairs = (jnp.asarray(x.value), x.difference())
    axis = axis % pairs[0].ndim
    _, changes = jax.lax.associative_scan(multiply, pairs, axis=axis, reverse=reverse)
    return changes


def chosen(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Change of the case chosen at both points, else both results subtracted."""
    which, *cases = inputs
    (value,) = at_first_point(equation, inputs)
    bind = partial(equation.primitive.bind, **equation.params)
    changes = [case.difference() for case in cases]
    moved = bind(which.value, *changes)
    if not which.moves:
        return [Moving(value, moved)]
    (there,) = at_second_point(equation, inputs)
    agree = jnp.equal(which.value, which.second())
    apart = jnp.subtract(there, value)
    return [Moving(value, jnp.where(agree, moved, apart))]


def of_larger_complex(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Larger or smaller of two complex numbers, by real parts first."""
    a, b = inputs
    (here,) = at_first_point(equation, inputs)
    (there,) = at_second_point(equation, inputs)
    is_a_here = jnp.equal(here, a.value)
    is_a_there = jnp.equal(there, a.second())
    change = jnp.where(is_a_there, a.difference(), b.difference())
    subtracted = jnp.subtract(there, here)
    return [Moving(here, jnp.where(is_a_here == is_a_there, change, subtracted))]


ADDED = difference_of(added)
BILINEAR = difference_of(bilinear)
DIVIDED = difference_of(divided)
