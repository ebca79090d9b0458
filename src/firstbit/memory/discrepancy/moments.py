"""Means, variances and covariances of draws that come block by block."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float


class Moments(NamedTuple):
    """Of some series at each length, over the draws so far.

    Attributes:
        number: of draws.
        mean: of each series.
        products: sums of products of two series' deviations from their means.
    """

    number: int
    mean: Float[np.ndarray, "series length"]
    products: Float[np.ndarray, "series series length"]

    @classmethod
    def of(cls, values: Float[np.ndarray, "series length draw"]) -> "Moments":
        """Return the moments of a block; there is a draw at least.

        Example:
            >>> moments = Moments.of(np.array([[[1.0, 3.0]]]))
            >>> moments.mean.item(), moments.products.item()
            (2.0, 2.0)
        """
        mean = values.mean(axis=2)
        apart = values - mean[:, :, None]
        products = np.einsum("ild,jld->ijl", apart, apart)
        return cls(values.shape[2], mean, products)

    def merged(self, other: "Moments") -> "Moments":
        """Return the moments of both, as Chan, Golub and LeVeque 1983 do.

        Example:
            >>> one, two = (Moments.of(np.array([[[x]]])) for x in (1.0, 3.0))
            >>> one.merged(two).products.item()
            2.0
        """
        number = self.number + other.number
        share = other.number / number
        gap = other.mean - self.mean
        mean = self.mean + gap * share
        products = self.products + other.products
        between = gap[:, None] * gap[None]
        weight = self.number * share
        products += between * weight
        return Moments(number, mean, products)
