"""Floors on a fixed list of words: of the truth, and of tables fitted to the list."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from firstbit.errors import SettingError, WordError
from firstbit.languages.automaton.automaton import Automaton, given, require_list
from firstbit.languages.automaton.sparse import diagonal
from firstbit.languages.automaton.visits import visits_after_a_symbol
from firstbit.languages.demand.floors import Partition, membership


def loss_of_truth(
    language: Automaton | str,
    words: Sequence[str],
    partition: Partition | None = None,
) -> float:
    """Compute the mean squared error per word of the true next-output probabilities.

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
    language = given(language)
    table = language.next_output
    if partition is not None:
        table = _merged_table(language, partition)
    outcomes = np.eye(table.shape[1])
    total = 0.0
    for event in _events(language, words):
        expected = table[event.state]
        error = expected - outcomes[event.output]
        total += float((error**2).sum())
    return total / len(words)


def sample_floor(language: Automaton | str, words: Sequence[str], *, by: str) -> float:
    """Compute the mean squared error per word of the best table for these very words.

    Args:
        language: the language that the words come from.
        words: words of the language.
        by: `"state"` for one prediction per state, `"prefix"` for one per prefix: no
            predictor is better on this list, even one that learns it by heart.

    Raises:
        SettingError: `by` is neither.
        WordError: there is no word, or one is not in the language.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> sample_floor(reber(), ["BTXSE", "BPVVE"], by="prefix")
        0.5
    """
    language = given(language)
    if by not in ("state", "prefix"):
        raise SettingError(f"expected `by` to be 'state' or 'prefix', got '{by}'.")
    counts: defaultdict[int | str, Counter[int]] = defaultdict(Counter)
    for event in _events(language, words):
        known = event.state if by == "state" else event.prefix
        counts[known][event.output] += 1
    loss = 0.0
    for count in counts.values():
        seen = np.array(list(count.values()))
        total = seen.sum()
        squares = (seen**2).sum()
        loss += total - squares / total
    return float(loss / len(words))


class _Event(NamedTuple):
    """A prediction that counts, and the number of the output that came."""

    prefix: str
    state: int
    output: int


def _merged_table(
    language: Automaton, partition: Partition
) -> Float[np.ndarray, "state output"]:
    """Return the mean next-output distribution of each state's block."""
    members = membership(language, partition)
    visits = diagonal(visits_after_a_symbol(language))
    mixed = members @ visits @ language.next_output
    total = mixed.sum(axis=1, keepdims=True)
    mean = np.zeros_like(mixed)
    np.divide(mixed, total, out=mean, where=total > 0)
    return members.T @ mean


def _events(language: Automaton, words: Sequence[str]) -> Iterator[_Event]:
    """Yield the predictions of all words."""
    require_list(words)
    if not words:
        raise WordError("expected at least one word, got none.")
    language.check(words)
    for word in words:
        path = language.path(word)
        for position in range(1, len(path)):
            output = _output_after(language, word, position)
            if output is not None:
                yield _Event(word[:position], path[position], output)


def _output_after(language: Automaton, word: str, position: int) -> int | None:
    """Return the output after the first `position` symbols, by its number.

    None where nothing is left to predict.
    """
    if position < len(word):
        return language.alphabet.index(word[position])
    if language.has_end_marker:
        return len(language.alphabet)
    return None
