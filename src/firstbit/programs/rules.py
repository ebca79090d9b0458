"""How an operation is computed at two points: the rules that fit many operations."""

import math
from collections.abc import Callable, Sequence
from functools import partial, reduce

import jax
import jax.numpy as jnp
from jax.extend.core import JaxprEqn
from jax.typing import ArrayLike
from jaxtyping import Array

from firstbit.programs.moving import Moving, carries_difference, discrete, fixed, paired
from firstbit.programs.traced import ELEMENTWISE, dtype_of, results_of

SMALL = 1e-8
"""Below this the derivative is nearer to the difference than the subtraction is."""

Rule = Callable[[JaxprEqn, list[Moving]], list[Moving]]
"""Computes an operation's results, where some operand differs at the two points."""

Binding = Callable[..., Array]
"""The operation itself, as a function of its operands."""


class RefusedError(Exception):
    """An operation has no rule for such operands."""


def at_first_point(equation: JaxprEqn, inputs: list[Moving]) -> list[ArrayLike]:
    """Compute the results at the first point."""
    values = [x.value for x in inputs]
    return results_of(equation, values)


def at_second_point(equation: JaxprEqn, inputs: list[Moving]) -> list[ArrayLike]:
    """Compute the results at the second point, as plain simulation does."""
    values = [x.second() for x in inputs]
    return results_of(equation, values)


def carrying(equation: JaxprEqn) -> list[bool]:
    """Return of each result whether it carries a difference."""
    return [carries_difference(dtype_of(atom)) for atom in equation.outvars]


def at_both_points(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Compute at both points, and subtract results that carry a difference.

    For whole numbers, truth values and step functions.
    """
    here = at_first_point(equation, inputs)
    there = at_second_point(equation, inputs)
    moving = [x for x in inputs if x.moves]
    results = []
    for first, second in zip(here, there, strict=True):
        last = second
        if _is_short_float(first) and moving:
            # Equal operands give equal results, however each of them is compiled.
            agree = _agreement(equation, moving)
            last = jnp.where(agree, first, second)
        results.append(_subtracted(first, last))
    return results


def _is_short_float(array: ArrayLike) -> bool:
    dtype = jnp.result_type(array)
    return jnp.issubdtype(dtype, jnp.inexact) and not carries_difference(dtype)


def _subtracted(here: ArrayLike, there: ArrayLike) -> Moving:
    both = discrete(here, there)
    if both.is_discrete:
        return both
    return Moving(here, jnp.subtract(there, here))


def noted(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Run an operation without results at the first point alone, such as a print."""
    return list(map(fixed, at_first_point(equation, inputs)))


def linear(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """By linearity: f(x + d) - f(x) = f(d). Discrete operands, such as places, stay."""
    values = at_first_point(equation, inputs)
    entering = [x.value if x.is_discrete else x.difference() for x in inputs]
    changes = results_of(equation, entering)
    return paired(values, changes)


def of_one(function: Callable[[Array, Array], tuple[Array, Array]]) -> Rule:
    """Make a rule of a function of x and d that returns f(x) and the difference."""

    def apply(_: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
        (x,) = inputs
        here = jnp.asarray(x.value)
        value, change = function(here, x.difference())
        return [Moving(value, change)]

    return apply


def of_two(function: Callable[[Array, Array, Array], tuple[Array, Array]]) -> Rule:
    """Make a rule of a function of x, d and what plain simulation has for x + d.

    Where a slope is infinite, or at a cut, x + d is rounded too much: a root of 1e-18
    is 1e-9.
    """

    def apply(_: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
        (x,) = inputs
        there = jnp.asarray(x.second())
        here = jnp.asarray(x.value)
        value, change = function(here, x.difference(), there)
        return [Moving(value, change)]

    return apply


def difference_of(function: Callable[[Binding, list[Moving]], Array]) -> Rule:
    """Make a rule of a function that returns the difference of the only result."""

    def apply(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
        (value,) = at_first_point(equation, inputs)
        bind = partial(equation.primitive.bind, **equation.params)
        change = function(bind, inputs)
        return [Moving(value, change)]

    return apply


# --- Discrete operands: places, choices, powers


def by_agreement(rule: Rule) -> Rule:
    """Make a rule for discrete operands that differ too.

    Where they agree it is the given rule; elsewhere both results are subtracted. A sum
    of the two would be NaN where one of them is.
    """

    def apply(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
        held = [x.held() for x in inputs]
        alike = _held_results(rule, equation, held)
        there = at_second_point(equation, inputs)
        discrete_ones = [x for x in inputs if x.moves and x.is_discrete]
        agree = _agreement(equation, discrete_ones)
        return where_alike(agree, alike, there)

    return apply


def where_alike(
    agree: Array, alike: Sequence[Moving], there: Sequence[ArrayLike]
) -> list[Moving]:
    """Return results whose discrete operands may differ.

    Args:
        agree: where they don't.
        alike: the results as if they didn't anywhere.
        there: the results at the second point.
    """
    results = []
    for same, second in zip(alike, there, strict=True):
        if same.is_discrete:
            results.append(discrete(same.value, second))
            continue
        apart = jnp.subtract(second, same.value)
        change = jnp.where(agree, same.difference(), apart)
        results.append(Moving(same.value, change))
    return results


def _held_results(rule: Rule, equation: JaxprEqn, held: list[Moving]) -> list[Moving]:
    if any(x.moves for x in held):
        return rule(equation, held)
    return list(map(fixed, at_first_point(equation, held)))


def _agreement(equation: JaxprEqn, moving: list[Moving]) -> Array:
    """Return where these operands agree: by entry, or at all where entries mix."""
    places = [jnp.equal(x.value, x.second()) for x in moving]
    if equation.primitive.name not in ELEMENTWISE:
        places = list(map(jnp.all, places))
    return reduce(jnp.logical_and, places)


def placed(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Move entries to places that differ: f(d, there) + f(x, there) - f(x, here)."""
    if not any(x.moves and x.is_discrete for x in inputs):
        return linear(equation, inputs)
    here = at_first_point(equation, inputs)
    values = [x.second() if x.is_discrete else x.value for x in inputs]
    changes = [x.second() if x.is_discrete else x.difference() for x in inputs]
    there = results_of(equation, values)
    moved = results_of(equation, changes)
    jumps = map(jump, there, here)
    total = map(jnp.add, moved, jumps)
    return paired(here, list(total))


def jump(there: ArrayLike, here: ArrayLike) -> Array:
    """Return there - here, and zero where both are the same infinity."""
    apart = jnp.subtract(there, here)
    return jnp.where(jnp.equal(there, here), jnp.zeros_like(apart), apart)


def on_last_axis(array: Array, axes: tuple[int, ...]) -> Array:
    """Return the array with these axes as one, the last."""
    ends = range(-len(axes), 0)
    turned = jnp.moveaxis(array, axes, tuple(ends))
    others = turned.shape[: array.ndim - len(axes)]
    length = math.prod(turned.shape[len(others) :])
    return turned.reshape(*others, length)


# --- Operations without an identity


def either_way(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Subtract, or take the derivative where every difference that enters is small."""
    here = at_first_point(equation, inputs)
    second = [x.arrived() for x in inputs]
    there = results_of(equation, second)
    subtracted = [_subtracted(*both) for both in zip(here, there, strict=True)]
    moving = [place for place, x in enumerate(inputs) if x.change is not None]
    slopes = iter(_derivative(equation, inputs, moving))
    largest = _largest_change(equation, [inputs[i] for i in moving])
    is_small = largest < SMALL
    results = []
    for both in subtracted:
        if both.change is None:
            results.append(both)
            continue
        slope = next(slopes)
        is_better = is_small
        if equation.primitive.name not in ELEMENTWISE:
            is_better = is_small & jnp.isfinite(slope)
        change = jnp.where(is_better, slope, both.change)
        results.append(Moving(both.value, change))
    return results


def _derivative(
    equation: JaxprEqn, inputs: list[Moving], moving: list[int]
) -> Sequence[Array]:
    """Compute f'(x) d by forward mode, of the results that carry a difference."""
    carries = carrying(equation)

    def of_moving(*arguments: Array) -> list[ArrayLike]:
        values = [x.value for x in inputs]
        for place, argument in zip(moving, arguments, strict=True):
            values[place] = argument
        results = results_of(equation, values)
        pairs = zip(results, carries, strict=True)
        return [result for result, carried in pairs if carried]

    values = []
    changes = []
    for place in moving:
        x = inputs[place]
        values.append(x.value)
        changes.append(x.difference())
    try:
        _, slopes = jax.jvp(of_moving, tuple(values), tuple(changes))
    except (NotImplementedError, ValueError) as error:
        raise RefusedError from error
    return slopes


def _largest_change(equation: JaxprEqn, moving: list[Moving]) -> Array:
    """Return the largest |d| of the operands: by entry, or of all where entries mix."""
    sizes = []
    for x in moving:
        change = x.difference()
        sizes.append(jnp.abs(change))
    if equation.primitive.name not in ELEMENTWISE:
        sizes = list(map(jnp.max, sizes))
    return reduce(jnp.maximum, sizes)
