r"""How far back each prediction must look.

After m symbols the automaton may be in any state that the last m symbols lead to from
any state. The lag of a prediction is m - 1 for the least m at which all these states
predict the same: the symbol that decides was read that many steps before the last one.
Where no window decides, the whole prefix is needed.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Int

from firstbit.languages.automaton.automaton import Automaton
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.words.encoding import encode

NO_LAG = -1
"""No prediction counts here."""

NOT_FOUND = -1
"""A step between sets of states that is not computed yet."""

NO_PREDICTION = -1
"""Stands for the distribution of a state in which nothing is left to predict."""


def lags(language: Automaton, words: Sequence[str]) -> Int[np.ndarray, "word time"]:
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
    symbols, lengths = encode(words, language.alphabet)
    num_steps = lengths if language.has_end_marker else lengths - 1
    sets = _Sets(language)
    found = np.full(symbols.shape, NO_LAG)
    # (word, first symbol of the window): number of the set of states
    since = np.zeros(symbols.shape, dtype=np.int64)
    for time in range(symbols.shape[1]):
        going = np.flatnonzero(time < num_steps)
        windows = going, slice(time + 1)
        letters = symbols[going, time]
        after = sets.after(since[windows], letters[:, None])
        since[windows] = after
        # The window that starts last among those that decide; the whole prefix where
        # none does.
        decides = sets.agree(after)
        any_decides = decides.any(axis=1)
        backwards = decides[:, ::-1]
        shortest = backwards.argmax(axis=1)
        found[going, time] = np.where(any_decides, shortest, time)
    return found


def long_range_prediction(language: Automaton, words: Sequence[str]) -> int:
    """Find which prediction most often has a word's longest lag, 1 for the last one.

    Example:
        In embedded Reber it is the outer symbol; after it comes E.

        >>> from firstbit.languages import embedded_reber
        >>> long_range_prediction(embedded_reber(), ["BPBTXSEPE", "BTBPVVETE"])
        2
    """
    found = lags(language, words)
    num_steps = (found != NO_LAG).sum(axis=1)
    places = num_steps - found.argmax(axis=1)
    places = places[num_steps > 0]
    if not places.size:
        return 1
    return int(np.bincount(places).argmax())


class _Sets:
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

    def after(
        self,
        numbers: Int[np.ndarray, "word start"],
        symbols: Int[np.ndarray, "word #start"],
    ) -> Int[np.ndarray, "word start"]:
        """Return the sets one symbol later."""
        symbols = np.broadcast_to(symbols, numbers.shape)
        missing = self._after[numbers, symbols] == NOT_FOUND
        if missing.any():
            before = numbers[missing].tolist()
            letters = symbols[missing].tolist()
            pairs = set(zip(before, letters, strict=True))
            for number, symbol in sorted(pairs):
                self._find(number, symbol)
        return self._after[numbers, symbols]

    def agree(
        self, numbers: Int[np.ndarray, "word start"]
    ) -> Bool[np.ndarray, "word start"]:
        """Return whether all states of a set predict the same."""
        return self._agree[numbers]

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
    _, number = np.unique(table, axis=0, return_inverse=True)
    predicts = table.sum(axis=1) > 0
    return np.where(predicts, number.ravel(), NO_PREDICTION)
