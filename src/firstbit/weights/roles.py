"""What each array of a cell is for: the laws of random weights ask it.

A role is declared by the cell's class or by the user, or read from the program of the
cell's step (`firstbit.cells.roles`), or, where neither can be, taken from the name.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from firstbit.errors import SettingError

INPUT, RECURRENT, JOINT, WEIGHT = "input", "recurrent", "joint", "weight"
BIAS, FIXED = "bias", "fixed"

WEIGHTS = (INPUT, RECURRENT, JOINT, WEIGHT)
"""Those that a law draws: it multiplies the input; the state; both side by side; or the
cell does not say what."""

ROLES = (*WEIGHTS, BIAS, FIXED)
"""All roles: a bias is zero in a random draw, a fixed array stays as it is built."""

ORIENTATIONS: Mapping[str, tuple[int, ...]] = {"(out, in)": (-1,), "(in, out)": (0,)}
"""Which axes are summed over."""

DECLARED, READ, NAMED = "declared", "read", "by its name"


class Role(NamedTuple):
    """What an array of a cell is for.

    Attributes:
        kind: one of `ROLES`.
        summed: the axes that are summed over, whose size is the fan-in; negative ones
            count from the end.
        source: `declared`; `read` from the program of the step; or `by its name`.
    """

    kind: str
    summed: tuple[int, ...] = (-1,)
    source: str = DECLARED

    @property
    def is_weight(self) -> bool:
        """Whether a law draws it."""
        return self.kind in WEIGHTS

    def axes(self, rank: int) -> tuple[int, ...]:
        """Return the axes that are summed over, in an array of so many axes.

        Example:
            >>> Role("input").axes(2), Role("input", (0,)).axes(2), Role("bias").axes(1)
            ((1,), (0,), ())
        """
        if rank < 2:
            return ()
        return tuple(sorted(axis % rank for axis in self.summed))

    def described(self, rank: int) -> str:
        """Return the role as text, with the orientation of a matrix.

        Example:
            >>> Role("recurrent", (0,)).described(2)
            'recurrent (in, out)'
        """
        if not self.is_weight or rank < 2:
            return self.kind
        axes = self.axes(rank)
        for text, summed in ORIENTATIONS.items():
            if rank == 2 and axes == Role(self.kind, summed).axes(rank):
                return f"{self.kind} {text}"
        places = ", ".join(map(str, axes))
        return f"{self.kind}, sums over axis {places}"


Roles = Mapping[str, Role]
"""Name of an array -> its role."""

Declared = Mapping[str, str]
"""Name of an array -> its role as text, such as `recurrent` or `input (in, out)`."""


def role_of_text(text: str) -> Role:
    """Return a role that is declared: `bias`, `recurrent`, `recurrent (in, out)`.

    Without an orientation the last axis is summed over, as in W h.

    Raises:
        SettingError: it is none.

    Example:
        >>> role_of_text("input (in, out)").summed
        (0,)
    """
    kind, _, rest = text.partition(" ")
    orientation = rest.strip() or "(out, in)"
    if kind not in ROLES or orientation not in ORIENTATIONS:
        raise SettingError(
            f"expected a role among {', '.join(ROLES)}, with (out, in) or (in, out) "
            f"after it, got '{text}'; try 'recurrent (in, out)'."
        )
    return Role(kind, ORIENTATIONS[orientation])


_BIAS = re.compile(r"(^|_)(b|bias)(_\w+|\d*|[zrhifgocnx]{1,2})$")


def is_bias_name(name: str) -> bool:
    """Return whether an array is named as a bias: `b`, `b_h`, `bz`, `bias`, `bias_n`.

    Example:
        >>> [is_bias_name(name) for name in ("b_h", "['bhh']", "cell.bias", "beta")]
        [True, True, True, False]
    """
    parts = re.split(r"\W+", name)
    words = [word for word in parts if word.strip("0123456789")]
    return bool(words) and _BIAS.search(words[-1]) is not None


def role_by_name(name: str, rank: int) -> Role:
    """Return the role of an array of which nothing but its name and shape is known."""
    if rank > 1:
        return Role(WEIGHT, source=NAMED)
    return Role(BIAS if is_bias_name(name) else FIXED, source=NAMED)
