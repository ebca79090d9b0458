"""Lyapunov exponents of a cell along a sequence.

They say how fast the cell's whole state forgets or amplifies a small change.
"""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from firstbit.cells.first_step import require_step
from firstbit.cells.given import CellLike, Given
from firstbit.cells.state import State, as_numbers, from_numbers, in_float
from firstbit.datasets import Result, Variable, dataset
from firstbit.errors import CellError, SettingError, require_at_least, shown_value
from firstbit.intervals import CONFIDENCE, require_confidence
from firstbit.memory.forgetting.correlated_means import (
    batch_means_error,
    mean_half_width,
)
from firstbit.programs.in_turn import in_turn
from firstbit.weights.threefry import key_numbers, require_key

ROUNDING = 16 * np.finfo(float).eps
"""Share of a direction, for each number of the state, that rounding may leave of it
where the directions before it span it."""


def lyapunov_exponents(
    cell: CellLike,
    *,
    inputs: Float[np.ndarray, "..."],
    burn_in: int,
    num_exponents: int | None = None,
    initial_state: Callable[[Any], State] | None = None,
    confidence: float = CONFIDENCE,
    key: PRNGKeyArray,
) -> Result:
    r"""Compute the Lyapunov exponents of a cell driven by a sequence.

    $$ \lambda_i = \frac{1}{T - b} \sum_{t=b+1}^{T} \log (R_t)_{ii}, \qquad
       Q_t R_t = \frac{\partial s_t}{\partial s_{t-1}} Q_{t-1} $$

    s is the whole state (of an LSTM, h and c). Its Jacobian comes by forward mode in
    float64. The first frame Q_0 is the orthonormal one of a standard normal matrix; its
    influence fades during the burn-in.

    The exponents are averages along these inputs, of small changes. Where they lie
    close together, a short burn-in mixes them (sums over all stay right). The standard
    errors treat batches of steps as independent: don't trust them where the state moves
    more slowly than a thirtieth of the run, or the run is a fixed point or a short
    cycle.

    Args:
        cell: a built cell, in Equinox's convention; it may ignore its input.
        inputs: (time, input) any real numbers.
        burn_in: steps that are left out at the start, at least 0 and fewer than the
            inputs have.
        num_exponents: number of exponents, the largest first; by default all, as many
            as the state has numbers.
        initial_state: a function of the cell, where it isn't zero and the cell has no
            method `initial_state`.
        confidence: probability of the intervals.
        key: of the first frame.

    Returns:
        Dataset over `direction` = 1, 2, ... in nats per symbol: `lyapunov_exponent`,
        -inf where the state loses a dimension for good, such as of two units that are
        always equal: all that is left in every step is rounding;
        `lyapunov_exponent_se`, by the means of 30 batches, NaN with fewer than four
        steps; `lyapunov_exponent_ci`, by Student's t of the means of 30 batches of at
        least six correlation times, NaN where the series is too short for them.

    Raises:
        SettingError: the inputs, the burn-in, the number of exponents or the confidence
            are out of range.
        CellError: the cell isn't built or can't take these inputs, or its state grows
            beyond all numbers.

    Example:
        >>> import equinox as eqx, jax, numpy as np
        >>> from firstbit.cells import Vanilla
        >>> linear = Vanilla(1, 2, activation="identity", key=jax.random.key(0))
        >>> linear = eqx.tree_at(lambda cell: cell.W_h, linear, np.diag([0.5, -2.0]))
        >>> still, key = np.zeros((60, 1)), jax.random.key(0)
        >>> found = lyapunov_exponents(linear, inputs=still, burn_in=40, key=key)
        >>> np.exp(found.lyapunov_exponent.values).round(9).tolist()
        [2.0, 0.5]
    """
    burn_in = require_at_least("burn_in", burn_in, 0)
    driven = checked_inputs(inputs, burn_in)
    confidence = require_confidence(confidence)
    key = require_key(key)
    given = Given.of(cell, initial_state=initial_state)
    require_steps(given, driven.shape[1], key)
    growth = growth_along(given, driven, num_exponents, key)
    configuration = {
        "measure": "lyapunov_exponents",
        "cell": given.name,
        "num_steps": len(driven),
        "burn_in": burn_in,
        "num_exponents": growth.shape[1],
    }
    mean = growth[burn_in:].mean(axis=0)
    error = batch_means_error(growth[burn_in:])
    reach = mean_half_width(growth[burn_in:], confidence)
    exponents = Variable(
        "lyapunov_exponent",
        ["direction"],
        mean,
        "Lyapunov exponent",
        "nats per symbol",
        se=error,
        ci=(mean - reach, mean + reach),
    )
    return dataset(
        [exponents],
        {"direction": np.arange(1, len(mean) + 1)},
        rows=["direction"],
        configuration=configuration,
        confidence=confidence,
        key=key_numbers(key),
    )


def growth_along(
    given: Given,
    inputs: Float[np.ndarray, "time input"],
    num_exponents: int | None,
    key: PRNGKeyArray,
) -> Float[np.ndarray, "time direction"]:
    """Return the logarithm of each direction's growth in each step.

    Raises:
        SettingError: there are fewer directions.
        CellError: a state is no longer finite.
    """
    with jax.enable_x64(True):
        cell = given.make(inputs.shape[1], 0, key)
        start = in_float(given.initial(cell))
        units, rest = eqx.partition(start, eqx.is_inexact_array)
        flat = as_numbers(units)
        num = _require_exponents(num_exponents, flat.size)
        directions = jax.random.normal(key, (flat.size, num))
        frame, _ = jnp.linalg.qr(directions)
        found = _along(cell, jnp.asarray(inputs), (units, rest), frame)
        finite, growth, lost = map(np.array, found)
    if not finite.all():
        raise CellError(
            f"the state of {given.name} is no longer finite after step "
            f"{int(finite.argmin()) + 1}; expected a bounded state;"
            " try fewer steps, or smaller weights or inputs."
        )
    growth[:, lost.all(axis=0)] = -np.inf
    return growth


@eqx.filter_jit
@in_turn
def _along(
    cell: Callable[[Array, State], State],
    inputs: Float[Array, "time input"],
    start: tuple[State, State],
    frame: Float[Array, "state direction"],
) -> tuple[
    Bool[Array, " time"], Float[Array, "time direction"], Bool[Array, "time direction"]
]:
    """Return, after each step, whether the state is finite and each log growth.

    And whether this growth is mere rounding: the step has lost the direction. The start
    is the state of the units, and the rest of the state, such as a clock.
    """
    like, others = start

    def step(
        carry: tuple[Array, State, Array], input: Array
    ) -> tuple[tuple[Array, State, Array], tuple[Array, Array, Array]]:
        state, rest, frame = carry

        def move(flat: Array) -> tuple[Array, State]:
            after = cell(input, eqx.combine(from_numbers(flat, like), rest))
            units, rest_after = eqx.partition(after, eqx.is_inexact_array)
            return as_numbers(units), rest_after

        after, push, rest = jax.linearize(move, state, has_aux=True)
        push_all = jax.vmap(push, in_axes=1, out_axes=1)
        pushed = push_all(frame)
        frame, triangle = jnp.linalg.qr(pushed)
        factor = jnp.abs(jnp.diagonal(triangle))
        lengths = jnp.linalg.norm(pushed, axis=0)
        lost = factor <= ROUNDING * len(pushed) * lengths
        is_finite = jnp.isfinite(after).all()
        return (after, rest, frame), (is_finite, jnp.log(factor), lost)

    first = as_numbers(like), others, frame
    _, found = jax.lax.scan(step, first, inputs)
    return found


def checked_inputs(inputs: object, burn_in: int) -> Float[np.ndarray, "time input"]:
    """Return inputs as float64, more of them than the burn-in.

    Raises:
        SettingError: they are no finite numbers (time, input), or too few.
    """
    try:
        array = np.asarray(inputs, float)
    except (TypeError, ValueError) as error:
        raise SettingError(
            "expected `inputs` of finite numbers and shape (time, input), got "
            f"{shown_value(inputs)}."
        ) from error
    if array.ndim != 2 or not np.isfinite(array).all():
        raise SettingError(
            "expected `inputs` of finite numbers and shape (time, input), got "
            f"shape {array.shape}."
        )
    if burn_in >= len(array):
        raise SettingError(
            f"expected a `burn_in` below the number of steps, {len(array)}; got "
            f"{burn_in}."
        )
    return array


def require_steps(given: Given, input_size: int, key: PRNGKeyArray) -> None:
    """Raise `CellError` unless it is a built cell that can read these inputs."""
    if not given.is_built:
        raise CellError(
            f"expected a built cell, got {given.name}; build one, such as "
            "GRU(2, 5, key=key)."
        )
    width = getattr(given.built, "input_size", input_size)
    if width != input_size:
        raise CellError(
            f"expected inputs of {width} numbers, as {given.name} has, got "
            f"{input_size}; give (time, {width})."
        )
    require_step(
        given,
        input_size,
        0,
        initializer=None,
        key=key,
        must_read=False,
    )


def _require_exponents(num_exponents: int | None, state_size: int) -> int:
    """Return the number of exponents; all by default."""
    if num_exponents is None:
        return state_size
    wanted = require_at_least("num_exponents", num_exponents, 1)
    if wanted > state_size:
        raise SettingError(
            f"expected `num_exponents` up to {state_size}, the numbers in the state; "
            f"got {wanted}."
        )
    return wanted
