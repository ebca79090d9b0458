"""What the user sees: tables on stdout, progress on stderr."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from firstbit.errors import SettingError
from firstbit.files import require_writable, write_whole

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

Report = Any
"""Called with (what, done, in all)."""


_WIDEST = 1000
"""Columns of a table in a file or a pipe, at most."""


@contextmanager
def progress() -> Iterator[Report]:
    """Bars on stderr, one for each thing that reports; nothing where stderr is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda *_: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, TaskID] = {}

        def report(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield report


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, numeric: bool = False) -> None:
    """A table on stdout; without a terminal it is as wide as it needs."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for i, name in enumerate(columns):
        table.add_column(name, justify="right" if numeric and i else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console = Console()
    if not console.is_terminal:
        console = Console(width=Console(width=_WIDEST).measure(table).maximum)
    console.print(table, markup=False)


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    print(json.dumps(value, allow_nan=False))


def as_numbers(result: "xr.Dataset") -> dict[str, Any]:
    """A Dataset as JSON tells it, with where it comes from; null stands for what isn't finite."""
    return {
        **{str(name): _finite(result[name].values.tolist()) for name in result.variables},
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
    if path.suffix not in {".svg", ".png"}:
        raise SettingError(f"expected a picture file that ends in .svg or .png, got '{path}'.")
    require_writable(path)


def save_picture(figure: "Figure", path: Path) -> None:
    """Draw a figure into a file of the kind that its ending says, whole or not at all."""
    from firstbit.plots import picture_bytes

    picture = picture_bytes(figure, path.suffix.removeprefix("."))
    write_whole(path, lambda temporary: temporary.write_bytes(picture))
