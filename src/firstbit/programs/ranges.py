"""Ranges: where all entries of an array lie, and how the array was made."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from math import inf, isfinite, isnan
from typing import NamedTuple

import numpy as np
import scipy
from jax.typing import ArrayLike


class Term:
    """How an array was made: arrays of one term are equal, entry by entry.

    Attributes:
        name: of an operation, or of an argument.
        operands: of the operation.
    """

    __slots__ = ("name", "operands")

    def __init__(self, name: Hashable, operands: tuple["Range", ...]) -> None:
        self.name = name
        self.operands = operands


class Terms:
    """All terms of one run, each there once."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Term] = {}

    def of(self, name: Hashable, operands: Sequence["Range"] = ()) -> Term:
        """Return the term of an operation; the same one for the same operands."""
        key = name, tuple(id(one.term) for one in operands)
        return self._known.setdefault(key, Term(name, tuple(operands)))


class Range(NamedTuple):
    """Where all entries of an array lie.

    Attributes:
        low: no entry is below it.
        high: no entry is above it.
        term: how the array was made; None where it isn't known.
    """

    low: float
    high: float
    term: Term | None = None

    def holds(self, other: "Range") -> bool:
        """Return whether another range lies inside, to rounding."""
        slack = 1e-9 * max(1.0, _size(self.low), _size(self.high))
        return self.low - slack <= other.low and other.high <= self.high + slack

    def joined(self, other: "Range") -> "Range":
        """Return the smallest range that holds both."""
        low = min(self.low, other.low)
        high = max(self.high, other.high)
        return Range(low, high)

    @property
    def is_share(self) -> bool:
        """Whether all entries lie between 0 and 1."""
        return self.low >= 0 and self.high <= 1


ANYTHING = Range(-inf, inf)
TRUTH = Range(0.0, 1.0)


def _size(end: float) -> float:
    return abs(end) if isfinite(end) else 1.0


def range_of(value: ArrayLike) -> Range:
    """Return the range of an array that is known.

    Example:
        >>> range_of(np.array([1.0, -2.0]))
        Range(low=-2.0, high=1.0, term=None)
    """
    array = np.asarray(value)
    if array.size == 0 or array.dtype.kind not in "biuf":
        return ANYTHING
    low = float(array.min())
    high = float(array.max())
    if isnan(low) or isnan(high):
        return ANYTHING
    return Range(low, high)


def product(one: Range, other: Range) -> tuple[float, float]:
    """Return the ends of a product. Zero times an end is zero: entries are finite."""
    ends = []
    for end in one[:2]:
        for factor in other[:2]:
            ends.append(0.0 if 0.0 in (end, factor) else end * factor)
    return min(ends), max(ends)


def added(one: Range, other: Range) -> tuple[float, float]:
    """Return the ends of a sum."""
    return one.low + other.low, one.high + other.high


def subtracted(one: Range, other: Range) -> tuple[float, float]:
    """Return the ends of a difference."""
    return one.low - other.high, one.high - other.low


def divided(one: Range, other: Range) -> tuple[float, float]:
    """Return the ends of a quotient; anything where the divisor may be zero."""
    if other.low <= 0 <= other.high:
        return -inf, inf
    return product(one, Range(1 / other.high, 1 / other.low))


Ends = tuple[float, float]


def _increasing(function: Callable[[float], float]) -> Callable[[Range], Ends]:
    def ends(one: Range) -> Ends:
        with np.errstate(all="ignore"):
            low = float(function(one.low))
            high = float(function(one.high))
        if isnan(low) or isnan(high):
            return -inf, inf
        return low, high

    return ends


def _absolute(one: Range) -> Ends:
    largest = max(-one.low, one.high)
    if one.low <= 0 <= one.high:
        return 0.0, largest
    return min(abs(one.low), abs(one.high)), largest


def _square(one: Range) -> Ends:
    least, largest = _absolute(one)
    return least * least, largest * largest


def _wave(_one: Range) -> Ends:
    return -1.0, 1.0


def _logistic(value: float) -> float:
    return 1 / (1 + np.exp(-value))


def _erf(value: float) -> float:
    return scipy.special.erf(value)  # loaded when it is needed: it takes a while


OF_ONE: Mapping[str, Callable[[Range], Ends]] = {
    "tanh": _increasing(np.tanh),
    "logistic": _increasing(_logistic),
    "erf": _increasing(_erf),
    "exp": _increasing(np.exp),
    "exp2": _increasing(np.exp2),
    "expm1": _increasing(np.expm1),
    "log": _increasing(np.log),
    "log2": _increasing(np.log2),
    "log1p": _increasing(np.log1p),
    "sqrt": _increasing(np.sqrt),
    "cbrt": _increasing(np.cbrt),
    "atan": _increasing(np.arctan),
    "asinh": _increasing(np.arcsinh),
    "sinh": _increasing(np.sinh),
    "sign": _increasing(np.sign),
    "floor": _increasing(np.floor),
    "ceil": _increasing(np.ceil),
    "round": _increasing(np.round),
    "neg": lambda one: (-one.high, -one.low),
    "abs": _absolute,
    "square": _square,
    "sin": _wave,
    "cos": _wave,
}
"""Operation of one operand -> the ends of its result."""

OF_TWO: Mapping[str, Callable[[Range, Range], Ends]] = {
    "add": added,
    "add_any": added,
    "sub": subtracted,
    "mul": product,
    "div": divided,
    "max": lambda one, other: (max(one.low, other.low), max(one.high, other.high)),
    "min": lambda one, other: (min(one.low, other.low), min(one.high, other.high)),
}
"""Operation of two operands -> the ends of its result."""


def weighted_mean(name: str, operands: Sequence[Range]) -> Ends | None:
    """Return the ends of a x + (1 - a) y with a from 0 to 1; None for another sum.

    Ends alone lose that both factors hold the same a. Also x + a (y - x) and
    x - a (x - y) are read.

    Example:
        >>> terms = Terms()
        >>> a, x, y = (Range(0, 1, terms.of(name)) for name in "axy")
        >>> change = Range(-1, 1, terms.of("sub", [y, x]))
        >>> step = Range(-1, 1, terms.of("mul", [a, change]))
        >>> weighted_mean("add", [x, step])
        (0, 1)
    """
    one, other = operands
    if name in ("add", "add_any"):
        pair = _mean_of_products(one, other)
        pair = pair or _step_towards(one, other) or _step_towards(other, one)
    else:
        pair = _step_away(one, other)
    if pair is None:
        return None
    return pair[0].joined(pair[1])[:2]


Pair = tuple[Range, Range]


def _factors(value: Range) -> list[Pair]:
    """Return a product's two operands in both orders; nothing for another value."""
    operands = operands_of(value, "mul")
    if operands is None:
        return []
    one, other = operands
    return [(one, other), (other, one)]


def _mean_of_products(one: Range, other: Range) -> Pair | None:
    """Read a x + (1 - a) y."""
    for share, x in _factors(one):
        for rest, y in _factors(other):
            if share.is_share and _are_complements(share, rest):
                return x, y
    return None


def _step_towards(x: Range, step: Range) -> Pair | None:
    """Read x + a (y - x)."""
    for share, change in _factors(step):
        ends = operands_of(change, "sub")
        if ends is None or not share.is_share:
            continue
        y, start = ends
        if are_equal(start, x):
            return x, y
    return None


def _step_away(x: Range, step: Range) -> Pair | None:
    """Read x - a (x - y)."""
    for share, change in _factors(step):
        ends = operands_of(change, "sub")
        if ends is None or not share.is_share:
            continue
        start, y = ends
        if are_equal(start, x):
            return x, y
    return None


def _are_complements(one: Range, other: Range) -> bool:
    """Return whether two arrays add up to one, entry by entry."""
    return _is_rest(one, other) or _is_rest(other, one) or _are_mirrored(one, other)


def _is_rest(rest: Range, share: Range) -> bool:
    """Return whether an array is 1 minus another."""
    operands = operands_of(rest, "sub")
    if operands is None:
        return False
    whole, taken = operands
    return whole[:2] == (1.0, 1.0) and are_equal(taken, share)


def _are_mirrored(one: Range, other: Range) -> bool:
    """Return whether two arrays are logistic(x) and logistic(-x)."""
    first = operands_of(one, "logistic")
    second = operands_of(other, "logistic")
    if first is None or second is None:
        return False
    (x,) = first
    (y,) = second
    return _is_negative(x, y) or _is_negative(y, x)


def _is_negative(one: Range, other: Range) -> bool:
    """Return whether an array is another one, negated."""
    operands = operands_of(one, "neg")
    return operands is not None and are_equal(operands[0], other)


def are_equal(one: Range, other: Range) -> bool:
    """Return whether two arrays are known to be equal, entry by entry."""
    return one.term is not None and one.term is other.term


def operands_of(value: Range, name: str) -> tuple[Range, ...] | None:
    """Return the operands of the operation that made a value, if it has this name."""
    if value.term is None or value.term.name != name:
        return None
    return value.term.operands
