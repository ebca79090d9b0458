"""The difference of a product of a matrix and a vector."""

import jax.numpy as jnp
from jax.extend.core import JaxprEqn
from jax.typing import ArrayLike
from jaxtyping import Array

from firstbit.programs.differences_of_more import BILINEAR
from firstbit.programs.kept import kept
from firstbit.programs.moving import Moving
from firstbit.programs.traced import Product, product_of


def multiplied(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Compute W v and W dv together for a fixed matrix; others are bilinear."""
    matrix, vector = inputs
    form = product_of(equation)
    if matrix.moves or form != Product(matrix=0, axis=1):
        return BILINEAR(equation, inputs)
    change = vector.difference()
    products = _both_products(matrix.value, vector.value, change)
    return [Moving(*products)]


@kept
def _both_products(
    matrix: ArrayLike, vector: ArrayLike, change: Array
) -> tuple[Array, Array]:
    """Multiply a fixed matrix and a vector, and the matrix and the vector's change."""
    at_first = jnp.matmul(matrix, vector)
    moved = jnp.matmul(matrix, change)
    return at_first, moved
