r"""The longest lag and the longest word that a number of words holds on average.

The longest lag that a list of words happens to hold is luck. What N words hold on
average is a number of the language.
"""

from collections.abc import Iterator
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
        visits: expected number a word.
    """

    states: Int[np.ndarray, " place"]
    state: Int[np.ndarray, " place"]
    visits: Float[np.ndarray, " place"]


def longest_lag(language: Automaton, num_words: int) -> int:
    r"""Compute the largest lag that is expected at least once among N words.

    $$ \Lambda(N) = \max \{L : N e(L) \ge 1\} $$

    e(L) is the expected number a word of predictions with a lag of at least L; see
    `lags`. It is computed exactly, by a forward pass over the states that the last
    symbols lead to from any state.

    Args:
        language: the language.
        num_words: N, at least 1.

    Returns:
        In symbols; 0 where no prediction needs more than the symbol just read, or where
        the words are so few that none is expected.

    Raises:
        SettingError: there is no word.
        LanguageError: the automaton is too large to follow.

    Example:
        >>> from firstbit.languages import embedded_reber
        >>> [longest_lag(embedded_reber(), n) for n in (256, 2560, 25600)]
        [23, 30, 38]
    """
    require_at_least("num_words", num_words, 1)
    lag = 0
    for expected in _predictions_by_lag(language):
        if num_words * expected < 1:
            break
        lag += 1
    return lag


def longest_word(language: Automaton, num_words: int) -> int:
    r"""Compute the largest length that one of N words exceeds on average.

    $$ \max \{n : N \, P(\text{length} > n) \ge 1\} $$

    Args:
        language: the language.
        num_words: at least 1.

    Returns:
        The largest n with `num_words` P(length > n) at least 1; 0 where there is none.

    Raises:
        SettingError: there is no word.

    Example:
        >>> from firstbit.languages import reber
        >>> longest_word(reber(), 256)
        22
    """
    require_at_least("num_words", num_words, 1)
    here = np.zeros(len(language.states))
    here[0] = 1.0
    length = 0
    while num_words * (here * (1 - language.stop)).sum() >= 1:
        here = _one_symbol_later(language, here)
        length += 1
        _require_steps(language, length)
    return max(length - 1, 0)


def _predictions_by_lag(language: Automaton) -> Iterator[float]:
    """Yield the expected predictions a word with a lag of at least 1, 2, 3, ..."""
    sets = StateSets(language)
    predicts = predictions(language) != NO_PREDICTION
    # The first symbol of a prefix of t symbols was read t - 1 steps ago.
    visits = visits_after_a_symbol(language)
    state = np.arange(len(visits))
    spread = _Spread(np.zeros_like(state), state, visits)
    steps = 0
    while len(spread.state):
        spread = _one_step(language, sets, spread)
        is_open = ~sets.agree(spread.states) & predicts[spread.state]
        yield float(spread.visits[is_open].sum())
        steps += 1
        _require_steps(language, steps)


def _one_step(language: Automaton, sets: StateSets, spread: _Spread) -> _Spread:
    """Read one more symbol; leave out where the window leads to one state."""
    edge = language.transition[spread.state] != NO_STATE
    source, symbol = np.nonzero(edge)
    before = spread.state[source]
    states = sets.after(spread.states[source], symbol)
    state = language.transition[before, symbol]
    visits = spread.visits[source] * language.probability[before, symbol]
    keep = sets.sizes(states) >= 2
    size = len(language.states)
    places, which = np.unique(states[keep] * size + state[keep], return_inverse=True)
    if len(places) > MOST_SPREAD:
        raise LanguageError(
            f"the windows of '{language.name}' lead to more than {MOST_SPREAD:,} sets "
            "of states; its longest lag can't be computed."
        )
    total = np.bincount(which.ravel(), visits[keep], len(places))
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
