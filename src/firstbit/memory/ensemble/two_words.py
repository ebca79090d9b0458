"""Random cells that read two words at once."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Inexact, Int

from firstbit.cells.state import State
from firstbit.memory.ensemble.random_cells import Draws, first_state
from firstbit.memory.ensemble.recipe import Recipe
from firstbit.programs.blockwise import blockwise
from firstbit.programs.difference_propagation import with_difference

Carry = tuple[State, State, Array, Array]
"""State of the first word, difference to the second, distances, and which are lost."""

MOST_IN_ORDER = 32
"""Squares of a leaf that are added up in order: cells that share programs have fewer
units."""

ROUNDOFF = 2.0**-53
"""Relative rounding of float64."""


def read_two_words(
    recipe: Recipe,
    draws: Draws,
    weights: list[Array],
    words: Int[Array, "word time draw"],
    length: Int[Array, ""] | int,
    *,
    num_letters: int,
) -> tuple[Float[Array, "time draw"], Bool[Array, "time draw"]]:
    """Read two words by the state of the first and the difference to the second.

    Returns:
        The distance of the two states after each symbol for each draw, and whether it
        is below the rounding of the states.
    """
    letters = jnp.arange(num_letters, dtype=words.dtype)[:, None]

    def one(
        leaves: list[Array], x: Array, dx: Array, state: State, change: State
    ) -> tuple[State, State]:
        cell = recipe.cell(leaves)
        return with_difference(cell)((x, state), (dx, change))

    step = blockwise(one, draws.always, machine=recipe.machine)

    def body(t: Array, carry: Carry) -> Carry:
        state, change, distances, lost = carry
        first = (words[0, t] == letters).astype(float)
        second = (words[1, t] == letters).astype(float)
        state, change = step(weights, first, second - first, state, change)
        state, change = draws.inside(state), draws.inside(change)
        # A user's cell may stand in a larger one: zeros behind must change nothing.
        in_order = recipe.step is not None
        distance = _norm(_measured(recipe, change), in_order=in_order)
        distance = jnp.where(_is_finite(recipe, state), distance, jnp.nan)
        return (
            state,
            change,
            distances.at[t].set(distance),
            lost.at[t].set(_is_below_rounding(recipe, state, change)),
        )

    _, buffer, num_draws = words.shape
    state = draws.inside(first_state(recipe, weights, draws.always))
    same = jax.tree.map(jnp.zeros_like, state)
    none = jnp.zeros((buffer, num_draws))
    start = (state, same, none, none > 0)
    _, _, distances, lost = jax.lax.fori_loop(0, length, body, start)
    return distances, lost


def true_parts(
    recipe: Recipe, leaves: list[Array], hidden_size: Array
) -> list[Inexact[Array, "_ draw"]]:
    """Return each leaf of a state as a matrix; units beyond the true size are zero."""
    parts = _matrices(leaves)
    if not recipe.is_padded:
        return parts
    masked = []
    for part in parts:
        units = jnp.arange(part.shape[0], dtype=float)
        inside = units[:, None] < hidden_size
        masked.append(jnp.where(inside, part, 0.0))
    return masked


def _measured(recipe: Recipe, state: State) -> list[Float[Array, "_ draw"]]:
    """Return each measured leaf of a state as a matrix; complex numbers by size."""
    leaves = recipe.measured_leaves(state)
    return [_sizes(leaf) for leaf in _matrices(leaves)]


def _matrices(leaves: list[Array]) -> list[Inexact[Array, "_ draw"]]:
    """Return each leaf with its entries along one axis, before that of the draws."""
    return [leaf.reshape(-1, leaf.shape[-1]) for leaf in leaves]


def _is_below_rounding(
    recipe: Recipe, state: State, change: State
) -> Bool[Array, " draw"]:
    """Return whether each entry's change is at most the rounding of that entry."""
    pairs = zip(_measured(recipe, state), _measured(recipe, change), strict=True)
    lost = jnp.array(True)
    for entries, changes in pairs:
        within = jnp.abs(changes) <= ROUNDOFF * jnp.abs(entries)
        lost = lost & within.all(axis=0)
    return lost


def _is_finite(recipe: Recipe, state: State) -> Bool[Array, " draw"]:
    """Return whether all entries are finite; nothing is a distance away from others.

    The difference of two constants is 0, be they finite or not.
    """
    found = jnp.array(True)
    for entries in _measured(recipe, state):
        found = found & jnp.isfinite(entries).all(axis=0)
    return found


def _norm(
    parts: list[Float[Array, "_ draw"]], *, in_order: bool
) -> Float[Array, " draw"]:
    """Return the Euclidean norm of all parts, without underflow.

    Args:
        parts: of the difference of two states.
        in_order: whether the first squares are added up one after the other; XLA takes
            an order that depends on their number.
    """
    largest = parts[0][0] * 0
    for part in parts:
        of_part = jnp.max(jnp.abs(part), axis=0)
        largest = jnp.maximum(largest, of_part)
    scale = 1 / jnp.where(largest > 0, largest, 1.0)
    total = jnp.zeros_like(largest)
    for part in parts:
        squares = (part * scale) ** 2
        written_out = MOST_IN_ORDER if in_order else 0
        for row in squares[:written_out]:
            total = total + row
        total = total + jnp.sum(squares[written_out:], axis=0)
    return largest * jnp.sqrt(total)


def _sizes(part: Array) -> Float[Array, "_ draw"]:
    """Return real numbers as they are, and the sizes of complex ones."""
    is_complex = jnp.issubdtype(part.dtype, jnp.complexfloating)
    return jnp.abs(part) if is_complex else part.astype(float)
