r"""How far back each prediction must look.

After m symbols the automaton may be in any state that the last m symbols lead to from
any state. The lag of a prediction is m - 1 for the least m at which all these states
predict the same: the symbol that decides was read that many steps before the last one.
Where no window decides, the whole prefix is needed.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int

from firstbit.languages.automaton.automaton import Automaton, given
from firstbit.languages.automaton.equal_rows import row_numbers
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.words.encoding import encode

NO_LAG = -1
"""No prediction counts here."""

NOT_FOUND = -1
"""A step between sets of states that is not computed yet."""

NO_PREDICTION = -1
"""Stands for the distribution of a state in which nothing is left to predict."""


def lags(
    language: Automaton | str, words: Sequence[str]
) -> Int[np.ndarray, "word time"]:
    """Compute the lag of each prediction, in symbols.

    Args:
        language: the language.
        words: words of the language, or prefixes.

    Returns:
        (word, time): column t is the prediction after t + 1 symbols; -1 where no
        prediction counts.

    Raises:
        WordError: there is no word, or a letter is outside the alphabet.

    Example:
        The prediction after the first E depends on the outer P only, 5 steps back.

        >>> from firstbit.languages import embedded_reber
        >>> lags(embedded_reber(), ["BPBTXSEPE"]).tolist()
        [[0, 1, 0, 2, 1, 1, 5, 1, -1]]
    """
    language = given(language)
    symbols, lengths = encode(words, language.alphabet)
    num_steps = lengths if language.has_end_marker else lengths - 1
    sets = StateSets(language)
    found = np.full(symbols.shape, NO_LAG)
    windows = _Windows.of_no_symbol(len(words))
    for time in range(symbols.shape[1]):
        going = np.flatnonzero(time < num_steps)
        windows = windows.kept(np.isin(windows.word, going))
        windows = windows.later(sets, symbols[:, time])
        decides = windows.kept(sets.agree(windows.states))
        # The whole prefix where no window decides.
        shortest = np.full(len(words), time + 1)
        np.minimum.at(shortest, decides.word, decides.length)
        found[going, time] = np.maximum(shortest[going] - 1, 0)
    return found


class _Windows(NamedTuple):
    """The windows of words that lead to different sets of states.

    A longer window leads to a part of the set of a shorter one, so a word has no more
    of them than there are states. Of windows that lead to one set only the shortest is
    kept.

    Attributes:
        word: number of the word.
        states: number of the set of states, see `StateSets`.
        length: symbols of the window.
    """

    word: Int[np.ndarray, " window"]
    states: Int[np.ndarray, " window"]
    length: Int[np.ndarray, " window"]

    @classmethod
    def of_no_symbol(cls, num_words: int) -> "_Windows":
        nothing = np.zeros(num_words, dtype=np.int64)
        return cls(np.arange(num_words), nothing, nothing)

    def kept(self, keep: Bool[np.ndarray, " window"]) -> "_Windows":
        return _Windows(self.word[keep], self.states[keep], self.length[keep])

    def later(self, sets: "StateSets", symbols: Int[np.ndarray, " word"]) -> "_Windows":
        """Return the windows one symbol later, with the empty ones."""
        after = sets.after(self.states, symbols[self.word])
        words = np.unique(self.word)
        nothing = np.zeros(len(words), dtype=np.int64)
        word = np.concatenate([words, self.word])
        states = np.concatenate([nothing, after])
        length = np.concatenate([nothing, self.length + 1])
        order = np.lexsort([length, states, word])
        word = word[order]
        states = states[order]
        length = length[order]
        differs = np.diff(word) | np.diff(states)
        is_first = np.concatenate([[True], differs != 0])
        return _Windows(word, states, length).kept(is_first[: len(word)])


def long_range_prediction(language: Automaton | str, words: Sequence[str]) -> int:
    """Find which prediction most often has a word's longest lag, 1 for the last one.

    Example:
        In embedded Reber it is the outer symbol; after it comes E.

        >>> from firstbit.languages import embedded_reber
        >>> long_range_prediction(embedded_reber(), ["BPBTXSEPE", "BTBPVVETE"])
        2
    """
    language = given(language)
    found = lags(language, words)
    num_steps = (found != NO_LAG).sum(axis=1)
    places = num_steps - found.argmax(axis=1)
    places = places[num_steps > 0]
    if not places.size:
        return 1
    return int(np.bincount(places).argmax())


class StateSets:
    """Sets of states that a window leads to, numbered as they come up; 0 is all."""

    def __init__(self, language: Automaton) -> None:
        self._language = language
        num_states = len(language.states)
        everywhere = frozenset(range(num_states))
        self._number = {everywhere: 0}
        self._sets = [everywhere]
        self._distribution = predictions(language)
        num_symbols = len(language.alphabet)
        self._after = np.full((1, num_symbols), NOT_FOUND)
        agrees = self._agrees(everywhere)
        self._agree = np.array([agrees])
        self._sizes = np.array([num_states])

    def after(
        self,
        numbers: Int[np.ndarray, " window"],
        symbols: Int[np.ndarray, " window"],
    ) -> Int[np.ndarray, " window"]:
        """Return the sets one symbol later."""
        missing = self._after[numbers, symbols] == NOT_FOUND
        if missing.any():
            before = numbers[missing].tolist()
            letters = symbols[missing].tolist()
            pairs = set(zip(before, letters, strict=True))
            for number, symbol in sorted(pairs):
                self._find(number, symbol)
        return self._after[numbers, symbols]

    def agree(self, numbers: Int[np.ndarray, " window"]) -> Bool[np.ndarray, " window"]:
        """Return whether all states of a set predict the same."""
        return self._agree[numbers]

    def sizes(self, numbers: Int[np.ndarray, " window"]) -> Int[np.ndarray, " window"]:
        """Return the number of states of sets."""
        return self._sizes[numbers]

    def _find(self, number: int, symbol: int) -> None:
        states = sorted(self._sets[number])
        targets = self._language.transition[states, symbol]
        targets = targets[targets != NO_STATE]
        new = frozenset(targets.tolist())
        if new not in self._number:
            self._add(new)
        self._after[number, symbol] = self._number[new]

    def _add(self, new: frozenset[int]) -> None:
        self._number[new] = len(self._sets)
        self._sets.append(new)
        agrees = self._agrees(new)
        self._agree = np.append(self._agree, agrees)
        self._sizes = np.append(self._sizes, len(new))
        nothing = np.full_like(self._after[0], NOT_FOUND)
        self._after = np.vstack([self._after, nothing])

    def _agrees(self, states: frozenset[int]) -> bool:
        distributions = self._distribution[sorted(states)]
        found = set(distributions.tolist())
        found.discard(NO_PREDICTION)
        return len(found) <= 1


def predictions(language: Automaton) -> Int[np.ndarray, " state"]:
    """Number the different next-output distributions; return each state's number."""
    table = language.next_output
    predicts = table.sum(axis=1) > 0
    return np.where(predicts, row_numbers(table), NO_PREDICTION)
