"""The two words that a cell reads, and the random words that give distances a scale."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int

from firstbit.errors import (
    SettingError,
    WordError,
    require_at_least,
    shown,
    shown_value,
)
from firstbit.weights.threefry import Words, packed, threefry, unpacked

CONSTANT, RANDOM, CHOSEN = "constant", "random", "given"

_SUFFIX, _REFERENCE = np.uint32(0xFFFFFFFF), np.uint32(0xFFFFFFFE)
"""High words that are hashed; the draw's arrays take those from 1 on."""


class WordPair(NamedTuple):
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
    def of(
        cls,
        words: "str | Sequence[str] | WordPair",
        alphabet: str | None = None,
    ) -> "WordPair":
        """Take `constant`, `random`, two words, or a pair that is one already.

        Args:
            words: which.
            alphabet: the symbols in their order; by default the letters of the words.

        Raises:
            WordError: it is none of these, the words differ in length, or a letter is
                outside the alphabet.

        Example:
            >>> WordPair.of(("ab", "bb")).symbols.tolist()
            [[0, 1], [1, 1]]
        """
        if isinstance(words, WordPair):
            return words
        if isinstance(words, str):
            return cls._by_name(words)
        u, v = _two_words(words)
        letters = alphabet
        if letters is None:
            letters = "".join(sorted(set(u + v)))
        _require_alphabet(letters)
        numbers = [_numbers(word, letters) for word in (u, v)]
        if u == v:
            raise WordError(
                f"expected two different words, got '{shown(u)}' twice; D would be 0."
            )
        dtype = number_type(len(letters))
        return cls(CHOSEN, letters, np.array(numbers, dtype=dtype))

    @classmethod
    def _by_name(cls, name: str) -> "WordPair":
        if name not in (CONSTANT, RANDOM):
            raise WordError(
                f"expected `constant`, `random` or two words, got '{shown(name)}'; "
                "try ('ab', 'bb')."
            )
        return cls(name, "01", np.zeros((2, 0), dtype=np.int8))

    @property
    def input_size(self) -> int:
        """One input a symbol."""
        return len(self.alphabet)

    @property
    def described(self) -> list[str]:
        """The two words as a result names them."""
        if self.kind == CONSTANT:
            return ["00...", "10..."]
        if self.kind == RANDOM:
            return ["0s", "1s with the same random s"]
        return ["".join(self.alphabet[i] for i in word) for word in self.symbols]

    def require_length(self, length: int | None) -> int:
        """Return the largest l: the length asked for, or that of words that are given.

        Raises:
            SettingError: there is none, or the words are shorter.
        """
        longest = self.symbols.shape[1]
        if length is not None:
            length = require_at_least("length", length, 1)
        if length is None:
            if self.kind != CHOSEN:
                raise SettingError(
                    "expected a `length`, got none; only two words that are given have "
                    "one of their own."
                )
            return longest
        if self.kind == CHOSEN and length > longest:
            raise SettingError(
                f"expected a length up to that of the words, {longest}, got {length}."
            )
        return length

    def common(self, length: int) -> Int[np.ndarray, "word time"]:
        """Return the symbols that all draws share: all but a random suffix.

        Time goes on to a multiple of 64, so that nearby lengths share one program.
        """
        buffer = -(-length // 64) * 64
        pair = np.zeros((2, buffer), dtype=self.symbols.dtype)
        if self.kind == CHOSEN:
            pair[:, :length] = self.symbols[:, :length]
        else:
            pair[1, 0] = 1
        return pair


def strip_words(
    pair: Int[Array, "word time"],
    keys: Words,
    *,
    is_random: bool,
    num_letters: int,
    num_references: int = 1,
) -> Int[Array, "strip word time draw"]:
    """Return the symbols of both words for strips of draws, then the reference words.

    The reference words are further strips: independent and uniform, for the draws of
    the first ones.

    Args:
        pair: the symbols that all draws share.
        keys: of the draws, (strip, draw).
        is_random: whether a random suffix follows the first symbols.
        num_letters: of the alphabet.
        num_references: strips of draws that read the reference words.
    """
    buffer = pair.shape[1]
    num_strips, width = keys[0].shape
    shape = (num_strips, *pair.shape, width)
    words = jnp.broadcast_to(pair[None, :, :, None], shape)
    if is_random:
        suffix, _ = _letters(keys, _SUFFIX, buffer, num_letters)
        after_first = jnp.arange(buffer)[:, None] > 0
        words = jnp.where(after_first, suffix[:, None], words)
    of_first = (keys[0][:num_references], keys[1][:num_references])
    reference = _letters(of_first, _REFERENCE, buffer, num_letters)
    return jnp.concatenate([words, jnp.stack(reference, axis=1)])


def number_type(num_letters: int) -> type[np.int8] | type[np.int32]:
    """Return the type of letters' numbers: eight bits where they are enough."""
    return np.int8 if num_letters <= 128 else np.int32


def _letters(
    keys: Words, stream: np.uint32, length: int, num_letters: int
) -> tuple[Array, Array]:
    """Return two independent uniform words for each draw, (strip, time, draw)."""
    times = jnp.arange(length, dtype=jnp.uint32)[:, None]
    high, low = keys
    of_strips = (high[:, None], low[:, None])
    both = packed(threefry(of_strips, stream, times))
    first, second = unpacked(both)
    return _uniform(first, num_letters), _uniform(second, num_letters)


def _uniform(bits: Array, num_letters: int) -> Array:
    """Return whole numbers below `num_letters` from the high 16 bits."""
    numbers = (bits >> 16) * np.uint32(num_letters) >> 16
    return numbers.astype(number_type(num_letters))


def _require_alphabet(letters: object) -> None:
    """Raise `WordError` unless the letters stand in an order."""
    if not isinstance(letters, str | list | tuple):
        raise WordError(
            "expected the alphabet as text, which has an order, got "
            f"{shown_value(letters)}; try 'ab'."
        )


def _two_words(words: Any) -> tuple[str, str]:
    is_pair = isinstance(words, list | tuple) and len(words) == 2
    if not is_pair or not all(isinstance(word, str) for word in words):
        raise WordError(
            f"expected two words in order, got {shown_value(words)}; try ('ab', 'bb')."
        )
    u, v = words
    if len(u) != len(v) or not u:
        raise WordError(
            f"expected two words of one length, at least 1; got '{shown(u)}' "
            f"({len(u)}) and '{shown(v)}' ({len(v)})."
        )
    return u, v


def _numbers(word: str, letters: str) -> list[int]:
    for position, letter in enumerate(word):
        if letter not in letters:
            raise WordError(
                f"'{shown(word)}' has '{shown(letter)}' at position {position}; "
                f"expected letters of '{shown(letters)}'."
            )
    return [letters.index(letter) for letter in word]
