"""All that a compiled program for random cells depends on."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array

from firstbit.cells.state import State
from firstbit.weights.initializers import Entrywise, matrix_shape
from firstbit.weights.redraw import Leaf, is_real
from firstbit.weights.threefry import Counters, counters

ENTRYWISE = "entrywise"
"""Stands for an entrywise law, whose choices are numbers that a compiled program takes.

So one program serves all such laws.
"""

Axes = tuple[int, ...]


class Recipe:
    """What a compiled program for random cells depends on; equal recipes share it.

    Attributes:
        structure: of the cell's arrays as a pytree.
        others: the cell without its arrays.
        leaves: how each array is drawn.
        shapes: shape and dtype of each array.
        groups: numbers of the arrays that share an entrywise law.
        unit_axes: of each array, the axes that run over hidden units, where units
            beyond the true size may be there; None where none are.
        start: the initial state as a function of the cell, or None.
        measures_all: whether distances are of the whole state, not of h alone.
    """

    def __init__(
        self,
        shell: Any,
        plan: Sequence[Leaf],
        unit_axes: tuple[Axes, ...] | None,
        *,
        start: Callable[[Any], State] | None,
        measures_all: bool,
    ) -> None:
        arrays, self.others = eqx.partition(shell, is_real)
        values, self.structure = jax.tree.flatten(arrays)
        self.leaves = [Leaf(leaf.name, _kind(leaf.law)) for leaf in plan]
        self.shapes = [(value.shape, value.dtype) for value in values]
        self.groups = _groups(plan)
        self.unit_axes = unit_axes
        self.start, self.measures_all = start, measures_all
        self._key = self._hashable()

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Recipe) and self._key == other._key

    @property
    def is_padded(self) -> bool:
        """Whether there may be units beyond the true size, equal in both words."""
        return self.unit_axes is not None

    @property
    def num_weights(self) -> int:
        """Numbers in one cell."""
        return sum(int(np.prod(shape)) for shape, _ in self.shapes)

    def counters(self) -> list[Counters]:
        """Return the counters that are hashed for each group of arrays."""
        found = []
        for group in self.groups:
            parts = []
            for number in group:
                rows, columns = matrix_shape(self.shapes[number][0])
                parts.append(counters(rows, columns, number))
            high, low = zip(*parts, strict=True)
            found.append((np.concatenate(high), np.concatenate(low)))
        return found

    def cell(self, leaves: list[Array]) -> Any:
        """Return the cell with these arrays."""
        return eqx.combine(self.structure.unflatten(leaves), self.others)

    def _hashable(self) -> Hashable:
        """Return what makes recipes differ."""
        others, form = jax.tree.flatten(self.others)
        key = (
            self.structure,
            form,
            tuple(others),
            tuple(self.leaves),
            tuple(self.shapes),
            self.unit_axes,
            self.start,
            self.measures_all,
        )
        try:
            hash(key)
        except TypeError:  # a user's own cell may hold anything: its recipe is its own
            return id(self)
        return key


def _kind(law: Any) -> Any:
    return ENTRYWISE if isinstance(law, Entrywise) else law


def _groups(plan: Sequence[Leaf]) -> tuple[tuple[int, ...], ...]:
    """Return the numbers of the arrays of each entrywise law."""
    groups: dict[Entrywise, tuple[int, ...]] = {}
    for number, leaf in enumerate(plan):
        if isinstance(leaf.law, Entrywise):
            groups[leaf.law] = (*groups.get(leaf.law, ()), number)
    return tuple(groups.values())
