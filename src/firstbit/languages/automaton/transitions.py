"""From edges, as a person writes them or as automata-lib keeps them, to the tables of a language."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np

from firstbit.errors import LanguageError
from firstbit.languages.automaton.validity import NO_STATE, check_alphabet

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
    _require_types(transitions)
    ends: dict[str, float | None] = (
        dict(final) if isinstance(final, Mapping) else dict.fromkeys(final)
    )
    symbols = tuple(alphabet) if alphabet is not None else _symbols_used(transitions)
    check_alphabet(symbols)
    _require_known_symbols(transitions, symbols)
    _require_mentioned(transitions, start, ends)
    transitions = _without_dead_ends(transitions, start, ends)
    states = _ordered_states(transitions, start)
    number, column = (
        {state: i for i, state in enumerate(states)},
        {symbol: i for i, symbol in enumerate(symbols)},
    )
    transition = np.full((len(states), len(symbols)), NO_STATE)
    probability, stop = np.zeros(transition.shape), np.zeros(len(states))
    for state in states:
        edges = transitions.get(state, {})
        shares = _shares(
            state,
            {symbol: _probability(target) for symbol, target in edges.items()},
            ends,
        )
        for symbol, target in edges.items():
            transition[number[state], column[symbol]] = number[_state(target)]
            probability[number[state], column[symbol]] = shares[symbol]
        stop[number[state]] = shares.get(None, 0.0)
    return symbols, states, transition, probability, stop


def trimmed(
    dfa: "DFA", alphabet: Iterable[str] | None, name: str
) -> tuple[dict[str, dict[str, str]], list[str], tuple[str, ...]]:
    """Edges, final states and alphabet of a DFA without the states that no word of its language visits.

    Raises:
        LanguageError: the DFA accepts no word, or a symbol is not a single character.
    """
    symbols = (
        tuple(alphabet)
        if alphabet is not None
        else tuple(sorted(dfa.input_symbols, key=str))
    )
    check_alphabet(symbols)
    live = dfa.to_partial(minify=False)
    if not live.final_states:
        raise LanguageError(
            "expected a language with at least one word, got the empty language "
            f"'{name}'."
        )
    names = {live.initial_state: "s0"}
    queue = deque(names)
    while queue:
        edges = live.transitions[queue.popleft()]
        for symbol in sorted(edges):
            if edges[symbol] not in names:
                names[edges[symbol]] = f"s{len(names)}"
                queue.append(edges[symbol])
    kept = {
        names[q]: {a: names[r] for a, r in sorted(live.transitions[q].items())}
        for q in names
    }
    return kept, [names[q] for q in names if q in live.final_states], symbols


def _state(target: Target) -> str:
    return target if isinstance(target, str) else target[0]


def _probability(target: Target) -> float | None:
    return None if isinstance(target, str) else target[1]


def _shares(
    state: str, edges: dict[str, float | None], ends: Mapping[str, float | None]
) -> dict[str | None, float]:
    """Probability of each choice of a state; None stands for ending."""
    choices: dict[str | None, float | None] = {**edges}
    if state in ends:
        choices[None] = ends[state]
    given = {choice: p for choice, p in choices.items() if p is not None}
    if not given:
        return dict.fromkeys(choices, 1 / max(len(choices), 1))
    for p in given.values():
        if not isinstance(p, Real) or isinstance(p, bool):
            raise LanguageError(
                f"state '{state}': expected a number as probability, got {p!r}."
            )
        if p > 1:
            raise LanguageError(
                f"state '{state}': expected probabilities above 0 and at most 1, "
                f"got {float(min(p, 1e300)):g}."
            )
    if len(given) < len(choices):
        raise LanguageError(
            f"state '{state}' gives a probability to some of its choices only; "
            "give one to all or to none."
        )
    return given


def _mentioned(transitions: Mapping[str, Mapping[str, Target]]) -> dict[str, None]:
    """The states, in the order in which they are mentioned."""
    targets = (
        _state(target) for edges in transitions.values() for target in edges.values()
    )
    return dict.fromkeys([*transitions, *targets])


def _ordered_states(
    transitions: Mapping[str, Mapping[str, Target]], start: str
) -> tuple[str, ...]:
    """The start first, then the states in the order in which they are mentioned."""
    return tuple(dict.fromkeys([start, *_mentioned(transitions)]))


def _require_types(transitions: Mapping[str, Mapping[str, Target]]) -> None:
    for state, edges in transitions.items():
        if not isinstance(state, str) or not isinstance(edges, Mapping):
            raise LanguageError(
                f"expected transitions like {{'s': {{'a': 't'}}}}, names of states "
                f"as text; got {state!r}: {edges!r}."
            )
        for symbol, target in edges.items():
            pair = target if isinstance(target, tuple | list) else (target, 1.0)
            if (
                not isinstance(symbol, str)
                or len(pair) != 2
                or not isinstance(pair[0], str)
            ):
                raise LanguageError(
                    f"state '{state}': expected an edge like 'a': 't' or 'a': "
                    f"('t', 0.5), got {symbol!r}: {target!r}."
                )


def _require_known_symbols(
    transitions: Mapping[str, Mapping[str, Target]], symbols: tuple[str, ...]
) -> None:
    known = set(symbols)
    for state, edges in transitions.items():
        for symbol in edges:
            if symbol not in known:
                raise LanguageError(
                    f"state '{state}' has an edge with symbol '{symbol}', which is "
                    f"not in the alphabet {' '.join(symbols)}; "
                    "add it there."
                )


def _require_mentioned(
    transitions: Mapping[str, Mapping[str, Target]], start: str, finals: Iterable[str]
) -> None:
    mentioned = _mentioned(transitions)
    for kind, state in [("start", start), *(("final", state) for state in finals)]:
        if state not in mentioned:
            raise LanguageError(
                f"{kind} state '{state}' is not among the states "
                f"{_some(list(mentioned))}."
            )


def _without_dead_ends(
    transitions: Mapping[str, Mapping[str, Target]],
    start: str,
    ends: Mapping[str, float | None],
) -> dict[str, dict[str, Target]]:
    """The edges without those into states from which no word can end, as in a complete automaton's sink.

    Raises:
        LanguageError: no word can end at all, or such an edge was given a probability.
    """
    living = _living(transitions, ends)
    if start not in living:
        raise LanguageError(
            "expected a language with at least one word; no word can end, as no "
            f"end can be reached from the start '{start}'."
        )
    for state, edges in transitions.items():
        for symbol, target in edges.items():
            if (
                state in living
                and _state(target) not in living
                and _probability(target) is not None
            ):
                raise LanguageError(
                    f"state '{state}' gives symbol '{symbol}' a probability, but "
                    "no word can end once it is in state "
                    f"'{_state(target)}'; remove that edge, or make an end reachable."
                )
    return {
        state: {
            symbol: target
            for symbol, target in edges.items()
            if _state(target) in living
        }
        for state, edges in transitions.items()
        if state in living
    }


def _living(
    transitions: Mapping[str, Mapping[str, Target]], ends: Mapping[str, float | None]
) -> set[str]:
    """States from which an end can be reached: back along the edges from where words may end."""
    before: dict[str, list[str]] = {}
    for state, edges in transitions.items():
        for target in edges.values():
            before.setdefault(_state(target), []).append(state)
    queue = deque(state for state, p in ends.items() if p != 0)
    living = set(queue)
    while queue:
        for state in before.get(queue.popleft(), []):
            if state not in living:
                living.add(state)
                queue.append(state)
    return living


def _some(states: Sequence[str]) -> str:
    """The states by name, the first ten of them."""
    return ", ".join(states[:10]) + (
        f", ... ({len(states)} states)" if len(states) > 10 else ""
    )


def _symbols_used(transitions: Mapping[str, Mapping[str, Target]]) -> tuple[str, ...]:
    return tuple(sorted({symbol for edges in transitions.values() for symbol in edges}))
