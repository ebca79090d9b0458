r"""How far back each prediction must look.

After m symbols the automaton may be in any state that the last m symbols lead to from
any state. The lag of a prediction is m - 1 for the least m at which all these states
predict the same: the symbol that decides was read that many steps before the last one.
Where the last m symbols never tell, the whole prefix is needed.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int

from firstbit.languages.language import Language
from firstbit.languages.words.encoding import encode

NO_LAG = -1
"""No prediction counts here."""


def lags(language: Language, words: Sequence[str]) -> Int[np.ndarray, "word time"]:
    """The lag of each prediction, by the number of symbols read before it less one; -1 where none counts.

    Example:
        >>> from firstbit.languages import embedded_reber
        >>> lags(embedded_reber(), ["BPBTXSEPE"]).tolist()  # after the first E only the outer P tells, 5 steps back
        [[0, 1, 0, 2, 1, 1, 5, 1, -1]]
    """
    symbols, lengths = encode(words, language.alphabet)
    num_steps = lengths if language.has_end_marker else lengths - 1
    sets = _Sets(language)
    found = np.full(symbols.shape, NO_LAG)
    since = np.zeros(
        symbols.shape, dtype=np.int64
    )  # (word, first symbol of the window): number of the set of states
    for time in range(symbols.shape[1]):
        going = np.flatnonzero(time < num_steps)
        since[going, : time + 1] = sets.after(
            since[going, : time + 1], symbols[going, time, None]
        )
        tells = sets.agree(since[going, : time + 1])
        # The window that starts last among those that tell; the whole prefix where none
        # does.
        shortest = np.where(tells.any(axis=1), tells[:, ::-1].argmax(axis=1), time)
        found[going, time] = shortest
    return found


def long_range_prediction(language: Language, words: Sequence[str]) -> int:
    """Which prediction most often has a word's longest lag, counted from the last one, 1.

    Example:
        >>> from firstbit.languages import embedded_reber
        >>> long_range_prediction(embedded_reber(), ["BPBTXSEPE", "BTBPVVETE"])  # the outer symbol; then comes E
        2
    """
    found = lags(language, words)
    num_steps = (found != NO_LAG).sum(axis=1)
    places = (num_steps - found.argmax(axis=1))[num_steps > 0]
    return int(np.bincount(places).argmax()) if places.size else 1


class _Sets:
    """Sets of states that a window leads to, numbered as they come up; 0 is the set of all."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._number = {frozenset(range(len(language.states))): 0}
        self._sets = list(self._number)
        predicts = language.next_output.sum(axis=1) > 0
        _, row = np.unique(language.next_output, axis=0, return_inverse=True)
        self._row = np.where(predicts, row.ravel(), -1)
        self._after = np.full((1, len(language.alphabet)), -1)
        self._agree = np.array([self._agrees(self._sets[0])])

    def after(self, numbers: np.ndarray, symbols: np.ndarray) -> np.ndarray:
        """The sets one symbol later."""
        symbols = np.broadcast_to(symbols, numbers.shape)
        missing = self._after[numbers, symbols] < 0
        for number, symbol in sorted(
            set(zip(numbers[missing].tolist(), symbols[missing].tolist(), strict=True))
        ):
            self._find(number, symbol)
        return self._after[numbers, symbols]

    def agree(self, numbers: np.ndarray) -> np.ndarray:
        """Whether all states of a set predict the same."""
        return self._agree[numbers]

    def _find(self, number: int, symbol: int) -> None:
        targets = self._language.transition[sorted(self._sets[number]), symbol]
        new = frozenset(targets[targets >= 0].tolist())
        if new not in self._number:
            self._number[new] = len(self._sets)
            self._sets.append(new)
            self._after = np.vstack(
                [self._after, np.full((1, self._after.shape[1]), -1)]
            )
            self._agree = np.append(self._agree, self._agrees(new))
        self._after[number, symbol] = self._number[new]

    def _agrees(self, states: frozenset[int]) -> bool:
        return len(set(self._row[sorted(states)].tolist()) - {-1}) <= 1
