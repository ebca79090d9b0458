"""The Markov chain of the states: how often each is visited, how long words are, how uncertain."""

from functools import lru_cache

import numpy as np
import scipy

from firstbit.languages.language import Language
from firstbit.languages.sparse import Sparse, from_entries
from firstbit.languages.validity import NO_STATE

DENSE_UP_TO = 500
"""Systems of so many states are solved as dense matrices."""

ACCURACY = 1e-13


def moves(language: Language) -> list[Sparse]:
    """For each symbol, the (state, state) probabilities of going on by it."""
    size = len(language.states)
    matrices = []
    for symbol in range(len(language.alphabet)):
        sources = np.flatnonzero(language.transition[:, symbol] != NO_STATE)
        targets = language.transition[sources, symbol]
        matrices.append(from_entries(language.probability[sources, symbol], sources, targets, (size, size)))
    return matrices


def expected_visits(language: Language) -> np.ndarray:
    """Expected number of visits to each state in one word, the start included: v = (I - T')^-1 e_start.

    Example:
        >>> from firstbit.languages.reber import reber
        >>> expected_visits(reber()).round(9).tolist()
        [1.0, 1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0]
    """
    size = len(language.states)
    steps: Sparse = sum(moves(language), scipy.sparse.csr_array((size, size)))
    system: Sparse = scipy.sparse.eye_array(size, format="csc") - steps.T
    start = np.eye(1, size)[0]
    if size <= DENSE_UP_TO:
        return np.linalg.solve(system.toarray(), start)
    return _sparse_solution(system.tocsc(), start)


def follows_a_symbol(language: Language) -> np.ndarray:
    """(state,) truth of whether a state is entered by some symbol: all are but the start, unless an edge leads back to it."""
    entered = np.ones(len(language.states), dtype=bool)
    entered[0] = bool((language.transition == 0).any())
    return entered


@lru_cache(maxsize=64)  # every draw of words asks for it, thousands of times in a training
def mean_length(language: Language) -> float:
    """Expected number of symbols of a word."""
    return float((expected_visits(language) * (1 - language.stop)).sum())


def entropy(language: Language) -> float:
    """Entropy of the words, in bits: the sum over states of visits times the entropy of the next choice.

    Example:
        >>> from firstbit.languages.reber import reber
        >>> round(entropy(reber()), 9)
        6.0
    """
    choices = np.column_stack([language.probability, language.stop])
    return float(expected_visits(language) @ uncertainty(choices))


def uncertainty(rows: np.ndarray) -> np.ndarray:
    """Entropy of each row of probabilities, in bits; 0 for a row of zeros."""
    logs = np.log2(rows, out=np.zeros_like(rows), where=rows > 0)
    return -(rows * logs).sum(axis=-1)


def _sparse_solution(system: Sparse, right: np.ndarray) -> np.ndarray:
    # An exact factorisation of a random automaton fills up; one that drops small entries and GMRES stay near linear.
    # Chains and other nearly acyclic automata are factorised exactly already by the first.
    rough = scipy.sparse.linalg.spilu(system, drop_tol=1e-2, fill_factor=5)
    preconditioner = scipy.sparse.linalg.LinearOperator(system.shape, rough.solve)  # pyright: ignore[reportCallIssue]
    solution, failed = scipy.sparse.linalg.gmres(system, right, M=preconditioner, rtol=ACCURACY, restart=100, maxiter=10)
    if failed or np.abs(system @ solution - right).max() > 10 * ACCURACY:
        return scipy.sparse.linalg.splu(system).solve(right)
    return solution
