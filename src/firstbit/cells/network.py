"""A cell with its read-out, along a word."""

from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
from jaxtyping import Array, Float

from firstbit.cells.cell import AnyArray, Cell
from firstbit.cells.readout import Readout
from firstbit.cells.roles import hidden_place, state_shapes
from firstbit.cells.sequence_model import SequenceModel
from firstbit.cells.unroll import unroll
from firstbit.weights.numbers import is_inexact, num_parts


class Network(eqx.Module):
    """A cell and its read-out.

    Attributes:
        cell: the cell.
        readout: the read-out.
        place: of h among the leaves of the state.
    """

    cell: Any
    readout: Readout
    place: int = eqx.field(static=True)

    def __init__(self, cell: Any, readout: Readout, place: int | None = None) -> None:
        """Put a read-out on a cell.

        Args:
            cell: a built cell.
            readout: reads h.
            place: of h among the leaves of the state; by default found, see `roles`.
        """
        self.cell = cell
        self.readout = readout
        if place is None:
            place = hidden_place(cell, state_shapes(cell))
        self.place = place

    def __call__(
        self, inputs: Float[Array, "time input"]
    ) -> Float[Array, "time output"]:
        """Return the output after each symbol."""
        return run(self, inputs)[1]

    def parameters(self) -> dict[str, AnyArray]:
        """Return every trained array by its name.

        The library's own cells have the paper's names; other cells have their paths.
        """
        found = dict(_parameters(self.cell)) | {"O": self.readout.O}
        if self.readout.b_O is not None:
            found["b_O"] = self.readout.b_O
        return found


Net = Network | SequenceModel
"""A net that is trained: each gives the outputs after all symbols of a word."""


def run(
    network: Network, inputs: Float[Array, "time input"]
) -> tuple[Float[Array, "time hidden"], Float[Array, "time output"]]:
    """Return the hidden state and the output after each symbol."""
    hidden = unroll(network.cell, inputs, network.place)
    return hidden, jax.vmap(network.readout)(hidden)


def num_parameters(network: Network) -> int:
    """Count the numbers that are trained; a complex one counts as two."""
    total = 0
    for array in network.parameters().values():
        total += num_parts(array) * array.size
    return total


def _parameters(cell: object) -> Mapping[str, AnyArray]:
    if isinstance(cell, Cell):
        return cell.parameters()
    leaves, _ = jax.tree_util.tree_flatten_with_path(cell)
    found = {}
    for path, leaf in leaves:
        if is_inexact(leaf):
            found[jax.tree_util.keystr(path).lstrip(".")] = leaf
    return found
