"""The function of a unit, by name."""

from collections.abc import Callable, Mapping

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from firstbit.errors import CellError, unknown_name

Activation = Callable[[Float[Array, " hidden"]], Float[Array, " hidden"]]

ACTIVATIONS: Mapping[str, Activation] = {
    "logistic": jax.nn.sigmoid,
    "tanh": jnp.tanh,
    "relu": jax.nn.relu,
    "softplus": jax.nn.softplus,
    "erf": jax.scipy.special.erf,
    "sin": jnp.sin,
    "identity": lambda x: x,
}
"""Name on the command line -> the function, entry by entry."""


def activation_by_name(name: str) -> Activation:
    """The function of that name.

    Raises:
        CellError: there is none; the text names the nearest.

    Example:
        >>> float(activation_by_name("logistic")(jnp.array(0.0)))
        0.5
    """
    if not isinstance(name, str) or name not in ACTIVATIONS:
        raise CellError(unknown_name("activation", name, ACTIVATIONS))
    return ACTIVATIONS[name]
