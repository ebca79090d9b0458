"""Whose cell is it? By the names of its base classes: nothing is imported to ask."""

TORCH = "torch"

_BASES = {
    ("torch.nn.modules.module", "Module"): TORCH,
}
"""Module and name of a base class -> the framework whose cells derive from it."""


def framework_of(cell: object) -> str:
    """Return the framework of a class or of an object; "" where it is none of ours.

    Example:
        >>> framework_of(dict), framework_of(3)
        ('', '')
    """
    kind = cell if isinstance(cell, type) else type(cell)
    for base in kind.__mro__:
        found = _BASES.get((base.__module__, base.__name__))
        if found is not None:
            return found
    return ""
