"""All that a compiled program for random cells depends on."""

import math
from collections.abc import Callable, Hashable, Sequence
from copy import copy
from typing import Any

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array

from firstbit.cells.state import State, in_float, initial_state
from firstbit.programs.identity import digest_of
from firstbit.programs.machines import ON_CPU, Machine
from firstbit.weights.initializers import Blocks, Entrywise, matrix_shape
from firstbit.weights.numbers import is_complex, is_real
from firstbit.weights.redraw import Leaf, draw_leaf
from firstbit.weights.threefry import Counters, counters

ENTRYWISE = "entrywise"
"""Stands for an entrywise law, whose choices are numbers that a compiled program takes.

So one program serves all such laws.
"""

Axes = tuple[int, ...]


class Recipe:
    """What a compiled program for random cells depends on; equal recipes share it.

    Recipes are values: two cells whose arrays have the same shapes, and whose steps,
    starts and laws are the same programs, have equal ones.

    Attributes:
        structure: of the cell's real arrays as a pytree.
        rest: structure of its other arrays, such as whole numbers and truth values.
        others: the cell without its arrays.
        leaves: how each real array is drawn.
        shapes: shape and dtype of each real array.
        rest_shapes: shape and dtype of each other array.
        groups: numbers of the arrays that share an entrywise law.
        unit_axes: of each array, the axes that run over hidden units, where units
            beyond the true size may be there; None where none are.
        is_embedded: whether a smaller cell may stand in it, whose places in the arrays
            and in the state come as numbers.
        start: the initial state as a function of the cell, or None.
        units: places of the state's leaves that are numbers of units.
        measured: places of those whose distance is measured.
        machine: the processor that programs are written for.
        step: the program of a user's own step and start, as a value; else None.
    """

    def __init__(
        self,
        shell: object,
        plan: Sequence[Leaf],
        unit_axes: tuple[Axes, ...] | None,
        *,
        start: Callable[[Any], State] | None,
        units: Axes,
        measured: Axes,
        machine: Machine = ON_CPU,
        step: Hashable | None = None,
    ) -> None:
        arrays, static = eqx.partition(shell, is_real)
        rest, self.others = eqx.partition(static, is_array)
        values, self.structure = jax.tree.flatten(arrays)
        of_rest, self.rest = jax.tree.flatten(rest)
        self.leaves = [leaf._replace(law=_kind(leaf.law)) for leaf in plan]
        self.shapes = [(value.shape, value.dtype) for value in values]
        self.rest_shapes = [(value.shape, value.dtype) for value in of_rest]
        self.groups = _groups(plan)
        self.unit_axes = unit_axes
        self.is_embedded = False
        self.start = start
        self.units = units
        self.measured = measured
        self.machine = machine
        self.step = step
        self._key = self._hashable(step)

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Recipe) and self._key == other._key

    @property
    def is_padded(self) -> bool:
        """Whether there may be units beyond the true size, equal in both words."""
        return self.unit_axes is not None

    def with_smaller(self) -> "Recipe":
        """Return the recipe of the same cells, in which smaller ones may stand."""
        larger = copy(self)
        larger.is_embedded = True
        larger._key = (self._key, "with smaller ones")
        return larger

    @property
    def has_complex_weights(self) -> bool:
        """Whether a cell has arrays of complex numbers."""
        return any(map(is_complex, self.array_shapes()))

    @property
    def num_weights(self) -> int:
        """Numbers in one cell; where none is real, two for each complex one."""
        if self.shapes:
            return _number_in(self.shapes)
        return 2 * _number_in(self.rest_shapes)

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

    def cell(self, arrays: list[Array]) -> Any:
        """Return the cell with these arrays, the real ones first."""
        first = len(self.leaves)
        real = self.structure.unflatten(arrays[:first])
        rest = self.rest.unflatten(arrays[first:])
        return eqx.combine(real, rest, self.others)

    def begin(self, arrays: list[Array]) -> State:
        """Return the state before the first symbol of the cell with these arrays."""
        return in_float(initial_state(self.cell(arrays), self.start))

    def array_shapes(self) -> list[jax.ShapeDtypeStruct]:
        """Return shape and dtype of each array, the real ones first."""
        own = [*self.shapes, *self.rest_shapes]
        return [jax.ShapeDtypeStruct(*one) for one in own]

    def start_shapes(self) -> list[jax.ShapeDtypeStruct]:
        """Return shape and dtype of each leaf of the first state."""
        with jax.enable_x64(True):
            start = jax.eval_shape(self.begin, self.array_shapes())
        return jax.tree.leaves(start)

    def unit_leaves(self, state: State) -> list[Array]:
        """Return the leaves of a state that are numbers of units."""
        leaves = jax.tree.leaves(state)
        return [leaves[place] for place in self.units]

    def measured_leaves(self, state: State) -> list[Array]:
        """Return the leaves of a state whose distance is measured."""
        leaves = jax.tree.leaves(state)
        return [leaves[place] for place in self.measured]

    def _hashable(self, step: Hashable | None) -> Hashable:
        """Return what makes recipes differ.

        A user's own step counts by its program `step`, and not by the objects that
        made it, which may be new in every call.
        """
        if step is None:
            others, form = jax.tree.flatten(self.others)
            step = (self.structure, self.rest, form, tuple(others), self.start)
        laws = []
        for number, leaf in enumerate(self.leaves):
            laws.append(_law_key(leaf, number, self.shapes[number]))
        return (
            step,
            tuple(laws),
            tuple(self.shapes),
            tuple(self.rest_shapes),
            self.groups,
            self.unit_axes,
            self.units,
            self.measured,
            self.machine,
        )


def is_array(leaf: object) -> bool:
    """Return whether a leaf is an array of any kind, or the shape of one."""
    return isinstance(leaf, jax.Array | np.ndarray | jax.ShapeDtypeStruct)


def _number_in(shapes: Sequence[tuple[tuple[int, ...], Any]]) -> int:
    """Return how many numbers arrays of such shapes and dtypes hold."""
    return sum(math.prod(shape) for shape, _ in shapes)


def _law_key(leaf: Leaf, number: int, like: tuple[Any, Any]) -> Hashable:
    """Return what makes the draws of an array differ: of a user's law, its program."""
    law = leaf.law
    if law is None or isinstance(law, str | Blocks):
        return leaf[1:]

    def draw(high: Array, low: Array) -> Array:
        return draw_leaf(leaf, number, jax.ShapeDtypeStruct(*like), (high, low))

    word = jax.ShapeDtypeStruct((), np.uint32)
    return digest_of(jax.make_jaxpr(draw)(word, word))


def _kind(law: object) -> Any:
    return ENTRYWISE if isinstance(law, Entrywise) else law


def _groups(plan: Sequence[Leaf]) -> tuple[tuple[int, ...], ...]:
    """Return the numbers of the arrays of each entrywise law."""
    groups: dict[Entrywise, tuple[int, ...]] = {}
    for number, leaf in enumerate(plan):
        if isinstance(leaf.law, Entrywise):
            before = groups.get(leaf.law, ())
            groups[leaf.law] = (*before, number)
    return tuple(groups.values())
