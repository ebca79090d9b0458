"""Batched linear algebra and Fourier transforms, one matrix after the other.

On a CPU, JAX shares a batch of matrices out to a pool of threads, and the thread that
shares out waits. It may be one of the pool itself: where as many threads wait as the
pool has, nobody is left to compute, and the program never ends. Two blocks of draws at
once are enough on two processors; of Fourier transforms, one program is enough. A batch
of one is computed where it is asked for, and nobody waits. So a batch is split up; the
bits stay.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from math import prod
from typing import Any, ParamSpec, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.extend.core import ClosedJaxpr, Jaxpr, JaxprEqn, jaxpr_as_fun
from jax.lax import FftType
from jax.typing import ArrayLike
from jaxtyping import Array

from firstbit.programs.traced import inner_jaxpr, interpret, results_of, shape_of

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

_FACTORISATIONS = """
cholesky cholesky_update eig eigh geqp3 geqrf hessenberg householder_product lu ormqr qr
schur svd triangular_solve tridiagonal
"""
WAITING = {**dict.fromkeys(_FACTORISATIONS.split(), 2), "tridiagonal_solve": 1}
"""Operations that wait for threads, and the axes of one matrix (or one diagonal), their
first operand."""

FFT = "fft"
"""It waits, too: a line along one axis is its unit."""


def in_turn(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Make a function compute the matrices of a batch in turn, to the same bits.

    For programs that hold a user's law or cell: put it below `jax.jit`. A program
    without such batches stays as it is.

    Args:
        function: of pytrees; what is no array is left alone.

    Example:
        >>> orthogonal = jax.jit(in_turn(lambda many: jnp.linalg.qr(many)[0]))
        >>> orthogonal(jnp.stack([jnp.eye(2)] * 3)).shape
        (3, 2, 2)
    """

    @wraps(function)
    def split(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        # The shape of an array is no array: a cell without its weights is left alone.
        given, others = eqx.partition((args, kwargs), eqx.is_array)
        arrays, structure = jax.tree.flatten(given)
        kept: list[Any] = []

        def of_arrays(*arrays: Array) -> Any:
            its, names = eqx.combine(structure.unflatten(arrays), others)
            result = function(*its, **names)  # pyright: ignore[reportCallIssue]
            computed, rest = eqx.partition(result, eqx.is_array)
            kept.append(rest)
            return computed

        program, shapes = jax.make_jaxpr(of_arrays, return_shape=True)(*arrays)
        results = jaxpr_as_fun(_split(program))(*arrays)
        computed = jax.tree.structure(shapes).unflatten(results)
        return eqx.combine(computed, kept[0])

    return split


def waits(program: ClosedJaxpr | Jaxpr) -> bool:
    """Return whether a traced program holds a batch that waits for threads.

    Example:
        >>> many = jnp.ones((3, 2, 2))
        >>> waits(jax.make_jaxpr(jnp.linalg.cholesky)(many))
        True
        >>> waits(jax.make_jaxpr(jnp.linalg.cholesky)(many[0]))
        False
    """
    for equation in program.eqns:
        if _is_batch(equation) or any(map(waits, _inner(equation))):
            return True
    return False


def _split(program: ClosedJaxpr) -> ClosedJaxpr:
    """Return the program with all its batches computed in turn."""
    if not waits(program):
        return program

    def run(*arrays: Array) -> list[ArrayLike]:
        return interpret(program, arrays, constant=_same, apply=_apply)

    shapes = []
    for aval in program.in_avals:
        form: Any = aval  # abstract values other than arrays have no shape
        shape = jax.ShapeDtypeStruct(form.shape, form.dtype, weak_type=form.weak_type)
        shapes.append(shape)
    return jax.make_jaxpr(run)(*shapes)


def _same(value: ArrayLike) -> ArrayLike:
    return value


def _apply(equation: JaxprEqn, operands: list[ArrayLike]) -> list[ArrayLike]:
    """Compute the results of one operation."""
    if _is_batch(equation):
        return _one_by_one(equation, operands)
    group = inner_jaxpr(equation)
    if group is not None:
        return list(jaxpr_as_fun(_split(group))(*operands))
    if not any(map(waits, _inner(equation))):
        return results_of(equation, operands)
    params = jax.tree.map(_split_if_program, equation.params)
    return results_of(equation.replace(params=params), operands)


def _split_if_program(parameter: object) -> Any:
    if isinstance(parameter, ClosedJaxpr):
        return _split(parameter)
    return parameter


def _inner(equation: JaxprEqn) -> Iterator[ClosedJaxpr | Jaxpr]:
    """Yield the programs that an operation runs: groups, loops, branches."""
    for parameter in jax.tree.leaves(equation.params):
        if isinstance(parameter, ClosedJaxpr | Jaxpr):
            yield parameter


def _batch_of(equation: JaxprEqn) -> tuple[int, ...]:
    """Return the axes of the first operand that run over matrices."""
    shape = shape_of(equation.invars[0])
    num_axes = WAITING.get(equation.primitive.name, 1)
    return shape[: len(shape) - num_axes]


def _is_batch(equation: JaxprEqn) -> bool:
    """Return whether an operation waits for threads: one on several matrices."""
    name = equation.primitive.name
    if name not in WAITING and name != FFT:
        return False
    return prod(_batch_of(equation)) > 1


def _one_by_one(equation: JaxprEqn, operands: list[ArrayLike]) -> list[ArrayLike]:
    """Compute an operation for one matrix of a batch after the other."""
    if equation.primitive.name == FFT:
        return [_transformed(jnp.asarray(operands[0]), **equation.params)]
    batch = _batch_of(equation)
    rank = len(batch)

    def flat(operand: ArrayLike) -> Array:
        array = jnp.asarray(operand)
        return array.reshape(prod(batch), *array.shape[rank:])

    def one(matrices: list[Array]) -> list[ArrayLike]:
        return results_of(equation, matrices)

    results = jax.lax.map(one, list(map(flat, operands)))
    return [result.reshape(*batch, *result.shape[1:]) for result in results]


def _transformed(
    array: Array, *, fft_type: FftType, fft_lengths: Sequence[int]
) -> Array:
    """Return a Fourier transform over the last axes: axis by axis, line by line."""
    *others, last = fft_lengths
    along_others = FftType.FFT
    if fft_type in (FftType.IFFT, FftType.IRFFT):
        along_others = FftType.IFFT
    steps = [(-1, fft_type, last)]
    for number, length in enumerate(reversed(others)):
        steps.append((-2 - number, along_others, length))
    if fft_type == FftType.IRFFT:
        steps.reverse()
    for axis, kind, length in steps:
        array = _along_axis(array, axis, kind, length)
    return array


def _along_axis(array: Array, axis: int, kind: FftType, length: int) -> Array:
    """Return the Fourier transform along one axis, a line at a time."""
    lines = jnp.moveaxis(array, axis, -1)
    *shape, width = lines.shape
    transformed = jax.lax.map(
        lambda line: jax.lax.fft(line, kind, (length,)), lines.reshape(-1, width)
    )
    return jnp.moveaxis(transformed.reshape(*shape, -1), -1, axis)
