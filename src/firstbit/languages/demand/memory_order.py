"""The memory order: how many last symbols are as good as the state."""

import math

import numpy as np
from jaxtyping import Int

from firstbit.errors import LanguageError, shown
from firstbit.languages.automaton.automaton import Automaton, given
from firstbit.languages.automaton.equal_rows import row_numbers
from firstbit.languages.automaton.sparse import Sparse, from_entries
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.automaton.visits import follows_a_symbol

MOST_EDGES = 20_000_000
"""Edges of the pair graph, at most."""

ON_A_CYCLE = np.iinfo(np.int32).max
"""Stands for the length of a path that a cycle makes as long as one likes."""

Pairs = Int[np.ndarray, " pair"]

PairLevels = Int[np.ndarray, "state state"]
"""A number for each pair p < q of states."""


def memory_order(language: Automaton | str) -> int | float:
    """Compute the least m with F_m = F_inf; infinite if no window is enough.

    F_m exceeds F_inf just when one window of m symbols can end in two states with
    different next-output distributions, that is, when a path of m edges in the graph of
    pairs of different states ends in such a pair (an edge reads the same symbol in
    both). So the order is one more than the longest path into such a pair, and infinite
    if a cycle leads there. Exact: nothing is sampled, no floor is compared. The work
    grows with the number of pairs of states that share a symbol; 1,000 states of
    out-degree 2 take about a second.

    Returns:
        A whole number, or `math.inf`.

    Raises:
        LanguageError: the pair graph is too large.

    Example:
        >>> from firstbit.languages.catalogue import embedded_reber, reber
        >>> memory_order(reber()), memory_order(embedded_reber())
        (2, inf)
    """
    language = given(language)
    levels = _longest_path_into(language)
    first, second = _pairs_apart(language)
    found = levels[first, second]
    # With no symbol seen, only states that are visited after a symbol are mixed up: the
    # start may not be one.
    seen = follows_a_symbol(language)
    both_seen = seen[first] & seen[second]
    found = found[both_seen | (found != 0)]
    if (found == ON_A_CYCLE).any():
        return math.inf
    return int(found.max(initial=-1)) + 1


def _pairs_apart(language: Automaton) -> tuple[Pairs, Pairs]:
    """Return the pairs p < q of states with different next-output distributions.

    States in which nothing is left to predict are in no pair.
    """
    kind = row_numbers(language.next_output)
    differ = np.not_equal.outer(kind, kind)
    predicts = language.next_output.sum(axis=1) > 0
    both = np.logical_and.outer(predicts, predicts)
    apart = np.triu(differ & both)
    first, second = np.nonzero(apart)
    return first, second


def _longest_path_into(language: Automaton) -> PairLevels:
    """Compute for each pair of states the edges on the longest path that ends there.

    `ON_A_CYCLE` stands where there is no longest. Pairs without an edge into them have
    level 0. Take them away, and those that then have none are level 1, and so on; what
    is never taken away lies on a cycle or behind one.
    """
    size = len(language.states)
    edges = _pair_graph(language)
    incoming = np.bincount(edges.indices, minlength=size * size)
    levels = np.full(size * size, ON_A_CYCLE, dtype=np.int32)
    p, q = np.triu_indices(size, 1)
    free = p * size + q
    free = free[incoming[free] == 0]
    level = 0
    while free.size:
        levels[free] = level
        behind = edges[free].indices
        targets, times = np.unique(behind, return_counts=True)
        incoming[targets] -= times
        free = targets[incoming[targets] == 0]
        level += 1
    return levels.reshape(size, size)


def _pair_graph(language: Automaton) -> Sparse:
    """Return the (pair, pair) edges: an edge reads the same symbol in both states.

    The number of a pair p < q is p size + q. A symbol that leads both states to one
    state gives no edge.
    """
    _require_room(language)
    size = len(language.states)
    rows = [np.zeros(0, dtype=np.int64)]
    columns = [np.zeros(0, dtype=np.int64)]
    for targets in language.transition.T:
        states = np.flatnonzero(targets != NO_STATE)
        first, second = np.triu_indices(len(states), 1)
        p = states[first]
        q = states[second]
        low = np.minimum(targets[p], targets[q])
        high = np.maximum(targets[p], targets[q])
        apart = low != high
        sources = p * size + q
        pairs = low * size + high
        rows.append(sources[apart])
        columns.append(pairs[apart])
    all_rows = np.concatenate(rows)
    all_columns = np.concatenate(columns)
    ones = np.ones(len(all_rows), dtype=np.int8)
    shape = (size * size, size * size)
    return from_entries(ones, all_rows, all_columns, shape)


def _require_room(language: Automaton) -> None:
    """Raise unless the pair graph fits into memory."""
    size = len(language.states)
    has_edge = language.transition != NO_STATE
    having = has_edge.sum(axis=0)
    of_symbols = having**2 // 2
    edges = size**2 // 2 + int(of_symbols.sum())
    if edges <= MOST_EDGES:
        return
    share = math.sqrt(MOST_EDGES / edges)
    fit = int(size * share)
    raise LanguageError(
        f"the memory order of '{shown(language.name)}' needs a graph of {edges:,} "
        f"pairs of its {size:,} states, more than "
        f"{MOST_EDGES:,}; about {fit:,} states would fit."
    )
