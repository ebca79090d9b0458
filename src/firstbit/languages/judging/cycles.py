"""One symbol that repeats, and leads through states with different rows."""

from typing import NamedTuple

import numpy as np

from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.demand.rows import NO_ROW, RESOLUTION, Rows
from firstbit.languages.language import Language


class Cycle(NamedTuple):
    """A symbol whose repetition leads through states in turn.

    Attributes:
        symbol: that symbol.
        before: symbols that lead into the cycle, as few as possible.
        states: numbers of the states, from the one before the first repetition.
        rows: the row of each.
        alone: those of its rows for which no other row of the language passes.
    """

    symbol: str
    before: str
    states: tuple[int, ...]
    rows: tuple[int, ...]
    alone: frozenset[int]

    @property
    def length(self) -> int:
        """The number of states, after which it begins again."""
        return len(self.states)


def alternating_cycle(
    language: Language, *, resolution: float = RESOLUTION
) -> Cycle | None:
    """Return a cycle of one symbol in which no output is right everywhere.

    An output is right where its nearest row is within the resolution of the true one:
    so no row of the language is within it of all rows of the cycle. Of several cycles
    it is the shortest one.

    Example:
        >>> from firstbit.languages import parity
        >>> alternating_cycle(parity()).symbol
        '1'
    """
    rows = Rows.of(language)
    shortest = None
    prefixes = _prefixes(language)
    for number, symbol in enumerate(language.alphabet):
        following = language.transition[:, number]
        for start, before in prefixes.items():
            states = _cycle(following, start)
            of_states = tuple(rows.of_state[states].tolist())
            if not _differ(rows, of_states, resolution):
                continue
            alone = _alone(rows, of_states, resolution)
            found = Cycle(symbol, before, tuple(states), of_states, alone)
            if shortest is None or found.length < shortest.length:
                shortest = found
    return shortest


def _differ(rows: Rows, of_states: tuple[int, ...], resolution: float) -> bool:
    """Return whether no row of the language passes for all rows of a cycle."""
    if not of_states or NO_ROW in of_states:
        return False
    farthest = rows.distances[:, of_states].max(axis=1)
    return bool(farthest.min() > resolution)


def _alone(rows: Rows, of_states: tuple[int, ...], resolution: float) -> frozenset[int]:
    """Return the rows of a cycle for which no other row of the language passes."""
    passing = (rows.distances <= resolution).sum(axis=1)
    return frozenset(row for row in of_states if passing[row] == 1)


def _cycle(following: np.ndarray, start: int) -> list[int]:
    """Return the cycle of states from `start` when one symbol repeats; [] if none."""
    found = [start]
    state = int(following[start])
    while state != NO_STATE and state not in found:
        found.append(state)
        state = int(following[state])
    return found if state == start else []


def _prefixes(language: Language) -> dict[int, str]:
    """Return the shortest word that leads to each state."""
    found = {0: ""}
    queue = [0]
    for state in queue:
        for symbol, target in enumerate(language.transition[state].tolist()):
            if target != NO_STATE and target not in found:
                found[target] = found[state] + language.alphabet[symbol]
                queue.append(target)
    return found
