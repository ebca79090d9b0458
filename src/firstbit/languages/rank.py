"""How many hidden units a linear read-out needs: the rank of the next-symbol table."""

import numpy as np

from firstbit.languages.language import Language
from firstbit.languages.visits import follows_a_symbol


def next_symbol_table(language: Language) -> np.ndarray:
    """(state, output) next-output distributions of the states in which a prediction counts."""
    counts = follows_a_symbol(language) & (language.next_output.sum(axis=1) > 0)
    return language.next_output[counts]


def next_symbol_rank(language: Language, *, affine: bool = False) -> int:
    """Rank of the next-symbol table: fewer hidden units can't give every distribution through a linear read-out.

    Outputs O h of k units span at most k dimensions, and O h + b an affine space of at most k. The rank is a bound
    from below: that so many units do can't be concluded. It is decided numerically, by singular values.

    Args:
        language: the language.
        affine: count for a read-out with a bias, O h + b: the rank of the differences between the rows.

    Example:
        >>> from firstbit.languages.catalogue import embedded_reber, reber
        >>> [next_symbol_rank(task, affine=bias) for task in (reber(), embedded_reber()) for bias in (False, True)]
        [5, 4, 6, 5]
    """
    table = next_symbol_table(language)
    if affine and len(table):
        table = table - table[0]
    return int(np.linalg.matrix_rank(table)) if table.size else 0
