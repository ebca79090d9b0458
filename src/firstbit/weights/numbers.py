"""Which arrays hold numbers that laws draw, and in which type."""

from typing import Any, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

CellType = TypeVar("CellType")


def is_real(leaf: object) -> bool:
    """Return whether a leaf is an array of real numbers, or the shape of one.

    A number of NumPy is an array without axes; Python's own are none.

    Example:
        >>> is_real(np.float64(0.5)), is_real(0.5)
        (True, False)
    """
    if isinstance(leaf, np.floating):
        return True
    if not isinstance(leaf, jax.Array | np.ndarray | jax.ShapeDtypeStruct):
        return False
    return jnp.issubdtype(leaf.dtype, jnp.floating)


def is_complex(leaf: object) -> bool:
    """Return whether a leaf is an array of complex numbers, or the shape of one.

    Example:
        >>> is_complex(np.zeros(2, complex)), is_complex(np.zeros(2))
        (True, False)
    """
    if not isinstance(leaf, jax.Array | np.ndarray | jax.ShapeDtypeStruct):
        return False
    return jnp.issubdtype(leaf.dtype, jnp.complexfloating)


def is_inexact(leaf: object) -> bool:
    """Return whether a leaf is an array of real or complex numbers, or its shape."""
    return is_real(leaf) or is_complex(leaf)


def num_parts(leaf: object) -> int:
    """Return how many real numbers an entry of an array is: a complex one is two.

    Example:
        >>> num_parts(np.zeros(3)), num_parts(np.zeros(3, complex))
        (1, 2)
    """
    return 2 if is_complex(leaf) else 1


def in_current_float(cell: CellType) -> CellType:
    """Return the cell with its real arrays in JAX's current float type.

    Complex arrays get its current complex type.
    """

    def converted(leaf: object) -> Any:
        if not eqx.is_inexact_array(leaf):
            return leaf
        return jnp.asarray(leaf, float if is_real(leaf) else complex)

    return jax.tree.map(converted, cell)
