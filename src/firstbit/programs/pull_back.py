"""Reverse mode of one step in two halves: what the way back needs is kept on the way forward, not computed again."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
from jaxtyping import Array


class PullBack:
    """The transposed derivative of `step(cell, input, state) -> state` with respect to cell and state.

    Most arrays that it rests on are at hand on both ways: weights, input, state. Only
    the others are kept, such as slopes: of a Vanilla cell one number a unit. The second
    half is of the step that was traced last by the first.

    Example:
        >>> import jax.numpy as jnp
        >>> square = PullBack(lambda cell, x, state: cell * jnp.sin(state) * x)
        >>> new, kept = square.forward(jnp.array(2.0), jnp.array(3.0), jnp.array(0.0))
        >>> [float(at) for at in square.back(jnp.array(2.0), jnp.array(3.0), jnp.array(0.0), kept, jnp.array(1.0))]
        [0.0, 6.0]
    """

    def __init__(self, step: Callable[[Any, Array, Any], Any]) -> None:
        self._step = step
        self._form: Any = None
        self._places: list[int | None] = []

    def forward(self, cell: Any, x: Array, state: Any) -> tuple[Any, list[Array]]:
        """The new state, and what must be kept."""
        new, pull = jax.vjp(lambda cell, state: self._step(cell, x, state), cell, state)
        arrays, self._form = jax.tree.flatten(pull)
        known = {
            id(array): place
            for place, array in enumerate(jax.tree.leaves((cell, x, state)))
        }
        self._places = [known.get(id(array)) for array in arrays]
        return new, [
            array
            for array, place in zip(arrays, self._places, strict=True)
            if place is None
        ]

    def back(
        self, cell: Any, x: Array, state: Any, kept: Sequence[Array], from_later: Any
    ) -> tuple[Any, Any]:
        """From the derivative at the new state to those at the cell and at the old state."""
        known, rest = jax.tree.leaves((cell, x, state)), iter(kept)
        arrays = [
            next(rest) if place is None else known[place] for place in self._places
        ]
        return jax.tree.unflatten(self._form, arrays)(from_later)
