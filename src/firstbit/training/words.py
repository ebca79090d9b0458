"""The words that a training reads: a fixed list, or fresh ones every epoch."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np

from firstbit.languages import Language, Stream, encode, fresh_words

STEP = 32
"""Room for symbols comes in multiples of this, so that few programs are compiled; no
loop runs over the rest."""


class Encoded(NamedTuple):
    """Words as arrays of NumPy or JAX, zero behind each word's end.

    Attributes:
        inputs: (word, time, input) one-hot symbols that are read.
        targets: (word, time, output) one-hot outputs that come next.
        num_steps: (word,) number of predictions that count.
    """

    inputs: Any
    targets: Any
    num_steps: Any


def encoded(words: Sequence[str], language: Language) -> Encoded:
    """After each symbol read, the next one is to be predicted, and the end marker where the language has one.

    Example:
        >>> from firstbit.languages import reber
        >>> encoded(["BTXSE"], reber()).num_steps.tolist()
        [4]
    """
    symbols, lengths = encode(words, language.alphabet)
    num_steps = lengths if language.has_end_marker else np.maximum(lengths - 1, 0)
    room = STEP * max(-(-int(lengths.max()) // STEP), 1)
    padded = np.zeros((len(words), room + 1), dtype=np.int64)
    padded[:, : symbols.shape[1]] = symbols
    padded[np.arange(len(words)), lengths] = (
        len(language.outputs) - 1
    )  # the end marker, where there is one
    inside = np.arange(room) < num_steps[:, None]
    inputs = (
        np.eye(len(language.outputs))[padded[:, :-1]][..., : len(language.alphabet)]
        * inside[..., None]
    )
    targets = np.eye(len(language.outputs))[padded[:, 1:]] * inside[..., None]
    return Encoded(inputs, targets, num_steps)


@dataclass(frozen=True)
class FixedWords:
    """The same words every epoch.

    Attributes:
        language: that the words belong to.
        words: the list.
        stream: if given, the order is shuffled every epoch.
    """

    language: Language
    words: tuple[str, ...]
    stream: Stream | None = None

    def of_epoch(self, epoch: int) -> Encoded:
        """The words in the order of an epoch."""
        if self.stream is None:
            return self._on_device
        order = self.stream.child(epoch).generator().permutation(len(self.words))
        return Encoded(*(array[order] for array in self._encoded))

    @cached_property
    def _encoded(self) -> Encoded:
        return encoded(self.words, self.language)

    @cached_property
    def _on_device(self) -> Encoded:
        """Copied once, not every epoch."""
        inputs, targets, num_steps = self._encoded
        return Encoded(jnp.asarray(inputs), jnp.asarray(targets), num_steps)


@dataclass(frozen=True)
class FreshWords:
    """Other words every epoch.

    Attributes:
        language: that the words belong to.
        num_words: in an epoch.
        stream: of this training.
        max_length: longer words are drawn again.
    """

    language: Language
    num_words: int
    stream: Stream
    max_length: int | None = None

    def spelt(self, epoch: int) -> list[str]:
        """The words of an epoch."""
        return fresh_words(
            self.language, self.num_words, self.stream.child(epoch), self.max_length
        )

    def of_epoch(self, epoch: int) -> Encoded:
        """The words of an epoch, as arrays."""
        return encoded(self.spelt(epoch), self.language)


Words = FixedWords | FreshWords
