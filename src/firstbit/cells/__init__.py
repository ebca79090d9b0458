"""The thing under test: recurrent cells in Equinox's convention, their read-out, and laws for their weights."""

from collections.abc import Mapping

from firstbit.cells.cell import Cell, redraw
from firstbit.cells.gru import GRU
from firstbit.cells.initializers import INITIALIZERS, Initializer, initializer_by_name
from firstbit.cells.readout import Network, Readout, num_parameters, run, squared_error
from firstbit.cells.unroll import initial_state, unroll
from firstbit.cells.vanilla import Vanilla
from firstbit.errors import CellError, unknown_name

CELLS: Mapping[str, type[Cell]] = {"vanilla": Vanilla, "gru": GRU}
"""Name on the command line -> the cell."""


def cell_by_name(name: str) -> type[Cell]:
    """The cell of that name.

    Raises:
        CellError: there is none; the text names the nearest.
    """
    if name not in CELLS:
        raise CellError(unknown_name("cell", name, CELLS))
    return CELLS[name]


__all__ = [
    "CELLS",
    "GRU",
    "INITIALIZERS",
    "Cell",
    "Initializer",
    "Network",
    "Readout",
    "Vanilla",
    "cell_by_name",
    "initial_state",
    "initializer_by_name",
    "num_parameters",
    "redraw",
    "run",
    "squared_error",
    "unroll",
]
