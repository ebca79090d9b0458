"""Print the table of times.

A row says what was timed, its seconds, how many times faster or slower it is than its
reference, and whether its demand holds.
"""

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
        ratio: seconds of the way it is compared with, over these seconds; None for the
            reference itself.
        demand: what was asked of this row, and whether it holds: see `at_least` and
            `at_most`.
    """

    what: str
    way: str
    seconds: float | None = None
    ratio: float | None = None
    demand: str = ""


def at_least(asked: float, got: float) -> str:
    """A demand on a number, and whether it holds."""
    return f">= {asked:g}: {'held' if got >= asked else 'not held'}"


def at_most(asked: float, got: float) -> str:
    """The same the other way round."""
    return f"<= {asked:g}: {'held' if got <= asked else 'not held'}"


def print_section(title: str, rows: Iterable[Row]) -> None:
    table = Table(
        "what",
        "way",
        "seconds",
        "times faster",
        "demand",
        title=title,
        title_justify="left",
        box=box.SIMPLE,
    )
    for column in (2, 3):
        table.columns[column].justify = "right"
    for row in rows:
        table.add_row(
            row.what, row.way, _rounded(row.seconds), _rounded(row.ratio), row.demand
        )
    Console(width=150).print(table)


def _rounded(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
