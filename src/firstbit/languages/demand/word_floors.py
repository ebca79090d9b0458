"""Floors on a fixed list of words: of the truth, and of tables fitted to the list."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float

from firstbit.errors import SettingError, WordError, shown_value
from firstbit.languages.automaton.automaton import Automaton, given, require_list
from firstbit.languages.automaton.sparse import diagonal
from firstbit.languages.demand.floors import Partition, membership
from firstbit.languages.demand.losses import (
    Loss,
    Per,
    counted_visits,
    require_loss,
    require_per,
)

By = Literal["state", "prefix"]
"""What a fitted table knows at a prediction."""


def loss_of_truth(
    language: Automaton | str,
    words: Sequence[str],
    partition: Partition | None = None,
    *,
    loss: Loss = "squared error",
    per: Per = "word",
    first_symbol: bool = False,
) -> float:
    """Compute the mean loss per word of the true next-output probabilities on a list.

    It is the floor of that list for a predictor that knows the language. One that has
    learnt the list may be below, down to `sample_floor`.

    Args:
        language: the language that the words come from, or a name of the catalogue.
        words: words of the language.
        partition: if given, the states of a block are predicted as one, by their mean
            distribution.
        loss: `squared error`, `bits` or `nats`.
        per: `word`, or `symbol` for the mean over all predictions that count.
        first_symbol: whether the first symbol is predicted too.

    Raises:
        WordError: there is no word, or one is not in the language.
        LanguageError: the blocks are not a partition of the states.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> loss_of_truth(reber(), ["BTXSE", "BPVVE"])
        1.5
        >>> loss_of_truth(reber(), ["BTXSE", "BPVVE"], loss="bits")
        3.0
    """
    language = given(language)
    require_loss(loss)
    table = language.next_output
    if partition is not None:
        table = _merged_table(language, partition, first_symbol)
    outcomes = np.eye(table.shape[1])
    losses = []
    for event in _events(language, words, first_symbol):
        expected = table[event.state]
        if loss == "squared error":
            error = expected - outcomes[event.output]
            losses.append(float((error**2).sum()))
        else:
            losses.append(-float(_logarithm(expected[event.output], loss)))
    return _mean(losses, len(words), len(losses), per)


def sample_floor(
    language: Automaton | str,
    words: Sequence[str],
    *,
    by: By,
    loss: Loss = "squared error",
    per: Per = "word",
    first_symbol: bool = False,
) -> float:
    """Compute the mean loss per word of the best table for these very words.

    Args:
        language: the language that the words come from, or a name of the catalogue.
        words: words of the language.
        by: `"state"` for one prediction per state, `"prefix"` for one per prefix: no
            predictor is better on this list, even one that learns it by heart.
        loss: `squared error`, `bits` or `nats`.
        per: `word`, or `symbol` for the mean over all predictions that count.
        first_symbol: whether the first symbol is predicted too.

    Raises:
        SettingError: `by` is neither.
        WordError: there is no word, or one is not in the language.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> sample_floor(reber(), ["BTXSE", "BPVVE"], by="prefix")
        0.5
    """
    language = given(language)
    require_loss(loss)
    if by not in ("state", "prefix"):
        raise SettingError(
            f"expected `by` to be 'state' or 'prefix', got {shown_value(by)}."
        )
    counts: defaultdict[int | str, Counter[int]] = defaultdict(Counter)
    for event in _events(language, words, first_symbol):
        known = event.state if by == "state" else event.prefix
        counts[known][event.output] += 1
    losses = []
    for count in counts.values():
        seen = np.array(list(count.values()))
        total = seen.sum()
        if loss == "squared error":
            losses.append(float(total - (seen**2).sum() / total))
        else:
            terms = seen * _logarithm(seen / total, loss)
            losses.append(-float(terms.sum()))
    number = sum(count.total() for count in counts.values())
    return _mean(losses, len(words), number, per)


def _logarithm(
    probability: Float[np.ndarray, "*choice"] | np.float64, loss: Loss
) -> Float[np.ndarray, "*choice"] | np.float64:
    return np.log(probability) if loss == "nats" else np.log2(probability)


def _mean(losses: Sequence[float], num_words: int, number: int, per: Per) -> float:
    """Return the mean over words, or over the predictions that count."""
    require_per(per)
    total = float(sum(losses))
    if per == "word":
        return total / num_words
    return total / number if number else 0.0


class _Event(NamedTuple):
    """A prediction that counts, and the number of the output that came."""

    prefix: str
    state: int
    output: int


def _merged_table(
    language: Automaton, partition: Partition, first_symbol: bool
) -> Float[np.ndarray, "state output"]:
    """Return the mean next-output distribution of each state's block."""
    members = membership(language, partition)
    visits = diagonal(counted_visits(language, first_symbol))
    mixed = members @ visits @ language.next_output
    total = mixed.sum(axis=1, keepdims=True)
    mean = np.zeros_like(mixed)
    np.divide(mixed, total, out=mean, where=total > 0)
    return members.T @ mean


def _events(
    language: Automaton, words: Sequence[str], first_symbol: bool
) -> Iterator[_Event]:
    """Yield the predictions of all words."""
    require_list(words)
    if not words:
        raise WordError("expected at least one word, got none.")
    language.check(words)
    for word in words:
        path = language.path(word)
        for position in range(0 if first_symbol else 1, len(path)):
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
