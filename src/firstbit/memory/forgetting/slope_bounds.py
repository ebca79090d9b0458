"""Bounds of an activation's values and slopes over intervals, rounded outward."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import scipy

from firstbit.cells.activations import ACTIVATIONS, Activation
from firstbit.errors import CellError


class Interval(NamedTuple):
    """Two arrays of one shape, the lower ends and the upper ends."""

    low: np.ndarray
    high: np.ndarray

    @property
    def largest(self) -> np.ndarray:
        """Largest absolute value in the interval."""
        of_low = np.abs(self.low)
        of_high = np.abs(self.high)
        return np.maximum(of_low, of_high)

    def widened(self) -> "Interval":
        """Return the interval a few units in the last place wider, for rounding."""
        low = self.low - _rounding(self.low)
        high = self.high + _rounding(self.high)
        return Interval(low, high)


def whole_line(shape: tuple[int, ...]) -> Interval:
    """Return the interval from minus infinity to infinity, in every entry."""
    ends = np.full(shape, np.inf)
    return Interval(-ends, ends)


def _rounding(end: np.ndarray) -> np.ndarray:
    """Return more than a function's rounding can be."""
    unit = np.finfo(float).eps
    return 1e-300 + 8 * unit * np.abs(end)


OverInterval = Callable[[Interval], Interval]


class Curve(NamedTuple):
    """An activation over intervals.

    Attributes:
        values: bounds of its values.
        slopes: bounds of its slopes.
    """

    values: OverInterval
    slopes: OverInterval


Function = Callable[[np.ndarray], np.ndarray]


def _rising(function: Function) -> OverInterval:
    """Bound a function that never falls."""

    def bound(x: Interval) -> Interval:
        low = function(x.low)
        high = function(x.high)
        return Interval(low, high).widened()

    return bound


def _peaked(function: Function) -> OverInterval:
    """Bound a function that is even, largest at zero, and falls away from it."""

    def bound(x: Interval) -> Interval:
        nearest_to_zero = np.clip(0.0, x.low, x.high)
        low = function(x.largest)
        high = function(nearest_to_zero)
        return Interval(low, high).widened()

    return bound


def _sine(x: Interval) -> Interval:
    """Bound the sine: by its ends, or by -1 and 1 where it passes a turning point."""
    with np.errstate(invalid="ignore"):  # the sine of infinity
        ends = [np.sin(x.low), np.sin(x.high)]
    lower, upper = np.sort(ends, axis=0)
    low = np.where(_passes(x, -np.pi / 2), -1.0, lower)
    high = np.where(_passes(x, np.pi / 2), 1.0, upper)
    return Interval(
        np.maximum(low - 1e-12, -1),
        np.minimum(high + 1e-12, 1),
    )


def _passes(x: Interval, phase: float) -> np.ndarray:
    """Return whether phase + 2 pi n is inside for some n; a little too often."""
    with np.errstate(invalid="ignore"):
        turn = 2 * np.pi
        first = (x.low - phase) / turn
        last = (x.high - phase) / turn
        least = np.ceil(first - 1e-9)
        most = np.floor(last + 1e-9)
        is_unknown = ~np.isfinite(first + last)
        return ~(least > most) | is_unknown


def _cosine(x: Interval) -> Interval:
    """Bound the sine's slope."""
    quarter = np.pi / 2
    shifted = Interval(x.low + quarter, x.high + quarter)
    return _sine(shifted)


def _step(x: Interval) -> Interval:
    """Bound relu's slope."""
    low = (x.low > 0) * 1.0
    high = (x.high >= 0) * 1.0
    return Interval(low, high)


def _constant(x: Interval) -> Interval:
    """Return the identity's slope."""
    low = np.ones_like(x.low)
    high = np.ones_like(x.high)
    return Interval(low, high)


def _same(x: Interval) -> Interval:
    """Return the identity's values."""
    return x


def _logistic(x: np.ndarray) -> np.ndarray:
    return scipy.special.expit(x)


def _logistic_slope(x: np.ndarray) -> np.ndarray:
    return _logistic(x) * _logistic(-x)


def _tanh_slope(x: np.ndarray) -> np.ndarray:
    double = 2 * x
    return 4 * _logistic(double) * _logistic(-double)


def _relu(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0)


def _softplus(x: np.ndarray) -> np.ndarray:
    return np.logaddexp(x, 0)


def _erf(x: np.ndarray) -> np.ndarray:
    return scipy.special.erf(x)


def _erf_slope(x: np.ndarray) -> np.ndarray:
    height = 2 / np.sqrt(np.pi)
    return height * np.exp(-(x**2))


CURVES: Mapping[str, Curve] = {
    "logistic": Curve(_rising(_logistic), _peaked(_logistic_slope)),
    "tanh": Curve(_rising(np.tanh), _peaked(_tanh_slope)),
    "relu": Curve(_rising(_relu), _step),
    "softplus": Curve(_rising(_softplus), _rising(_logistic)),
    "erf": Curve(_rising(_erf), _peaked(_erf_slope)),
    "sin": Curve(_sine, _cosine),
    "identity": Curve(_same, _constant),
}
"""Name of an activation -> the activation over intervals."""


def curve_of(activation: Activation) -> Curve:
    """Return the bounds of an activation.

    Raises:
        CellError: its slopes are not known.

    Example:
        >>> import jax
        >>> everywhere = Interval(np.array([-np.inf]), np.array([np.inf]))
        >>> slopes = curve_of(jax.nn.sigmoid).slopes(everywhere)
        >>> [float(end[0].round(9)) for end in slopes]
        [-0.0, 0.25]
    """
    for name, function in ACTIVATIONS.items():
        if function is activation:
            return CURVES[name]
    raise CellError(
        "a certificate needs bounds of the activation's slopes, known for "
        f"{', '.join(CURVES)}; got "
        f"{getattr(activation, '__name__', activation)}."
    )
