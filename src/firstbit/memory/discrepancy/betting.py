"""An interval of the mean of bounded values that covers whatever their law.

It is the hedged capital of Waudby-Smith and Ramdas 2024, "Estimating means of bounded
random variables by betting", J. R. Stat. Soc. B 86, 1-27. Where m is the mean, nobody
gets rich by betting against it: the capital of fair bets exceeds 1 / alpha with at most
the probability alpha. So a mean against which a bettor got rich is outside.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

Rows = Float[np.ndarray, "row draw"]
Row = Float[np.ndarray, " row"]
Part = Float[np.ndarray, "row _"]
"""Some of the draws of each row."""

LARGEST_STAKE = 0.75
"""The share of the capital that one value can take at most; c in the paper."""

FIRST_ROUND = 64
"""The first round of bets is on this part of the values; each later one doubles."""

FACTORS = 16
"""Factors that are multiplied before a logarithm is taken: none leaves the range. It is
even: on one side of the mean all factors are negative."""

VALUES_AT_ONCE = 1 << 17
"""Values that are worked on at once, so that they stay in a core's cache."""

STEPS, STEPS_OF_FEW = 2, 4
"""Secants to an end of the interval. Then it is moved outward by `MARGIN`: they leave
less. Of few values the capital is no smooth function of the mean."""

FEW = 500
"""Fewer values are few."""

MARGIN = 0.005
"""Of the distance between an end and the mean."""


def betting_interval(values: Rows, confidence: float) -> tuple[Row, Row]:
    """Return an interval of the mean of each row, its lower and its upper ends.

    It holds the mean with at least the probability `confidence` whatever the law of the
    values, if they lie in [0, 1] and are independent and alike. NaN for a row with a
    value that is not finite.

    Args:
        values: in [0, 1]; their order counts, as bets depend on earlier values alone.
        confidence: probability of the interval.

    Example:
        >>> values = np.random.default_rng(0).uniform(size=(1, 1000))
        >>> lower, upper = betting_interval(values, 0.95)
        >>> round(float(lower[0]), 2), round(float(upper[0]), 2)
        (0.49, 0.54)
    """
    at_once = max(1, VALUES_AT_ONCE // values.shape[1])
    lower = np.empty(len(values))
    upper = np.empty(len(values))
    for row in range(0, len(values), at_once):
        some = slice(row, row + at_once)
        lower[some], upper[some] = _of_rows(values[some], confidence)
    return lower, upper


def _of_rows(values: Rows, confidence: float) -> tuple[Row, Row]:
    """Return both ends of each row: each side may fail with half of the probability."""
    mean = values.mean(axis=1)
    least = float(np.log(2 / (1 - confidence)))
    bets = _Bets.of(values, least)
    first = bets.first_reach(least)
    # Against a smaller mean a value above it wins; against a larger one, one below.
    lower = _end(_Side(bets, 1.0, least), mean, -first)
    upper = _end(_Side(bets, -1.0, least), mean, first)
    known = np.isfinite(mean)
    lower = np.where(known, lower, np.nan)
    upper = np.where(known, upper, np.nan)
    return lower, upper


class _Rounds(NamedTuple):
    """Values in rounds: one stake is laid on all values of a round.

    Attributes:
        values: (factor, row, group), of which the factors of a group are multiplied.
        rest: the values that fill no group, (row, rest).
        stakes: (row, round), before they are cut so that no value takes all.
        num_values: in each round.
        num_groups: in each round.
        num_rest: in each round.
    """

    values: Float[np.ndarray, "factor row group"]
    rest: Float[np.ndarray, "row rest"]
    stakes: Float[np.ndarray, "row round"]
    num_values: list[int]
    num_groups: list[int]
    num_rest: list[int]

    @classmethod
    def of(cls, parts: list[Part], stakes: list[Row]) -> "_Rounds":
        """Put the values of all rounds side by side."""
        num_groups = [part.shape[1] // FACTORS for part in parts]
        grouped = []
        rest = []
        for part, number in zip(parts, num_groups, strict=True):
            end = number * FACTORS
            groups = part[:, :end].reshape(len(part), FACTORS, number)
            grouped.append(groups.transpose(1, 0, 2))
            rest.append(part[:, end:])
        return cls(
            np.concatenate(grouped, axis=2),
            np.concatenate(rest, axis=1),
            np.stack(stakes, axis=1),
            [part.shape[1] for part in parts],
            num_groups,
            [one.shape[1] for one in rest],
        )

    def products(self, shifts: Rows) -> Float[np.ndarray, "row group"]:
        """Return the products of x + s over the factors of each group.

        Factor by factor: two small arrays stay in a core's cache.

        Args:
            shifts: s, (row, round).
        """
        shift = np.repeat(shifts, self.num_groups, axis=1)
        first, *others = self.values
        product = first + shift
        factor = np.empty_like(product)
        for values in others:
            np.add(values, shift, out=factor)
            product *= factor
        return product

    def rest_with(self, shifts: Rows) -> Float[np.ndarray, "row rest"]:
        """Return |x + s| of the values that fill no group."""
        return np.abs(self.rest + np.repeat(shifts, self.num_rest, axis=1))


class _Bets(NamedTuple):
    """The bets on all values; a stake depends on the values before its round alone.

    Attributes:
        rounds: of bets.
        deviation: standard deviation of each row, for the first guess of an end.
        num_values: in a row.
    """

    rounds: _Rounds
    deviation: Row
    num_values: int

    @classmethod
    def of(cls, values: Rows, least: float) -> "_Bets":
        """Lay the stakes: sqrt(2 log(2 / alpha) / (n variance)), as in the paper.

        The variance is that of the values so far, and of a half more value at 1/2.
        """
        num_values = values.shape[1]
        total = np.full(len(values), 0.5)
        squares = np.full(len(values), 0.5)  # one value, of mean 1/2 and variance 1/4
        parts = []
        stakes = []
        start = 0
        end = max(FACTORS, num_values // FIRST_ROUND)
        while start < num_values:
            number = start + 1
            variance = squares / number - (total / number) ** 2
            variance = np.maximum(variance, 0.25 / number)
            stakes.append(np.sqrt(2 * least / (num_values * variance)))
            part = values[:, start:end]
            parts.append(part)
            total = total + part.sum(axis=1)
            squares = squares + np.einsum("ij,ij->i", part, part)
            start = end
            end = 2 * end
        mean = total / (num_values + 1)
        variance = squares / (num_values + 1) - mean**2
        deviation = np.sqrt(np.maximum(variance, 0))
        return cls(_Rounds.of(parts, stakes), deviation, num_values)

    def first_reach(self, least: float) -> Row:
        """Return a guess of half the width of the interval."""
        typical = self.deviation * np.sqrt(2 * least / self.num_values)
        return typical + least / (LARGEST_STAKE * self.num_values)

    def capital(self, mean: Row, sign: float) -> Row:
        """Return the logarithm of the capital of bets against a mean.

        A bet of b turns 1 into 1 + b (x - m) = b (x + 1 / b - m): the logarithms of the
        stakes are added apart, and a factor takes one sum.

        Args:
            mean: m of each row.
            sign: 1 for bets that the values are larger, -1 that they are smaller.
        """
        rounds = self.rounds
        room = mean if sign > 0 else 1 - mean
        with np.errstate(divide="ignore"):
            largest = LARGEST_STAKE / room
        stakes = np.minimum(rounds.stakes, largest[:, None])
        shifts = sign / stakes - mean[:, None]
        of_stakes = np.log(stakes) * rounds.num_values
        grouped = np.log(rounds.products(shifts))
        rest = np.log(rounds.rest_with(shifts))
        return of_stakes.sum(axis=1) + grouped.sum(axis=1) + rest.sum(axis=1)


class _Point(NamedTuple):
    """A mean of each row.

    Attributes:
        mean: m.
        excess: logarithm of the capital of bets against it, above the least that
            excludes a mean; it grows outward.
    """

    mean: Row
    excess: Row

    def secant(self, other: "_Point") -> Row:
        """Return where the line through both points is zero; here, if there is none."""
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = (self.excess - other.excess) / (self.mean - other.mean)
            zero = self.mean - self.excess / slope
        return np.where(np.isfinite(zero), zero, self.mean)


class _Side(NamedTuple):
    """Bets on one side of the mean.

    Attributes:
        bets: all of them.
        sign: 1 for bets that the values are larger, -1 that they are smaller.
        least: logarithm of the capital that excludes a mean.
    """

    bets: _Bets
    sign: float
    least: float

    @property
    def limit(self) -> float:
        """The last possible mean."""
        return 0.0 if self.sign > 0 else 1.0

    def at(self, mean: Row) -> _Point:
        """Return the point of a mean."""
        return _Point(mean, self.bets.capital(mean, self.sign) - self.least)


def _end(side: _Side, mean: Row, reach: Row) -> Row:
    """Return an end of the interval of each row, or a point a little outside of it.

    At the mean of normal values the excess is minus twice the least.

    Args:
        side: of the mean.
        mean: of the values, inside.
        reach: from the mean to a guess, with its sign.
    """
    bracket = _Bracket(mean, np.full_like(mean, side.limit))
    before = _Point(mean, np.full_like(mean, -2 * side.least))
    guess = mean + reach
    for _ in range(STEPS if side.bets.num_values >= FEW else STEPS_OF_FEW):
        point = side.at(bracket.inside_of(guess))
        bracket = bracket.cut_at(point)
        guess = point.secant(before)
        before = point
    guess = guess + MARGIN * (guess - mean)
    last = side.at(bracket.inside_of(guess))
    return bracket.cut_at(last).outer


class _Bracket(NamedTuple):
    """A mean inside of the interval and one outside; the limit counts as out."""

    inner: Row
    outer: Row

    def cut_at(self, point: _Point) -> "_Bracket":
        """Return the bracket that a further point leaves."""
        is_out: Bool[np.ndarray, " row"] = point.excess >= 0
        return _Bracket(
            np.where(is_out, self.inner, point.mean),
            np.where(is_out, point.mean, self.outer),
        )

    def inside_of(self, guess: Row) -> Row:
        """Return the guess, or the middle where it is not between both points."""
        low = np.minimum(self.inner, self.outer)
        high = np.maximum(self.inner, self.outer)
        middle = (low + high) / 2
        is_inside = (low < guess) & (guess < high)
        return np.where(is_inside, guess, middle)
