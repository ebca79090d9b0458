"""The entropy of the state: how much must be remembered."""

from firstbit.languages.automaton.algebra import minimal
from firstbit.languages.automaton.automaton import Automaton, given
from firstbit.languages.automaton.visits import uncertainty, visits_after_a_symbol


def state_entropy(language: Automaton | str) -> float:
    r"""Compute the entropy of the state at a random prediction, in bits.

    A predictor that loses nothing must hold this much:

    $$ H = -\sum_q w_q \log_2 w_q, \qquad w_q \propto a_q $$

    over the states of the minimal automaton in which something is left to predict, with
    $a_q$ the expected visits after a symbol. Don't read it as a number of units: a net
    may hold a state in any way.

    Example:
        >>> from firstbit.languages.catalogue import embedded_reber, parity, reber
        >>> tasks = (parity(), reber(), embedded_reber())
        >>> [round(state_entropy(task), 3) for task in tasks]
        [1.0, 2.522, 4.096]

    References:
        Crutchfield and Young 1989, Inferring statistical complexity: there for endless
        words.
    """
    language = given(language)
    least = minimal(language)
    visits = visits_after_a_symbol(least)
    predicts = least.next_output.sum(axis=1) > 0
    visits = visits * predicts
    if visits.sum() <= 0:
        return 0.0
    return float(uncertainty(visits / visits.sum()))
