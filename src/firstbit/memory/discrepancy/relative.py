"""D relative to the mean distance after two independent random words."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from firstbit.memory.ensemble.sample import Sample
from firstbit.norms import power_of_two

ByLength = Float[np.ndarray, " length"]


class Reference(NamedTuple):
    """The distances after two random words, of some of the draws.

    Attributes:
        number: of these draws.
        mean: of the distances.
        variance: of the distances; NaN of one draw.
        products: sum of the products of their deviations and those of the same draws'
            own distances.
    """

    number: int
    mean: ByLength
    variance: ByLength
    products: ByLength

    @classmethod
    def of(cls, sample: Sample) -> "Reference":
        """Return the reference of all distances."""
        reference = sample.reference
        number = reference.shape[1]
        mean = reference.mean(axis=1)
        if number < 2:
            nothing = np.full_like(mean, np.nan)
            return cls(number, mean, nothing, nothing)
        both = sample.distances[:, sample.reference_draws]
        apart = both - both.mean(axis=1, keepdims=True)
        reference_apart = reference - mean[:, None]
        products = (apart * reference_apart).sum(axis=1)
        variance = reference.var(axis=1, ddof=1)
        return cls(number, mean, variance, products)


def relative(
    mean: ByLength, error: ByLength, num_draws: int, reference: Reference
) -> tuple[ByLength, ByLength]:
    """Return D over the mean distance after two random words, with its standard error.

    The error is of first order. Some draws are in both means: their covariance counts.

    Args:
        mean: D.
        error: its standard error.
        num_draws: of which D is the mean.
        reference: what it is divided by.
    """
    ratio = mean / reference.mean
    if reference.number < 2:
        return ratio, np.full_like(mean, np.nan)
    scale = power_of_two(mean)
    scaled = ratio / scale
    degrees = reference.number - 1
    covariance = reference.products / scale / (degrees * num_draws)
    of_reference = scaled**2 * reference.variance / reference.number
    of_both = 2 * scaled * covariance
    variance = (error / scale) ** 2 + of_reference - of_both
    of_ratio = np.sqrt(np.maximum(variance, 0)) * scale
    return ratio, of_ratio / reference.mean
