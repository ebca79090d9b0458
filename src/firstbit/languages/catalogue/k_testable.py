"""Words in which some factors never occur: languages that a window can decide.

A language is strictly k-testable if a window of k symbols, moved along the word, is
enough to decide; so its memory order is at most k - 1.

References:
    McNaughton and Papert 1971, Counter-Free Automata.
"""

from collections.abc import Iterable

from firstbit.errors import LanguageError, shown, shown_value
from firstbit.languages.automaton.validity import ordered
from firstbit.languages.language import Language


def without_factors(
    factors: Iterable[str], *, alphabet: Iterable[str], name: str | None = None
) -> Language:
    """Return the words over an alphabet that contain none of the given factors.

    The language is strictly k-testable, with k the length of the longest factor.

    Args:
        factors: strings that must not occur in a word.
        alphabet: the symbols in one-hot order.
        name: name of the language; "without ..." by default.

    Raises:
        LanguageError: a factor is empty, so that no word is left, or a symbol is not a
            single character.

    Example:
        >>> from firstbit.languages.demand.memory_order import memory_order
        >>> smooth = without_factors(["aa", "bb"], alphabet="ab")
        >>> smooth.accepts("abab"), smooth.accepts("abba"), memory_order(smooth)
        (True, False, 1)
    """
    # Imported here: it takes longer than all else that a small language needs.
    from automata.fa.dfa import DFA

    if isinstance(factors, str):
        raise LanguageError(
            f"expected a list of factors, got {shown_value(factors)}; try "
            f"['{shown(factors)}']."
        )
    symbols = ordered(alphabet)
    factors = sorted(factors)
    dfa = DFA.from_substrings(set(symbols), set(factors), contains=False)
    return Language.from_dfa(
        dfa.minify(), alphabet=symbols, name=name or f"without {' '.join(factors)}"
    )


def no_repeat() -> Language:
    """Return the words over a, b and c in which no letter comes twice in a row.

    The language is strictly 2-testable.
    """
    return without_factors(["aa", "bb", "cc"], alphabet="abc", name="no-repeat")


def no_triple() -> Language:
    """Return the words over a and b in which no letter comes three times in a row.

    The language is strictly 3-testable.
    """
    return without_factors(["aaa", "bbb"], alphabet="ab", name="no-triple")
