"""Where a cell starts, and which part of its state is h."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from firstbit.errors import CellError

State = Any
"""An array h, or a pytree whose first leaf is h."""


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

        def converted(leaf: Any) -> Array:
            return jnp.asarray(leaf, float)

        return jax.tree.map(converted, self.start(self.cell))

    def __call__(self, input: Float[Array, " input"], hidden: State) -> State:
        """Make one step of the cell."""
        return self.cell(input, hidden)


def hidden_of(state: State) -> Array:
    """Return h, the first leaf of a state."""
    return jax.tree.leaves(state)[0]
