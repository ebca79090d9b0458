"""Floors with names, and the plateau that a training has reached: the floor it is near.

This module alone names the floors. A floor says by its `kind` and its `window` what is
known there; nothing reads that from the name.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from firstbit.errors import SettingError
from firstbit.languages.automaton.automaton import Automaton, given
from firstbit.languages.demand.copies import copies, copies_known, copies_merged
from firstbit.languages.demand.floors import (
    Partition,
    full_floor,
    merged_floor,
    window_floors,
)

LONGEST_WINDOW = 8

SAME_FLOOR = 1e-9
"""Floors that are nearer to each other than this, a word, are one."""

STATE_KNOWN = "state known"
OUTER_SYMBOL_LOST = "outer symbol lost"
OUTER_SYMBOL_KNOWN = "outer symbol known"

Partitions = Mapping[str, Partition]
"""Name -> a partition of the states."""

Kind = Literal["full", "merged", "window"]
"""With the state known, with a partition's blocks merged, with a window seen."""


class NamedFloor(NamedTuple):
    """A least expected loss, with the name of the knowledge kept or lost there.

    Attributes:
        name: for readers.
        loss: squared error per word.
        kind: `full`, `merged` or `window`.
        window: last symbols seen; None for the other kinds.
    """

    name: str
    loss: float
    kind: Kind
    window: int | None = None


class Plateau(NamedTuple):
    """The floors near a loss: several if they are equally high.

    Attributes:
        floors: one or more.
        distance: of the loss from them, in squared error per word.
    """

    floors: tuple[NamedFloor, ...]
    distance: float

    @property
    def name(self) -> str:
        """The names of the floors, joined by semicolons."""
        return "; ".join(floor.name for floor in self.floors)

    @property
    def floor(self) -> float:
        """Squared error per word at these floors."""
        return self.floors[0].loss


def named_floors(
    language: Automaton | str,
    longest: int = LONGEST_WINDOW,
    *,
    partitions: Partitions | None = None,
) -> tuple[NamedFloor, ...]:
    """Compute the full, merged and window floors of a language, in squared error.

    Args:
        language: the task.
        longest: the longest window, in symbols.
        partitions: what may be forgotten: a name -> blocks of states that look the
            same; by default `outer symbol lost` for a language with `copies`.

    Returns:
        The full floor, then the merged ones, then the window floors F_0, F_1, ...

    Raises:
        LanguageError: the blocks are not a partition of the states.

    Example:
        >>> from firstbit.languages.catalogue import embedded_reber
        >>> for floor in named_floors(embedded_reber(), 1):
        ...     print(floor.name, round(floor.loss, 6), floor.kind, floor.window)
        state known 3.5 full None
        outer symbol lost 4.0 merged None
        last 0 symbols 9.227273 window 0
        last 1 symbols 7.55 window 1
    """
    language = given(language)
    if partitions is None:
        partitions = outer_symbol_lost(language)
    floors = [NamedFloor(STATE_KNOWN, full_floor(language), "full")]
    for name, partition in partitions.items():
        loss = merged_floor(language, partition)
        floors.append(NamedFloor(name, loss, "merged"))
    for window, loss in enumerate(window_floors(language, longest)):
        name = f"last {window} symbols"
        floors.append(NamedFloor(name, loss, "window", window))
    return tuple(floors)


def named_plateau(floors: Sequence[NamedFloor], loss: float) -> Plateau | None:
    """Find the floors nearest to a loss; None if no floor is near enough.

    A floor is near if the loss is nearer to it than half the gap between that floor and
    the next one. The loss must be a mean over fresh words: on a short list of words the
    floors themselves are others (see `loss_of_truth`).

    Args:
        floors: of `named_floors`.
        loss: mean squared error per word.

    Raises:
        SettingError: there is no floor.

    Example:
        >>> from firstbit.languages.catalogue import embedded_reber
        >>> floors = named_floors(embedded_reber(), 4)
        >>> named_plateau(floors, 4.05).name
        'outer symbol lost; last 3 symbols; last 4 symbols'
        >>> named_plateau(floors, 4.3) is None
        True
    """
    if not floors:
        raise SettingError("expected one or more floors, got none.")

    def distance_from(floor: NamedFloor) -> float:
        return abs(floor.loss - loss)

    nearest = min(floors, key=distance_from)
    distance = distance_from(nearest)
    same = []
    gap = float("inf")
    for floor in floors:
        apart = abs(floor.loss - nearest.loss)
        if apart < SAME_FLOOR:
            same.append(floor)
        else:
            gap = min(gap, apart)
    if distance >= gap / 2:
        return None
    return Plateau(tuple(same), distance)


def outer_symbol_lost(language: Automaton) -> Partitions:
    """Return the partition that forgets the outer symbol, by its name; {} without."""
    if not copies(language):
        return {}
    return {OUTER_SYMBOL_LOST: copies_merged(language)}


def outer_symbol_known(language: Automaton) -> Partitions:
    """Return the partition that knows the outer symbol, by its name; {} without."""
    if not copies(language):
        return {}
    return {OUTER_SYMBOL_KNOWN: copies_known(language)}
