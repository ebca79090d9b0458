"""How long work reports where it is."""

from collections.abc import Callable

Progress = Callable[[int, int], object]
"""Called with (done, all)."""

NamedProgress = Callable[[str, int, int], object]
"""Called with (what, done, all)."""


def silent(*_: object) -> None:
    """Report nothing."""
