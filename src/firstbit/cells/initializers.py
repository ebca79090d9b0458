"""Laws for random weights: independent entries of mean zero, whose scale may depend on the fan-in."""

from dataclasses import dataclass
from typing import Literal

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from firstbit.errors import SettingError, unknown_name

Variate = Literal["normal", "uniform"]
"""A standard normal, or a uniform on (-1, 1)."""


@dataclass(frozen=True)
class Initializer:
    """Independent weights: a standard normal, or a uniform on (-1, 1), times a scale.

    Attributes:
        name: as on the command line.
        variate: the law of one entry before scaling.
        by_fan_in: whether entries are divided by the square root of the fan-in (the number of columns).
    """

    name: str
    variate: Variate
    by_fan_in: bool


INITIALIZERS = {
    law.name: law
    for law in (
        Initializer("normal", "normal", by_fan_in=False),
        Initializer("fan-in-normal", "normal", by_fan_in=True),
        Initializer("fan-in-uniform", "uniform", by_fan_in=True),
    )
}
"""The three laws of the paper's published grids: N(0,1), N(0,1/fan_in), uniform on +-1/sqrt(fan_in)."""


def initializer_by_name(name: str) -> Initializer:
    """The law of that name.

    Raises:
        SettingError: there is none; the text names the nearest.

    Example:
        >>> initializer_by_name("normal").by_fan_in
        False
    """
    if name not in INITIALIZERS:
        raise SettingError(unknown_name("initializer", name, INITIALIZERS))
    return INITIALIZERS[name]


def row_keys(key: PRNGKeyArray, hidden_size: int, num_gates: int) -> PRNGKeyArray:
    """One key for each unit and gate, (hidden, gate). A larger cell's keys begin with the smaller one's."""
    return jax.random.split(key, (hidden_size, num_gates))


def incoming_weights(
    variate: Variate, by_fan_in: Array | bool, keys: PRNGKeyArray, *, input_size: int, hidden_size: Array | int
) -> Float[Array, "hidden gate columns"]:
    """Draw the weights into each unit of each gate: first from the inputs, then from the units.

    Row (a, g) is its own stream, so a cell of k units is, before scaling, the leading corner of a larger cell
    drawn with the same key. Blocks of cells use this: they draw at a few padded sizes and put zeros beyond k.

    Args:
        variate: the law of one entry before scaling.
        by_fan_in: whether a matrix is divided by the square root of its number of columns; may be traced.
        keys: (hidden, gate), see `row_keys`; their number sets the number of rows and of recurrent columns.
        input_size: number of input columns, which come first.
        hidden_size: k, the true number of units, at most the number of rows; may be traced.

    Returns:
        (hidden, gate, input + hidden) scaled weights, zero in rows and recurrent columns at or beyond k.
    """
    num_rows, num_gates = keys.shape
    num_columns = input_size + num_rows
    # The barrier keeps XLA from compiling the generator into every rearrangement below (half the compile time).
    rows = jax.lax.optimization_barrier(jax.vmap(lambda row: _standard(variate, row, num_columns))(keys.reshape(-1)))
    inside = jnp.arange(num_rows) < hidden_size
    fan_in = jnp.concatenate([jnp.full(input_size, input_size), jnp.full(num_rows, hidden_size)])
    scale = jnp.where(by_fan_in, 1 / jnp.sqrt(fan_in), 1.0)
    kept = inside[:, None] & jnp.concatenate([jnp.full(input_size, True), inside])
    return rows.reshape(num_rows, num_gates, num_columns) * (kept * scale)[:, None]


def _standard(variate: Variate, key: PRNGKeyArray, size: int) -> Float[Array, " size"]:
    """Entries before scaling; a longer draw from the same key begins with the shorter one."""
    if variate == "normal":
        return jax.random.normal(key, (size,))
    return jax.random.uniform(key, (size,), minval=-1.0, maxval=1.0)
