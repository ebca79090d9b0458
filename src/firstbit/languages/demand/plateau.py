"""The name of a plateau: which floor a training has come to rest on."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from firstbit.errors import SettingError
from firstbit.languages.demand.copies import copies, copies_merged
from firstbit.languages.demand.floors import full_floor, merged_floor, window_floors
from firstbit.languages.language import Language

LONGEST_WINDOW = 8


class Plateau(NamedTuple):
    """A floor near a loss.

    Attributes:
        name: what is known or forgotten at this floor; all that share it, if there are
            several.
        floor: its loss a word.
        distance: of the loss from it.
    """

    name: str
    floor: float
    distance: float


def named_floors(
    language: Language,
    longest: int = LONGEST_WINDOW,
    *,
    partitions: Mapping[str, Iterable[Iterable[str]]] | None = None,
) -> dict[str, float]:
    """Full, merged and window floors by what is known or forgotten, in squared error a word.

    Args:
        language: the task.
        longest: the longest window, in symbols.
        partitions: what may be forgotten: a name -> blocks of states that can't be told
            apart; by default `outer symbol lost` for a language whose states carry an
            outer symbol (`T:q2`).

    Example:
        >>> from firstbit.languages.catalogue import embedded_reber
        >>> {name: round(floor, 6) for name, floor in named_floors(embedded_reber(), 1).items()}
        {'state known': 3.5, 'outer symbol lost': 4.0, 'last 0 symbols': 9.227273, 'last 1 symbols': 7.55}
    """
    if partitions is None:
        partitions = (
            {"outer symbol lost": copies_merged(language)} if copies(language) else {}
        )
    return {
        "state known": full_floor(language),
        **{
            name: merged_floor(language, list(map(set, blocks)))
            for name, blocks in partitions.items()
        },
        **{
            f"last {m} symbols": floor
            for m, floor in enumerate(window_floors(language, longest))
        },
    }


def named_plateau(floors: Mapping[str, float], loss: float) -> Plateau | None:
    """The floor nearest to a loss; None if no floor is near enough to be named.

    A floor is named if the loss is nearer to it than half the gap between that floor
    and the next one. The loss must be a mean over fresh words: on a short list of words
    the floors themselves are others (see `loss_of_truth`).

    Args:
        floors: of `named_floors`; floors of one height share their names.
        loss: mean squared error a word.

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
    nearest = min(floors.values(), key=lambda floor: abs(floor - loss))
    same = [name for name, floor in floors.items() if abs(floor - nearest) < 1e-9]
    gap = min(
        (abs(floor - nearest) for name, floor in floors.items() if name not in same),
        default=float("inf"),
    )
    distance = abs(loss - nearest)
    return Plateau("; ".join(same), nearest, distance) if distance < gap / 2 else None
