"""Laws for random weights.

A law is a function `(key, shape, dtype) -> array`, as in `jax.nn.initializers`, of a
matrix (rows, columns) that multiplies from the left: columns are inputs, so the fan-in
is their number.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import jax
import jax.numpy as jnp
from jax.typing import DTypeLike
from jaxtyping import Array, Float, PRNGKeyArray, UInt32

from firstbit.errors import SettingError, is_traced, require_real, unknown_name
from firstbit.weights.normal import normal, symmetric_uniform
from firstbit.weights.threefry import compiled_bits, key_words, random_bits

Law = Callable[..., Float[Array, "..."]]
"""`(key, shape, dtype) -> array`."""


@dataclass(frozen=True)
class Entrywise:
    """A law of independent entries of mean zero.

    An entry is a standard normal, or a uniform on (-1, 1), times a scale. The entry of
    row a and column c depends on the key and on (a, c) alone, so a small matrix is,
    before scaling, the leading corner of a larger one drawn with the same key.

    Attributes:
        name: as on the command line.
        is_normal: whether one entry before scaling is a standard normal, else uniform
            on (-1, 1).
        by_fan_in: whether entries are divided by the square root of the fan-in (the
            number of columns).
        gain: a further factor.

    Example:
        >>> law = Entrywise("normal", is_normal=True, by_fan_in=False)
        >>> law(jax.random.key(0), (3, 2)).shape
        (3, 2)
    """

    name: str
    is_normal: bool
    by_fan_in: bool
    gain: float = 1.0

    def __call__(
        self, key: PRNGKeyArray, shape: tuple[int, ...], dtype: DTypeLike = float
    ) -> Float[Array, "..."]:
        """Draw an array of that shape."""
        rows, columns = matrix_shape(shape)
        hashed = random_bits if is_traced(key) else compiled_bits
        bits = hashed(key_words(key), rows, columns)
        entries = standard_entries(bits, self.is_normal)
        scale = self.gain
        if self.by_fan_in:
            scale = self.gain / columns**0.5
        scaled = entries * scale
        return scaled.reshape(shape).astype(dtype)


@dataclass(frozen=True)
class Blocks:
    """A law of square matrices.

    A recurrent matrix of m k rows and k columns is m such squares, one for each gate.

    Attributes:
        name: as on the command line.
        of_square: draws one square, (key, k, dtype).
        other: the law of all other matrices, such as input weights.
        gain: a factor for the squares.
        squares: whether the matrix is recurrent, so made of squares; None where that is
            unknown: then the shape decides.
    """

    name: str
    of_square: Callable[[PRNGKeyArray, int, DTypeLike], Float[Array, "k k"]]
    other: Entrywise
    gain: float = 1.0
    squares: bool | None = None

    def __call__(
        self, key: PRNGKeyArray, shape: tuple[int, ...], dtype: DTypeLike = float
    ) -> Float[Array, "..."]:
        """Draw an array of that shape."""
        rows, columns = matrix_shape(shape)
        is_square = columns > 1 if self.squares is None else self.squares
        if not is_square or rows % columns:
            return self.other(key, shape, dtype)
        squares = []
        for of_square in jax.random.split(key, rows // columns):
            square = self.of_square(of_square, columns, dtype)
            squares.append(square)
        scaled = self.gain * jnp.concatenate(squares)
        return scaled.reshape(shape)


def matrix_shape(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return rows and columns of an array that acts on its last axis.

    A vector is one column.
    """
    if len(shape) < 2:
        return math.prod(shape), 1
    *others, columns = shape
    return math.prod(others), columns


def standard_entries(
    bits: UInt32[Array, "..."], is_normal: Array | bool
) -> Float[Array, "..."]:
    """Turn random bits into standard normals, or into uniforms on (-1, 1).

    The choice may be traced.
    """
    return jax.lax.cond(is_normal, normal, symmetric_uniform, bits)


def scaled(
    entries: Float[Array, "rows columns ..."],
    by_fan_in: Array | bool,
    gain: Array | float,
    fan_in: Array | int,
    true_shape: Sequence[Array | int] | None = None,
) -> Float[Array, "rows columns ..."]:
    """Scale standard entries to those of an entrywise law. All arguments may be traced.

    Args:
        entries: of mean zero, as `standard_entries` returns them.
        by_fan_in: whether to divide by the square root of the fan-in.
        gain: a further factor.
        fan_in: numbers that an entry of the product sums over.
        true_shape: rows and columns beyond which entries are zero; by default all stay.
    """
    summed = jnp.asarray(fan_in, float)
    shrink = jnp.where(by_fan_in, 1 / jnp.sqrt(summed), 1.0)
    scale = gain * shrink
    if true_shape is None:
        return entries * scale
    rows, columns = true_shape
    num_rows, num_columns, *behind = entries.shape
    is_row = jnp.arange(num_rows, dtype=float) < rows
    is_column = jnp.arange(num_columns, dtype=float) < columns
    is_inside = is_row[:, None] & is_column
    factors = is_inside.astype(scale.dtype) * scale
    axes = (1,) * len(behind)
    return entries * factors.reshape(num_rows, num_columns, *axes)


NORMAL = Entrywise("normal", is_normal=True, by_fan_in=False)
FAN_IN_NORMAL = Entrywise("fan-in-normal", is_normal=True, by_fan_in=True)

FAN_IN_UNIFORM = Entrywise("fan-in-uniform", is_normal=False, by_fan_in=True)


def _orthogonal(key: PRNGKeyArray, size: int, dtype: DTypeLike) -> Array:
    return jax.random.orthogonal(key, size, dtype=dtype)


def _identity(_: PRNGKeyArray, size: int, dtype: DTypeLike) -> Array:
    return jnp.eye(size, dtype=dtype)


ORTHOGONAL = Blocks("orthogonal", _orthogonal, other=FAN_IN_NORMAL)
IDENTITY = Blocks("identity", _identity, other=FAN_IN_NORMAL)

INITIALIZERS: Mapping[str, Entrywise | Blocks] = {
    law.name: law
    for law in (NORMAL, FAN_IN_NORMAL, FAN_IN_UNIFORM, ORTHOGONAL, IDENTITY)
}
"""The three laws of the paper's published grids, N(0,1), N(0,1/fan_in), uniform on
+-1/sqrt(fan_in); and, for the recurrent matrices, a random orthogonal matrix and the
identity, gate by gate, with N(0,1/fan_in) for all other weights."""


def initializer_by_name(name: str, gain: float = 1.0) -> Entrywise | Blocks:
    """Return the law of that name, times a gain.

    Raises:
        SettingError: there is none (the text names the nearest), or the gain is not a
            positive number.

    Example:
        >>> initializer_by_name("normal", 0.5).gain
        0.5
    """
    if not isinstance(name, str) or name not in INITIALIZERS:
        text = unknown_name("initializer", name, [*INITIALIZERS, "as-built"])
        raise SettingError(text)
    gain = require_real("gain", gain)
    if not 0 < gain < float("inf"):
        raise SettingError(f"expected a gain above 0, got {gain:g}; try 1.")
    law = INITIALIZERS[name]
    return replace(law, gain=gain)
