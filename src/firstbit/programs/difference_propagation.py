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
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.extend.core import ClosedJaxpr, JaxprEqn
from jax.typing import ArrayLike
from jaxtyping import Array

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


class Moving(NamedTuple):
    """A value at the first point, and how far it is from the second.

    Attributes:
        value: at the first point.
        change: the difference; None where the two points agree. Of truth values and
            whole numbers, the value at the second point.
    """

    value: ArrayLike
    change: Array | None

    @property
    def is_real(self) -> bool:
        """Whether it is a real number."""
        return jnp.issubdtype(jnp.result_type(self.value), jnp.floating)

    def difference(self) -> Array:
        """Return the difference as an array, zero where the two points agree."""
        return jnp.zeros_like(self.value) if self.change is None else self.change

    def second(self) -> ArrayLike:
        """Return the value at the second point."""
        if self.change is None:
            return self.value
        return self.value + self.change if self.is_real else self.change


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
        program, shapes = jax.make_jaxpr(function, return_shape=True)(*arguments)
        leaves = zip(jax.tree.leaves(arguments), jax.tree.leaves(changes), strict=True)
        results = _run(program, [Moving(value, change) for value, change in leaves])
        structure = jax.tree.structure(shapes)
        values = [result.value for result in results]
        moved = [result.difference() for result in results]
        return structure.unflatten(values), structure.unflatten(moved)

    return differences


def _run(program: ClosedJaxpr, inputs: Sequence[Moving]) -> list[Moving]:
    return interpret(program, inputs, constant=_fixed, apply=_apply)


def _fixed(value: ArrayLike) -> Moving:
    return Moving(value, None)


def _apply(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Compute an operation at the first point, and how far apart its results are."""
    inner = inner_jaxpr(equation)
    if inner is not None:
        return _run(inner, inputs)
    if all(x.change is None for x in inputs):
        return [_fixed(result) for result in _at_first_point(equation, inputs)]
    rule = _RULES.get(equation.primitive.name, _either_way)
    return rule(equation, inputs)


Rule = Callable[[JaxprEqn, list[Moving]], list[Moving]]
"""Computes an operation's results, where some operand differs at the two points."""


def _at_first_point(equation: JaxprEqn, inputs: list[Moving]) -> list[ArrayLike]:
    return results_of(equation, [x.value for x in inputs])


def _linear(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """By linearity: f(x + d) - f(x) = f(d)."""
    values = _at_first_point(equation, inputs)
    changes = results_of(equation, [x.difference() for x in inputs])
    return _paired(values, changes)


def _paired(values: Sequence[ArrayLike], changes: Sequence[Any]) -> list[Moving]:
    return [Moving(v, d) for v, d in zip(values, changes, strict=True)]


# --- Operations without an identity


def _either_way(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Subtract, or take the derivative where every difference that enters is small."""
    here = _at_first_point(equation, inputs)
    there = results_of(equation, [x.second() for x in inputs])
    subtracted = [_subtracted(v, w) for v, w in zip(here, there, strict=True)]
    moving = [i for i, x in enumerate(inputs) if x.is_real and x.change is not None]
    if not moving or not all(_fixed(v).is_real for v in here):
        return _paired(here, subtracted)
    slopes = _derivative(equation, inputs, moving)
    is_small = _largest_change(equation, [inputs[i] for i in moving]) < SMALL
    changes = []
    for slope, difference in zip(slopes, subtracted, strict=True):
        changes.append(jnp.where(is_small, slope, difference))
    return _paired(here, changes)


def _subtracted(here: ArrayLike, there: ArrayLike) -> ArrayLike:
    """Subtract real numbers; of others return the second value itself."""
    return jnp.subtract(there, here) if _fixed(here).is_real else there


def _derivative(
    equation: JaxprEqn, inputs: list[Moving], moving: list[int]
) -> list[Array]:
    """Compute f'(x) d by forward mode, for the operands at the places `moving`."""

    def of_moving(*arguments: Array) -> list[ArrayLike]:
        values = [x.value for x in inputs]
        for place, argument in zip(moving, arguments, strict=True):
            values[place] = argument
        return results_of(equation, values)

    values = tuple(inputs[i].value for i in moving)
    changes = tuple(inputs[i].difference() for i in moving)
    _, slopes = jax.jvp(of_moving, values, changes)
    return slopes


def _largest_change(equation: JaxprEqn, moving: list[Moving]) -> Array:
    """Return the largest |d| of the operands: by entry, or of all where entries mix."""
    is_elementwise = equation.primitive.name in ELEMENTWISE
    largest = None
    for x in moving:
        size = jnp.abs(x.difference())
        size = size if is_elementwise else jnp.max(size)
        largest = size if largest is None else jnp.maximum(largest, size)
    assert largest is not None
    return largest


# --- Functions of one argument


def _abs(x: Array, d: Array) -> Both:
    """By the larger of two: |x| = max(x, -x)."""
    return jnp.abs(x), _larger(Moving(x, d), Moving(-x, -d))


def _of_one(function: Callable[[Array, Array], Both]) -> Rule:
    """Make a rule of a function of x and d that returns f(x) and the difference."""

    def apply(_: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
        (x,) = inputs
        return [Moving(*function(jnp.asarray(x.value), x.difference()))]

    return apply


def _integer_pow(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Square by its identity; other powers have none."""
    rule = _of_one(square) if equation.params["y"] == 2 else _either_way
    return rule(equation, inputs)


# --- Operations of more arguments: the difference alone

Binding = Callable[..., Array]
"""The operation itself, as a function of its operands."""


def _difference_of(
    function: Callable[[Binding, list[Moving]], Array | None],
) -> Rule:
    """Make a rule of a function that returns the difference of the only result."""

    def apply(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
        (value,) = _at_first_point(equation, inputs)
        bind = partial(equation.primitive.bind, **equation.params)
        return [Moving(value, function(bind, inputs))]

    return apply


def _added(_: Binding, inputs: list[Moving]) -> Array:
    """Difference: da + db."""
    present = [x.change for x in inputs if x.change is not None]
    return present[0] if len(present) == 1 else present[0] + present[1]


def _bilinear(bind: Binding, inputs: list[Moving]) -> Array:
    """Difference of a product f: f(a, db) + f(da, b + db)."""
    a, b = inputs
    if b.change is None:
        return bind(a.change, b.value)
    if a.change is None:
        return bind(a.value, b.change)
    return bind(a.value, b.change) + bind(a.change, b.second())


def _divided(bind: Binding, inputs: list[Moving]) -> Array:
    """Difference: (da - (a / b) db) / (b + db)."""
    a, b = inputs
    if b.change is None:
        return bind(a.change, b.value)
    change = 0 if a.change is None else a.change
    return (change - bind(a.value, b.value) * b.change) / b.second()


def _larger(a: Moving, b: Moving) -> Array:
    """Change of the larger at the second point, and a jump if the choice differs."""
    da, db = a.difference(), b.difference()
    here = jnp.greater_equal(a.value, b.value)
    there = a.value + da >= b.value + db
    jump = jnp.where(there, a.value, b.value) - jnp.where(here, a.value, b.value)
    return jnp.where(there, da, db) + jump


def _maximum(_: Binding, inputs: list[Moving]) -> Array:
    """Larger of two: max(a, b)."""
    return _larger(*inputs)


def _minimum(_: Binding, inputs: list[Moving]) -> Array:
    """By the larger of two: min(a, b) = -max(-a, -b)."""
    return -_larger(*[_negative(x) for x in inputs])


def _negative(x: Moving) -> Moving:
    return Moving(jnp.negative(x.value), None if x.change is None else -x.change)


def _chosen(bind: Binding, inputs: list[Moving]) -> Array:
    """Change of the case chosen at the second point, and a jump if that differs."""
    which, *cases = inputs
    there = which.second()
    moved = bind(there, *[case.difference() for case in cases])
    if which.change is None:
        return moved
    values = [case.value for case in cases]
    return moved + (bind(there, *values) - bind(which.value, *values))


def _converted(bind: Binding, inputs: list[Moving]) -> Array:
    """Convert a real number's change; of others, subtract the converted values."""
    (x,) = inputs
    moved = bind(x.change)
    return moved if x.is_real else moved - bind(x.value)


def _dot_general(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Compute W v and W dv together for a fixed matrix; others are bilinear."""
    matrix, vector = inputs
    is_fixed = matrix.change is None and product_of(equation) == Product(0, 1)
    if not is_fixed:
        return _difference_of(_bilinear)(equation, inputs)
    products = _both_products(matrix.value, vector.value, vector.difference())
    return [Moving(*products)]


@kept
def _both_products(
    matrix: ArrayLike, vector: ArrayLike, change: Array
) -> tuple[Array, Array]:
    """Multiply a fixed matrix and a vector, and the matrix and the vector's change."""
    return jnp.matmul(matrix, vector), jnp.matmul(matrix, change)


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
    "add": _difference_of(_added),
    "add_any": _difference_of(_added),
    "mul": _difference_of(_bilinear),
    "div": _difference_of(_divided),
    "max": _difference_of(_maximum),
    "min": _difference_of(_minimum),
    "select_n": _difference_of(_chosen),
    "convert_element_type": _difference_of(_converted),
    "dot_general": _dot_general,
}
"""Primitive -> value and difference of its results."""
