"""From hidden states to predictions: the linear read-out, the network, and the published loss."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from firstbit.cells.cell import Cell
from firstbit.cells.product import product
from firstbit.cells.unroll import unroll


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
        output = product(self.O, hidden)
        return output if self.b_O is None else output + self.b_O


class Network(eqx.Module):
    """A cell and its read-out."""

    cell: Cell
    readout: Readout

    def parameters(self) -> dict[str, Array]:
        """Every trained array by its name in the paper."""
        bias = {} if self.readout.b_O is None else {"b_O": self.readout.b_O}
        return {**self.cell.parameters(), "O": self.readout.O, **bias}


def run(network: Network, inputs: Float[Array, "time input"]) -> tuple[Float[Array, "time hidden"], Float[Array, "time output"]]:
    """Hidden state and output after each symbol."""
    hidden = unroll(network.cell, inputs)
    return hidden, jax.vmap(network.readout)(hidden)


def squared_error(output: Float[Array, "*time output"], target: Float[Array, "*time output"]) -> Float[Array, ""]:
    """Summed squared error over outputs (and times): the published loss."""
    return jnp.sum((output - target) ** 2)


def num_parameters(network: Network) -> int:
    """How many numbers are trained."""
    return sum(array.size for array in network.parameters().values())
