"""What a window of the last m symbols tells: the classes of states that it can't tell apart.

A class is a row of weights over the states: the expected number of times per word that
a predictor has seen this window while the automaton was in that state. Windows that
leave the same mixture of states lead to the same prediction, now and after any further
symbols, so their rows are added up: that keeps the number of rows small, often
constant, where the number of windows grows like a power of the alphabet.
"""

from collections.abc import Iterator

import numpy as np

from firstbit.errors import LanguageError, SettingError, require_at_least
from firstbit.languages.automaton.sparse import (
    Sparse,
    diagonal,
    from_entries,
    one_row,
    stacked,
)
from firstbit.languages.automaton.visits import expected_visits, moves
from firstbit.languages.language import Language

MOST_WEIGHTS = 10_000_000
"""Weights that one set of classes may have; building it takes up to a gigabyte."""

LONGEST = 5000
"""Symbols of a window, at most."""

NEGLIGIBLE = 1e-30
"""Windows seen so rarely in a word are left out: they cost nothing, and rounding would
keep them from being merged."""

DECIMALS = 12
"""Mixtures of states that agree so far are one."""


def window_classes(language: Language, longest: int) -> Iterator[Sparse]:
    """Classes of windows of 0, 1, ..., `longest` symbols: for each m the (class, state) expected visits.

    Visits count after a symbol only, and in states where something is left to predict.
    A shorter prefix is seen as such: it tells the state, so it makes a class of one
    state. Work and memory grow with the number of weights, at most states x
    out-degree^m, and far less where windows can be merged.

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
    predicts = (language.next_output.sum(axis=1) > 0).astype(float)
    visits = expected_visits(language)
    start = np.eye(1, len(visits))[0]
    yield one_row((visits - start) * predicts)
    # The first m - 1 symbols alone: each such prefix ends in one state.
    after, shorter = start, np.zeros(len(visits))
    classes = one_row(visits)
    for window in range(1, longest + 1):
        _require_room(language, classes, window)
        extended = [classes @ move for move in by_symbol]
        classes = _merged(stacked(extended) if extended else classes[:0], predicts)
        yield stacked([classes, diagonal(shorter * predicts)])
        after = sum((after @ move for move in by_symbol), np.zeros(len(visits)))
        shorter = shorter + after


def _require_room(language: Language, classes: Sparse, window: int) -> None:
    degree = (language.probability > 0).sum(axis=1)
    if (needed := int(degree[classes.indices].sum())) > MOST_WEIGHTS:
        raise LanguageError(
            f"windows of up to {window - 1} symbols of '{language.name}' fit; "
            f"{window} symbols would need about {needed:,} "
            f"weights, more than {MOST_WEIGHTS:,}; ask for at most {window - 1}."
        )


def _merged(rows: Sparse, predicts: np.ndarray) -> Sparse:
    """Rows that are multiples of each other added up; states where nothing is left to predict are left out."""
    rows = rows @ diagonal(predicts)
    rows.eliminate_zeros()
    rows.sort_indices()
    rows = rows[np.flatnonzero(rows.sum(axis=1) > NEGLIGIBLE)]
    mixture = diagonal(1 / rows.sum(axis=1)) @ rows
    values, indices, ends = (
        mixture.data.round(DECIMALS),
        mixture.indices,
        mixture.indptr,
    )
    number: dict[bytes | int, int] = {}
    group = np.empty(rows.shape[0], dtype=np.int64)
    for row, (first, last) in enumerate(
        zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)
    ):
        alone = last - first == 1
        key = (
            int(indices[first])
            if alone
            else indices[first:last].tobytes() + values[first:last].tobytes()
        )
        group[row] = number.setdefault(key, len(number))
    return (
        from_entries(
            np.ones(len(group)), group, np.arange(len(group)), (len(number), len(group))
        )
        @ rows
    )
