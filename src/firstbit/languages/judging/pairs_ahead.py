"""What may follow two states at once: common symbols, then different rows."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from firstbit.errors import LanguageError
from firstbit.languages.automaton.automaton import Automaton
from firstbit.languages.automaton.sparse import Sparse, from_entries
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.demand.rows import NO_ROW, Rows
from firstbit.languages.judging.choices import choices, repeated_choices
from firstbit.languages.judging.pasts import Past
from firstbit.languages.words.counting import MOST_BYTES

Weights = Float[np.ndarray, " pair"]
"""A weight of each pair of states that is followed."""

MOST_EDGES = 20_000_000
"""Edges of the graph of pairs, at most."""


class Starts(NamedTuple):
    """Two states before the common symbols, and the number of symbols before each."""

    states: Int[np.ndarray, "side pair"]
    steps: Int[np.ndarray, "side pair"]


@dataclass(frozen=True)
class PairsAhead:
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
    ) -> "PairsAhead":
        """Return the weights of the pairs of states that are followed."""
        size = len(language.states)
        first, second = np.nonzero(followed)
        differ = first != second
        first = first[differ]
        second = second[differ]
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
    ) -> Starts:
        """Draw two states before the common symbols, and the length of each past."""
        visits = past[1:]
        first, second = np.divmod(self.pair, self.size)
        ahead = self.before(lag)
        shape = self.size, self.size
        table = from_entries(ahead, first, second, shape)
        arriving = table.T @ visits.T
        weight = (arriving.T * visits).sum(axis=1)
        if not weight.any():
            total = visits.sum(axis=0)
            weights = total[first] * total[second] * ahead
            chosen = repeated_choices(weights, num_pairs, generator)
            states = np.stack([first[chosen], second[chosen]])
            lengths = [choices(visits[:, side].T, generator) for side in states]
            return Starts(states, np.stack(lengths) + 1)
        steps = repeated_choices(weight, num_pairs, generator)
        chosen = np.empty(num_pairs, dtype=np.int64)
        for step in np.unique(steps):
            here = np.flatnonzero(steps == step)
            weights = visits[step, first] * visits[step, second] * ahead
            chosen[here] = repeated_choices(weights, len(here), generator)
        states = np.stack([first[chosen], second[chosen]])
        return Starts(states, np.stack([steps, steps]) + 1)


def _moves_of_pairs(language: Automaton, pair: Int[np.ndarray, " pair"]) -> Sparse:
    """Return the (pair, pair) probability that both states go on by one symbol."""
    size = len(language.states)
    first, second = np.divmod(pair, size)
    rows = []
    columns = []
    shares = []
    for symbol, targets in enumerate(language.transition.T):
        after = targets[first], targets[second]
        goes_on = (after[0] != NO_STATE) & (after[1] != NO_STATE)
        source = np.flatnonzero(goes_on)
        wanted = after[0][source] * size + after[1][source]
        place = np.searchsorted(pair, wanted)
        place = np.minimum(place, len(pair) - 1)
        is_followed = pair[place] == wanted
        source = source[is_followed]
        place = place[is_followed]
        share = language.probability[:, symbol]
        rows.append(source)
        columns.append(place)
        shares.append(share[first[source]] * share[second[source]])
    nothing = np.zeros(0, dtype=np.int64)
    return from_entries(
        np.concatenate([*shares, np.zeros(0)]),
        np.concatenate([*rows, nothing]),
        np.concatenate([*columns, nothing]),
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
    one = rows.of_state[first]
    other = rows.of_state[second]
    have_rows = (one != NO_ROW) & (other != NO_ROW)
    return np.where(have_rows, far[one, other], False).astype(float)


def common_symbols(
    language: Automaton,
    ahead: PairsAhead,
    lag: int,
    starts: Starts,
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
        choice = choices(weight, generator)
        letters.append(choice)
        one = targets[0][pair, choice]
        other = targets[1][pair, choice]
    return np.stack(letters, axis=1)
