"""How many symbols back a predictor must see to be as good as one that knows the state: the memory order."""

import math

import numpy as np

from firstbit.errors import LanguageError
from firstbit.languages.automaton.sparse import Sparse, from_entries
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.automaton.visits import follows_a_symbol
from firstbit.languages.language import Language

MOST_EDGES = 20_000_000
"""Edges of the pair graph, at most."""

DECIMALS = 12
"""Next-output distributions that agree so far are the same."""

ON_A_CYCLE = np.iinfo(np.int32).max
"""Stands for the length of a path that can be made longer and longer."""


def memory_order(language: Language) -> float:
    """Least m with F_m = F_inf: so many last symbols are as good as the state. Infinite if no window is enough.

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
    table = language.next_output
    predicts = table.sum(axis=1) > 0
    _, kind = np.unique(table.round(DECIMALS), axis=0, return_inverse=True)
    kind = kind.ravel()
    level = _longest_path_into(language)
    pairs = np.argwhere(
        np.triu(kind[:, None] != kind[None, :]) & predicts[:, None] & predicts[None, :]
    )
    first, second = pairs.T
    levels = level[first, second]
    # With no symbol seen, only states that are visited after a symbol are mixed up: the
    # start may not be one.
    seen = follows_a_symbol(language)
    levels = levels[(levels != 0) | (seen[first] & seen[second])]
    if (levels == ON_A_CYCLE).any():
        return math.inf
    return int(levels.max(initial=-1)) + 1


def _longest_path_into(language: Language) -> np.ndarray:
    """For each pair p < q of states, edges on the longest path that ends there; `ON_A_CYCLE` if there is no longest.

    Pairs without an edge into them have level 0. Take them away, and those that then
    have none are level 1, and so on; what is never taken away lies on a cycle or behind
    one.
    """
    size = len(language.states)
    edges = _pair_graph(language)
    incoming = np.bincount(edges.indices, minlength=size * size)
    level = np.full(size * size, ON_A_CYCLE, dtype=np.int32)
    p, q = np.triu_indices(size, 1)
    free = p * size + q
    free = free[incoming[free] == 0]
    steps = 0
    while free.size:
        level[free] = steps
        targets, times = np.unique(edges[free].indices, return_counts=True)
        incoming[targets] -= times
        free, steps = targets[incoming[targets] == 0], steps + 1
    return level.reshape(size, size)


def _pair_graph(language: Language) -> Sparse:
    """(pair, pair): which pairs of different states some symbol leads from and to; a pair's number is p size + q, p < q."""
    size = len(language.states)
    having = [np.flatnonzero(column != NO_STATE) for column in language.transition.T]
    if (
        edges := sum(len(states) ** 2 // 2 for states in having) + size**2 // 2
    ) > MOST_EDGES:
        fit = int(size * math.sqrt(MOST_EDGES / edges))
        raise LanguageError(
            f"the memory order of '{language.name}' needs a graph of {edges:,} "
            f"pairs of its {size:,} states, more than "
            f"{MOST_EDGES:,}; about {fit:,} states would fit."
        )
    sources, targets = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for states, column in zip(having, language.transition.T, strict=True):
        first, second = np.triu_indices(len(states), 1)
        p, q = states[first], states[second]
        low, high = np.minimum(column[p], column[q]), np.maximum(column[p], column[q])
        apart = low != high
        sources.append((p * size + q)[apart])
        targets.append((low * size + high)[apart])
    rows, columns = np.concatenate(sources), np.concatenate(targets)
    return from_entries(
        np.ones(len(rows), dtype=np.int8), rows, columns, (size * size, size * size)
    )
