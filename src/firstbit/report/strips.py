"""An estimate, its interval and the limit that it is held against, on one line."""

from dataclasses import dataclass
from math import isnan, log10

from firstbit.look.numbers import with_interval, written

WIDTH, HEIGHT = 360, 44
"""Of a strip, in pixels."""

_BESIDE = 8
"""Pixels between the edge and the axis."""

_TEXT, _NAMED = 46, 124
"""Pixels that a number below the axis takes, and the limit with what is said of it."""

_ABOVE, _BELOW = "h12l-4 -3m4 3l-4 3", "h-12l4 -3m-4 3l4 3"
"""Arrows of SVG to the side of the limit that is meant."""


@dataclass(frozen=True)
class Strip:
    """An estimate with its interval, beside a limit.

    Attributes:
        name: what is estimated.
        value: the estimate.
        low: lower end of its interval; the value itself, where it is exact.
        high: upper end.
        limit: what it is held against.
        ends: of the axis.
        is_log: whether the axis is logarithmic.
        is_share: whether numbers are written as per cent.
        is_above: whether what is judged is true above the limit, not below it.
        verb: what it does there.

    Example:
        >>> one = Strip("right", 0.75, 0.5, 1.0, 0.5, (0, 1), is_share=True)
        >>> one.text, one.at(0.0), one.at(1.0), one.is_off
        ('75 % (50 to 100)', 8.0, 352.0, False)
        >>> one.labels[0]
        (180.0, 'middle', 'holds above 50 %')
    """

    name: str
    value: float
    low: float
    high: float
    limit: float
    ends: tuple[float, float]
    is_log: bool = False
    is_share: bool = False
    is_above: bool = True
    verb: str = "holds"

    @property
    def text(self) -> str:
        """The estimate and its interval in words."""
        if isnan(self.value):
            return "not measured"
        return with_interval(
            self.value,
            self.low,
            self.high,
            is_share=self.is_share,
        )

    @property
    def is_exact(self) -> bool:
        """Whether the estimate has no interval."""
        return self.low == self.value == self.high

    @property
    def is_off(self) -> bool:
        """Whether the estimate is not on the axis."""
        return not self.ends[0] <= self.value <= self.ends[1]

    @property
    def labels(self) -> list[tuple[float, str, str]]:
        """Place, anchor and text of the numbers below the axis.

        They are what is true on which side of the limit, and both ends, those left out
        that this would touch.
        """
        place = self.at(self.limit)
        anchor = "middle"
        if place < _NAMED / 2:
            anchor = "start"
        elif place > WIDTH - _NAMED / 2:
            anchor = "end"
        side = "above" if self.is_above else "below"
        said = f"{self.verb} {side} {self._number(self.limit)}"
        found = [(place, anchor, said)]
        if place > _BESIDE + _TEXT + _NAMED / 2:
            found.append((_BESIDE, "start", self._number(self.ends[0])))
        if place < WIDTH - _BESIDE - _TEXT - _NAMED / 2:
            found.append((WIDTH - _BESIDE, "end", self._number(self.ends[1])))
        return found

    @property
    def arrow(self) -> str:
        """The rest of an SVG path that points from the limit to that side."""
        return _ABOVE if self.is_above else _BELOW

    def at(self, value: float) -> float:
        """Return the place of a value in pixels; one off the axis is at its end."""
        if isnan(value):
            return float(_BESIDE)
        low, high = self.ends
        inside = min(max(value, low), high)
        if self.is_log:
            share = log10(inside / low) / log10(high / low)
        else:
            share = (inside - low) / (high - low)
        return round(_BESIDE + (WIDTH - 2 * _BESIDE) * share, 1)

    def _number(self, value: float) -> str:
        if self.is_share:
            return f"{100 * value:g} %"
        text = written(value, 1)
        return text.removeprefix("1·")
