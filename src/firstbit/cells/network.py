"""From hidden states to predictions: the linear read-out, the network, and the losses."""

from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from firstbit.cells.cell import Cell
from firstbit.cells.unroll import unroll
from firstbit.weights.redraw import Initializer, is_real

READOUT = ("O", "b_O")
"""Names of the read-out's arrays in an initializer."""


class Readout(eqx.Module):
    """Linear read-out, equation (2) of the paper: y_t = O h_t, plus b_O where the published code has it.

    Attributes:
        O: (output, hidden) weights.
        b_O: (output,) bias, or None.
    """

    O: Float[Array, "output hidden"]
    b_O: Float[Array, " output"] | None = None

    def __call__(self, hidden: Float[Array, " hidden"]) -> Float[Array, " output"]:
        """Equation (2)."""
        output = self.O @ hidden
        return output if self.b_O is None else output + self.b_O


class Network(eqx.Module):
    """A cell and its read-out."""

    cell: Any
    readout: Readout

    def parameters(self) -> dict[str, Array]:
        """Every trained array: of this library's cells by its name in the paper, of others by its path in the cell."""
        bias = {} if self.readout.b_O is None else {"b_O": self.readout.b_O}
        return {**_parameters(self.cell), "O": self.readout.O, **bias}


def _parameters(cell: Any) -> dict[str, Array]:
    if isinstance(cell, Cell):
        return cell.parameters()
    paths, _ = jax.tree_util.tree_flatten_with_path(eqx.filter(cell, is_real))
    return {jax.tree_util.keystr(path).lstrip("."): array for path, array in paths}


def run(
    network: Network, inputs: Float[Array, "time input"]
) -> tuple[Float[Array, "time hidden"], Float[Array, "time output"]]:
    """Hidden state and output after each symbol."""
    hidden = unroll(network.cell, inputs)
    return hidden, jax.vmap(network.readout)(hidden)


def squared_error(
    output: Float[Array, "*time output"], target: Float[Array, "*time output"]
) -> Float[Array, ""]:
    """Summed squared error over outputs (and times): the published loss."""
    return jnp.sum((output - target) ** 2)


def cross_entropy(
    output: Float[Array, "*time output"], target: Float[Array, "*time output"]
) -> Float[Array, ""]:
    """Summed cross-entropy of the softmax of the outputs, in nats: minus the logarithm of the target's probability.

    Example:
        >>> round(float(cross_entropy(jnp.zeros(2), jnp.array([0.0, 1.0]))), 6)
        0.693147
    """
    return -jnp.sum(target * jax.nn.log_softmax(output))


def num_parameters(network: Network) -> int:
    """How many numbers are trained."""
    return sum(array.size for array in network.parameters().values())


def laws_of(
    initializer: Initializer | None,
) -> tuple[Initializer | None, Initializer | None]:
    """The laws of the cell, and those of the read-out.

    Example:
        >>> laws_of({"W_h": "orthogonal", "O": "identity"})
        ({'W_h': 'orthogonal'}, {'O': 'identity'})
    """
    if not isinstance(initializer, Mapping):
        return initializer, initializer
    of_cell = {name: law for name, law in initializer.items() if name not in READOUT}
    return of_cell, {name: law for name, law in initializer.items() if name in READOUT}
