"""Operations that choose entries: sorting, the largest of many, running maxima.

The choice is made at both points. An entry's difference is that of the entry chosen at
the second point, and a jump to it from the entry chosen at the first.
"""

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
from jax.extend.core import JaxprEqn
from jax.typing import ArrayLike
from jaxtyping import Array

from firstbit.programs.moving import Moving, discrete
from firstbit.programs.rules import (
    at_first_point,
    at_second_point,
    jump,
    on_last_axis,
)
from firstbit.programs.traced import results_of


def in_order(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Sort the places along, at both points, and take each operand from its places."""
    axis = equation.params["dimension"]
    shape = jnp.shape(inputs[0].value)
    places = jax.lax.broadcasted_iota(jnp.int32, shape, axis)
    bind = partial(equation.primitive.bind, **equation.params)
    at_first = [x.value for x in inputs]
    *values, here = bind(*at_first, places)
    at_second = [x.second() for x in inputs]
    *seconds, there = bind(*at_second, places)
    results = []
    for x, value, second in zip(inputs, values, seconds, strict=True):
        if x.is_discrete:
            results.append(discrete(value, second))
        else:
            results.append(_taken(x, here, there, axis))
    return results


def of_top(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Take the largest entries from their places at both points."""
    (x,) = inputs
    axis = equation.params["axis"]
    value, here = at_first_point(equation, inputs)
    second, there = at_second_point(equation, inputs)
    places = discrete(here, there)
    if x.is_discrete:
        return [discrete(value, second), places]
    taken = _taken(x, jnp.asarray(here), jnp.asarray(there), axis)
    return [taken, places]


def _taken(x: Moving, here: Array, there: Array, axis: int) -> Moving:
    """Take entries from `here` at the first point and from `there` at the second."""
    values = jnp.asarray(x.value)
    take = partial(jnp.take_along_axis, axis=axis)
    first = take(values, here)
    moved = take(x.difference(), there)
    second = take(values, there)
    return Moving(first, moved + jump(second, first))


def largest(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Largest of the entries along some axes."""
    return _extreme(jnp.argmax, equation, inputs)


def smallest(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Smallest of the entries along some axes."""
    return _extreme(jnp.argmin, equation, inputs)


def _extreme(
    find: Callable[..., Array], equation: JaxprEqn, inputs: list[Moving]
) -> list[Moving]:
    (x,) = inputs
    axes = equation.params["axes"]
    if not axes:
        return [x]
    values = on_last_axis(jnp.asarray(x.value), axes)
    changes = on_last_axis(x.difference(), axes)
    seconds = on_last_axis(jnp.asarray(x.second()), axes)
    here = find(values, axis=-1, keepdims=True)
    there = find(seconds, axis=-1, keepdims=True)
    taken = _taken(Moving(values, changes), here, there, axis=-1)
    (value,) = at_first_point(equation, inputs)
    return [Moving(value, taken.difference()[..., 0])]


def by_slope(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """By the choice at the second point, as the derivative there knows it.

    Where f chooses entries, f'(y) y = f(y): the derivative at y = x + d along d is the
    chosen entry's difference, and along x its value at the first point.
    """
    (x,) = inputs
    (here,) = at_first_point(equation, inputs)

    def operation(array: Array) -> ArrayLike:
        return results_of(equation, [array])[0]

    _, along = jax.linearize(operation, jnp.asarray(x.second()))
    moved = along(x.difference())
    entry = along(jnp.asarray(x.value))
    return [Moving(here, moved + jump(entry, here))]
