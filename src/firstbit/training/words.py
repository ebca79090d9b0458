"""The words that a training reads: a fixed list, or fresh ones every epoch."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Int

from firstbit.arrays import Lengths
from firstbit.errors import SettingError, WordError, keep_whole
from firstbit.kept import kept
from firstbit.languages import Language, Stream, encode, fresh_words

STEP = 32
"""Room for symbols comes in multiples of this, so that few programs are compiled; no
loop runs over the rest."""

BYTES_OF_ARRAYS = 400
"""What two arrays take beside their numbers."""


class Examples(NamedTuple):
    """Words as arrays of NumPy or JAX, zero behind each word's end.

    The shapes are those of many words. An example of one word has no axis `word`; words
    that step together have it last.

    Attributes:
        inputs: (word, time, input) one-hot symbols that are read.
        targets: (word, time, output) one-hot outputs that come next.
        num_steps: (word,) number of predictions that count.
    """

    inputs: Any
    targets: Any
    num_steps: Any


def next_symbol_examples(language: Language, words: Sequence[str]) -> Examples:
    """Return words as examples of next-symbol prediction.

    After each symbol read, the next one is to be predicted, and the end marker where
    the language has one.

    Example:
        >>> from firstbit.languages import reber
        >>> next_symbol_examples(reber(), ["BTXSE"]).num_steps.tolist()
        [4]
    """
    return _Encoded.of(language, words).examples(language)


class _Encoded(NamedTuple):
    """Words as numbers, in the smallest type that holds them.

    Attributes:
        letters: numbers of the symbols, word after word.
        lengths: of the words.
    """

    letters: Int[np.ndarray, " symbol"]
    lengths: Lengths

    @classmethod
    def of(cls, language: Language, words: Sequence[str]) -> "_Encoded":
        symbols, lengths = encode(words, language.alphabet)
        inside = np.arange(symbols.shape[1]) < lengths[:, None]
        small = np.min_scalar_type(len(language.alphabet))
        return cls(symbols[inside].astype(small), lengths)

    @property
    def num_bytes(self) -> int:
        return self.letters.nbytes + self.lengths.nbytes + BYTES_OF_ARRAYS

    def examples(self, language: Language) -> Examples:
        """Return the words as examples of next-symbol prediction."""
        lengths = self.lengths
        num_steps = lengths
        if not language.has_end_marker:
            num_steps = np.maximum(lengths - 1, 0)
        room = _room(int(lengths.max()))
        num_inputs = len(language.alphabet)
        num_outputs = len(language.outputs)
        times = np.arange(room + 1)
        padded = np.full((len(lengths), room + 1), num_outputs)
        padded[times < lengths[:, None]] = self.letters
        rows = np.arange(len(lengths))
        padded[rows, lengths] = num_outputs - 1  # the end marker, where there is one
        counts = times[:-1] < num_steps[:, None]
        one_hot = np.eye(num_outputs + 1, num_outputs)  # the last row is for no symbol
        read = np.where(counts, padded[:, :-1], num_outputs)
        next_one = np.where(counts, padded[:, 1:], num_outputs)
        return Examples(
            inputs=one_hot[:, :num_inputs].take(read, axis=0),
            targets=one_hot.take(next_one, axis=0),
            num_steps=num_steps,
        )


def _room(longest: int) -> int:
    """Return the least multiple of `STEP` that holds a word."""
    num_steps = -(-longest // STEP)
    return STEP * max(num_steps, 1)


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

    def of_epoch(self, epoch: int) -> Examples:
        """Return the words in the order of an epoch."""
        if self.stream is None:
            return self._on_device
        generator = self.stream.child(epoch).generator()
        order = generator.permutation(len(self.words))
        examples = self._examples
        return Examples(
            inputs=examples.inputs[order],
            targets=examples.targets[order],
            num_steps=examples.num_steps[order],
        )

    @cached_property
    def _examples(self) -> Examples:
        return next_symbol_examples(self.language, self.words)

    @cached_property
    def _on_device(self) -> Examples:
        """Copied once, not every epoch."""
        examples = self._examples
        return Examples(
            inputs=jnp.asarray(examples.inputs),
            targets=jnp.asarray(examples.targets),
            num_steps=examples.num_steps,
        )


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
        """Return the words of an epoch."""
        stream = self.stream.child(epoch)
        return fresh_words(
            self.language,
            self.num_words,
            stream,
            self.max_length,
        )

    def of_epoch(self, epoch: int) -> Examples:
        """Return the words of an epoch as examples."""
        words = kept(
            self.language.content,
            ("epoch", self.num_words, self.max_length, self.stream, epoch),
            lambda: _Encoded.of(self.language, self.spelt(epoch)),
            lambda encoded: encoded.num_bytes,
        )
        return words.examples(self.language)


Words = FixedWords | FreshWords
"""What one training reads in each epoch."""


@dataclass(frozen=True)
class TaskWords:
    """Which words the seeds of a task read.

    Attributes:
        fixed: one list for all seeds, read in every epoch; None for drawn words.
        num_words: number of drawn words in an epoch.
        max_length: largest length of a word; None for no limit.
        own_lists: whether each seed draws a list of its own once, and reads it in every
            epoch; else it draws fresh words for each.
    """

    fixed: tuple[str, ...] | None = None
    num_words: int = 256
    max_length: int | None = None
    own_lists: bool = False

    def __post_init__(self) -> None:
        keep_whole(self, "num_words", 1)
        keep_whole(self, "max_length", 1, optional=True)
        if self.fixed is not None and self.own_lists:
            raise SettingError(
                "expected `words` or `own_lists`, got both; leave out one."
            )

    @property
    def are_fresh(self) -> bool:
        """Whether every epoch has other words."""
        return self.fixed is None and not self.own_lists

    @property
    def in_epoch(self) -> int:
        """The number of words in an epoch."""
        if self.fixed is None:
            return self.num_words
        return len(self.fixed)

    def check(self, language: Language) -> None:
        """Check the fixed list.

        Raises:
            WordError: a word is not in the language, or is too long.
        """
        if self.fixed is None:
            return
        language.check(self.fixed)
        if self.max_length is None:
            return
        for line, word in enumerate(self.fixed, start=1):
            if len(word) > self.max_length:
                raise WordError(
                    f"line {line}: '{word}' has {len(word)} symbols; expected at "
                    f"most {self.max_length}; leave it out, or raise `max_length`."
                )
