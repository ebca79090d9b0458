"""Illegal words, and how many edits away from the language they are."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Int

from firstbit.errors import LanguageError, require_at_least, shown
from firstbit.languages.automaton.automaton import Automaton, given
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.words.sampling import require_seed, sample_from

PURPOSE = 2
"""Part of the spawn key of the random numbers."""

TRIES = 200
"""Words edited for each one that is wanted, before giving up."""

ENOUGH = 1000
"""Words edited, at least, before giving up where none is found at all."""

INSERT, DELETE, REPLACE = range(3)

Edges = Int[np.ndarray, " edge"]
Costs = Int[np.ndarray, " state"]


def edit_distance(language: Automaton | str, word: str) -> int:
    """Compute the least number of edits that make `word` a word of the language.

    An edit inserts, deletes or replaces a letter. Row by row as between two words, with
    the automaton's states for the letters of the other word. Work grows with the word's
    length times the edges of the automaton.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> [edit_distance(reber(), word) for word in ("BTXSE", "BTSSE", "XX", "")]
        [0, 1, 4, 5]

    References:
        Wagner 1974, Order-n correction for regular languages.
    """
    language = given(language)
    sources, columns = np.nonzero(language.transition != NO_STATE)
    targets = language.transition[sources, columns]
    far = len(word) + len(language.states) + 1
    cost = np.full(len(language.states), far)
    cost[0] = 0
    cost = _with_insertions(cost, sources, targets)
    letters = np.array(language.alphabet, dtype=object)
    for letter in word:
        after = cost + 1  # the letter deleted
        wrong = (letters != letter).astype(int)
        replaced = cost[sources] + wrong[columns]
        np.minimum.at(after, targets, replaced)
        cost = _with_insertions(after, sources, targets)
    at_ends = cost[language.stop > 0]
    return int(at_ends.min())


def illegal_words(
    language: Automaton | str, num_words: int, *, distance: int = 1, seed: int
) -> list[str]:
    """Sample words that are exactly `distance` edits from the nearest legal word.

    A sampled word is edited `distance` times (a letter inserted, deleted or replaced,
    each equally likely, anywhere), and kept if no legal word is nearer. All letters are
    of the alphabet.

    Args:
        language: the language they are not in.
        num_words: how many, at least 1.
        distance: edits to the nearest legal word, at least 1.
        seed: of the samples and the edits.

    Raises:
        SettingError: a number is out of range.
        LanguageError: that few edits don't lead out of the language, or not that far.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> words = illegal_words(reber(), 3, distance=2, seed=0)
        >>> [edit_distance(reber(), word) for word in words]
        [2, 2, 2]
    """
    language = given(language)
    num_words = require_at_least("num_words", num_words, 1)
    distance = require_at_least("distance", distance, 1)
    seed = require_seed(seed)
    found: list[str] = []
    tried = 0
    for batch in _edited_words(language, num_words, distance, seed):
        for word in batch:
            if edit_distance(language, word) == distance:
                found.append(word)
            if len(found) == num_words:
                return found
        tried += num_words
        if not found and tried >= ENOUGH:
            break
    raise LanguageError(
        f"{tried} edited words of '{shown(language.name)}' gave {len(found)} at "
        f"distance {distance}, not {num_words}; try another distance, unless every "
        "word over its alphabet is legal."
    )


def _edited_words(
    language: Automaton, num_words: int, distance: int, seed: int
) -> Iterator[list[str]]:
    """Sample `num_words` words and edit each; up to `TRIES` times, from new words."""
    if not language.alphabet:
        return
    source = np.random.PCG64([seed, distance])
    generator = np.random.Generator(source)
    for i in range(TRIES):
        key = (PURPOSE, distance, i)
        sequence = np.random.SeedSequence(seed, spawn_key=key)
        words = sample_from(language, num_words, np.random.PCG64(sequence))
        edited = []
        for word in words:
            new = _edited(word, language.alphabet, distance, generator)
            edited.append(new)
        yield edited


def _with_insertions(cost: Costs, sources: Edges, targets: Edges) -> Costs:
    """Add the edits that insert: one for each edge taken without reading a letter."""
    while True:
        cheaper = cost.copy()
        inserted = cost[sources] + 1
        np.minimum.at(cheaper, targets, inserted)
        if (cheaper == cost).all():
            return cost
        cost = cheaper


def _edited(
    word: str, alphabet: tuple[str, ...], edits: int, generator: np.random.Generator
) -> str:
    """Edit a word at random places; the empty word only grows."""
    for _ in range(edits):
        kind = int(generator.integers(3)) if word else INSERT
        letter = alphabet[generator.integers(len(alphabet))]
        places = len(word) + 1 if kind == INSERT else len(word)
        at = int(generator.integers(places))
        before = word[:at]
        if kind == INSERT:
            word = before + letter + word[at:]
        elif kind == DELETE:
            word = before + word[at + 1 :]
        else:
            word = before + letter + word[at + 1 :]
    return word
