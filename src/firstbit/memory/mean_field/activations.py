"""Moments of activation functions under a Gaussian field."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from firstbit.cells.activations import Activation, activation_by_name
from firstbit.errors import SettingError, shown_value

REACH = 8.5
"""Standard deviations that a rule covers: beyond lies less than 1e-16 of a Gaussian."""

ONE_FIELD_NODES = 4096
"""Nodes of a rule for means over one field: they are cheap."""

FINEST = 1e-8
"""Share of a standard deviation within which the nodes of that rule are evenly spaced;
beyond, they are as far apart as a small share of their distance from 0."""

FEWEST_NODES, MOST_NODES = 256, 2048
"""Nodes of a rule for means over two fields, in each of them."""

FloatLike = float | np.floating | np.ndarray
"""One number or many."""


def require_function(activation: object) -> None:
    """Raise `SettingError` unless it can be called."""
    if not callable(activation):
        raise SettingError(
            f"expected an activation by name or as a function, got "
            f"{shown_value(activation)}; try 'tanh'."
        )


def checked(activation: str | Activation) -> Activation:
    """Return the activation function, given by name or as itself.

    It and its slope must be elementwise.

    Raises:
        SettingError: the name is unknown, or the function isn't elementwise and
            differentiable by JAX.
    """
    if isinstance(activation, str):
        return checked(activation_by_name(activation))
    require_function(activation)
    function = activation
    probe = np.linspace(-1.0, 1.0, 3)
    try:
        shapes = {values(function, probe).shape, slopes(function, probe).shape}
    except (TypeError, ValueError, jax.errors.JAXTypeError) as error:
        raise SettingError(
            f"expected an elementwise function that JAX can differentiate, "
            f"such as jax.numpy.tanh; got {function} ({_first(error)})."
        ) from error
    if shapes != {probe.shape}:
        raise SettingError(
            "expected an elementwise function, such as jax.numpy.tanh; got "
            f"{function}, which changes the shape."
        )
    return function


def values(activation: Activation, field: np.ndarray) -> np.ndarray:
    """Compute s(x), float64."""
    with jax.enable_x64(True):
        return np.asarray(activation(jnp.asarray(field)))


def slopes(activation: Activation, field: np.ndarray) -> np.ndarray:
    """Compute s'(x), float64."""
    with jax.enable_x64(True):
        flat = jnp.asarray(field.ravel())
        return np.asarray(_slopes(activation, flat)).reshape(field.shape)


@eqx.filter_jit
def _slopes(
    activation: Activation, field: Float[Array, " place"]
) -> Float[Array, " place"]:
    """Compute s'(x); compiled, as searches ask for it hundreds of times."""
    return jax.vmap(jax.grad(activation))(field)


def gaussian_rule(
    num_nodes: int,
) -> tuple[Float[np.ndarray, " node"], Float[np.ndarray, " node"]]:
    r"""Return nodes and weights for means over a standard normal Z.

    $$ E f(Z) \approx \sum_i w_i f(z_i) $$

    The midpoint rule on +-8.5. It converges geometrically for analytic f, and stays
    useful where a field is so wide that s becomes a step: the nodes of a Gauss-Hermite
    rule are as far apart as those of a midpoint rule with fewer nodes, since they
    spread over +-2 sqrt(n). No node lies at 0, where relu has its corner.

    Example:
        >>> z, w = gaussian_rule(128)
        >>> [round(float(w @ z**n), 12) for n in (0, 2, 4)]
        [1.0, 1.0, 3.0]
    """
    width = 2 * REACH / num_nodes
    nodes = (np.arange(num_nodes) + 0.5) * width - REACH
    weights = np.exp(-(nodes**2) / 2)
    return nodes, weights / weights.sum()


def field_rule() -> tuple[Float[np.ndarray, " node"], Float[np.ndarray, " node"]]:
    r"""Return nodes and weights for means over one field, however wide it is.

    The midpoint rule in t, for z proportional to sinh t. In a field of deviation
    $\sqrt q$ an s of width one is as wide as $1 / \sqrt q$: neighbours are nearer than
    a hundredth of that, up to deviations of ten million.

    Example:
        >>> z, w = field_rule()
        >>> [round(float(w @ z**n), 12) for n in (0, 2, 4)]
        [1.0, 1.0, 3.0]
    """
    places = (np.arange(ONE_FIELD_NODES) + 0.5) * (2 / ONE_FIELD_NODES) - 1
    stretched = np.arcsinh(REACH / FINEST) * places
    nodes = FINEST * np.sinh(stretched)
    weights = np.exp(-(nodes**2) / 2) * np.cosh(stretched)
    return nodes, weights / weights.sum()


def enough_nodes(variance: float) -> int:
    """Return how many nodes resolve an activation of width one, a power of two.

    They do so in each of two fields of this variance. Then the mean square of tanh has
    a relative error below 2e-6, as long as the variance is at most 7000.
    """
    wanted = 24 * np.sqrt(max(variance, 1.0))
    power_of_two = 2 ** np.ceil(np.log2(wanted))
    return int(min(max(FEWEST_NODES, power_of_two), MOST_NODES))


def mean_square(activation: Activation, variance: FloatLike) -> np.ndarray:
    """Compute E[s(sqrt(q) Z)^2] for one variance q or many."""
    nodes, weights = field_rule()
    fields = np.sqrt(variance)[..., None] * nodes
    squares = values(activation, fields) ** 2
    return np.asarray(squares @ weights)


def mean_square_slope(activation: Activation, variance: FloatLike) -> np.ndarray:
    """Compute E[s'(sqrt(q) Z)^2] for one variance q or many."""
    nodes, weights = field_rule()
    fields = np.sqrt(variance)[..., None] * nodes
    squares = slopes(activation, fields) ** 2
    return np.asarray(squares @ weights)


def name_of(activation: str | Activation) -> str:
    """Return the name of an activation, as results keep it."""
    if isinstance(activation, str):
        return activation
    return getattr(activation, "__name__", repr(activation))


def _first(error: Exception) -> str:
    text = str(error)
    return text.splitlines()[0] if text else type(error).__name__
