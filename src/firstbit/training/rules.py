"""Rules of training, as small frozen descriptions."""

import math
from abc import ABC, abstractmethod
from dataclasses import KW_ONLY, asdict, dataclass
from typing import Any, ClassVar, Literal, final

from firstbit.cells import cross_entropy, squared_error
from firstbit.errors import SettingError, require_at_least
from firstbit.training.bptt import Loss


@dataclass(frozen=True)
class Rule(ABC):
    """A rule of training with its budget: what one step is, how the rate changes, when it ends.

    Attributes:
        learning_rate: rate of the first epoch, above 0.
        max_epochs: training ends after this many epochs at the latest, at least 1.
        max_symbols: training ends after the epoch in which the number of symbols read
            reaches this; None for no such limit.
    """

    learning_rate: float
    _: KW_ONLY
    max_epochs: int = 1000
    max_symbols: int | None = None

    name: ClassVar[str]
    loss: ClassVar[Loss]
    is_softmax: ClassVar[bool]

    def __post_init__(self) -> None:
        require_at_least("max_epochs", self.max_epochs, 1)
        if self.max_symbols is not None:
            require_at_least("max_symbols", self.max_symbols, 1)
        if not 0 < self.learning_rate < math.inf:
            raise SettingError(
                f"`learning_rate` must be above 0; got {self.learning_rate}; try 0.01."
            )

    @abstractmethod
    def next_rate(
        self, epoch: int, rate: float, error: float, before: float, share: float
    ) -> float:
        """Return the rate after an epoch.

        Args:
            epoch: the number of the epoch that ended, from 0.
            rate: its rate.
            error: its mean loss a word.
            before: that of the epoch before; 0 after the first.
            share: of the budget that is used up, 0 to 1.
        """

    @abstractmethod
    def stops(self, error: float, before: float) -> bool:
        """Return whether training ends after an epoch with this error."""


@final
@dataclass(frozen=True)
class Published(Rule):
    """The 2017 paper's rule: one plain gradient step per word, in drawn order, every epoch, on squared error.

    The error of an epoch is the mean over words of the loss before each word's own
    step. After an epoch: if it is not the first and the error rose, the rate is halved;
    then training stops if the error changed by less than `tolerance` (the first epoch
    compares with 0).

    Attributes:
        learning_rate: rate of the first epoch, above 0.
        max_epochs: as of every rule.
        max_symbols: as of every rule.
        tolerance: change of the mean error below which training stops.

    References:
        Stérin, Farrugia, Gripon 2017, Section IV, and its published code.
    """

    _: KW_ONLY
    tolerance: float = 1e-5

    name: ClassVar[str] = "published"
    loss: ClassVar[Loss] = staticmethod(squared_error)
    is_softmax: ClassVar[bool] = False

    def next_rate(
        self,
        epoch: int,
        rate: float,
        error: float,
        before: float,
        share: float,  # noqa: ARG002
    ) -> float:
        """The rate after an epoch: halved if the error rose, but never after the first epoch."""
        return rate / 2 if epoch > 0 and error > before else rate

    def stops(self, error: float, before: float) -> bool:
        """Whether training ends after an epoch with this error."""
        return abs(error - before) < self.tolerance


@final
@dataclass(frozen=True)
class Modern(Rule):
    r"""Today's usual rule: Adam on the cross-entropy of a softmax, in minibatches, with clipped gradients.

    The gradient is that of the mean loss a word of the minibatch, scaled down to norm
    `clip` where it is larger. In a fixed list the words are shuffled every epoch. The
    rate stays, or falls by a cosine from `learning_rate` to 0 over the budget: $\eta (1
    + \cos \pi s) / 2$, where s is the share of the epochs (or symbols) used up before
    an epoch.

    Attributes:
        learning_rate: Adam's, above 0.
        batch_size: words in a minibatch, at least 1; the last one of an epoch may be
            smaller.
        clip: largest norm of a gradient, above 0; `inf` for no clipping.
        schedule: `constant` or `cosine`.
        max_epochs: as of every rule.
        max_symbols: as of every rule.

    References:
        Kingma, Ba 2015, "Adam: A Method for Stochastic Optimization", Algorithm 1
        (optax.scale_by_adam, its defaults).
    """

    learning_rate: float = 0.01
    _: KW_ONLY
    batch_size: int = 32
    clip: float = 1.0
    schedule: Literal["constant", "cosine"] = "constant"

    name: ClassVar[str] = "modern"
    loss: ClassVar[Loss] = staticmethod(cross_entropy)
    is_softmax: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        require_at_least("batch_size", self.batch_size, 1)
        if not self.clip > 0:
            raise SettingError(
                f"`clip` must be above 0; got {self.clip}; try 1, or inf for no "
                "clipping."
            )
        if self.schedule not in ("constant", "cosine"):
            raise SettingError(
                f"expected the schedule `constant` or `cosine`; got '{self.schedule}'."
            )

    def next_rate(
        self,
        epoch: int,  # noqa: ARG002
        rate: float,  # noqa: ARG002
        error: float,  # noqa: ARG002
        before: float,  # noqa: ARG002
        share: float,
    ) -> float:
        """The rate after an epoch, by the share of the budget that is used up."""
        return self.learning_rate * (
            1.0 if self.schedule == "constant" else (1 + math.cos(math.pi * share)) / 2
        )

    def stops(self, error: float, before: float) -> bool:  # noqa: ARG002
        """Never: training ends with the budget."""
        return False


def described(rule: Rule) -> dict[str, Any]:
    """A rule as JSON tells it."""
    return {
        "name": rule.name,
        **{k: str(v) if v == math.inf else v for k, v in asdict(rule).items()},
    }
