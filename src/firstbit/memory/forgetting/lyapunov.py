"""Lyapunov exponents of a cell along a sequence: how fast its whole state forgets or amplifies a small change."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import xarray as xr
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float, PRNGKeyArray

from firstbit.cells.given import built, is_built, name_of
from firstbit.cells.state import State
from firstbit.cells.state import initial_state as start_of
from firstbit.errors import CellError, SettingError, require_at_least
from firstbit.provenance import with_provenance

MOST_BATCHES = 30
"""Batch means: few long batches tell more of a correlated series than many short
ones."""


def lyapunov_exponents(
    cell: Any,
    *,
    inputs: Float[np.ndarray, "time input"],
    burn_in: int,
    num_exponents: int | None = None,
    initial_state: Callable[[Any], State] | None = None,
    key: PRNGKeyArray,
) -> xr.Dataset:
    r"""Lyapunov exponents of a cell driven by a sequence, by QR along the trajectory.

    $$ \lambda_i = \frac{1}{T - b} \sum_{t=b+1}^{T} \log (R_t)_{ii}, \qquad
       Q_t R_t = \frac{\partial s_t}{\partial s_{t-1}} Q_{t-1} $$

    s is the whole state (of an LSTM, h and c), its Jacobian comes by forward mode in
    float64. The first frame Q_0 is the orthonormal one of a standard normal matrix; its
    memory fades during the burn-in.

    They are averages along these inputs, of small changes: where exponents lie close
    together, a short burn-in mixes them (sums over all stay right). The standard errors
    take batches of steps for independent: don't trust them where the state moves more
    slowly than a thirtieth of the run, or the run is a fixed point or a short cycle.

    Args:
        cell: a built cell, in Equinox's convention; it may ignore its input.
        inputs: (time, input) any real numbers.
        burn_in: steps that are left out at the start, at least 0 and fewer than there
            are.
        num_exponents: how many, the largest first; by default all, as many as the state
            has numbers.
        initial_state: a function of the cell, where it isn't zero and the cell has no
            method `initial_state`.
        key: of the first frame.

    Returns:
        Dataset over `exponent` = 1, 2, ... in nats a step: `lyapunov_exponent`, -inf
        where the state loses a dimension for good, and `standard_error`, by the means
        of 30 batches, NaN with fewer than four steps.

    Raises:
        SettingError: the inputs, the burn-in or the number of exponents are out of
            range.
        CellError: not a cell that can take these inputs, or its state grows beyond all
            numbers.

    Example:
        >>> import equinox as eqx, jax, numpy as np
        >>> from firstbit.cells import Vanilla
        >>> linear = Vanilla(1, 2, activation="identity", key=jax.random.key(0))
        >>> linear = eqx.tree_at(lambda cell: cell.W_h, linear, np.diag([0.5, -2.0]))
        >>> found = lyapunov_exponents(linear, inputs=np.zeros((60, 1)), burn_in=40, key=jax.random.key(0))
        >>> np.exp(found.lyapunov_exponent.values).round(9).tolist()
        [2.0, 0.5]
    """
    driven = _checked_inputs(inputs, burn_in)
    if not is_built(cell) and not isinstance(cell, eqx.Module):
        raise CellError(
            f"expected a built cell, got {name_of(cell)}; build one, such as "
            "GRU(2, 5, key=key)."
        )
    with jax.enable_x64(True):
        cell = built(cell, driven.shape[1], 0, key)
        start = jax.tree.map(
            lambda leaf: jnp.asarray(leaf, float), start_of(cell, initial_state)
        )
        flat, unravel = ravel_pytree(start)
        _require_one_step(cell, driven, start)
        num = flat.size if num_exponents is None else num_exponents
        require_at_least("num_exponents", num, 1)
        if num > flat.size:
            raise SettingError(
                f"expected `num_exponents` up to {flat.size}, the numbers in the "
                f"state; got {num}."
            )
        frame, _ = jnp.linalg.qr(jax.random.normal(key, (flat.size, num)))
        finite, growth = map(
            np.asarray, _along(cell, jnp.asarray(driven), flat, frame, unravel)
        )
    if not finite.all():
        raise CellError(
            f"the state of {name_of(cell)} is no longer finite after step "
            f"{int(finite.argmin()) + 1}; expected a bounded state;"
            " try fewer steps, or smaller weights or inputs."
        )
    configuration = {
        "measure": "lyapunov_exponents",
        "cell": name_of(cell),
        "num_steps": len(driven),
        "burn_in": burn_in,
        "num_exponents": num,
    }
    numbers = np.ravel(jax.random.key_data(key)).tolist()
    return with_provenance(
        _labelled(growth[burn_in:]), configuration=configuration, key=numbers
    )


@eqx.filter_jit
def _along(
    cell: Any,
    inputs: Float[Array, "time input"],
    flat: Float[Array, " state"],
    frame: Array,
    unravel: Callable,
) -> tuple[Array, Array]:
    """Whether the state is finite, and the logarithms of each direction's growth, after each step."""

    def step(
        carry: tuple[Array, Array], input: Array
    ) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
        state, frame = carry
        after, push = jax.linearize(
            lambda s: ravel_pytree(cell(input, unravel(s)))[0], state
        )
        frame, triangle = jnp.linalg.qr(jax.vmap(push, in_axes=1, out_axes=1)(frame))
        return (after, frame), (
            jnp.isfinite(after).all(),
            jnp.log(jnp.abs(jnp.diagonal(triangle))),
        )

    return jax.lax.scan(step, (flat, frame), inputs)[1]


def batch_means_error(
    series: Float[np.ndarray, "time column"],
) -> Float[np.ndarray, " column"]:
    """Standard error of the means of correlated series, from the means of at most 30 batches; NaN below four steps.

    Example:
        >>> batch_means_error(np.array([[0.0], [0.0], [2.0], [2.0]])).round(9).tolist()
        [1.0]
    """
    num_batches = min(MOST_BATCHES, len(series) // 2)
    if num_batches < 2:
        return np.full(series.shape[1], np.nan)
    size = len(series) // num_batches
    means = (
        series[len(series) - num_batches * size :]
        .reshape(num_batches, size, -1)
        .mean(axis=1)
    )
    with np.errstate(invalid="ignore"):  # an exponent of -inf has no error
        return means.std(axis=0, ddof=1) / np.sqrt(num_batches)


def _checked_inputs(inputs: Any, burn_in: int) -> np.ndarray:
    array = np.asarray(inputs, float)
    if array.ndim != 2 or not np.isfinite(array).all():
        raise SettingError(
            "expected `inputs` of finite numbers and shape (time, input), got "
            f"shape {array.shape}."
        )
    require_at_least("burn_in", burn_in, 0)
    if burn_in >= len(array):
        raise SettingError(
            f"expected a `burn_in` below the number of steps, {len(array)}; got "
            f"{burn_in}."
        )
    return array


def _require_one_step(cell: Any, inputs: np.ndarray, start: State) -> None:
    """Raise `CellError` unless one step gives a state like the one it gets."""
    width = getattr(cell, "input_size", inputs.shape[1])
    if width != inputs.shape[1]:
        raise CellError(
            f"expected inputs of {width} numbers, as {name_of(cell)} has, got "
            f"{inputs.shape[1]}; give (time, {width})."
        )
    try:
        after = jax.eval_shape(cell, jnp.asarray(inputs[0]), start)
    except Exception as error:  # a user's own code may raise anything
        raise CellError(
            f"{name_of(cell)} fails in its first step: {type(error).__name__}: "
            f"{error}; expected cell(input, hidden) -> hidden,"
            f" input of shape ({inputs.shape[1]},)."
        ) from error
    expected, got = (
        jax.tree.map(lambda leaf: (leaf.dtype.name, leaf.shape), state)
        for state in (start, after)
    )
    if expected != got:
        raise CellError(
            f"expected {name_of(cell)} to give a state like the one it gets, "
            f"{expected}; got {got}."
        )


def _labelled(growth: Float[np.ndarray, "time exponent"]) -> xr.Dataset:
    number = np.arange(1, growth.shape[1] + 1)
    units = "nats per step"
    return xr.Dataset(
        {
            "lyapunov_exponent": (
                "exponent",
                growth.mean(axis=0),
                {"long_name": "Lyapunov exponent", "units": units},
            ),
            "standard_error": (
                "exponent",
                batch_means_error(growth),
                {"long_name": "standard error", "units": units},
            ),
        },
        {
            "exponent": (
                "exponent",
                number,
                {
                    "long_name": "number of the exponent, the largest first",
                    "units": "1",
                },
            )
        },
    )
