"""The size, or the gain, at which D(l,k) stops decaying: there the slope is one."""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy
from jaxtyping import Float

from firstbit.errors import SettingError
from firstbit.memory.mean_field.activations import (
    Activation,
    FloatLike,
    checked,
    mean_square,
    mean_square_slope,
)
from firstbit.memory.mean_field.weights import require_positive, variances

SHORT_OF_ONE = 1e-7
"""The slope is taken to be one a little early: relu and the identity reach one only as
the variance goes to infinity."""

LEAST, MOST = -8, 16
"""Decades of the variances among which a crossing is searched: below the scale of the
weights, and above it and above one, the scale of the activation. Softplus is as near to
one at the end."""

STEPS_A_DECADE = 10


def critical_hidden_size(
    activation: str | Activation = "logistic", gain: float = 1.0
) -> float:
    r"""Compute the hidden size above which D(l,k) of infinite nets has a limit above 0.

    The weights are N(0, gain^2). It is the k for which the two hold at once, for a
    variance q of the field:

    $$ q = g^2 (1 + k E[s(\sqrt q Z)^2]), \qquad \chi = g^2 k E[s'(\sqrt q Z)^2] = 1 $$

    Below it two nearby states approach each other, above it they separate. A statement
    about infinite nets at their stationary variance: nets of a finite size do either.
    Of logistic nets with k = 110, above the critical 105.4, many forget
    (docs/theory.md). If the slope crosses one more than once, this is
    the crossing with the least variance.

    Args:
        activation: a name, or an elementwise function of JAX arrays.
        gain: factor of every weight, above 0.

    Returns:
        k, a real number, to a relative 1e-6.

    Raises:
        SettingError: the gain is not positive, a name is unknown, or the slope never
            reaches one.

    Example:
        >>> round(critical_hidden_size("logistic"), 1)
        105.4
        >>> round(critical_hidden_size("relu", gain=0.1), 2)
        200.0
    """
    require_positive("gain", gain)
    function = checked(activation)

    def slope(q: np.ndarray) -> FloatLike:
        of_slope = (q - gain**2) * mean_square_slope(function, q)
        return of_slope / mean_square(function, q)

    q = _first_crossing(slope, gain**2 + _searched(gain**2))
    return float((q / gain**2 - 1) / mean_square(function, q))


def critical_gain(
    activation: str | Activation = "logistic",
    hidden_size: float | int = 20,
    initializer: str = "normal",
) -> float:
    r"""Compute the gain above which D(l,k) of infinite nets has a limit above 0.

    The g for which both hold at once, with a^2 and b^2 the variances at gain one (an
    entry of U, k entries of W):

    $$ q = g^2 (a^2 + b^2 E[s(\sqrt q Z)^2]), \qquad
       \chi = g^2 b^2 E[s'(\sqrt q Z)^2] = 1 $$

    When not to trust it: see `critical_hidden_size`, whose inverse this is for the law
    `normal`.

    Args:
        activation: a name, or an elementwise function of JAX arrays.
        hidden_size: k, above 0; need not be whole.
        initializer: `normal` or `fan-in-normal`.

    Returns:
        g, to a relative 1e-6.

    Raises:
        SettingError: the size is not positive, a name is unknown, or the slope never
            reaches one.

    Example:
        >>> gains = critical_gain("logistic", 105.4), critical_gain("relu", 200)
        >>> round(gains[0], 3), round(gains[1], 4)
        (1.0, 0.1)
    """
    require_positive("hidden_size", hidden_size)
    law = variances(initializer, 1.0, hidden_size)
    function = checked(activation)

    def squared_gain(q: np.ndarray) -> FloatLike:
        return q / (law.input + law.recurrent * mean_square(function, q))

    def slope(q: np.ndarray) -> FloatLike:
        return squared_gain(q) * law.recurrent * mean_square_slope(function, q)

    q = _first_crossing(slope, _searched(law.input))
    return float(np.sqrt(squared_gain(np.asarray(q))))


def _searched(scale: float) -> Float[np.ndarray, " variance"]:
    """Return the variances at which a crossing is searched; `scale` of the weights."""
    decade = np.log10(scale)
    least = decade + LEAST
    most = MOST + max(0.0, decade)
    number = round(STEPS_A_DECADE * (most - least)) + 1
    return np.logspace(least, most, number)


def _first_crossing(
    slope: Callable[[np.ndarray], FloatLike],
    variances: Float[np.ndarray, " variance"],
) -> float:
    """Return the least variance at which the slope rises through one."""

    def excess_at(q: float) -> float:
        return float(slope(np.asarray(q))) - 1 + SHORT_OF_ONE

    with np.errstate(divide="ignore", invalid="ignore"):  # an activation that is zero
        excess = np.asarray(slope(variances)) - 1 + SHORT_OF_ONE
    is_below = excess[:-1] < 0
    reaches = excess[1:] >= 0
    rises = np.flatnonzero(is_below & reaches)
    if rises.size == 0:
        raise SettingError(
            "expected a slope that reaches 1; this activation's stays on one side "
            "of it: D has no critical point."
        )
    low, high = variances[rises[0] : rises[0] + 2]
    root: Any = scipy.optimize.brentq(excess_at, low, high, rtol=1e-12)
    return float(root)
