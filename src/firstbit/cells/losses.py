"""The losses of a prediction."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

Loss = Callable[[Array, Array], Array]
"""From linear outputs and a one-hot target to the loss, summed over both."""


def squared_error(
    output: Float[Array, "*time output"], target: Float[Array, "*time output"]
) -> Float[Array, ""]:
    """Return the squared error, summed over outputs (and times): the published loss."""
    return jnp.sum((output - target) ** 2)


def cross_entropy(
    output: Float[Array, "*time output"], target: Float[Array, "*time output"]
) -> Float[Array, ""]:
    """Return the summed cross-entropy of the softmax of the outputs, in nats.

    It is minus the logarithm of the target's probability.

    Example:
        >>> round(float(cross_entropy(jnp.zeros(2), jnp.array([0.0, 1.0]))), 6)
        0.693147
    """
    return -jnp.sum(target * jax.nn.log_softmax(output))
