"""Is a cell the same in a larger one? Tried with numbers, before the work.

The cell makes a step, by state and difference; so does the larger one, with the cell's
numbers in their places and zeros elsewhere. What comes out must be equal.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import jax
import numpy as np
from jax.extend.core import jaxpr_as_fun

from firstbit.cells.reading import Traced
from firstbit.memory.ensemble.embedding import Embedding, Places, put_all
from firstbit.programs.bounded import FAST_TO_COMPILE
from firstbit.programs.difference_propagation import with_difference
from firstbit.programs.traced import dtype_of, shape_of

TOLERANCE = 1e-12
"""Largest error of an entry, as a share of it or of 1: sums are added up otherwise."""

NUM_TRIES = 2
"""With normal numbers, and with some between 0 and 1: certain roots and logarithms take
no others."""


class Numbers(NamedTuple):
    """What a cell makes a step with, or comes to.

    Attributes:
        arrays: of the cell.
        inputs: a symbol, and its difference to another one.
        state: before, or at the start and after.
        change: of the state.
    """

    arrays: list[np.ndarray]
    inputs: list[np.ndarray]
    state: list[np.ndarray]
    change: list[np.ndarray]

    def put(self, embedding: Embedding) -> "Numbers":
        """Return the same numbers in the places of the larger cell."""
        return self._replace(
            arrays=put_all(embedding.arrays, self.arrays),
            state=put_all(embedding.state, self.state),
            change=put_all(embedding.state, self.change),
        )


class Came(NamedTuple):
    """What a cell comes to: its start, and the state and its change after a step."""

    start: list[np.ndarray]
    state: list[np.ndarray]
    change: list[np.ndarray]

    def of(self, number: int) -> "Came":
        """Return what came of one of several trials."""
        parts = []
        for part in self:
            own = [leaf[number, ...] for leaf in part]
            parts.append(own)
        return Came(*parts)

    @property
    def is_finite(self) -> bool:
        """Whether all are numbers."""
        for part in self:
            for leaf in part:
                if not np.isfinite(leaf).all():
                    return False
        return True


def some_numbers(found: Traced) -> list[Numbers]:
    """Return numbers for each try of a cell of that form."""
    generator = np.random.default_rng(0)
    between = partial(generator.uniform, 0.1, 0.9)
    return [_numbers(found, drawn) for drawn in (generator.normal, between)]


def _numbers(found: Traced, drawn: Callable[..., np.ndarray]) -> Numbers:
    variables = found.step.jaxpr.invars
    first = found.num_arrays
    values = []
    changes = []
    for one in variables:
        shape = shape_of(one)
        dtype = dtype_of(one)
        values.append(_typed(drawn(size=shape), dtype))
        changes.append(_typed(drawn(size=shape), dtype))
    return Numbers(
        arrays=values[:first],
        inputs=[values[first], changes[first]],
        state=values[first + 1 :],
        change=changes[first + 1 :],
    )


def _typed(array: np.ndarray | float, dtype: np.dtype) -> np.ndarray:
    """Return numbers of that type; whole ones are 0 or 1."""
    numbers = np.asarray(array)
    if not np.issubdtype(dtype, np.inexact):
        numbers = np.asarray(numbers > 0.5)
    return numbers.astype(dtype)


def came_of(
    programs: Mapping[int, Traced], tries: Mapping[int, Sequence[Numbers]]
) -> dict[int, Came]:
    """Make the steps of all trials of all sizes, in one program.

    Args:
        programs: of the cell at each size.
        tries: at each size.
    """

    def stacked(*arrays: np.ndarray) -> np.ndarray:
        return np.stack(arrays)

    def steps(together: Mapping[int, Numbers]) -> dict[int, Came]:
        came = {}
        for size, program in programs.items():
            step = partial(_came, program)
            came[size] = jax.lax.map(step, together[size])
        return came

    together = {}
    for size, numbers in tries.items():
        together[size] = jax.tree.map(stacked, *numbers)
    compiled = jax.jit(steps, compiler_options=FAST_TO_COMPILE)
    came = compiled(together)
    return jax.tree.map(np.asarray, came)


def _came(found: Traced, given: Numbers) -> Came:
    """Start a cell, and make one step."""
    arrays = list(given.arrays)
    step = partial(jaxpr_as_fun(found.step), *arrays)
    symbol, to_other = given.inputs
    before = (symbol, *given.state)
    state, change = with_difference(step)(before, (to_other, *given.change))
    start = jaxpr_as_fun(found.start)(*arrays)
    return Came(list(start), list(state), list(change))


def are_equal(small: Came, large: Came, state: Sequence[Places]) -> bool:
    """Return whether two cells came to equal numbers.

    Args:
        small: what a cell came to.
        large: what the larger one came to.
        state: places of the leaves of the state.
    """
    for of_small, of_large in zip(small, large, strict=True):
        for own, other, places in zip(of_small, of_large, state, strict=True):
            there = places.taken(other)
            if not _are_close(own, there):
                return False
    return True


def _are_close(own: np.ndarray, other: np.ndarray) -> bool:
    """Return whether each entry is that of the other, or neither is a number."""
    size = np.maximum(1.0, np.abs(own))
    with np.errstate(invalid="ignore"):
        off = np.abs(own.astype(complex) - other)
    is_close = off <= TOLERANCE * size
    is_same = own == other  # two infinities
    neither = np.isnan(own) & np.isnan(other)
    are_alike = is_close | is_same | neither
    return bool(are_alike.all())
