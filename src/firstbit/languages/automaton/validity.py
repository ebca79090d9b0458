"""What makes an automaton a proper language: the rules, one small check each."""

from collections.abc import Sequence

import numpy as np
import scipy

from firstbit.errors import LanguageError

END = "$"
"""The end marker: an output of its own where a final state can go on."""

NO_STATE = -1
"""In a transition table: there is no such edge."""

TOLERANCE = 1e-12
"""How far from 1 the probabilities of a state may sum."""


def check_automaton(
    alphabet: Sequence[str],
    states: Sequence[str],
    transition: np.ndarray,
    probability: np.ndarray,
    stop: np.ndarray,
) -> None:
    """Raise `LanguageError` unless the tables are those of a trim automaton with proper probabilities."""
    check_alphabet(alphabet)
    _check_probabilities(states, transition, probability, stop)
    _check_trim(states, transition, stop)


def check_alphabet(alphabet: Sequence[str]) -> None:
    """Raise `LanguageError` unless every symbol is one visible character, and comes once.

    Example:
        >>> check_alphabet(["a", "bc"])
        Traceback (most recent call last):
        ...
        firstbit.errors.LanguageError: expected symbols of one character, visible and not '$', got 'bc'.
    """
    for symbol in alphabet:
        if (
            not isinstance(symbol, str)
            or len(symbol) != 1
            or not symbol.isprintable()
            or symbol.isspace()
            or symbol == END
        ):
            raise LanguageError(
                f"expected symbols of one character, visible and not '{END}', got "
                f"{symbol!r}."
            )
    if len(set(alphabet)) < len(alphabet):
        raise LanguageError(
            f"expected each symbol once, got the alphabet {' '.join(alphabet)}."
        )


def _check_probabilities(
    states: Sequence[str],
    transition: np.ndarray,
    probability: np.ndarray,
    stop: np.ndarray,
) -> None:
    # Written so that NaN is wrong too.
    wrong = ~((probability >= 0) & (probability <= 1 + TOLERANCE)) | (
        (probability > 0) != (transition != NO_STATE)
    )
    odd = np.flatnonzero(wrong.any(axis=1) | ~((stop >= 0) & (stop <= 1 + TOLERANCE)))
    if odd.size:
        raise LanguageError(
            f"state '{states[odd[0]]}': expected probabilities above 0 and at most "
            "1; leave impossible edges out."
        )
    total = probability.sum(axis=1) + stop
    off = np.flatnonzero(np.abs(total - 1) > TOLERANCE)
    if off.size:
        raise LanguageError(
            f"the probabilities of state '{states[off[0]]}' sum to "
            f"{total[off[0]]:.15g}, expected 1; "
            "a state needs an edge or must be final."
        )


def _check_trim(
    states: Sequence[str], transition: np.ndarray, stop: np.ndarray
) -> None:
    size = len(states)
    sources, columns = np.nonzero(transition != NO_STATE)
    targets, finals = transition[sources, columns], np.flatnonzero(stop > 0)
    lost = _unreached(sources, targets, size, start=0)
    if lost.size:
        raise LanguageError(
            f"state '{states[lost[0]]}' is never reached from the start "
            f"'{states[0]}'; remove it."
        )
    # Backwards from one more node, the end of all words.
    dead = _unreached(
        np.append(targets, np.full(finals.size, size)),
        np.append(sources, finals),
        size + 1,
        start=size,
    )
    if dead.size:
        raise LanguageError(
            f"no word can end once it is in state '{states[dead[0]]}'; remove it "
            "or make an end reachable."
        )


def _unreached(
    sources: np.ndarray, targets: np.ndarray, size: int, *, start: int
) -> np.ndarray:
    graph = scipy.sparse.csr_array(
        (np.ones(sources.size), (sources, targets)), shape=(size, size)
    )
    return np.setdiff1d(
        np.arange(size),
        scipy.sparse.csgraph.breadth_first_order(
            graph, start, return_predecessors=False
        ),
    )
