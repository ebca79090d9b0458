"""The product of a matrix and a vector of each draw, the draw as the last axis."""

from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array

UNROLLED_UP_TO = 32
"""Longest sum that is written out."""

SHORT = 4
"""Longest sum that is written out on a GPU, where it needs no pass of its own."""

LONGEST_HALF = 2
"""Bytes of floats that are added up in float32, as XLA does."""


def product(matrix: Array, vector: Array, axis: int, dtype: Any) -> Array:
    """Multiply a matrix and a vector of each draw, summing over the matrix's `axis`.

    Args:
        matrix: (row, column, draw); the last axis has length 1 if all draws share it.
        vector: (entry, draw), likewise.
        axis: 1 for W v, 0 for W^T v.
        dtype: of the result, which may be wider than the operands.

    Example:
        >>> bytes_ = jnp.full((8, 8, 1), 50, "int8"), jnp.full((8, 1), 50, "int8")
        >>> product(*bytes_, axis=1, dtype="int32")[0].tolist()
        [20000]
    """
    wide = _dtype_of_sum(matrix, vector, dtype)
    total = _sums(matrix.astype(wide), vector.astype(wide), axis)
    return total.astype(dtype)


def summed(matrix: Array, vector: Array, axis: int, dtype: Any) -> Array:
    """Multiply as `product` does, each sum by one reduction.

    On a GPU it reads every weight once, neighbouring draws side by side.
    """
    wide = _dtype_of_sum(matrix, vector, dtype)
    total = _reduced(matrix.astype(wide), vector.astype(wide), axis)
    return total.astype(dtype)


def _dtype_of_sum(matrix: Array, vector: Array, dtype: Any) -> Any:
    """Return the dtype in which products are added up."""
    with jax.numpy_dtype_promotion("standard"):
        of_operands = jnp.promote_types(matrix.dtype, vector.dtype)
        wide = jnp.promote_types(of_operands, dtype)
    is_float = jnp.issubdtype(wide, jnp.floating)
    is_short = is_float and wide.itemsize <= LONGEST_HALF
    return jnp.dtype(jnp.float32) if is_short else wide


def _sums(matrix: Array, vector: Array, axis: int) -> Array:
    length = vector.shape[0]
    if length <= UNROLLED_UP_TO:
        return _written_out(matrix, vector, axis)
    num_draws = matrix.shape[2]
    if num_draws == 1:
        shared = matrix[..., 0]
        return jnp.tensordot(shared, vector, axes=(axis, 0))
    spread = jnp.broadcast_to(vector, (length, num_draws))
    sums = "ijn,jn->in" if axis == 1 else "jin,jn->in"
    return jnp.einsum(sums, matrix, spread)


def _reduced(matrix: Array, vector: Array, axis: int) -> Array:
    length = vector.shape[0]
    if length <= SHORT or matrix.shape[2] == 1:
        return _sums(matrix, vector, axis)
    lines = jnp.expand_dims(vector, 1 - axis)
    return jnp.sum(matrix * lines, axis=axis)


def _written_out(matrix: Array, vector: Array, axis: int) -> Array:
    """Add up the products of a matrix's lines and a vector's entries, in order."""
    total = None
    for j in range(vector.shape[0]):
        line = jax.lax.index_in_dim(matrix, j, axis=axis, keepdims=False)
        entry = jax.lax.index_in_dim(vector, j, axis=0)
        term = line * entry
        total = term if total is None else total + term
    assert total is not None
    return total
