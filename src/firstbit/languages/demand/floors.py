r"""What forgetting costs: the least expected loss of a predictor that knows only so much.

All floors are per word and expected over the language. Predictions that count: after
each symbol read, the next one (and the end marker, where the language has one). A
predictor that can't tell the states of a class C apart does best with their weighted
mean next-output distribution $\bar P_C$, and loses

$$ \sum_C A_C \left( 1 - \lVert \bar P_C \rVert^2 \right) \quad \text{(squared error)}, \qquad
   \sum_C A_C \, H(\bar P_C) \quad \text{(bits)}, \qquad
   A_C = \sum_{q \in C} a_q, \quad \bar P_C = \frac{1}{A_C} \sum_{q \in C} a_q P_q, $$

where $a_q$ is the expected number of visits to state q after a symbol, $P_q$ its
next-output distribution and H the entropy. All floors come from linear algebra on the
automaton; nothing is sampled.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Literal, get_args

import numpy as np

from firstbit.errors import LanguageError, SettingError
from firstbit.languages.automaton.sparse import (
    Sparse,
    diagonal,
    from_dense,
    from_entries,
    stacked,
)
from firstbit.languages.automaton.visits import expected_visits
from firstbit.languages.demand.window_classes import window_classes
from firstbit.languages.language import Language

Loss = Literal["squared error", "bits"]
"""What a prediction loses: its squared distance from the one-hot next output, or minus
the log2 of its probability."""


def full_floor(language: Language, loss: Loss = "squared error") -> float:
    """Least expected loss per word if the state is known, F_inf.

    Example:
        >>> from firstbit.languages.catalogue import embedded_reber, reber
        >>> round(full_floor(reber()), 9), round(full_floor(embedded_reber()), 9), round(full_floor(reber(), "bits"), 9)
        (3.0, 3.5, 6.0)
    """
    return class_loss(language, diagonal(visits_after_a_symbol(language)), loss)


def merged_floor(
    language: Language, partition: Iterable[Iterable[str]], loss: Loss = "squared error"
) -> float:
    """Least expected loss per word if the states within each block can't be told apart.

    Args:
        language: the language.
        partition: blocks of state names that together hold each state once.
        loss: `squared error` or `bits`.

    Raises:
        LanguageError: the blocks are not a partition of the states.

    Example:
        >>> from firstbit.languages.demand.copies import copies_merged
        >>> from firstbit.languages.catalogue import embedded_reber
        >>> round(merged_floor(embedded_reber(), copies_merged(embedded_reber())), 9)  # the outer symbol is lost
        4.0
    """
    rows = blocks(language, partition) @ diagonal(visits_after_a_symbol(language))
    return class_loss(language, rows, loss)


def window_floor(
    language: Language, window: int, loss: Loss = "squared error"
) -> float:
    """Least expected loss per word of a predictor that sees the last `window` symbols, F_m.

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
        >>> [round(window_floor(reber(), m) * 168) for m in range(4)]  # 81/14, 113/24, 3, 3
        [972, 791, 504, 504]
    """
    return window_floors(language, window, loss)[-1]


def window_floors(
    language: Language,
    longest: int,
    loss: Loss = "squared error",
    *,
    known: Iterable[Iterable[str]] | None = None,
) -> list[float]:
    """The window floors F_0, F_1, ..., F_m for m up to `longest`.

    Args:
        language: the language.
        longest: the largest m, at least 0.
        loss: `squared error` or `bits`.
        known: blocks of state names that the predictor can tell apart whatever the
            window shows: what it remembers beside the last m symbols.

    Raises:
        LanguageError: the automaton is too large for so long a window (the text says
            which would fit), or the blocks are not a partition of the states.

    Example:
        >>> from firstbit.languages.catalogue import embedded_reber
        >>> [round(floor, 5) for floor in window_floors(embedded_reber(), 8)]
        [9.22727, 7.55, 4.75, 4.0, 4.0, 4.0, 3.875, 3.78125, 3.71875]
        >>> from firstbit.languages.demand.copies import copies_known  # the outer symbol, and three letters, are enough
        >>> [round(floor, 5) for floor in window_floors(embedded_reber(), 4, known=copies_known(embedded_reber()))]
        [8.80556, 5.90417, 4.0, 3.5, 3.5]
    """
    told = None if known is None else blocks(language, known)
    return [
        class_loss(language, told_apart(classes, told), loss)
        for classes in window_classes(language, longest)
    ]


def told_apart(classes: Sparse, known: Sparse | None) -> Sparse:
    """Each class of windows split into what is known beside: (class and block, state)."""
    if known is None:
        return classes
    membership = known.toarray()
    return stacked([classes @ diagonal(block) for block in membership])


def class_loss(
    language: Language, weights: Sparse, loss: Loss = "squared error"
) -> float:
    """Loss of the best prediction for each class; `weights` is (class, state), in expected visits after a symbol."""
    if loss not in get_args(Loss):
        raise SettingError(
            f"expected the loss to be one of {', '.join(get_args(Loss))}; got '{loss}'."
        )
    # (class, output) weights: sparse, as few outputs may follow a class of an alphabet
    # however large.
    table: Sparse = weights @ from_dense(language.next_output)
    table.eliminate_zeros()
    row = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    mass = np.bincount(row, table.data, table.shape[0])[row]
    # What is not predicted, summed and not subtracted: where one output is nearly sure,
    # 1 - p would be rounding.
    sure = table.data > mass / 2
    missed = np.where(
        sure,
        np.bincount(row[~sure], table.data[~sure], table.shape[0])[row],
        mass - table.data,
    )
    if loss == "bits":
        logs = np.log(table.data / mass)
        logs[sure] = np.log1p(-missed[sure] / mass[sure])
        return float((table.data * -logs).sum() / np.log(2))
    return float((table.data * (missed / mass)).sum())


def visits_after_a_symbol(language: Language) -> np.ndarray:
    """Expected visits to each state with at least one symbol read: the first symbol is given, not predicted."""
    visits = expected_visits(language)
    visits[0] -= 1
    return visits


def blocks(language: Language, partition: Iterable[Iterable[str]]) -> Sparse:
    """(block, state) membership of a partition of the states, by name.

    Raises:
        LanguageError: the blocks are not a partition of the states.
    """
    number = {state: i for i, state in enumerate(language.states)}
    members = [
        (row, state) for row, block in enumerate(partition) for state in set(block)
    ]
    if sorted(state for _, state in members) != sorted(number):
        named = Counter(state for _, state in members)
        wrong = next(
            state
            for state in (*named, *number)
            if named[state] != 1 or state not in number
        )
        times = (
            f"{named[wrong]} times"
            if wrong in number
            else "though the language has no such state"
        )
        raise LanguageError(
            f"expected blocks that hold each state exactly once, got '{wrong}' "
            f"{times}; list every state in one block."
        )
    rows, columns = np.array([(row, number[state]) for row, state in members]).T
    return from_entries(
        np.ones(len(rows)), rows, columns, (int(rows.max()) + 1, len(number))
    )
