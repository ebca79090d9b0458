"""One random net after the other reads many words: its states, some steps at a time."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, UInt32

from firstbit.cells.state import State
from firstbit.memory.ensemble.population import Population
from firstbit.memory.ensemble.random_cells import (
    Draws,
    block_bits,
    draw_keys,
    scalar,
    strip_weights,
)
from firstbit.memory.ensemble.recipe import Recipe
from firstbit.memory.ensemble.two_words import true_parts
from firstbit.programs.bounded import bounded
from firstbit.programs.complex_numbers import in_reals
from firstbit.programs.in_turn import in_turn
from firstbit.weights.threefry import Words, threefry

HIGHEST_WORD = np.uint32(0xFFFFFFFD)
"""High word that is hashed for word 0; those of `word_pair` are above.

Word 1 takes the one below, and so on: far from those of arrays, which begin at 1.
"""

NUMBERS_AT_ONCE = 1 << 22
"""Numbers of states that are in memory at a time: 32 MiB."""

Symbols = Int[Array, "word time"]
Numbers = Float[Array, "word time"]
Letters = Float[Array, "symbol input"]
States = Float[Array, "step word feature"]


class Drawn(NamedTuple):
    """What the program that draws some nets depends on."""

    recipe: Recipe
    num_nets: int


class Nets(NamedTuple):
    """Some random nets of one size, each with words of its own.

    Attributes:
        population: of the nets.
        weights: their arrays, the net as last axis.
        keys: two words for each net.
    """

    population: Population
    weights: list[Array]
    keys: tuple[UInt32[Array, " net"], UInt32[Array, " net"]]

    @classmethod
    def of(
        cls, population: Population, first: int, num_nets: int, key: Words
    ) -> "Nets":
        """Draw nets: net i depends on (key, k, i) alone.

        Args:
            population: random cells of one size.
            first: number of the first net.
            num_nets: how many.
            key: words of the random key.
        """
        some = population._replace(num_draws=num_nets, width=num_nets)
        draws = some.draws(key, first, num_strips=1)
        drawn = Drawn(population.recipe, num_nets)
        weights, high, low = _draw(draws, drawn=drawn)
        return cls(population, weights, (high, low))

    def words(self, net: int, num_words: int, num_symbols: int) -> Symbols:
        """Return random words of a net, each symbol 0 or 1.

        Symbol t of word w depends on (key, k, i, w, t) alone.
        """
        words = jnp.arange(num_words, dtype=jnp.uint32)
        times = jnp.arange(num_symbols, dtype=jnp.uint32)
        return _random_words(self.key(net), words[:, None], times)

    def numbers(self, net: int, words: range, num_steps: int) -> Numbers:
        """Return words of random numbers of a net, uniform from -1 to 1.

        Number t of word w depends on (key, k, i, w, t) alone.
        """
        which = jnp.array(words, dtype=jnp.uint32)
        times = jnp.arange(num_steps, dtype=jnp.uint32)
        return _random_numbers(self.key(net), which[:, None], times)

    def key(self, net: int) -> Words:
        """Return the key of a net's words."""
        high, low = self.keys
        return high[net], low[net]

    def states(
        self, net: int, symbols: Symbols | Numbers, letters: Letters | None
    ) -> Iterator[States]:
        """Yield the states of a net that reads words, some steps at a time.

        Complex numbers are two features. Those beyond the true size are 0, so that
        nearby sizes share the program that fits read-outs.

        Args:
            net: its place among these nets.
            symbols: of each word; numbers, where they are the inputs themselves.
            letters: the input of each symbol; None for numbers.
        """
        recipe = self.population.recipe
        _, num_symbols = symbols.shape
        arrays = [array[..., net] for array in self.weights]
        size = scalar(self.population.hidden_size, "float64")
        state = _start(arrays, symbols[:, 0], recipe=recipe)
        num_numbers = sum(leaf.size for leaf in recipe.measured_leaves(state))
        steps = max(1, min(num_symbols, NUMBERS_AT_ONCE // max(1, num_numbers)))
        missing = -num_symbols % steps
        none, after = (0, 0), (0, missing)
        padded = jnp.pad(symbols, (none, after))
        for first in range(0, num_symbols, steps):
            some = padded[:, first : first + steps]
            state, features = _read(
                arrays,
                state,
                some,
                letters,
                size,
                recipe=recipe,
            )
            yield features[: num_symbols - first]


@bounded(static="drawn")
@in_turn
def _draw(draws: Draws, *, drawn: Drawn) -> tuple[list[Array], Array, Array]:
    """Return the weights of some nets, and the keys of their words."""
    high, low = draw_keys(draws, 1, drawn.num_nets)
    of_strips = block_bits(draws, (high, low))
    bits = [one[0] for one in of_strips]
    keys = (high[0], low[0])
    weights = strip_weights(drawn.recipe, draws, bits, keys, 0)
    return weights, *keys


@jax.jit
def _random_words(
    key: Words, words: UInt32[Array, "word 1"], times: UInt32[Array, " time"]
) -> Symbols:
    bits, _ = threefry(key, HIGHEST_WORD - words, times)
    return (bits >> 31).astype(jnp.int8)


@jax.jit
def _random_numbers(
    key: Words, words: UInt32[Array, "word 1"], times: UInt32[Array, " time"]
) -> Numbers:
    bits, _ = threefry(key, HIGHEST_WORD - words, times)
    middle = bits.astype(float) + 0.5  # neither end is reached
    return middle * 2.0**-31 - 1


@bounded(static="recipe")
@in_turn
def _start(arrays: list[Array], of_words: Array, *, recipe: Recipe) -> State:
    """Return the state before the first symbol, the word as first axis."""
    start = recipe.begin(arrays)

    def repeated(leaf: Array) -> Array:
        return jnp.broadcast_to(leaf, (*of_words.shape, *leaf.shape))

    return jax.tree.map(repeated, start)


@bounded(static="recipe")
@in_turn
def _read(
    arrays: list[Array],
    state: State,
    symbols: Symbols | Numbers,
    letters: Letters | None,
    hidden_size: Float[Array, ""],
    *,
    recipe: Recipe,
) -> tuple[State, States]:
    """Read some symbols of each word; return the last state and all features."""
    cell: Any = recipe.cell(arrays)
    of_words = jax.vmap(cell)

    def step(state: State, column: Array) -> tuple[State, Array]:
        inputs = column[:, None] if letters is None else letters[column]
        after = of_words(inputs, state)
        return after, _features(recipe, after, hidden_size)

    return jax.lax.scan(step, state, symbols.T)


def _features(
    recipe: Recipe, state: State, hidden_size: Float[Array, ""]
) -> Float[Array, "word feature"]:
    """Return the measured numbers of each word's state."""
    leaves = []
    for leaf in recipe.measured_leaves(state):
        of_words = jnp.moveaxis(leaf, 0, -1)
        for part in jax.tree.leaves(in_reals(of_words)):
            leaves.append(part.astype(float))
    return jnp.concatenate(true_parts(recipe, leaves, hidden_size)).T


def are_finite(features: States) -> Bool[np.ndarray, " step"]:
    """Return after which steps all numbers are finite."""
    finite = jnp.isfinite(features)
    return np.asarray(finite.all(axis=(1, 2)))
