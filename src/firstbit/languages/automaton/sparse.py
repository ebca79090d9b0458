"""Sparse matrices over the states of an automaton, in compressed rows."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ForwardRef

import numpy as np
import scipy
from jaxtyping import Float, Int, Num

if TYPE_CHECKING:
    Sparse = scipy.sparse.csr_array
else:  # by name, as `scipy.sparse` takes longer to import than all else here
    Sparse = ForwardRef("scipy.sparse.csr_array")


def from_entries(
    values: Num[np.ndarray, " entry"],
    rows: Int[np.ndarray, " entry"],
    columns: Int[np.ndarray, " entry"],
    shape: tuple[int, int],
) -> Sparse:
    """Return the matrix with these entries; entries of one place are added."""
    return scipy.sparse.csr_array((values, (rows, columns)), shape=shape)


def from_dense(values: Float[np.ndarray, "row column"]) -> Sparse:
    """Return the matrix with these rows."""
    return scipy.sparse.csr_array(values)


def one_row(values: Float[np.ndarray, " column"]) -> Sparse:
    """Return a vector as a matrix of one row."""
    return from_dense(values[None])


def diagonal(values: Float[np.ndarray, " row"]) -> Sparse:
    """Return the matrix with these values on its diagonal.

    From the left it scales rows, from the right columns.
    """
    return scipy.sparse.diags_array(values).tocsr()


def stacked(parts: Sequence[Sparse]) -> Sparse:
    """Stack matrices below each other."""
    return scipy.sparse.vstack(parts, format="csr")
