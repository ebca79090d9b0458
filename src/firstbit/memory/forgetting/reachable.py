"""The states that a Vanilla cell can reach, as boxes, by interval arithmetic."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from firstbit.languages import Language
from firstbit.languages.language import NO_STATE
from firstbit.memory.forgetting.slope_bounds import Curve, Interval

NUM_SWEEPS = 100
"""Times the box of reachable states is narrowed; it holds after each."""

Edges = Int[np.ndarray, "edge 3"]
"""Rows (state, symbol, next state) of an automaton."""


class VanillaNet(NamedTuple):
    """The step h -> s(U x + W h) of one Vanilla cell, and where it starts.

    Attributes:
        curve: the activation s over intervals.
        U: input matrix, with the bias in every column.
        W: recurrent matrix.
        start: the first state.
    """

    curve: Curve
    U: Float[np.ndarray, "hidden symbol"]
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
    return np.column_stack([states, symbols, transition[states, symbols]])


def reachable(net: VanillaNet, edges: Edges) -> Reached:
    """Bound the states that occur, and the slopes between them.

    Each automaton state has a box, at first the activation's range. A sweep narrows all
    of them by one step along every edge: if the boxes hold the states of the cell, so
    do the boxes' images. The first state is a point that stays in the start's box.
    """
    boxes = _widest(net, edges)
    for _ in range(NUM_SWEEPS):
        boxes = _narrowed(net, boxes, edges)
    states = Interval(boxes.low.min(axis=0), boxes.high.max(axis=0))
    return Reached(states, _slopes(net, boxes, edges))


def _widest(net: VanillaNet, edges: Edges) -> Interval:
    """Return the activation's range as the box of every automaton state."""
    num_units = len(net.W)
    line = Interval(np.full(num_units, -np.inf), np.full(num_units, np.inf))
    everything = net.curve.values(line)
    entered = _entered(edges)
    low = np.where(entered, everything.low, net.start)
    high = np.where(entered, everything.high, net.start)
    return _with_start(low, high, net.start)


def _narrowed(net: VanillaNet, boxes: Interval, edges: Edges) -> Interval:
    """Return the boxes after one sweep, within the boxes before it.

    Rounding outward could else widen a box that no longer narrows.
    """
    after = net.curve.values(_fields(net, boxes, edges))
    low = np.full_like(boxes.low, np.inf)
    high = np.full_like(boxes.high, -np.inf)
    np.minimum.at(low, edges[:, 2], after.low)
    np.maximum.at(high, edges[:, 2], after.high)
    entered = _entered(edges)
    low = np.where(entered, np.maximum(low, boxes.low), net.start)
    high = np.where(entered, np.minimum(high, boxes.high), net.start)
    return _with_start(low, high, net.start)


def _slopes(net: VanillaNet, boxes: Interval, edges: Edges) -> Interval:
    """Return, for each symbol, the slopes over the fields of all edges that read it."""
    fields = _fields(net, boxes, edges)
    lows, highs = [], []
    for symbol in np.unique(edges[:, 1]):
        reads = edges[:, 1] == symbol
        lows.append(fields.low[reads].min(axis=0))
        highs.append(fields.high[reads].max(axis=0))
    return net.curve.slopes(Interval(np.stack(lows), np.stack(highs)))


def _entered(edges: Edges) -> Bool[np.ndarray, "state 1"]:
    """Return which automaton states an edge leads to."""
    num_states = edges[:, [0, 2]].max() + 1
    return np.isin(np.arange(num_states), edges[:, 2])[:, None]


def _with_start(low: np.ndarray, high: np.ndarray, start: np.ndarray) -> Interval:
    """Return the boxes with the first state in that of the start."""
    low[0] = np.minimum(low[0], start)
    high[0] = np.maximum(high[0], start)
    return Interval(low, high)


def _fields(net: VanillaNet, boxes: Interval, edges: Edges) -> Interval:
    """Bound U x + W h + b over each edge's box, rounded outward."""
    states, symbols = edges[:, 0], edges[:, 1]
    of_input = net.U.T[symbols]
    low, high = boxes.low[states], boxes.high[states]
    with np.errstate(invalid="ignore"):  # 0 times an infinite end: nothing is known
        positive, negative = np.maximum(net.W, 0), np.minimum(net.W, 0)
        least = of_input + low @ positive.T + high @ negative.T
        most = of_input + high @ positive.T + low @ negative.T
        size = np.abs(of_input) + boxes.largest[states] @ np.abs(net.W).T
        lost = (len(net.W) + 4) * np.finfo(float).eps * size
        least, most = least - lost, most + lost
    return Interval(
        np.where(np.isnan(least), -np.inf, least),
        np.where(np.isnan(most), np.inf, most),
    )
