"""The states that a Vanilla cell can reach, as boxes, by interval arithmetic."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from firstbit.languages import Language
from firstbit.languages.language import NO_STATE
from firstbit.memory.forgetting.slope_bounds import Curve, Interval, whole_line

NUM_SWEEPS = 100
"""Times the box of reachable states is narrowed; it holds after each."""

Edges = Int[np.ndarray, "edge 3"]
"""Rows (state, symbol, next state) of an automaton."""


class VanillaNet(NamedTuple):
    """The step h -> s(U x + W h) of one Vanilla cell, and where it starts.

    Attributes:
        curve: the activation s over intervals.
        U: input matrix, with the bias in every column.
        size: of U's terms, |U| + |bias|, which bounds the rounding of their sum.
        W: recurrent matrix.
        start: the first state.
    """

    curve: Curve
    U: Float[np.ndarray, "hidden symbol"]
    size: Float[np.ndarray, "hidden symbol"]
    W: Float[np.ndarray, "hidden hidden"]
    start: Float[np.ndarray, " hidden"]


class Reached(NamedTuple):
    """Where the states and the slopes of a cell can lie.

    Attributes:
        states: the box of all states that occur, (hidden,).
        slopes: for each symbol the slopes between any two states that may read it,
            (symbol, hidden).
    """

    states: Interval
    slopes: Interval


def edges_of(language: Language | None, num_symbols: int) -> Edges:
    """Return an automaton's edges; without a language one state reads everything."""
    transition = np.zeros((1, num_symbols), dtype=int)
    if language is not None:
        transition = language.transition
    states, symbols = np.nonzero(transition != NO_STATE)
    after = transition[states, symbols]
    return np.column_stack([states, symbols, after])


def reachable(net: VanillaNet, edges: Edges) -> Reached:
    """Bound the states that occur, and the slopes between them.

    Each automaton state has a box, at first the activation's range. A sweep narrows all
    of them by one step along every edge: if the boxes hold the states of the cell, so
    do the boxes' images. The first state is a point that stays in the start's box.
    """
    boxes = _widest(net, edges)
    for _ in range(NUM_SWEEPS):
        boxes = _narrowed(net, boxes, edges)
    low = boxes.low.min(axis=0)
    high = boxes.high.max(axis=0)
    slopes = _slopes(net, boxes, edges)
    return Reached(Interval(low, high), slopes)


def rounding_of_a_step(net: VanillaNet, reached: Reached) -> float:
    """Bound how far, in the Euclidean norm, float64 strays from the step in one symbol.

    A field is a sum of k products and up to two more terms, in any order; the
    activation's own value is taken to be right to 8 eps. Inf where states are
    unbounded.
    """
    largest = reached.states.largest
    if not np.isfinite(largest).all():
        return np.inf
    eps = np.finfo(float).eps
    num_terms = len(net.W) + 4
    of_state = np.abs(net.W) @ largest
    size = net.size.max(axis=1) + of_state
    of_field = num_terms * eps / 2 * size
    slope = reached.slopes.largest.max(axis=0)
    of_value = 8 * eps * largest
    strayed = np.linalg.norm(slope * of_field + of_value)
    return float(strayed) * (1 + 1e-9)


def _widest(net: VanillaNet, edges: Edges) -> Interval:
    """Return the activation's range as the box of every automaton state."""
    line = whole_line((len(net.W),))
    everything = net.curve.values(line)
    entered = _entered(edges)
    low = np.where(entered, everything.low, net.start)
    high = np.where(entered, everything.high, net.start)
    return _with_start(low, high, net.start)


def _narrowed(net: VanillaNet, boxes: Interval, edges: Edges) -> Interval:
    """Return the boxes after one sweep, within the boxes before it.

    Rounding outward could else widen a box that no longer narrows.
    """
    fields = _fields(net, boxes, edges)
    after = net.curve.values(fields)
    low = np.full_like(boxes.low, np.inf)
    high = np.full_like(boxes.high, -np.inf)
    next_state = edges[:, 2]
    np.minimum.at(low, next_state, after.low)
    np.maximum.at(high, next_state, after.high)
    low = np.maximum(low, boxes.low)
    high = np.minimum(high, boxes.high)
    entered = _entered(edges)
    low = np.where(entered, low, net.start)
    high = np.where(entered, high, net.start)
    return _with_start(low, high, net.start)


def _slopes(net: VanillaNet, boxes: Interval, edges: Edges) -> Interval:
    """Return, for each symbol, the slopes over the fields of all edges that read it."""
    fields = _fields(net, boxes, edges)
    symbols = edges[:, 1]
    lows = []
    highs = []
    for symbol in np.unique(symbols):
        reads = symbols == symbol
        low = fields.low[reads].min(axis=0)
        high = fields.high[reads].max(axis=0)
        lows.append(low)
        highs.append(high)
    of_symbols = Interval(np.stack(lows), np.stack(highs))
    return net.curve.slopes(of_symbols)


def _entered(edges: Edges) -> Bool[np.ndarray, "state 1"]:
    """Return which automaton states an edge leads to."""
    last = edges[:, [0, 2]].max()
    states = np.arange(last + 1)
    is_entered = np.isin(states, edges[:, 2])
    return is_entered[:, None]


def _with_start(low: np.ndarray, high: np.ndarray, start: np.ndarray) -> Interval:
    """Return the boxes with the first state in that of the start."""
    low[0] = np.minimum(low[0], start)
    high[0] = np.maximum(high[0], start)
    return Interval(low, high)


def _fields(net: VanillaNet, boxes: Interval, edges: Edges) -> Interval:
    """Bound U x + W h + b over each edge's box, rounded outward."""
    states, symbols, _ = edges.T
    of_input = net.U.T[symbols]
    low = boxes.low[states]
    high = boxes.high[states]
    positive = np.maximum(net.W, 0).T
    negative = np.minimum(net.W, 0).T
    least = of_input + _sums(low, positive) + _sums(high, negative)
    most = of_input + _sums(high, positive) + _sums(low, negative)
    of_states = _sums(boxes.largest[states], np.abs(net.W).T)
    lost = (len(net.W) + 4) * np.finfo(float).eps * (net.size.T[symbols] + of_states)
    return Interval(least - lost, most + lost)


def _sums(ends: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return ends @ weights, where an infinite end without weight adds nothing.

    A state without bounds is finite all the same: 0 times it is 0.
    """
    finite = np.isfinite(ends)
    beyond = np.where(finite, 0.0, np.sign(ends)) @ weights
    sums = np.where(finite, ends, 0.0) @ weights
    return np.where(beyond == 0, sums, np.copysign(np.inf, beyond))
