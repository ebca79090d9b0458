"""From edges, as people or automata-lib write them, to the tables of an automaton."""

from collections import deque
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Float

from firstbit.arrays import Table, Transition
from firstbit.errors import LanguageError
from firstbit.languages.automaton.validity import NO_STATE, check_alphabet

if TYPE_CHECKING:
    import automata.fa.dfa

Target = str | tuple[str, float]
"""Where an edge goes: a state, or a state and the edge's probability."""

Transitions = Mapping[str, Mapping[str, Target]]
"""For each state its edges: {symbol: target}."""


class Tables(NamedTuple):
    """What an automaton consists of, beside its name; fields as in `Automaton`."""

    alphabet: tuple[str, ...]
    states: tuple[str, ...]
    transition: Transition
    probability: Table
    stop: Float[np.ndarray, " state"]


def tables(
    transitions: Transitions,
    start: str,
    final: Iterable[str] | Mapping[str, float],
    alphabet: Iterable[str] | None,
) -> Tables:
    """Return the tables of an automaton, from its edges.

    Arguments and errors are those of `Language.from_transitions`.
    """
    _require_types(transitions)
    ends = _ends(final)
    symbols = tuple(alphabet) if alphabet is not None else _symbols_used(transitions)
    check_alphabet(symbols)
    _require_known_symbols(transitions, symbols)
    _require_mentioned(transitions, start, ends)
    transitions = _without_dead_ends(transitions, start, ends)
    states = _ordered_states(transitions, start)
    number = {state: i for i, state in enumerate(states)}
    column = {symbol: i for i, symbol in enumerate(symbols)}
    transition = np.full((len(states), len(symbols)), NO_STATE)
    probability = np.zeros(transition.shape)
    stop = np.zeros(len(states))
    for q, state in enumerate(states):
        edges = transitions.get(state, {})
        shares = _shares(state, edges, ends)
        for symbol, target in edges.items():
            transition[q, column[symbol]] = number[_state(target)]
            probability[q, column[symbol]] = shares[symbol]
        stop[q] = shares.get(None, 0.0)
    return Tables(symbols, states, transition, probability, stop)


def tables_of_dfa(
    dfa: "automata.fa.dfa.DFA", alphabet: Iterable[str] | None, name: str
) -> Tables:
    """Return the tables of a DFA, all choices of a state equally likely.

    States that no word visits are left out. The others are numbered s0, s1, ...
    breadth first.

    Args:
        dfa: an `automata.fa.dfa.DFA`, partial or complete.
        alphabet: the symbols in one-hot order; by default the DFA's own, sorted.
        name: name of the language, for the error.

    Raises:
        LanguageError: the DFA accepts no word, or a symbol is not a single character.
    """
    if alphabet is None:
        alphabet = sorted(dfa.input_symbols, key=str)
    symbols = tuple(alphabet)
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
            target = edges[symbol]
            if target not in names:
                names[target] = f"s{len(names)}"
                queue.append(target)
    transitions: dict[str, dict[str, Target]] = {}
    for q, state in names.items():
        edges = sorted(live.transitions[q].items())
        transitions[state] = {symbol: names[target] for symbol, target in edges}
    final = [state for q, state in names.items() if q in live.final_states]
    return tables(transitions, "s0", final, symbols)


def _state(target: Target) -> str:
    return target if isinstance(target, str) else target[0]


def _probability(target: Target) -> float | None:
    return None if isinstance(target, str) else target[1]


def _ends(
    final: Iterable[str] | Mapping[str, float],
) -> dict[str, float | None]:
    """Return the final states, each with its probability of ending, or None."""
    if isinstance(final, Mapping):
        return dict(final)
    return dict.fromkeys(final)


def _shares(
    state: str, edges: Mapping[str, Target], ends: Mapping[str, float | None]
) -> dict[str | None, float]:
    """Return the probability of each choice of a state; None stands for ending."""
    choices: dict[str | None, float | None] = {}
    for symbol, target in edges.items():
        choices[symbol] = _probability(target)
    if state in ends:
        choices[None] = ends[state]
    given = {choice: p for choice, p in choices.items() if p is not None}
    if not given:
        return dict.fromkeys(choices, 1 / max(len(choices), 1))
    for p in given.values():
        _require_probability(state, p)
    if len(given) < len(choices):
        raise LanguageError(
            f"state '{state}' gives a probability to some of its choices only; "
            "give one to all or to none."
        )
    return given


def _require_probability(state: str, p: float) -> None:
    """Raise unless `p` is a number up to 1; the tables' own check refuses the rest."""
    if not isinstance(p, Real) or isinstance(p, bool):
        raise LanguageError(
            f"state '{state}': expected a number as probability, got {p!r}."
        )
    if p > 1:
        raise LanguageError(
            f"state '{state}': expected probabilities above 0 and at most 1, "
            f"got {float(min(p, 1e300)):g}."
        )


def _mentioned(transitions: Transitions) -> dict[str, None]:
    """Return the states, in the order in which they are mentioned."""
    mentioned = dict.fromkeys(transitions)
    for edges in transitions.values():
        mentioned.update(dict.fromkeys(map(_state, edges.values())))
    return mentioned


def _ordered_states(transitions: Transitions, start: str) -> tuple[str, ...]:
    """Return the start, then the other states as they are mentioned."""
    return tuple(dict.fromkeys([start, *_mentioned(transitions)]))


def _symbols_used(transitions: Transitions) -> tuple[str, ...]:
    used: set[str] = set()
    for edges in transitions.values():
        used.update(edges)
    return tuple(sorted(used))


def _require_types(transitions: Transitions) -> None:
    for state, edges in transitions.items():
        if not isinstance(state, str) or not isinstance(edges, Mapping):
            raise LanguageError(
                f"expected transitions like {{'s': {{'a': 't'}}}}, names of states "
                f"as text; got {state!r}: {edges!r}."
            )
        for symbol, target in edges.items():
            if not isinstance(symbol, str) or not _is_target(target):
                raise LanguageError(
                    f"state '{state}': expected an edge like 'a': 't' or 'a': "
                    f"('t', 0.5), got {symbol!r}: {target!r}."
                )


def _is_target(target: object) -> bool:
    if isinstance(target, tuple | list):
        return len(target) == 2 and isinstance(target[0], str)
    return isinstance(target, str)


def _require_known_symbols(transitions: Transitions, symbols: tuple[str, ...]) -> None:
    known = set(symbols)
    for state, edges in transitions.items():
        for symbol in edges:
            if symbol not in known:
                raise LanguageError(
                    f"state '{state}' has an edge with symbol '{symbol}', which is "
                    f"not in the alphabet {' '.join(symbols)}; add it there."
                )


def _require_mentioned(
    transitions: Transitions, start: str, finals: Iterable[str]
) -> None:
    mentioned = _mentioned(transitions)
    _require_among("start", start, mentioned)
    for state in finals:
        _require_among("final", state, mentioned)


def _require_among(kind: str, state: str, mentioned: Mapping[str, None]) -> None:
    if state in mentioned:
        return
    known = ", ".join(list(mentioned)[:10])
    if len(mentioned) > 10:
        known += f", ... ({len(mentioned)} states)"
    raise LanguageError(f"{kind} state '{state}' is not among the states {known}.")


def _without_dead_ends(
    transitions: Transitions, start: str, ends: Mapping[str, float | None]
) -> dict[str, dict[str, Target]]:
    """Leave out the edges into states from which no word can end, such as a sink.

    Raises:
        LanguageError: no word can end at all, or such an edge was given a probability.
    """
    living = _living(transitions, ends)
    if start not in living:
        raise LanguageError(
            "expected a language with at least one word; no word can end, as no "
            f"end can be reached from the start '{start}'."
        )
    kept: dict[str, dict[str, Target]] = {}
    for state, edges in transitions.items():
        if state not in living:
            continue
        kept[state] = {}
        for symbol, target in edges.items():
            if _state(target) in living:
                kept[state][symbol] = target
            elif _probability(target) is not None:
                raise LanguageError(
                    f"state '{state}' gives symbol '{symbol}' a probability, but "
                    f"no word can end once it is in state '{_state(target)}'; "
                    "remove that edge, or make an end reachable."
                )
    return kept


def _living(transitions: Transitions, ends: Mapping[str, float | None]) -> set[str]:
    """Return the states from which an end can be reached, found backwards."""
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
