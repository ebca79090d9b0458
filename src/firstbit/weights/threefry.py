"""The Threefry generator: a random number for each (key, counter), without a state.

JAX's own random functions use the same generator, but hash whole arrays in a compiled
loop. Written out per entry it fuses with the operations that use the numbers, runs
twice as fast on a CPU and compiles in a quarter of the time. This counts: a random
matrix costs as much as a network's step with it.

References:
    Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.
"""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, PRNGKeyArray, Shaped, UInt32, UInt64

from firstbit.errors import SettingError, is_traced, require_seed, shown_value

Words = tuple[UInt32[Array, "..."], UInt32[Array, "..."]]
"""A key, or a result: two words of 32 bits, each an array of any shape."""

Counters = tuple[
    UInt32[Array | np.ndarray, " pair"], UInt32[Array | np.ndarray, " pair"]
]
"""High and low words that are hashed."""

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = np.uint32(0x1BD11BDA)


def threefry(
    key: Words,
    high: Array | np.ndarray | np.uint32 | int,
    low: Array | np.ndarray | np.uint32 | int,
) -> Words:
    """Hash a counter of two words under a key, by Threefry-2x32 with 20 rounds.

    All arguments broadcast.

    Example:
        >>> zero = jnp.uint32(0)
        >>> [hex(word) for word in threefry((zero, zero), 0, 0)]
        ['0x6b200159', '0x99ba4efe']
    """
    first, second = key
    third = first ^ second ^ _PARITY
    schedule = (first, second, third)
    x, y = jnp.broadcast_arrays(
        jnp.uint32(high) + first,
        jnp.uint32(low) + second,
    )
    for group in range(5):
        x, y = _four_rounds(x, y, _ROTATIONS[group % 2])
        number = group + 1
        x = x + schedule[number % 3]
        y = y + schedule[(number + 1) % 3] + np.uint32(number)
    return x, y


def _four_rounds(x: Array, y: Array, rotations: tuple[int, ...]) -> Words:
    """Add, rotate and mix the two words four times.

    By the operations of `lax`: they are traced three times faster than operators.
    """
    for rotation in rotations:
        x = lax.add(x, y)
        left = lax.shift_left(y, np.uint32(rotation))
        right = lax.shift_right_logical(y, np.uint32(32 - rotation))
        turned = lax.bitwise_or(left, right)
        y = lax.bitwise_xor(x, turned)
    return x, y


def packed(words: Words) -> UInt64[Array, "..."]:
    """Return both words as one number, the first in its high half.

    As two arrays XLA would hash twice, once for each.
    """
    high, low = words
    shifted = high.astype(jnp.uint64) << 32
    return shifted | low.astype(jnp.uint64)


def unpacked(both: UInt64[Array, "..."]) -> Words:
    """Return the two words of a packed pair."""
    high = both >> 32
    return high.astype(jnp.uint32), both.astype(jnp.uint32)


GENERATOR = "threefry2x32"
"""JAX's default generator, whatever the process has chosen."""


def seed_key(seed: int) -> PRNGKeyArray:
    """Return the JAX key of a seed, for the default generator.

    Raises:
        SettingError: the seed is no whole number from 0 to 2^32 - 1.

    Example:
        >>> key_numbers(seed_key(7))
        [0, 7]
    """
    return key_of((0, require_seed(seed)))


def key_of(words: Sequence[int]) -> PRNGKeyArray:
    """Return the JAX key of two words; unlike `jax.random.key` it compiles nothing.

    Example:
        >>> key_numbers(key_of((1, 2)))
        [1, 2]
    """
    data = jax.device_put(np.array(words, np.uint32))
    return jax.random.wrap_key_data(data, impl=GENERATOR)


def require_key(key: Any) -> PRNGKeyArray:
    """Return one JAX key; an old one, two numbers of 32 bits, as a new one.

    Raises:
        SettingError: it is no key, it is several, it is for another generator than
            JAX's default, or JAX is tracing it.

    Example:
        >>> key_numbers(require_key(jax.random.PRNGKey(7)))
        [0, 7]
        >>> require_key(0)
        Traceback (most recent call last):
        ...
        firstbit.errors.SettingError: expected a JAX key, got 0; try jax.random.key(0).
    """
    if is_traced(key) or is_traced(jax.device_put(0)):  # or all that is computed here
        raise SettingError(
            "expected a JAX key, got one that JAX is tracing; call this outside jit, "
            "vmap and grad."
        )
    require_any_key(key)
    key_words(key)
    if is_typed(key):
        return key
    return jax.random.wrap_key_data(jnp.asarray(key), impl=GENERATOR)


def is_typed(key: object) -> bool:
    """Return whether it is a key of `jax.random.key`, not two plain numbers."""
    dtype = getattr(key, "dtype", None)
    return dtype is not None and jnp.issubdtype(dtype, jax.dtypes.prng_key)


def require_any_key(key: object) -> None:
    """Raise `SettingError` unless it is a key of any generator, new or old.

    JAX may be tracing it.
    """
    is_array = isinstance(key, jax.Array | np.ndarray)
    if is_array and (is_typed(key) or key.dtype == np.uint32):
        return
    raise SettingError(
        f"expected a JAX key, got {shown_value(key)}; try jax.random.key(0)."
    )


def key_words(key: PRNGKeyArray) -> Words:
    """Return the two words of a JAX key.

    Raises:
        SettingError: it is no key, or the key is for another generator.

    Example:
        >>> [int(word) for word in key_words(jax.random.key(7))]
        [0, 7]
    """
    require_any_key(key)
    data = jax.random.key_data(key) if is_typed(key) else jnp.asarray(key)
    if data.shape != (2,):
        raise SettingError(
            "expected one key of JAX's default generator, got one with data of "
            f"shape {data.shape}; try jax.random.key(0, impl='{GENERATOR}')."
        )
    if is_traced(data):
        high, low = data
        return high, low
    high, low = np.asarray(data)  # taken apart without a program
    return jax.device_put(high), jax.device_put(low)


def key_numbers(key: PRNGKeyArray) -> list[int]:
    """Return the words of a JAX key as numbers, as results keep them.

    Example:
        >>> key_numbers(jax.random.key(7))
        [0, 7]
    """
    return [int(word) for word in key_words(key)]


def fold_in(key: Words, number: UInt32[Array, "..."] | np.uint32 | int) -> Words:
    """Return the key for `number` under a key, as `jax.random.fold_in` does."""
    return threefry(key, 0, number)


def random_bits(
    key: Words, num_rows: int, num_columns: int, number: int = 0
) -> UInt32[Array, "rows columns ..."]:
    """Return 32 random bits for each entry of a matrix.

    They depend on the key, the matrix, the row and the column alone.

    Args:
        key: one key, or many: the axes of its words become the last axes of the result.
        num_rows: at least 1.
        num_columns: at least 1.
        number: of the matrix, among those that are drawn with this key.

    Example:
        >>> key = key_words(jax.random.key(0))
        >>> large, small = random_bits(key, 3, 4), random_bits(key, 2, 2)
        >>> large.shape, bool((large[:2, :2] == small).all())
        ((3, 4), True)
    """
    counted = counters(num_rows, num_columns, number)
    return hashed_bits(key, counted, num_rows, num_columns)


compiled_bits = jax.jit(random_bits, static_argnums=(1, 2, 3))
"""`random_bits` as one program: a hundred small ones take longer, each time."""


def hashed_bits(
    key: Words, counted: Counters, num_rows: int, num_columns: int
) -> UInt32[Array, "rows columns ..."]:
    """Return what `random_bits` does, from the counters of the matrix."""
    high, low = counted
    behind = (1,) * key[0].ndim
    hashed = threefry(
        key,
        jnp.reshape(high, (-1, *behind)),
        jnp.reshape(low, (-1, *behind)),
    )
    both = jnp.stack(hashed)
    return as_matrix(both, num_rows, num_columns)


def counters(num_rows: int, num_columns: int, number: int) -> Counters:
    """Return the counters that are hashed for a matrix.

    A hash gives two words, so two rows share it. The high word begins with 1: those
    with 0 make keys, see `fold_in`.
    """
    entries = np.arange(num_hashed(num_rows, num_columns), dtype=np.uint32)
    pair, column = np.divmod(entries, np.uint32(num_columns))
    return counter_of(pair, column, number)


def counter_of(
    pair: np.ndarray, column: np.ndarray, number: int
) -> tuple[UInt32[np.ndarray, " pair"], UInt32[np.ndarray, " pair"]]:
    """Return the counter of two rows' entries in a column.

    Args:
        pair: half the number of the row, rounded down.
        column: its number.
        number: of the matrix, among those that are drawn with one key.
    """
    pairs = pair.astype(np.uint32)
    high = np.full_like(pairs, number + 1)
    low = (pairs << np.uint32(16)) + column.astype(np.uint32)
    return high, low


def num_hashed(num_rows: int, num_columns: int) -> int:
    """Return how many counters are hashed for a matrix: one for two rows' entries."""
    num_pairs = (num_rows + 1) // 2
    return num_pairs * num_columns


def as_matrix(
    hashed: Shaped[Array, "2 pair ..."], num_rows: int, num_columns: int
) -> Shaped[Array, "rows columns ..."]:
    """Return the hashed words, which two rows share, as the entries of a matrix."""
    behind = hashed.shape[2:]
    pairs = hashed.reshape(2, -1, num_columns, *behind)
    row_by_row = jnp.swapaxes(pairs, 0, 1)
    rows = row_by_row.reshape(-1, num_columns, *behind)
    return rows[:num_rows]
