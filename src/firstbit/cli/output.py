"""What the user sees: tables on stdout, progress on stderr."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from firstbit.errors import SettingError
from firstbit.files import require_writable, write_whole

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure
    from pygraphviz import AGraph

Report = Any
"""Called with (what, done, in all)."""


_WIDEST = 1000
"""Columns of a table in a file or a pipe, at most."""

FIRST_ROWS, LAST_ROWS = 45, 10
"""Rows of a table that has more."""


@contextmanager
def progress() -> Iterator[Report]:
    """Bars on stderr, one for each thing that reports; nothing where stderr is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda *_: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, TaskID] = {}

        def report(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield report


def print_table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numeric: bool = False,
) -> None:
    """A table on stdout, of a long one the first and the last rows; without a terminal it is as wide as it needs."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for i, name in enumerate(columns):
        table.add_column(
            name, justify="right" if numeric and i else "left", overflow="fold"
        )
    left_out = max(0, len(rows) - FIRST_ROWS - LAST_ROWS)
    for row in (
        [*rows[:FIRST_ROWS], ["..."] * len(columns), *rows[-LAST_ROWS:]]
        if left_out
        else rows
    ):
        table.add_row(*row)
    console = Console()
    if not console.is_terminal:
        console = Console(width=Console(width=_WIDEST).measure(table).maximum)
    console.print(table, markup=False)
    if left_out:
        print(f"... {counted(left_out, 'row')} left out; --json has them all.")


def counted(number: float, noun: str) -> str:
    """A number with its noun.

    Example:
        >>> counted(1, "state"), counted(16384, "state"), counted(1.5, "symbol")
        ('1 state', '16384 states', '1.5 symbols')
    """
    return (
        f"{number if isinstance(number, int) else f'{number:.6g}'} "
        f"{noun}{'' if number == 1 else 's'}"
    )


def print_json(value: Any) -> None:
    """One JSON document on stdout; whole numbers are exact, however many digits they have."""
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(
        0
    )  # Python's guard against input that is hostile; this is output
    try:
        print(json.dumps(value, allow_nan=False))
    finally:
        sys.set_int_max_str_digits(limit)


def as_numbers(result: "xr.Dataset") -> dict[str, Any]:
    """A Dataset as JSON tells it, with where it comes from; null stands for what isn't finite."""
    return {
        **{
            str(name): _finite(result[name].values.tolist())
            for name in result.variables
        },
        "configuration": result.attrs["configuration"],
        "firstbit_version": result.attrs["firstbit_version"],
        "key": result.attrs["key"].tolist(),
    }


def _finite(value: Any) -> Any:
    if isinstance(value, list):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def require_picture(path: Path) -> None:
    """Raise unless a picture can be written at `path`, as its ending says.

    Raises:
        SettingError: the ending is another.
        OutputError: nothing can be written there.
    """
    if path.suffix.lower() not in {".svg", ".png"}:
        raise SettingError(
            f"expected a picture file that ends in .svg or .png, got '{path}'."
        )
    require_writable(path)


def save_picture(figure: "Figure | AGraph", path: Path) -> None:
    """Draw a figure or a graph into a file of the kind that its ending says, whole or not at all."""
    from firstbit.plots import figure_bytes

    picture = figure_bytes(figure, path.suffix.lower().removeprefix("."))
    write_whole(path, lambda temporary: temporary.write_bytes(picture))
