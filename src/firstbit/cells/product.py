"""Matrix times vector."""

import jax
from jaxtyping import Array, Float


@jax.jit
def product(matrix: Float[Array, "rows columns"], vector: Float[Array, " columns"]) -> Float[Array, " rows"]:
    """The matrix-vector product, jitted to be one operation with this name where a step is read as a list of operations.

    Example:
        >>> import jax.numpy as jnp
        >>> product(jnp.array([[1.0, 2.0], [3.0, 4.0]]), jnp.array([1.0, 10.0])).tolist()
        [21.0, 43.0]
    """
    return matrix @ vector
