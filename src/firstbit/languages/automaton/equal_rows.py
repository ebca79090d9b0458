"""Which rows of probabilities are equal, up to rounding."""

import numpy as np
from jaxtyping import Float, Int

ROUNDING = 1e-12
"""Neighbours among all numbers of a table that differ by no more are one number."""


def row_numbers(table: Float[np.ndarray, "row entry"]) -> Int[np.ndarray, " row"]:
    """Number the rows of a table, in ascending order; equal ones have one number.

    Numbers are compared with their neighbours, and not cut to decimals: two that differ
    by rounding alone may lie on both sides of any cut.

    Example:
        >>> row_numbers(np.array([[0.5, 0.5], [0.1 + 0.2, 0.7], [0.3, 0.7]])).tolist()
        [1, 0, 0]
    """
    values = np.unique(table)
    is_new = np.diff(values, prepend=values[:1]) > ROUNDING
    number_of = np.cumsum(is_new)
    entries = number_of[np.searchsorted(values, table)]
    _, numbers = np.unique(entries, axis=0, return_inverse=True)
    return numbers.ravel()
