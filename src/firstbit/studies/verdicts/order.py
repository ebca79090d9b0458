r"""The argument from order: what one unit with an increasing slope can't do.

One unit $h' = f(w h + u_a)$ with an increasing f maps the line to itself in order (or
in reverse, where w is below 0). With an affine read-out the nearest row is decided by
intervals of the line. So a net that is right on all words keeps the states of the
automaton in disjoint intervals: else two states would stay mixed until their rows
differ. For each order of these intervals and each sign of w the rest is linear:

$$ x_p < x_q, \qquad g_{r-1} < x_p + u_a < g_r \quad
   \text{for every edge } p \xrightarrow{a} r $$

x: a point of each state, times w; u_a: the symbol's input; g: the thresholds between
neighbours, as f sees them. Where no order passes, no such net exists.
"""

from collections.abc import Iterator
from itertools import pairwise, permutations
from typing import NamedTuple

import numpy as np
import scipy.optimize
from jaxtyping import Bool, Float, Int

from firstbit.languages import Language
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.demand.rows import NO_ROW, Rows

MOST_STATES = 7
"""States whose orders are all tried: 7 have 5,040, each with two signs."""

ROUNDING = 1e-9
"""A weight of a linear programme below it is zero."""

MOST_FACTOR = 60
"""Factors that are tried to make the weights of a proof whole numbers."""


class Edges(NamedTuple):
    """The states that one unit must keep apart, and the edges among them.

    Attributes:
        names: of the states; each stands for all that predict alike for ever.
        edges: (edge, 3): state before (-1 is the start, where it is no such state),
            symbol, state after.
        symbols: of the edges.
    """

    names: tuple[str, ...]
    edges: Int[np.ndarray, "edge 3"]
    symbols: tuple[str, ...]

    @classmethod
    def of(cls, language: Language) -> "Edges":
        """Merge the states that predict alike for ever, and list the edges.

        Example:
            >>> from firstbit.languages import parity
            >>> Edges.of(parity()).names
            ('even', 'odd')
        """
        group = _groups(language)
        names = []
        for number in range(int(group.max()) + 1):
            first = int(np.flatnonzero(group == number)[0])
            names.append(language.states[first])
        found = set()
        sources, symbols = np.nonzero(language.transition != NO_STATE)
        legal = zip(sources.tolist(), symbols.tolist(), strict=True)
        for source, symbol in legal:
            target = int(group[language.transition[source, symbol]])
            if target != NO_ROW and (source == 0 or group[source] != NO_ROW):
                found.add((int(group[source]), symbol, target))
        edges = np.array(sorted(found)).reshape(-1, 3)
        return cls(tuple(names), edges, tuple(language.alphabet))


class Refuted(NamedTuple):
    """An order of the states that no weights pass, with its proof.

    Attributes:
        order: names of the states, from the lowest to the highest.
        is_falling: whether w is below 0.
        farkas: a whole number of each inequality, none below 0: so many of each add up
            to 0 > 0.
    """

    order: tuple[str, ...]
    is_falling: bool
    farkas: Int[np.ndarray, " inequality"]


class Orders(NamedTuple):
    """What came of all orders.

    Attributes:
        refuted: those that no weights pass.
        passing: the first order that passes, with the sign of w; None if none does.
    """

    refuted: tuple[Refuted, ...]
    passing: tuple[tuple[str, ...], bool] | None

    @property
    def is_impossible(self) -> bool:
        """Whether no order passes."""
        return self.passing is None


def orders(language: Language) -> Orders | None:
    """Try every order of the states, with both signs of w.

    An order and its mirror image pass together, so one of both is tried.

    Returns:
        The proof for each order up to the first that passes; None where the states are
        more than `MOST_STATES`.

    Example:
        >>> from firstbit.languages import parity, reber
        >>> orders(parity()).is_impossible, orders(reber()).is_impossible
        (True, False)
    """
    edges = Edges.of(language)
    if len(edges.names) > MOST_STATES:
        return None
    refuted = []
    for order in _one_of_each_pair(len(edges.names)):
        names = tuple(edges.names[state] for state in order)
        for is_falling in (False, True):
            rows = inequalities(edges, order, is_falling=is_falling)
            farkas = _farkas(rows)
            if farkas is None:
                return Orders(tuple(refuted), (names, is_falling))
            refuted.append(Refuted(names, is_falling, farkas))
    return Orders(tuple(refuted), None)


def inequalities(
    edges: Edges, order: tuple[int, ...], *, is_falling: bool
) -> Float[np.ndarray, "inequality unknown"]:
    """Return the rows of `rows @ unknowns >= 1`.

    The unknowns: a point of each state and of the start, times w; the input of each
    symbol; the thresholds between neighbours in the order.
    """
    num_states = len(order)
    num_symbols = len(edges.symbols)
    start = num_states
    symbol_at = num_states + 1
    threshold_at = symbol_at + num_symbols
    size = threshold_at + max(num_states - 1, 0)
    rank = {state: place for place, state in enumerate(order)}
    rows = []
    for lower, upper in pairwise(order):
        below, above = (upper, lower) if is_falling else (lower, upper)
        rows.append(_difference(size, above=[above], below=[below]))
    for place in range(num_states - 2):
        first = threshold_at + place
        rows.append(_difference(size, above=[first + 1], below=[first]))
    for source, symbol, target in edges.edges.tolist():
        point = start if source == NO_ROW else source
        seen = [point, symbol_at + symbol]
        place = rank[target]
        if place > 0:
            threshold = threshold_at + place - 1
            rows.append(_difference(size, above=seen, below=[threshold]))
        if place < num_states - 1:
            threshold = threshold_at + place
            rows.append(_difference(size, above=[threshold], below=seen))
    return np.array(rows).reshape(-1, size)


def _difference(
    size: int, *, above: list[int], below: list[int]
) -> Float[np.ndarray, " unknown"]:
    row = np.zeros(size)
    row[above] += 1
    row[below] -= 1
    return row


def _farkas(
    rows: Float[np.ndarray, "inequality unknown"],
) -> Int[np.ndarray, " inequality"] | None:
    """Return whole numbers y >= 0, not all 0, with y @ rows = 0; None without any.

    By Farkas' lemma there are none exactly where some unknowns meet all inequalities.
    The equation is checked in whole numbers, so rounding can't make a proof.
    """
    if not rows.size:
        return None
    conditions = np.vstack([rows.T, np.ones(len(rows))])
    wanted = np.zeros(len(conditions))
    wanted[-1] = 1
    answer = scipy.optimize.linprog(
        np.zeros(len(rows)), A_eq=conditions, b_eq=wanted, method="highs"
    )
    if not answer.success:
        return None
    least = answer.x[answer.x > ROUNDING].min()
    for factor in range(1, MOST_FACTOR + 1):
        whole = np.round(factor * answer.x / least).astype(np.int64)
        if not (whole @ rows.astype(np.int64)).any():
            return whole
    return None


def _one_of_each_pair(number: int) -> Iterator[tuple[int, ...]]:
    """Yield one of each order and its mirror image."""
    for order in permutations(range(number)):
        if order <= order[::-1]:
            yield order


def _groups(language: Language) -> Int[np.ndarray, " state"]:
    """Number the states by what they predict for ever; -1 where nothing is asked.

    States that are not entered, and states after which nothing is left to predict, have
    no number.
    """
    group = Rows.of(language).of_state
    has_row = group != NO_ROW
    while True:
        seen = _with_successors(language, group)
        _, number = np.unique(seen[has_row], axis=0, return_inverse=True)
        finer = np.full_like(group, NO_ROW)
        finer[has_row] = number.ravel()
        if len(np.unique(finer)) == len(np.unique(group)):
            return finer
        group = finer


def _with_successors(
    language: Language, group: Int[np.ndarray, " state"]
) -> Int[np.ndarray, "state column"]:
    """Return each state's number beside those of its successors."""
    is_edge: Bool[np.ndarray, "state symbol"] = language.transition != NO_STATE
    after = np.where(is_edge, group[language.transition], NO_ROW - 1)
    return np.column_stack([group, after])
