"""A model of sequences as it was given, where a cell with its size may stand, too."""

import re
from dataclasses import dataclass

import jax
from jaxtyping import PRNGKeyArray

from firstbit.cells.sequence_model import SequenceModel, require_learnable
from firstbit.cells.sequence_models import SequenceModels
from firstbit.cells.user_sources import Travelling
from firstbit.weights.redraw import AS_BUILT

LEFT_OUT = (
    "whether another read-out would be right (`memory_is_there`: no states); what a "
    "linear step keeps (`contrast_left`: no states)"
)
"""What a training can't show of a model without a state."""


@dataclass(frozen=True, eq=False)
class GivenModel(Travelling):
    """A model of sequences to train; what it shares with `Given` has the same name.

    Attributes:
        source: one model, where all trainings begin; or one for each key.
    """

    source: SequenceModel | SequenceModels

    catalogue_name = ""
    hidden_size = 0
    """It shows no units."""

    initializer = None
    initial_state = None
    own_law = AS_BUILT
    readout_bias = False

    @property
    def name(self) -> str:
        """The class of the model, as results name it."""
        return self.source.name

    @property
    def has_one_start(self) -> bool:
        """Whether all trainings begin with the same numbers."""
        return isinstance(self.source, SequenceModel)

    @property
    def title(self) -> str:
        """How a table names it."""
        return self.name

    @property
    def architecture(self) -> str:
        """What its nets have in common."""
        return self.name

    @property
    def file_name(self) -> str:
        """The title without anything that a file system minds."""
        return re.sub(r"[^\w.=-]+", "-", self.title).strip("-")

    def of(self, key: PRNGKeyArray) -> SequenceModel:
        """Return the net with which a training begins, in JAX's current float type."""
        return self.source.of(key)

    def require_learnable(
        self, input_size: int, output_size: int, length: int, key: PRNGKeyArray
    ) -> None:
        """Raise `CellError` unless it can be trained; see `sequence_model`."""
        with jax.enable_x64(True):
            require_learnable(self.of(key), input_size, output_size, length)
