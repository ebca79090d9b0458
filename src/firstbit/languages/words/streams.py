"""Streams of random words: whole numbers that name independent samples."""

from dataclasses import dataclass

import numpy as np

from firstbit.errors import SettingError, shown
from firstbit.languages.automaton.automaton import given
from firstbit.languages.language import Language
from firstbit.languages.words.sampling import sample

MOST_ATTEMPTS = 1000


@dataclass(frozen=True)
class Stream:
    """A stream of random numbers, named by whole numbers.

    Streams are independent if their names are equally long and differ. Zeros at the end
    of a name of at most four numbers make no difference: NumPy fills up with zeros.

    Args:
        numbers: each at least 0 and below 2^32; for example a purpose, a seed and an
            epoch.

    Example:
        >>> Stream((0,)).child(3)
        Stream(numbers=(0, 3))
        >>> Stream((0, 3)).seed()
        6582426945856704739
    """

    numbers: tuple[int, ...]

    def child(self, number: int) -> "Stream":
        """Return the stream whose name has one more number."""
        return Stream((*self.numbers, number))

    def seed(self) -> int:
        """Return a seed for `sample` and the like, below 2^64."""
        words = self._sequence().generate_state(1, np.uint64)
        return int(words[0])

    def generator(self) -> np.random.Generator:
        """Return NumPy's default generator at the beginning of this stream."""
        return np.random.default_rng(self._sequence())

    def _sequence(self) -> np.random.SeedSequence:
        return np.random.SeedSequence(self.numbers)


def fresh_words(
    language: Language | str,
    num_words: int,
    stream: Stream,
    max_length: int | None = None,
) -> list[str]:
    """Sample independent words; replace those longer than `max_length` by new ones.

    Args:
        language: what to sample from.
        num_words: how many words, at least 1.
        stream: names the random numbers; the same stream gives the same words.
        max_length: the greatest length; None for any.

    Raises:
        SettingError: words that short are not found.

    Example:
        >>> from firstbit.languages import reber
        >>> max(map(len, fresh_words(reber(), 50, Stream((0, 1)), max_length=7))) <= 7
        True
    """
    language = given(language)
    words: list[str] = []
    for attempt in range(MOST_ATTEMPTS):
        seed = stream.child(attempt).seed()
        for word in sample(language, num_words, seed=seed):
            if max_length is None or len(word) <= max_length:
                words.append(word)
        if len(words) >= num_words:
            return words[:num_words]
    raise SettingError(
        f"expected words of at most {max_length} symbols in {shown(language.name)}, "
        "found too few; raise `max_length`."
    )
