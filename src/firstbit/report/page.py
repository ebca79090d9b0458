"""A page: a title, a lead, and sections of notes, tables and pictures.

It is one HTML file that needs no other.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from firstbit.look import custom_properties, icons, roles
from firstbit.report.adaptive import adaptive


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
        tone: name of the status: `good`, `bad`, `partial` or `open`.
        fine_print: what stands below.
    """

    text: str
    tone: str
    fine_print: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under headings; a cell is a text or a `Badge`.

    Attributes:
        columns: the headings.
        rows: one cell a column.
        caption: what the table shows.
        numeric: whether cells are numbers, set in equal widths and to the right.
        folded: whether only the caption shows until it is opened.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str | Badge]]
    caption: str = ""
    numeric: bool = False
    folded: bool = False
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Picture:
    """An SVG figure with its caption; `name` can be linked to as `#name`."""

    name: str
    caption: str
    svg: bytes
    kind: ClassVar[str] = "picture"

    @property
    def source(self) -> str:
        """The picture as an address that holds all of it, in the colours of the page.

        So the names inside cannot clash with those of other pictures.
        """
        drawn = b64encode(adaptive(self.svg)).decode()
        return f"data:image/svg+xml;base64,{drawn}"


Block = Note | Table | Picture


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: Sequence[Block]


def render(title: str, lead: str, sections: Sequence[Section]) -> str:
    """Return the page as HTML; all text is escaped.

    Args:
        title: of the page.
        lead: one paragraph that says what the reader gets.
        sections: in reading order.

    Example:
        >>> numbers = Section("Numbers", [Table(["k"], [["1"]])])
        >>> page = render("A & B", "What follows.", [numbers])
        >>> "<h1>A &amp; B</h1>" in page, "http" in page
        (True, False)
    """
    return _template().render(
        title=title,
        lead=lead,
        sections=sections,
        properties=custom_properties(),
        icons=icons(),
        tones=list(roles().statuses),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("firstbit.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.jinja")
