"""The law of a cell's weights in a random draw."""

from firstbit.cells.learnable import Learnable
from firstbit.cells.readout import laws_of
from firstbit.weights.redraw import Initializer, described


def law_of(given: Learnable) -> Initializer:
    """Return the law of the cell's weights.

    Where none was given, it is N(0,1) for a cell of the catalogue, and that of its own
    constructor for any other.

    Example:
        >>> from firstbit.cells import Given
        >>> law_of(Given.of("gru:5"))
        'normal'
    """
    of_cell, _ = laws_of(given.initializer)
    return of_cell or given.own_law


def law_text(given: Learnable) -> str:
    """Return the law of the cell's weights as text.

    Example:
        >>> from firstbit.cells import Given
        >>> law_text(Given.of("gru:5,initializer=identity"))
        'identity'
    """
    return str(described(law_of(given)))
