"""The class of a cell's step as a function of the state, as the cell declares it.

A theorem, and a measure of linear cells, ask for this class, never for a name. A
declaration is checked before a verdict is built on it: see
`firstbit.studies.verdicts.transitions`.
"""

from firstbit.errors import CellError

NON_NEGATIVE = "gated, real, non-negative"
r"""$h_t = A(x_t) h_{t-1} + b(x_t)$; every eigenvalue of every A(x) is real and at least
0."""

CLASSES = (NON_NEGATIVE,)
"""Classes that a cell may declare. The step of each is linear in the state."""


def transition_of(cell: object, name: str) -> str:
    """Return the class that a cell declares; "" if it declares none.

    Args:
        cell: a built cell, or what makes one.
        name: of the cell, for an error.

    Raises:
        CellError: the class is unknown.

    Example:
        >>> from firstbit.cells import GRU, MinGRU
        >>> transition_of(MinGRU, "mingru"), transition_of(GRU, "gru")
        ('gated, real, non-negative', '')
    """
    declared = getattr(cell, "transition", "")
    if not isinstance(declared, str):
        return ""
    if declared and declared not in CLASSES:
        raise CellError(
            f"expected the transition of {name} to be '{NON_NEGATIVE}', got "
            f"'{declared}'; no theorem asks for another class, leave it out."
        )
    return declared
