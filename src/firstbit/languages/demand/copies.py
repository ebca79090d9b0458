"""Automata that hold copies of one part, one copy for each outer symbol.

The outer symbol is what the copies remember, and all they differ in: embedded Reber has
the copies T and P, whose states are named `T:q2` and `P:q2`.
"""

from collections import Counter
from typing import NamedTuple

from firstbit.languages.automaton.automaton import Automaton, given

Blocks = list[frozenset[str]]
"""A partition of the states, by name."""


class _Place(NamedTuple):
    """Where a state stands: in the copy of an outer symbol, and where in that copy."""

    outer: str
    inner: str


def copies(language: Automaton | str) -> dict[str, tuple[str, ...]]:
    """Find the copies: outer symbol -> the states of its copy; empty without copies.

    States `T:q2` and `P:q2` are copies of one part: at least two prefixes, with the
    same two or more names behind them.

    Example:
        >>> from firstbit.languages.catalogue import embedded_reber, reber
        >>> found = copies(embedded_reber())
        >>> {symbol: len(states) for symbol, states in found.items()}
        {'T': 8, 'P': 8}
        >>> copies(reber())
        {}
    """
    language = given(language)
    found: dict[str, list[str]] = {}
    for state, place in _places(language).items():
        found.setdefault(place.outer, []).append(state)
    blocks = {}
    for outer, states in found.items():
        blocks[outer] = tuple(states)
    return blocks


def copies_merged(language: Automaton | str) -> Blocks:
    """Return the partition of the states that forgets the outer symbol.

    Returns:
        Blocks of state names: {T:s, P:s} for every inner state s of the copies, and
        every other state alone.

    Example:
        >>> from firstbit.languages.demand.floors import full_floor, merged_floor
        >>> from firstbit.languages.catalogue import embedded_reber
        >>> task = embedded_reber()
        >>> round(merged_floor(task, copies_merged(task)) - full_floor(task), 9)
        0.5
    """
    language = given(language)
    places = _places(language)
    inner: dict[str, set[str]] = {}
    blocks: list[set[str]] = []
    for state in language.states:
        if state not in places:
            blocks.append({state})
            continue
        name = places[state].inner
        if name not in inner:
            inner[name] = set()
            blocks.append(inner[name])
        inner[name].add(state)
    return [frozenset(block) for block in blocks]


def copies_known(language: Automaton | str) -> Blocks:
    """Return the partition that remembers the outer symbol and nothing else.

    Returns:
        Blocks of state names: one for each copy, and one for all other states.

    Example:
        >>> from firstbit.languages.catalogue import embedded_reber
        >>> sorted(map(len, copies_known(embedded_reber())))
        [4, 8, 8]
    """
    language = given(language)
    blocks = [frozenset(states) for states in copies(language).values()]
    others = frozenset(language.states).difference(*blocks)
    if others:
        blocks.append(others)
    return blocks


def _places(language: Automaton) -> dict[str, _Place]:
    """Return the places of all states that belong to copies, by their names."""
    places = _named_places(language)
    parts: dict[str, set[str]] = {}
    for place in places.values():
        parts.setdefault(place.outer, set()).add(place.inner)
    times = Counter(frozenset(part) for part in parts.values())
    found = {}
    for state, place in places.items():
        part = frozenset(parts[place.outer])
        if len(part) > 1 and times[part] > 1:
            found[state] = place
    return found


def _named_places(language: Automaton) -> dict[str, _Place]:
    """Read a place from each state's name, as in `T:q2`; leave out all other names.

    An automaton has no other field for it: in code and in TOML files alike, copies are
    marked by these names alone. `_places` checks that they are copies.
    """
    places = {}
    for state in language.states:
        outer, _, inner = state.partition(":")
        if outer and inner:
            places[state] = _Place(outer, inner)
    return places
