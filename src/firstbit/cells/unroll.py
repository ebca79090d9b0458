"""A cell along a sequence."""

from typing import Any

import jax
from jaxtyping import Array, Float

from firstbit.cells.state import State, hidden_of, initial_state


def unroll(
    cell: Any, inputs: Float[Array, "time input"]
) -> Float[Array, "time hidden"]:
    """Return the hidden state h after each input, from the initial state.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> from firstbit.cells.vanilla import Vanilla
        >>> unroll(Vanilla(2, 5, key=jax.random.key(0)), jnp.eye(2)).shape
        (2, 5)
    """

    def step(state: State, input: Array) -> tuple[State, Array]:
        state = cell(input, state)
        return state, hidden_of(state)

    return jax.lax.scan(step, initial_state(cell), inputs)[1]
