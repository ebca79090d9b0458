"""A large Gaussian matrix, known only by the vectors it has multiplied."""

import jax
import numpy as np
from jaxtyping import Float, PRNGKeyArray

Sites = Float[np.ndarray, "batch site"]
"""One number for each site (a unit of a large net), in independent batches."""

NO_NEW_DIRECTION = 1e-13
"""A part of a vector this small, relative to the vector, is rounding."""


class RandomMatrix:
    r"""A square matrix W of entries N(0, variance / n) for n sites; `W(h)` is W h.

    On a direction that W has not met, W h is fresh: independent normals of variance
    `variance` times the mean of h^2. On directions it has met, it must repeat itself.
    So a vector is split into the directions met before and a new one (Gram and
    Schmidt), and each direction keeps its normals. The products have the law of a
    matrix's, at any n, even if each vector depends on the products before it. They cost
    n times the number of vectors met instead of n^2. As n grows, the entries
    of W h_1, W h_2, ... become independent copies of one Gaussian vector, whose
    covariances are `variance` times the means of h_s h_t over the sites: the mean
    field.

    Args:
        variance: k times the variance of an entry.
        num_vectors: how many vectors it will multiply at most.
        shape: (batch, site): batches are independent matrices.
        key: of the normals.

    Example:
        >>> import jax
        >>> key = jax.random.key(0)
        >>> W = RandomMatrix(2.0, num_vectors=2, shape=(1, 50_000), key=key)
        >>> h = np.full((1, 50_000), 3.0)
        >>> bool(abs(W(h).var() - 18) < 1), bool(np.allclose(W(2 * h), 2 * W(h)))
        (True, True)
    """

    def __init__(
        self,
        variance: float,
        *,
        num_vectors: int,
        shape: tuple[int, int],
        key: PRNGKeyArray,
    ) -> None:
        num_batches, num_sites = shape
        self._scale = np.sqrt(variance / num_sites)
        self._key = key
        self._num_met = 0
        all_vectors = (num_batches, num_vectors, num_sites)
        self._directions = np.zeros(all_vectors)
        self._products = np.zeros(all_vectors)

    def __call__(self, hidden: Sites) -> Sites:
        """Return W h: known products for the known part of h, new ones for the rest."""
        known, rest = self._apart(hidden)
        products = self._products[:, : self._num_met]
        product = (known[:, None] @ products)[:, 0]
        size = _norms(rest)
        is_new = size > NO_NEW_DIRECTION * _norms(hidden)
        if is_new.any():
            unit = rest / np.where(is_new, size, 1.0)
            direction = np.where(is_new, unit, 0.0)
            length = np.where(is_new, size, 0.0)
            product += length * self._met(direction)
        return self._scale * product

    def _met(self, direction: Sites) -> Sites:
        """Keep a new direction, and return its normals."""
        key = jax.random.fold_in(self._key, self._num_met)
        fresh = standard_normals(key, direction.shape)
        self._directions[:, self._num_met] = direction
        self._products[:, self._num_met] = fresh
        self._num_met += 1
        return fresh

    def _apart(self, hidden: Sites) -> tuple[Float[np.ndarray, "batch met"], Sites]:
        """Return h along the directions met before, and the rest, which is new."""
        met = self._directions[:, : self._num_met]
        rest = hidden
        known = np.zeros(met.shape[:2])
        # Once leaves a rest that rounding has tilted; twice is enough.
        for _ in range(2):
            part = (met @ rest[..., None])[..., 0]
            known = known + part
            along = (part[:, None] @ met)[:, 0]
            rest = rest - along
        return known, rest


def _norms(vectors: Sites) -> Float[np.ndarray, "batch 1"]:
    return np.linalg.norm(vectors, axis=1, keepdims=True)


def standard_normals(
    key: PRNGKeyArray, shape: tuple[int, ...]
) -> Float[np.ndarray, "..."]:
    """Draw independent N(0,1), float64, a function of the key and the shape."""
    with jax.enable_x64(True):
        normals = jax.random.normal(key, shape)
        return np.asarray(normals)
