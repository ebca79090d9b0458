"""The few sparse matrices that linear algebra on an automaton needs: (row, state) arrays in compressed rows."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy

Sparse = Any
"""A `scipy.sparse.csr_array`; its type stubs don't know its arithmetic."""


def from_entries(
    values: np.ndarray, rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]
) -> Sparse:
    """The matrix with these entries."""
    return scipy.sparse.csr_array((values, (rows, columns)), shape=shape)


def from_dense(values: np.ndarray) -> Sparse:
    """The matrix with these rows."""
    return scipy.sparse.csr_array(values)


def one_row(values: np.ndarray) -> Sparse:
    """A vector as a matrix of one row."""
    return from_dense(values[None])


def diagonal(values: np.ndarray) -> Sparse:
    """A matrix with these values on its diagonal: from the left it scales rows, from the right columns."""
    return scipy.sparse.diags_array(values).tocsr()


def stacked(parts: Sequence[Sparse]) -> Sparse:
    """Matrices below each other."""
    return scipy.sparse.vstack(parts, format="csr")
