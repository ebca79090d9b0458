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
        is_outside = own < 0
        entry = np.where(is_outside, 0, own)
        _, num_columns = matrix_shape(places.true_shape)
        row, column = np.divmod(entry, num_columns)
        pair, second = np.divmod(row, 2)
        high, low = counter_of(pair, column, number)
        scale = law.gain
        if law.by_fan_in:
            summed = fan_in(leaf, places.true_shape)
            scale = law.gain * (1 / np.sqrt(summed))
        return cls(
            high=high,
            low=low,
            is_second=second > 0,
            scale=np.where(is_outside, 0.0, scale),
        )


def placed(
    plan: Sequence[Leaf],
    groups: Sequence[Sequence[int]],
    embedding: Embedding,
    num_strips: int,
) -> tuple[list[Counters], Placing]:
    """Return what is hashed for each group of arrays, and where the entries stand.

    Args:
        plan: how each array is drawn.
        groups: numbers of the arrays that share a law.
        embedding: where the cells stand.
        num_strips: strips of a block that are needed.
    """
    counters: list[Counters] = []
    seconds: list[AnyArray] = []
    scales: list[AnyArray] = []
    for group in groups:
        parts = []
        for number in group:
            leaf = plan[number]
            parts.append(Entries.of(leaf, number, embedding))
        columns = zip(*parts, strict=True)
        joined = Entries(*map(np.concatenate, columns))
        counters.append((joined.high, joined.low))
        seconds.append(joined.is_second)
        scales.append(joined.scale)
    masks = _masks(embedding)
    return counters, Placing(seconds, scales, masks, np.asarray(num_strips))


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
