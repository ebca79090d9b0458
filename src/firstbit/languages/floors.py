r"""What forgetting costs: the least expected squared error of a predictor that knows only so much.

All floors are per word and expected over the language, or over a fixed list of words. Predictions that count:
after each symbol read, the next one (and the end marker, where the language has one). A predictor that can't
tell the states of a class C apart does best with their weighted mean next-output distribution, and loses

$$ \sum_C \; A_C - \frac{\lVert \sum_{q \in C} a_q P_q \rVert^2}{A_C}, \qquad A_C = \sum_{q \in C} a_q, $$

where $a_q$ is the expected number of visits to state q, and $P_q$ its next-output distribution.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from firstbit.errors import LanguageError, require_at_least
from firstbit.languages.language import NO_STATE, Language


def expected_visits(language: Language) -> np.ndarray:
    """Expected number of visits to each state in one word, the start included: v = (I - T')^-1 e_start.

    Example:
        >>> from firstbit.languages.reber import reber
        >>> expected_visits(reber()).round(9).tolist()
        [1.0, 1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0]
    """
    size = len(language.states)
    moves = np.zeros((size, size))
    for symbol in range(len(language.alphabet)):
        moves += _move(language, symbol)
    return np.linalg.solve(np.eye(size) - moves.T, np.eye(size)[0])


def mean_length(language: Language) -> float:
    """Expected number of symbols of a word."""
    return float((expected_visits(language) * (1 - language.stop)).sum())


def entropy(language: Language) -> float:
    """Entropy of the words, in bits: the sum over states of visits times the entropy of the next choice."""
    choices = np.column_stack([language.probability, language.stop])
    logs = np.log2(choices, out=np.zeros_like(choices), where=choices > 0)
    return float((expected_visits(language)[:, None] * choices * -logs).sum())


def full_floor(language: Language) -> float:
    """Least expected squared error per word if the state is known, F_inf.

    Example:
        >>> from firstbit.languages.reber import embedded_reber, reber
        >>> round(full_floor(reber()), 9), round(full_floor(embedded_reber()), 9)
        (3.0, 3.5)
    """
    return _loss(_predictions(language), np.diag(_visits_after_a_symbol(language)))


def merged_floor(language: Language, partition: Iterable[Iterable[str]]) -> float:
    """Least expected squared error per word if the states within each block can't be told apart.

    Args:
        language: the language.
        partition: blocks of state names that together hold each state once.

    Raises:
        LanguageError: the blocks are not a partition of the states.
    """
    rows = _blocks(language, partition) * _visits_after_a_symbol(language)
    return _loss(_predictions(language), rows)


def window_floor(language: Language, window: int) -> float:
    """Least expected squared error per word of a predictor that sees the last `window` symbols, F_m.

    A shorter prefix is seen as such. The work grows with the number of windows that occur.

    Example:
        >>> from firstbit.languages.reber import reber
        >>> [round(window_floor(reber(), m) * 168) for m in range(4)]  # 81/14, 113/24, 3, 3
        [972, 791, 504, 504]
    """
    require_at_least("window", window, 0)
    if window == 0:
        return _loss(_predictions(language), _visits_after_a_symbol(language)[None])
    start = np.eye(len(language.states))[:1]
    shorter = [start]
    for _ in range(window - 1):
        shorter.append(_extend(language, shorter[-1]))
    long = expected_visits(language)[None]
    for _ in range(window):
        long = _extend(language, long)
    return _loss(_predictions(language), np.concatenate([*shorter[1:], long]))


def loss_of_truth(language: Language, words: Sequence[str], partition: Iterable[Iterable[str]] | None = None) -> float:
    """Mean squared error per word of the true next-output probabilities on given words.

    Args:
        language: the language that the words come from.
        words: words of the language.
        partition: if given, the states of a block are predicted as one, by their mean distribution.
    """
    table = _predictions(language)
    if partition is not None:
        rows = _blocks(language, partition)
        weights = rows * expected_visits(language)
        mixed = weights @ table / weights.sum(axis=1, keepdims=True)
        table = rows.T @ mixed
    total = 0.0
    for state, output in _events(language, words):
        total += float(((table[state] - np.eye(table.shape[1])[output]) ** 2).sum())
    return total / len(words)


def sample_floor(language: Language, words: Sequence[str], *, by: str) -> float:
    """Mean squared error per word of the best table fitted to these very words.

    Args:
        language: the language that the words come from.
        words: words of the language.
        by: `"state"` for one prediction per state, `"prefix"` for one per prefix: the least that a predictor
            can reach which learns the list by heart.
    """
    if by not in ("state", "prefix"):
        raise LanguageError(f"expected `by` to be 'state' or 'prefix', got '{by}'.")
    counts: defaultdict[object, Counter[int]] = defaultdict(Counter)
    for word in words:
        path = language.path(word)
        for position in range(1, len(path)):
            following = _following(language, word, position)
            if following is not None:
                counts[path[position] if by == "state" else word[:position]][following] += 1
    loss = 0.0
    for count in counts.values():
        seen = np.array(list(count.values()))
        loss += seen.sum() - (seen**2).sum() / seen.sum()
    return loss / len(words)


def _events(language: Language, words: Sequence[str]) -> Iterable[tuple[int, int]]:
    """(state, next output) for each prediction that counts."""
    for word in words:
        path = language.path(word)
        for position in range(1, len(path)):
            following = _following(language, word, position)
            if following is not None:
                yield path[position], following


def _following(language: Language, word: str, position: int) -> int | None:
    """Number of the output after the first `position` symbols; None where nothing is left to predict."""
    if position < len(word):
        return language.alphabet.index(word[position])
    return len(language.alphabet) if language.has_end_marker else None


def _move(language: Language, symbol: int) -> np.ndarray:
    """(state, state) probability of going on by `symbol`."""
    matrix = np.zeros((len(language.states), len(language.states)))
    sources = np.flatnonzero(language.transition[:, symbol] != NO_STATE)
    matrix[sources, language.transition[sources, symbol]] = language.probability[sources, symbol]
    return matrix


def _extend(language: Language, rows: np.ndarray) -> np.ndarray:
    """All windows one symbol longer: each row of weights over states, moved by each symbol; zero rows dropped."""
    moved = [rows @ _move(language, symbol) for symbol in range(len(language.alphabet))]
    longer = np.concatenate([rows[:0], *moved])  # the language of the empty word has no symbol at all
    return longer[longer.sum(axis=1) > 0]


def _visits_after_a_symbol(language: Language) -> np.ndarray:
    visits = expected_visits(language)
    visits[0] -= 1  # the first symbol is given, not predicted
    return visits


def _predictions(language: Language) -> np.ndarray:
    return language.next_output


def _blocks(language: Language, partition: Iterable[Iterable[str]]) -> np.ndarray:
    """(block, state) membership."""
    rows = np.array([[state in set(block) for state in language.states] for block in map(set, partition)])
    if rows.size == 0 or not (rows.sum(axis=0) == 1).all():
        raise LanguageError("expected blocks that hold each state exactly once; list every state in one block.")
    return rows.astype(float)


def _loss(table: np.ndarray, weights: np.ndarray) -> float:
    """Loss of the best prediction per class; `weights` is (class, state)."""
    # Only states with something left to predict count: their rows of the table sum to one.
    active = weights * table.sum(axis=1)
    mass = active.sum(axis=1)
    mean = active @ table
    kept = mass > 0
    return float((mass[kept] - (mean[kept] ** 2).sum(axis=1) / mass[kept]).sum())
