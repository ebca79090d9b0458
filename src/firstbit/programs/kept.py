"""Parts of a program whose results are computed once and kept.

XLA computes a cheap-looking result again for each of its uses. `kept` marks a function
where that is slow. The mark changes no value: only `blockwise` acts on it.
"""

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import ParamSpec, TypeVar

import jax
from jax.extend.core import ClosedJaxpr, Primitive, jaxpr_as_fun
from jax.interpreters import batching, mlir
from jax.typing import ArrayLike
from jaxtyping import Array

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

KEPT = Primitive("kept")
"""The operation that stands for a marked function; its parameter `program` holds the
function's own operations."""

KEPT.multiple_results = True


def kept(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Mark a function whose results should be computed once and kept.

    Args:
        function: of arrays, or of pytrees of arrays, that JAX can trace.

    Example:
        >>> import jax.numpy as jnp
        >>> double = kept(lambda x: 2 * x)
        >>> [e.primitive.name for e in jax.make_jaxpr(double)(jnp.ones(3)).jaxpr.eqns]
        ['kept']
        >>> double(jnp.ones(3)).tolist()
        [2.0, 2.0, 2.0]
    """
    compiled = jax.jit(function)

    @wraps(function)
    def marked(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        traced = compiled.trace(*args, **kwargs)
        program = traced.jaxpr
        leaves = jax.tree.leaves((args, kwargs))
        results = KEPT.bind(*leaves, program=program)
        structure = jax.tree.structure(traced.out_info)
        return structure.unflatten(results)

    return marked


@partial(jax.jit, static_argnames="program")
def _run(*arrays: Array, program: ClosedJaxpr) -> list[Array]:
    function = jaxpr_as_fun(program)
    return function(*arrays)


@KEPT.def_abstract_eval
def _shapes(*_: object, program: ClosedJaxpr) -> Sequence[object]:
    return program.out_avals


def _batched(
    arrays: Sequence[ArrayLike], axes: Sequence[int | None], *, program: ClosedJaxpr
) -> tuple[list[Array], list[int]]:
    function = jaxpr_as_fun(program)
    results = jax.vmap(function, in_axes=axes)(*arrays)
    places = [0] * len(results)
    return results, places


KEPT.def_impl(_run)
batching.primitive_batchers[KEPT] = _batched
mlir.register_lowering(KEPT, mlir.lower_fun(_run, multiple_results=True))
