"""Products.

One row times a matrix is a matrix times a vector: that is the form whose differences
and blocks of draws are fastest.
"""

from typing import Any

import jax
import jax.numpy as jnp

from firstbit.cells.bridges.torch.dtypes import promoted
from firstbit.cells.bridges.torch.registry import rule, rule_of_tensors
from firstbit.cells.bridges.torch.tensor import Held, cast

Array = Any


def product(left: Held, right: Held) -> Array:
    """Return the product of two tensors, as `torch.matmul` defines it."""
    dtype = promoted(left.array, right.array)
    if left.dim() == 2 and right.dim() == 2 and left.shape[0] == 1:
        return times_row(left.array[0], right, dtype)[None]
    if left.dim() == 1 and right.dim() == 2:
        return times_row(left.array, right, dtype)
    if left.dim() == 2 and right.dim() == 2 and right.shape[1] == 1:
        return times_column(left, right.array[:, 0], dtype)[:, None]
    if left.dim() == 2 and right.dim() == 1:
        return times_column(left, right.array, dtype)
    return jnp.matmul(cast(left.array, dtype), cast(right.array, dtype))


def times_row(row: Array, matrix: Held, dtype: Any) -> Array:
    """Return x M; of M = W^T it is W x."""
    if matrix.turned is not None:
        return _times_vector(matrix.turned.array, row, 1, dtype)
    return _times_vector(matrix.array, row, 0, dtype)


def times_column(matrix: Held, column: Array, dtype: Any) -> Array:
    """Return M x; of M = W^T it is x W."""
    if matrix.turned is not None:
        return _times_vector(matrix.turned.array, column, 0, dtype)
    return _times_vector(matrix.array, column, 1, dtype)


def _times_vector(matrix: Array, vector: Array, axis: int, dtype: Any) -> Array:
    """Sum a matrix over one axis, times a vector."""
    numbers = (((axis,), (0,)), ((), ()))
    return jax.lax.dot_general(cast(matrix, dtype), cast(vector, dtype), numbers)


@rule_of_tensors("mm", "mv", "matmul")
def _mm(left: Held, right: Held) -> Held:
    return Held(product(left, right))


@rule_of_tensors("addmm", "addmv")
def _addmm(
    bias: Held, left: Held, right: Held, *, beta: float = 1, alpha: float = 1
) -> Held:
    dtype = promoted(bias.array, left.array, right.array)
    result = product(left, right)
    if alpha != 1:
        result = result * jnp.asarray(alpha, dtype)
    added = cast(bias.array, dtype)
    if beta != 1:
        added = added * jnp.asarray(beta, dtype)
    return Held(result + jnp.broadcast_to(added, result.shape))


@rule_of_tensors("linear")
def linear(input: Held, weight: Held, bias: Held | None = None) -> Held:
    """Return x W^T + b; of one row it is a matrix times a vector, too."""
    dtype = promoted(input.array, weight.array)
    if input.dim() == 2 and input.shape[0] == 1:
        result = _times_vector(weight.array, input.array[0], 1, dtype)[None]
    elif input.dim() == 1:
        result = _times_vector(weight.array, input.array, 1, dtype)
    else:
        turned = jnp.swapaxes(cast(weight.array, dtype), 0, 1)
        result = jnp.matmul(cast(input.array, dtype), turned)
    if bias is None:
        return Held(result)
    return Held(result + jnp.broadcast_to(cast(bias.array, dtype), result.shape))


@rule("bmm")
def _bmm(left: Array, right: Array) -> Array:
    dtype = promoted(left, right)
    return jnp.matmul(cast(left, dtype), cast(right, dtype))


@rule("baddbmm")
def _baddbmm(
    added: Array, left: Array, right: Array, *, beta: float = 1, alpha: float = 1
) -> Array:
    result = _bmm(left, right) * jnp.asarray(alpha, left.dtype)
    return result + jnp.broadcast_to(
        added * jnp.asarray(beta, added.dtype), result.shape
    )


@rule("dot", "vdot")
def _dot(left: Array, right: Array) -> Array:
    return jax.lax.dot_general(left, right, (((0,), (0,)), ((), ())))


@rule("ger", "outer")
def _outer(left: Array, right: Array) -> Array:
    return left[:, None] * right[None, :]
