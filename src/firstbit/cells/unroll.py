"""A cell along a sequence."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from firstbit.cells.cell import Cell


def initial_state(cell: Cell) -> Float[Array, " hidden"]:
    """The state before the first symbol, h_{-1} = 0 in the paper."""
    return jnp.zeros(cell.hidden_size)


def unroll(cell: Cell, inputs: Float[Array, "time input"]) -> Float[Array, "time hidden"]:
    """Hidden state after each input, from the initial state.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> from firstbit.cells.vanilla import Vanilla
        >>> unroll(Vanilla(2, 5, key=jax.random.key(0)), jnp.eye(2)).shape
        (2, 5)
    """

    def step(hidden: Array, input: Array) -> tuple[Array, Array]:
        hidden = cell(input, hidden)
        return hidden, hidden

    return jax.lax.scan(step, initial_state(cell), inputs)[1]
