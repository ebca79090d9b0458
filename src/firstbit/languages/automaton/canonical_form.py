"""The minimal automaton as a value: equal languages have equal ones."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from firstbit.languages.automaton.algebra import minimal
from firstbit.languages.automaton.automaton import Automaton
from firstbit.languages.automaton.equal_rows import ROUNDING
from firstbit.languages.automaton.validity import NO_STATE

Edges = tuple[tuple[str, int], ...]
"""From a state: symbol and next state, the symbols in alphabetical order."""

END = ("", NO_STATE)
"""Stands for the end of the word."""


@dataclass(frozen=True, eq=False)
class CanonicalForm:
    """The minimal automaton, its states in breadth-first order.

    Two are equal just if the automata give all words equal probabilities, up to
    rounding.

    Attributes:
        edges: of each state; first comes the end, if a word may end there.
        probabilities: of all edges, one after another.
    """

    edges: tuple[Edges, ...]
    probabilities: Float[np.ndarray, " edge"]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CanonicalForm):
            return NotImplemented
        if self.edges != other.edges:
            return False
        apart = np.abs(self.probabilities - other.probabilities)
        return bool((apart <= ROUNDING).all())

    def __hash__(self) -> int:
        return hash(self.edges)


def canonical_form(automaton: Automaton) -> CanonicalForm:
    """Return the canonical form of an automaton."""
    least = minimal(automaton)
    letters = least.alphabet
    columns = sorted(range(len(letters)), key=letters.__getitem__)
    edges = []
    probabilities = []
    for q, targets in enumerate(least.transition.tolist()):
        own = []
        if least.stop[q] > 0:
            own.append(END)
            probabilities.append(least.stop[q])
        for a in columns:
            if targets[a] == NO_STATE:
                continue
            own.append((letters[a], targets[a]))
            probabilities.append(least.probability[q, a])
        edges.append(tuple(own))
    return CanonicalForm(tuple(edges), np.array(probabilities, dtype=float))
