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
        return np.maximum(np.abs(self.low), np.abs(self.high))

    def widened(self) -> "Interval":
        """Return the interval a few units in the last place wider, for rounding."""
        return Interval(
            self.low - _rounding(self.low), self.high + _rounding(self.high)
        )


def _rounding(end: np.ndarray) -> np.ndarray:
    """Return more than a function's rounding can be."""
    return 1e-300 + 8 * np.finfo(float).eps * np.abs(end)


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
        return Interval(function(x.low), function(x.high)).widened()

    return bound


def _peaked(function: Function) -> OverInterval:
    """Bound a function that is even, largest at zero, and falls away from it."""

    def bound(x: Interval) -> Interval:
        nearest_to_zero = np.clip(0.0, x.low, x.high)
        return Interval(function(x.largest), function(nearest_to_zero)).widened()

    return bound


def _sine(x: Interval) -> Interval:
    """Bound the sine: by its ends, or by -1 and 1 where it passes a turning point."""
    with np.errstate(invalid="ignore"):  # the sine of infinity
        ends = np.sort([np.sin(x.low), np.sin(x.high)], axis=0)
    low = np.where(_passes(x, -np.pi / 2), -1.0, ends[0])
    high = np.where(_passes(x, np.pi / 2), 1.0, ends[1])
    return Interval(np.maximum(low - 1e-12, -1), np.minimum(high + 1e-12, 1))


def _passes(x: Interval, phase: float) -> np.ndarray:
    """Return whether phase + 2 pi n is inside for some n; a little too often."""
    with np.errstate(invalid="ignore"):
        first, last = (x.low - phase) / (2 * np.pi), (x.high - phase) / (2 * np.pi)
        is_between = ~(np.ceil(first - 1e-9) > np.floor(last + 1e-9))
        return is_between | ~np.isfinite(first + last)


def _cosine(x: Interval) -> Interval:
    """Bound the sine's slope."""
    return _sine(Interval(x.low + np.pi / 2, x.high + np.pi / 2))


def _step(x: Interval) -> Interval:
    """Bound relu's slope."""
    return Interval((x.low > 0) * 1.0, (x.high >= 0) * 1.0)


def _constant(x: Interval) -> Interval:
    """Return the identity's slope."""
    return Interval(np.ones_like(x.low), np.ones_like(x.high))


def _same(x: Interval) -> Interval:
    """Return the identity's values."""
    return x


def _logistic(x: np.ndarray) -> np.ndarray:
    return scipy.special.expit(x)


def _logistic_slope(x: np.ndarray) -> np.ndarray:
    return _logistic(x) * _logistic(-x)


def _tanh_slope(x: np.ndarray) -> np.ndarray:
    return 4 * _logistic(2 * x) * _logistic(-2 * x)


def _relu(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0)


def _softplus(x: np.ndarray) -> np.ndarray:
    return np.logaddexp(x, 0)


def _erf(x: np.ndarray) -> np.ndarray:
    return scipy.special.erf(x)


def _erf_slope(x: np.ndarray) -> np.ndarray:
    return 2 / np.sqrt(np.pi) * np.exp(-(x**2))


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
