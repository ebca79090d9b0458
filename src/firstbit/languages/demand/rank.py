"""The rank of the next-symbol table: the units a linear read-out needs at least."""

import numpy as np
from jaxtyping import Float

from firstbit.errors import require_at_least
from firstbit.languages.automaton.automaton import Automaton, given
from firstbit.languages.automaton.visits import follows_a_symbol, visits_after_a_symbol


def next_symbol_rank(language: Automaton | str, *, readout_bias: bool = False) -> int:
    """Compute the rank of the next-symbol table.

    With fewer hidden units a linear read-out can't give every distribution: outputs O h
    of k units span at most k dimensions, and O h + b an affine space of at most k. The
    rank is a lower bound: it doesn't follow that this many units are enough. It is
    decided numerically, by singular values.

    Args:
        language: the language.
        readout_bias: whether the read-out has a bias, O h + b. Then it is the affine
            rank: that of the differences between the rows.

    Example:
        >>> from firstbit.languages import embedded_reber, reber
        >>> next_symbol_rank(reber()), next_symbol_rank(reber(), readout_bias=True)
        (5, 4)
        >>> next_symbol_rank(embedded_reber())
        6
    """
    language = given(language)
    table, _ = _weighted_table(language)
    if not table.size:
        return 0
    if readout_bias:
        table = table - table[0]
    return int(np.linalg.matrix_rank(table))


def excess_loss(
    language: Automaton | str, hidden_size: int, *, readout_bias: bool = False
) -> float:
    r"""Compute the least loss over the full floor of a linear read-out of k units.

    In squared error per word:

    $$ \min_{\operatorname{rank} Y \le k} \sum_q a_q \lVert P_q - Y_q \rVert^2
       = \sum_{i > k} \sigma_i^2 \left( \operatorname{diag}(\sqrt{a}) P \right) $$

    with $a_q$ the expected visits to state q and $P_q$ its next-output distribution
    (Eckart and Young); a read-out bias takes away their weighted mean first. No cell of
    k units is better, since a state's rows can't gain from more than one hidden vector.
    A network trained on few words may be below, on these words.

    Args:
        language: the task.
        hidden_size: k, at least 1.
        readout_bias: whether the read-out has a bias.

    Raises:
        SettingError: `hidden_size` is below 1.

    Example:
        >>> from firstbit.languages import reber
        >>> round(excess_loss(reber(), 3), 6), excess_loss(reber(), 5)
        (0.609612, 0.0)
    """
    language = given(language)
    require_at_least("hidden_size", hidden_size, 1)
    if hidden_size >= next_symbol_rank(language, readout_bias=readout_bias):
        return 0.0
    table, weights = _weighted_table(language)
    if readout_bias:
        table = table - weights @ table / weights.sum()
    scaled = np.sqrt(weights)[:, None] * table
    values = np.linalg.svd(scaled, compute_uv=False)
    beyond = values[hidden_size:]
    return float((beyond**2).sum())


def _weighted_table(
    language: Automaton,
) -> tuple[Float[np.ndarray, "state output"], Float[np.ndarray, " state"]]:
    """Return the next-output distributions and the expected visits of some states.

    They are those in which a prediction counts.
    """
    table = language.next_output
    counts = follows_a_symbol(language) & table.any(axis=1)
    visits = visits_after_a_symbol(language)
    return table[counts], visits[counts]
