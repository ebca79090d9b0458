r"""Twins: two prefixes that end alike and are followed by different predictions.

They are the words of D(l,k), for any automaton. A predictor that sees the last L
symbols gives both the same answer, so it fails every pair, whatever the probabilities.
"""

from functools import cached_property
from threading import Lock
from typing import NamedTuple

import numpy as np

from firstbit.errors import require_at_least
from firstbit.languages.automaton.automaton import Automaton
from firstbit.languages.demand.memory_order import memory_order
from firstbit.languages.demand.rows import RESOLUTION, Rows
from firstbit.languages.judging.choices import spelt
from firstbit.languages.judging.pairs_ahead import PairsAhead, common_symbols
from firstbit.languages.judging.pasts import edges_into, met, past_of


class Twins(NamedTuple):
    """Pairs of prefixes with the same last symbols and different rows.

    Attributes:
        lag: L, the number of last symbols that both share.
        first: one prefix of each pair.
        second: the other one.
        num_windows: number of different last L symbols.
    """

    lag: int
    first: tuple[str, ...]
    second: tuple[str, ...]
    num_windows: int


def twins(
    language: Automaton,
    num_pairs: int,
    lag: int,
    *,
    seed: int,
    resolution: float = RESOLUTION,
) -> Twins | None:
    r"""Draw pairs of prefixes with the same last L symbols and different rows.

    Each prefix has at least one symbol before the last L. Of all such pairs whose rows
    differ by more than twice the resolution, one is drawn in proportion to

    $$ v_s(p) \, v_s(q) \prod_{j=1}^{L} P(p_j, a_j) \, P(q_j, a_j) $$

    v_s: the probability of each state after s symbols, the same s for both; p_j, q_j:
    the two states before the common symbol a_j. Where no two such prefixes of one
    length exist, those of any lengths are taken.

    Args:
        language: the language.
        num_pairs: number of pairs, at least 1.
        lag: L, at least 1.
        seed: of NumPy's generator; the same seed gives the same pairs.
        resolution: half the distance that the two rows exceed; see `Rows`.

    Returns:
        The pairs; None if there are none at this lag.

    Raises:
        SettingError: a number is out of range.
        LanguageError: the automaton has too many states for this lag.

    Example:
        Embedded Reber begins with T or P, and ends with the same letter.

        >>> from firstbit.languages import embedded_reber
        >>> pairs = twins(embedded_reber(), 100, 6, seed=0)
        >>> sorted({word[:2] for word in pairs.first})
        ['BP', 'BT']
        >>> {a[-6:] == b[-6:] for a, b in zip(pairs.first, pairs.second)}
        {True}
    """
    return TwinSource(language, resolution).draw(num_pairs, lag, seed=seed)


class TwinSource:
    """Draws twins of one language; what all draws share is computed once.

    Args:
        language: the language.
        resolution: half the distance that the rows of twins exceed.

    Raises:
        SettingError: the resolution is as large as the largest distance of rows.
    """

    def __init__(self, language: Automaton, resolution: float = RESOLUTION) -> None:
        Rows.of(language).require_resolution(resolution)
        self._language = language
        self._resolution = resolution
        self._order = memory_order(language)
        self._past = past_of(language)
        self._edges = edges_into(language)
        self._lock = Lock()

    def exist(self, lag: int) -> bool:
        """Return whether there are twins at a lag."""
        return self._ahead(lag) is not None

    def draw(self, num_pairs: int, lag: int, *, seed: int) -> Twins | None:
        """Draw pairs; see `twins`."""
        require_at_least("num_pairs", num_pairs, 1)
        require_at_least("lag", lag, 1)
        ahead = self._ahead(lag)
        if ahead is None:
            return None
        generator = np.random.default_rng(seed)
        starts = ahead.starts(self._past, lag, num_pairs, generator)
        letters = common_symbols(self._language, ahead, lag, starts, generator)
        windows = spelt(self._language, letters)
        words = []
        for side in range(2):
            states = starts.states[side]
            steps = starts.steps[side]
            symbols = self._edges.walk_back(self._past, states, steps, generator)
            pasts = spelt(self._language, symbols)
            words.append(tuple(map(str.__add__, pasts, windows)))
        first, second = words
        return Twins(lag, first, second, len(set(windows)))

    def _ahead(self, lag: int) -> PairsAhead | None:
        """Return the weights to draw by: of prefixes of one length if there are any."""
        if lag >= self._order:
            return None
        with self._lock:
            if self._of_one_length.before(lag).any():
                return self._of_one_length
            if self._of_any_lengths.before(lag).any():
                return self._of_any_lengths
        return None

    @cached_property
    def _of_one_length(self) -> PairsAhead:
        return PairsAhead.of(self._language, met(self._language), self._resolution)

    @cached_property
    def _of_any_lengths(self) -> PairsAhead:
        seen = self._past[1:].any(axis=0)
        pairs = np.logical_and.outer(seen, seen)
        return PairsAhead.of(self._language, pairs, self._resolution)
