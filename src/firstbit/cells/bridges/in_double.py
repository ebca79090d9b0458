"""A step that turns its numbers to single precision, in double precision."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import ClosedJaxpr, Jaxpr, JaxprEqn, jaxpr_as_fun
from jax.typing import ArrayLike, DTypeLike

from firstbit.programs.traced import (
    coarsest_rounding,
    dtype_of,
    inner_jaxpr,
    interpret,
    results_of,
)

SINGLE = np.dtype("float32")
DOUBLE = np.dtype("float64")

LEFT = ("bitcast_convert_type", "random_bits")
"""Operations whose numbers are no numbers: they stay as they are."""


def in_double(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that computes in double what another computes in single.

    A framework may turn numbers to single precision inside a step, whatever it is
    given. In double precision these conversions are left out. A loop or a branch that
    computes in single precision stays as it is. Where JAX has no double precision, so
    does the function.

    Args:
        function: of pytrees of arrays.

    Example:
        >>> def third(x):
        ...     return x.astype("float32") / 3
        >>> with jax.enable_x64(True):
        ...     float(in_double(third)(jnp.ones(())))
        0.3333333333333333
    """

    def run(*args: Any) -> Any:
        """Trace the function, and run what was traced."""
        traced = jax.make_jaxpr(function, return_shape=True)
        program, form = traced(*args)
        leaves = jax.tree.leaves(args)
        leaves = list(map(jnp.asarray, leaves))
        if jnp.result_type(float) != DOUBLE or not is_short(program):
            found = jaxpr_as_fun(program)(*leaves)
        else:
            found = _run(program, leaves)
        structure = jax.tree.structure(form)
        return structure.unflatten(found)

    return run


def is_short(program: ClosedJaxpr) -> bool:
    """Return whether a program computes anything in less than double precision."""
    return coarsest_rounding(program) > float(np.finfo(DOUBLE).eps)


def _run(program: ClosedJaxpr, inputs: Sequence[ArrayLike]) -> list[ArrayLike]:
    """Run a program in double precision."""
    return interpret(program, inputs, constant=_wide, apply=_apply)


def _wide(value: ArrayLike) -> ArrayLike:
    """Return a constant in double precision."""
    dtype = jnp.result_type(value)
    if not _is_single(dtype):
        return value
    return jnp.asarray(value, DOUBLE)


def _is_single(dtype: DTypeLike) -> bool:
    """Return whether a type is that of single precision."""
    if jnp.issubdtype(dtype, jax.dtypes.extended):
        return False
    return dtype == SINGLE


def _apply(equation: JaxprEqn, operands: list[ArrayLike]) -> list[ArrayLike]:
    """Return the results of an operation in double precision."""
    group = inner_jaxpr(equation)
    if group is not None and is_short(group):
        return _run(group, operands)
    if group is not None:
        return _as_it_is(equation, operands)
    if equation.primitive.name in LEFT or _has_programs(equation):
        given = []
        for operand, atom in zip(operands, equation.invars, strict=True):
            given.append(_as(operand, dtype_of(atom)))
        results = _as_it_is(equation, given)
        return list(map(_wide, results))
    params = {}
    for name, value in equation.params.items():
        params[name] = DOUBLE if _says_single(value) else value
    return results_of(equation.replace(params=params), operands)


def _as_it_is(equation: JaxprEqn, operands: list[ArrayLike]) -> list[ArrayLike]:
    """Return the results of an operation, with the derivative that it has."""
    primitive = equation.primitive
    functions, params = primitive.get_bind_params(equation.params)
    results = primitive.bind(*functions, *operands, **params)
    if primitive.multiple_results:
        return list(results)
    return [results]


def _says_single(value: object) -> bool:
    """Return whether a parameter of an operation names single precision."""
    if not isinstance(value, np.dtype | type):
        return False
    return value in (SINGLE, np.float32)


def _has_programs(equation: JaxprEqn) -> bool:
    """Return whether an operation runs programs: a loop, a branch."""
    leaves = jax.tree.leaves(equation.params)
    return any(isinstance(leaf, ClosedJaxpr | Jaxpr) for leaf in leaves)


def _as(operand: ArrayLike, dtype: DTypeLike) -> ArrayLike:
    """Return an operand with the type that an operation was traced for."""
    if jnp.result_type(operand) == dtype:
        return operand
    return jnp.asarray(operand, dtype)
