"""Streams of fresh words: independent draws, each stream named by whole numbers."""

import numpy as np

from firstbit.errors import SettingError
from firstbit.languages.language import Language
from firstbit.languages.words.sampling import sample

Stream = tuple[int, ...]
"""Whole numbers that name a stream of random words; two different ones give independent
words."""

MOST_ATTEMPTS = 1000


def fresh_words(
    language: Language, num_words: int, stream: Stream, max_length: int | None = None
) -> list[str]:
    """Independent words of a language, drawn again if they are longer than `max_length`.

    Raises:
        SettingError: words so short are not found.

    Example:
        >>> from firstbit.languages import reber
        >>> max(map(len, fresh_words(reber(), 50, (0, 1), max_length=7))) <= 7
        True
    """
    words: list[str] = []
    for attempt in range(MOST_ATTEMPTS):
        seed = np.random.SeedSequence((*stream, attempt)).generate_state(1, np.uint64)[
            0
        ]
        drawn = sample(language, num_words, seed=int(seed))
        words += [
            word for word in drawn if max_length is None or len(word) <= max_length
        ]
        if len(words) >= num_words:
            return words[:num_words]
    raise SettingError(
        f"expected words of at most {max_length} symbols in {language.name}, found "
        "too few; raise `max_length`."
    )
