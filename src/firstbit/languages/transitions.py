"""From edges, as a person writes them or as automata-lib keeps them, to the tables of a language."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np

from firstbit.errors import LanguageError
from firstbit.languages.validity import NO_STATE, check_alphabet

if TYPE_CHECKING:
    from automata.fa.dfa import DFA

Target = str | tuple[str, float]
"""Where an edge goes: a state, or a state and the edge's probability."""

Tables = tuple[tuple[str, ...], tuple[str, ...], np.ndarray, np.ndarray, np.ndarray]
"""Alphabet, states, transition, probability, stop."""


def tables(
    transitions: Mapping[str, Mapping[str, Target]],
    start: str,
    final: Iterable[str] | Mapping[str, float],
    alphabet: Iterable[str] | None,
) -> Tables:
    """The alphabet, the states and the tables of a language; arguments as in `Language.from_transitions`."""
    ends: dict[str, float | None] = dict(final) if isinstance(final, Mapping) else dict.fromkeys(final)
    states = _ordered_states(transitions, start, ends)
    symbols = tuple(alphabet) if alphabet is not None else _symbols_used(transitions)
    check_alphabet(symbols)
    number, column = {state: i for i, state in enumerate(states)}, {symbol: i for i, symbol in enumerate(symbols)}
    transition = np.full((len(states), len(symbols)), NO_STATE)
    probability, stop = np.zeros(transition.shape), np.zeros(len(states))
    for state in states:
        edges = transitions.get(state, {})
        shares = _shares(state, {symbol: _probability(target) for symbol, target in edges.items()}, ends)
        for symbol, target in edges.items():
            if symbol not in column:
                raise LanguageError(
                    f"state '{state}' has an edge with symbol '{symbol}', which is not in the alphabet {' '.join(symbols)}; "
                    "add it there."
                )
            transition[number[state], column[symbol]] = number[_state(target)]
            probability[number[state], column[symbol]] = shares[symbol]
        stop[number[state]] = shares.get(None, 0.0)
    return symbols, states, transition, probability, stop


def trimmed(dfa: "DFA", alphabet: Iterable[str] | None, name: str) -> tuple[dict[str, dict[str, str]], list[str], tuple[str, ...]]:
    """Edges, final states and alphabet of a DFA without the states that no word of its language visits.

    Raises:
        LanguageError: the DFA accepts no word, or a symbol is not a single character.
    """
    symbols = tuple(alphabet) if alphabet is not None else tuple(sorted(dfa.input_symbols, key=str))
    check_alphabet(symbols)
    live = dfa.to_partial(minify=False)
    if not live.final_states:
        raise LanguageError(f"expected a language with at least one word, got the empty language '{name}'.")
    names = {live.initial_state: "s0"}
    queue = deque(names)
    while queue:
        edges = live.transitions[queue.popleft()]
        for symbol in sorted(edges):
            if edges[symbol] not in names:
                names[edges[symbol]] = f"s{len(names)}"
                queue.append(edges[symbol])
    kept = {names[q]: {a: names[r] for a, r in sorted(live.transitions[q].items())} for q in names}
    return kept, [names[q] for q in names if q in live.final_states], symbols


def _state(target: Target) -> str:
    return target if isinstance(target, str) else target[0]


def _probability(target: Target) -> float | None:
    return None if isinstance(target, str) else target[1]


def _shares(state: str, edges: dict[str, float | None], ends: Mapping[str, float | None]) -> dict[str | None, float]:
    """Probability of each choice of a state; None stands for ending."""
    choices: dict[str | None, float | None] = {**edges}
    if state in ends:
        choices[None] = ends[state]
    given = {choice: p for choice, p in choices.items() if p is not None}
    if not given:
        return dict.fromkeys(choices, 1 / max(len(choices), 1))
    for p in given.values():
        if not isinstance(p, Real) or isinstance(p, bool):
            raise LanguageError(f"state '{state}': expected a number as probability, got {p!r}.")
    if len(given) < len(choices):
        raise LanguageError(f"state '{state}' gives a probability to some of its choices only; give one to all or to none.")
    return given


def _ordered_states(transitions: Mapping[str, Mapping[str, Target]], start: str, finals: Iterable[str]) -> tuple[str, ...]:
    """The start first, then the states in the order in which they are mentioned."""
    targets = (_state(target) for edges in transitions.values() for target in edges.values())
    mentioned = dict.fromkeys([*transitions, *targets])
    for kind, state in [("start", start), *(("final", state) for state in finals)]:
        if state not in mentioned:
            raise LanguageError(f"{kind} state '{state}' is not among the states {_some(list(mentioned))}.")
    return tuple(dict.fromkeys([start, *mentioned]))


def _some(states: Sequence[str]) -> str:
    """The states by name, the first ten of them."""
    return ", ".join(states[:10]) + (f", ... ({len(states)} states)" if len(states) > 10 else "")


def _symbols_used(transitions: Mapping[str, Mapping[str, Target]]) -> tuple[str, ...]:
    return tuple(sorted({symbol for edges in transitions.values() for symbol in edges}))
