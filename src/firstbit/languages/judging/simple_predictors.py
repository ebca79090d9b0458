"""Predictors that know too little: a constant, a window, a merged automaton; the truth.

Each is an array kernel: words in, the best prediction of what it sees out.
"""

from collections.abc import Iterable
from functools import partial

import numpy as np
from jaxtyping import Float, Int

from firstbit.languages.automaton.visits import (
    expected_visits,
    moves,
    visits_after_a_symbol,
)
from firstbit.languages.judging.judge import Answers, Judgement, judge_answers
from firstbit.languages.judging.paths import Paths
from firstbit.languages.judging.words_of_test import PlanOfTest, WordsOfTest
from firstbit.languages.language import Language

NOT_FOUND = -1
"""A belief that is not computed yet."""

DECIMALS = 13
"""Beliefs that agree to this many decimals are one."""

Blocks = Iterable[Iterable[str]]

Predictions = Float[np.ndarray, "prediction output"]

Places = tuple[Int[np.ndarray, " prediction"], Int[np.ndarray, " prediction"]]
"""Numbers of a word, and symbols that were read of it less one."""


def by_window(
    language: Language, paths: Paths, places: Places, window: int
) -> Predictions:
    """Return the best predictions from the last `window` symbols.

    They are the mean rows of the states that the window leaves open, by how often a
    word shows it in each. A shorter prefix is seen as such.

    Args:
        language: the language.
        paths: of words.
        places: the predictions asked for.
        window: m, at least 0; 0 is the best constant.
    """
    word, time = places
    rows = language.next_output[paths.states[word, time]]
    seen = np.flatnonzero(time + 1 >= window)
    if not len(seen):
        return rows
    if window == 0:
        weights = visits_after_a_symbol(language)[None]
        return np.repeat(_mean_rows(language, weights), len(word), axis=0)
    beliefs = _Beliefs(language)
    number = np.zeros(len(seen), dtype=np.int64)
    for back in range(window - 1, -1, -1):
        symbol = paths.symbols[word[seen], time[seen] - back]
        number = beliefs.after(number, symbol)
    rows[seen] = _mean_rows(language, beliefs.weights)[number]
    return rows


class _Beliefs:
    """How likely each state is after a window, numbered as they come up.

    Number 0 is before any symbol: the expected visits of a word.
    """

    def __init__(self, language: Language) -> None:
        self._moves = moves(language)
        visits = expected_visits(language)
        self._weights = [visits / visits.sum()]
        self._number: dict[bytes, int] = {}
        self._after = np.full((1, len(self._moves)), NOT_FOUND)

    @property
    def weights(self) -> Float[np.ndarray, "belief state"]:
        """The weight of each state."""
        return np.stack(self._weights)

    def after(
        self, numbers: Int[np.ndarray, " place"], symbols: Int[np.ndarray, " place"]
    ) -> Int[np.ndarray, " place"]:
        """Return the beliefs one symbol later."""
        found = self._after[numbers, symbols]
        missing = np.flatnonzero(found == NOT_FOUND)
        if len(missing):
            codes = numbers[missing] * len(self._moves) + symbols[missing]
            for code in np.unique(codes).tolist():
                self._find(*divmod(code, len(self._moves)))
            found = self._after[numbers, symbols]
        return found

    def _find(self, number: int, symbol: int) -> None:
        weights = self._weights[number] @ self._moves[symbol]
        total = weights.sum()
        weights = weights / total if total > 0 else weights
        key = weights.round(DECIMALS).tobytes()
        if key not in self._number:
            self._number[key] = len(self._weights)
            self._weights.append(weights)
            if len(self._weights) > len(self._after):
                nothing = np.full_like(self._after, NOT_FOUND)
                self._after = np.vstack([self._after, nothing])
        self._after[number, symbol] = self._number[key]


def _mean_rows(
    language: Language, weights: Float[np.ndarray, "class state"]
) -> Float[np.ndarray, "class output"]:
    predicts = language.next_output.sum(axis=1) > 0
    weights = weights * predicts
    total = weights.sum(axis=1, keepdims=True)
    total = np.where(total > 0, total, 1.0)
    return weights @ language.next_output / total


def by_blocks(language: Language, blocks: Blocks) -> Float[np.ndarray, "state output"]:
    """Return the best prediction in each state if those of a block look the same."""
    number = {state: i for i, state in enumerate(language.states)}
    visits = visits_after_a_symbol(language)
    table = language.next_output.copy()
    for block in blocks:
        states = [number[state] for state in block]
        weights = np.zeros((1, len(number)))
        weights[0, states] = visits[states]
        table[states] = _mean_rows(language, weights)
    return table


def window_answers(plan: PlanOfTest, words: WordsOfTest, window: int) -> Answers:
    """Return what the best predictor from the last `window` symbols gives in a test."""
    language = plan.language
    predict = partial(by_window, language, window=window)
    paths = Paths.of(language, words.words)
    times = np.arange(paths.symbols.shape[1])
    word, time = np.nonzero(times < paths.lengths[:, None])
    of_words = predict(paths, (word, time))
    nothing = np.zeros((0, len(language.outputs)))
    if not words.prefixes:
        return Answers(of_words, nothing)
    paths = Paths.of(language, words.prefixes)
    last = np.arange(len(paths.lengths)), paths.lengths - 1
    return Answers(of_words, predict(paths, last))


def judge_window(plan: PlanOfTest, words: WordsOfTest, window: int) -> Judgement:
    """Judge the best predictor from the last `window` symbols."""
    return judge_answers(plan, words, window_answers(plan, words, window))


def shortest_passing_window(
    plan: PlanOfTest, words: WordsOfTest, longest: int
) -> int | None:
    """Find the shortest window that is called solved on the words of a test.

    Args:
        plan: of the test.
        words: of the test; long words play no part.
        longest: the longest window that is tried.

    Returns:
        Symbols of the window; None if none up to `longest` passes.
    """
    fewer = plan.what_decides(words)
    by_lag = dict(zip(plan.lags, words.twins, strict=True))
    at_lag = by_lag.get(plan.lag)
    # Windows of up to the lag fail every pair.
    shortest = 0 if at_lag is None else plan.lag + 1
    for window in range(shortest, longest + 1):
        if judge_window(plan, fewer, window).solved:
            return window
    return None
