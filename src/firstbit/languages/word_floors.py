"""Floors on a fixed list of words: the loss of the truth, and of the best tables fitted to these very words."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from firstbit.errors import LanguageError
from firstbit.languages.floors import blocks
from firstbit.languages.language import Language
from firstbit.languages.sparse import diagonal
from firstbit.languages.visits import expected_visits


def loss_of_truth(language: Language, words: Sequence[str], partition: Iterable[Iterable[str]] | None = None) -> float:
    """Mean squared error per word of the true next-output probabilities on given words.

    Args:
        language: the language that the words come from.
        words: words of the language.
        partition: if given, the states of a block are predicted as one, by their mean distribution.
    """
    table = language.next_output
    if partition is not None:
        rows = blocks(language, partition)
        weights = rows @ diagonal(expected_visits(language))
        mixed = (weights @ table) / weights.sum(axis=1)[:, None]
        table = rows.T @ mixed
    total = 0.0
    for state, output in _events(language, words):
        total += float(((table[state] - np.eye(table.shape[1])[output]) ** 2).sum())
    return total / len(words)


def sample_floor(language: Language, words: Sequence[str], *, by: str) -> float:
    """Mean squared error per word of the best table fitted to these very words.

    Args:
        language: the language that the words come from.
        words: words of the language.
        by: `"state"` for one prediction per state, `"prefix"` for one per prefix: the least that a predictor
            can reach which learns the list by heart.
    """
    if by not in ("state", "prefix"):
        raise LanguageError(f"expected `by` to be 'state' or 'prefix', got '{by}'.")
    counts: defaultdict[object, Counter[int]] = defaultdict(Counter)
    for word in words:
        path = language.path(word)
        for position in range(1, len(path)):
            following = _following(language, word, position)
            if following is not None:
                counts[path[position] if by == "state" else word[:position]][following] += 1
    loss = 0.0
    for count in counts.values():
        seen = np.array(list(count.values()))
        loss += seen.sum() - (seen**2).sum() / seen.sum()
    return loss / len(words)


def _events(language: Language, words: Sequence[str]) -> Iterable[tuple[int, int]]:
    """(state, next output) for each prediction that counts."""
    for word in words:
        path = language.path(word)
        for position in range(1, len(path)):
            following = _following(language, word, position)
            if following is not None:
                yield path[position], following


def _following(language: Language, word: str, position: int) -> int | None:
    """Number of the output after the first `position` symbols; None where nothing is left to predict."""
    if position < len(word):
        return language.alphabet.index(word[position])
    return len(language.alphabet) if language.has_end_marker else None
