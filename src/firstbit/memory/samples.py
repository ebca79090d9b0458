"""Distances of many draws, block by block: computed, kept on disk if wished, and put together in order."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, UInt32

from firstbit.arrays import Distances
from firstbit.cells.threefry import Counters, Words
from firstbit.memory.population import Population, Recipe, block_bits, draw_keys, read_two_words, strip_weights
from firstbit.memory.words import RANDOM, Pair, numbers
from firstbit.store import Store
from firstbit.threads import run_blocks


class Sample(NamedTuple):
    """What was measured of the cells of one size.

    Attributes:
        distances: of the two words' states, for each draw.
        reference: distances of the states after two random words, for the first draws of each block.
        reference_draws: the numbers of these draws.
        norm: mean norm of the first word's state.
    """

    distances: Distances
    reference: Distances
    reference_draws: np.ndarray
    norm: Float[np.ndarray, " length"]

    def lengths(self, shown: slice) -> "Sample":
        """Some of the lengths."""
        return self._replace(distances=self.distances[shown], reference=self.reference[shown], norm=self.norm[shown])


class Block(NamedTuple):
    """What a block of draws gives: as in `Sample`."""

    distances: Distances
    reference: Distances
    norm: Float[np.ndarray, " length"]


def sample(
    populations: Sequence[Population],
    *,
    pair: Pair,
    length: int,
    num_draws: int,
    key: Words,
    store: Store | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> list[Sample]:
    """Distances of so many draws of each population.

    Draw i at size k depends on (key, k, i) alone, and a block is always computed by the same program: neither the other
    sizes, nor blocks, threads, processes or an interruption change a bit of it.

    Args:
        populations: one for each size.
        pair: the two words.
        length: the largest l.
        num_draws: of each size.
        key: words of the random key.
        store: where finished blocks are kept; several processes may share it.
        workers: threads.
        progress: called with (blocks done, blocks in all).
    """
    jobs = [(p, b) for p, population in enumerate(populations) for b in range(-(-num_draws // population.num_draws))]
    collected = [_Collected.empty(population, length, num_draws) for population in populations]

    def compute(job: tuple[int, int]) -> None:
        p, b = job
        population = populations[p]
        name = f"k{population.hidden_size}_block{b}"
        block = None if store is None else store.read(name)
        if block is None:
            block = _block(population, pair, length, key, b)
            if store is not None:
                store.write(name, block)
        collected[p].put(b, Block(**block))

    run_blocks(compute, _order(jobs, populations, store), workers=workers, progress=progress)
    return [each.sample(num_draws) for each in collected]


def _order(jobs: list[tuple[int, int]], populations: Sequence[Population], store: Store | None) -> list[tuple[int, int]]:
    """The first job of each program compiles it: those start first, side by side. Processes that share a store differ."""
    first: dict[Recipe, tuple[int, int]] = {}
    for job in jobs:
        first.setdefault(populations[job[0]].recipe, job)
    starters = set(first.values())
    shuffled = jobs if store is None else store.shuffled(jobs)
    return sorted(shuffled, key=lambda job: job not in starters)


class _Collected(NamedTuple):
    """Blocks of one size, put in their places as they come."""

    population: Population
    distances: Distances
    reference: list[Distances | None]
    norms: list[np.ndarray | None]

    @classmethod
    def empty(cls, population: Population, length: int, num_draws: int) -> "_Collected":
        blocks = -(-num_draws // population.num_draws)
        return cls(population, np.empty((length, num_draws)), [None] * blocks, [None] * blocks)

    def put(self, number: int, block: Block) -> None:
        start = number * self.population.num_draws
        self.distances[:, start : start + self.population.num_draws] = block.distances[:, : self.distances.shape[1] - start]
        self.reference[number], self.norms[number] = block.reference, block.norm

    def sample(self, num_draws: int) -> Sample:
        width, size = self.population.width, self.population.num_draws
        draws = np.concatenate([np.arange(b * size, b * size + width) for b in range(len(self.reference))])
        reference = np.concatenate([part for part in self.reference if part is not None], axis=1)
        norm = np.mean([part for part in self.norms if part is not None], axis=0)
        return Sample(self.distances, reference[:, draws < num_draws], draws[draws < num_draws], norm)


def _block(population: Population, pair: Pair, length: int, key: Words, number: int) -> dict[str, np.ndarray]:
    distances, norms = distances_of_block(
        key,
        np.float64(population.hidden_size),
        np.uint32(number * population.num_draws),
        population.counters,
        population.laws,
        population.kept,
        pair.common(length),
        np.int64(length),
        np.bool_(True),
        recipe=population.recipe,
        shape=(population.num_strips, population.width),
        num_letters=len(pair.alphabet),
        is_random=pair.kind == RANDOM,
    )
    found = np.asarray(distances)[:, :length]
    *draws, reference = found
    return {"distances": np.concatenate(draws, axis=1), "reference": reference, "norm": np.asarray(norms)[-1, :length]}


@partial(jax.jit, static_argnames=("recipe", "shape", "num_letters", "is_random"))
def distances_of_block(
    key: Words,
    hidden_size: Float[Array, ""],
    first_draw: UInt32[Array, ""],
    counters: list[Counters],
    laws: Array,
    kept: list[Array | None],
    pair: Int[Array, "word time"],
    length: Array,
    always: Bool[Array, ""],
    *,
    recipe: Recipe,
    shape: tuple[int, int],
    num_letters: int,
    is_random: bool,
) -> tuple[Float[Array, "strip time draw"], Float[Array, "strip time"]]:
    """One block, a strip of draws at a time, so that the weights of a strip stay in a core's cache.

    The last strip reads the reference words with the weights of the first.
    """
    keys = draw_keys(key, hidden_size, first_draw, always, *shape)
    # All bits first: inside the loop XLA would compute them again in each of the fused pieces of the normal law.
    bits = block_bits(counters, keys)
    words = numbers(pair, keys, is_random=is_random, num_letters=num_letters)

    def one_strip(number: Array) -> tuple[Array, Array]:
        of_draws = jnp.where(number < len(keys[0]), number, 0)
        strip = (keys[0][of_draws], keys[1][of_draws])
        of_strip = [array[of_draws] for array in bits]
        weights = strip_weights(recipe, of_strip, strip, hidden_size, laws, kept)
        return read_two_words(recipe, weights, words[number], length, hidden_size, always, input_size=num_letters)

    return jax.lax.map(one_strip, jnp.arange(len(words)))
