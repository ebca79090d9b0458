"""The words of a test along the automaton: what they ask of any predictor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Int

from firstbit.languages.judging.paths import Paths
from firstbit.languages.language import Language
from firstbit.languages.words.lags import lags


@dataclass(frozen=True)
class Along:
    """The words of a test along the automaton.

    Attributes:
        language: whose automaton it is.
        words: of which all predictions count.
        word: number of the word of each prediction that counts.
        place: of each prediction in the outputs after each symbol.
        state: in which each prediction is made.
        last_state: after each of the prefixes.
        number: of each word, by the word.
    """

    language: Language
    words: tuple[str, ...]
    word: Int[np.ndarray, " prediction"]
    place: Int[np.ndarray, " prediction"]
    state: Int[np.ndarray, " prediction"]
    last_state: Int[np.ndarray, " prefix"]
    number: Mapping[str, int]

    @classmethod
    def of(
        cls, language: Language, words: Sequence[str], prefixes: Sequence[str]
    ) -> "Along":
        """Follow different words, and prefixes of which the last prediction counts.

        Raises:
            WordError: a letter is not in the alphabet, or not legal where it stands.
        """
        paths = Paths.of(language, words)
        word, time = paths.predictions
        of_prefixes = Paths.of(language, prefixes)
        ends = of_prefixes.lengths - 1
        last_state = np.zeros(0, dtype=np.int64)
        if len(ends):
            last_state = of_prefixes.states[np.arange(len(ends)), ends]
        return cls(
            language,
            tuple(words),
            word,
            paths.first_output[word] + time,
            small(paths.states[word, time]),
            small(last_state),
            {one: number for number, one in enumerate(words)},
        )

    @cached_property
    def lag(self) -> Int[np.ndarray, " prediction"]:
        """How far back the deciding symbol of each prediction is; see `lags`."""
        word, time = Paths.of(self.language, self.words).predictions
        return small(lags(self.language, self.words)[word, time])


def small(numbers: Int[np.ndarray, " _"]) -> Int[np.ndarray, " _"]:
    """Return numbers from 0 on in the smallest type: many tests are kept at a time.

    Example:
        >>> small(np.array([0, 127])).dtype, small(np.array([128])).dtype
        (dtype('int8'), dtype('int16'))
    """
    most = int(numbers.max(initial=0))
    return numbers.astype(np.min_scalar_type(-1 - most))
