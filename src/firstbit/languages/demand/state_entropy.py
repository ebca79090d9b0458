"""How much must be remembered: the entropy of the state."""

from firstbit.languages.automaton.algebra import minimal
from firstbit.languages.automaton.visits import expected_visits, uncertainty
from firstbit.languages.language import Language


def state_entropy(language: Language) -> float:
    r"""Entropy of the state at a prediction drawn at random, in bits: what a predictor that loses nothing holds in mind.

    $$ H = -\sum_q w_q \log_2 w_q, \qquad w_q \propto a_q $$

    over the states of the minimal automaton in which something is left to predict, with
    $a_q$ the expected visits after a symbol. Don't read it as a number of units: how a
    net holds a state is its own affair.

    Example:
        >>> from firstbit.languages.catalogue import parity
        >>> from firstbit.languages.catalogue import embedded_reber, reber
        >>> [round(state_entropy(task), 3) for task in (parity(), reber(), embedded_reber())]
        [1.0, 2.522, 4.096]

    References:
        Crutchfield and Young 1989, Inferring statistical complexity: there for endless
        words.
    """
    least = minimal(language)
    visits = expected_visits(least)
    visits[0] -= 1  # the first symbol is given, not predicted
    visits = visits * (least.next_output.sum(axis=1) > 0)
    return float(uncertainty(visits / visits.sum())) if visits.sum() > 0 else 0.0
