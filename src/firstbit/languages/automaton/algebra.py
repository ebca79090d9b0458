"""Set algebra and minimal automata, by automata-lib.

The words of a result are exact; its probabilities are new: all choices of a state are
equally likely, and its states are those of the minimal automaton, numbered s0, s1, ...
"""

from collections.abc import Callable, Iterable
from math import isqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from firstbit.errors import LanguageError
from firstbit.languages.automaton.validity import NO_STATE

if TYPE_CHECKING:
    from automata.fa.dfa import DFA

    from firstbit.languages.language import Language

MOST_EDGES = 500_000
"""The product of two automata may have so many edges; it takes some seconds."""

KIND = "kind"
"""A symbol beside those of one character: it leads to the probabilities of a state."""

DECIMALS = 12
"""Probabilities that agree so far are the same."""


def to_dfa(language: "Language", alphabet: Iterable[str] | None = None) -> "DFA":
    """The automaton without its probabilities as automata-lib's (partial) DFA, states by name.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> len(to_dfa(reber()).minify().to_complete().states)  # with a sink for all that is illegal
        9
    """
    from automata.fa.dfa import (
        DFA,
    )  # here: the import takes longer than all else a small language needs

    transitions: dict[str, dict[str, str]] = {state: {} for state in language.states}
    for state, symbol, target, _ in language.edges():
        transitions[state][symbol] = target
    return DFA(
        states=set(language.states), input_symbols={*language.alphabet, *(alphabet or ())}, transitions=transitions,
        initial_state=language.states[0], final_states=set(language.final_states), allow_partial=True,
    )  # fmt: skip


def union(one: "Language", other: "Language") -> "Language":
    """The words of either language.

    Example:
        >>> from firstbit.languages.language import Language
        >>> (Language.from_regex("a*") | Language.from_regex("b")).accepts("b")
        True
    """
    return _combined(one, other, "|", lambda a, b: a.union(b))


def intersection(one: "Language", other: "Language") -> "Language":
    """The words of both languages.

    Raises:
        LanguageError: there is none.

    Example:
        >>> from firstbit.languages.language import Language
        >>> list(map(intersection(Language.from_regex("a*"), Language.from_regex("(aa)*")).accepts, ["aa", "aaa"]))
        [True, False]
    """
    return _combined(one, other, "&", lambda a, b: a.intersection(b))


def difference(one: "Language", other: "Language") -> "Language":
    """The words of the first language that the other lacks.

    Raises:
        LanguageError: there is none.

    Example:
        >>> from firstbit.languages.language import Language
        >>> list(map(difference(Language.from_regex("a*"), Language.from_regex("(aa)*")).accepts, ["aa", "aaa"]))
        [False, True]
    """
    return _combined(one, other, "-", lambda a, b: a.difference(b))


def complement(language: "Language") -> "Language":
    """All words over the language's alphabet that it lacks.

    Raises:
        LanguageError: it has them all.

    Example:
        >>> from firstbit.languages.language import Language
        >>> list(map(complement(Language.from_regex("(aa)*")).accepts, ["aa", "aaa"]))
        [False, True]
    """
    return _from(
        to_dfa(language).complement(), language.alphabet, f"~({language.name})"
    )


def minimal(language: "Language") -> "Language":
    """The least automaton that gives every word the same probability (to 12 decimals an edge).

    Example:
        >>> from firstbit.languages.language import Language
        >>> edges = {"s": {"a": "t", "b": "u"}, "t": {"a": "end"}, "u": {"a": "end"}}
        >>> twice = Language.from_transitions(edges, start="s", final=["end"])
        >>> len(twice.states), len(minimal(twice).states)
        (4, 3)
    """
    from firstbit.languages.language import Language

    number = classes(language)
    chosen = np.unique(number, return_index=True)[
        1
    ]  # one state of each class stands for it, with its own probabilities
    transition = language.transition[chosen]
    transition = np.where(transition == NO_STATE, NO_STATE, number[transition])
    names = tuple(f"s{q}" for q in range(len(chosen)))
    return Language(
        language.name,
        language.alphabet,
        names,
        transition,
        language.probability[chosen],
        language.stop[chosen],
    )


def canonical_form(
    language: "Language",
) -> tuple[tuple[tuple[str, float, int], ...], ...]:
    """The minimal automaton, states in breadth-first order; equal just for languages that give all words equal probabilities.

    Each state is a tuple of (symbol, probability, next state), symbols in alphabetical
    order; before them comes ("", probability of ending, -1) if a word may end there.
    """
    least = minimal(language)
    columns = sorted(range(len(least.alphabet)), key=least.alphabet.__getitem__)
    rows = []
    for q, stop in enumerate(least.stop.round(DECIMALS).tolist()):
        edges = [
            (
                least.alphabet[a],
                round(float(least.probability[q, a]), DECIMALS),
                int(least.transition[q, a]),
            )
            for a in columns
            if least.transition[q, a] != NO_STATE
        ]
        rows.append(tuple([("", stop, NO_STATE)] * bool(least.stop[q] > 0) + edges))
    return tuple(rows)


def classes(language: "Language") -> np.ndarray:
    """(state,) number of each state's class: those that give all words equal probabilities, numbered breadth first.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> classes(reber()).tolist()
        [0, 1, 3, 5, 2, 4, 6, 7]
    """
    from automata.fa.dfa import DFA

    # What is minimal there is minimal here if each state's probabilities are written
    # into the automaton: a chain of one more symbol, as long as the number of their
    # kind.
    choices = np.column_stack([language.probability, language.stop]).round(DECIMALS)
    kind = np.unique(choices, axis=0, return_inverse=True)[1].ravel()
    size, last = len(kind), int(kind.max()) + 1
    transitions: dict[int, dict[str, int]] = {
        size + k: {KIND: size + k - 1} if k else {} for k in range(last + 1)
    }
    for q, row in enumerate(language.transition.tolist()):
        edges = {
            symbol: target
            for symbol, target in zip(language.alphabet, row, strict=True)
            if target != NO_STATE
        }
        transitions[q] = {**edges, KIND: size + int(kind[q])}
    least = DFA(
        states=set(transitions), input_symbols={*language.alphabet, KIND}, transitions=transitions, initial_state=0,
        final_states={size}, allow_partial=True,
    ).minify(retain_names=True)  # fmt: skip
    group: dict[int, Any] = {q: block for block in least.states for q in block}
    columns = sorted(range(len(language.alphabet)), key=language.alphabet.__getitem__)
    found: dict[Any, int] = {group[0]: 0}
    queue = [0]
    for state in queue:
        for target in language.transition[state, columns].tolist():
            if target != NO_STATE and group[target] not in found:
                found[group[target]] = len(found)
                queue.append(target)
    return np.array([found[group[q]] for q in range(size)])


def _combined(
    one: "Language", other: "Language", sign: str, combine: "Callable[[DFA, DFA], DFA]"
) -> "Language":
    alphabet = tuple(dict.fromkeys([*one.alphabet, *other.alphabet]))
    if (edges := len(one.states) * len(other.states) * len(alphabet)) > MOST_EDGES:
        fit = isqrt(MOST_EDGES // max(len(alphabet), 1))
        raise LanguageError(
            f"expected automata with at most {MOST_EDGES:,} pairs of states, times "
            f"letters; got {len(one.states):,} x "
            f"{len(other.states):,} x {len(alphabet)} = {edges:,}; two of {fit:,} "
            "states would fit."
        )
    both = combine(to_dfa(one, alphabet), to_dfa(other, alphabet))
    return _from(both, alphabet, f"({one.name}){sign}({other.name})")


def _from(dfa: "DFA", alphabet: tuple[str, ...], name: str) -> "Language":
    from firstbit.languages.language import Language

    return Language.from_dfa(dfa.minify(), alphabet=alphabet, name=name)
