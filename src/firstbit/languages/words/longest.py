r"""The longest lag and the longest word that a number of words holds on average.

The longest lag that a list of words happens to hold is luck. What N words hold on
average is a number of the language.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from firstbit.errors import LanguageError, require_at_least
from firstbit.languages.automaton.automaton import Automaton
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.automaton.visits import visits_after_a_symbol
from firstbit.languages.words.lags import NO_PREDICTION, StateSets, predictions

MOST_SPREAD = 200_000
"""Pairs of a set and a state that are followed at once."""

MOST_STEPS = 1_000_000
"""The longest lag, and the longest word, that is looked for."""


class _Spread(NamedTuple):
    """Expected visits a word, by what a window leaves open and by the true state.

    Attributes:
        states: number of the set of states that the last symbols lead to from any one.
        state: the true state.
        visits: expected number a word; a column for each number of symbols before the
            window, or one for all.
    """

    states: Int[np.ndarray, " place"]
    state: Int[np.ndarray, " place"]
    visits: Float[np.ndarray, "place before"]


def longest_lag(
    language: Automaton, num_words: int, max_length: int | None = None
) -> int:
    r"""Compute the largest lag that is expected at least once among N words.

    $$ \Lambda(N) = \max \{L : N e(L) \ge 1\} $$

    e(L) is the expected number a word of predictions with a lag of at least L; see
    `lags`. It is computed exactly, by a forward pass over the states that the last
    symbols lead to from any state.

    Args:
        language: the language.
        num_words: N, at least 1.
        max_length: longer words are sampled again; None for any. Where N words hold
            hardly a longer one, they count as they are.

    Returns:
        In symbols; 0 where no prediction needs more than the symbol just read, or where
        the words are so few that none is expected.

    Raises:
        SettingError: there is no word.
        LanguageError: the automaton is too large to follow, or no word is so short.

    Example:
        >>> from firstbit.languages import embedded_reber
        >>> [longest_lag(embedded_reber(), n) for n in (256, 2560, 25600)]
        [23, 30, 38]
        >>> longest_lag(embedded_reber(), 25600, max_length=32)
        28
    """
    require_at_least("num_words", num_words, 1)
    if max_length is not None and max_length > longest_word(language, num_words):
        max_length = None
    lag = 0
    for expected in _predictions_by_lag(language, max_length):
        if num_words * expected < 1:
            break
        lag += 1
    return lag


def longest_word(
    language: Automaton, num_words: int, max_length: int | None = None
) -> int:
    r"""Compute the largest length that one of N words exceeds on average.

    $$ \max \{n : N \, P(\text{length} > n) \ge 1\} $$

    Args:
        language: the language.
        num_words: at least 1.
        max_length: longer words are sampled again; None for any.

    Returns:
        The largest n with `num_words` P(length > n) at least 1; 0 where there is none.

    Raises:
        SettingError: there is no word.
        LanguageError: no word is so short.

    Example:
        >>> from firstbit.languages import reber
        >>> longest_word(reber(), 256)
        22
    """
    require_at_least("num_words", num_words, 1)
    ends = None if max_length is None else _Ends.within(language, max_length)
    here = np.zeros(len(language.states))
    here[0] = 1.0
    length = 0
    while num_words * _share_longer(language, here, length, ends) >= 1:
        here = _one_symbol_later(language, here)
        length += 1
        _require_steps(language, length)
    return max(length - 1, 0)


def _share_longer(
    language: Automaton,
    here: Float[np.ndarray, " state"],
    length: int,
    ends: "_Ends | None",
) -> float:
    """Return the probability that a word is longer than a length.

    Args:
        language: the language.
        here: probability of each state after that number of symbols.
        length: the number.
        ends: where words have a greatest length.
    """
    if ends is None:
        return float((here * (1 - language.stop)).sum())
    left = ends.longest - length
    if left <= 0:
        return 0.0
    later = ends.after(np.array(left)) - language.stop
    return float((here * later).sum() / ends.of_all)


@dataclass(frozen=True)
class _Ends:
    """The probability that a word ends within 0, 1, ... further symbols.

    Attributes:
        table: of each state; more symbols than it has rows add nothing in float64.
        longest: the greatest length of a word.
    """

    table: Float[np.ndarray, "left state"]
    longest: int

    @classmethod
    def within(cls, language: Automaton, longest: int) -> "_Ends":
        """Follow words from their ends; raise `LanguageError` where none is so short.

        It takes as many steps as change a probability, however large `longest` is.
        """
        found = [language.stop.astype(float)]
        sources, symbols = np.nonzero(language.transition != NO_STATE)
        share = language.probability[sources, symbols]
        targets = language.transition[sources, symbols]
        for _ in range(longest):
            later = found[0].copy()
            np.add.at(later, sources, share * found[-1][targets])
            if len(found) > len(later) and np.array_equal(later, found[-1]):
                break
            found.append(later)
            _require_steps(language, len(found))
        if not found[-1][0] > 0:
            raise LanguageError(
                f"'{language.name}' has no word of at most {longest} symbols; allow "
                "longer ones."
            )
        return cls(np.stack(found), longest)

    @property
    def of_all(self) -> float:
        """The probability that a word is no longer than the greatest length."""
        return float(self.table[-1, 0])

    def after(self, left: Int[np.ndarray, "*some"]) -> Float[np.ndarray, "*some state"]:
        """Return the probabilities where that many symbols are left."""
        return self.table[np.minimum(left, len(self.table) - 1)]


def _predictions_by_lag(
    language: Automaton, max_length: int | None = None
) -> Iterator[float]:
    """Yield the expected predictions a word with a lag of at least 1, 2, 3, ..."""
    sets = StateSets(language)
    predicts = predictions(language) != NO_PREDICTION
    ends = None if max_length is None else _Ends.within(language, max_length)
    # The first symbol of a prefix of t symbols was read t - 1 steps ago.
    visits = _before_windows(language, max_length)
    state = np.arange(len(visits))
    spread = _Spread(np.zeros_like(state), state, visits)
    steps = 0
    while len(spread.state) and steps != max_length:
        spread = _one_step(language, sets, spread)
        is_open = ~sets.agree(spread.states) & predicts[spread.state]
        steps += 1
        chosen = spread.visits[is_open]
        if ends is not None:
            chosen = chosen * _share_kept(ends, spread.state[is_open], steps)
        yield float(chosen.sum())
        _require_steps(language, steps)


def _before_windows(
    language: Automaton, max_length: int | None
) -> Float[np.ndarray, "state before"]:
    """Return the expected visits to each state after at least one symbol.

    There is a column for all numbers of symbols, or one for each below a greatest
    length.
    """
    if max_length is None:
        return visits_after_a_symbol(language)[:, None]
    here = np.zeros(len(language.states))
    here[0] = 1.0
    columns = []
    for _ in range(1, max_length):
        here = _one_symbol_later(language, here)
        columns.append(here)
    if not columns:
        return np.zeros((len(here), 1))
    return np.stack(columns, axis=1)


def _share_kept(
    ends: _Ends, state: Int[np.ndarray, " place"], steps: int
) -> Float[np.ndarray, "place before"]:
    """Return by what factor words up to a greatest length visit a place more often.

    Args:
        ends: of words up to the greatest length.
        state: of each place.
        steps: symbols in the window; column b has b + 1 symbols before it.
    """
    before = np.arange(1, max(ends.longest, 2))
    left = ends.longest - steps - before
    of_states = ends.after(np.maximum(left, 0))
    shares = of_states[:, state].T / ends.of_all
    return np.where(left >= 0, shares, 0.0)


def _one_step(language: Automaton, sets: StateSets, spread: _Spread) -> _Spread:
    """Read one more symbol; leave out where the window leads to one state."""
    edge = language.transition[spread.state] != NO_STATE
    source, symbol = np.nonzero(edge)
    before = spread.state[source]
    states = sets.after(spread.states[source], symbol)
    state = language.transition[before, symbol]
    share = language.probability[before, symbol]
    visits = spread.visits[source] * share[:, None]
    keep = sets.sizes(states) >= 2
    size = len(language.states)
    pairs = states[keep] * size + state[keep]
    places, which = np.unique(pairs, return_inverse=True)
    if len(places) > MOST_SPREAD:
        raise LanguageError(
            f"the windows of '{language.name}' lead to more than {MOST_SPREAD:,} sets "
            "of states; its longest lag can't be computed."
        )
    total = np.zeros((len(places), visits.shape[1]))
    np.add.at(total, which.ravel(), visits[keep])
    return _Spread(places // size, places % size, total)


def _one_symbol_later(
    language: Automaton, here: Float[np.ndarray, " state"]
) -> Float[np.ndarray, " state"]:
    after = np.zeros_like(here)
    sources, symbols = np.nonzero(language.transition != NO_STATE)
    share = here[sources] * language.probability[sources, symbols]
    np.add.at(after, language.transition[sources, symbols], share)
    return after


def _require_steps(language: Automaton, steps: int) -> None:
    if steps > MOST_STEPS:
        raise LanguageError(
            f"expected lags and words of '{language.name}' of at most {MOST_STEPS:,} "
            "symbols; ask for fewer words."
        )
