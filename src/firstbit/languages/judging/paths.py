"""Words along an automaton: the state after each symbol; what counts."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from firstbit.arrays import Lengths, Symbols
from firstbit.errors import WordError
from firstbit.languages.automaton.automaton import Automaton
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.words.encoding import encode


class Paths(NamedTuple):
    """Words along an automaton.

    Attributes:
        symbols: (word, time) numbers of the symbols.
        states: (word, time) the state after each symbol; -1 behind a word's end.
        lengths: of the words.
        num_steps: (word,) predictions that count: after each symbol, while something is
            left to predict.
    """

    symbols: Symbols
    states: Int[np.ndarray, "word time"]
    lengths: Lengths
    num_steps: Lengths

    @classmethod
    def of(cls, language: Automaton, words: Sequence[str]) -> "Paths":
        """Follow words or prefixes of words.

        Raises:
            WordError: a letter is not in the alphabet, or not legal where it stands.
        """
        if not words:
            nothing = np.zeros((0, 0), dtype=np.int64)
            none = np.zeros(0, dtype=np.int64)
            return cls(nothing, nothing, none, none)
        symbols, lengths = encode(words, language.alphabet)
        states = np.full(symbols.shape, NO_STATE)
        state = np.zeros(len(words), dtype=np.int64)
        for time in range(symbols.shape[1]):
            inside = np.flatnonzero(time < lengths)
            state[inside] = language.transition[state[inside], symbols[inside, time]]
            states[inside, time] = state[inside]
            stuck = inside[state[inside] == NO_STATE]
            if len(stuck):
                language.path(words[int(stuck[0])])  # raises, and says where
                raise WordError(f"'{words[int(stuck[0])]}' is not in the language.")
        num_steps = lengths
        if not language.has_end_marker:
            num_steps = np.maximum(lengths - 1, 0)
        return cls(symbols, states, lengths, num_steps)

    @property
    def predictions(self) -> tuple[np.ndarray, np.ndarray]:
        """The (word, time) places of the predictions that count, word after word."""
        times = np.arange(self.symbols.shape[1])
        word, time = np.nonzero(times < self.num_steps[:, None])
        return word, time

    @property
    def first_output(self) -> Int[np.ndarray, " word"]:
        """Where each word begins if one row a symbol is written below the other."""
        ends = np.cumsum(self.lengths)
        return ends - self.lengths
