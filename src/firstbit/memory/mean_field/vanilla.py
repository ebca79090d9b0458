"""The Vanilla cell's mean field: recursions for a field's variance and a difference."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from firstbit.datasets import Result, Variable, dataset
from firstbit.memory.mean_field.activations import (
    Activation,
    checked,
    enough_nodes,
    gaussian_rule,
    mean_square,
    mean_square_slope,
    name_of,
    values,
)
from firstbit.memory.mean_field.prediction import GRID, grid, predicted, require_grid
from firstbit.memory.mean_field.weights import Variances, variances

SMALL_DIFFERENCE = 1e-9
"""Half the variance of the fields' difference below which the difference may be
propagated as a tangent: its error is of this order, for a smooth activation."""

LOST = 1e-7
"""Share of the activations below which their difference has lost digits: then it is
propagated as a tangent. Where an activation has a corner at 0, as relu, a tangent is
wrong in a field as small as the difference, and nothing is lost there."""


def vanilla_mean_field(
    activation: str | Activation = "logistic",
    *,
    hidden_sizes: Sequence[int],
    length: int,
    gain: float = 1.0,
    initializer: str = "normal",
) -> Result:
    r"""Predict D(l,k) of a Vanilla cell with random weights, as if k were infinite.

    With a^2 the variance of an entry of U, b^2 that of an entry of W times k, Z
    standard normal and s the activation:

    $$ q_1 = a^2, \quad q_{t+1} = a^2 + b^2 E[s(\sqrt{q_t} Z)^2], \qquad
       \delta_1 = a^2, \quad \delta_{t+1} = \tfrac{b^2}{2} \Delta_t, $$
    $$ \Delta_t = E[(s(x_u) - s(x_v))^2], \quad x_{u,v} \sim N(0, q_t),
       \quad E[x_u x_v] = q_t - \delta_t, \qquad D(l,k) = \sqrt{k \Delta_l} $$

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
        `predicted_discrepancy_se` (0: no sampling), both in units of the hidden state;
        `field_variance`, q_l; `slope`, chi_l = b^2 E[s'(sqrt(q_l) Z)^2], the factor by
        which a small squared distance grows with the next symbol. Infinite where q
        overflows.

    Raises:
        SettingError: a size, the length or the gain is out of range, or a name is
            unknown.

    Example:
        >>> d = vanilla_mean_field("tanh", hidden_sizes=[400], length=50)
        >>> at_50 = d.predicted_discrepancy.sel(length=50)
        >>> round(float(at_50.item()) / 400**0.5, 3)
        1.382

    References:
        docs/theory.md derives it.
    """
    require_grid(hidden_sizes, length)
    laws = [variances(initializer, gain, k) for k in hidden_sizes]
    function = checked(activation)
    tracks = [_propagate(function, law, length) for law in laws]
    difference = np.stack([track.difference for track in tracks])
    variance = np.stack([track.variance for track in tracks])
    slope = np.stack([track.slope for track in tracks])
    configuration = {
        "measure": "vanilla_mean_field",
        "activation": name_of(activation),
        "initializer": initializer,
        "gain": gain,
        "length": length,
        "hidden_sizes": [int(k) for k in hidden_sizes],
    }
    return dataset(
        [
            predicted(hidden_sizes, np.sqrt(difference), np.zeros_like(difference)),
            Variable("field_variance", GRID, variance, "variance of a unit's field"),
            Variable("slope", GRID, slope, "growth factor of a small squared distance"),
        ],
        grid(hidden_sizes, length),
        rows=GRID,
        configuration=configuration,
    )


class Track(NamedTuple):
    """The moments of one net size along the word.

    Attributes:
        difference: mean squared difference of two units.
        variance: of a unit's field.
        slope: growth factor of a small squared distance.
    """

    difference: Float[np.ndarray, " length"]
    variance: Float[np.ndarray, " length"]
    slope: Float[np.ndarray, " length"]


def _propagate(activation: Activation, law: Variances, length: int) -> Track:
    """Compute the variances, which need one field only, then the difference of two."""
    variance = np.empty(length)
    square = np.empty(length)
    following = law.input
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(length):
            variance[t] = following
            square[t] = mean_square(activation, variance[t])
            following = law.input + law.recurrent * square[t]
        slope = law.recurrent * mean_square_slope(activation, variance)
    finite = np.isfinite(variance)
    rule = gaussian_rule(enough_nodes(variance[finite].max()))
    difference = np.full(length, np.inf)
    half = law.input
    for t in np.flatnonzero(finite):
        difference[t] = _squared_difference(activation, variance[t], half, rule)
        is_lost = difference[t] <= LOST**2 * square[t]
        if half <= SMALL_DIFFERENCE and is_lost:
            difference[t] = 2 * half * slope[t] / law.recurrent
        half = law.recurrent * difference[t] / 2
    return Track(difference, variance, slope)


def _squared_difference(
    activation: Activation,
    variance: float,
    half: float,
    rule: tuple[Float[np.ndarray, " node"], Float[np.ndarray, " node"]],
) -> float:
    """Compute E[(s(m + d) - s(m - d))^2] for independent m and d.

    m, the mean of the two fields, has the variance q - delta/2; d, half their
    difference, has delta/2.
    """
    nodes, weights = rule
    right = len(nodes) // 2  # the square is even in d
    mean = np.sqrt(variance - half / 2) * nodes
    apart = np.sqrt(half / 2) * nodes[right:, None]
    above = values(activation, mean + apart)
    below = values(activation, mean - apart)
    squares = (above - below) ** 2
    return float(2 * weights[right:] @ squares @ weights)
