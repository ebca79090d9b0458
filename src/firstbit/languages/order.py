"""How many symbols back a predictor must see to be as good as one that knows the state: the memory order."""

import math

import numpy as np

from firstbit.errors import LanguageError
from firstbit.languages.language import Language
from firstbit.languages.validity import NO_STATE
from firstbit.languages.visits import follows_a_symbol

MOST_EDGES = 20_000_000
"""Edges of the pair graph, at most."""

DECIMALS = 12
"""Next-output distributions that agree so far are the same."""

ON_A_CYCLE = np.iinfo(np.int32).max
"""Stands for the length of a path that can be made longer and longer."""


def memory_order(language: Language) -> float:
    """Least m with F_m = F_inf: so many last symbols are as good as the state. Infinite if no window is enough.

    F_m exceeds F_inf just when one window of m symbols can end in two states with different next-output
    distributions, that is, when a path of m edges in the graph of pairs of different states ends in such a pair
    (an edge reads the same symbol in both). So the order is one more than the longest path into such a pair, and
    infinite if a cycle leads there. Exact: nothing is sampled, no floor is compared. The work grows with the
    number of pairs of states that share a symbol; 1,000 states of out-degree 2 take about a second.

    Returns:
        A whole number, or `math.inf`.

    Raises:
        LanguageError: the pair graph is too large.

    Example:
        >>> from firstbit.languages.reber import embedded_reber, reber
        >>> memory_order(reber()), memory_order(embedded_reber())
        (2, inf)
    """
    table = language.next_output
    predicts = table.sum(axis=1) > 0
    _, kind = np.unique(table.round(DECIMALS), axis=0, return_inverse=True)
    kind = kind.ravel()
    level = _longest_path_into(language)
    pairs = np.argwhere(np.triu(kind[:, None] != kind[None, :]) & predicts[:, None] & predicts[None, :])
    first, second = pairs.T
    levels = level[first, second]
    # With no symbol seen, only states that are visited after a symbol are mixed up: the start may not be one.
    seen = follows_a_symbol(language)
    levels = levels[(levels != 0) | (seen[first] & seen[second])]
    if (levels == ON_A_CYCLE).any():
        return math.inf
    return int(levels.max(initial=-1)) + 1


def _longest_path_into(language: Language) -> np.ndarray:
    """For each pair p < q of states, edges on the longest path that ends there; `ON_A_CYCLE` if there is no longest.

    Pairs without an edge into them have level 0. Take them away, and those that then have none are level 1, and so on;
    what is never taken away lies on a cycle or behind one.
    """
    size = len(language.states)
    sources = [np.flatnonzero(column != NO_STATE) for column in language.transition.T]
    if (edges := sum(len(having) ** 2 // 2 for having in sources) + size**2 // 2) > MOST_EDGES:
        fit = int(size * math.sqrt(MOST_EDGES / edges))
        raise LanguageError(
            f"the memory order of '{language.name}' needs a graph of {edges:,} pairs of its {size:,} states, more than "
            f"{MOST_EDGES:,}; about {fit:,} states would fit."
        )
    incoming = np.zeros(size * size, dtype=np.int32)
    for symbol, having in enumerate(sources):
        for i, state in enumerate(having[:-1]):
            np.add.at(incoming, _pairs(language, symbol, np.full(len(having) - i - 1, state), having[i + 1 :]), 1)
    level = np.full(size * size, ON_A_CYCLE, dtype=np.int32)
    p, q = np.triu_indices(size, 1)
    free = p * size + q
    free = free[incoming[free] == 0]
    steps = 0
    while free.size:
        level[free] = steps
        targets = np.concatenate(
            [_pairs(language, symbol, free // size, free % size) for symbol in range(len(sources))] or [free[:0]]
        )
        np.subtract.at(incoming, targets, 1)
        targets = np.unique(targets)
        free, steps = targets[incoming[targets] == 0], steps + 1
    return level.reshape(size, size)


def _pairs(language: Language, symbol: int, p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Numbers of the pairs that `symbol` leads to, the smaller state first; equal states are no pair."""
    a, b = language.transition[p, symbol], language.transition[q, symbol]
    kept = (a != NO_STATE) & (b != NO_STATE) & (a != b)
    low, high = np.minimum(a, b)[kept], np.maximum(a, b)[kept]
    return low * len(language.states) + high
