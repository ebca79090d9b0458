"""Random entries for cells that stand in larger ones: the same as where they are alone.

The hash of an entry depends on its own row and column, wherever it stands.
"""

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, UInt32

from firstbit.cells.cell import AnyArray
from firstbit.memory.ensemble.embedding import Embedding
from firstbit.memory.ensemble.random_cells import Mask, Placing
from firstbit.weights.initializers import Entrywise, matrix_shape
from firstbit.weights.redraw import Leaf, fan_in
from firstbit.weights.threefry import Counters, counter_of


class Entries(NamedTuple):
    """The entries of arrays of a larger cell, one after the other.

    Attributes:
        high: the first word that is hashed for each.
        low: the second.
        is_second: whether it takes the second of the two words of its hash.
        scale: the factor of each; 0 beyond the cell.
    """

    high: UInt32[np.ndarray, " entry"]
    low: UInt32[np.ndarray, " entry"]
    is_second: Bool[np.ndarray, " entry"]
    scale: Float[np.ndarray, " entry"]

    @classmethod
    def of(cls, leaf: Leaf, number: int, embedding: Embedding) -> "Entries":
        """Return the entries of one array.

        Args:
            leaf: how it is drawn.
            number: of the array in its cell.
            embedding: where it stands.
        """
        places = embedding.arrays[number]
        law = leaf.law
        assert isinstance(law, Entrywise)
        own = places.entries.ravel()
        _, num_columns = matrix_shape(places.true_shape)
        rows, columns = np.divmod(np.maximum(own, 0), num_columns)
        scale = law.gain
        if law.by_fan_in:
            scale = law.gain * (1 / np.sqrt(fan_in(leaf, places.true_shape)))
        high, low = counter_of(rows // 2, columns, number)
        return cls(high, low, rows % 2 == 1, np.where(own < 0, 0.0, scale))


def placed(
    plan: Sequence[Leaf], groups: Sequence[Sequence[int]], embedding: Embedding
) -> tuple[list[Counters], Placing]:
    """Return what is hashed for each group of arrays, and where the entries stand.

    Args:
        plan: how each array is drawn.
        groups: numbers of the arrays that share a law.
        embedding: where the cells stand.
    """
    counters: list[Counters] = []
    seconds: list[AnyArray] = []
    scales: list[AnyArray] = []
    for group in groups:
        parts = [Entries.of(plan[number], number, embedding) for number in group]
        high, low, is_second, scale = map(np.concatenate, zip(*parts, strict=True))
        counters.append((high, low))
        seconds.append(is_second)
        scales.append(scale)
    return counters, Placing(seconds, scales, _masks(embedding))


def placed_arrays(
    embedding: Embedding, arrays: Sequence[Array | None]
) -> list[Array | None]:
    """Return arrays where they stand, with zeros beyond; None where there is none."""
    found: list[Array | None] = []
    for places, array in zip(embedding.arrays, arrays, strict=True):
        if array is None:
            found.append(None)
            continue
        found.append(jnp.asarray(places.put(np.asarray(array))))
    return found


def _masks(embedding: Embedding) -> list[Mask | None]:
    """Return which entries of each leaf of the state are the cell's; None of all.

    A leaf that has units has a mask at every size: then all share a program.
    """
    masks: list[Mask | None] = []
    for places in embedding.state:
        is_own = places.entries >= 0
        masks.append(is_own if prod(places.shape) > 1 else None)
    return masks
