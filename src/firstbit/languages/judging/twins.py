r"""Twins: two prefixes that end alike and are followed by different predictions.

They are the words of D(l,k), for any automaton. A predictor that sees the last L
symbols gives both the same answer, so it fails every pair, whatever the probabilities.
"""

from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from firstbit.errors import LanguageError, require_at_least
from firstbit.languages.automaton.automaton import Automaton
from firstbit.languages.automaton.sparse import Sparse, from_entries
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.demand.memory_order import memory_order
from firstbit.languages.demand.rows import NO_ROW, RESOLUTION, Rows
from firstbit.languages.words.counting import MOST_BYTES

Weights = Float[np.ndarray, " pair"]
"""A weight of each pair of states that is followed."""

Past = Float[np.ndarray, "step state"]
"""The probability of each state after 0, 1, 2, ... symbols."""

NEGLIGIBLE = 1e-8
"""Share of words that are still going on; two pasts as long as that come together in
the square of it."""

LONGEST_PAST = 20_000
"""Symbols before the common ones; longer pasts are left out."""

MOST_EDGES = 20_000_000
"""Edges of the graph of pairs, at most."""


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


class _Starts(NamedTuple):
    """Two states before the common symbols, and the number of symbols before each."""

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
        self._past = _past(language)
        self._edges = _edges_into(language)
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
        letters = _common_symbols(self._language, ahead, lag, starts, generator)
        windows = _spelt(self._language, letters)
        words = []
        for side in range(2):
            states, steps = starts.states[side], starts.steps[side]
            symbols = self._edges.walk_back(self._past, states, steps, generator)
            pasts = _spelt(self._language, symbols)
            words.append(tuple(map(str.__add__, pasts, windows)))
        first, second = words
        return Twins(lag, first, second, len(set(windows)))

    def _ahead(self, lag: int) -> "_Ahead | None":
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
    def _of_one_length(self) -> "_Ahead":
        return _Ahead.of(self._language, _met(self._language), self._resolution)

    @cached_property
    def _of_any_lengths(self) -> "_Ahead":
        seen = self._past[1:].any(axis=0)
        pairs = np.logical_and.outer(seen, seen)
        return _Ahead.of(self._language, pairs, self._resolution)


# ---- what may follow


@dataclass(frozen=True)
class _Ahead:
    """The weight of what may follow two states, by the number of common symbols.

    Attributes:
        size: number of states.
        pair: numbers of the pairs that are followed, p size + q, growing.
        moves: (pair, pair) probability of one common symbol.
        weights: for 0, 1, 2, ... common symbols that are still to come.
    """

    size: int
    pair: Int[np.ndarray, " pair"]
    moves: Sparse
    weights: list[Weights]

    @classmethod
    def of(
        cls, language: Automaton, followed: Bool[np.ndarray, "state state"], tau: float
    ) -> "_Ahead":
        """Return the weights of the pairs of states that are followed."""
        size = len(language.states)
        first, second = np.nonzero(followed)
        differ = first != second
        first, second = first[differ], second[differ]
        pair = first * size + second
        if len(pair) * len(language.alphabet) > MOST_EDGES:
            raise LanguageError(
                f"twins of '{language.name}' need a graph of {len(pair):,} pairs of "
                f"its {size:,} states with up to {len(language.alphabet):,} symbols "
                f"each, more than {MOST_EDGES:,} edges; ask for fewer states."
            )
        moves = _moves_of_pairs(language, pair)
        apart = _apart(Rows.of(language), first, second, tau)
        return cls(size, pair, moves, [apart])

    def before(self, lag: int) -> Weights:
        """Return the weights of the pairs with `lag` common symbols still to come.

        Each is scaled to a maximum of 1: only ratios count.
        """
        needed = 8 * len(self.pair) * (lag + 1)
        if needed > MOST_BYTES:
            raise LanguageError(
                f"twins at lag {lag:,} need {needed / 1e9:.3g} GB for "
                f"{len(self.pair):,} pairs of states, more than "
                f"{MOST_BYTES // 10**9} GB; ask for a shorter lag."
            )
        while len(self.weights) <= lag:
            weights = self.moves @ self.weights[-1]
            largest = weights.max(initial=0.0)
            self.weights.append(weights / largest if largest > 0 else weights)
        return self.weights[lag]

    def of_pairs(
        self,
        lag: int,
        first: Int[np.ndarray, "*pair"],
        second: Int[np.ndarray, "*pair"],
    ) -> Float[np.ndarray, "*pair"]:
        """Return the weight of each pair of states; 0 if it is not followed."""
        wanted = first * self.size + second
        place = np.searchsorted(self.pair, wanted)
        place = np.minimum(place, len(self.pair) - 1)
        is_followed = self.pair[place] == wanted
        return np.where(is_followed, self.before(lag)[place], 0.0)

    def starts(
        self, past: Past, lag: int, num_pairs: int, generator: np.random.Generator
    ) -> _Starts:
        """Draw two states before the common symbols, and the length of each past."""
        visits = past[1:]
        first, second = np.divmod(self.pair, self.size)
        ahead = self.before(lag)
        shape = self.size, self.size
        table = from_entries(ahead, first, second, shape)
        weight = ((table.T @ visits.T).T * visits).sum(axis=1)
        if not weight.any():
            total = visits.sum(axis=0)
            weights = total[first] * total[second] * ahead
            chosen = _repeated_choices(weights, num_pairs, generator)
            states = np.stack([first[chosen], second[chosen]])
            lengths = [_choices(visits[:, side].T, generator) for side in states]
            return _Starts(states, np.stack(lengths) + 1)
        steps = _repeated_choices(weight, num_pairs, generator)
        chosen = np.empty(num_pairs, dtype=np.int64)
        for step in np.unique(steps):
            here = np.flatnonzero(steps == step)
            weights = visits[step, first] * visits[step, second] * ahead
            chosen[here] = _repeated_choices(weights, len(here), generator)
        states = np.stack([first[chosen], second[chosen]])
        return _Starts(states, np.stack([steps, steps]) + 1)


def _moves_of_pairs(language: Automaton, pair: Int[np.ndarray, " pair"]) -> Sparse:
    """Return the (pair, pair) probability that both states go on by one symbol."""
    size = len(language.states)
    first, second = np.divmod(pair, size)
    rows, columns, shares = [], [], []
    for symbol, targets in enumerate(language.transition.T):
        after = targets[first], targets[second]
        goes_on = (after[0] != NO_STATE) & (after[1] != NO_STATE)
        source = np.flatnonzero(goes_on)
        wanted = after[0][source] * size + after[1][source]
        place = np.searchsorted(pair, wanted)
        place = np.minimum(place, len(pair) - 1)
        is_followed = pair[place] == wanted
        source, place = source[is_followed], place[is_followed]
        share = language.probability[:, symbol]
        rows.append(source)
        columns.append(place)
        shares.append(share[first[source]] * share[second[source]])
    return from_entries(
        np.concatenate([*shares, np.zeros(0)]),
        np.concatenate([*rows, np.zeros(0, dtype=np.int64)]),
        np.concatenate([*columns, np.zeros(0, dtype=np.int64)]),
        (len(pair), len(pair)),
    )


def _apart(
    rows: Rows,
    first: Int[np.ndarray, " pair"],
    second: Int[np.ndarray, " pair"],
    tau: float,
) -> Weights:
    """Return 1 for states whose rows differ by more than twice the resolution."""
    far = rows.distances > 2 * tau
    one, other = rows.of_state[first], rows.of_state[second]
    have_rows = (one != NO_ROW) & (other != NO_ROW)
    return np.where(have_rows, far[one, other], False).astype(float)


def _common_symbols(
    language: Automaton,
    ahead: _Ahead,
    lag: int,
    starts: _Starts,
    generator: np.random.Generator,
) -> Int[np.ndarray, "pair time"]:
    """Draw the L symbols that both prefixes of each pair end with."""
    one, other = starts.states
    pair = np.arange(len(one))
    letters = []
    for left in range(lag - 1, -1, -1):
        targets = language.transition[one], language.transition[other]
        is_edge = (targets[0] != NO_STATE) & (targets[1] != NO_STATE)
        share = language.probability[one] * language.probability[other]
        weight = np.where(is_edge, share * ahead.of_pairs(left, *targets), 0.0)
        choice = _choices(weight, generator)
        letters.append(choice)
        one, other = targets[0][pair, choice], targets[1][pair, choice]
    return np.stack(letters, axis=1)


# ---- what came before


def _met(language: Automaton) -> Bool[np.ndarray, "state state"]:
    """Find the pairs of states that two prefixes of one length, at least 1, lead to.

    The set of states that come up after s symbols depends on the set before alone: from
    the first set that comes again on, nothing new is met.
    """
    edge = language.transition != NO_STATE
    size = len(language.states)
    met = np.zeros((size, size), dtype=bool)
    here = np.zeros(1, dtype=np.int64)
    seen: set[bytes] = set()
    while len(seen) < size**2:
        here = np.unique(language.transition[here][edge[here]])
        if here.tobytes() in seen:
            break
        seen.add(here.tobytes())
        met[np.ix_(here, here)] = True
    return met


def _past(language: Automaton) -> Past:
    """Return the probability of each state after 0, 1, 2, ... symbols."""
    sources, symbols = np.nonzero(language.transition != NO_STATE)
    targets = language.transition[sources, symbols]
    share = language.probability[sources, symbols]
    here = np.zeros(len(language.states))
    here[0] = 1.0
    past: list[np.ndarray] = [here]
    # Every state comes up within as many symbols as there are states.
    while len(past) <= max(LONGEST_PAST, len(here)):
        flow = here[sources] * share
        here = np.bincount(targets, flow, len(here))
        if not here.any():
            break
        past.append(here)
        if len(past) > len(here) and here.sum() < NEGLIGIBLE:
            break
    return np.stack(past)


class _EdgesInto(NamedTuple):
    """The edges into each state, in as many columns as the most that a state has.

    Attributes:
        source: the state before.
        symbol: the symbol.
        share: the probability; 0 in a column that stands for no edge.
    """

    source: Int[np.ndarray, "state edge"]
    symbol: Int[np.ndarray, "state edge"]
    share: Float[np.ndarray, "state edge"]

    def walk_back(
        self,
        past: Past,
        states: Int[np.ndarray, " pair"],
        steps: Int[np.ndarray, " pair"],
        generator: np.random.Generator,
    ) -> Int[np.ndarray, "pair time"]:
        """Draw the symbols that led to states, from the last one to the first."""
        state = states.copy()
        letters = np.full((len(state), int(steps.max())), NO_STATE)
        for step in range(letters.shape[1], 0, -1):
            going = np.flatnonzero(steps >= step)
            here = state[going]
            weight = past[step - 1][self.source[here]] * self.share[here]
            edge = _choices(weight, generator)
            letters[going, step - 1] = self.symbol[here, edge]
            state[going] = self.source[here, edge]
        return letters


def _edges_into(language: Automaton) -> _EdgesInto:
    sources, symbols = np.nonzero(language.transition != NO_STATE)
    targets = language.transition[sources, symbols]
    size = len(language.states)
    most = int(np.bincount(targets, minlength=size).max(initial=1))
    shape = size, most
    source = np.zeros(shape, dtype=np.int64)
    symbol = np.zeros(shape, dtype=np.int64)
    share = np.zeros(shape)
    for state in range(size):
        edges = np.flatnonzero(targets == state)
        number = len(edges)
        source[state, :number] = sources[edges]
        symbol[state, :number] = symbols[edges]
        share[state, :number] = language.probability[sources[edges], symbols[edges]]
    return _EdgesInto(source, symbol, share)


# ---- drawing


def _choices(
    weights: Float[np.ndarray, "draw choice"], generator: np.random.Generator
) -> Int[np.ndarray, " draw"]:
    """Draw one choice in each row, in proportion to its weights."""
    upper = np.cumsum(weights, axis=1)
    uniform = generator.random(len(weights)) * upper[:, -1]
    # A choice of weight 0 is never drawn: the number drawn is below the last sum.
    return (uniform[:, None] >= upper).sum(axis=1)


def _repeated_choices(
    weights: Float[np.ndarray, " choice"], number: int, generator: np.random.Generator
) -> Int[np.ndarray, " draw"]:
    """Draw choices again and again, in proportion to the same weights."""
    upper = np.cumsum(weights)
    uniform = generator.random(number) * upper[-1]
    return np.searchsorted(upper, uniform, side="right")


def _spelt(language: Automaton, letters: Int[np.ndarray, "word time"]) -> list[str]:
    """Spell words of symbols' numbers; -1 stands for no symbol, behind all others."""
    num_words, width = letters.shape
    alphabet = "".join(language.alphabet).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(alphabet, dtype="<u4")[letters]
    text = codes.tobytes().decode("utf-32-le", "surrogatepass")
    lengths = (letters != NO_STATE).sum(axis=1).tolist()
    words = []
    for number in range(num_words):
        first = number * width
        words.append(text[first : first + lengths[number]])
    return words
