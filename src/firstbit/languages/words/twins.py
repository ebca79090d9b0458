r"""Twins: two prefixes that end alike and are followed by different predictions.

They are the words of D(l,k), for any automaton. A predictor that sees the last L
symbols gives both the same answer, so it fails every pair, whatever the probabilities.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from firstbit.errors import LanguageError, require_at_least
from firstbit.languages.automaton.automaton import Automaton
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.demand.rows import NO_ROW, RESOLUTION, Rows
from firstbit.languages.words.counting import MOST_BYTES

Pairs = Float[np.ndarray, "state state"]
"""A weight of each pair of states."""

NEGLIGIBLE = 1e-14
"""Share of words that are still going on; later pasts are left out."""


class Twins(NamedTuple):
    """Pairs of prefixes with the same last symbols and different rows.

    Attributes:
        lag: L, the number of last symbols that both share.
        first: one prefix of each pair.
        second: the other one.
        num_windows: how many different last L symbols there are.
    """

    lag: int
    first: tuple[str, ...]
    second: tuple[str, ...]
    num_windows: int


class _Starts(NamedTuple):
    """Two states before the common symbols, and how many symbols led to each."""

    states: Int[np.ndarray, "side pair"]
    steps: Int[np.ndarray, "side pair"]


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
    the two states before the common symbol a_j. Where no two prefixes of one length
    exist, those of any lengths are taken.

    Args:
        language: the language.
        num_pairs: how many pairs, at least 1.
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
    require_at_least("num_pairs", num_pairs, 1)
    require_at_least("lag", lag, 1)
    ahead = _weights_ahead(language, lag, resolution)
    if not ahead[0].any():
        return None
    past = _past(language)
    generator = np.random.default_rng(seed)
    starts = _starts(past, ahead[0], num_pairs, generator)
    letters = _common_symbols(language, ahead, starts.states, generator)
    windows = _spelt(language, letters)
    words = []
    for side in range(2):
        before = _pasts(language, past, starts, side, generator)
        words.append(tuple(map(str.__add__, before, windows)))
    first, second = words
    return Twins(lag, first, second, len(set(windows)))


# ---- what may follow


def _weights_ahead(language: Automaton, lag: int, resolution: float) -> list[Pairs]:
    """Return for 0, ..., L common symbols read the weight of the pairs ahead.

    Each is scaled to a maximum of 1: only ratios count.
    """
    size = len(language.states)
    needed = 8 * size**2 * (lag + 1)
    if needed > MOST_BYTES:
        raise LanguageError(
            f"twins of '{language.name}' at lag {lag:,} need {needed / 1e9:.3g} GB for "
            f"pairs of its {size:,} states, more than {MOST_BYTES // 10**9} GB; ask "
            "for a shorter lag."
        )
    weights = [_apart(language, resolution)]
    for _ in range(lag):
        weights.append(_one_symbol_before(language, weights[-1]))
    weights.reverse()
    return weights


def _apart(language: Automaton, resolution: float) -> Pairs:
    """Return 1 for states whose rows differ by more than twice the resolution."""
    rows = Rows.of(language)
    rows.require_resolution(resolution)
    number = rows.of_state
    far = rows.distances > 2 * resolution
    has_row = number != NO_ROW
    both = np.logical_and.outer(has_row, has_row)
    return np.where(both, far[np.ix_(number, number)], False).astype(float)


def _one_symbol_before(language: Automaton, after: Pairs) -> Pairs:
    before = np.zeros_like(after)
    for symbol, targets in enumerate(language.transition.T):
        states = np.flatnonzero(targets != NO_STATE)
        share = language.probability[states, symbol]
        ahead = after[np.ix_(targets[states], targets[states])]
        before[np.ix_(states, states)] += np.outer(share, share) * ahead
    largest = before.max()
    return before / largest if largest > 0 else before


def _common_symbols(
    language: Automaton,
    ahead: list[Pairs],
    starts: Int[np.ndarray, "side pair"],
    generator: np.random.Generator,
) -> Int[np.ndarray, "pair time"]:
    """Draw the L symbols that both prefixes of each pair end with."""
    one, other = starts
    letters = []
    for weight in ahead[1:]:
        targets = language.transition[one], language.transition[other]
        is_edge = (targets[0] != NO_STATE) & (targets[1] != NO_STATE)
        share = language.probability[one] * language.probability[other]
        choice = _choices(np.where(is_edge, share * weight[targets], 0.0), generator)
        letters.append(choice)
        pair = np.arange(len(choice))
        one, other = targets[0][pair, choice], targets[1][pair, choice]
    return np.stack(letters, axis=1)


# ---- what came before


def _past(language: Automaton) -> list[Float[np.ndarray, " state"]]:
    """Return the probability of each state after 0, 1, 2, ... symbols."""
    sources, symbols = np.nonzero(language.transition != NO_STATE)
    targets = language.transition[sources, symbols]
    share = language.probability[sources, symbols]
    here = np.zeros(len(language.states))
    here[0] = 1.0
    past = [here]
    # Any two states that prefixes of one length lead to are met within n^2 symbols.
    while len(past) < len(here) ** 2 or here.sum() > NEGLIGIBLE:
        after = np.zeros_like(here)
        np.add.at(after, targets, here[sources] * share)
        here = after
        past.append(here)
        if not here.any():
            break
    return past


def _starts(
    past: list[Float[np.ndarray, " state"]],
    ahead: Pairs,
    num_pairs: int,
    generator: np.random.Generator,
) -> _Starts:
    """Draw the two states before the common symbols, with the length of each past."""
    visits = np.stack(past[1:])
    weight = np.einsum("sp,pq,sq->s", visits, ahead, visits)
    if not weight.any():
        return _starts_of_any_lengths(visits, ahead, num_pairs, generator)
    steps = _choices(np.tile(weight, (num_pairs, 1)), generator)
    states = np.empty((2, num_pairs), dtype=np.int64)
    for step in np.unique(steps):
        here = np.flatnonzero(steps == step)
        pairs = np.outer(visits[step], visits[step]) * ahead
        states[:, here] = _pair_choices(pairs, len(here), generator)
    return _Starts(states, np.stack([steps, steps]) + 1)


def _starts_of_any_lengths(
    visits: Float[np.ndarray, "step state"],
    ahead: Pairs,
    num_pairs: int,
    generator: np.random.Generator,
) -> _Starts:
    total = visits.sum(axis=0)
    states = _pair_choices(np.outer(total, total) * ahead, num_pairs, generator)
    steps = [_choices(visits[:, side].T, generator) for side in states]
    return _Starts(states, np.stack(steps) + 1)


def _pasts(
    language: Automaton,
    past: list[Float[np.ndarray, " state"]],
    starts: _Starts,
    side: int,
    generator: np.random.Generator,
) -> list[str]:
    """Draw the symbols that led to one state of each pair, from the last to the first."""
    sources, symbols = np.nonzero(language.transition != NO_STATE)
    targets = language.transition[sources, symbols]
    share = language.probability[sources, symbols]
    state, steps = starts.states[side].copy(), starts.steps[side]
    letters = np.full((len(state), int(steps.max())), NO_STATE)
    for step in range(letters.shape[1], 0, -1):
        going = np.flatnonzero(steps >= step)
        leads_there = targets == state[going, None]
        weight = np.where(leads_there, past[step - 1][sources] * share, 0.0)
        edge = _choices(weight, generator)
        letters[going, step - 1] = symbols[edge]
        state[going] = sources[edge]
    return _spelt(language, letters)


# ---- drawing


def _choices(
    weights: Float[np.ndarray, "draw choice"], generator: np.random.Generator
) -> Int[np.ndarray, " draw"]:
    """Draw one choice in each row, in proportion to its weights."""
    upper = np.cumsum(weights, axis=1)
    uniform = generator.random(len(weights)) * upper[:, -1]
    # A choice of weight 0 is never drawn: the number drawn is below the last sum.
    return (uniform[:, None] >= upper).sum(axis=1)


def _pair_choices(
    pairs: Pairs, num_pairs: int, generator: np.random.Generator
) -> Int[np.ndarray, "side pair"]:
    upper = np.cumsum(pairs.ravel())
    uniform = generator.random(num_pairs) * upper[-1]
    flat = np.searchsorted(upper, uniform, side="right")
    return np.stack(np.unravel_index(flat, pairs.shape))


def _spelt(language: Automaton, letters: Int[np.ndarray, "word time"]) -> list[str]:
    """Spell words of symbols' numbers; -1 stands for no symbol."""
    words = []
    for row in letters:
        words.append("".join(language.alphabet[a] for a in row if a != NO_STATE))
    return words
