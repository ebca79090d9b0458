"""The table: what was timed, its seconds, and how many times faster or slower than the row it is measured against."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        what: the work.
        way: how it was done.
        seconds: median wall time; None where nothing is timed, and `way` says why.
        ratio: seconds of the way it is compared with, over these seconds; None for the reference itself.
    """

    what: str
    way: str
    seconds: float | None = None
    ratio: float | None = None


def print_section(title: str, rows: Iterable[Row]) -> None:
    table = Table("what", "way", "seconds", "times faster", title=title, title_justify="left", box=box.SIMPLE)
    for column in (2, 3):
        table.columns[column].justify = "right"
    for row in rows:
        table.add_row(row.what, row.way, _rounded(row.seconds), _rounded(row.ratio))
    Console(width=132).print(table)


def _rounded(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
