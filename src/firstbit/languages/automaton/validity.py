"""The rules of a proper automaton, one small check each."""

from collections.abc import Iterable, Sequence, Set

import numpy as np
import scipy
from jaxtyping import Float, Int

from firstbit.arrays import Table, Transition
from firstbit.errors import LanguageError, shown, shown_value

END = "$"
"""The end marker: an output of its own where a final state can go on."""

NO_STATE = -1
"""Entry of a transition table where there is no edge."""

TOLERANCE = 1e-12
"""Largest distance from 1 of the sum of a state's probabilities."""

SIX_DIGITS = 5.1e-7
"""What a probability printed with six digits may be off by."""

MOST_LETTERS_SHOWN = 40


def ordered(alphabet: Iterable[str]) -> tuple[str, ...]:
    """Return the symbols in one-hot order: as given, sorted if they are a set.

    A set has no order of its own: that of its elements changes from run to run.

    Example:
        >>> ordered("ba"), ordered({"b", "a"})
        (('b', 'a'), ('a', 'b'))
    """
    if not isinstance(alphabet, Iterable):
        raise LanguageError(
            f"expected an alphabet like 'ab', got {shown_value(alphabet)}."
        )
    if isinstance(alphabet, Set):
        return tuple(sorted(alphabet, key=str))
    return tuple(alphabet)


def shown_letters(symbols: Iterable[str]) -> str:
    """Return letters as an error shows them: not more than forty.

    Example:
        >>> shown_letters("abc")
        'a b c'
    """
    letters = list(symbols)
    line = " ".join(letters[:MOST_LETTERS_SHOWN])
    if len(letters) <= MOST_LETTERS_SHOWN:
        return line
    return f"{line} ... ({len(letters)} letters)"


def normalised(
    probability: Table, stop: Float[np.ndarray, " state"]
) -> tuple[Table, Float[np.ndarray, " state"]]:
    """Divide the probabilities of a state by their sum if it is 1 but for rounding.

    Printed with six digits or more, they are off by half a unit of the sixth digit
    each, or by 1e-6 in all. Larger differences are left as they are, to be refused.

    Example:
        >>> normalised(np.array([[0.333333, 0.333333]]), np.array([0.333333]))[1]
        array([0.33333333])
    """
    total = probability.sum(axis=1) + stop
    choices = (probability > 0).sum(axis=1) + (stop > 0)
    allowed = np.maximum(2, choices) * SIX_DIGITS
    off = np.abs(total - 1)
    is_rounded = (off > TOLERANCE) & (off <= allowed)
    if not is_rounded.any():
        return probability, stop
    scale = np.where(is_rounded, total, 1.0)
    return probability / scale[:, None], stop / scale


def check_automaton(
    alphabet: Sequence[str],
    states: Sequence[str],
    transition: Transition,
    probability: Table,
    stop: Float[np.ndarray, " state"],
) -> None:
    """Raise `LanguageError` unless the automaton is trim, with proper probabilities."""
    check_alphabet(alphabet)
    _check_shapes(alphabet, states, transition, probability, stop)
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
                f"'{shown(symbol)}'."
            )
    if len(set(alphabet)) < len(alphabet):
        raise LanguageError(
            f"expected each symbol once, got the alphabet {shown_letters(alphabet)}."
        )


def _is_symbol(symbol: object) -> bool:
    if not isinstance(symbol, str) or len(symbol) != 1:
        return False
    return symbol.isprintable() and not symbol.isspace() and symbol != END


def _check_shapes(
    alphabet: Sequence[str],
    states: Sequence[str],
    transition: Transition,
    probability: Table,
    stop: Float[np.ndarray, " state"],
) -> None:
    wanted = (len(states), len(alphabet))
    found = (transition.shape, probability.shape, stop.shape)
    if not states or found != (wanted, wanted, wanted[:1]):
        raise LanguageError(
            f"expected tables of {wanted[0]} states and {wanted[1]} symbols, got "
            f"transition {found[0]}, probability {found[1]}, stop {found[2]}."
        )
    if not np.issubdtype(transition.dtype, np.integer):
        raise LanguageError(
            f"expected whole numbers in the transitions, got {transition.dtype}."
        )
    is_wrong = (transition < NO_STATE) | (transition >= len(states))
    if is_wrong.any():
        raise LanguageError(
            f"expected transitions to states 0 to {len(states) - 1}, or {NO_STATE}; "
            f"got {transition[is_wrong][0]}."
        )


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
            f"state '{shown(states[wrong[0]])}': expected probabilities above 0 and at "
            "most "
            "1; leave impossible edges out."
        )


def _check_sums(
    states: Sequence[str], probability: Table, stop: Float[np.ndarray, " state"]
) -> None:
    total = probability.sum(axis=1) + stop
    wrong = np.flatnonzero(np.abs(total - 1) > TOLERANCE)
    if wrong.size:
        raise LanguageError(
            f"the probabilities of state '{shown(states[wrong[0]])}' sum to "
            f"{total[wrong[0]]:.15g}, expected 1 to six digits; "
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
            f"state '{shown(states[lost[0]])}' is never reached from the start "
            f"'{shown(states[0])}'; remove it, or leave out all such states by "
            "trim=True."
        )
    # Backwards from one more node, the end of all words.
    end = size
    finals = np.flatnonzero(stop > 0)
    back_from = np.append(targets, np.full(finals.size, end))
    back_to = np.append(sources, finals)
    dead = _unreached(back_from, back_to, size + 1, start=end)
    if dead.size:
        raise LanguageError(
            f"no word can end once it is in state '{shown(states[dead[0]])}'; remove "
            "it or make an end reachable."
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
