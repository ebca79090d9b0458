"""Set algebra and minimal automata, by automata-lib.

The words of a result are exact. Its probabilities are new: all choices of a state are
equally likely. Its states are those of the minimal automaton, numbered s0, s1, ...
A result has the type of the first operand.
"""

from collections.abc import Iterable
from dataclasses import replace
from math import isqrt
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from jaxtyping import Int

from firstbit.errors import LanguageError
from firstbit.languages.automaton.automaton import Automaton, given
from firstbit.languages.automaton.equal_rows import row_numbers
from firstbit.languages.automaton.transitions import tables_of_dfa
from firstbit.languages.automaton.validity import NO_STATE

if TYPE_CHECKING:
    import automata.fa.dfa

MOST_EDGES = 500_000
"""Largest product of two automata, in edges; it takes some seconds."""

KIND = "kind"
"""A symbol beside those of one character: it leads to the probabilities of a state."""

AnyAutomaton = TypeVar("AnyAutomaton", bound=Automaton)


def to_dfa(
    automaton: Automaton | str, alphabet: Iterable[str] | None = None
) -> "automata.fa.dfa.DFA":
    """Return the automaton without its probabilities as automata-lib's partial DFA.

    The states keep their names. Symbols of `alphabet` are added to the automaton's own.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> complete = to_dfa(reber()).minify().to_complete()
        >>> len(complete.states)  # with a sink for all that is illegal
        9
    """
    automaton = given(automaton)
    # Imported here: it takes longer than all else that a small language needs.
    from automata.fa.dfa import DFA

    transitions: dict[str, dict[str, str]] = {state: {} for state in automaton.states}
    for state, symbol, target, _ in automaton.edges():
        transitions[state][symbol] = target
    return DFA(
        states=set(automaton.states),
        input_symbols={*automaton.alphabet, *(alphabet or ())},
        transitions=transitions,
        initial_state=automaton.states[0],
        final_states=set(automaton.final_states),
        allow_partial=True,
    )


def union(one: AnyAutomaton | str, other: Automaton | str) -> AnyAutomaton:
    """Return the words of either language.

    Example:
        >>> from firstbit.languages import Language
        >>> (Language.from_regex("a*") | Language.from_regex("b")).accepts("b")
        True
    """
    one = given(one)
    other = given(other)
    alphabet = _common_alphabet(one, other)
    both = to_dfa(one, alphabet).union(to_dfa(other, alphabet))
    return _built_like(one, both, alphabet, f"({one.name})|({other.name})")


def intersection(one: AnyAutomaton | str, other: Automaton | str) -> AnyAutomaton:
    """Return the words of both languages.

    Raises:
        LanguageError: there is none.

    Example:
        >>> from firstbit.languages import Language
        >>> even = intersection(Language.from_regex("a*"), Language.from_regex("(aa)*"))
        >>> even.accepts("aa"), even.accepts("aaa")
        (True, False)
    """
    one = given(one)
    other = given(other)
    alphabet = _common_alphabet(one, other)
    both = to_dfa(one, alphabet).intersection(to_dfa(other, alphabet))
    return _built_like(one, both, alphabet, f"({one.name})&({other.name})")


def difference(one: AnyAutomaton | str, other: Automaton | str) -> AnyAutomaton:
    """Return the words of the first language that the other lacks.

    Raises:
        LanguageError: there is none.

    Example:
        >>> from firstbit.languages import Language
        >>> odd = difference(Language.from_regex("a*"), Language.from_regex("(aa)*"))
        >>> odd.accepts("aa"), odd.accepts("aaa")
        (False, True)
    """
    one = given(one)
    other = given(other)
    alphabet = _common_alphabet(one, other)
    rest = to_dfa(one, alphabet).difference(to_dfa(other, alphabet))
    return _built_like(one, rest, alphabet, f"({one.name})-({other.name})")


def complement(automaton: AnyAutomaton | str) -> AnyAutomaton:
    """Return all words over the automaton's alphabet that it doesn't accept.

    Raises:
        LanguageError: it accepts them all.

    Example:
        >>> from firstbit.languages import Language
        >>> odd = complement(Language.from_regex("(aa)*"))
        >>> odd.accepts("aa"), odd.accepts("aaa")
        (False, True)
    """
    automaton = given(automaton)
    rest = to_dfa(automaton).complement()
    return _built_like(automaton, rest, automaton.alphabet, f"~({automaton.name})")


def minimal(automaton: AnyAutomaton | str) -> AnyAutomaton:
    """Return the least automaton that gives every word the same probability.

    Probabilities of edges are compared to 12 decimals.

    Example:
        >>> from firstbit.languages import Language
        >>> edges = {"s": {"a": "t", "b": "u"}, "t": {"a": "end"}, "u": {"a": "end"}}
        >>> twice = Language.from_transitions(edges, start="s", final=["end"])
        >>> len(twice.states), len(minimal(twice).states)
        (4, 3)
    """
    automaton = given(automaton)
    number = classes(automaton)
    # One state of each class stands for it, with its own probabilities.
    _, chosen = np.unique(number, return_index=True)
    transition = automaton.transition[chosen]
    transition = np.where(transition == NO_STATE, NO_STATE, number[transition])
    return replace(
        automaton,
        states=tuple(f"s{q}" for q in range(len(chosen))),
        transition=transition,
        probability=automaton.probability[chosen],
        stop=automaton.stop[chosen],
    )


def classes(automaton: Automaton) -> Int[np.ndarray, " state"]:
    """Return the number of each state's class, numbered breadth first.

    States of one class give all words equal probabilities.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> classes(reber()).tolist()
        [0, 1, 3, 5, 2, 4, 6, 7]
    """
    class_of = _hopcroft(automaton)
    columns = _alphabetical(automaton)
    number = {class_of[0]: 0}
    queue = [0]
    for state in queue:
        for target in automaton.transition[state, columns].tolist():
            if target == NO_STATE or class_of[target] in number:
                continue
            number[class_of[target]] = len(number)
            queue.append(target)
    states = range(len(automaton.states))
    return np.array([number[class_of[q]] for q in states])


def _hopcroft(automaton: Automaton) -> dict[int, frozenset[int]]:
    """Return each state's class, as automata-lib's minimisation finds it.

    That minimisation knows no probabilities, so they are written into the automaton:
    from each state a chain of edges by `KIND`, as long as the number of the state's
    row of probabilities, leads to the only final state.
    """
    from automata.fa.dfa import DFA

    choices = np.column_stack([automaton.probability, automaton.stop])
    kind = row_numbers(choices).tolist()
    size = len(automaton.states)
    transitions: dict[int, dict[str, int]] = {size: {}}
    for link in range(size + 1, size + max(kind) + 1):
        transitions[link] = {KIND: link - 1}
    for state, row in enumerate(automaton.transition.tolist()):
        edges = zip(automaton.alphabet, row, strict=True)
        transitions[state] = {a: target for a, target in edges if target != NO_STATE}
        transitions[state][KIND] = size + kind[state]
    least = DFA(
        states=set(transitions),
        input_symbols={*automaton.alphabet, KIND},
        transitions=transitions,
        initial_state=0,
        final_states={size},
        allow_partial=True,
    ).minify(retain_names=True)
    class_of = {}
    for block in least.states:
        class_of.update(dict.fromkeys(block, block))
    return class_of


def _alphabetical(automaton: Automaton) -> list[int]:
    """Return the columns of the symbols in alphabetical order."""
    return sorted(range(len(automaton.alphabet)), key=automaton.alphabet.__getitem__)


def _common_alphabet(one: Automaton, other: Automaton) -> tuple[str, ...]:
    """Return the symbols of both, those of the first one first.

    Raises:
        LanguageError: the product of the two automata is too large.
    """
    alphabet = tuple(dict.fromkeys([*one.alphabet, *other.alphabet]))
    edges = len(one.states) * len(other.states) * len(alphabet)
    if edges > MOST_EDGES:
        fit = isqrt(MOST_EDGES // max(len(alphabet), 1))
        raise LanguageError(
            f"expected automata with at most {MOST_EDGES:,} pairs of states, times "
            f"letters; got {len(one.states):,} x {len(other.states):,} x "
            f"{len(alphabet)} = {edges:,}; two of {fit:,} states would fit."
        )
    return alphabet


def _built_like(
    model: AnyAutomaton,
    dfa: "automata.fa.dfa.DFA",
    alphabet: tuple[str, ...],
    name: str,
) -> AnyAutomaton:
    """Return the minimal automaton of a DFA, of the same type as `model`."""
    tables = tables_of_dfa(dfa.minify(), alphabet, name)
    return replace(model, name=name, marks_end=None, **tables._asdict())
