"""What a witness must pass: the test on fresh words, and again on words with longer lags than any it has seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from firstbit.cells import Network
from firstbit.languages import Language, Stream, fresh_words, lags
from firstbit.languages.words.long_words import long_words
from firstbit.training import solves
from firstbit.training.criteria import NUM_WORDS

Criterion = Callable[[Network, Language, Sequence[str]], bool]
"""Whether a network solves a language, as far as given words tell."""


@dataclass(frozen=True)
class Examination:
    """Words that witnesses of one language are tested on.

    Attributes:
        language: the task.
        fresh: by the language's probabilities.
        long: whose lag is at least `least_lag`; None if the language has none.
        least_lag: twice the longest lag in the fresh words and in those a witness was
            made from, at least 1.
    """

    language: Language
    fresh: list[str]
    long: tuple[str, ...] | None
    least_lag: int

    @classmethod
    def of(
        cls,
        language: Language,
        *,
        seen: Sequence[str] = (),
        seed: int = 0,
        max_length: int | None = None,
    ) -> "Examination":
        """Draw the words.

        Args:
            language: the task.
            seen: words that a witness was made from.
            seed: of the words.
            max_length: longer fresh words are drawn again.

        Example:
            >>> from firstbit.languages import embedded_reber, reber
            >>> Examination.of(reber()).tested
            'tested on 1000 fresh words; no word has a longer lag'
            >>> min(map(len, Examination.of(embedded_reber()).long)) > 40
            True
        """
        fresh = fresh_words(language, NUM_WORDS, Stream((seed,)), max_length)
        least_lag = max(2 * int(lags(language, [*seen, *fresh]).max()), 1)
        return cls(
            language,
            fresh,
            long_words(language, NUM_WORDS, least_lag, Stream((seed,))),
            least_lag,
        )

    def passed(self, network: Network, criterion: Criterion = solves) -> bool:
        """Whether a network passes on both kinds of words."""
        return criterion(network, self.language, self.fresh) and (
            self.long is None or criterion(network, self.language, self.long)
        )

    @property
    def tested(self) -> str:
        """What passing means, in words."""
        fresh = f"tested on {len(self.fresh)} fresh words"
        if self.long is None:
            return f"{fresh}; no word has a longer lag"
        return (
            f"{fresh}, and on {len(self.long)} whose lag is at least "
            f"{self.least_lag}, twice any seen"
        )
