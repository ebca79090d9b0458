"""Where a cell starts, and which part of its state is h."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float

from firstbit.errors import CellError
from firstbit.programs.complex_numbers import from_reals, in_reals

State = Any
"""An array h, or a pytree with h among its leaves."""


def initial_state(cell: Any, given: Callable[[Any], State] | None = None) -> State:
    """Return the state before the first symbol.

    It is the one given, else the cell's own `initial_state()`, else zero.

    Args:
        cell: the cell.
        given: a function of the cell.

    Raises:
        CellError: the state's shape is unknown; the text names the three remedies.

    Example:
        >>> import equinox as eqx
        >>> cell = eqx.nn.LSTMCell(2, 3, key=jax.random.key(0))
        >>> [part.shape for part in initial_state(cell)]
        [(3,), (3,)]
    """
    if given is not None:
        return given(cell)
    if hasattr(cell, "initial_state"):
        return cell.initial_state()
    hidden_size = getattr(cell, "hidden_size", None)
    if not isinstance(hidden_size, int | np.integer):
        raise CellError(
            f"the initial state of {type(cell).__name__} can't be known; give "
            "`initial_state=` a function of the cell, or the cell a method "
            "`initial_state()`, or an attribute `hidden_size`."
        )
    zero = jnp.zeros(hidden_size)
    return (zero, zero) if isinstance(cell, eqx.nn.LSTMCell) else zero


def in_float(state: State) -> State:
    """Return a state with its real numbers in JAX's current float type.

    Whole numbers, truth values and complex numbers stay what they are.
    """

    def converted(leaf: object) -> Array:
        if jnp.issubdtype(jnp.result_type(leaf), jnp.floating):
            return jnp.asarray(leaf, float)
        return jnp.array(leaf, jnp.result_type(leaf))

    return jax.tree.map(converted, state)


class Started(eqx.Module):
    """A cell that starts from a given state.

    Attributes:
        cell: the cell.
        start: its initial state, a function of the cell.
    """

    cell: Any
    start: Callable[[Any], State] = eqx.field(static=True)

    def initial_state(self) -> State:
        """Return the given state in JAX's current float type."""
        return in_float(self.start(self.cell))

    def __call__(self, input: Float[Array, " input"], hidden: State) -> State:
        """Make one step of the cell."""
        return self.cell(input, hidden)


def as_numbers(state: State) -> Float[Array, " number"]:
    """Return all numbers of a state as one vector, a complex one as two.

    Example:
        >>> as_numbers((jnp.array([1 + 2j]), jnp.zeros(2))).tolist()
        [1.0, 2.0, 0.0, 0.0]
    """
    return ravel_pytree(in_reals(state))[0]


def from_numbers(numbers: Float[Array, " number"], like: State) -> State:
    """Return the state of such numbers, in the form of another state.

    Example:
        >>> from_numbers(jnp.array([1.0, 2.0]), jnp.zeros(1, complex)).tolist()
        [(1+2j)]
    """
    _, unravel = ravel_pytree(in_reals(like))
    return from_reals(unravel(numbers), like)


def hidden_of(state: State, place: int | None = None) -> Array:
    """Return h: the leaf of a state at that place, else the one that is named so.

    Where none is named `h` or `hidden`, it is the first leaf of real numbers.

    Example:
        >>> hidden_of({"c": jnp.zeros(2), "h": jnp.ones(2)}).tolist()
        [1.0, 1.0]
    """
    leaves = jax.tree.leaves(state)
    if place is not None:
        return leaves[place]
    units = units_of(state)
    named = named_hidden(state, units)
    if named is not None:
        return leaves[named]
    return leaves[units[0] if units else 0]


def units_of(state: State) -> list[int]:
    """Return the places of the leaves that are numbers of units.

    Whole numbers and truth values, such as a clock, are none.

    Example:
        >>> units_of((jnp.zeros(2), jnp.array(0), jnp.zeros(2)))
        [0, 2]
    """
    places = []
    for place, leaf in enumerate(jax.tree.leaves(state)):
        if jnp.issubdtype(jnp.result_type(leaf), jnp.inexact):
            places.append(place)
    return places


def named_hidden(state: State, places: Sequence[int]) -> int | None:
    """Return the first of these leaves that is named `h` or `hidden`; None if none."""
    names = leaf_names(state)
    for place in places:
        if re.search(r"(^|\W)(h|hidden|hidden_state)\W*$", names[place]):
            return place
    return None


def leaf_names(state: State) -> list[str]:
    """Return the path of each leaf of a state, such as `['h']`, `[0]` or `.h`.

    Example:
        >>> leaf_names({"c": 0.0, "h": (1.0, 2.0)})
        ["['c']", "['h'][0]", "['h'][1]"]
    """
    paths, _ = jax.tree_util.tree_flatten_with_path(state)
    return [jax.tree_util.keystr(path) for path, _ in paths]
