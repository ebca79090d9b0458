"""What the leaves of a state are for, and which of them a measure takes."""

from typing import NamedTuple

from firstbit.errors import SettingError, shown

HIDDEN, CELL, CLOCK = "h", "cell", "clock"
"""Roles of the leaves of a state: h; another number of each unit; not of units."""

COPY, OUTPUT = "copy", "output"
"""The last input again, and the output of the last step: neither is memory."""

KINDS = (HIDDEN, CELL, CLOCK, COPY, OUTPUT)

ALL = "all"
"""Measure every leaf that is of units."""

STATE = "state"
"""Before the path of a leaf of the state, in a mapping of roles."""

ONLY, FIRST = "the only one", "the first, by default"


_LEFT_OUT = {
    CLOCK: "is a clock, or holds whole numbers",
    COPY: "is a copy of the last input",
}
"""Kind -> why a measure leaves it out."""


class StateRoles(NamedTuple):
    """What the leaves of a state are for.

    Attributes:
        names: path of each leaf.
        kinds: one of `KINDS`, of each.
        hidden: place of h.
        source: how h was found.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    hidden: int
    source: str

    @property
    def units(self) -> tuple[int, ...]:
        """Places of the leaves that are numbers of units."""
        kinds = enumerate(self.kinds)
        return tuple(place for place, kind in kinds if kind in (HIDDEN, CELL))

    @property
    def notes(self) -> list[str]:
        """What is left out of a measure, as a result says it."""
        found = []
        for name, kind in zip(self.names, self.kinds, strict=True):
            if kind in _LEFT_OUT:
                text = _LEFT_OUT[kind]
                found.append(f"state{name} {text}: left out of 'hidden' and 'all'")
        return found

    def places(self, measured: str) -> tuple[int, ...]:
        """Return the places of the leaves that are measured.

        Args:
            measured: `hidden`, `all`, `output`, or the path of a leaf.

        Raises:
            SettingError: there is no such leaf, or it is a clock.
        """
        if measured == ALL:
            return self.units
        if measured == "hidden":
            return (self.hidden,)
        numbers = [i for i, kind in enumerate(self.kinds) if kind != CLOCK]
        for place in numbers:
            is_output = measured == OUTPUT and self.kinds[place] == OUTPUT
            if is_output or plain_path(self.names[place]) == plain_path(str(measured)):
                return (place,)
        known = ["'hidden'", "'all'"]
        for place in numbers:
            if self.names[place]:
                known.append(f"'{plain_path(self.names[place])}'")
        raise SettingError(
            f"expected `measured` to be {', '.join(known[:-1])} or {known[-1]}, got "
            f"'{shown(measured)}'."
        )


def plain_path(path: str) -> str:
    """Return the path of a leaf without marks: `c` for `['c']` and `.c`, `1` for `[1]`.

    Example:
        >>> plain_path("['c']"), plain_path("[1]"), plain_path(".h")
        ('c', '1', 'h')
    """
    for mark in "[]'\"":
        path = path.replace(mark, ".")
    return ".".join(part for part in path.split(".") if part)
