"""Products.

One row times a matrix is a matrix times a vector: that is the form whose differences
and blocks of draws are fastest.
"""

import jax
import jax.numpy as jnp
import numpy as np

from firstbit.cells.bridges.torch.dtypes import promoted
from firstbit.cells.bridges.torch.registry import Array, rule, rule_of_tensors
from firstbit.cells.bridges.torch.tensor import Held, cast


def product(left: Held, right: Held) -> Array:
    """Return the product of two tensors, as `torch.matmul` defines it."""
    dtype = promoted(left.array, right.array)
    ranks = left.dim(), right.dim()
    if ranks == (1, 2):
        return times_row(left.array, right, dtype)
    if ranks == (2, 1):
        return times_column(left, right.array, dtype)
    if ranks == (2, 2) and left.shape[0] == 1:
        row = left.array[0]
        return times_row(row, right, dtype)[None]
    if ranks == (2, 2) and right.shape[1] == 1:
        column = right.array[:, 0]
        return times_column(left, column, dtype)[:, None]
    first = cast(left.array, dtype)
    second = cast(right.array, dtype)
    return jnp.matmul(first, second)


def times_row(row: Array, matrix: Held, dtype: np.dtype) -> Array:
    """Return x M; of M = W^T it is W x."""
    if matrix.turned is not None:
        return _times_vector(matrix.turned.array, row, 1, dtype)
    return _times_vector(matrix.array, row, 0, dtype)


def times_column(matrix: Held, column: Array, dtype: np.dtype) -> Array:
    """Return M x; of M = W^T it is x W."""
    if matrix.turned is not None:
        return _times_vector(matrix.turned.array, column, 0, dtype)
    return _times_vector(matrix.array, column, 1, dtype)


def _times_vector(matrix: Array, vector: Array, axis: int, dtype: np.dtype) -> Array:
    """Sum a matrix over one axis, times a vector."""
    summed = ((axis,), (0,))
    batched = ((), ())
    first = cast(matrix, dtype)
    second = cast(vector, dtype)
    return jax.lax.dot_general(first, second, (summed, batched))


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
    spread = jnp.broadcast_to(added, result.shape)
    return Held(result + spread)


@rule_of_tensors("linear")
def linear(input: Held, weight: Held, bias: Held | None = None) -> Held:
    """Return x W^T + b; of one row it is a matrix times a vector, too."""
    dtype = promoted(input.array, weight.array)
    if input.dim() == 2 and input.shape[0] == 1:
        row = input.array[0]
        result = _times_vector(weight.array, row, 1, dtype)[None]
    elif input.dim() == 1:
        result = _times_vector(weight.array, input.array, 1, dtype)
    else:
        turned = jnp.swapaxes(cast(weight.array, dtype), 0, 1)
        rows = cast(input.array, dtype)
        result = jnp.matmul(rows, turned)
    if bias is None:
        return Held(result)
    added = cast(bias.array, dtype)
    spread = jnp.broadcast_to(added, result.shape)
    return Held(result + spread)


@rule("bmm")
def _bmm(left: Array, right: Array) -> Array:
    dtype = promoted(left, right)
    first = cast(left, dtype)
    second = cast(right, dtype)
    return jnp.matmul(first, second)


@rule("baddbmm")
def _baddbmm(
    added: Array, left: Array, right: Array, *, beta: float = 1, alpha: float = 1
) -> Array:
    result = _bmm(left, right) * jnp.asarray(alpha, left.dtype)
    scaled = added * jnp.asarray(beta, added.dtype)
    spread = jnp.broadcast_to(scaled, result.shape)
    return result + spread


@rule("dot", "vdot")
def _dot(left: Array, right: Array) -> Array:
    summed = ((0,), (0,))
    batched = ((), ())
    return jax.lax.dot_general(left, right, (summed, batched))


@rule("ger", "outer")
def _outer(left: Array, right: Array) -> Array:
    column = left[:, None]
    row = right[None, :]
    return column * row
