"""Illegal words, and how many edits away from the language they are."""

import numpy as np

from firstbit.errors import LanguageError, require_at_least
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.language import Language
from firstbit.languages.words.sampling import stream

PURPOSE = 2
"""Part of the stream of random numbers."""

TRIES = 200
"""Words edited for each one that is wanted, before giving up."""

ENOUGH = 1000
"""Words edited, at least, before giving up where none is found at all."""


def edit_distance(language: Language, word: str) -> int:
    """Least number of letters to insert, delete or replace that makes `word` a word of the language.

    Row by row as between two words, with the automaton's states for the letters of the
    other word. Work grows with the word's length times the edges of the automaton.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> [edit_distance(reber(), word) for word in ("BTXSE", "BTSSE", "XX", "")]
        [0, 1, 4, 5]

    References:
        Wagner 1974, Order-n correction for regular languages.
    """
    sources, columns = np.nonzero(language.transition != NO_STATE)
    targets = language.transition[sources, columns]
    far = len(word) + len(language.states) + 1
    cost = np.full(len(language.states), far)
    cost[0] = 0
    cost = _with_insertions(cost, sources, targets)
    for letter in word:
        wrong = np.array([symbol != letter for symbol in language.alphabet], dtype=int)
        after = cost + 1  # the letter deleted
        np.minimum.at(after, targets, cost[sources] + wrong[columns])
        cost = _with_insertions(after, sources, targets)
    return int(cost[language.stop > 0].min())


def illegal_words(
    language: Language, num_words: int, *, distance: int = 1, seed: int
) -> list[str]:
    """Words that are `distance` edits away from the nearest word of the language, exactly.

    A drawn word is edited `distance` times (a letter inserted, deleted or replaced,
    each equally likely, anywhere), and kept if no legal word is nearer. All letters are
    of the alphabet.

    Args:
        language: the language they are not in.
        num_words: how many, at least 1.
        distance: edits to the nearest legal word, at least 1.
        seed: of the draws.

    Raises:
        SettingError: a number is out of range.
        LanguageError: so few edits don't lead out of the language, or not so far.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> words = illegal_words(reber(), 3, distance=2, seed=0)
        >>> [edit_distance(reber(), word) for word in words]
        [2, 2, 2]
    """
    require_at_least("num_words", num_words, 1)
    require_at_least("distance", distance, 1)
    require_at_least("seed", seed, 0)
    generator = np.random.Generator(np.random.PCG64([seed, distance]))
    found: list[str] = []
    tried = 0
    for i in range(TRIES if language.alphabet else 0):
        for word in stream(
            language,
            num_words,
            np.random.PCG64(
                np.random.SeedSequence(seed, spawn_key=(PURPOSE, distance, i))
            ),
        ):
            edited = _edited(word, language.alphabet, distance, generator)
            if edit_distance(language, edited) == distance:
                found.append(edited)
            if len(found) == num_words:
                return found
        tried += num_words
        if not found and tried >= ENOUGH:
            break
    raise LanguageError(
        f"{tried} edited words of '{language.name}' gave {len(found)} at distance "
        f"{distance}, not {num_words}; try another distance, unless every word "
        "over its alphabet is legal."
    )


def _with_insertions(
    cost: np.ndarray, sources: np.ndarray, targets: np.ndarray
) -> np.ndarray:
    """Going along an edge without reading costs one edit: repeat until nothing gets cheaper."""
    while True:
        cheaper = cost.copy()
        np.minimum.at(cheaper, targets, cost[sources] + 1)
        if (cheaper == cost).all():
            return cost
        cost = cheaper


def _edited(
    word: str, alphabet: tuple[str, ...], edits: int, generator: np.random.Generator
) -> str:
    for _ in range(edits):
        kind = generator.integers(3) if word else 0
        letter = alphabet[generator.integers(len(alphabet))]
        at = int(generator.integers(len(word) + (kind == 0)))
        word = word[:at] + ("" if kind == 1 else letter) + word[at + (kind > 0) :]
    return word
