"""Settings of one replay of the paper."""

from dataclasses import dataclass

from firstbit.errors import keep_whole, require_seed

PUBLISHED_WORDS = 256
"""Words of each task in the published programs."""


@dataclass(frozen=True)
class Settings:
    """Settings of one replay.

    Attributes:
        num_words: words of each task; 256 are the published ones, fewer are the first
            of them, further words are sampled with `seed`.
        seed: of the draws of D, of words beyond the published, of fresh test words and
            of bootstraps. The published run never depends on it.
        quick: a shorter run that shows every part: few epochs, few draws. Claims that
            need the full training or the full grid are then not tested.
    """

    num_words: int = PUBLISHED_WORDS
    seed: int = 0
    quick: bool = False

    def __post_init__(self) -> None:
        keep_whole(self, "num_words", 1)
        object.__setattr__(self, "seed", require_seed(self.seed))

    @property
    def max_epochs(self) -> int:
        """The largest number of epochs; the paper's 1000."""
        return 60 if self.quick else 1000

    @property
    def num_draws(self) -> int:
        """Draws for each D(l,k); the paper's 2000."""
        return 100 if self.quick else 2000

    @property
    def is_published(self) -> bool:
        """Whether the training is the published one, log for log."""
        return self.num_words == PUBLISHED_WORDS and not self.quick
