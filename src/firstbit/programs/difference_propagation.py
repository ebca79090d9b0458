r"""The difference of a function's values at two points, without subtraction.

Turn f into a function of x and d that returns f(x) and f(x + d) - f(x). Two states that
approach each other agree in ever more digits, and below 1e-16 their difference is
rounding. Here the difference itself is propagated, by the identity of each operation,
so it keeps its own digits down to 1e-300:

$$ xy: x d_y + d_x (y + d_y), \qquad e^x: e^x (e^{d} - 1),
   \qquad \sigma(x): \sigma(x + d) \, \sigma(-x) \, (1 - e^{-d}) $$

A function is read as the list of operations that JAX traces. `difference_table` has the
rule of each; an operation without one is refused, with the line that asks for it. For
those without an identity both the subtraction and the derivative are computed; the
derivative is used where |d| < 1e-8. Their relative error is about 1e-8.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax.extend.core import ClosedJaxpr, JaxprEqn
from jax.typing import ArrayLike

from firstbit.programs.difference_table import TABLE
from firstbit.programs.differences_of_loops import LOOPS
from firstbit.programs.differences_of_solves import custom
from firstbit.programs.moving import Later, Moving, entered, fixed, left
from firstbit.programs.refusal import OperationError, refused
from firstbit.programs.rules import (
    RefusedError,
    Rule,
    at_both_points,
    at_first_point,
    at_second_point,
    by_agreement,
    carrying,
)
from firstbit.programs.traced import inner_jaxpr, interpret, is_complex

KNOWN = "an operation whose difference at two states is known"


def with_difference(function: Callable[..., Any]) -> Callable[..., tuple[Any, Any]]:
    """Turn f into a function of (x, d) that returns f(x) and f(x + d) - f(x).

    Args:
        function: of arrays, or of pytrees of arrays, that JAX can trace; of float64
            arrays for the promised digits.

    Returns:
        A function of two tuples: the arguments at the first point, and the differences,
        of the same structure. Of whole numbers the difference is the plain one, of
        truth values whether they differ.

    Raises:
        CellError: an operation has no rule. The text names it and the line.

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
        of_arguments = jax.tree.leaves(arguments)
        of_changes = jax.tree.leaves(changes)
        leaves = zip(of_arguments, of_changes, strict=True)
        inputs = [entered(value, change) for value, change in leaves]
        results = _run(program, inputs)
        values = [result.value for result in results]
        moved = [left(result) for result in results]
        structure = jax.tree.structure(shapes)
        return structure.unflatten(values), structure.unflatten(moved)

    return differences


def _run(program: ClosedJaxpr, inputs: Sequence[Moving]) -> list[Moving]:
    return interpret(program, inputs, constant=fixed, apply=_apply)


def _apply(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Compute an operation at the first point, and how far apart its results are."""
    inner = inner_jaxpr(equation)
    if inner is not None:
        return _run_inside(equation, inner, inputs)
    if not any(x.moves for x in inputs):
        results = at_first_point(equation, inputs)
        return list(map(fixed, results))
    name = equation.primitive.name
    if name in LOOPS:
        return LOOPS[name](_run, equation, inputs)
    rule = _rule_of(equation, inputs)
    try:
        results = rule(equation, inputs)
    except RefusedError:
        raise refused(equation, KNOWN) from None
    return _with_seconds(equation, inputs, results)


def _steady(result: Moving, plain: ArrayLike) -> ArrayLike:
    """Return the plain second value, or the first one if no entry changes.

    All entries are of one point: they may be equal, and equal ones stay so.
    """
    if result.change is None:
        return plain
    second = jnp.add(result.value, result.change)
    stays = jnp.all(jnp.equal(second, result.value))
    return jnp.where(stays, result.value, plain)


def _run_inside(
    equation: JaxprEqn, inner: ClosedJaxpr, inputs: list[Moving]
) -> list[Moving]:
    """Run a group; what is refused in a function of JAX has the line of its call."""
    try:
        return _run(inner, inputs)
    except OperationError as error:
        raise error.seen_from(equation) from None


def _rule_of(equation: JaxprEqn, inputs: list[Moving]) -> Rule:
    """Return the rule for operands of these dtypes.

    Raises:
        CellError: there is none.
    """
    name = equation.primitive.name
    if name == "custom_linear_solve":
        return partial(custom, _run)
    row = TABLE.get(name)
    if row is None:
        raise refused(equation, KNOWN)
    if equation.outvars and not any(carrying(equation)):
        return at_both_points
    rule = row.complex if is_complex(equation) else row.real
    if rule is None:
        raise refused(equation, KNOWN)
    if row.mixes or not _any_discrete(inputs):
        return rule
    return by_agreement(rule)


def _any_discrete(inputs: list[Moving]) -> bool:
    """Return whether an operand that moves is discrete."""
    return any(x.moves and x.is_discrete for x in inputs)


def _with_seconds(
    equation: JaxprEqn, inputs: list[Moving], results: list[Moving]
) -> list[Moving]:
    """Let each result know its value at the second point, should anything ask for it.

    A comparison asks, or a choice: it must fall as it does in plain simulation. Where
    all changes are below rounding, the value is that at the first point, to the bit:
    the same sum may be rounded in two ways where it is compiled twice.
    """
    found: list[Any] = []
    known: dict[int, Any] = {}

    def second(place: int) -> Any:
        if not found:
            found.extend(at_second_point(equation, inputs))
        if place not in known:
            known[place] = _steady(results[place], found[place])
        return known[place]

    moving = []
    for place, result in enumerate(results):
        later: Later = result.at_second or partial(second, place)
        moving.append(Moving(result.value, result.change, later))
    return moving
