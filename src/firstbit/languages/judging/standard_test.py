"""The test of a net that was trained elsewhere: one plan and one seed, the same words.

So words may be exported, predicted elsewhere, and judged here.
"""

from dataclasses import dataclass
from functools import cached_property

from firstbit.errors import require_seed
from firstbit.languages.judging.criterion import Criterion
from firstbit.languages.judging.words_of_test import PlanOfTest, WordsOfTest
from firstbit.languages.language import Language
from firstbit.languages.words.streams import Stream

NUM_WORDS = 1000
"""Words read in training, where nothing else is said."""

NUM_UNITS = 32
"""k of a net whose size isn't known: a symbol is repeated 4k times."""

JUDGED = 0x6A756467
"""Begins the names of these streams: no training has it."""


@dataclass(frozen=True)
class StandardTest:
    """The test of a net that was trained elsewhere.

    Attributes:
        language: the task.
        criterion: when a prediction is right; its `num_words` are those of training, by
            default 1,000.
        seed: of the words.
        num_units: k of the net.

    Example:
        >>> from firstbit.languages import reber
        >>> test = StandardTest(reber(), Criterion(), seed=0)
        >>> test.plan.lag, len(test.words.fresh)
        (1, 4000)
    """

    language: Language
    criterion: Criterion
    seed: int
    num_units: int = NUM_UNITS

    def __post_init__(self) -> None:
        object.__setattr__(self, "seed", require_seed(self.seed))

    @property
    def num_words(self) -> int:
        """N, the words read in training."""
        return self.criterion.num_words or NUM_WORDS

    @cached_property
    def plan(self) -> PlanOfTest:
        """What is tested."""
        return PlanOfTest(
            self.language, self.num_words, self.criterion, num_units=self.num_units
        )

    @cached_property
    def words(self) -> WordsOfTest:
        """The words of the test."""
        return self.plan.draw(Stream((JUDGED, self.seed)))
