"""The Vanilla cell's mean field: a recursion for the variance of a field, and for the difference of two."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr

from firstbit.memory.mean_field.activations import (
    Activation,
    checked,
    enough_nodes,
    gaussian_rule,
    mean_square,
    mean_square_slope,
    values,
)
from firstbit.memory.mean_field.prediction import GRID, labelled, require_grid
from firstbit.memory.mean_field.weights import Variances, variances
from firstbit.provenance import with_provenance

SMALL_DIFFERENCE = 1e-9
"""Half the variance of the fields' difference below which the difference is propagated
as a tangent: there the activations' difference would lose its digits, and the tangent's
error is of this order."""


def vanilla_mean_field(
    activation: str | Activation = "logistic",
    *,
    hidden_sizes: Sequence[int],
    length: int,
    gain: float = 1.0,
    initializer: str = "normal",
) -> xr.Dataset:
    r"""Predict the (l,k)-discrepancy of a Vanilla cell with random weights, as if k were infinite.

    With a^2 the variance of an entry of U, b^2 that of an entry of W times k, Z
    standard normal and s the activation:

    $$ q_1 = a^2, \quad q_{t+1} = a^2 + b^2 E[s(\sqrt{q_t} Z)^2], \qquad
       \delta_1 = a^2, \quad \delta_{t+1} = \tfrac{b^2}{2} \Delta_t, $$
    $$ \Delta_t = E[(s(x_u) - s(x_v))^2], \quad x_{u,v} \sim N(0, q_t), \quad E[x_u x_v] = q_t - \delta_t,
       \qquad D(l,k) = \sqrt{k \Delta_l} $$

    Exact for k to infinity at fixed a and b; within 3 % of the mean of D at k = 400.
    Don't trust it for small nets where it decays: there rare nets keep the words apart
    and carry the mean, and the theory is near the median (logistic, k = 20, l = 50,
    over sqrt(k): mean .0014, median 2e-10, predicted 2e-10). It says nothing about the
    spread over nets. Quadrature error: relative 1e-6 as long as fields deviate by no
    more than 85 and s is smooth on the scale of one; 1 % for an s with a corner.

    Args:
        activation: `logistic`, `tanh`, `relu`, `softplus`, `identity`, or an
            elementwise function of JAX arrays.
        hidden_sizes: the values of k, each at least 1, in any order.
        length: the largest l, at least 1; every l from 1 on is returned.
        gain: factor of every weight, above 0.
        initializer: `normal` (entries N(0, gain^2)) or `fan-in-normal` (N(0, gain^2 /
            fan_in)).

    Returns:
        Dataset over `hidden_size` and `length`: `predicted_discrepancy` and
        `predicted_standard_error` (0: no sampling), both in units of the hidden state;
        `field_variance`, q_l; `slope`, chi_l = b^2 E[s'(sqrt(q_l) Z)^2], the factor by
        which a small squared distance grows with the next symbol. Infinite where q
        overflows.

    Raises:
        SettingError: a size, the length or the gain is out of range, or a name is
            unknown.

    Example:
        >>> d = vanilla_mean_field("tanh", hidden_sizes=[400], length=50)
        >>> round(float(d.predicted_discrepancy.sel(length=50).item()) / 400**0.5, 3)
        1.382

    References:
        docs/theory.md derives it.
    """
    require_grid(hidden_sizes, length)
    laws = [variances(initializer, gain, k) for k in hidden_sizes]
    function = checked(activation)
    tracks = [_propagate(function, law, length) for law in laws]
    difference, variance, slope = (
        np.stack(parts) for parts in zip(*tracks, strict=True)
    )
    dataset = labelled(hidden_sizes, np.sqrt(difference), np.zeros_like(difference))
    dataset["field_variance"] = (
        GRID,
        variance,
        {"long_name": "variance of a unit's field", "units": "1"},
    )
    dataset["slope"] = (
        GRID,
        slope,
        {"long_name": "growth factor of a small squared distance", "units": "1"},
    )
    name = (
        activation
        if isinstance(activation, str)
        else getattr(activation, "__name__", repr(activation))
    )
    configuration = {
        "measure": "vanilla_mean_field",
        "activation": name,
        "initializer": initializer,
        "gain": gain,
        "length": length,
        "hidden_sizes": [int(k) for k in hidden_sizes],
    }
    return with_provenance(dataset, configuration=configuration)


class Track(NamedTuple):
    """Along the word: mean squared difference of two units, variance of a field, growth factor."""

    difference: np.ndarray
    variance: np.ndarray
    slope: np.ndarray


def _propagate(activation: Activation, law: Variances, length: int) -> Track:
    """One net size: first the variances, which need one field only, then the difference of two."""
    variance = np.empty(length)
    variance[0] = law.input
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(1, length):
            variance[t] = law.input + law.recurrent * mean_square(
                activation, variance[t - 1]
            )
        slope = law.recurrent * mean_square_slope(activation, variance)
    finite = np.isfinite(variance)
    rule = gaussian_rule(enough_nodes(variance[finite].max()))
    difference = np.full(length, np.inf)
    half = law.input
    for t in np.flatnonzero(finite):
        if half > SMALL_DIFFERENCE:
            difference[t] = _squared_difference(activation, variance[t], half, rule)
        else:
            difference[t] = 2 * half * slope[t] / law.recurrent
        half = law.recurrent * difference[t] / 2
    return Track(difference, variance, slope)


def _squared_difference(
    activation: Activation,
    variance: float,
    half: float,
    rule: tuple[np.ndarray, np.ndarray],
) -> float:
    """E[(s(m + d) - s(m - d))^2], with independent mean m of variance q - delta/2 and half difference d of delta/2."""
    nodes, weights = rule
    right = len(nodes) // 2  # the square is even in d
    mean = np.sqrt(variance - half / 2) * nodes
    apart = np.sqrt(half / 2) * nodes[right:, None]
    squares = (values(activation, mean + apart) - values(activation, mean - apart)) ** 2
    return float(2 * weights[right:] @ squares @ weights)
