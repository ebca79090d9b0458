"""A made cell as a function of its own arrays, an input and the leaves of its state."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from firstbit.cells.given import Given
from firstbit.cells.roles import CellRoles
from firstbit.programs.in_turn import in_turn
from firstbit.weights.numbers import is_complex, is_real
from firstbit.weights.redraw import named_arrays, ranks

Leaves = list[Array]
"""The leaves of a state, in the order of the pytree."""


class Stepping:
    """A made cell of one size.

    Args:
        given: the cell.
        input_size: number of inputs.
        hidden_size: k.

    Attributes:
        names: of its real arrays.
        arrays: these arrays, as its constructor gives them.
        of_complex: its arrays of complex numbers, by name.
        roles: of its arrays and its state.
        start: the leaves of its state before the first symbol.
    """

    def __init__(self, given: Given, input_size: int, hidden_size: int) -> None:
        self.given = given
        self.sizes = input_size, hidden_size
        self.made = given.make(input_size, hidden_size, jax.random.key(0))
        shell = given.shell(input_size, hidden_size)
        self.roles: CellRoles = given.roles_of(shell, input_size, hidden_size)
        real, self._rest = eqx.partition(self.made, is_real)
        arrays, self._structure = jax.tree.flatten(real)
        self.arrays = [np.asarray(array, float) for array in arrays]
        self.names = list(ranks(self.made))
        self.of_complex = named_arrays(self.made, is_complex)
        start = given.initial(self.made)
        self.start, self._form = jax.tree.flatten(start)

    def is_learnt(self, name: str) -> bool:
        """Return whether training moves a real array."""
        return name not in getattr(self.made, "buffers", ())

    def is_start(self, name: str) -> bool:
        """Return whether an array makes the first state, and no step."""
        place = self.names.index(name)
        if not _reads(self.begin, place, self.arrays):
            return False
        input = np.zeros(self.sizes[0])
        return not _reads(self.step, place, self.arrays, input, self.start)

    def cell(self, arrays: Sequence[object]) -> Any:
        """Return the cell with other real arrays."""
        return eqx.combine(self._structure.unflatten(arrays), self._rest)

    def begin(self, arrays: Sequence[object]) -> Leaves:
        """Return the leaves of the state before the first symbol."""
        cell = self.cell(arrays)
        return jax.tree.leaves(self.given.initial(cell))

    def step(
        self, arrays: Sequence[object], input: Float[Array, " input"], state: Leaves
    ) -> Leaves:
        """Return the leaves of the state after an input."""
        cell = self.cell(arrays)
        before = self._form.unflatten(state)
        return jax.tree.leaves(cell(input, before))

    @cached_property
    def compiled(self) -> Callable[..., Leaves]:
        """The step, compiled once."""
        return jax.jit(in_turn(self.step))

    @cached_property
    def side_by_side(self) -> Callable[..., Leaves]:
        """The step with each of many sets of arrays, compiled for each number."""
        of_each = jax.vmap(self.step, in_axes=(0, None, None))
        return jax.jit(in_turn(of_each))

    @cached_property
    def slopes(self) -> Callable[..., list[list[Array]]]:
        """The derivative of each leaf by the input and by each leaf, compiled once.

        It takes what the step takes. It is zero by leaves of whole numbers.
        """
        return jax.jit(in_turn(self._slopes))

    def _slopes(
        self, arrays: Sequence[object], input: Float[Array, " input"], state: Leaves
    ) -> list[list[Array]]:
        moves = [jnp.issubdtype(leaf.dtype, jnp.floating) for leaf in state]

        def step(moving: list[Array]) -> Leaves:
            left = iter(moving[1:])
            merged = []
            for leaf, moved in zip(state, moves, strict=True):
                merged.append(next(left) if moved else leaf)
            return self.step(arrays, moving[0], merged)

        moving = []
        for leaf, moved in zip(state, moves, strict=True):
            if moved:
                moving.append(leaf)
        rows = []
        for row in jax.jacfwd(step)([input, *moving]):
            columns = iter(row[1:])
            of_leaf = [row[0]]
            for moved in moves:
                of_leaf.append(next(columns) if moved else jnp.zeros(()))
            rows.append(of_leaf)
        return rows

    def any_state(self, generator: np.random.Generator) -> list[np.ndarray]:
        """Return a state of no special kind; whole numbers stay as they begin."""
        found = []
        for leaf in self.start:
            found.append(_any_numbers(np.asarray(leaf), generator))
        return found


def _reads(function: Callable[..., Leaves], place: int, *arguments: object) -> bool:
    """Return whether a function of arrays, and more, uses one of these arrays."""
    program = jax.make_jaxpr(function)(*arguments).jaxpr
    wanted = program.invars[place]
    atoms = [*program.outvars]
    for equation in program.eqns:
        atoms += equation.invars
    return any(atom is wanted for atom in atoms)


def _any_numbers(leaf: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    if not jnp.issubdtype(leaf.dtype, jnp.inexact):
        return leaf
    drawn = generator.uniform(-0.9, 0.9, leaf.shape)
    if leaf.dtype.kind == "c":
        drawn = drawn + 1j * generator.uniform(-0.9, 0.9, leaf.shape)
    return drawn.astype(leaf.dtype)
