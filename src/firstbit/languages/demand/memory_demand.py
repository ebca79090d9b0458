"""The memory that a language demands, as one Dataset."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from firstbit.datasets import Result, Variable, dataset
from firstbit.errors import LanguageError, require_at_least
from firstbit.languages.automaton.automaton import Automaton, given
from firstbit.languages.demand.floors import (
    Partition,
    blocks_at_any_step,
    blocks_at_each_step,
    class_loss,
    full_floor,
    membership,
    merged_floor,
    split_classes,
)
from firstbit.languages.demand.losses import Loss
from firstbit.languages.demand.memory_order import memory_order
from firstbit.languages.demand.plateau import (
    Partitions,
    outer_symbol_known,
    outer_symbol_lost,
)
from firstbit.languages.demand.rank import next_symbol_rank
from firstbit.languages.demand.state_entropy import state_entropy
from firstbit.languages.demand.window_classes import window_classes
from firstbit.languages.words.conditioned import Conditioned, Lengths, conditioned

WINDOW = 12

SUFFIXES: Mapping[Loss, str] = {"squared error": "", "bits": "_bits"}
"""Loss -> the end of the names of the variables in it."""

FLOOR = "window floor F_m"
WORTH = "worth of the m-th last symbol, F_{m-1} - F_m"
EXCESS = "price of a window, F_m - F_inf"
FULL = "floor with the state known, F_inf"
MERGED = "floor with the partition's blocks merged"
KNOWN = "floor with the last m symbols and one more thing known"
STATE_ENTROPY = "entropy of the state at a prediction"

Held = dict[str, list[frozenset[str]]]
"""Name -> a partition of the states that can be read more than once."""


class _Floors(NamedTuple):
    """All floors in one loss, per word."""

    full: float
    merged: list[float]
    window: Float[np.ndarray, " window"]
    known: Float[np.ndarray, "known window"]


def memory_demand(
    language: Automaton | str,
    longest: int = WINDOW,
    *,
    partitions: Partitions | None = None,
    known: Partitions | None = None,
    lengths: Lengths | None = None,
) -> Result:
    r"""Compute how much must be remembered, for how long, and what forgetting costs.

    $$ \text{worth}(m) = F_{m-1} - F_m, \qquad \text{excess}(m) = F_m - F_\infty $$

    F_m is the least expected loss per word of a predictor that sees the last m symbols,
    F_inf of one that knows the state. Exact, by linear algebra on the automaton. Don't
    read F_m as the loss of a trained net: a net is not bound to a window, it may
    keep one early symbol and forget the rest (see `known` and `partitions`).

    Args:
        language: the language.
        longest: the largest m, at least 0; every m from 0 on is computed.
        partitions: what else may be forgotten: a name -> blocks of states that look the
            same. By default the outer symbol of a language with `copies`, under the
            name that `named_floors` gives it.
        known: what may be remembered beside the window: a name -> blocks of states that
            can always be distinguished. By default the same outer symbol.
        lengths: the least and the greatest length of words, on which the language is
            conditioned; None for all. The state then counts the symbols read.

    Returns:
        Dataset over `window` with `floor`, `worth` (NaN at m = 0), `excess`,
        `floor_bits`, `worth_bits` and `excess_bits`, and the scalars `full_floor`,
        `full_floor_bits`, `memory_order` (infinite if no window is enough; NaN, with
        the reason in its attribute `undecided`, if the automaton is too large to
        decide), `rank`, `affine_rank` and `state_entropy` (bits). With `partitions`
        also `merged_floor` and `merged_floor_bits` over `partition`, with `known` also
        `known_floor` and `known_floor_bits` over (`known`, `window`). Losses are in
        squared error or bits per word. A row of its table is a window.

    Raises:
        SettingError: `longest` is below 0.
        LanguageError: the automaton is too large for so long a window; or the blocks
            are not a partition of the states.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> demand = memory_demand(reber(), 3)
        >>> demand.worth.values.round(4).tolist(), float(demand.memory_order)
        ([nan, 1.0774, 1.7083, 0.0], 2.0)

    References:
        Stérin, Farrugia, Gripon 2017, Section III: "it is sufficient to recall the two
        previous letters".
    """
    whole = given(language)
    conditional = conditioned(whole, lengths)
    language = conditional.language
    longest = require_at_least("window", longest, 0)
    if partitions is None:
        partitions = outer_symbol_lost(whole)
    if known is None:
        known = outer_symbol_known(whole)
    merged = _held(partitions, conditional, blocks_at_each_step)
    beside = _held(known, conditional, blocks_at_any_step)
    found = _floors(language, longest, merged, beside)
    variables = []
    for loss, floors in found.items():
        variables += _variables(loss, floors)
    order, undecided = _memory_order(language)
    windows = np.arange(longest + 1)
    coords: dict[str, ArrayLike] = {"window": windows}
    if merged:
        coords["partition"] = list(merged)
    if beside:
        coords["known"] = list(beside)
    result = dataset(
        [*variables, *_scalars(language, order)],
        coords,
        rows=["window"],
        configuration={
            "measure": "memory_demand",
            "language": language.name,
            "longest": longest,
            "lengths": None if lengths is None else list(lengths),
            "partitions": list(merged),
            "known": list(beside),
        },
        attrs={"language": language.name},
    )
    if undecided:
        result["memory_order"].attrs["undecided"] = undecided
    return result


def _held(
    partitions: Partitions,
    conditional: Conditioned,
    blocks: Callable[[Conditioned, Partition], Partition],
) -> Held:
    """Return the partitions in a form that can be read for each loss anew."""
    held = {}
    for name, partition in partitions.items():
        found = blocks(conditional, partition)
        held[name] = [frozenset(block) for block in found]
    return held


def _floors(
    language: Automaton, longest: int, merged: Held, beside: Held
) -> dict[Loss, _Floors]:
    """Compute all floors in each loss; the classes of windows are made once."""
    members = [membership(language, partition) for partition in beside.values()]
    found = {}
    for loss in SUFFIXES:
        losses = []
        for partition in merged.values():
            losses.append(merged_floor(language, partition, loss))
        found[loss] = _Floors(
            full=full_floor(language, loss),
            merged=losses,
            window=np.empty(longest + 1),
            known=np.empty((len(members), longest + 1)),
        )
    for window, classes in enumerate(window_classes(language, longest)):
        for loss, floors in found.items():
            floors.window[window] = class_loss(language, classes, loss)
        for row, blocks in enumerate(members):
            split = split_classes(classes, blocks)
            for loss, floors in found.items():
                floors.known[row, window] = class_loss(language, split, loss)
    return found


def _variables(loss: Loss, floors: _Floors) -> list[Variable]:
    """Label the floors in one loss."""
    suffix = SUFFIXES[loss]
    unit = f"{loss} a word"
    excess = floors.window - floors.full
    worth = np.full_like(floors.window, np.nan)
    worth[1:] = floors.window[:-1] - floors.window[1:]
    rows = ["window"]
    found = [
        Variable(f"floor{suffix}", rows, floors.window, FLOOR, unit),
        Variable(f"worth{suffix}", rows, worth, WORTH, unit),
        Variable(f"excess{suffix}", rows, excess, EXCESS, unit),
        Variable(
            f"full_floor{suffix}",
            [],
            floors.full,
            FULL,
            unit,
        ),
    ]
    if floors.merged:
        name = f"merged_floor{suffix}"
        merged = Variable(name, ["partition"], floors.merged, MERGED, unit)
        found.append(merged)
    if floors.known.size:
        name = f"known_floor{suffix}"
        rows = ["known", "window"]
        known = Variable(name, rows, floors.known, KNOWN, unit)
        found.append(known)
    return found


def _memory_order(language: Automaton) -> tuple[float, str]:
    """Return the memory order, or NaN and the reason why it is not decided."""
    try:
        return float(memory_order(language)), ""
    except LanguageError as error:  # the floors are known all the same
        return np.nan, str(error)


def _scalars(language: Automaton, order: float) -> list[Variable]:
    """Label the memory order, the ranks and the entropy of the state."""
    rank = next_symbol_rank(language)
    affine = next_symbol_rank(language, readout_bias=True)
    entropy = state_entropy(language)
    return [
        Variable("memory_order", [], order, "memory order", "symbols"),
        Variable("rank", [], rank, "rank of the next-symbol table"),
        Variable("affine_rank", [], affine, "affine rank of the next-symbol table"),
        Variable("state_entropy", [], entropy, STATE_ENTROPY, "bits"),
    ]
