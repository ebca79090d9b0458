"""What a rule of training is: one epoch, the next learning rate, the end."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, asdict, dataclass
from typing import Any, ClassVar, NamedTuple

from firstbit.cells import cross_entropy, squared_error
from firstbit.cells.losses import Loss
from firstbit.cells.network import Net
from firstbit.errors import SettingError, keep_real, keep_whole, shown_value
from firstbit.training.words import Examples

Moments = Any
"""What an optimiser remembers: any pytree."""

SQUARED_ERROR, CROSS_ENTROPY = "squared-error", "cross-entropy"

LOSSES: Mapping[str, Loss] = {
    SQUARED_ERROR: squared_error,
    CROSS_ENTROPY: cross_entropy,
}
"""Name -> the loss of one prediction: of the outputs, or of their softmax."""

ALONE = (1,)
"""Widths of a rule that trains each network by itself."""


@dataclass(frozen=True)
class Epoch:
    """One line of a training log.

    Attributes:
        epoch: its number, from 0.
        mean_error: mean loss a word, each before the step that it led to.
        learning_rate: the rate of this epoch.
        symbols_read: symbols read since the start, this epoch included.
    """

    epoch: int
    mean_error: float
    learning_rate: float
    symbols_read: int


class Learner(NamedTuple):
    """A network before an epoch.

    Attributes:
        network: the cell and its read-out, or a model of sequences.
        moments: of the optimiser.
        rate: the learning rate of the epoch.
    """

    network: Net
    moments: Moments
    rate: float


class Learned(NamedTuple):
    """A network after an epoch.

    Attributes:
        network: the cell and its read-out, or a model of sequences.
        moments: of the optimiser.
        mean_error: mean loss a word, each before the step that it led to.
    """

    network: Net
    moments: Moments
    mean_error: float


@dataclass(frozen=True)
class Rule(ABC):
    """A rule of training with its budget.

    A subclass gives the class attributes and the abstract methods. All else (words,
    checks, checkpoints, seeds) is the same for every rule.

    Attributes:
        learning_rate: rate of the first epoch, above 0.
        max_epochs: training ends after this many epochs at the latest, at least 1.
        max_symbols: training ends after the epoch in which the number of symbols read
            reaches this; None for no such limit.
        loss: `squared-error` of the outputs, or `cross-entropy` of their softmax.
        name: of the rule, for results and the command line.
        shuffles: whether a fixed list is read in a new order in every epoch.
        widths: numbers of networks that one program of the rule trains side by side,
            growing. The bits of a network are the same at each width, for this
            library's own cells of usual sizes.
    """

    learning_rate: float
    _: KW_ONLY
    max_epochs: int = 1000
    max_symbols: int | None = None
    loss: str = SQUARED_ERROR

    name: ClassVar[str]
    shuffles: ClassVar[bool] = False
    widths: ClassVar[tuple[int, ...]] = ALONE

    def __post_init__(self) -> None:
        keep_whole(self, "max_epochs", 1)
        keep_whole(self, "max_symbols", 1, optional=True)
        keep_real(self, "learning_rate")
        if not 0 < self.learning_rate < math.inf:
            raise SettingError(
                f"`learning_rate` must be above 0; got {self.learning_rate}; try 0.01."
            )
        if not isinstance(self.loss, str) or self.loss not in LOSSES:
            raise SettingError(
                f"expected the loss {' or '.join(LOSSES)}, got "
                f"{shown_value(self.loss)}."
            )

    @property
    def loss_of_prediction(self) -> Loss:
        """From linear outputs and a one-hot target to the loss."""
        return LOSSES[self.loss]

    @property
    def is_softmax(self) -> bool:
        """Whether the softmax of the outputs is the prediction; else the outputs."""
        return self.loss == CROSS_ENTROPY

    @property
    def needs_list(self) -> bool:
        """Whether the rule compares epochs, so that all must read the same words."""
        return False

    def first_moments(self, network: Net) -> Moments:  # noqa: ARG002
        """Return what the optimiser remembers before training."""
        return ()

    @abstractmethod
    def epoch(
        self, learners: Sequence[Learner], words: Examples, width: int
    ) -> list[Learned]:
        """Train networks for one pass over the words.

        Args:
            learners: at least one, at most `width`. Several must be alike in all but
                their real arrays. The result of one does not depend on the others.
            words: what they read.
            width: one of `widths`, or 1.
        """

    @abstractmethod
    def next_rate(self, last: Epoch, before: Epoch | None) -> float:
        """Return the rate after an epoch, from its log line and the one before."""

    def stops(self, last: Epoch, before: Epoch | None) -> bool:  # noqa: ARG002
        """Return whether the rule ends training after an epoch, before the budget."""
        return False

    def spent(self, last: Epoch) -> float:
        """Return the share of the budget that is spent after an epoch."""
        share = (last.epoch + 1) / self.max_epochs
        if self.max_symbols is None:
            return share
        return max(share, last.symbols_read / self.max_symbols)

    def settings(self) -> dict[str, Any]:
        """Return the name and all settings as plain numbers and strings."""
        found: dict[str, Any] = {"name": self.name}
        for setting, value in asdict(self).items():
            if value == math.inf:
                value = str(value)
            found[setting] = value
        return found
