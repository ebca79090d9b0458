"""From edges, as people or automata-lib write them, to the tables of an automaton."""

from collections import deque
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Float

from firstbit.arrays import Table, Transition
from firstbit.errors import LanguageError, shown, shown_value
from firstbit.languages.automaton.validity import (
    NO_STATE,
    SIX_DIGITS,
    check_alphabet,
    ordered,
    shown_letters,
)

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
    *,
    trim: bool = False,
) -> Tables:
    """Return the tables of an automaton, from its edges.

    Arguments and errors are those of `Language.from_transitions`.
    """
    _require_types(transitions)
    ends = _ends(final)
    symbols = _symbols_used(transitions)
    if alphabet is not None:
        symbols = ordered(alphabet)
    check_alphabet(symbols)
    _require_known_symbols(transitions, symbols)
    _require_mentioned(transitions, start, ends)
    transitions = _without_dead_ends(transitions, start, ends)
    if trim:
        transitions = _reached(transitions, start)
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
    dfa: "automata.fa.dfa.DFA",
    alphabet: Iterable[str] | None,
    name: str,
    *,
    trim: bool = True,
) -> Tables:
    """Return the tables of a DFA, all choices of a state equally likely.

    States from which no word can end are left out, with `trim` also those that are
    never reached. The others are numbered s0, s1, ... breadth first.

    Args:
        dfa: an `automata.fa.dfa.DFA`, partial or complete.
        alphabet: the symbols in one-hot order; by default the DFA's own, sorted.
        name: name of the language, for the error.
        trim: whether states that are never reached are left out, not refused.

    Raises:
        LanguageError: it is no DFA of automata-lib, it accepts no word, a symbol is not
            a single character or not in the alphabet, or a state is never reached.
    """
    _require_dfa(dfa)
    symbols = ordered(dfa.input_symbols if alphabet is None else alphabet)
    check_alphabet(symbols)
    if not trim:
        _require_all_reached(dfa)
    live = dfa.to_partial(minify=False)
    if not live.final_states:
        raise LanguageError(
            "expected a language with at least one word, got the empty language "
            f"'{shown(name)}'."
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
    if isinstance(final, str):
        raise LanguageError(
            f"expected a list of final states, got {shown_value(final)}; try final="
            f"['{shown(final)}']."
        )
    if not isinstance(final, Iterable):
        raise LanguageError(
            f"expected a list of final states, got {shown_value(final)}."
        )
    for state in final:
        if not isinstance(state, str):
            raise LanguageError(
                "expected final states by their names, as text; got "
                f"{shown_value(state)}."
            )
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
        require_probability(state, p)
    if len(given) < len(choices):
        raise LanguageError(
            f"state '{shown(state)}' gives a probability to some of its choices only; "
            "give one to all or to none."
        )
    return given


def require_probability(state: str, p: float) -> None:
    """Raise unless `p` is a number up to 1; the tables' own check refuses the rest."""
    if not isinstance(p, Real) or isinstance(p, bool):
        raise LanguageError(
            f"state '{shown(state)}': expected a number as probability, got "
            f"{shown_value(p)}."
        )
    if p > 1 + 2 * SIX_DIGITS:
        raise LanguageError(
            f"state '{shown(state)}': expected probabilities above 0 and at most 1, "
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
    if not isinstance(transitions, Mapping):
        raise LanguageError(
            "expected transitions like {'s': {'a': 't'}}, got "
            f"{shown_value(transitions)}."
        )
    for state, edges in transitions.items():
        if not isinstance(state, str) or not isinstance(edges, Mapping):
            raise LanguageError(
                f"expected transitions like {{'s': {{'a': 't'}}}}, names of states "
                f"as text; got {shown(repr(state))}: {shown(repr(edges))}."
            )
        for symbol, target in edges.items():
            if not isinstance(symbol, str) or not _is_target(target):
                raise LanguageError(
                    f"state '{shown(state)}': expected an edge like 'a': 't' or 'a': "
                    f"('t', 0.5), got {shown(repr(symbol))}: {shown(repr(target))}."
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
                    f"state '{shown(state)}' has an edge with symbol "
                    f"'{shown(symbol)}', which is not in the alphabet "
                    f"{shown_letters(symbols)}; add it there."
                )


def _require_mentioned(
    transitions: Transitions, start: str, finals: Iterable[str]
) -> None:
    mentioned = _mentioned(transitions)
    _require_among("start", start, mentioned)
    for state in finals:
        _require_among("final", state, mentioned)


def _require_among(kind: str, state: str, mentioned: Mapping[str, None]) -> None:
    if not isinstance(state, str):
        raise LanguageError(
            f"expected the name of the {kind} state, as text; got {shown_value(state)}."
        )
    if state in mentioned:
        return
    known = ", ".join(map(shown, list(mentioned)[:10]))
    if len(mentioned) > 10:
        known += f", ... ({len(mentioned)} states)"
    raise LanguageError(
        f"{kind} state '{shown(state)}' is not among the states {known}."
    )


def _require_dfa(dfa: object) -> None:
    """Raise unless it is automata-lib's DFA; say how to make one of its other kinds."""
    from automata.fa.dfa import DFA
    from automata.fa.fa import FA

    if isinstance(dfa, DFA):
        return
    remedy = "its states and edges go into Language.from_transitions"
    if isinstance(dfa, FA):
        remedy = "try Language.from_dfa(DFA.from_nfa(nfa))"
    kind = f"{type(dfa).__module__}.{type(dfa).__qualname__}"
    raise LanguageError(
        f"expected a DFA of automata-lib, automata.fa.dfa.DFA, got {shown(kind)}; "
        f"{remedy}."
    )


def _require_all_reached(dfa: "automata.fa.dfa.DFA") -> None:
    """Raise `LanguageError` if a state of the DFA is never reached."""
    reached = {dfa.initial_state}
    queue = deque(reached)
    while queue:
        for target in dfa.transitions[queue.popleft()].values():
            if target not in reached:
                reached.add(target)
                queue.append(target)
    lost = sorted(dfa.states - reached, key=str)
    if lost:
        raise LanguageError(
            f"state '{shown(lost[0])}' is never reached from the start "
            f"'{shown(dfa.initial_state)}'; remove it, or leave out all such states by "
            "trim=True."
        )


def _reached(
    transitions: Mapping[str, Mapping[str, Target]], start: str
) -> dict[str, Mapping[str, Target]]:
    """Leave out the states that are never reached."""
    reached = {start}
    queue = deque(reached)
    while queue:
        for target in transitions.get(queue.popleft(), {}).values():
            if _state(target) not in reached:
                reached.add(_state(target))
                queue.append(_state(target))
    return {state: edges for state, edges in transitions.items() if state in reached}


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
            f"end can be reached from the start '{shown(start)}'."
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
                    f"state '{shown(state)}' gives symbol '{shown(symbol)}' a "
                    "probability, but no word can end once it is in state "
                    f"'{shown(_state(target))}'; "
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
