"""The words themselves, shortest first."""

from collections.abc import Iterator
from itertools import count

import numpy as np

from firstbit.errors import require_at_least
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.language import Language


def enumerate_words(
    language: Language, *, shortest: int = 0, longest: int | None = None
) -> Iterator[str]:
    """All words of the language in length-lexicographic order: by length, then by the letters' character codes.

    Only prefixes that lead to a word of the length are followed, so each word costs at
    most its length times the alphabet. Without `longest` the words of an infinite
    language never end.

    Args:
        language: the language.
        shortest: words below this length are left out.
        longest: the greatest length; None for all.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> list(enumerate_words(reber(), longest=6))
        ['BPVVE', 'BTXSE', 'BPTVVE', 'BPVPSE', 'BTSXSE']
    """
    require_at_least("shortest", shortest, 0)
    if longest is not None:
        require_at_least("longest", longest, shortest)
    edge = language.transition != NO_STATE
    able = [language.stop > 0]
    for length in count() if longest is None else range(longest + 1):
        if length >= shortest:
            yield from _words_of_length(language, able, length)
        able.append((edge & able[-1][language.transition]).any(axis=1))
        if not able[-1].any():
            return


def _words_of_length(
    language: Language, able: list[np.ndarray], length: int
) -> Iterator[str]:
    """Depth first, on a stack of its own: words may be longer than Python's stack is deep."""
    columns = sorted(
        range(len(language.alphabet)), key=language.alphabet.__getitem__, reverse=True
    )
    stack = [("", 0)] if able[length][0] else []
    while stack:
        prefix, state = stack.pop()
        left = length - len(prefix)
        if left == 0:
            yield prefix
            continue
        for column in columns:
            target = language.transition[state, column]
            if target != NO_STATE and able[left - 1][target]:
                stack.append((prefix + language.alphabet[column], int(target)))
