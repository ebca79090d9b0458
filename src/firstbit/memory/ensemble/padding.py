"""Units beyond the true size, in cells that say which axes run over units."""

from typing import Any

import jax

from firstbit.cells.given import Given
from firstbit.errors import CellError
from firstbit.memory.ensemble.planning import arrays_of
from firstbit.memory.ensemble.recipe import Axes
from firstbit.weights.initializers import Entrywise
from firstbit.weights.redraw import Leaf


def padded_size(given: Given, hidden_size: int, *, few: bool) -> int:
    """Return the size at which cells of this size are computed.

    Few programs are better: each takes most of a second to compile, longer where there
    are gates. Three sizes waste a twelfth of the work.
    """
    axes = given.unit_axes
    if axes is None or given.initial_state is not None:
        return hidden_size
    num_gates = sum(len(of_array) > 1 for of_array in axes.values())
    shared = (8, 14, 20)
    if num_gates > 1:
        shared = (10, 20)
    if few:
        shared = (20,)
    for size in shared:
        if hidden_size <= size:
            return size
    return hidden_size


def unit_axes_of(
    given: Given, shell: Any, plan: list[Leaf], size: int
) -> tuple[Axes, ...] | None:
    """Return the unit axes of each array, if units may be added; None if they may not.

    Raises:
        CellError: the declared axes don't fit the arrays.
    """
    if given.unit_axes is None:
        return None
    axes = []
    for leaf, array in zip(plan, arrays_of(shell), strict=True):
        axes.append(_fitting_axes(given, leaf.name, array.shape, size))
        is_entrywise = leaf.law is None or isinstance(leaf.law, Entrywise)
        if not is_entrywise or len(array.shape) > 2:
            return None
    if given.initial_state is not None or not _has_vectors(given, shell, size):
        return None
    return tuple(axes)


def _has_vectors(given: Given, shell: Any, size: int) -> bool:
    """Return whether each leaf of the state is a vector of units."""
    state = jax.eval_shape(lambda: given.initial(shell))
    return all(leaf.shape == (size,) for leaf in jax.tree.leaves(state))


def _fitting_axes(
    given: Given, name: str, shape: tuple[int, ...], hidden_size: int
) -> Axes:
    declared = given.unit_axes or {}
    if name not in declared:
        raise CellError(
            f"expected `unit_axes` of {given.name} to name each of its arrays, got "
            f"none for `{name}`; add it, or leave `unit_axes` out."
        )
    for axis in declared[name]:
        if not 0 <= axis < len(shape) or shape[axis] != hidden_size:
            raise CellError(
                f"expected `unit_axes` of {given.name} to be axes of length k = "
                f"{hidden_size}, got axis {axis} of `{name}` with shape {shape}; mend "
                "`unit_axes`."
            )
    return declared[name]
