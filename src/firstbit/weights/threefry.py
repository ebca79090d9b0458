"""The Threefry generator, entry by entry: a random number for each (key, counter), in no order and with no state.

JAX's own random functions use the same generator, but hash whole arrays in a compiled
loop; written out per entry it fuses with what uses the numbers, runs twice as fast on a
CPU and compiles in a quarter of the time. A random matrix costs as much as a network's
step with it, so this counts.

References:
    Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, PRNGKeyArray, Shaped, UInt32, UInt64

from firstbit.errors import SettingError

Words = tuple[UInt32[Array, "..."], UInt32[Array, "..."]]
"""A key, or a result: two words of 32 bits, each an array of any shape."""

Counters = tuple[UInt32[np.ndarray, " pair"], UInt32[np.ndarray, " pair"]]
"""High and low words that are hashed."""

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = np.uint32(0x1BD11BDA)


def threefry(
    key: Words,
    high: Array | np.ndarray | np.uint32 | int,
    low: Array | np.ndarray | np.uint32 | int,
) -> Words:
    """Threefry-2x32 with 20 rounds: hash a counter of two words under a key. All arguments broadcast.

    Example:
        >>> zero = jnp.uint32(0)
        >>> [hex(word) for word in threefry((zero, zero), 0, 0)]
        ['0x6b200159', '0x99ba4efe']
    """
    schedule = (key[0], key[1], key[0] ^ key[1] ^ _PARITY)
    x, y = jnp.broadcast_arrays(
        jnp.uint32(high) + schedule[0], jnp.uint32(low) + schedule[1]
    )
    for group in range(
        5
    ):  # by the operations of `lax`: they are traced three times faster than operators
        for rotation in _ROTATIONS[group % 2]:
            x = lax.add(x, y)
            turned = lax.bitwise_or(
                lax.shift_left(y, np.uint32(rotation)),
                lax.shift_right_logical(y, np.uint32(32 - rotation)),
            )
            y = lax.bitwise_xor(x, turned)
        x = x + schedule[(group + 1) % 3]
        y = y + schedule[(group + 2) % 3] + np.uint32(group + 1)
    return x, y


def packed(words: Words) -> UInt64[Array, "..."]:
    """Both words in one number, the first in its high half: as two arrays XLA would hash twice, once for each."""
    return (words[0].astype(jnp.uint64) << 32) | words[1]


def unpacked(both: UInt64[Array, "..."]) -> Words:
    """The two words of a packed pair."""
    return (both >> 32).astype(jnp.uint32), both.astype(jnp.uint32)


def key_words(key: PRNGKeyArray) -> Words:
    """The two words of a JAX key.

    Raises:
        SettingError: the key is for another generator.

    Example:
        >>> [int(word) for word in key_words(jax.random.key(7))]
        [0, 7]
    """
    data = jax.random.key_data(key)
    if data.shape != (2,):
        raise SettingError(
            "expected one key of JAX's default generator, got one with data of "
            f"shape {data.shape}; try jax.random.key(0)."
        )
    return data[0], data[1]


def fold_in(key: Words, number: UInt32[Array, "..."] | np.uint32 | int) -> Words:
    """The key for `number` under a key: the same words as those of `jax.random.fold_in`."""
    return threefry(key, 0, number)


def random_bits(
    key: Words, num_rows: int, num_columns: int, number: int = 0
) -> UInt32[Array, "rows columns ..."]:
    """32 random bits for each entry of a matrix, which depend on the key, the matrix, the row and the column alone.

    Args:
        key: one key, or many: the axes of its words become the last axes of the result.
        num_rows: any.
        num_columns: any.
        number: of the matrix, among those that are drawn with this key.

    Example:
        >>> bits = random_bits(key_words(jax.random.key(0)), 3, 4)
        >>> bits.shape, bool((bits[:2, :2] == random_bits(key_words(jax.random.key(0)), 2, 2)).all())
        ((3, 4), True)
    """
    high, low = (
        jnp.reshape(word, (-1, *(1,) * key[0].ndim))
        for word in counters(num_rows, num_columns, number)
    )
    return as_matrix(jnp.stack(threefry(key, high, low)), num_rows, num_columns)


def counters(num_rows: int, num_columns: int, number: int) -> Counters:
    """What is hashed for a matrix: a hash gives two words, so two rows share it.

    The high word begins with 1: those with 0 make keys, see `fold_in`.
    """
    pair, column = np.divmod(
        np.arange(-(-num_rows // 2) * num_columns, dtype=np.uint32),
        np.uint32(num_columns),
    )
    return np.full_like(pair, number + 1), (pair << np.uint32(16)) + column


def as_matrix(
    hashed: Shaped[Array, "2 pair ..."], num_rows: int, num_columns: int
) -> Shaped[Array, "rows columns ..."]:
    """What two rows share, in its place."""
    pairs = hashed.reshape(2, -1, num_columns, *hashed.shape[2:])
    return jnp.swapaxes(pairs, 0, 1).reshape(-1, *pairs.shape[2:])[:num_rows]
