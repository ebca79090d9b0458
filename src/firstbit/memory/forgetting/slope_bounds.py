"""Activations over intervals: between which numbers their values and their slopes lie, rounded outward."""

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
        """Largest absolute value."""
        return np.maximum(np.abs(self.low), np.abs(self.high))

    def widened(self) -> "Interval":
        """A few units in the last place more at both ends, so that rounding is covered."""
        return Interval(
            *(
                end + sign * (1e-300 + 8 * np.finfo(float).eps * np.abs(end))
                for end, sign in zip(self, (-1, 1), strict=True)
            )
        )


OverInterval = Callable[[Interval], Interval]


class Curve(NamedTuple):
    """An activation over intervals: its values, and its slopes."""

    values: OverInterval
    slopes: OverInterval


def _rising(function: Callable[[np.ndarray], np.ndarray]) -> OverInterval:
    return lambda x: Interval(function(x.low), function(x.high)).widened()


def _peaked(function: Callable[[np.ndarray], np.ndarray]) -> OverInterval:
    """Of a function that is even, largest at zero, and falls away from it."""
    return lambda x: Interval(
        function(x.largest), function(np.clip(0.0, x.low, x.high))
    ).widened()


def _sine(x: Interval) -> Interval:
    def passes(phase: float) -> np.ndarray:
        """Whether phase + 2 pi n is inside for some whole n; a little too often."""
        with np.errstate(invalid="ignore"):
            turns = [(end - phase) / (2 * np.pi) for end in x]
            return ~(
                np.ceil(turns[0] - 1e-9) > np.floor(turns[1] + 1e-9)
            ) | ~np.isfinite(turns[0] + turns[1])

    with np.errstate(invalid="ignore"):  # the sine of infinity
        ends = np.sort([np.sin(x.low), np.sin(x.high)], axis=0)
    low, high = (
        np.where(passes(-np.pi / 2), -1.0, ends[0]),
        np.where(passes(np.pi / 2), 1.0, ends[1]),
    )
    return Interval(np.maximum(low - 1e-12, -1), np.minimum(high + 1e-12, 1))


def _step(x: Interval) -> Interval:
    return Interval((x.low > 0) * 1.0, (x.high >= 0) * 1.0)


def _constant(x: Interval) -> Interval:
    return Interval(np.ones_like(x.low), np.ones_like(x.high))


def _logistic(x: np.ndarray) -> np.ndarray:
    return scipy.special.expit(x)


CURVES: Mapping[str, Curve] = {
    "logistic": Curve(
        _rising(_logistic), _peaked(lambda x: _logistic(x) * _logistic(-x))
    ),
    "tanh": Curve(
        _rising(np.tanh), _peaked(lambda x: 4 * _logistic(2 * x) * _logistic(-2 * x))
    ),
    "relu": Curve(_rising(lambda x: np.maximum(x, 0)), _step),
    "softplus": Curve(_rising(lambda x: np.logaddexp(x, 0)), _rising(_logistic)),
    "erf": Curve(
        _rising(lambda x: scipy.special.erf(x)),
        _peaked(lambda x: 2 / np.sqrt(np.pi) * np.exp(-(x**2))),
    ),
    "sin": Curve(
        _sine, lambda x: _sine(Interval(x.low + np.pi / 2, x.high + np.pi / 2))
    ),
    "identity": Curve(lambda x: x, _constant),
}
"""Name of an activation -> the activation over intervals."""


def curve_of(activation: Activation) -> Curve:
    """The activation over intervals.

    Raises:
        CellError: its slopes are not known.

    Example:
        >>> import jax
        >>> slopes = curve_of(jax.nn.sigmoid).slopes(Interval(np.array([-np.inf]), np.array([np.inf])))
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
