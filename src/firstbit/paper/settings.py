"""What the paper's replay may be asked to do."""

from dataclasses import dataclass

from firstbit.errors import require_at_least


@dataclass(frozen=True)
class Settings:
    """Settings of one replay.

    Attributes:
        num_words: words of each task; 256 are the published ones, fewer are the first
            of them, further words are drawn with `seed`.
        seed: of the draws of D, of words beyond the published, of fresh test words and
            of bootstraps. The published run never depends on it.
        quick: a shorter run that shows every part: few epochs, few draws. Claims that
            need the full training or the full grid are then not tested.
    """

    num_words: int = 256
    seed: int = 0
    quick: bool = False

    def __post_init__(self) -> None:
        require_at_least("strings", self.num_words, 1)
        require_at_least("seed", self.seed, 0)

    @property
    def max_epochs(self) -> int:
        """Epochs of training at most; the paper's 1000."""
        return 60 if self.quick else 1000

    @property
    def num_draws(self) -> int:
        """Draws for each D(l,k); the paper's 2000."""
        return 100 if self.quick else 2000

    @property
    def is_published(self) -> bool:
        """Whether the training is the published one, log for log."""
        return self.num_words == 256 and not self.quick
