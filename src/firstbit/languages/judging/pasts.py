"""What came before: the states that prefixes lead to, and the way back from them."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from firstbit.languages.automaton.automaton import Automaton
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.judging.choices import choices

Past = Float[np.ndarray, "step state"]
"""The probability of each state after 0, 1, 2, ... symbols."""

NEGLIGIBLE = 1e-8
"""Share of words that are still going on; two pasts as long as that come together in
the square of it."""

LONGEST_PAST = 20_000
"""Symbols before the common ones; longer pasts are left out."""


def met(language: Automaton) -> Bool[np.ndarray, "state state"]:
    """Find the pairs of states that two prefixes of one length, at least 1, lead to.

    The set of states that come up after s symbols depends on the set before alone: from
    the first set that comes again on, nothing new is met.
    """
    edge = language.transition != NO_STATE
    size = len(language.states)
    found = np.zeros((size, size), dtype=bool)
    here = np.zeros(1, dtype=np.int64)
    seen: set[bytes] = set()
    while len(seen) < size**2:
        here = np.unique(language.transition[here][edge[here]])
        if here.tobytes() in seen:
            break
        seen.add(here.tobytes())
        found[np.ix_(here, here)] = True
    return found


def past_of(language: Automaton) -> Past:
    """Return the probability of each state after 0, 1, 2, ... symbols."""
    sources, symbols = np.nonzero(language.transition != NO_STATE)
    targets = language.transition[sources, symbols]
    share = language.probability[sources, symbols]
    here = np.zeros(len(language.states))
    here[0] = 1.0
    past: list[np.ndarray] = [here]
    # Every state comes up within as many symbols as there are states.
    while len(past) <= max(LONGEST_PAST, len(here)):
        flow = here[sources] * share
        here = np.bincount(targets, flow, len(here))
        if not here.any():
            break
        past.append(here)
        if len(past) > len(here) and here.sum() < NEGLIGIBLE:
            break
    return np.stack(past)


class EdgesInto(NamedTuple):
    """The edges into each state, in as many columns as the most that a state has.

    Attributes:
        source: the state before.
        symbol: the symbol.
        share: the probability; 0 in a column that stands for no edge.
    """

    source: Int[np.ndarray, "state edge"]
    symbol: Int[np.ndarray, "state edge"]
    share: Float[np.ndarray, "state edge"]

    def walk_back(
        self,
        past: Past,
        states: Int[np.ndarray, " pair"],
        steps: Int[np.ndarray, " pair"],
        generator: np.random.Generator,
    ) -> Int[np.ndarray, "pair time"]:
        """Draw the symbols that led to states, from the last one to the first."""
        state = states.copy()
        longest = int(steps.max())
        letters = np.full((len(state), longest), NO_STATE)
        for step in range(longest, 0, -1):
            going = np.flatnonzero(steps >= step)
            here = state[going]
            before = past[step - 1][self.source[here]]
            weight = before * self.share[here]
            edge = choices(weight, generator)
            letters[going, step - 1] = self.symbol[here, edge]
            state[going] = self.source[here, edge]
        return letters


def edges_into(language: Automaton) -> EdgesInto:
    """Return the edges into each state."""
    sources, symbols = np.nonzero(language.transition != NO_STATE)
    targets = language.transition[sources, symbols]
    size = len(language.states)
    most = int(np.bincount(targets, minlength=size).max(initial=1))
    shape = size, most
    source = np.zeros(shape, dtype=np.int64)
    symbol = np.zeros(shape, dtype=np.int64)
    share = np.zeros(shape)
    for state in range(size):
        edges = np.flatnonzero(targets == state)
        number = len(edges)
        source[state, :number] = sources[edges]
        symbol[state, :number] = symbols[edges]
        share[state, :number] = language.probability[sources[edges], symbols[edges]]
    return EdgesInto(source, symbol, share)
