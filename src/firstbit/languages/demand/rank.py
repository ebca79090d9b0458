"""How many hidden units a linear read-out needs, and what fewer cost: the rank of the next-symbol table."""

import numpy as np

from firstbit.errors import require_at_least
from firstbit.languages.automaton.visits import follows_a_symbol
from firstbit.languages.demand.floors import visits_after_a_symbol
from firstbit.languages.language import Language


def next_symbol_rank(language: Language, *, affine: bool = False) -> int:
    """Rank of the next-symbol table: fewer hidden units can't give every distribution through a linear read-out.

    Outputs O h of k units span at most k dimensions, and O h + b an affine space of at
    most k. The rank is a bound from below: that so many units do can't be concluded. It
    is decided numerically, by singular values.

    Args:
        language: the language.
        affine: count for a read-out with a bias, O h + b: the rank of the differences
            between the rows.

    Example:
        >>> from firstbit.languages import embedded_reber, reber
        >>> [next_symbol_rank(task, affine=bias) for task in (reber(), embedded_reber()) for bias in (False, True)]
        [5, 4, 6, 5]
    """
    table, _ = _weighted_table(language)
    if affine and len(table):
        table = table - table[0]
    return int(np.linalg.matrix_rank(table)) if table.size else 0


def excess_loss(language: Language, hidden_size: int, *, affine: bool = False) -> float:
    r"""Squared error per word that the best linear read-out of k units loses over the full floor, at least.

    $$ \min_{\operatorname{rank} Y \le k} \sum_q a_q \lVert P_q - Y_q \rVert^2 = \sum_{i > k} \sigma_i^2 \left(
       \operatorname{diag}(\sqrt{a}) P \right) $$

    with $a_q$ the expected visits to state q and $P_q$ its next-output distribution
    (Eckart and Young); an output bias takes away their weighted mean first. No cell of
    k units is better, since a state's rows can't gain from more than one hidden vector.
    A network trained on few words may be below, on these words.

    Args:
        language: the task.
        hidden_size: k, at least 1.
        affine: whether the read-out has a bias.

    Raises:
        SettingError: `hidden_size` is below 1.

    Example:
        >>> from firstbit.languages import reber
        >>> round(excess_loss(reber(), 3, affine=False), 6), excess_loss(reber(), 5, affine=False)
        (0.609612, 0.0)
    """
    require_at_least("hidden_size", hidden_size, 1)
    if hidden_size >= next_symbol_rank(language, affine=affine):
        return 0.0
    table, weights = _weighted_table(language)
    centred = table - weights @ table / weights.sum() if affine else table
    beyond = np.linalg.svd(np.sqrt(weights)[:, None] * centred, compute_uv=False)[
        hidden_size:
    ]
    return float((beyond**2).sum())


def _weighted_table(language: Language) -> tuple[np.ndarray, np.ndarray]:
    """(state, output) next-output distributions of the states in which a prediction counts, and the expected visits to them."""
    counts = follows_a_symbol(language) & language.next_output.any(axis=1)
    return language.next_output[counts], visits_after_a_symbol(language)[counts]
