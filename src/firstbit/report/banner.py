"""The judgement on top of a page: an icon, a word, and the numbers that decide."""

from collections.abc import Sequence
from dataclasses import dataclass

from firstbit.report.blocks import Badge


@dataclass(frozen=True)
class Square:
    """One of many judgements: the icon of its status, and a link to it.

    Attributes:
        tone: name of the status.
        text: what is judged, and how.
        anchor: the name on the page that it links to.
    """

    tone: str
    text: str
    anchor: str


@dataclass(frozen=True)
class Banner:
    """What a page judges, in the first screen.

    Attributes:
        tone: name of the status, such as `good`.
        word: the judgement.
        text: one sentence with the numbers that decide, and their intervals; none if
            empty.
        squares: of a page that judges much, one for each judgement.
        counts: of such a page, how often each is found: the key to the squares.
    """

    tone: str
    word: str
    text: str
    squares: Sequence[Square] = ()
    counts: Sequence[Badge] = ()
