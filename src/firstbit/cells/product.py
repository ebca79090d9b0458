"""Matrix times vector."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

SUMMED_UP_TO = 32


@jax.jit
def product(matrix: Float[Array, "rows columns"], vector: Float[Array, " columns"]) -> Float[Array, " rows"]:
    """The matrix-vector product; of small matrices as a sum that a compiler fuses with what stands around it.

    Training, which takes one small step after another, is a third faster so than with XLA's own product on a CPU. It
    is jitted to be one operation with this name where a step is read as a list of operations (`firstbit.memory.differences`).

    Example:
        >>> import jax.numpy as jnp
        >>> product(jnp.array([[1.0, 2.0], [3.0, 4.0]]), jnp.array([1.0, 10.0])).tolist()
        [21.0, 43.0]
    """
    return jnp.sum(matrix * vector, axis=1) if matrix.shape[1] <= SUMMED_UP_TO else matrix @ vector
