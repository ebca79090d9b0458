"""The random inputs that drive a net, and which functions of them are looked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from firstbit.errors import (
    SettingError,
    keep_real,
    keep_whole,
    require_at_least,
    require_several,
    shown_value,
)

UNIFORM, NORMAL, BINARY, ONE_HOT = LAWS = ("uniform", "normal", "binary", "one-hot")

NUM_STREAMS = 10
"""Streams of inputs that a net reads side by side: one long one steps ten times as
long."""

STEPS_A_UNIT = 10
"""Samples for each number that is read out, at least."""

HIGHEST_DEGREE = 3

MOST_STEPS = 1 << 27
"""Inputs before the states that are read, and such states: 1 GiB of each number."""


@dataclass(frozen=True)
class Drive:
    """Independent random inputs, and the functions of them; see `memory_capacity`.

    Attributes:
        law: of an input: `uniform` from -scale to scale, `normal` of standard deviation
            `scale`, `binary` (scale or -scale), or `one-hot` (two inputs, one of them
            1).
        scale: above 0; 1 for `one-hot`.
        num_steps: states that are read out, at least 10 for each number in them.
        burn_in: inputs before those that the functions see, at least 0.
        lags: how many lags the functions of degree 1, 2 and 3 may reach, each at least
            1; as many degrees as there are numbers.

    Raises:
        SettingError: a number or a name is out of range.

    Example:
        >>> Drive(lags=[50]).num_degrees
        1
    """

    law: str = UNIFORM
    scale: float = 1.0
    num_steps: int = 5000
    burn_in: int = 200
    lags: Sequence[int] = (100, 20, 8)

    def __post_init__(self) -> None:
        keep_whole(self, "num_steps", NUM_STREAMS * STEPS_A_UNIT, most=MOST_STEPS)
        keep_whole(self, "burn_in", 0, most=MOST_STEPS)
        keep_real(self, "scale")
        if self.law not in LAWS:
            raise SettingError(
                f"expected `law` as one of {', '.join(LAWS)}, got "
                f"{shown_value(self.law)}."
            )
        if not 0 < self.scale < float("inf"):
            raise SettingError(f"expected a `scale` above 0, got {self.scale:g}.")
        if self.law == ONE_HOT and self.scale != 1:
            raise SettingError(
                f"expected `scale` = 1 beside one-hot inputs, got {self.scale:g}; "
                "leave it out."
            )
        lags = require_several("lags", self.lags)
        lags = tuple(require_at_least("lags", one, 1) for one in lags)
        if len(lags) > HIGHEST_DEGREE:
            raise SettingError(
                f"expected `lags` for up to {HIGHEST_DEGREE} degrees, got {len(lags)}."
            )
        if max(lags) > self.steps_a_stream:
            raise SettingError(
                f"expected up to {self.steps_a_stream} lags with {self.num_steps} "
                f"steps in {NUM_STREAMS} streams, got {max(lags)}; give more steps."
            )
        object.__setattr__(self, "lags", lags)

    @property
    def num_degrees(self) -> int:
        """The highest degree."""
        return len(self.lags)

    @property
    def steps_a_stream(self) -> int:
        """States of each stream that are read out."""
        return self.num_steps // NUM_STREAMS

    @property
    def num_read(self) -> int:
        """States of all streams that are read out."""
        return NUM_STREAMS * self.steps_a_stream

    @property
    def first_read(self) -> int:
        """Inputs of a stream before the first state that is read out."""
        return self.burn_in + max(self.lags) - 1

    @property
    def alphabet(self) -> str:
        """A letter for each number of an input."""
        return "01" if self.law == ONE_HOT else "u"

    @property
    def is_two_valued(self) -> bool:
        """Whether an input has two values, so that its square says nothing."""
        return self.law in (BINARY, ONE_HOT)
