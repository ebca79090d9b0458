"""Floors on a fixed list of words: the loss of the truth, and of the best tables fitted to these very words."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from firstbit.errors import SettingError, WordError
from firstbit.languages.automaton.sparse import diagonal
from firstbit.languages.demand.floors import blocks, visits_after_a_symbol
from firstbit.languages.language import Language


def loss_of_truth(
    language: Language,
    words: Sequence[str],
    partition: Iterable[Iterable[str]] | None = None,
) -> float:
    """Mean squared error per word of the true next-output probabilities on given words.

    Args:
        language: the language that the words come from.
        words: words of the language.
        partition: if given, the states of a block are predicted as one, by their mean
            distribution.

    Raises:
        WordError: there is no word, or one is not in the language.
        LanguageError: the blocks are not a partition of the states.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> loss_of_truth(reber(), ["BTXSE", "BPVVE"])
        1.5
    """
    table = language.next_output
    if partition is not None:
        rows = blocks(language, partition)
        mixed = rows @ diagonal(visits_after_a_symbol(language)) @ table
        total = mixed.sum(axis=1, keepdims=True)
        table = rows.T @ np.divide(
            mixed, total, out=np.zeros_like(mixed), where=total > 0
        )
    total = 0.0
    for _, state, output in _events(language, words):
        total += float(((table[state] - np.eye(table.shape[1])[output]) ** 2).sum())
    return total / len(words)


def sample_floor(language: Language, words: Sequence[str], *, by: str) -> float:
    """Mean squared error per word of the best table fitted to these very words.

    Args:
        language: the language that the words come from.
        words: words of the language.
        by: `"state"` for one prediction per state, `"prefix"` for one per prefix: the
            least that a predictor can reach which learns the list by heart.

    Raises:
        SettingError: `by` is neither.
        WordError: there is no word, or one is not in the language.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> sample_floor(reber(), ["BTXSE", "BPVVE"], by="prefix")
        0.5
    """
    if by not in ("state", "prefix"):
        raise SettingError(f"expected `by` to be 'state' or 'prefix', got '{by}'.")
    counts: defaultdict[object, Counter[int]] = defaultdict(Counter)
    for prefix, state, output in _events(language, words):
        counts[state if by == "state" else prefix][output] += 1
    loss = 0.0
    for count in counts.values():
        seen = np.array(list(count.values()))
        loss += seen.sum() - (seen**2).sum() / seen.sum()
    return float(loss / len(words))


def _events(language: Language, words: Sequence[str]) -> Iterable[tuple[str, int, int]]:
    """(prefix, state, next output) for each prediction that counts."""
    if not words:
        raise WordError("expected at least one word, got none.")
    language.check(words)
    for word in words:
        path = language.path(word)
        for position in range(1, len(path)):
            following = _following(language, word, position)
            if following is not None:
                yield word[:position], path[position], following


def _following(language: Language, word: str, position: int) -> int | None:
    """Number of the output after the first `position` symbols; None where nothing is left to predict."""
    if position < len(word):
        return language.alphabet.index(word[position])
    return len(language.alphabet) if language.has_end_marker else None
