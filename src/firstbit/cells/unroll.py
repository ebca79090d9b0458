"""A cell along a sequence."""

from typing import Any

import jax
from jaxtyping import Array, Float

from firstbit.cells.roles import hidden_place
from firstbit.cells.state import State, hidden_of, in_float, initial_state


def unroll(
    cell: Any, inputs: Float[Array, "time input"], place: int | None = None
) -> Float[Array, "time hidden"]:
    """Return the hidden state h after each input, from the initial state.

    Args:
        cell: a built cell.
        inputs: of one word.
        place: of h among the leaves of the state; by default found, see `roles`.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> from firstbit.cells.vanilla import Vanilla
        >>> unroll(Vanilla(2, 5, key=jax.random.key(0)), jnp.eye(2)).shape
        (2, 5)
    """

    def step(state: State, input: Array) -> tuple[State, Array]:
        state = cell(input, state)
        return state, hidden_of(state, place)

    start = in_float(initial_state(cell))
    if place is None:
        place = hidden_place(cell, start)
    return jax.lax.scan(step, start, inputs)[1]
