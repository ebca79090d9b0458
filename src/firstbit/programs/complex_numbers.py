"""Complex numbers as two real ones, and slopes of them: where they rise."""

from typing import TypeVar

import jax
import jax.numpy as jnp
from jaxtyping import Array, PyTree

Tree = TypeVar("Tree")


def rising(slopes: Tree) -> Tree:
    """Return along what a loss rises, from the derivatives that JAX gives.

    Of a complex number a + ib, JAX gives dL/da - i dL/db.

    Example:
        >>> slope = jax.grad(lambda z: z.imag)(1 + 1j)
        >>> print(slope, rising(slope))
        -1j 1j
    """
    return jax.tree.map(jnp.conj, slopes)


def in_reals(tree: PyTree) -> PyTree:
    """Return a tree with (real, imaginary) in the place of complex arrays.

    Example:
        >>> print(*in_reals({"a": jnp.array(1.0), "z": jnp.array(2 + 3j)})["z"])
        2.0 3.0
    """

    def parts(leaf: Array) -> PyTree:
        if not jnp.iscomplexobj(leaf):
            return leaf
        return leaf.real, leaf.imag

    return jax.tree.map(parts, tree)


def from_reals(reals: PyTree, like: Tree) -> Tree:
    """Return complex arrays, where `like` has them, from real and imaginary parts."""
    leaves = iter(jax.tree.leaves(reals))

    def whole(leaf: Array) -> Array:
        real = next(leaves)
        if not jnp.iscomplexobj(leaf):
            return real
        return jax.lax.complex(real, next(leaves))

    return jax.tree.map(whole, like)
