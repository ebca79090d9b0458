"""What words are read, and how the read-outs are fitted to the states."""

from collections.abc import Sequence
from dataclasses import dataclass

from firstbit.errors import (
    SettingError,
    keep_real,
    keep_whole,
    require_real,
    require_several,
    shown,
    shown_value,
)

CONSTANT, RANDOM, STREAM = WORDS = ("constant", "random", "stream")
"""What follows the first symbol: zeros, a random suffix; or an endless random word."""

LINEAR, SQUARES, QUADRATIC = READOUTS = ("linear", "least squares", "quadratic")

RIDGES = (1.0, 1e-2, 1e-4, 1e-6)

LEAST_RIDGE = 1e-12
"""Where units repeat each other, a smaller one is lost, and there is no fit."""

FEWEST_WORDS = 40

MOST_WORDS = 1 << 20
"""Each word has a stream of random bits of its own."""


class Shares:
    """Which of a net's words serve for what: each serves once.

    Attributes:
        fitted: words that the weights are fitted to, a half.
        chosen: words on which the ridge is chosen, a quarter.
        tested: words on which the read-out is tested, the rest.
    """

    def __init__(self, num_words: int) -> None:
        self.fitted = num_words // 2
        self.chosen = num_words // 4
        self.tested = num_words - self.fitted - self.chosen


@dataclass(frozen=True)
class Reading:
    """Which words a net reads, and how its states are read; see `decodability`.

    Attributes:
        words: `random` (the first symbol, then a random suffix), `constant` (the
            suffix is 0 0...0), or `stream` (a random word without a beginning).
        num_words: words of each net, at least 40: half of them fit the read-out, a
            quarter chooses the ridge, a quarter tests it.
        readouts: some of `linear` (logistic regression), `least squares`, and
            `quadratic` (logistic regression on the units and their products).
        ridges: the penalties to choose from, each at least 1e-12: float64 loses smaller
            ones beside states of variance 1.
        reach_above: an accuracy from .5 up to 1: the reach is the longest lag with
            more.
        burn_in: of a stream: symbols read before the first that is asked for.

    Raises:
        SettingError: a number or a name is out of range.

    Example:
        >>> Reading(num_words=100).shares.tested
        25
    """

    words: str = RANDOM
    num_words: int = 1000
    readouts: Sequence[str] = (LINEAR, SQUARES)
    ridges: Sequence[float] = RIDGES
    reach_above: float = 0.55
    burn_in: int = 100

    def __post_init__(self) -> None:
        keep_whole(self, "num_words", FEWEST_WORDS, most=MOST_WORDS)
        keep_whole(self, "burn_in", 0)
        keep_real(self, "reach_above")
        if self.words not in WORDS:
            raise SettingError(
                f"expected `words` as one of {', '.join(WORDS)}, got "
                f"{shown_value(self.words)}."
            )
        if not 0.5 <= self.reach_above < 1:
            raise SettingError(
                "expected `reach_above`, an accuracy, from .5 up to 1, got "
                f"{self.reach_above:g}; try .55."
            )
        object.__setattr__(self, "readouts", _names(self.readouts))
        object.__setattr__(self, "ridges", _falling(self.ridges))

    @property
    def shares(self) -> Shares:
        """Which words serve for what."""
        return Shares(self.num_words)

    def num_symbols(self, length: int) -> int:
        """Return how many symbols a word has, for lags below `length`."""
        return length + self.burn_in if self.words == STREAM else length


def _names(readouts: object) -> tuple[str, ...]:
    names = require_several("readouts", readouts)
    for name in names:
        if name not in READOUTS:
            raise SettingError(
                f"expected `readouts` from {', '.join(READOUTS)}, got "
                f"'{shown(str(name))}'."
            )
    if len(set(names)) < len(names):
        raise SettingError(f"expected different readouts, got {', '.join(names)}.")
    return tuple(names)


def _falling(ridges: object) -> tuple[float, ...]:
    """Return the ridges, the largest first: each fit begins at the one before."""
    numbers = [require_real("ridges", one) for one in require_several("ridges", ridges)]
    if not all(LEAST_RIDGE <= number < float("inf") for number in numbers):
        raise SettingError(
            f"expected ridges of at least {LEAST_RIDGE:g}, got {numbers}; without one "
            "a word that is always decoded right has no fit."
        )
    return tuple(sorted(set(numbers), reverse=True))
