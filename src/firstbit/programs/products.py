"""The product of a matrix and a vector of each draw, the draw as the last axis."""

import jax
import jax.numpy as jnp
from jaxtyping import Array

UNROLLED_UP_TO = 32
"""Longest sum that is written out."""

SHORT = 4
"""Longest sum that is written out on a GPU, where it needs no pass of its own."""


def product(matrix: Array, vector: Array, axis: int) -> Array:
    """Multiply a matrix and a vector of each draw, summing over the matrix's `axis`.

    Args:
        matrix: (row, column, draw); the last axis has length 1 if all draws share it.
        vector: (entry, draw), likewise.
        axis: 1 for W v, 0 for W^T v.
    """
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


def summed(matrix: Array, vector: Array, axis: int) -> Array:
    """Multiply as `product` does, each sum by one reduction.

    On a GPU it reads every weight once, neighbouring draws side by side.
    """
    length = vector.shape[0]
    if length <= SHORT or matrix.shape[2] == 1:
        return product(matrix, vector, axis)
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
