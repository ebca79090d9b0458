r"""The difference of a function's values at two points, without subtraction.

Turn f into a function of x and d that returns f(x) and f(x + d) - f(x). Two states that
approach each other agree in ever more digits, and below 1e-16 their difference is
rounding. Here the difference itself is propagated, by the identity of each operation,
so it keeps its own digits down to 1e-300:

$$ xy: x d_y + d_x (y + d_y), \qquad e^x: e^x (e^{d} - 1),
   \qquad \sigma(x): \sigma(x + d) \, \sigma(-x) \, (1 - e^{-d}) $$

A function is read as the list of operations that JAX traces. For operations without an
identity here both the subtraction and the derivative are computed; the derivative is
used where |d| < 1e-8. Their relative error is about 1e-8.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from typing import Any

import jax
import jax.numpy as jnp
from jax.extend.core import ClosedJaxpr, JaxprEqn
from jax.typing import ArrayLike
from jaxtyping import Array

from firstbit.programs.differences_of_more import (
    Binding,
    added,
    bilinear,
    chosen,
    converted,
    divided,
    larger,
    maximum,
    minimum,
)
from firstbit.programs.differences_of_one import (
    Both,
    cos,
    exp,
    expm1,
    log,
    log1p,
    logistic,
    rsqrt,
    sin,
    sqrt,
    square,
    tanh,
)
from firstbit.programs.kept import kept
from firstbit.programs.moving import Moving, fixed, paired
from firstbit.programs.traced import (
    ELEMENTWISE,
    LINEAR,
    Product,
    inner_jaxpr,
    interpret,
    product_of,
    results_of,
)

SMALL = 1e-8
"""Below this the derivative is nearer to the difference than the subtraction is."""


def with_difference(function: Callable[..., Any]) -> Callable[..., tuple[Any, Any]]:
    """Turn f into a function of (x, d) that returns f(x) and f(x + d) - f(x).

    Args:
        function: of arrays, or of pytrees of arrays, that JAX can trace; of float64
            arrays for the promised digits.

    Returns:
        A function of two tuples: the arguments at the first point, and the differences,
        of the same structure.

    Example:
        >>> with jax.enable_x64(True):
        ...     point, step = jnp.array(0.0), jnp.array(1e-40)
        ...     value, difference = with_difference(jax.nn.sigmoid)((point,), (step,))
        >>> float(value), float(difference)
        (0.5, 2.5e-41)
    """

    def differences(arguments: tuple, changes: tuple) -> tuple[Any, Any]:
        trace = jax.make_jaxpr(function, return_shape=True)
        program, shapes = trace(*arguments)
        inputs = paired(jax.tree.leaves(arguments), jax.tree.leaves(changes))
        results = _run(program, inputs)
        values = [result.value for result in results]
        moved = [result.difference() for result in results]
        structure = jax.tree.structure(shapes)
        return structure.unflatten(values), structure.unflatten(moved)

    return differences


def _run(program: ClosedJaxpr, inputs: Sequence[Moving]) -> list[Moving]:
    return interpret(program, inputs, constant=fixed, apply=_apply)


def _apply(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Compute an operation at the first point, and how far apart its results are."""
    inner = inner_jaxpr(equation)
    if inner is not None:
        return _run(inner, inputs)
    if all(x.change is None for x in inputs):
        results = _at_first_point(equation, inputs)
        return list(map(fixed, results))
    rule = _RULES.get(equation.primitive.name, _either_way)
    return rule(equation, inputs)


Rule = Callable[[JaxprEqn, list[Moving]], list[Moving]]
"""Computes an operation's results, where some operand differs at the two points."""


def _at_first_point(equation: JaxprEqn, inputs: list[Moving]) -> list[ArrayLike]:
    values = [x.value for x in inputs]
    return results_of(equation, values)


def _linear(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """By linearity: f(x + d) - f(x) = f(d)."""
    values = _at_first_point(equation, inputs)
    entering = [x.difference() for x in inputs]
    changes = results_of(equation, entering)
    return paired(values, changes)


# --- Operations without an identity


def _either_way(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Subtract, or take the derivative where every difference that enters is small."""
    here = _at_first_point(equation, inputs)
    second = [x.second() for x in inputs]
    there = results_of(equation, second)
    subtracted = list(map(_subtracted, here, there))
    moving = _moving_places(inputs)
    if not moving or not all(fixed(result).is_real for result in here):
        return paired(here, subtracted)
    slopes = _derivative(equation, inputs, moving)
    largest = _largest_change(equation, [inputs[i] for i in moving])
    choose = partial(jnp.where, largest < SMALL)
    changes = list(map(choose, slopes, subtracted))
    return paired(here, changes)


def _moving_places(inputs: list[Moving]) -> list[int]:
    """Return the places of the real operands that differ at the two points."""
    places = []
    for place, x in enumerate(inputs):
        if x.is_real and x.change is not None:
            places.append(place)
    return places


def _subtracted(here: ArrayLike, there: ArrayLike) -> ArrayLike:
    """Subtract real numbers; of others return the second value itself."""
    if fixed(here).is_real:
        return jnp.subtract(there, here)
    return there


def _derivative(
    equation: JaxprEqn, inputs: list[Moving], moving: list[int]
) -> list[Array]:
    """Compute f'(x) d by forward mode, for the operands at the places `moving`."""

    def of_moving(*arguments: Array) -> list[ArrayLike]:
        values = [x.value for x in inputs]
        for place, argument in zip(moving, arguments, strict=True):
            values[place] = argument
        return results_of(equation, values)

    values, changes = [], []
    for place in moving:
        x = inputs[place]
        values.append(x.value)
        changes.append(x.difference())
    _, slopes = jax.jvp(of_moving, tuple(values), tuple(changes))
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


# --- Operations with an identity


def _abs(x: Array, d: Array) -> Both:
    """By the larger of two: |x| = max(x, -x)."""
    here = Moving(x, d)
    change = larger(here, here.negative())
    return jnp.abs(x), change


def _of_one(function: Callable[[Array, Array], Both]) -> Rule:
    """Make a rule of a function of x and d that returns f(x) and the difference."""

    def apply(_: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
        (x,) = inputs
        here = jnp.asarray(x.value)
        value, change = function(here, x.difference())
        return [Moving(value, change)]

    return apply


def _integer_pow(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Square by its identity; other powers have none."""
    is_square = equation.params["y"] == 2
    rule = _of_one(square) if is_square else _either_way
    return rule(equation, inputs)


def _difference_of(
    function: Callable[[Binding, list[Moving]], Array | None],
) -> Rule:
    """Make a rule of a function that returns the difference of the only result."""

    def apply(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
        (value,) = _at_first_point(equation, inputs)
        bind = partial(equation.primitive.bind, **equation.params)
        change = function(bind, inputs)
        return [Moving(value, change)]

    return apply


def _dot_general(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Compute W v and W dv together for a fixed matrix; others are bilinear."""
    matrix, vector = inputs
    form = product_of(equation)
    if matrix.change is not None or form != Product(matrix=0, axis=1):
        rule = _difference_of(bilinear)
        return rule(equation, inputs)
    change = vector.difference()
    products = _both_products(matrix.value, vector.value, change)
    return [Moving(*products)]


@kept
def _both_products(
    matrix: ArrayLike, vector: ArrayLike, change: Array
) -> tuple[Array, Array]:
    """Multiply a fixed matrix and a vector, and the matrix and the vector's change."""
    at_first = jnp.matmul(matrix, vector)
    moved = jnp.matmul(matrix, change)
    return at_first, moved


_RULES: Mapping[str, Rule] = {
    **dict.fromkeys(LINEAR, _linear),
    "logistic": _of_one(logistic),
    "tanh": _of_one(tanh),
    "exp": _of_one(exp),
    "expm1": _of_one(expm1),
    "square": _of_one(square),
    "integer_pow": _integer_pow,
    "sqrt": _of_one(sqrt),
    "rsqrt": _of_one(rsqrt),
    "log": _of_one(log),
    "log1p": _of_one(log1p),
    "sin": _of_one(sin),
    "cos": _of_one(cos),
    "abs": _of_one(_abs),
    "add": _difference_of(added),
    "add_any": _difference_of(added),
    "mul": _difference_of(bilinear),
    "div": _difference_of(divided),
    "max": _difference_of(maximum),
    "min": _difference_of(minimum),
    "select_n": _difference_of(chosen),
    "convert_element_type": _difference_of(converted),
    "dot_general": _dot_general,
}
"""Primitive -> value and difference of its results."""
