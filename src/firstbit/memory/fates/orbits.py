"""Two words' states under a constant input, watched for a long time.

The pair is carried as the state of the first word and the difference to the second,
which keeps its own digits, and a tangent vector at each. A tangent is a difference of
size 1e-30: the step is linear in it to every digit of float64.
"""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from firstbit.cells.state import State
from firstbit.devices import computing_on
from firstbit.memory.ensemble.population import Population
from firstbit.memory.ensemble.random_cells import (
    Draws,
    block_bits,
    draw_keys,
    first_state,
    strip_weights,
)
from firstbit.memory.ensemble.recipe import Recipe
from firstbit.memory.ensemble.two_words import true_parts
from firstbit.norms import norm
from firstbit.programs.blockwise import blockwise
from firstbit.programs.bounded import bounded
from firstbit.programs.complex_numbers import in_reals
from firstbit.programs.difference_propagation import with_difference
from firstbit.weights.threefry import Words

FIRST_SYMBOL = np.array([-1.0, 1.0])
NO_DIFFERENCE = np.zeros(2)
"""By how much the second word's first input differs from that of the first word, 0."""

NUM_BATCHES = 10
"""Parts of the time over which growth is averaged."""

TANGENT = 1e-30
"""Size of a tangent vector.

Its square is nothing beside it, and a step may shrink it by 1e-100.
"""


class Pair(NamedTuple):
    """Where the two words are.

    Attributes:
        u: state of the first word.
        apart: difference of the second word's state, v, to it.
        tangents: a tangent vector at u and one at v.
        scale: the largest norm that either state has had.
        least: the least distance above zero that the two states have had; inf if there
            was none.
    """

    u: State
    apart: State
    tangents: tuple[State, State]
    scale: Float[Array, " draw"]
    least: Float[Array, " draw"]


class Seen(NamedTuple):
    """What was seen of each draw's pair, from a snapshot of both states on.

    Distances are of the whole state.

    Attributes:
        scale: the largest norm that either state ever had.
        before: the largest norm that either state had before.
        largest: the largest norm of either state in each part of the time.
        apart: largest distance of the two states.
        least: the least distance above zero that they ever had; inf if there was none.
        nearest: smallest distance of u, at any time, to the snapshot of v.
        period: of u and of v: the first time of return to the snapshot within the
            tolerance; 0 if there was none.
        stays: of u and of v: whether every multiple of the period was a return too.
        growth: mean growth of the logarithm a step, in each part of the time: of the
            distance of the two states, of the tangent vector at u, of that at v.
    """

    scale: Float[Array, " draw"]
    before: Float[Array, " draw"]
    largest: Float[Array, "batch draw"]
    apart: Float[Array, " draw"]
    least: Float[Array, " draw"]
    nearest: Float[Array, " draw"]
    period: Int[Array, "word draw"]
    stays: Bool[Array, "word draw"]
    growth: Float[Array, "vector batch draw"]

    @classmethod
    def nothing(cls, pair: Pair) -> "Seen":
        """Return the values before the first step."""
        (width,) = pair.scale.shape
        zero = jnp.zeros_like(pair.scale)
        return cls(
            scale=pair.scale,
            before=pair.scale,
            largest=jnp.stack([zero] * NUM_BATCHES),
            apart=zero,
            least=pair.least,
            nearest=zero + jnp.inf,
            period=jnp.zeros((2, width), dtype=jnp.int64),
            stays=jnp.ones((2, width), dtype=bool),
            growth=jnp.zeros((3, NUM_BATCHES, width)),
        )


class Watch(NamedTuple):
    """How long a pair is watched, and for what.

    Attributes:
        length: symbols until the distance is taken, at least 1.
        transient: symbols after these that are not watched.
        horizon: symbols that are watched, at least `NUM_BATCHES`.
        largest_period: the longest period that is looked for.
        tolerance: of a return, as a share of the largest norm of the states.
    """

    length: int
    transient: int
    horizon: int
    largest_period: int
    tolerance: float


def watch_strip(
    population: Population, number: int, key: Words, watch: Watch
) -> tuple[Float[np.ndarray, " draw"], Seen]:
    """Watch a strip of draws that read 0 0... and 1 0...

    Args:
        population: random cells of one size.
        number: of the strip.
        key: words of the random key; draw i is that of `discrepancy`.
        watch: how long, and for what.

    Returns:
        The distance of h of the two words at their last symbol, and what was seen
        later.
    """
    with computing_on(population.recipe.machine.name):
        return _watch(population, number, key, watch)


def _watch(
    population: Population, number: int, key: Words, watch: Watch
) -> tuple[Float[np.ndarray, " draw"], Seen]:
    """Watch a strip of draws on the device of this thread."""
    recipe = population.recipe
    first_draw = number * population.width
    draws = population.draws(key, first_draw, num_strips=1)
    weights, pair = _drawn(draws, strip=(recipe, population.width))
    limits = Limits(
        jnp.array(watch.largest_period),
        jnp.array(watch.tolerance),
    )
    watched = partial(_watched, weights, draws=draws, limits=limits, recipe=recipe)

    def go(pair: Pair, first_symbol: np.ndarray, num_steps: int) -> tuple[Pair, Seen]:
        return watched(pair, jnp.asarray(first_symbol), jnp.array(num_steps))

    pair, _ = go(pair, FIRST_SYMBOL, watch.length)
    measured = recipe.measured_leaves(pair.apart)
    apart = np.concatenate(list(map(_rows, measured)))
    pair, _ = go(pair, NO_DIFFERENCE, watch.transient)
    _, seen = go(pair, NO_DIFFERENCE, watch.horizon)
    return norm(apart, axis=0), jax.tree.map(np.asarray, seen)


def _rows(leaf: Array) -> np.ndarray:
    """Return a leaf of a state as a matrix with one row for each number."""
    return np.asarray(leaf).reshape(-1, leaf.shape[-1])


@bounded(static="strip")
def _drawn(draws: Draws, *, strip: tuple[Recipe, int]) -> tuple[list[Array], Pair]:
    """Return the weights of a strip, and both words at the initial state."""
    recipe, _ = strip
    return recipe.machine.batches(_weights_and_pair)(draws, strip=strip)


def _weights_and_pair(
    draws: Draws, *, strip: tuple[Recipe, int]
) -> tuple[list[Array], Pair]:
    """Draw the weights of a strip; the tangents have a direction without meaning."""
    recipe, width = strip
    of_block = draw_keys(draws, 1, width)
    high, low = of_block
    keys = (high[0], low[0])
    bits = [of_strips[0] for of_strips in block_bits(draws, of_block)]
    weights = strip_weights(recipe, draws, bits, keys, 0)
    state = first_state(recipe, weights, draws.always)

    def direction(leaf: Array) -> Array:
        if not jnp.issubdtype(leaf.dtype, jnp.inexact):
            return jnp.zeros_like(leaf)  # a clock has no direction
        *axes, width = leaf.shape
        num_units = leaf.size // width
        units = jnp.arange(num_units, dtype=leaf.dtype).reshape(*axes, 1)
        entries = TANGENT * jnp.cos(1.0 + units)
        if recipe.is_padded:
            inside = units < draws.hidden_size
            entries = entries * inside.astype(leaf.dtype)
        return jnp.broadcast_to(entries, leaf.shape)

    tangent = jax.tree.map(direction, state)
    numbers = _vector(state, draws.hidden_size, recipe)
    same = jax.tree.map(jnp.zeros_like, state)
    pair = Pair(
        u=state,
        apart=same,
        tangents=(tangent, tangent),
        scale=_norm(numbers),
        least=jnp.full(width, jnp.inf),
    )
    return weights, pair


class Limits(NamedTuple):
    """When a state has returned.

    Attributes:
        largest_period: steps after which a return counts no more.
        tolerance: as a share of the largest norm of the states.
    """

    largest_period: Int[Array, ""]
    tolerance: Float[Array, ""]


@bounded(static="recipe")
def _watched(*arrays: object, recipe: Recipe, **others: object) -> tuple[Pair, Seen]:
    """Step with the symbol 0; see `_stepped`."""
    return recipe.machine.batches(_stepped)(*arrays, recipe=recipe, **others)


def _stepped(
    weights: list[Array],
    pair: Pair,
    first_symbol: Float[Array, " symbol"],
    num_steps: Int[Array, ""],
    *,
    draws: Draws,
    limits: Limits,
    recipe: Recipe,
) -> tuple[Pair, Seen]:
    """Step `num_steps` times with the symbol 0.

    `first_symbol` is the difference of the second word's first input.
    """
    (width,) = pair.scale.shape
    symbol = jnp.array([1.0, 0.0])
    zero = jnp.broadcast_to(symbol[:, None], (2, width))
    difference = jnp.broadcast_to(first_symbol[:, None], (2, width))

    def one(leaves: list[Array], x: Array, dx: Array, pair: Pair) -> Pair:
        return _step(recipe.cell(leaves), x, dx, pair)

    def vector(state: State) -> Array:
        return _vector(state, draws.hidden_size, recipe)

    step = blockwise(one, draws.always, machine=recipe.machine)
    u = vector(pair.u)
    apart = vector(pair.apart)
    snapshots = jnp.stack([u, u + apart])

    def body(t: Array, carry: tuple[Pair, Seen, Array]) -> tuple[Pair, Seen, Array]:
        pair, seen, before = carry
        change = jnp.where(t == 0, difference, 0.0)
        pair = step(weights, zero, change, pair)
        at_u, at_v = pair.tangents
        size_u = _norm(vector(at_u) / TANGENT)
        size_v = _norm(vector(at_v) / TANGENT)
        tangents = (_shrunk(at_u, size_u), _shrunk(at_v, size_v))
        u = vector(pair.u)
        apart = vector(pair.apart)
        states = jnp.stack([u, u + apart])
        now = _norm(apart)
        norm = jnp.max(_norm(states), axis=0)
        scale = jnp.maximum(pair.scale, norm)
        is_apart = now > 0
        smaller = jnp.minimum(pair.least, now)
        least = jnp.where(is_apart, smaller, pair.least)
        pair = pair._replace(tangents=tangents, scale=scale, least=least)
        moved = _norm(states - snapshots)
        returned = moved <= limits.tolerance * scale
        period, stays = _returns(seen, t + 1, returned, limits.largest_period)
        growth = jnp.log(jnp.stack([now / before, size_u, size_v]))
        mean_growth = growth * NUM_BATCHES / num_steps
        batch = NUM_BATCHES * t // num_steps
        from_v = _norm(u - snapshots[1])
        seen = Seen(
            scale=scale,
            before=seen.before,
            least=least,
            largest=seen.largest.at[batch].max(norm),
            apart=jnp.maximum(seen.apart, now),
            nearest=jnp.minimum(seen.nearest, from_v),
            period=period,
            stays=stays,
            growth=seen.growth.at[:, batch].add(mean_growth),
        )
        return pair, seen, now

    start = (pair, Seen.nothing(pair), _norm(apart))
    pair, seen, _ = jax.lax.fori_loop(0, num_steps, body, start)
    return pair, seen


def share_of_parts(num_steps: int) -> Float[np.ndarray, " part"]:
    """Return a tenth of all steps, over the steps of each part: 1 if that is whole.

    Example:
        >>> share_of_parts(100).tolist(), share_of_parts(105)[:2].tolist()
        ([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0], [0.9545454545454546, 1.05])
    """
    part = NUM_BATCHES * np.arange(num_steps) // num_steps
    return num_steps / NUM_BATCHES / np.bincount(part)


def _step(cell: Any, x: Array, dx: Array, pair: Pair) -> Pair:
    """Return one draw's pair after one symbol; scale and least stay as they are."""
    move = with_difference(cell)
    tangent_u, tangent_v = pair.tangents
    u, apart = move((x, pair.u), (dx, pair.apart))
    v = jax.tree.map(_second, pair.u, pair.apart)
    same = jnp.zeros_like(dx)
    _, at_u = move((x, pair.u), (same, tangent_u))
    _, at_v = move((x + dx, v), (same, tangent_v))
    return Pair(
        u,
        apart,
        (at_u, at_v),
        pair.scale,
        pair.least,
    )


def _second(value: Array, change: Array) -> Array:
    """Return the value at the second point; truth values change or stay."""
    return value ^ change if value.dtype == bool else value + change


def _returns(
    seen: Seen, t: Array, returned: Bool[Array, "word draw"], largest_period: Array
) -> tuple[Int[Array, "word draw"], Bool[Array, "word draw"]]:
    """Return the periods found up to now, and whether they passed every test since."""
    is_new = seen.period == 0
    is_first = is_new & returned & (t <= largest_period)
    period = jnp.where(is_first, t, seen.period)
    is_multiple = t % jnp.maximum(period, 1) == 0
    is_due = (period > 0) & is_multiple
    passes = returned | ~is_due
    return period, seen.stays & passes


def _vector(
    state: State, hidden_size: Array, recipe: Recipe
) -> Float[Array, "entry draw"]:
    """Return all numbers of a state, a complex one as two.

    Those of units beyond the true size are zero.
    """
    parts = true_parts(recipe, recipe.unit_leaves(state), hidden_size)
    return jnp.concatenate(jax.tree.leaves(in_reals(parts)))


def _norm(vectors: Float[Array, "*some entry draw"]) -> Float[Array, "*some draw"]:
    squares = jnp.sum(vectors**2, axis=-2)
    return jnp.sqrt(squares)


def _shrunk(tangent: State, size: Float[Array, " draw"]) -> State:
    """Return a tangent vector of the size that it had; zero if it has vanished."""

    def shrunk(leaf: Array) -> Array:
        if not jnp.issubdtype(leaf.dtype, jnp.inexact):
            return leaf
        divisor = jnp.where(size > 0, size, 1.0)
        return leaf / divisor.astype(leaf.dtype)

    return jax.tree.map(shrunk, tangent)
