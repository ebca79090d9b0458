"""Words to train on and words to test on, with none in common."""

from collections.abc import Iterator
from hashlib import blake2b

import numpy as np

from firstbit.errors import LanguageError, SettingError, require_at_least, shown
from firstbit.languages.automaton.automaton import Automaton
from firstbit.languages.words.sampling import require_seed, sample_from

MOST_ROUNDS = 50

PURPOSE = 1
"""Part of the spawn key of the random numbers."""


def split(
    language: Automaton,
    num_train: int,
    num_test: int,
    *,
    seed: int,
    test_share: float = 0.5,
) -> tuple[list[str], list[str]]:
    """Sample words to train on and words to test on; no word is in both lists.

    Each word of the language belongs to one side, by a hash of the word and the seed
    alone. So lists sampled later, longer or elsewhere with the same seed and share
    never overlap either. Within a side, words come with the language's probabilities,
    conditioned on the side; the same word may come more than once.

    When not to trust it: where few words carry the language, each side is a poor
    picture of the whole.

    Args:
        language: what to sample from.
        num_train: words to train on, at least 1.
        num_test: words to test on, at least 1.
        seed: of the samples and of the sides.
        test_share: share of the words that belong to the test side, above 0 and below
            1.

    Returns:
        The words to train on, and the words to test on.

    Raises:
        SettingError: a number is out of range.
        LanguageError: one side has no word that turns up, as in a language of a few
            words.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> train, test = split(reber(), 100, 50, seed=0)
        >>> len(train), len(test), set(train) & set(test)
        (100, 50, set())
    """
    num_train = require_at_least("num_train", num_train, 1)
    num_test = require_at_least("num_test", num_test, 1)
    seed = require_seed(seed)
    if not 0 < test_share < 1:
        raise SettingError(
            f"expected a `test_share` above 0 and below 1, got {test_share}."
        )
    train: list[str] = []
    test: list[str] = []
    for word in _sampled(language, num_train + num_test, seed):
        side = test if _in_test(word, seed, test_share) else train
        side.append(word)
        is_full = len(train) >= num_train
        if is_full and len(test) >= num_test:
            return train[:num_train], test[:num_test]
    raise LanguageError(
        f"'{shown(language.name)}': {MOST_ROUNDS * (num_train + num_test)} draws gave "
        f"{len(train)} words to train on and {len(test)} to "
        f"test on, not {num_train} and {num_test}; its words are too few for this "
        "share, try another seed or share."
    )


def _sampled(language: Automaton, num_words: int, seed: int) -> Iterator[str]:
    """Sample `num_words` words, again and again, by generators that `seed` spawns.

    `sample` with the same seed, or one near it, does not give the same words.
    """
    for i in range(MOST_ROUNDS):
        sequence = np.random.SeedSequence(seed, spawn_key=(PURPOSE, i))
        source = np.random.PCG64(sequence)
        yield from sample_from(language, num_words, source)


def _in_test(word: str, seed: int, test_share: float) -> bool:
    digest = blake2b(f"{seed} {word}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) < test_share * 2**64
