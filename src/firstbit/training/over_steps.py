"""Rows of a loop over a word's steps, and the sum of what each step adds to the gradient."""

from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Int

from firstbit.programs.blockwise import Outer

AT_ONCE = 4
"""Steps whose products are added in one pass over a matrix."""


def rows(number: int, leaf: Any) -> Array:
    """Room for so many arrays of this shape."""
    return jnp.zeros((number, *leaf.shape), leaf.dtype)


def row(tree: Any, t: Array | int) -> Any:
    """Row t of every array."""
    return jax.tree.map(
        lambda leaf: jax.lax.dynamic_index_in_dim(leaf, t, keepdims=False), tree
    )


def put(all_rows: Array, new: Array, t: Array | int) -> Array:
    """The rows with row t set."""
    return jax.lax.dynamic_update_index_in_dim(all_rows, new, t, axis=0)


def over_copies(part: Any) -> Any:
    """What a step adds, summed over the copies on the last axis."""
    return _map(
        lambda pair: pair.left @ pair.right.T, lambda leaf: leaf.sum(axis=-1), part
    )


def no_steps(part: Any, room: int) -> Any:
    """The sum of no steps: a zero, or for products of two vectors room for those of each step."""
    most = AT_ONCE * -(-room // AT_ONCE)
    return _map(
        lambda pair: Outer(rows(most, pair.left), rows(most, pair.right)),
        lambda leaf: jnp.zeros(leaf.shape, leaf.dtype),
        part,
    )


def with_step(total: Any, part: Any, t: Array) -> Any:
    """The sum with what step t adds."""
    return _map(
        lambda pair, of_step: Outer(
            put(pair.left, of_step.left, t), put(pair.right, of_step.right, t)
        ),
        jnp.add,
        total,
        part,
    )


def all_steps(total: Any, num_steps: Int[Array, ""] | int) -> Any:
    """The sum of all steps, with the products multiplied out: a few at once, as a matrix is larger than its vectors."""

    def multiplied(pair: Outer) -> Array:
        def some(i: Array, matrix: Array) -> Array:
            lefts, rights = (
                jax.lax.dynamic_slice_in_dim(part, AT_ONCE * i, AT_ONCE)
                for part in pair
            )
            for left, right in zip(lefts, rights, strict=True):
                matrix = matrix + Outer(left, right).multiplied()
            return matrix

        shape = jax.eval_shape(lambda: Outer(pair.left[0], pair.right[0]).multiplied())
        return jax.lax.fori_loop(
            0,
            (num_steps + AT_ONCE - 1) // AT_ONCE,
            some,
            jnp.zeros(shape.shape, shape.dtype),
        )

    return _map(multiplied, lambda leaf: leaf, total)


def _map(of_pair: Any, of_array: Any, *trees: Any) -> Any:
    def of_leaf(leaf: Any, *others: Any) -> Any:
        return (of_pair if isinstance(leaf, Outer) else of_array)(leaf, *others)

    return jax.tree.map(of_leaf, *trees, is_leaf=lambda leaf: isinstance(leaf, Outer))
