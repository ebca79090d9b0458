"""The two variances of the weights that a mean field needs."""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from firstbit.errors import SettingError, require_real, unknown_name


class Variances(NamedTuple):
    """Variances of the weights.

    Attributes:
        input: variance of one entry of U.
        recurrent: k times the variance of one entry of W.
    """

    input: float
    recurrent: float


def _normal(hidden_size: float) -> Variances:
    return Variances(1.0, hidden_size)


def _fan_in_normal(_: float) -> Variances:
    return Variances(1 / 2, 1.0)


LAWS: Mapping[str, Callable[[float], Variances]] = {
    "normal": _normal,
    "fan-in-normal": _fan_in_normal,
}
"""At gain 1, over a binary alphabet (the fan-in of U is 2). Fields of U are Gaussian
under these laws only."""


def variances(initializer: str, gain: float, hidden_size: float | int) -> Variances:
    """Return the two variances of weights drawn from a law and multiplied by `gain`.

    Args:
        initializer: `normal` or `fan-in-normal`.
        gain: factor of every weight, above 0.
        hidden_size: k, at least 1.

    Raises:
        SettingError: the law is none of these, or the gain isn't a positive number.

    Example:
        >>> variances("normal", 0.5, 20)
        Variances(input=0.25, recurrent=5.0)
    """
    if initializer not in LAWS:
        raise SettingError(
            f"{unknown_name('Gaussian initializer', initializer, LAWS)} Mean "
            "fields need Gaussian weights."
        )
    require_positive("gain", gain)
    law = LAWS[initializer](float(hidden_size))
    return Variances(gain**2 * law.input, gain**2 * law.recurrent)


def require_positive(name: str, value: float | int) -> None:
    """Raise `SettingError` unless `value` is a finite number above 0."""
    value = require_real(name, value)
    if not (math.isfinite(value) and value > 0):
        raise SettingError(f"`{name}` must be a finite number above 0; got {value}.")
