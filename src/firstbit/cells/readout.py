"""The linear read-out: from a hidden state to a prediction."""

from collections.abc import Mapping

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from firstbit.cells.cell import AnyArray
from firstbit.weights.redraw import Initializer, is_as_built

READOUT = ("O", "b_O")
"""Names of the read-out's arrays in an initializer."""


class Readout(eqx.Module):
    """Linear read-out, equation (2) of the paper: y_t = O h_t.

    The published code adds a bias, b_O.

    Attributes:
        O: (output, hidden) weights.
        b_O: (output,) bias, or None.
    """

    O: Float[AnyArray, "output hidden"]
    b_O: Float[AnyArray, " output"] | None = None

    def __call__(self, hidden: Float[Array, " hidden"]) -> Float[Array, " output"]:
        """Return O h, plus b_O where there is one."""
        output = jnp.asarray(self.O) @ hidden
        return output if self.b_O is None else output + self.b_O


def laws_of(
    initializer: Initializer | None,
) -> tuple[Initializer | None, Initializer | None]:
    """Split an initializer into the laws of the cell and those of the read-out.

    Example:
        >>> laws_of({"W_h": "orthogonal", "O": "identity"})
        ({'W_h': 'orthogonal'}, {'O': 'identity'})
    """
    if is_as_built(initializer):
        return initializer, None  # a constructor makes no read-out
    if not isinstance(initializer, Mapping):
        return initializer, initializer
    of_cell = {}
    of_readout = {}
    for name, law in initializer.items():
        laws = of_readout if name in READOUT else of_cell
        laws[name] = law
    return of_cell, of_readout
