"""The two words that a cell reads, and the random words that give distances a scale."""

from collections.abc import Sequence
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int

from firstbit.errors import WordError
from firstbit.weights.threefry import Words, packed, threefry, unpacked

CONSTANT, RANDOM = "constant", "random"

_SUFFIX, _REFERENCE = np.uint32(0xFFFFFFFF), np.uint32(0xFFFFFFFE)
"""High words that are hashed; the draw's arrays take those from 1 on."""


class Pair(NamedTuple):
    """Two words u and v of one length.

    Attributes:
        kind: `constant` (u = 0 0...0, v = 1 0...0), `random` (u = 0 s, v = 1 s, with a
            random suffix s for each draw), or `given`.
        alphabet: the symbols in their order as inputs.
        symbols: (word, time) as numbers; empty for the first two kinds.
    """

    kind: str
    alphabet: str
    symbols: np.ndarray

    @classmethod
    def of(cls, words: str | Sequence[str], alphabet: str | None = None) -> "Pair":
        """`constant`, `random`, or two words over an alphabet (by default, the letters that they have).

        Raises:
            WordError: it is none of these, the words differ in length, or a letter is
                outside the alphabet.

        Example:
            >>> Pair.of(("ab", "bb")).symbols.tolist()
            [[0, 1], [1, 1]]
        """
        if isinstance(words, str):
            if words not in (CONSTANT, RANDOM):
                raise WordError(
                    f"expected `constant`, `random` or two words, got '{words}'; "
                    f"try ('{words}', '...')."
                )
            return cls(words, "01", np.zeros((2, 0), dtype=np.int8))
        if len(words) != 2 or not all(isinstance(word, str) for word in words):
            raise WordError(f"expected two words, got {list(words)}.")
        u, v = words
        if len(u) != len(v) or not u:
            raise WordError(
                f"expected two words of one length, at least 1; got '{u}' "
                f"({len(u)}) and '{v}' ({len(v)})."
            )
        letters = "".join(sorted(set(u + v))) if alphabet is None else alphabet
        for word in words:
            for position, letter in enumerate(word):
                if letter not in letters:
                    raise WordError(
                        f"'{word}' has '{letter}' at position {position}; expected "
                        f"letters of '{letters}'."
                    )
        if u == v:
            raise WordError(
                f"expected two different words, got '{u}' twice; D would be 0."
            )
        return cls(
            "given",
            letters,
            np.array(
                [[letters.index(letter) for letter in word] for word in words],
                dtype=np.int8,
            ),
        )

    @property
    def described(self) -> list[str]:
        """The two words as a result tells them."""
        if self.kind == "given":
            return ["".join(self.alphabet[i] for i in word) for word in self.symbols]
        return (
            ["00...", "10..."]
            if self.kind == CONSTANT
            else ["0s", "1s with the same random s"]
        )

    def common(self, length: int) -> Int[np.ndarray, "word time"]:
        """What the words of all draws have in common: all but a random suffix. Time goes on to a length that programs share."""
        buffer = -(-length // 64) * 64
        pair = np.zeros((2, buffer), dtype=np.int8)
        if self.kind == "given":
            pair[:, :length] = self.symbols[:, :length]
        else:
            pair[1, 0] = 1
        return pair


def numbers(
    pair: Int[Array, "word time"], keys: Words, *, is_random: bool, num_letters: int
) -> Int[Array, "strip word time draw"]:
    """The symbols of both words for strips of draws, and, as one more strip, the reference words of the first strip.

    The reference words are independent and uniform.

    Args:
        pair: what they have in common.
        keys: of the draws, (strip, draw).
        is_random: whether a random suffix follows the first symbols.
        num_letters: of the alphabet.
    """
    buffer = pair.shape[1]
    words = jnp.broadcast_to(
        pair[None, :, :, None], (len(keys[0]), *pair.shape, keys[0].shape[1])
    )
    if is_random:
        suffix, _ = _letters(keys, _SUFFIX, buffer, num_letters)
        after_first = jnp.arange(buffer)[:, None] > 0
        words = jnp.where(after_first, suffix[:, None], words)
    first, second = _letters(
        (keys[0][:1], keys[1][:1]), _REFERENCE, buffer, num_letters
    )
    return jnp.concatenate([words, jnp.stack([first, second], axis=1)])


def _letters(
    keys: Words, stream: np.uint32, length: int, num_letters: int
) -> tuple[Array, Array]:
    """Two independent uniform words for each draw, (strip, time, draw)."""
    both = packed(
        threefry(
            (keys[0][:, None], keys[1][:, None]),
            stream,
            jnp.arange(length, dtype=jnp.uint32)[:, None],
        )
    )
    first, second = (
        ((bits >> 16) * np.uint32(num_letters) >> 16).astype(jnp.int8)
        for bits in unpacked(both)
    )
    return first, second
