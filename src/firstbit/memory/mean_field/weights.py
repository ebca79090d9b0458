"""What a mean field needs to know of the weights: two variances."""

import math
from typing import NamedTuple

from firstbit.errors import SettingError, unknown_name


class Variances(NamedTuple):
    """Variance of one entry of U, and k times the variance of one entry of W."""

    input: float
    recurrent: float


LAWS = {
    "normal": lambda hidden_size: Variances(1.0, hidden_size),
    "fan-in-normal": lambda _: Variances(1 / 2, 1.0),
}
"""At gain 1, over a binary alphabet (the fan-in of U is 2). Fields of U are Gaussian
under these laws only."""


def variances(initializer: str, gain: float, hidden_size: float) -> Variances:
    """The two variances of weights drawn from a law and multiplied by `gain`.

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
    return Variances(
        *(gain**2 * variance for variance in LAWS[initializer](hidden_size))
    )


def require_positive(name: str, value: float) -> None:
    """Raise `SettingError` unless `value` is a finite number above 0."""
    if not (math.isfinite(value) and value > 0):
        raise SettingError(f"`{name}` must be a finite number above 0; got {value}.")
