"""What stands on a page: notes, tables, pictures, and the sections that hold them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from firstbit.report.inline import inline
from firstbit.report.strips import Strip

PHONE = "360 px"
"""Width of a picture that a phone shows whole."""

WIDEST = "1024 px"
"""Of a picture that a desk shows whole: `wide` of the roles."""

MOST_COLUMNS = 7
"""Of a table that a desk shows whole."""

_DIGITS = r"[-+−]?\d[\d,.]*(e[-+]?\d+|·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?"

_NUMBER = re.compile(rf"[<>≤≥]?\s*{_DIGITS}( ?%| s)?( [\[(].*[\])])?")


@dataclass(frozen=True)
class Note:
    """A paragraph of plain text."""

    text: str
    kind: ClassVar[str] = "note"


@dataclass(frozen=True)
class Badge:
    """A word with the icon and the colours of a status; small print below it.

    Attributes:
        text: the word.
        tone: name of the status, such as `good`.
        fine_print: what stands below.
    """

    text: str
    tone: str
    fine_print: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under headings; a cell is a text or a `Badge`.

    On a phone each row is a card, but numeric tables keep their columns.

    Attributes:
        columns: the headings.
        rows: one cell a column.
        caption: what the table shows.
        numeric: whether cells are numbers, set in equal widths and to the right.
        folded: whether only the caption shows until it is opened.
        anchors: a name for each row, which can be linked to; none if empty.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str | Badge]]
    caption: str = ""
    numeric: bool = False
    folded: bool = False
    anchors: Sequence[str] = ()
    kind: ClassVar[str] = "table"

    @property
    def name(self) -> str:
        """What a reader of the screen hears: the caption, or else the headings."""
        return self.caption or ", ".join(self.columns)

    def is_number(self, column: int) -> bool:
        """Return whether a column holds numbers, which stand to the right.

        Example:
            >>> table = Table(["cell", "share"], [["GRU", "0.5 [0.4, 0.6]"]])
            >>> table.is_number(0), table.is_number(1)
            (False, True)
        """
        found = [row[column] for row in self.rows if row[column] != ""]
        return bool(found) and all(_is_number(one) for one in found)


def settings_table(settings: Mapping[str, object]) -> Table:
    """Return the table of what a run was asked for.

    Example:
        >>> settings_table({"seed": 3}).rows
        [['seed', '3']]
    """
    rows = []
    for name, value in settings.items():
        rows.append([name, str(value)])
    return Table(["setting", "value"], rows)


def in_sight(table: Table, further: str, *, num_keys: int = 1) -> list[Table]:
    """Return a table of at most seven columns, and one of the others, folded.

    Args:
        table: of any number of columns.
        further: caption of the folded one.
        num_keys: columns at the beginning that say what a row is: both tables have
            them.

    Example:
        >>> wide = Table("abcdefghi", [list("123456789")])
        >>> [table.rows for table in in_sight(wide, "and the rest")]
        [[['1', '2', '3', '4', '5', '6', '7']], [['1', '8', '9']]]
    """
    number = len(table.columns)
    if number <= MOST_COLUMNS:
        return [table]
    others = [*range(num_keys), *range(MOST_COLUMNS, number)]
    rest = _part(table, others)
    rest = replace(rest, caption=further, folded=True, anchors=())
    return [_part(table, range(MOST_COLUMNS)), rest]


def _part(table: Table, chosen: Sequence[int]) -> Table:
    """Return some columns of a table."""
    columns = [table.columns[place] for place in chosen]
    rows = [[row[place] for place in chosen] for row in table.rows]
    return replace(table, columns=columns, rows=rows)


def _is_number(content: str | Badge) -> bool:
    return isinstance(content, str) and _NUMBER.fullmatch(content) is not None


@dataclass(frozen=True)
class Picture:
    """An SVG figure with its caption; `name` can be linked to as `#name`.

    It is shown at the size at which it was drawn.

    Attributes:
        name: of the figure on its page.
        caption: what it shows.
        svg: the drawing.
        narrow: the same for a phone; none, if the drawing scrolls there.
        folded: whether only the caption shows until it is opened.
        question: that the title of the drawing answers; none if empty.
    """

    name: str
    caption: str
    svg: bytes
    narrow: bytes = b""
    folded: bool = False
    question: str = ""
    kind: ClassVar[str] = "picture"

    @property
    def element(self) -> str:
        """The picture as an element of the page, with its drawing for a phone."""
        if not self.narrow:
            return inline(self.svg, self.caption)
        wide = inline(self.svg, self.caption, "wide")
        return wide + inline(self.narrow, self.caption, "narrow")


@dataclass(frozen=True)
class Trial:
    """A sentence beside the evidence for and against it.

    Attributes:
        said: the sentence, or what is judged.
        source: where it stands; none if empty.
        badge: how it ends.
        answer: one sentence with the decisive numbers.
        strips: estimates beside their limits.
        details: what is folded below: a heading and its text each.
        anchor: the name on the page that can be linked to; none if empty.
    """

    said: str
    source: str
    badge: Badge
    answer: str
    strips: Sequence[Strip] = ()
    details: Sequence[tuple[str, str]] = ()
    anchor: str = ""
    kind: ClassVar[str] = "trial"


@dataclass(frozen=True)
class Recipe:
    """How a page was made: folded, and copied by a button.

    Attributes:
        command: that makes it again; none if empty.
        tables: settings, versions, seconds.
    """

    command: str
    tables: Sequence[Table]
    kind: ClassVar[str] = "making"


Block = Note | Table | Picture | Trial | Recipe


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: Sequence[Block]
