"""One net reads the same inputs from several first states: how far apart they stay."""

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from firstbit.cells.given import Given
from firstbit.cells.state import State, as_numbers, from_numbers, in_float
from firstbit.errors import CellError
from firstbit.memory.discrepancy.state_bound import require_state_bound
from firstbit.norms import norm
from firstbit.programs.in_turn import in_turn

ENDS = (-1.0, 1.0)
"""Ends of the entries of a first state where the cell says none."""

Flat = Float[np.ndarray, "start number"]


class Starts(NamedTuple):
    """First states of one net, and where each pair of them goes.

    Attributes:
        first: the numbers of each first state; the net's own comes first.
        last: the same after all inputs.
        pairs: two places for each pair.
        distances: of each pair, after each input.
    """

    first: Flat
    last: Flat
    pairs: np.ndarray
    distances: Float[np.ndarray, "time pair"]

    @classmethod
    def read(
        cls,
        given: Given,
        inputs: Float[np.ndarray, "time input"],
        num_states: int,
        key: PRNGKeyArray,
    ) -> "Starts":
        """Let a net read the inputs from its own first state, and from random ones.

        The entries of the random ones are uniform between the ends of the state, as the
        cell says them, else from -1 to 1.

        Raises:
            CellError: a state is no longer finite.
            SettingError: the cell says no ends where it should.
        """
        with jax.enable_x64(True):
            cell = given.make(inputs.shape[1], 0, key)
            own, rest = eqx.partition(
                in_float(given.initial(cell)), eqx.is_inexact_array
            )
            flat = as_numbers(own)
            declared = require_state_bound(getattr(cell, "state_bound", None))
            low, high = declared or ENDS
            shape = (num_states - 1, flat.size)
            others = jax.random.uniform(key, shape, flat.dtype, low, high)
            first = jnp.concatenate([flat[None], others])
            rest = jax.tree.map(lambda leaf: jnp.stack([leaf] * num_states), rest)
            places = jnp.triu_indices(num_states, k=1)
            found = _read(cell, jnp.asarray(inputs), first, (own, rest), places)
            last, finite, distances = map(np.asarray, found)
        if not finite.all():
            raise CellError(
                f"the state of {given.name} is no longer finite after step "
                f"{int(finite.argmin()) + 1}; expected a bounded state;"
                " try fewer steps, or smaller weights or inputs."
            )
        pairs = np.stack(places, axis=1)
        return cls(np.asarray(first), last, pairs, distances)

    def starting(self, given: Given, place: int) -> Any:
        """Return the first state of a place as a function of the cell."""
        numbers = self.first[place]

        def start(cell: Any) -> State:
            own = in_float(given.initial(cell))
            units, rest = eqx.partition(own, eqx.is_inexact_array)
            return eqx.combine(from_numbers(jnp.asarray(numbers), units), rest)

        return start


@eqx.filter_jit
@in_turn
def _read(
    cell: Any,
    inputs: Float[Array, "time input"],
    first: Array,
    like: tuple[State, State],
    places: tuple[Array, Array],
) -> tuple[Array, Bool[Array, " time"], Float[Array, "time pair"]]:
    """Return the last states, when all are finite, and the distances of the pairs.

    `like` is the cell's own first state of units, and the rest of all states.
    """
    own, others = like

    def move(input: Array, flat: Array, rest: State) -> tuple[Array, State]:
        after = cell(input, eqx.combine(from_numbers(flat, own), rest))
        units, rest_after = eqx.partition(after, eqx.is_inexact_array)
        return as_numbers(units), rest_after

    move_all = jax.vmap(move, in_axes=(None, 0, 0))

    def step(
        carry: tuple[Array, State], input: Array
    ) -> tuple[tuple[Array, State], tuple[Array, Array]]:
        after, others = move_all(input, *carry)
        one, other = places
        apart = norm(after[one] - after[other], axis=1, xp=jnp)
        return (after, others), (jnp.isfinite(after).all(), apart)

    start = first, others
    (last, _), (finite, distances) = jax.lax.scan(step, start, inputs)
    return last, finite, distances
