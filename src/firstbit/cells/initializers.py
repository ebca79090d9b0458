"""Laws for random weights: independent entries of mean zero, whose scale may depend on the fan-in."""

from dataclasses import dataclass
from typing import Literal

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from firstbit.errors import SettingError, unknown_name


@dataclass(frozen=True)
class Initializer:
    """Independent weights: `scale(fan_in)` times a standard normal, or a uniform on (-1, 1).

    Attributes:
        name: as on the command line.
        variate: the law of one entry before scaling.
        by_fan_in: whether entries are divided by the square root of the fan-in (the number of columns).
    """

    name: str
    variate: Literal["normal", "uniform"]
    by_fan_in: bool

    def scale(self, fan_in: Array | int) -> Array | float:
        """Factor on every entry of a matrix with `fan_in` columns."""
        return 1 / jnp.sqrt(fan_in) if self.by_fan_in else 1.0

    def standard(self, key: PRNGKeyArray, size: int) -> Float[Array, " {size}"]:
        """Draw `size` entries before scaling; a longer draw from the same key begins with the shorter one."""
        if self.variate == "normal":
            return jax.random.normal(key, (size,))
        return jax.random.uniform(key, (size,), minval=-1.0, maxval=1.0)


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
    law: Initializer, keys: PRNGKeyArray, *, input_size: int, hidden_size: Array | int
) -> Float[Array, "hidden gate columns"]:
    """Draw the weights into each unit of each gate: first from the inputs, then from the units.

    Row (a, g) is its own stream, so a cell of k units is, before scaling, the leading corner of a larger cell
    drawn with the same key. Blocks of cells use this: they draw at a few padded sizes and put zeros beyond k.

    Args:
        law: the law of the weights.
        keys: (hidden, gate), see `row_keys`; their number sets the number of rows and of recurrent columns.
        input_size: number of input columns, which come first.
        hidden_size: k, the true number of units, at most the number of rows; may be a traced number.

    Returns:
        (hidden, gate, input + hidden) scaled weights, zero in rows and recurrent columns at or beyond k.
    """
    num_rows, num_gates = keys.shape
    num_columns = input_size + num_rows
    rows = jax.vmap(lambda row: law.standard(row, num_columns))(keys.reshape(-1))
    inside = jnp.arange(num_rows) < hidden_size
    scale = jnp.concatenate(
        [jnp.full(input_size, law.scale(input_size)), jnp.where(inside, law.scale(hidden_size), 0.0)]
    )
    return rows.reshape(num_rows, num_gates, num_columns) * (inside[:, None, None] * scale)
