"""Languages that a window can decide: words in which some factors never occur.

A language is strictly k-testable if a window of k symbols, moved along the word, is
enough to decide; so its memory order is at most k - 1.

References:
    McNaughton and Papert 1971, Counter-Free Automata.
"""

from collections.abc import Iterable

from firstbit.languages.language import Language


def without_factors(
    factors: Iterable[str], *, alphabet: Iterable[str], name: str | None = None
) -> Language:
    """All words over an alphabet that have none of the given factors: strictly k-testable, k the longest factor's length.

    Raises:
        LanguageError: a factor is empty, so that no word is left, or a symbol is not a
            single character.

    Example:
        >>> from firstbit.languages.demand.memory_order import memory_order
        >>> smooth = without_factors(["aa", "bb"], alphabet="ab")
        >>> smooth.accepts("abab"), smooth.accepts("abba"), memory_order(smooth)
        (True, False, 1)
    """
    from automata.fa.dfa import DFA

    symbols, factors = tuple(alphabet), sorted(factors)
    dfa = DFA.from_substrings(set(symbols), set(factors), contains=False)
    return Language.from_dfa(
        dfa.minify(), alphabet=symbols, name=name or f"without {' '.join(factors)}"
    )


def no_repeat() -> Language:
    """Words over a, b and c in which no letter comes twice in a row: strictly 2-testable."""
    return without_factors(["aa", "bb", "cc"], alphabet="abc", name="no-repeat")


def no_triple() -> Language:
    """Words over a and b in which no letter comes three times in a row: strictly 3-testable."""
    return without_factors(["aaa", "bbb"], alphabet="ab", name="no-triple")
