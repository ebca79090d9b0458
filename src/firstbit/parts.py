"""Parts of a run, of about equal cost: who computes which piece."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from firstbit.errors import SettingError, keep_whole, shown

_PART = re.compile(r"(\d{1,9})/(\d{1,9})", re.ASCII)

MOST_NAMED = 5
"""Missing pieces, and missing parts, that an error names."""


@dataclass(frozen=True)
class Part:
    """One part of a run.

    Attributes:
        number: which, from 1 on.
        of: how many there are.
    """

    number: int
    of: int

    def __post_init__(self) -> None:
        keep_whole(self, "of", 1)
        keep_whole(self, "number", 1)
        if self.number > self.of:
            raise SettingError(
                f"expected a part from 1/{self.of} to {self.of}/{self.of}, got {self}."
            )

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @classmethod
    def parse(cls, text: str) -> "Part":
        """Read a part.

        Raises:
            SettingError: the text is none.

        Example:
            >>> Part.parse("3/40")
            Part(number=3, of=40)
        """
        found = _PART.fullmatch(text)
        if found is None:
            raise SettingError(f"expected a part like 3/40, got '{shown(text)}'.")
        number, of = map(int, found.groups())
        if not 1 <= number <= of:
            wanted = f"from 1/{of} to {of}/{of}" if of else "like 3/40"
            raise SettingError(f"expected a part {wanted}, got {number}/{of}.")
        return cls(number, of)

    def share(self, costs: Sequence[int]) -> list[int]:
        """Return the places of the pieces of this part.

        Args:
            costs: of all pieces, in their order, in any unit.

        Example:
            >>> Part(2, 2).share([1, 1, 1, 1])
            [2, 3]
        """
        owners = owners_of(costs, self.of)
        return [place for place, owner in enumerate(owners) if owner == self.number]


def owners_of(costs: Sequence[int], num_parts: int) -> list[int]:
    """Return the number of the part that each piece belongs to.

    The middle of a piece's cost decides. So parts are of about equal cost, and
    neighbours, which often share a program, are in one part.

    Example:
        >>> owners_of([1, 1, 6, 1, 1], 2)
        [1, 1, 2, 2, 2]
    """
    total = sum(costs)
    owners = []
    before = 0
    for cost in costs:
        owners.append(1 + (2 * before + cost) * num_parts // (2 * total))
        before += cost
    return owners


def missing_text(
    costs: Sequence[int],
    names: Sequence[str],
    missing: Collection[int],
    cuts: list[int],
) -> str:
    """Return what misses, for an error: pieces, and the parts that hold them.

    Args:
        costs: of all pieces.
        names: of all pieces.
        missing: their places.
        cuts: numbers of parts into which the run was cut; the first is spoken of.

    Example:
        >>> missing_text([1, 1, 1, 1], ["a", "b", "c", "d"], [1, 2], [4])
        'b, c missing (of the parts 2/4, 3/4)'
    """
    places = sorted(missing)
    text = f"{_listed([names[place] for place in places])} missing"
    if not cuts:
        return text
    owners = owners_of(costs, cuts[0])
    parts = sorted({owners[place] for place in places})
    return f"{text} (of the parts {_listed([f'{part}/{cuts[0]}' for part in parts])})"


def _listed(names: Sequence[str]) -> str:
    """Return the first names, and how many there are beside them."""
    more = len(names) - MOST_NAMED
    listed = ", ".join(names[:MOST_NAMED])
    return f"{listed} and {more} more" if more > 0 else listed
