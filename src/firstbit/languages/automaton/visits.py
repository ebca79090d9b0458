"""The Markov chain of the states: visits of each state, length and entropy of words."""

import numpy as np
import scipy
from jaxtyping import Bool, Float

from firstbit.errors import LanguageError, shown
from firstbit.languages.automaton.automaton import Automaton, given
from firstbit.languages.automaton.sparse import Sparse, diagonal, from_entries
from firstbit.languages.automaton.validity import NO_STATE

Visits = Float[np.ndarray, " state"]

DENSE_UP_TO = 500
"""Systems of at most this many states are solved as dense matrices."""

ACCURACY = 1e-13

LONGEST = 1e12
"""Largest sum of expected visits: above it, rounding hides the chance of ending."""


def moves(automaton: Automaton) -> list[Sparse]:
    """Return, for each symbol, the (state, state) probabilities of going on by it."""
    size = len(automaton.states)
    matrices = []
    for symbol in range(len(automaton.alphabet)):
        sources = np.flatnonzero(automaton.transition[:, symbol] != NO_STATE)
        targets = automaton.transition[sources, symbol]
        shares = automaton.probability[sources, symbol]
        matrices.append(from_entries(shares, sources, targets, (size, size)))
    return matrices


def expected_visits(automaton: Automaton | str) -> Visits:
    r"""Compute the expected number of visits to each state in one word.

    $$ v = (I - T^\top)^{-1} e_\text{start} $$

    with T the (state, state) probabilities of going on. The start counts as visited
    once before the first symbol.

    Args:
        automaton: an automaton or a language.

    Returns:
        (state,) expected visits.

    Raises:
        LanguageError: words are so long on average that the result would be rounding.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> expected_visits(reber()).round(9).tolist()
        [1.0, 1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0]
    """
    automaton = given(automaton)
    size = len(automaton.states)
    steps = scipy.sparse.csr_array((size, size))
    for move in moves(automaton):
        steps = steps + move
    if size <= DENSE_UP_TO:
        visits = _by_reduction(steps.toarray(), automaton.stop)
    else:
        visits = _sparse_solution(steps, automaton.stop)
    total = visits.sum()
    if not total < LONGEST:
        raise LanguageError(
            f"the words of '{shown(automaton.name)}' have about {total:.2g} symbols "
            f"on average; expected below {LONGEST:g}: "
            "give the ends more probability."
        )
    return visits


def visits_after_a_symbol(automaton: Automaton) -> Visits:
    """Compute the expected visits to each state with at least one symbol read.

    They leave out the beginning of a word, whose first symbol is given and not
    predicted. Nothing is subtracted: a start that no edge enters has exactly 0.

    Example:
        >>> from firstbit.languages.catalogue import parity, reber
        >>> visits_after_a_symbol(reber())[0], round(visits_after_a_symbol(parity())[0])
        (np.float64(0.0), 2)
    """
    visits = expected_visits(automaton)
    sources, columns = np.nonzero(automaton.transition == 0)
    into_start = visits[sources] * automaton.probability[sources, columns]
    visits[0] = into_start.sum()
    return visits


def follows_a_symbol(automaton: Automaton) -> Bool[np.ndarray, " state"]:
    """Return whether each state is entered by some symbol.

    Only the start may not be: it is entered just if an edge leads back to it.
    """
    entered = np.ones(len(automaton.states), dtype=bool)
    entered[0] = bool((automaton.transition == 0).any())
    return entered


def mean_length(automaton: Automaton | str) -> float:
    """Compute the expected number of symbols of a word.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> round(mean_length(reber()), 9)
        8.0
    """
    automaton = given(automaton)
    return float((expected_visits(automaton) * (1 - automaton.stop)).sum())


def entropy(automaton: Automaton | str) -> float:
    """Compute the entropy of the words, in bits.

    It is the sum over states of visits times the entropy of the next choice.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> round(entropy(reber()), 9)
        6.0
    """
    automaton = given(automaton)
    choices = np.column_stack([automaton.probability, automaton.stop])
    return float(expected_visits(automaton) @ uncertainty(choices))


def uncertainty(
    rows: Float[np.ndarray, "*row choice"],
) -> Float[np.ndarray, "*row"] | np.float64:
    """Compute the entropy of each row of probabilities, in bits; 0 for zeros alone."""
    logs = np.log2(rows, out=np.zeros_like(rows), where=rows > 0)
    return -(rows * logs).sum(axis=-1)


def _by_reduction(steps: Float[np.ndarray, "state state"], stop: Visits) -> Visits:
    """Remove the states one by one, then compute each one's visits from the others'.

    Nothing is subtracted, so rare ends keep their digits.

    References:
        Grassmann, Taksar, Heyman 1985, Regenerative analysis and steady state
        distributions for Markov chains.
    """
    steps = steps.copy()
    stop = stop.copy()
    leaving = np.empty(len(stop))
    for k in range(len(stop) - 1, -1, -1):
        leaving[k] = steps[k, :k].sum() + stop[k]
        into = steps[:k, k] / leaving[k]
        steps[:k, :k] += np.outer(into, steps[k, :k])
        stop[:k] += into * stop[k]
    visits = np.empty(len(stop))
    for k in range(len(stop)):
        arriving = visits[:k] @ steps[:k, k]
        visits[k] = ((k == 0) + arriving) / leaving[k]
    return visits


def _sparse_solution(steps: Sparse, stop: Visits) -> Visits:
    """Solve the system of a large automaton by GMRES, or exactly if that fails."""
    # The diagonal without a subtraction: what leaves a state, not 1 less what stays.
    others = steps - diagonal(steps.diagonal())
    leaving = others.sum(axis=1) + stop
    system = (diagonal(leaving) - others.T).tocsc()
    right = np.eye(1, len(stop))[0]
    # An exact factorisation of a random automaton fills up; one that drops small
    # entries and GMRES stay near linear. Chains and other nearly acyclic automata are
    # factorised exactly already by the first.
    rough = scipy.sparse.linalg.spilu(system, drop_tol=1e-2, fill_factor=5)
    operator = scipy.sparse.linalg.LinearOperator
    preconditioner = operator(system.shape, rough.solve)  # pyright: ignore[reportCallIssue]
    solution, failed = scipy.sparse.linalg.gmres(
        system, right, M=preconditioner, rtol=ACCURACY, restart=100, maxiter=10
    )
    if failed or np.abs(system @ solution - right).max() > 10 * ACCURACY:
        solution = scipy.sparse.linalg.splu(system).solve(right)
    # Both solve up to a rounding of the whole: visits far rarer may fall below 0.
    return np.maximum(solution, 0.0)
