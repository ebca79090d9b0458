"""The GRU's dynamical mean field: a site driven by Gaussian fields that remember."""

from collections.abc import Sequence

import jax
import numpy as np
import scipy
from jaxtyping import Float, PRNGKeyArray

from firstbit.datasets import Result, dataset
from firstbit.errors import SettingError, require_at_least
from firstbit.memory.mean_field.prediction import GRID, grid, predicted, require_grid
from firstbit.memory.mean_field.random_matrix import (
    RandomMatrix,
    Sites,
    standard_normals,
)
from firstbit.memory.mean_field.weights import Variances, variances
from firstbit.progress import Progress, silent
from firstbit.weights.threefry import key_numbers

NUM_BATCHES = 10
"""Independent large nets, whose spread gives the standard error."""

FEWEST_SITES = 1000
"""100 a batch: with fewer a batch's moments are poor."""


def gru_mean_field(
    *,
    hidden_sizes: Sequence[int],
    length: int,
    reset: str = "before",
    gain: float = 1.0,
    initializer: str = "normal",
    num_sites: int = 20_000,
    key: PRNGKeyArray,
    progress: Progress = silent,
) -> Result:
    r"""Predict D(l,k) of a GRU with random weights, as if k were infinite.

    In an infinite net the units are independent given three Gaussian fields each, W_z
    h, W_r h and W_h (h r), whose covariances over times and over the two words are
    those of h (of h r) over the units:

    $$ E[(W h_s)_i (W h_t)_i] = b^2 E[h_s h_t], \qquad
       D(l,k) = \sqrt{k E[(h_u - h_v)^2]} $$

    The gate z makes h depend on its whole past, so covariances at all pairs of times
    are needed, and no closed recursion is known: sites are sampled, and their own
    covariances drive them. Exact for k and the number of sites to infinity; within
    3 % of the mean of D at k = 400. Don't trust it for small nets: at k = 20 and l =
    50, where the paper's grid lies, it gives .80 over sqrt(k), and nets have the mean
    .47 and the root mean square .57. Takes 100 bytes a site and a symbol.

    Args:
        hidden_sizes: the values of k, each at least 1, in any order.
        length: the largest l, at least 1; every l from 1 on is returned, the same for
            any largest l.
        reset: where r acts: on the state `before` the product with W_h (the paper), or
            on the product, `after`.
        gain: factor of every weight, above 0.
        initializer: `normal` (entries N(0, gain^2)) or `fan-in-normal` (N(0, gain^2 /
            fan_in)).
        num_sites: sampled sites, at least 1000, in ten independent batches.
        key: the random key.
        progress: called with (sizes done, all).

    Returns:
        Dataset over `hidden_size` and `length`: `predicted_discrepancy` and
        `predicted_discrepancy_se` (from the batches, 9 degrees of freedom), in units of
        the hidden state.

    Raises:
        SettingError: a size, the length, the gain or the number of sites is out of
            range, or a name is unknown.

    Example:
        >>> import jax
        >>> key = jax.random.key(0)
        >>> d = gru_mean_field(hidden_sizes=[400], length=2, num_sites=5000, key=key)
        >>> bool(abs(d.predicted_discrepancy[0, 0] / 400**0.5 - 0.481) < 0.02)
        True

    References:
        docs/theory.md derives it.
    """
    require_grid(hidden_sizes, length)
    require_at_least("num_sites", num_sites, FEWEST_SITES)
    if reset not in ("before", "after"):
        raise SettingError(f"expected reset 'before' or 'after', got '{reset}'.")
    laws = [variances(initializer, gain, k) for k in hidden_sizes]
    shape = (NUM_BATCHES, num_sites // NUM_BATCHES)
    found = []
    for law, k in zip(laws, hidden_sizes, strict=True):
        of_size = jax.random.fold_in(key, k)
        resets_first = reset == "before"
        found.append(
            _differences(law, length, shape, reset_first=resets_first, key=of_size)
        )
        progress(len(found), len(laws))
    roots = np.stack(found)
    mean = roots.mean(axis=-1)
    spread = roots.std(axis=-1, ddof=1)
    error = spread / np.sqrt(NUM_BATCHES)
    configuration = {
        "measure": "gru_mean_field",
        "reset": reset,
        "initializer": initializer,
        "gain": gain,
        "length": length,
        "hidden_sizes": [int(k) for k in hidden_sizes],
        "num_sites": shape[0] * shape[1],
    }
    return dataset(
        [predicted(hidden_sizes, mean, error)],
        grid(hidden_sizes, length),
        rows=GRID,
        configuration=configuration,
        key=key_numbers(key),
    )


def _differences(
    law: Variances,
    length: int,
    shape: tuple[int, int],
    *,
    reset_first: bool,
    key: PRNGKeyArray,
) -> Float[np.ndarray, "length batch"]:
    """Compute the root mean square over sites of h_u - h_v, for one size.

    The step is the cell's own, a site at a time.
    """

    def columns(key: PRNGKeyArray) -> Float[np.ndarray, "symbol batch site"]:
        return np.sqrt(law.input) * standard_normals(key, (2, *shape))

    def matrix(key: PRNGKeyArray) -> RandomMatrix:
        return RandomMatrix(law.recurrent, num_vectors=2 * length, shape=shape, key=key)

    keys = jax.random.split(key, 6)
    U_z = columns(keys[0])
    U_r = columns(keys[1])
    U_h = columns(keys[2])
    W_z = matrix(keys[3])
    W_r = matrix(keys[4])
    W_h = matrix(keys[5])

    def step(symbol: int, h: Sites) -> Sites:
        z = scipy.special.expit(U_z[symbol] + W_z(h))
        r = scipy.special.expit(U_r[symbol] + W_r(h))
        field = W_h(h * r) if reset_first else r * W_h(h)
        candidate = np.tanh(U_h[symbol] + field)
        return (1 - z) * candidate + z * h

    u = v = np.zeros(shape)
    found = np.empty((length, shape[0]))
    for t in range(length):
        u = step(0, u)
        v = step(int(t == 0), v)
        mean_square = np.mean((u - v) ** 2, axis=1)
        found[t] = np.sqrt(mean_square)
    return found
