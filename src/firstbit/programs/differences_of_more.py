"""The difference of an operation's result at two points, of operands at both."""

from collections.abc import Callable

import jax.numpy as jnp
from jaxtyping import Array

from firstbit.programs.moving import Moving

Binding = Callable[..., Array]
"""The operation itself, as a function of its operands."""


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
        return bind(a.change, b.value)
    if a.change is None:
        return bind(a.value, b.change)
    of_second = bind(a.value, b.change)
    of_first = bind(a.change, b.second())
    return of_second + of_first


def divided(bind: Binding, inputs: list[Moving]) -> Array:
    """Difference: (da - (a / b) db) / (b + db)."""
    a, b = inputs
    if b.change is None:
        return bind(a.change, b.value)
    change = 0 if a.change is None else a.change
    ratio = bind(a.value, b.value)
    above = change - ratio * b.change
    return above / b.second()


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


def minimum(_: Binding, inputs: list[Moving]) -> Array:
    """By the larger of two: min(a, b) = -max(-a, -b)."""
    a, b = inputs
    return -larger(a.negative(), b.negative())


def chosen(bind: Binding, inputs: list[Moving]) -> Array:
    """Change of the case chosen at the second point, and a jump if that differs."""
    which, *cases = inputs
    there = which.second()
    changes = [case.difference() for case in cases]
    moved = bind(there, *changes)
    if which.change is None:
        return moved
    values = [case.value for case in cases]
    chosen_there = bind(there, *values)
    chosen_here = bind(which.value, *values)
    jump = chosen_there - chosen_here
    return moved + jump


def converted(bind: Binding, inputs: list[Moving]) -> Array:
    """Convert a real number's change; of others, subtract the converted values."""
    (x,) = inputs
    moved = bind(x.change)
    if x.is_real:
        return moved
    return moved - bind(x.value)
