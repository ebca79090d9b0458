"""Rows of a loop over a word's steps, and the sum of what each step adds."""

from collections.abc import Callable
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
from jaxtyping import Array, Int, PyTree

from firstbit.programs.blockwise import Outer

AT_ONCE = 4
"""Steps whose products are added in one pass over a matrix."""

Tree = TypeVar("Tree")

Time = int | Int[Array, ""]


def rows(number: int, tree: Tree) -> Tree:
    """Return room for `number` values of each array, all zero."""

    def room(leaf: Any) -> Array:
        shape = (number, *leaf.shape)
        return jnp.zeros(shape, leaf.dtype)

    return jax.tree.map(room, tree)


def row(all_rows: Tree, t: Time) -> Tree:
    """Return row t of every array."""

    def of_leaf(leaf: Array) -> Array:
        return jax.lax.dynamic_index_in_dim(
            leaf,
            t,
            keepdims=False,
        )

    return jax.tree.map(of_leaf, all_rows)


def put(all_rows: Tree, new: Tree, t: Time) -> Tree:
    """Return the rows of every array with row t set."""

    def of_leaf(leaf: Array, new: Array) -> Array:
        return jax.lax.dynamic_update_index_in_dim(
            leaf,
            new,
            t,
            axis=0,
        )

    return jax.tree.map(of_leaf, all_rows, new)


def over_copies(part: PyTree) -> PyTree:
    """Return what a step adds, summed over the copies on the last axis."""

    def product(pair: Outer) -> Array:
        return pair.left @ pair.right.T

    def total(leaf: Array) -> Array:
        return leaf.sum(axis=-1)

    return _map(product, total, part)


def no_steps(part: PyTree, room: int) -> PyTree:
    """Return the sum of no steps.

    It is zero, or for products of two vectors room for the vectors of each step.
    """
    most = AT_ONCE * -(-room // AT_ONCE)

    def vectors(pair: Outer) -> Outer:
        return Outer(
            left=rows(most, pair.left),
            right=rows(most, pair.right),
        )

    def zero(leaf: Any) -> Array:
        return jnp.zeros(leaf.shape, leaf.dtype)

    return _map(vectors, zero, part)


def with_step(total: PyTree, part: PyTree, t: Time) -> PyTree:
    """Return the sum with what step t adds."""

    def with_vectors(pair: Outer, of_step: Outer) -> Outer:
        left = put(pair.left, of_step.left, t)
        right = put(pair.right, of_step.right, t)
        return Outer(left, right)

    return _map(with_vectors, jnp.add, total, part)


def all_steps(total: PyTree, num_steps: Time) -> PyTree:
    """Return the sum of all steps, with the products multiplied out.

    A few are multiplied at once, as a matrix is larger than its vectors.
    """
    num_passes = (num_steps + AT_ONCE - 1) // AT_ONCE

    def multiplied(pair: Outer) -> Array:
        def one_pass(i: Array, matrix: Array) -> Array:
            first = AT_ONCE * i
            lefts = jax.lax.dynamic_slice_in_dim(pair.left, first, AT_ONCE)
            rights = jax.lax.dynamic_slice_in_dim(pair.right, first, AT_ONCE)
            for left, right in zip(lefts, rights, strict=True):
                product = Outer(left, right).multiplied()
                matrix = matrix + product
            return matrix

        one_step = Outer(pair.left[0], pair.right[0])
        shape = jax.eval_shape(one_step.multiplied)
        zero = jnp.zeros(shape.shape, shape.dtype)
        return jax.lax.fori_loop(0, num_passes, one_pass, zero)

    return _map(multiplied, lambda leaf: leaf, total)


def _map(
    of_pair: Callable[..., object], of_array: Callable[..., object], *trees: PyTree
) -> PyTree:
    """Map the leaves of trees, where a product of two vectors is one leaf."""

    def is_pair(leaf: object) -> bool:
        return isinstance(leaf, Outer)

    def of_leaf(leaf: object, *others: object) -> object:
        if is_pair(leaf):
            return of_pair(leaf, *others)
        return of_array(leaf, *others)

    return jax.tree.map(of_leaf, *trees, is_leaf=is_pair)
