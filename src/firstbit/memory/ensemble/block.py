"""A block of draws: the unit of work, always computed by the same program."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from firstbit.arrays import Distances
from firstbit.devices import computing_on
from firstbit.memory.ensemble.block_sizes import reference_places
from firstbit.memory.ensemble.population import Population
from firstbit.memory.ensemble.random_cells import (
    Draws,
    block_bits,
    draw_keys,
    scalar,
    strip_weights,
)
from firstbit.memory.ensemble.recipe import Recipe
from firstbit.memory.ensemble.two_words import read_two_words
from firstbit.memory.ensemble.word_pair import RANDOM, WordPair, strip_words
from firstbit.programs.bounded import bounded
from firstbit.programs.in_turn import in_turn
from firstbit.weights.threefry import Words


class Block(NamedTuple):
    """The distances of a block of draws.

    Attributes:
        distances: of the two words' states.
        reference: of the states after two random words, for the first draws.
        is_lost: whether a distance is below the rounding of its own states.
    """

    distances: Distances
    reference: Distances
    is_lost: Bool[np.ndarray, "length draw"]


class BlockProgram(NamedTuple):
    """What the compiled program of a block depends on.

    Attributes:
        recipe: of the cells.
        num_strips: strips in a block.
        width: draws in a strip.
        num_letters: of the alphabet.
        is_random: whether a random suffix follows the first symbols.
        length: of the words, where loops have a fixed number of turns; else None.
        num_references: strips of draws that read the reference words.
    """

    recipe: Recipe
    num_strips: int
    width: int
    num_letters: int
    is_random: bool
    length: int | None = None
    num_references: int = 1

    @classmethod
    def of(cls, population: Population, words: WordPair, length: int) -> "BlockProgram":
        """Return the program of a population that reads two words."""
        is_wide = population.recipe.machine.is_wide
        return cls(
            recipe=population.recipe,
            num_strips=population.num_strips,
            width=population.width,
            num_letters=words.input_size,
            is_random=words.kind == RANDOM,
            length=length if is_wide else None,
            num_references=population.reference_strips,
        )


def compute_block(
    population: Population, words: WordPair, length: int, key: Words, number: int
) -> Block:
    """Compute a block of draws: draw i depends on (key, k, i) alone.

    Args:
        population: random cells of one size.
        words: the two words.
        length: the largest l.
        key: words of the random key.
        number: of the block.
    """
    program = BlockProgram.of(population, words, length)
    with computing_on(population.recipe.machine.name):
        draws = population.draws(key, number * population.num_draws)
        pair = words.common(length)
        if program.length is not None:
            both = distances_at_once(draws, pair[:, :length], program=program)
            return _taken_apart(*map(np.asarray, both), num_draws=population.num_draws)
        distances, lost = distances_of_block(
            draws, pair, scalar(length, "int64"), program=program
        )
        found = np.asarray(distances)[:, :length]
        is_lost = np.asarray(lost)[: program.num_strips, :length]
    draws, reference = np.split(found, [program.num_strips])
    # Copies: a part of XLA's array would keep the whole of it in memory.
    return Block(
        distances=np.concatenate(draws, axis=1),
        reference=np.concatenate(reference, axis=1)[:, : len(population.references)],
        is_lost=np.concatenate(is_lost, axis=1),
    )


def begin_block(
    population: Population, words: WordPair, length: int, key: Words
) -> None:
    """Begin to compile the program of a population's blocks, before the first one.

    What a constructor draws would be drawn for it alone: then the block compiles it.
    """
    if population.build is not None:
        return
    with jax.enable_x64(True):
        distances_of_block.begin(
            population.draws(key, 0),
            words.common(length),
            scalar(length, "int64"),
            program=BlockProgram.of(population, words, length),
        )


def _taken_apart(found: np.ndarray, lost: np.ndarray, *, num_draws: int) -> Block:
    """Return a block whose last columns are of draws that read the reference words."""
    return Block(
        distances=found[:, :num_draws].copy(),
        reference=found[:, num_draws:].copy(),
        is_lost=lost[:, :num_draws].copy(),
    )


@bounded(static="program")
@in_turn
def distances_of_block(
    draws: Draws,
    pair: Int[Array, "word time"],
    length: Int[Array, ""],
    *,
    program: BlockProgram,
) -> tuple[Float[Array, "strip time draw"], Bool[Array, "strip time draw"]]:
    """Compute the distances of a block, and which are lost, strip by strip of draws.

    So the weights of a strip stay in a core's cache. The last strips read the reference
    words with the weights of the first ones.
    """
    recipe = program.recipe
    num_letters = program.num_letters
    keys = draw_keys(draws, program.num_strips, program.width)
    # All bits first: inside the loop XLA would compute them again in each of the fused
    # pieces of the normal law.
    bits = block_bits(draws, keys)
    words = strip_words(
        pair,
        keys,
        is_random=program.is_random,
        num_letters=num_letters,
        num_references=program.num_references,
    )

    def one_strip(number: Array) -> tuple[Array, Array]:
        of_draws = number % program.num_strips
        of_strip = (keys[0][of_draws], keys[1][of_draws])
        own_bits = [array[of_draws] for array in bits]
        weights = strip_weights(recipe, draws, own_bits, of_strip, of_draws)
        return read_two_words(
            recipe,
            draws,
            weights,
            words[number],
            draws.turns(number, length),
            num_letters=num_letters,
        )

    return jax.lax.map(one_strip, jnp.arange(len(words)))


@bounded(static="program")
def distances_at_once(
    draws: Draws, pair: Int[Array, "word time"], *, program: BlockProgram
) -> tuple[Float[Array, "time reader"], Bool[Array, "time reader"]]:
    """Compute the distances of a block, and which are lost, in one wide strip.

    Behind the draws stand those that read the reference words, once more.
    """
    recipe = program.recipe
    num_draws = program.width
    again = reference_places(recipe.num_weights, num_draws)
    readers = np.concatenate([np.arange(num_draws), again])
    high, low = draw_keys(draws, 1, num_draws)
    both_words = strip_words(
        pair,
        (high, low),
        is_random=program.is_random,
        num_letters=program.num_letters,
    )
    own = both_words[0]
    reference = both_words[1][..., again]
    words = jnp.concatenate([own, reference], axis=-1)
    keys = (high[0, readers], low[0, readers])
    bits = block_bits(draws, (keys[0][None], keys[1][None]))
    of_readers = _spread(draws, readers)
    weights = strip_weights(
        recipe,
        of_readers,
        [one[0] for one in bits],
        keys,
        0,
    )
    assert program.length is not None
    return read_two_words(
        recipe,
        draws,
        weights,
        words,
        program.length,
        num_letters=program.num_letters,
    )


def _spread(draws: Draws, readers: Int[np.ndarray, " reader"]) -> Draws:
    """Return the draws with what the cell's constructor gives for each reader."""
    built = []
    for array in draws.built:
        built.append(None if array is None else array[..., readers])
    return draws._replace(built=built)
