"""The rules of a proper automaton, one small check each."""

from collections.abc import Sequence

import numpy as np
import scipy
from jaxtyping import Float, Int

from firstbit.arrays import Table, Transition
from firstbit.errors import LanguageError

END = "$"
"""The end marker: an output of its own where a final state can go on."""

NO_STATE = -1
"""Entry of a transition table where there is no edge."""

TOLERANCE = 1e-12
"""Largest distance from 1 of the sum of a state's probabilities."""


def check_automaton(
    alphabet: Sequence[str],
    states: Sequence[str],
    transition: Transition,
    probability: Table,
    stop: Float[np.ndarray, " state"],
) -> None:
    """Raise `LanguageError` unless the automaton is trim, with proper probabilities."""
    check_alphabet(alphabet)
    _check_range(states, transition, probability, stop)
    _check_sums(states, probability, stop)
    _check_trim(states, transition, stop)


def check_alphabet(alphabet: Sequence[str]) -> None:
    """Raise `LanguageError` unless the symbols are visible characters, each once.

    Example:
        >>> check_alphabet(["a", "bc"])  # doctest: +NORMALIZE_WHITESPACE
        Traceback (most recent call last):
        ...
        firstbit.errors.LanguageError: expected symbols of one character, visible and
        not '$', got 'bc'.
    """
    for symbol in alphabet:
        if not _is_symbol(symbol):
            raise LanguageError(
                f"expected symbols of one character, visible and not '{END}', got "
                f"{symbol!r}."
            )
    if len(set(alphabet)) < len(alphabet):
        raise LanguageError(
            f"expected each symbol once, got the alphabet {' '.join(alphabet)}."
        )


def _is_symbol(symbol: object) -> bool:
    if not isinstance(symbol, str) or len(symbol) != 1:
        return False
    return symbol.isprintable() and not symbol.isspace() and symbol != END


def _check_range(
    states: Sequence[str],
    transition: Transition,
    probability: Table,
    stop: Float[np.ndarray, " state"],
) -> None:
    # Written so that NaN is wrong too.
    wrong_edge = ~((probability >= 0) & (probability <= 1 + TOLERANCE))
    wrong_edge |= (probability > 0) != (transition != NO_STATE)
    wrong_stop = ~((stop >= 0) & (stop <= 1 + TOLERANCE))
    wrong = np.flatnonzero(wrong_edge.any(axis=1) | wrong_stop)
    if wrong.size:
        raise LanguageError(
            f"state '{states[wrong[0]]}': expected probabilities above 0 and at most "
            "1; leave impossible edges out."
        )


def _check_sums(
    states: Sequence[str], probability: Table, stop: Float[np.ndarray, " state"]
) -> None:
    total = probability.sum(axis=1) + stop
    wrong = np.flatnonzero(np.abs(total - 1) > TOLERANCE)
    if wrong.size:
        raise LanguageError(
            f"the probabilities of state '{states[wrong[0]]}' sum to "
            f"{total[wrong[0]]:.15g}, expected 1; "
            "a state needs an edge or must be final."
        )


def _check_trim(
    states: Sequence[str], transition: Transition, stop: Float[np.ndarray, " state"]
) -> None:
    size = len(states)
    sources, columns = np.nonzero(transition != NO_STATE)
    targets = transition[sources, columns]
    lost = _unreached(sources, targets, size, start=0)
    if lost.size:
        raise LanguageError(
            f"state '{states[lost[0]]}' is never reached from the start "
            f"'{states[0]}'; remove it."
        )
    # Backwards from one more node, the end of all words.
    end = size
    finals = np.flatnonzero(stop > 0)
    back_from = np.append(targets, np.full(finals.size, end))
    back_to = np.append(sources, finals)
    dead = _unreached(back_from, back_to, size + 1, start=end)
    if dead.size:
        raise LanguageError(
            f"no word can end once it is in state '{states[dead[0]]}'; remove it "
            "or make an end reachable."
        )


def _unreached(
    sources: Int[np.ndarray, " edge"],
    targets: Int[np.ndarray, " edge"],
    size: int,
    *,
    start: int,
) -> Int[np.ndarray, " unreached"]:
    """Return the nodes of a directed graph that no path from `start` reaches."""
    graph = scipy.sparse.csr_array(
        (np.ones(sources.size), (sources, targets)), shape=(size, size)
    )
    reached = scipy.sparse.csgraph.breadth_first_order(
        graph, start, return_predecessors=False
    )
    return np.setdiff1d(np.arange(size), reached)
