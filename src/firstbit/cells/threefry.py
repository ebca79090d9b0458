"""The Threefry generator, entry by entry: a random number for each (key, counter), in no order and with no state.

JAX's own random functions use the same generator, but hash whole arrays in a compiled loop; written out per entry it
fuses with what uses the numbers, runs twice as fast on a CPU and compiles in a quarter of the time. A random
matrix costs as much as a network's step with it, so this counts.

References:
    Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray, UInt32

from firstbit.errors import SettingError

Words = tuple[UInt32[Array, "..."], UInt32[Array, "..."]]
"""A key, or a result: two words of 32 bits, each an array of any shape."""

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = np.uint32(0x1BD11BDA)


def threefry(key: Words, high: UInt32[Array, "..."] | int, low: UInt32[Array, "..."] | np.uint32 | int) -> Words:
    """Threefry-2x32 with 20 rounds: hash a counter of two words under a key. All arguments broadcast.

    Example:
        >>> zero = jnp.uint32(0)
        >>> [hex(word) for word in threefry((zero, zero), 0, 0)]
        ['0x6b200159', '0x99ba4efe']
    """
    schedule = (key[0], key[1], key[0] ^ key[1] ^ _PARITY)
    x, y = jnp.uint32(high) + schedule[0], jnp.uint32(low) + schedule[1]
    for group in range(5):
        for rotation in _ROTATIONS[group % 2]:
            x = x + y
            y = x ^ ((y << np.uint32(rotation)) | (y >> np.uint32(32 - rotation)))
        x = x + schedule[(group + 1) % 3]
        y = y + schedule[(group + 2) % 3] + np.uint32(group + 1)
    return x, y


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
            f"expected one key of JAX's default generator, got one with data of shape {data.shape}; try jax.random.key(0)."
        )
    return data[0], data[1]


def fold_in(key: Words, number: UInt32[Array, "..."] | np.uint32 | int) -> Words:
    """The key for `number` under a key: the same words as those of `jax.random.fold_in`."""
    return threefry(key, 0, number)


def random_bits(key: Words, num_rows: int, num_columns: int) -> UInt32[Array, "rows columns ..."]:
    """32 random bits for each entry of a matrix, which depend on the key, the row and the column alone.

    Args:
        key: one key, or many: the axes of its words become the last axes of the result.
        num_rows: a hash gives two words, so two rows share it.
        num_columns: one hash a column.

    Example:
        >>> bits = random_bits(key_words(jax.random.key(0)), 3, 4)
        >>> bits.shape, bool((bits[:2, :2] == random_bits(key_words(jax.random.key(0)), 2, 2)).all())
        ((3, 4), True)
    """
    behind = (1,) * key[0].ndim
    pair = jnp.arange(-(-num_rows // 2), dtype=jnp.uint32).reshape(-1, 1, *behind)
    column = jnp.arange(num_columns, dtype=jnp.uint32).reshape(-1, *behind)
    both = jnp.stack(threefry(key, pair, column), axis=1)
    return both.reshape(-1, *both.shape[2:])[:num_rows]
