"""Distances of many draws, block by block: computed, kept on disk if wished, and put together in order."""

from collections.abc import Callable, Sequence
from functools import partial
from threading import Lock
from typing import NamedTuple, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, UInt32

from firstbit.arrays import Distances
from firstbit.memory.ensemble.random_cells import (
    Population,
    Recipe,
    block_bits,
    draw_keys,
    read_two_words,
    strip_weights,
)
from firstbit.memory.ensemble.word_pair import RANDOM, Pair, numbers
from firstbit.store import Store
from firstbit.threads import run_blocks
from firstbit.weights.threefry import Counters, Words

Result = TypeVar("Result")


class Sample(NamedTuple):
    """What was measured of the cells of one size.

    Attributes:
        distances: of the two words' states, for each draw.
        reference: distances of the states after two random words, for the first draws
            of each block.
        reference_draws: the numbers of these draws.
        norm: mean norm of the first word's state.
    """

    distances: Distances
    reference: Distances
    reference_draws: np.ndarray
    norm: Float[np.ndarray, " length"]

    def lengths(self, shown: slice) -> "Sample":
        """Some of the lengths."""
        return self._replace(
            distances=self.distances[shown],
            reference=self.reference[shown],
            norm=self.norm[shown],
        )


class Block(NamedTuple):
    """What a block of draws gives: as in `Sample`."""

    distances: Distances
    reference: Distances
    norm: Float[np.ndarray, " length"]


def sample(
    populations: Sequence[Population],
    summarised: Callable[[Sample], Result],
    *,
    pair: Pair,
    length: int,
    num_draws: int,
    key: Words,
    store: Store | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> list[Result]:
    """What is told of the distances of so many draws of each population.

    Draw i at size k depends on (key, k, i) alone, and a block is always computed by the
    same program: neither the other sizes, nor blocks, threads, processes or an
    interruption change a bit of it.

    Args:
        populations: one for each size.
        summarised: of one size's distances, which are dropped then.
        pair: the two words.
        length: the largest l.
        num_draws: of each size.
        key: words of the random key.
        store: where finished blocks are kept; several processes may share it.
        workers: threads.
        progress: called with (blocks done, blocks in all), of those that were not kept
            before; see `_Work`.
    """
    jobs = [
        (p, b)
        for p, population in enumerate(populations)
        for b in range(-(-num_draws // population.num_draws))
    ]
    collected = [
        _Collected(population, length, num_draws) for population in populations
    ]
    results: dict[int, Result] = {}
    names = {(p, b): f"k{populations[p].hidden_size}_block{b}" for p, b in jobs}
    work = _Work(
        {
            job: populations[job[0]].block_weights
            for job in jobs
            if store is None or not store.has(names[job])
        }
    )

    def compute(job: tuple[int, int]) -> None:
        p, b = job
        population, name = populations[p], names[job]
        block = None if store is None else store.read(name)
        if block is None:
            block = _block(population, pair, length, key, b)
            if store is not None:
                store.write(name, block)
        whole = collected[p].put(b, Block(**block))
        if whole is not None:
            results[p] = summarised(whole)
        work.done(job)

    run_blocks(
        compute,
        _order(jobs, populations, store),
        workers=workers,
        progress=None if progress is None else lambda *_: progress(*work.told()),
    )
    return [results[p] for p in range(len(populations))]


def _order(
    jobs: list[tuple[int, int]], populations: Sequence[Population], store: Store | None
) -> list[tuple[int, int]]:
    """The first job of each program compiles it: those start first, side by side. Then size by size.

    So the distances of at most as many sizes as threads are in memory, and one block of
    each further program. Processes that share a store differ in the order.
    """
    first: dict[Recipe, tuple[int, int]] = {}
    for job in jobs:
        first.setdefault(populations[job[0]].recipe, job)
    starters = set(first.values())
    shuffled = jobs if store is None else store.shuffled(jobs)
    places = {p: place for place, p in enumerate(dict.fromkeys(p for p, _ in shuffled))}
    return sorted(shuffled, key=lambda job: (job not in starters, places[job[0]]))


class _Work:
    """How far a run is, in blocks that weigh what they cost: one of large cells counts for many of small ones."""

    def __init__(self, weights: dict[tuple[int, int], int]) -> None:
        self.weights, self.left, self.all = (
            weights,
            sum(weights.values()),
            sum(weights.values()),
        )
        self.lock = Lock()

    def done(self, job: tuple[int, int]) -> None:
        """Count a block, if it was not kept before."""
        with self.lock:
            self.left -= self.weights.get(job, 0)

    def told(self) -> tuple[int, int]:
        """Blocks done, to the next below, and blocks in all."""
        blocks = len(self.weights)
        return blocks * (self.all - self.left) // max(self.all, 1), blocks


class _Collected:
    """Blocks of one size, put in their places as they come; none are held before the first and after the last."""

    def __init__(self, population: Population, length: int, num_draws: int) -> None:
        self.width, self.size, self.shape = (
            population.width,
            population.num_draws,
            (length, num_draws),
        )
        self.missing = -(-num_draws // population.num_draws)
        self.distances: np.ndarray | None = None
        self.others: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        self.lock = Lock()

    def put(self, number: int, block: Block) -> Sample | None:
        """Take a block; after the last one, give all."""
        with self.lock:
            if self.distances is None:
                self.distances = np.empty(self.shape)
            start = number * self.size
            self.distances[:, start : start + self.size] = block.distances[
                :, : self.shape[1] - start
            ]
            self.others[number] = (block.reference, block.norm)
            self.missing -= 1
            return None if self.missing else self.sample()

    def sample(self) -> Sample:
        """All of it, which this object then lets go."""
        assert self.distances is not None
        distances, self.distances = self.distances, None
        references, norms = zip(
            *[self.others.pop(b) for b in sorted(self.others)], strict=True
        )
        draws = np.concatenate(
            [
                np.arange(b * self.size, b * self.size + self.width)
                for b in range(len(norms))
            ]
        )
        inside = draws < self.shape[1]
        return Sample(
            distances,
            np.concatenate(references, axis=1)[:, inside],
            draws[inside],
            np.mean(norms, axis=0),
        )


def _block(
    population: Population, pair: Pair, length: int, key: Words, number: int
) -> dict[str, np.ndarray]:
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
    # Copies: a part of XLA's array would keep the whole of it in memory.
    return {
        "distances": np.concatenate(draws, axis=1),
        "reference": reference.copy(),
        "norm": np.asarray(norms)[-1, :length].copy(),
    }


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
    # All bits first: inside the loop XLA would compute them again in each of the fused
    # pieces of the normal law.
    bits = block_bits(counters, keys)
    words = numbers(pair, keys, is_random=is_random, num_letters=num_letters)

    def one_strip(number: Array) -> tuple[Array, Array]:
        of_draws = jnp.where(number < len(keys[0]), number, 0)
        strip = (keys[0][of_draws], keys[1][of_draws])
        of_strip = [array[of_draws] for array in bits]
        weights = strip_weights(recipe, of_strip, strip, hidden_size, laws, kept)
        return read_two_words(
            recipe,
            weights,
            words[number],
            length,
            hidden_size,
            always,
            input_size=num_letters,
        )

    return jax.lax.map(one_strip, jnp.arange(len(words)))
