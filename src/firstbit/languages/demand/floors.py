r"""What forgetting costs: the least expected loss of a predictor of limited memory.

All floors are per word and expected over the language. Predictions that count: after
each symbol read, the next one (and the end marker, where the language has one). A
predictor that can't distinguish the states of a class C does best with their weighted
mean next-output distribution $\bar P_C$, and loses

$$ \sum_C A_C \left( 1 - \lVert \bar P_C \rVert^2 \right) \quad \text{(squared error)},
   \qquad
   \sum_C A_C \, H(\bar P_C) \quad \text{(bits)}, \qquad
   A_C = \sum_{q \in C} a_q, \quad \bar P_C = \frac{1}{A_C} \sum_{q \in C} a_q P_q, $$

where $a_q$ is the expected number of visits to state q after a symbol, $P_q$ its
next-output distribution and H the entropy. All floors come from linear algebra on the
automaton; nothing is sampled.

Options of all floors: `loss` (`squared error`, `bits` or `nats`); `lengths`, the least
and the greatest length of words, on which the language is then conditioned; `per`
(`word`, or `symbol`: divided by the expected number of predictions that count, as the
mean loss of a net's outputs is); `first_symbol`, whether the first symbol is predicted
too. With the state known and the first symbol predicted, the floor in bits is the
entropy of the language.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from firstbit.errors import LanguageError, shown
from firstbit.languages.automaton.automaton import Automaton
from firstbit.languages.automaton.sparse import (
    Sparse,
    diagonal,
    from_dense,
    from_entries,
    one_row,
    stacked,
)
from firstbit.languages.automaton.visits import expected_visits
from firstbit.languages.demand.losses import (
    Loss,
    Per,
    counted_visits,
    require_loss,
    shared,
)
from firstbit.languages.demand.window_classes import window_classes
from firstbit.languages.words.conditioned import Conditioned, Lengths, conditioned

Partition = Iterable[Iterable[str]]
"""Blocks of state names."""


def full_floor(
    language: Automaton | str,
    loss: Loss = "squared error",
    *,
    lengths: Lengths | None = None,
    per: Per = "word",
    first_symbol: bool = False,
) -> float:
    """Compute the least expected loss per word if the state is known, F_inf.

    Args:
        language: the language, or a name of the catalogue.
        loss: `squared error`, `bits` or `nats`.
        lengths: the least and the greatest length of the words; None for all.
        per: `word` or `symbol`.
        first_symbol: whether the first symbol is predicted too.

    Example:
        >>> from firstbit.languages.catalogue import embedded_reber, reber
        >>> round(full_floor(reber()), 9), round(full_floor(embedded_reber()), 9)
        (3.0, 3.5)
        >>> round(full_floor(reber(), "bits"), 9)
        6.0
        >>> round(full_floor("parity", "bits", lengths=(1, 2), first_symbol=True), 6)
        1.435371
    """
    language = conditioned(language, lengths).language
    visits = counted_visits(language, first_symbol)
    found = class_loss(language, diagonal(visits), loss)
    return shared(found, language, per, first_symbol)


def merged_floor(
    language: Automaton | str,
    partition: Partition,
    loss: Loss = "squared error",
    *,
    lengths: Lengths | None = None,
    per: Per = "word",
    first_symbol: bool = False,
) -> float:
    """Compute the least expected loss per word if the states of a block look the same.

    Args:
        language: the language, or a name of the catalogue.
        partition: blocks of state names that together hold each state once.
        loss: `squared error`, `bits` or `nats`.
        lengths: the least and the greatest length of the words; None for all. With a
            range, the number of symbols read is known beside the block.
        per: `word` or `symbol`.
        first_symbol: whether the first symbol is predicted too.

    Raises:
        LanguageError: the blocks are not a partition of the states.

    Example:
        Embedded Reber without its outer symbol:

        >>> from firstbit.languages.demand.copies import copies_merged
        >>> from firstbit.languages.catalogue import embedded_reber
        >>> round(merged_floor(embedded_reber(), copies_merged(embedded_reber())), 9)
        4.0
    """
    given = conditioned(language, lengths)
    members = membership(given.language, blocks_at_each_step(given, partition))
    weights = members @ diagonal(counted_visits(given.language, first_symbol))
    found = class_loss(given.language, weights, loss)
    return shared(found, given.language, per, first_symbol)


def window_floor(
    language: Automaton | str,
    window: int,
    loss: Loss = "squared error",
    *,
    lengths: Lengths | None = None,
    per: Per = "word",
    first_symbol: bool = False,
) -> float:
    """Compute the least expected loss per word from the last `window` symbols, F_m.

    A shorter prefix is seen as such.

    Args:
        language: the language, or a name of the catalogue.
        window: m, at least 0.
        loss: `squared error`, `bits` or `nats`.
        lengths: the least and the greatest length of the words; None for all.
        per: `word` or `symbol`.
        first_symbol: whether the first symbol is predicted too.

    Raises:
        LanguageError: the automaton is too large for so long a window; the text says
            which would fit.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> [round(window_floor(reber(), m), 6) for m in range(4)]
        [5.785714, 4.708333, 3.0, 3.0]
    """
    floors = window_floors(
        language, window, loss, lengths=lengths, per=per, first_symbol=first_symbol
    )
    return floors[-1]


def window_floors(
    language: Automaton | str,
    longest: int,
    loss: Loss = "squared error",
    *,
    known: Partition | None = None,
    lengths: Lengths | None = None,
    per: Per = "word",
    first_symbol: bool = False,
) -> list[float]:
    """Compute the window floors F_0, F_1, ..., F_m for m up to `longest`.

    Args:
        language: the language, or a name of the catalogue.
        longest: the largest m, at least 0.
        loss: `squared error`, `bits` or `nats`.
        known: blocks of state names that the predictor can distinguish whatever the
            window shows: what it remembers beside the last m symbols.
        lengths: the least and the greatest length of the words; None for all. The
            number of symbols read is seen only in prefixes shorter than the window.
        per: `word` or `symbol`.
        first_symbol: whether the first symbol is predicted too. From m = 1 on, its
            prediction is made knowing that nothing was read.

    Raises:
        LanguageError: the automaton is too large for so long a window (the text says
            which would fit), or the blocks are not a partition of the states.

    Example:
        >>> from firstbit.languages.catalogue import embedded_reber
        >>> [round(floor, 5) for floor in window_floors(embedded_reber(), 8)]
        [9.22727, 7.55, 4.75, 4.0, 4.0, 4.0, 3.875, 3.78125, 3.71875]

        With the outer symbol known, three letters are enough:

        >>> from firstbit.languages.demand.copies import copies_known
        >>> known = copies_known(embedded_reber())
        >>> floors = window_floors(embedded_reber(), 4, known=known)
        >>> [round(floor, 5) for floor in floors]
        [8.80556, 5.90417, 4.0, 3.5, 3.5]
    """
    given = conditioned(language, lengths)
    language = given.language
    beside = None
    if known is not None:
        beside = membership(language, blocks_at_any_step(given, known))
    floors = []
    for window, classes in enumerate(window_classes(language, longest)):
        if first_symbol:
            classes = _with_first(language, classes, window)
        if beside is not None:
            classes = split_classes(classes, beside)
        found = class_loss(language, classes, loss)
        floors.append(shared(found, language, per, first_symbol))
    return floors


def blocks_at_each_step(given: Conditioned, partition: Partition) -> Partition:
    """Return blocks of a conditioned language: same block, same number of symbols."""
    return _blocks(given, partition, by_step=True)


def blocks_at_any_step(given: Conditioned, partition: Partition) -> Partition:
    """Return blocks of a conditioned language: same block, any number of symbols."""
    return _blocks(given, partition, by_step=False)


def _blocks(given: Conditioned, partition: Partition, *, by_step: bool) -> Partition:
    blocks = [list(block) for block in partition]
    if given.language.states == given.origin:
        return blocks
    _require_known(blocks, given.origin)
    block_of = {state: i for i, block in enumerate(blocks) for state in block}
    found: dict[tuple[int, int], list[str]] = {}
    for name, state, step in zip(
        given.language.states, given.origin, given.step, strict=True
    ):
        place = (block_of[state], step if by_step else 0)
        found.setdefault(place, []).append(name)
    return found.values()


def _require_known(blocks: Sequence[Sequence[str]], states: Sequence[str]) -> None:
    """Raise `LanguageError` unless each state that words visit is in one block."""
    members: list[str] = []
    for block in blocks:
        members += set(block)
    _require_each_once(members, list(dict.fromkeys([*states, *members])))


def _with_first(language: Automaton, classes: Sparse, window: int) -> Sparse:
    """Add the prediction of the first symbol to the classes of windows.

    A window of no symbols doesn't show that it is the first.
    """
    predicts = language.next_output.sum(axis=1) > 0
    if window == 0:
        return one_row(expected_visits(language) * predicts)
    start = np.eye(1, len(language.states))[0]
    return stacked([classes, one_row(start * predicts)])


def split_classes(classes: Sparse, members: Sparse) -> Sparse:
    """Split every class of states by the block that the state is in.

    Args:
        classes: (class, state) weights.
        members: (block, state) membership of the known blocks.

    Returns:
        One row for each block and class.
    """
    parts = []
    for block in members.toarray():
        parts.append(classes @ diagonal(block))
    return stacked(parts)


def class_loss(
    language: Automaton, weights: Sparse, loss: Loss = "squared error"
) -> float:
    """Compute the loss of the best prediction for each class of states, summed up.

    Args:
        language: the language.
        weights: (class, state) expected visits after a symbol.
        loss: `squared error`, `bits` or `nats`.
    """
    require_loss(loss)
    # (class, output) weights: sparse, as few outputs may follow a class of an alphabet
    # however large.
    table: Sparse = weights @ from_dense(language.next_output)
    table.eliminate_zeros()
    weight = table.data
    num_classes = table.shape[0]
    classes = np.arange(num_classes)
    in_class = np.diff(table.indptr)
    row = np.repeat(classes, in_class)
    mass = np.bincount(row, weight, num_classes)[row]
    # The other outputs, summed and not subtracted: where one output is nearly sure,
    # 1 - p would be rounding.
    sure = weight > mass / 2
    unsure = np.where(sure, 0.0, weight)
    others = np.bincount(row, unsure, num_classes)[row]
    missed = np.where(sure, others, mass - weight)
    if loss != "squared error":
        logs = np.log(weight / mass)
        share = missed[sure] / mass[sure]
        logs[sure] = np.log1p(-share)
        nats = (weight * -logs).sum()
        return float(nats if loss == "nats" else nats / np.log(2))
    errors = missed / mass
    return float((weight * errors).sum())


def membership(language: Automaton, partition: Partition) -> Sparse:
    """Return the (block, state) membership of a partition of the states, by name.

    Raises:
        LanguageError: the blocks are not a partition of the states.
    """
    rows = []
    members = []
    for row, block in enumerate(partition):
        for state in set(block):
            rows.append(row)
            members.append(state)
    _require_each_once(members, language.states)
    number = {state: i for i, state in enumerate(language.states)}
    columns = [number[state] for state in members]
    shape = (max(rows) + 1, len(number))
    return from_entries(
        np.ones(len(rows)),
        np.array(rows),
        np.array(columns),
        shape,
    )


def _require_each_once(members: Sequence[str], states: Sequence[str]) -> None:
    """Raise `LanguageError` unless `members` holds each of the states once."""
    times = Counter(members)
    known = set(states)
    for state in (*times, *states):
        if state in known and times[state] == 1:
            continue
        found = "though the language has no such state"
        if state in known:
            found = f"{times[state]} times"
        raise LanguageError(
            f"expected blocks that hold each state exactly once, got '{shown(state)}' "
            f"{found}; list every state in one block."
        )
