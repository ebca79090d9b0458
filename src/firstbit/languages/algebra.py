"""Set algebra and minimal automata, by automata-lib.

The words of a result are exact; its probabilities are new: all choices of a state are equally likely, and its states
are those of the minimal automaton, numbered s0, s1, ...
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from firstbit.errors import LanguageError
from firstbit.languages.validity import NO_STATE

if TYPE_CHECKING:
    from automata.fa.dfa import DFA

    from firstbit.languages.language import Language

MOST_PAIRS = 1_000_000
"""The product of two automata may have so many pairs of states."""

DECIMALS = 12
"""Probabilities that agree so far are the same."""


def to_dfa(language: "Language", alphabet: Iterable[str] | None = None) -> "DFA":
    """The automaton without its probabilities as automata-lib's (partial) DFA, states by name.

    Example:
        >>> from firstbit.languages.reber import reber
        >>> len(to_dfa(reber()).minify().to_complete().states)  # with a sink for all that is illegal
        9
    """
    from automata.fa.dfa import DFA  # here: the import takes longer than all else a small language needs

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
    """
    return _combined(one, other, "&", lambda a, b: a.intersection(b))


def difference(one: "Language", other: "Language") -> "Language":
    """The words of the first language that the other lacks.

    Raises:
        LanguageError: there is none.
    """
    return _combined(one, other, "-", lambda a, b: a.difference(b))


def complement(language: "Language") -> "Language":
    """All words over the language's alphabet that it lacks.

    Raises:
        LanguageError: it has them all.
    """
    return _from(to_dfa(language).complement(), language.alphabet, f"~({language.name})")


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

    edges: dict[str, dict[str, tuple[str, float]]] = {}
    final: dict[str, float] = {}
    for q, row in enumerate(canonical_form(language)):
        total = sum(p for _, p, _ in row)  # rounding has moved it from 1
        edges[f"s{q}"] = {symbol: (f"s{target}", p / total) for symbol, p, target in row if symbol}
        final.update({f"s{q}": p / total for symbol, p, _ in row if not symbol})
    return Language.from_transitions(edges, start="s0", final=final, alphabet=language.alphabet, name=language.name)


def canonical_form(language: "Language") -> tuple[tuple[tuple[str, float, int], ...], ...]:
    """The minimal automaton, states in breadth-first order; equal just for languages that give all words equal probabilities.

    Each state is a tuple of (symbol, probability, next state), symbols in alphabetical order; before them comes
    ("", probability of ending, -1) if a word may end there.
    """
    least = _weighted_dfa(language).minify()
    number: dict[Any, int] = {least.initial_state: 0}
    queue, rows = [least.initial_state], []
    for state in queue:
        row: list[tuple[str, float, int]] = []
        edges: dict[Any, Any] = dict(least.transitions[state])
        for (symbol, probability), target in sorted(edges.items()):
            if symbol and target not in number:
                number[target] = len(number)
                queue.append(target)
            row.append((symbol, probability, number[target] if symbol else NO_STATE))
        rows.append(tuple(row))
    return tuple(rows)


def _weighted_dfa(language: "Language") -> "DFA":
    """A DFA whose symbols are (symbol, probability), and ("", probability) for ending: minimal here is minimal with weights."""
    from automata.fa.dfa import DFA

    size = len(language.states)
    p, stop = language.probability.round(DECIMALS).tolist(), language.stop.round(DECIMALS).tolist()
    transitions: dict[int, dict[Any, int]] = {q: {} for q in range(size + 1)}
    for q, a in np.argwhere(language.transition != NO_STATE).tolist():
        transitions[q][language.alphabet[a], p[q][a]] = int(language.transition[q, a])
    for q in np.flatnonzero(language.stop > 0).tolist():
        transitions[q]["", stop[q]] = size
    symbols: Any = {symbol for edges in transitions.values() for symbol in edges}
    return DFA(
        states=set(transitions), input_symbols=symbols, transitions=transitions, initial_state=0, final_states={size},
        allow_partial=True,
    )  # fmt: skip


def _combined(one: "Language", other: "Language", sign: str, combine: "Callable[[DFA, DFA], DFA]") -> "Language":
    if (pairs := len(one.states) * len(other.states)) > MOST_PAIRS:
        raise LanguageError(
            f"expected automata with at most {MOST_PAIRS} pairs of states, got {len(one.states)} x {len(other.states)} = {pairs}."
        )
    alphabet = tuple(dict.fromkeys([*one.alphabet, *other.alphabet]))
    both = combine(to_dfa(one, alphabet), to_dfa(other, alphabet))
    return _from(both, alphabet, f"({one.name}){sign}({other.name})")


def _from(dfa: "DFA", alphabet: tuple[str, ...], name: str) -> "Language":
    from firstbit.languages.language import Language

    return Language.from_dfa(dfa.minify(), alphabet=alphabet, name=name)
