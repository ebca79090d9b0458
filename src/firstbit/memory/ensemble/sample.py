"""The distances of all draws of one size, put together from blocks."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

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
        norm: mean norm of the first word's state.
    """

    distances: Distances
    reference: Float[np.ndarray, "length reference"]
    reference_draws: Int[np.ndarray, " reference"]
    norm: Float[np.ndarray, " length"]

    def lengths(self, shown: slice) -> "Sample":
        """Return the sample at some of the lengths."""
        return self._replace(
            distances=self.distances[shown],
            reference=self.reference[shown],
            norm=self.norm[shown],
        )


class Collector:
    """The blocks of one size, put in their places as they come.

    It holds nothing before the first block and after the last. Of one net that is
    measured as it is, all draws are the same: one stays, beside every reference.
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
        self.width, self.size = population.width, population.num_draws
        self.shape = (length, num_draws)
        self.num_blocks = population.num_blocks(num_draws)
        self.distances: np.ndarray | None = None
        self.others: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def put(self, number: int, block: Block) -> Sample | None:
        """Take a block; return the sample after the last one."""
        if self.distances is None:
            self.distances = np.empty(self.shape)
        start = number * self.size
        inside = block.distances[:, : self.shape[1] - start]
        self.distances[:, start : start + self.size] = inside
        self.others[number] = (block.reference, block.norm)
        if len(self.others) < self.num_blocks:
            return None
        sample = self._sample(self.distances)
        self.distances, self.others = None, {}
        return sample

    def _sample(self, distances: np.ndarray) -> Sample:
        references, norms, draws = [], [], []
        for number in sorted(self.others):
            reference, norm = self.others[number]
            first = number * self.size
            references.append(reference)
            norms.append(norm)
            draws.append(np.arange(first, first + self.width))
        all_draws = np.concatenate(draws)
        if self.is_exact:
            all_draws = np.zeros_like(all_draws)
        inside = all_draws < self.shape[1]
        reference = np.concatenate(references, axis=1)[:, inside]
        return Sample(distances, reference, all_draws[inside], np.mean(norms, axis=0))
