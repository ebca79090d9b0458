"""Laws for random weights: independent entries of mean zero, whose scale may depend on the fan-in."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from firstbit.cells.threefry import Words, threefry, unit_interval
from firstbit.errors import SettingError, unknown_name


@dataclass(frozen=True)
class Initializer:
    """Independent weights: a standard normal, or a uniform on (-1, 1), times a scale.

    Attributes:
        name: as on the command line.
        is_normal: whether one entry before scaling is a standard normal, else uniform on (-1, 1).
        by_fan_in: whether entries are divided by the square root of the fan-in (the number of columns).
    """

    name: str
    is_normal: bool
    by_fan_in: bool


INITIALIZERS = {
    law.name: law
    for law in (
        Initializer("normal", is_normal=True, by_fan_in=False),
        Initializer("fan-in-normal", is_normal=True, by_fan_in=True),
        Initializer("fan-in-uniform", is_normal=False, by_fan_in=True),
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


def uniform_entries(key: Words, *, num_rows: int, num_gates: int, num_columns: int) -> Float[Array, "rows gate columns ..."]:
    """A number in (0, 1) for each entry of the matrices into each unit of each gate.

    The entry of unit a, gate g and column c depends on the key and on (a, g, c) alone. So a cell of k units is, before
    scaling, the leading corner of a larger cell drawn with the same key: blocks of cells are drawn at a few padded
    sizes, with zeros beyond k.

    Args:
        key: one key, or many: the axes of its words become the last axes of the entries.
        num_rows: number of units.
        num_gates: number of gates.
        num_columns: number of inputs and units together.
    """
    behind = (1,) * key[0].ndim
    stream = jnp.arange(num_rows * num_gates, dtype=jnp.uint32).reshape(num_rows, num_gates, 1, *behind)
    column = jnp.arange(num_columns, dtype=jnp.uint32).reshape(num_columns, *behind)
    return unit_interval(threefry(key, stream, column))


def incoming_weights(
    is_normal: Array | bool,
    by_fan_in: Array | bool,
    entries: Float[Array, "rows gate columns ..."],
    *,
    input_size: int,
    hidden_size: Array | int,
) -> Float[Array, "rows gate columns ..."]:
    """The weights into each unit of each gate, first from the inputs, then from the units.

    Args:
        is_normal: whether one weight before scaling is a standard normal, else uniform on (-1, 1); may be traced.
        by_fan_in: whether a matrix is divided by the square root of its number of columns; may be traced.
        entries: uniform on (0, 1), see `uniform_entries`; columns are those of the inputs and of the rows.
        input_size: number of input columns.
        hidden_size: k, the true number of units, at most the number of rows; may be traced.

    Returns:
        Scaled weights, zero in rows and recurrent columns at or beyond k.
    """
    num_rows, _, num_columns, *behind = entries.shape
    uniform = 2 * entries - 1
    standard = jax.lax.cond(is_normal, lambda x: jnp.sqrt(2) * jax.lax.erf_inv(x), lambda x: x, uniform)
    inside = jnp.arange(num_rows) < hidden_size
    fan_in = jnp.concatenate([jnp.full(input_size, input_size), jnp.full(num_rows, hidden_size)])
    scale = jnp.where(by_fan_in, 1 / jnp.sqrt(fan_in), 1.0)
    kept = inside[:, None] & jnp.concatenate([jnp.full(input_size, True), inside])
    return standard * (kept * scale).reshape(num_rows, 1, num_columns, *[1] * len(behind))
