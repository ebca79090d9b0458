"""Two words' states under a constant input, watched for a long time: do they return, part, meet?

The pair is carried as the state of the first word and the difference to the second,
which keeps its own digits, and a tangent vector at each. A tangent is a difference of
size 1e-30: the step is linear in it to every digit of float64.
"""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from firstbit.cells.state import State, hidden_of, initial_state
from firstbit.memory.ensemble.random_cells import (
    Population,
    Recipe,
    block_bits,
    draw_keys,
    strip_weights,
)
from firstbit.programs.blockwise import blockwise
from firstbit.programs.difference_propagation import with_difference
from firstbit.weights.threefry import Counters, Words

FIRST_SYMBOL = np.array([-1.0, 1.0])
"""By how much the second word's first input differs from that of the first word, 0."""

NUM_BATCHES = 10
"""Parts of the time over which growth is averaged."""

TANGENT = 1e-30
"""Size of a tangent vector: its square is nothing beside it, and a step may shrink it
by 1e-100."""


class Pair(NamedTuple):
    """Where the two words are.

    Attributes:
        u: state of the first word.
        apart: difference of the second word's state, v, to it.
        tangents: a tangent vector at u and one at v.
        scale: the largest norm that either state has had.
    """

    u: State
    apart: State
    tangents: tuple[State, State]
    scale: Float[Array, " draw"]


class Seen(NamedTuple):
    """What was seen of each draw's pair, from a snapshot of both states on. Distances are of the whole state.

    Attributes:
        scale: the largest norm that either state ever had.
        largest: the largest norm of either state in the first and in the second half of
            the time.
        apart: largest distance of the two states.
        nearest: smallest distance of u, at any time, to the snapshot of v.
        period: of u and of v: the first time of return to the snapshot within the
            tolerance; 0 if there was none.
        stays: of u and of v: whether every multiple of the period was a return too.
        growth: mean growth of the logarithm a step, in each part of the time: of the
            distance of the two states, of the tangent vector at u, of that at v.
    """

    scale: Float[Array, " draw"]
    largest: Float[Array, "half draw"]
    apart: Float[Array, " draw"]
    nearest: Float[Array, " draw"]
    period: Int[Array, "word draw"]
    stays: Bool[Array, "word draw"]
    growth: Float[Array, "vector batch draw"]

    @classmethod
    def nothing(cls, scale: Float[Array, " draw"]) -> "Seen":
        """Before the first step."""
        zero = jnp.zeros_like(scale)
        return cls(
            scale=scale,
            largest=jnp.stack([zero] * 2),
            apart=zero,
            nearest=zero + jnp.inf,
            period=jnp.zeros((2, *scale.shape), dtype=jnp.int64),
            stays=jnp.ones((2, *scale.shape), dtype=bool),
            growth=jnp.zeros((3, NUM_BATCHES, *scale.shape)),
        )


def watch_strip(
    population: Population,
    number: int,
    key: Words,
    steps: tuple[int, int, int],
    *,
    largest_period: int,
    tolerance: float,
) -> tuple[Float[np.ndarray, " draw"], Seen]:
    """What becomes of a strip of draws that read 0 0... and 1 0...

    Args:
        population: of which the strip is.
        number: of the strip.
        key: words of the random key; draw i is that of `samples.sample`.
        steps: symbols until the distance is taken, at least 1; those not watched; those
            watched, at least `NUM_BATCHES`.
        largest_period: that is looked for.
        tolerance: of a return, as a share of the largest norm of the states.

    Returns:
        The distance of h of the two words at their last symbol, and what was seen
        later.
    """
    size, always, recipe = (
        np.float64(population.hidden_size),
        np.bool_(True),
        population.recipe,
    )
    first, drawn = (
        np.uint32(number * population.width),
        (population.counters, population.laws, population.kept),
    )
    weights, pair = _drawn(
        key, size, first, *drawn, always, recipe=recipe, width=population.width
    )
    watch = partial(
        _watched,
        recipe=recipe,
        always=always,
        hidden_size=size,
        limits=(np.int64(largest_period), np.float64(tolerance)),
    )
    length, transient, horizon = (np.int64(count) for count in steps)
    pair, _ = watch(weights, pair, FIRST_SYMBOL, length)
    distance = _distance(np.asarray(hidden_of(pair.apart)))
    pair, _ = watch(weights, pair, 0 * FIRST_SYMBOL, transient)
    _, seen = watch(weights, pair, 0 * FIRST_SYMBOL, horizon)
    return distance, jax.tree.map(np.asarray, seen)


def _distance(apart: Float[np.ndarray, "*hidden draw"]) -> Float[np.ndarray, " draw"]:
    """Euclidean norm without underflow."""
    rows = np.abs(apart).reshape(-1, apart.shape[-1])
    largest = rows.max(axis=0)
    return largest * np.sqrt(
        ((rows / np.where(largest > 0, largest, 1.0)) ** 2).sum(axis=0)
    )


@partial(jax.jit, static_argnames=("recipe", "width"))
def _drawn(
    key: Words,
    hidden_size: Array,
    first_draw: Array,
    counters: list[Counters],
    laws: Array,
    kept: list[Array | None],
    always: Bool[Array, ""],
    *,
    recipe: Recipe,
    width: int,
) -> tuple[list[Array], Pair]:
    """The weights of a strip, and both words at the initial state with tangents in a direction that has no meaning."""
    of_block = draw_keys(key, hidden_size, first_draw, always, 1, width)
    keys, bits = jax.tree.map(
        lambda of_strips: of_strips[0], (of_block, block_bits(counters, of_block))
    )
    weights = strip_weights(recipe, bits, keys, hidden_size, laws, kept)
    state = blockwise(
        lambda leaves: initial_state(recipe.cell(leaves), recipe.start), always
    )(weights)

    def direction(leaf: Array) -> Array:
        units = jnp.arange(leaf.size // leaf.shape[-1], dtype=leaf.dtype).reshape(
            *leaf.shape[:-1], 1
        )
        true = (units < hidden_size) if recipe.is_padded else True
        return jnp.broadcast_to(TANGENT * jnp.cos(1.0 + units) * true, leaf.shape)

    tangent = jax.tree.map(direction, state)
    scale = _norm(_vector(state, hidden_size, recipe))
    return weights, Pair(
        state, jax.tree.map(jnp.zeros_like, state), (tangent, tangent), scale
    )


@partial(jax.jit, static_argnames="recipe")
def _watched(
    weights: list[Array],
    pair: Pair,
    first_symbol: Float[Array, " symbol"],
    num_steps: Int[Array, ""],
    limits: tuple[Int[Array, ""], Float[Array, ""]],
    hidden_size: Float[Array, ""],
    always: Bool[Array, ""],
    *,
    recipe: Recipe,
) -> tuple[Pair, Seen]:
    """So many steps with the symbol 0; `first_symbol` is the difference of the second word's first input."""
    step = blockwise(
        lambda leaves, x, dx, pair: _step(recipe.cell(leaves), x, dx, pair), always
    )
    zero, difference = (
        jnp.broadcast_to(x[:, None], (2, *pair.scale.shape))
        for x in (jnp.array([1.0, 0.0]), first_symbol)
    )

    def vector(state: State) -> Array:
        return _vector(state, hidden_size, recipe)

    u, apart = vector(pair.u), vector(pair.apart)
    snapshots = jnp.stack([u, u + apart])

    def body(t: Array, carry: tuple[Pair, Seen, Array]) -> tuple[Pair, Seen, Array]:
        pair, seen, before = carry
        pair = step(weights, zero, jnp.where(t == 0, difference, 0.0), pair)
        sizes = [_norm(vector(tangent) / TANGENT) for tangent in pair.tangents]
        tangents = tuple(
            _shrunk(tangent, size)
            for tangent, size in zip(pair.tangents, sizes, strict=True)
        )
        u, apart = vector(pair.u), vector(pair.apart)
        states, now = jnp.stack([u, u + apart]), _norm(apart)
        norm = jnp.max(_norm(states), axis=0)
        pair = pair._replace(tangents=tangents, scale=jnp.maximum(pair.scale, norm))
        period, stays = _returns(
            seen, t + 1, _norm(states - snapshots) <= limits[1] * pair.scale, limits[0]
        )
        growth = jnp.log(jnp.stack([now / before, *sizes]))
        seen = Seen(
            scale=pair.scale,
            largest=seen.largest.at[2 * t // num_steps].max(norm),
            apart=jnp.maximum(seen.apart, now),
            nearest=jnp.minimum(seen.nearest, _norm(u - snapshots[1])),
            period=period,
            stays=stays,
            growth=seen.growth.at[:, NUM_BATCHES * t // num_steps].add(
                growth * NUM_BATCHES / num_steps
            ),
        )
        return pair, seen, now

    return jax.lax.fori_loop(
        0, num_steps, body, (pair, Seen.nothing(pair.scale), _norm(apart))
    )[:2]


def _step(cell: State, x: Array, dx: Array, pair: Pair) -> Pair:
    """One draw's pair, one symbol on; the scale is left as it is."""
    move = with_difference(cell)
    u, apart = move((x, pair.u), (dx, pair.apart))
    v, same = jax.tree.map(jnp.add, pair.u, pair.apart), jnp.zeros_like(dx)
    _, at_u = move((x, pair.u), (same, pair.tangents[0]))
    _, at_v = move((x + dx, v), (same, pair.tangents[1]))
    return Pair(u, apart, (at_u, at_v), pair.scale)


def _returns(
    seen: Seen, t: Array, returned: Bool[Array, "word draw"], largest_period: Array
) -> tuple[Array, Array]:
    """The periods found up to now, and whether they have stood every test since."""
    is_first = (seen.period == 0) & returned & (t <= largest_period)
    period = jnp.where(is_first, t, seen.period)
    is_due = (period > 0) & (t % jnp.maximum(period, 1) == 0)
    return period, seen.stays & (returned | ~is_due)


def _vector(
    state: State, hidden_size: Array, recipe: Recipe
) -> Float[Array, "entry draw"]:
    """All numbers of a state, without those of units beyond the true size."""
    parts = [leaf.reshape(-1, leaf.shape[-1]) for leaf in jax.tree.leaves(state)]
    if recipe.is_padded:
        parts = [
            jnp.where(jnp.arange(len(part))[:, None] < hidden_size, part, 0.0)
            for part in parts
        ]
    return jnp.concatenate(parts)


def _norm(vectors: Float[Array, "... entry draw"]) -> Float[Array, "... draw"]:
    return jnp.sqrt(jnp.sum(vectors**2, axis=-2))


def _shrunk(tangent: State, size: Float[Array, " draw"]) -> State:
    """A tangent vector of the size that it had; zero if it has vanished."""
    return jax.tree.map(lambda leaf: leaf / jnp.where(size > 0, size, 1.0), tangent)
