"""An interval of the mean of bounded values, of which the moments alone are known."""

from math import log

import numpy as np
from jaxtyping import Float

Row = Float[np.ndarray, " row"]


def bernstein_interval(
    mean: Row, variance: Row, number: int, confidence: float
) -> tuple[Row, Row]:
    r"""Return the lower and the upper ends of the empirical Bernstein interval.

    $$ \bar x \pm \left( \sqrt{2 v \log(4 / \alpha) / n}
       + 7 \log(4 / \alpha) / (3 (n - 1)) \right) $$

    It holds the mean with at least the probability `confidence` whatever the law of the
    values, if they lie in [0, 1] and are independent and alike. Of a million values it
    is about as wide as that of bets, see `betting`, which reads them many times.

    Args:
        mean: of the values.
        variance: of the values, with n - 1.
        number: of the values, n, at least 2.
        confidence: probability of the interval, 1 - alpha.

    Example:
        >>> half, twelfth = np.array([0.5]), np.array([1 / 12])
        >>> lower, upper = bernstein_interval(half, twelfth, 1_000_000, 0.95)
        >>> round(float(lower[0]), 4), round(float(upper[0]), 4)
        (0.4991, 0.5009)

    References:
        Maurer, Pontil 2009, "Empirical Bernstein bounds and sample variance
        penalization", COLT, Theorem 4, for both sides.
    """
    doubt = log(4 / (1 - confidence))
    typical = np.sqrt(2 * variance * doubt / number)
    degrees = number - 1
    rare = 7 * doubt / (3 * degrees)
    reach = typical + rare
    lower = np.maximum(mean - reach, 0)
    upper = np.minimum(mean + reach, 1)
    return lower, upper
