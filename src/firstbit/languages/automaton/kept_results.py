"""Results that are kept for a language, as it numbers its symbols and states."""

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import TypeVar

from firstbit.languages.automaton.automaton import Automaton, given

Result = TypeVar("Result")

Function = Callable[..., Result]
"""Of a language first."""


class _Exactly:
    """A language that equals those of the same numbers and names alone.

    Languages are equal where they have the same words with the same probabilities. They
    may number their symbols otherwise, and nets see the numbers.
    """

    def __init__(self, language: Automaton) -> None:
        self.language = language
        self._content = language.name, language.states, language.content

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Exactly) and self._content == other._content

    def __hash__(self) -> int:
        return hash(self._content)


def kept_for_language(most: int) -> Callable[[Function[Result]], Function[Result]]:
    """Return a decorator that keeps results of a function of a language.

    Args:
        most: how many are kept.

    Example:
        >>> calls = []
        >>> first_symbol = kept_for_language(4)(lambda one: calls.append(one.name))
        >>> first_symbol("parity"), first_symbol("parity"), calls
        (None, None, ['parity'])
    """

    def keeping(function: Function[Result]) -> Function[Result]:
        """Return the function with its results kept."""

        @lru_cache(maxsize=most)
        def computed(of: _Exactly, *others: Hashable, **settings: Hashable) -> Result:
            return function(of.language, *others, **settings)

        @wraps(function)
        def kept(
            language: Automaton | str, *others: Hashable, **settings: Hashable
        ) -> Result:
            of = _Exactly(given(language))
            return computed(of, *others, **settings)

        return kept

    return keeping
