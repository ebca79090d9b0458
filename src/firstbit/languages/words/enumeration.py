"""The words themselves, shortest first."""

from collections.abc import Iterator
from itertools import count

import numpy as np
from jaxtyping import Bool

from firstbit.errors import require_at_least
from firstbit.languages.automaton.automaton import Automaton, given
from firstbit.languages.automaton.validity import NO_STATE


def enumerate_words(
    language: Automaton | str, *, shortest: int = 0, longest: int | None = None
) -> Iterator[str]:
    """Yield all words of the language by length, then by their letters' codes.

    This is the length-lexicographic order. Only prefixes that lead to a word of the
    length are followed, so each word costs at most its length times the alphabet.
    Without `longest` the words of an infinite language never end.

    Args:
        language: the language.
        shortest: words below this length are left out.
        longest: the greatest length; None for all.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> list(enumerate_words(reber(), longest=6))
        ['BPVVE', 'BTXSE', 'BPTVVE', 'BPVPSE', 'BTSXSE']
    """
    language = given(language)
    require_at_least("shortest", shortest, 0)
    if longest is not None:
        require_at_least("longest", longest, shortest)
    edge = language.transition != NO_STATE
    able = [language.stop > 0]
    for length in count():
        if longest is not None and length > longest:
            return
        if length >= shortest:
            yield from _words_of_length(language, able, length)
        behind = able[-1][language.transition]
        longer = (edge & behind).any(axis=1)
        if not longer.any():
            return
        able.append(longer)


def _words_of_length(
    language: Automaton, able: list[Bool[np.ndarray, " state"]], length: int
) -> Iterator[str]:
    """Yield the words of one length; `able[t]` are the states with t symbols to go.

    Depth first, on a stack of its own: words may be longer than Python's stack is deep.
    """
    if not able[length][0]:
        return
    columns = range(len(language.alphabet))
    backwards = sorted(
        columns,
        key=language.alphabet.__getitem__,
        reverse=True,
    )
    stack = [("", 0)]
    while stack:
        prefix, state = stack.pop()
        left = length - len(prefix)
        if left == 0:
            yield prefix
            continue
        for column in backwards:
            target = int(language.transition[state, column])
            if target != NO_STATE and able[left - 1][target]:
                stack.append((prefix + language.alphabet[column], target))
