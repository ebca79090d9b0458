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
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, get_args

import numpy as np

from firstbit.errors import LanguageError, SettingError
from firstbit.languages.automaton.automaton import Automaton, given
from firstbit.languages.automaton.sparse import (
    Sparse,
    diagonal,
    from_dense,
    from_entries,
    stacked,
)
from firstbit.languages.automaton.visits import visits_after_a_symbol
from firstbit.languages.demand.window_classes import window_classes

Loss = Literal["squared error", "bits"]
"""Loss of a prediction: its squared distance from the one-hot next output, or minus the
log2 of its probability."""

Partition = Iterable[Iterable[str]]
"""Blocks of state names."""


def full_floor(language: Automaton | str, loss: Loss = "squared error") -> float:
    """Compute the least expected loss per word if the state is known, F_inf.

    Example:
        >>> from firstbit.languages.catalogue import embedded_reber, reber
        >>> round(full_floor(reber()), 9), round(full_floor(embedded_reber()), 9)
        (3.0, 3.5)
        >>> round(full_floor(reber(), "bits"), 9)
        6.0
    """
    language = given(language)
    visits = visits_after_a_symbol(language)
    return class_loss(language, diagonal(visits), loss)


def merged_floor(
    language: Automaton | str, partition: Partition, loss: Loss = "squared error"
) -> float:
    """Compute the least expected loss per word if the states of a block look the same.

    Args:
        language: the language.
        partition: blocks of state names that together hold each state once.
        loss: `squared error` or `bits`.

    Raises:
        LanguageError: the blocks are not a partition of the states.

    Example:
        Embedded Reber without its outer symbol:

        >>> from firstbit.languages.demand.copies import copies_merged
        >>> from firstbit.languages.catalogue import embedded_reber
        >>> round(merged_floor(embedded_reber(), copies_merged(embedded_reber())), 9)
        4.0
    """
    language = given(language)
    members = membership(language, partition)
    weights = members @ diagonal(visits_after_a_symbol(language))
    return class_loss(language, weights, loss)


def window_floor(
    language: Automaton | str, window: int, loss: Loss = "squared error"
) -> float:
    """Compute the least expected loss per word from the last `window` symbols, F_m.

    A shorter prefix is seen as such.

    Args:
        language: the language.
        window: m, at least 0.
        loss: `squared error` or `bits`.

    Raises:
        LanguageError: the automaton is too large for so long a window; the text says
            which would fit.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> [round(window_floor(reber(), m), 6) for m in range(4)]
        [5.785714, 4.708333, 3.0, 3.0]
    """
    language = given(language)
    return window_floors(language, window, loss)[-1]


def window_floors(
    language: Automaton | str,
    longest: int,
    loss: Loss = "squared error",
    *,
    known: Partition | None = None,
) -> list[float]:
    """Compute the window floors F_0, F_1, ..., F_m for m up to `longest`.

    Args:
        language: the language.
        longest: the largest m, at least 0.
        loss: `squared error` or `bits`.
        known: blocks of state names that the predictor can distinguish whatever the
            window shows: what it remembers beside the last m symbols.

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
    language = given(language)
    beside = None if known is None else membership(language, known)
    floors = []
    for classes in window_classes(language, longest):
        if beside is not None:
            classes = split_classes(classes, beside)
        floors.append(class_loss(language, classes, loss))
    return floors


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
        loss: `squared error` or `bits`.
    """
    if loss not in get_args(Loss):
        raise SettingError(
            f"expected the loss to be one of {', '.join(get_args(Loss))}; got '{loss}'."
        )
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
    if loss == "bits":
        logs = np.log(weight / mass)
        share = missed[sure] / mass[sure]
        logs[sure] = np.log1p(-share)
        nats = (weight * -logs).sum()
        return float(nats / np.log(2))
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
            f"expected blocks that hold each state exactly once, got '{state}' "
            f"{found}; list every state in one block."
        )
