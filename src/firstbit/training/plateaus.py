"""The name of a plateau: which floor a training has come to rest on."""

from collections.abc import Iterable, Mapping

from firstbit.languages import Language, copies_merged, full_floor, merged_floor, window_floor

MOST_WINDOWS = 8

Partition = Iterable[Iterable[str]]


def floors(language: Language, partitions: Mapping[str, Partition] | None = None) -> dict[str, float]:
    """Full, merged and window floors by what is known, in squared error a word.

    Args:
        language: the task.
        partitions: of the states, by what is forgotten if the states of a block can't be told apart; by default
            `outer symbol lost` for a language whose states carry an outer symbol (`T:q2`).

    Example:
        >>> from firstbit.languages import embedded_reber
        >>> {name: round(floor, 6) for name, floor in floors(embedded_reber()).items() if "symbols" not in name}
        {'state known': 3.5, 'outer symbol lost': 4.0}
    """
    if partitions is None:
        has_copies = any(":" in state for state in language.states)
        partitions = {"outer symbol lost": copies_merged(language)} if has_copies else {}
    return {
        "state known": full_floor(language),
        **{name: merged_floor(language, partition) for name, partition in partitions.items()},
        **{f"last {m} symbols": window_floor(language, m) for m in range(MOST_WINDOWS + 1)},
    }


def plateau(by_name: Mapping[str, float], loss: float) -> str:
    """The name of the floor nearest to a loss, if it is nearer than half the gap between that floor and the next one.

    Floors of one height share their names. The loss must be one over the language, not over a short list of words.

    Example:
        >>> plateau({"state known": 3.5, "outer symbol lost": 4.0, "last 4 symbols": 4.0}, 4.05)
        'outer symbol lost; last 4 symbols'
        >>> plateau({"state known": 3.5, "outer symbol lost": 4.0}, 3.75)
        ''
    """
    nearest = min(by_name.values(), key=lambda floor: abs(floor - loss))
    same = [name for name, floor in by_name.items() if abs(floor - nearest) < 1e-9]
    gap = min((abs(floor - nearest) for floor in by_name.values() if abs(floor - nearest) >= 1e-9), default=float("inf"))
    return "; ".join(same) if abs(loss - nearest) < gap / 2 else ""
