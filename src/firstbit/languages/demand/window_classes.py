"""The classes of states that look the same in a window of the last m symbols.

A class is a row of weights over the states: the expected number of times per word that
a predictor has seen this window while the automaton was in that state. Windows that
leave the same mixture of states lead to the same prediction, now and after any further
symbols, so their rows are added up: that keeps the number of rows small, often
constant, where the number of windows grows like a power of the alphabet.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from jaxtyping import Float, Int

from firstbit.errors import LanguageError, SettingError, require_at_least, shown
from firstbit.languages.automaton.automaton import Automaton
from firstbit.languages.automaton.sparse import (
    Sparse,
    diagonal,
    from_entries,
    one_row,
    stacked,
)
from firstbit.languages.automaton.visits import (
    expected_visits,
    moves,
    visits_after_a_symbol,
)

MOST_WEIGHTS = 10_000_000
"""Weights that one set of classes may have; building it takes up to a gigabyte."""

LONGEST = 5000
"""Symbols of a window, at most."""

NEGLIGIBLE = 1e-30
"""Windows that a word shows more rarely than this are left out: they cost nothing, and
rounding would keep them from being merged."""

DECIMALS = 12
"""Mixtures of states that agree to this many decimals are one."""


def window_classes(language: Automaton, longest: int) -> Iterator[Sparse]:
    """Yield the classes of windows of 0, 1, ..., `longest` symbols, one set for each m.

    A set is the (class, state) expected visits. They count after a symbol only, and in
    states where something is left to predict. A shorter prefix is seen as such: it
    determines the state, so it makes a class of one state. Work and memory grow with
    the number of weights, at most states x out-degree^m, and far less where windows can
    be merged.

    Raises:
        SettingError: `longest` is below 0 or above 5,000.
        LanguageError: the next set of classes would be too large; the text says up to
            which m they fit.
    """
    require_at_least("window", longest, 0)
    if longest > LONGEST:
        raise SettingError(
            f"expected windows of at most {LONGEST:,} symbols, got {longest}."
        )
    by_symbol = moves(language)
    is_followed = language.next_output.sum(axis=1) > 0
    predicts = is_followed.astype(float)
    visits = expected_visits(language)
    start = np.eye(1, len(visits))[0]
    yield one_row(visits_after_a_symbol(language) * predicts)
    # The first m - 1 symbols alone: each such prefix ends in one state.
    after = start
    shorter = np.zeros(len(visits))
    classes = one_row(visits)
    for window in range(1, longest + 1):
        _require_room(language, classes, window)
        if by_symbol:
            extended = stacked([classes @ move for move in by_symbol])
        else:
            extended = classes[:0]
        classes = _merged(extended, predicts)
        yield stacked([classes, diagonal(shorter * predicts)])
        none = np.zeros(len(visits))
        after = sum((after @ move for move in by_symbol), none)
        shorter = shorter + after


def _require_room(language: Automaton, classes: Sparse, window: int) -> None:
    """Raise unless the classes of windows one symbol longer fit into memory."""
    degree = (language.probability > 0).sum(axis=1)
    needed = int(degree[classes.indices].sum())
    if needed <= MOST_WEIGHTS:
        return
    raise LanguageError(
        f"windows of up to {window - 1} symbols of '{shown(language.name)}' fit; "
        f"{window} symbols would need about {needed:,} "
        f"weights, more than {MOST_WEIGHTS:,}; ask for at most {window - 1}."
    )


def _merged(rows: Sparse, predicts: Float[np.ndarray, " state"]) -> Sparse:
    """Add up rows that are multiples of each other.

    States where nothing is left to predict are left out.
    """
    rows = rows @ diagonal(predicts)
    rows.eliminate_zeros()
    rows.sort_indices()
    counts = np.flatnonzero(rows.sum(axis=1) > NEGLIGIBLE)
    rows = rows[counts]
    total = rows.sum(axis=1)
    mixture = diagonal(1 / total) @ rows
    group = _groups(mixture)
    num_groups = int(group.max(initial=-1)) + 1
    shape = (num_groups, len(group))
    members = from_entries(
        np.ones(len(group)),
        group,
        np.arange(len(group)),
        shape,
    )
    return members @ rows


def _groups(mixture: Sparse) -> Int[np.ndarray, " row"]:
    """Number the rows so that rows with equal entries have one number.

    Numbers are given in order of appearance. A row of one entry is all 1 there: its
    place says enough.
    """
    values = mixture.data.round(DECIMALS)
    places = mixture.indices
    ends = mixture.indptr.tolist()
    number: dict[bytes | int, int] = {}
    group = np.empty(mixture.shape[0], dtype=np.int64)
    for row, (first, last) in enumerate(pairwise(ends)):
        row_places = places[first:last]
        row_values = values[first:last]
        if len(row_places) == 1:
            key = int(row_places[0])
        else:
            key = row_places.tobytes() + row_values.tobytes()
        group[row] = number.setdefault(key, len(number))
    return group
