"""The two parts of D(l,k): weights are drawn, and both words are read with them."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp

from firstbit.cells import Given
from firstbit.memory.ensemble.block import BlockProgram
from firstbit.memory.ensemble.ensemble import Ensemble, Job
from firstbit.memory.ensemble.random_cells import block_bits, draw_keys, strip_weights
from firstbit.memory.ensemble.two_words import read_two_words
from firstbit.memory.ensemble.word_pair import WordPair, strip_words
from firstbit.threads import run_blocks


class Parts(NamedTuple):
    """Each part of a measurement, without the reference words."""

    drawing: Callable[[], object]
    propagation: Callable[[], object]


def parts(cell: type, sizes: range, length: int, num_draws: int) -> Parts:
    """Return what draws all weights of the grid, and what reads with drawn weights."""
    given = Given.of(cell, hidden_sizes=sizes)
    words = WordPair.of("constant")
    ensemble = Ensemble.of(
        given, words, length=length, num_draws=num_draws, key=jax.random.key(0)
    )
    jobs = ensemble.jobs()
    pair = words.common(length)

    def program_and_draws(job: Job):
        population = ensemble.populations[job.size]
        first = job.block * population.num_draws
        draws = population.draws(ensemble.words_of_key, first)
        return BlockProgram.of(population, words, length), draws

    def draw(job: Job):
        program, draws = program_and_draws(job)
        return drawn(draws, program=program).block_until_ready()

    def weights(job: Job):
        program, draws = program_and_draws(job)
        return jax.block_until_ready(held_weights(draws, program=program))

    held = dict(zip(jobs, run_blocks(weights, jobs), strict=True))

    def propagate(job: Job):
        program, draws = program_and_draws(job)
        symbols = jnp.asarray(pair)
        read = propagated(held[job], draws, symbols, jnp.array(length), program=program)
        return read.block_until_ready()

    return Parts(
        drawing=lambda: run_blocks(draw, jobs),
        propagation=lambda: run_blocks(propagate, jobs),
    )


def each_strip(draws, program: BlockProgram, use: Callable) -> object:
    """Draw the weights of each strip, and use them."""
    keys = draw_keys(draws, program.num_strips, program.width)
    bits = block_bits(draws, keys)

    def one_strip(number):
        own_bits = [array[number] for array in bits]
        own_keys = (keys[0][number], keys[1][number])
        return use(strip_weights(program.recipe, draws, own_bits, own_keys, number))

    return jax.lax.map(one_strip, jnp.arange(program.num_strips))


@partial(jax.jit, static_argnames="program")
def drawn(draws, *, program: BlockProgram):
    return each_strip(draws, program, lambda arrays: sum(a.sum() for a in arrays))


@partial(jax.jit, static_argnames="program")
def held_weights(draws, *, program: BlockProgram):
    return each_strip(draws, program, lambda arrays: arrays)


@partial(jax.jit, static_argnames="program")
def propagated(weights, draws, pair, length, *, program: BlockProgram):
    shape = (program.num_strips, program.width)
    keys = (jnp.zeros(shape, jnp.uint32), jnp.zeros(shape, jnp.uint32))
    words = strip_words(pair, keys, is_random=False, num_letters=2)

    def one_strip(number):
        own = [array[number] for array in weights]
        distances, _ = read_two_words(
            program.recipe, draws, own, words[number], length, num_letters=2
        )
        return distances

    return jax.lax.map(one_strip, jnp.arange(program.num_strips))
