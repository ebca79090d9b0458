"""Rules of training, as small frozen descriptions."""

from dataclasses import dataclass

from firstbit.errors import SettingError, require_at_least


@dataclass(frozen=True)
class Published:
    """The 2017 paper's rule: one plain gradient step per word, in drawn order, every epoch.

    The error of an epoch is the mean over words of the loss before each word's own step. After an epoch:
    if it is not the first and the error rose, the rate is halved; then training stops if the error changed by
    less than `tolerance` (the first epoch compares with 0).

    Attributes:
        learning_rate: rate of the first epoch, above 0.
        max_epochs: training ends after so many epochs at the latest, at least 1.
        tolerance: change of the mean error below which training stops.
    """

    learning_rate: float
    max_epochs: int = 1000
    tolerance: float = 1e-5

    def __post_init__(self) -> None:
        require_at_least("max_epochs", self.max_epochs, 1)
        if not self.learning_rate > 0:
            raise SettingError(f"`learning_rate` must be above 0; got {self.learning_rate}.")

    def next_rate(self, epoch: int, rate: float, error: float, before: float) -> float:
        """The rate after an epoch: halved if the error rose, but never after the first epoch."""
        return rate / 2 if epoch > 0 and error > before else rate

    def stops(self, error: float, before: float) -> bool:
        """Whether training ends after an epoch with this error."""
        return abs(error - before) < self.tolerance
