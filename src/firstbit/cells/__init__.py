"""The thing under test: recurrent cells in Equinox's convention, and their read-out."""

from firstbit.cells.activations import ACTIVATIONS, activation_by_name
from firstbit.cells.bridges.adapt import adapt
from firstbit.cells.catalogue import CELLS, cell_by_name
from firstbit.cells.cell import Cell
from firstbit.cells.check.check import check
from firstbit.cells.check.costs import cost
from firstbit.cells.given import CellLike, Given
from firstbit.cells.gru import GRU
from firstbit.cells.losses import cross_entropy, squared_error
from firstbit.cells.lstm import LSTM
from firstbit.cells.min_gru import MinGRU
from firstbit.cells.network import Network, num_parameters, run
from firstbit.cells.readout import Readout
from firstbit.cells.redrawn import redraw
from firstbit.cells.roles import roles
from firstbit.cells.sequence_model import SequenceModel
from firstbit.cells.sequence_models import SequenceModels
from firstbit.cells.state import hidden_of, initial_state
from firstbit.cells.unroll import unroll
from firstbit.cells.vanilla import Vanilla
from firstbit.weights.initializers import INITIALIZERS, initializer_by_name
from firstbit.weights.redraw import Initializer

__all__ = [
    "ACTIVATIONS",
    "CELLS",
    "GRU",
    "INITIALIZERS",
    "LSTM",
    "Cell",
    "CellLike",
    "Given",
    "Initializer",
    "MinGRU",
    "Network",
    "Readout",
    "SequenceModel",
    "SequenceModels",
    "Vanilla",
    "activation_by_name",
    "adapt",
    "cell_by_name",
    "check",
    "cost",
    "cross_entropy",
    "hidden_of",
    "initial_state",
    "initializer_by_name",
    "num_parameters",
    "redraw",
    "roles",
    "run",
    "squared_error",
    "unroll",
]
