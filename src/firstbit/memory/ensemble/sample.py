"""The distances of all draws of one size, put together from blocks."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from firstbit.arrays import Distances
from firstbit.memory.ensemble.block import Block
from firstbit.memory.ensemble.population import Population


class Sample(NamedTuple):
    """The distances of the cells of one size.

    Attributes:
        distances: of the two words' states, for each draw.
        reference: of the states after two random words, for the first draws of each
            block.
        reference_draws: the numbers of these draws.
        is_lost: whether a distance is below the rounding of its own states.
    """

    distances: Distances
    reference: Float[np.ndarray, "length reference"]
    reference_draws: Int[np.ndarray, " reference"]
    is_lost: Bool[np.ndarray, "length draw"]

    def lengths(self, shown: slice) -> "Sample":
        """Return the sample at some of the lengths."""
        return self._replace(
            distances=self.distances[shown],
            reference=self.reference[shown],
            is_lost=self.is_lost[shown],
        )


class Collector:
    """The blocks of one size, put in their places as they come.

    It holds nothing before the first block and after the last. The first block waits
    for the second before there is room for all: each program's first block comes before
    its size's turn. Of one net that is measured as it is, all draws are the same: one
    stays, beside every reference.
    """

    def __init__(
        self,
        population: Population,
        length: int,
        num_draws: int,
        *,
        is_exact: bool = False,
    ) -> None:
        self.is_exact = is_exact
        self.places = population.references
        self.size = population.num_draws
        self.shape = (length, num_draws)
        self.num_blocks = population.num_blocks(num_draws)
        self.waiting: dict[int, Block] = {}
        self.distances: np.ndarray | None = None
        self.is_lost = np.empty((0, 0), dtype=bool)
        self.references: dict[int, np.ndarray] = {}

    def put(self, number: int, block: Block) -> Sample | None:
        """Take a block; return the sample after the last one."""
        self.waiting[number] = block
        is_first = self.distances is None and len(self.waiting) == 1
        if is_first and self.num_blocks > 1:
            return None
        if self.distances is None:
            self.distances = np.empty(self.shape)
            self.is_lost = np.empty(self.shape, dtype=bool)
        for place, waiting in self.waiting.items():
            self._fill(self.distances, place, waiting)
        self.waiting = {}
        if len(self.references) < self.num_blocks:
            return None
        sample = self._sample(self.distances)
        self.distances = None
        self.references = {}
        self.is_lost = np.empty((0, 0), dtype=bool)
        return sample

    def _fill(self, distances: np.ndarray, number: int, block: Block) -> None:
        """Put a block in its place."""
        start = number * self.size
        left = self.shape[1] - start
        own = slice(start, start + self.size)
        distances[:, own] = block.distances[:, :left]
        self.is_lost[:, own] = block.is_lost[:, :left]
        self.references[number] = block.reference

    def _sample(self, distances: np.ndarray) -> Sample:
        references = []
        draws = []
        for number in sorted(self.references):
            first = number * self.size
            references.append(self.references[number])
            draws.append(first + self.places)
        all_draws = np.concatenate(draws)
        if self.is_exact:
            all_draws = np.zeros_like(all_draws)
        inside = all_draws < self.shape[1]
        reference = np.concatenate(references, axis=1)[:, inside]
        return Sample(distances, reference, all_draws[inside], self.is_lost)
