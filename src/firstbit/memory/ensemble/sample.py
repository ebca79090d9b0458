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
        num_lost: draws whose distance is below the rounding of its own states.
        is_lost: which these are; None where their number says enough.
    """

    distances: Distances
    reference: Float[np.ndarray, "length reference"]
    reference_draws: Int[np.ndarray, " reference"]
    num_lost: Int[np.ndarray, " length"]
    is_lost: Bool[np.ndarray, "length draw"] | None = None

    def lengths(self, shown: slice) -> "Sample":
        """Return the sample at some of the lengths, without the marks of draws."""
        return self._replace(
            distances=self.distances[shown],
            reference=self.reference[shown],
            num_lost=self.num_lost[shown],
            is_lost=None,
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
        marks_lost: bool = False,
    ) -> None:
        self.num_blocks = population.num_blocks(num_draws)
        firsts = population.num_draws * np.arange(self.num_blocks)
        draws = (firsts[:, None] + population.references).ravel()
        # Of one net all draws are the first, also those after the last one.
        self.draws = np.zeros_like(draws) if is_exact else draws[draws < num_draws]
        self.shape = (length, num_draws)
        self.marks_lost = marks_lost
        self.waiting: dict[int, Block] = {}
        self.num_put = 0
        self.sample: Sample | None = None

    def put(self, number: int, block: Block) -> Sample | None:
        """Take a block; return the sample after the last one."""
        self.waiting[number] = block
        self.num_put += 1
        if self.num_put == 1 and self.num_blocks > 1:
            return None
        if self.sample is None:
            self.sample = self._empty()
        for place, waiting in self.waiting.items():
            self._fill(self.sample, place, waiting)
        self.waiting = {}
        if self.num_put < self.num_blocks:
            return None
        sample, self.sample = self.sample, None
        return sample

    def _empty(self) -> Sample:
        """Return room for all distances."""
        length, _ = self.shape
        return Sample(
            distances=np.empty(self.shape),
            reference=np.empty((length, len(self.draws))),
            reference_draws=self.draws,
            num_lost=np.zeros(length, dtype=int),
            is_lost=np.empty(self.shape, dtype=bool) if self.marks_lost else None,
        )

    @staticmethod
    def _fill(sample: Sample, number: int, block: Block) -> None:
        """Put a block in its place; the last one may be longer than what is left."""
        _, num_draws = sample.distances.shape
        left = num_draws - number * block.is_lost.shape[1]
        is_lost = block.is_lost[:, :left]
        sample.num_lost[:] += is_lost.sum(axis=1)
        _put(sample.distances, number, block.distances)
        _put(sample.reference, number, block.reference)
        if sample.is_lost is not None:
            _put(sample.is_lost, number, block.is_lost)


def _put(whole: np.ndarray, number: int, part: np.ndarray) -> None:
    """Put the columns of a part in their place, as many as there is room for."""
    width = part.shape[1]
    place = whole[:, number * width : (number + 1) * width]
    place[:] = part[:, : place.shape[1]]
