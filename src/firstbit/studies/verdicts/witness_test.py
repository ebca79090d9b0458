"""The test of a witness: fresh words, then words with longer lags."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from firstbit.cells import Network
from firstbit.languages import Language, Stream, fresh_words, lags
from firstbit.languages.words.long_words import long_words
from firstbit.studies.verdicts.texts import REASONS
from firstbit.training import solves
from firstbit.training.criteria import NUM_WORDS

Criterion = Callable[[Network, Language, Sequence[str]], bool]
"""Whether a network solves a language, judged on the given words."""


@dataclass(frozen=True)
class WitnessTest:
    """Words on which the witnesses of one language are tested.

    Attributes:
        language: the task.
        fresh: sampled by the language's probabilities.
        long: words whose lag is at least `least_lag`; None if the language has none.
        least_lag: twice the longest lag in the fresh words and in those a witness was
            made from, at least 1.
    """

    language: Language
    fresh: Sequence[str]
    long: Sequence[str] | None
    least_lag: int

    @classmethod
    def of(
        cls,
        language: Language,
        *,
        seed: int,
        seen: Sequence[str] = (),
        max_length: int | None = None,
    ) -> "WitnessTest":
        """Sample the words.

        Args:
            language: the task.
            seed: of the words.
            seen: words that a witness was made from.
            max_length: longer fresh words are sampled again.

        Example:
            >>> from firstbit.languages import embedded_reber, reber
            >>> WitnessTest.of(reber(), seed=0).description
            'tested on 1000 fresh words; no word has a longer lag'
            >>> min(map(len, WitnessTest.of(embedded_reber(), seed=0).long)) > 40
            True
        """
        fresh = fresh_words(language, NUM_WORDS, Stream((seed,)), max_length)
        longest = int(lags(language, [*seen, *fresh]).max())
        least_lag = max(2 * longest, 1)
        long = long_words(language, NUM_WORDS, least_lag, Stream((seed,)))
        return cls(language, fresh, long, least_lag)

    def is_passed(self, network: Network, criterion: Criterion = solves) -> bool:
        """Return whether a network passes on both kinds of words."""
        if not criterion(network, self.language, self.fresh):
            return False
        return self.long is None or criterion(network, self.language, self.long)

    @property
    def description(self) -> str:
        """What passing means, in words."""
        return REASONS(
            "tested",
            num_fresh=len(self.fresh),
            num_long=None if self.long is None else len(self.long),
            least_lag=self.least_lag,
        )
