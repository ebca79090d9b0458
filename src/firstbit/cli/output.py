"""What the user sees: tables on stdout, progress on stderr."""

import json
import sys
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
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

from firstbit.cli.latex import LatexOutput
from firstbit.cli.log import logged
from firstbit.files import write_whole
from firstbit.progress import NamedProgress
from firstbit.tabular import with_interval

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.figure import Figure
    from pygraphviz import AGraph

_WIDEST = 1000
"""Columns of a table in a file or a pipe, at most."""

_BORDER = 3
"""Columns of a terminal beside each text of a table."""

PROVENANCE = ("configuration", "firstbit_version", "key")
"""Attributes that stand beside the numbers in JSON."""

FIRST_ROWS, LAST_ROWS = 45, 10
"""Rows of a table that has more."""


@contextmanager
def progress(*, is_long: bool = False) -> Iterator[NamedProgress]:
    """Show a bar on stderr for each thing that reports; without a terminal, lines.

    What a user's own cell prints meanwhile goes to stderr too: stdout is the result's.

    Args:
        is_long: whether a run takes long as a rule: the first line then comes at once.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        with redirect_stdout(sys.stderr), logged(at_once=is_long) as lines:
            yield lines
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with redirect_stdout(sys.stderr), Progress(*columns, console=console) as bars:
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
    keys: int = 1,
) -> None:
    """Print a table; of a long one the first and the last rows.

    Without a terminal it is as wide as it needs; LaTeX has all rows.

    Args:
        title: of the table.
        columns: their heads.
        rows: of texts.
        numeric: whether all but the first column are numbers. In a terminal that is too
            narrow for them, some stand in further tables below.
        keys: columns that say what a row is about, and stand in each of these tables; 0
            where columns are read side by side, and are made narrower instead.
    """
    if isinstance(sys.stdout, LatexOutput):
        sys.stdout.write_table(title, [columns, *rows], numeric=numeric)
        return
    left_out = max(0, len(rows) - FIRST_ROWS - LAST_ROWS)
    lines = [columns, *rows]
    if left_out:
        lines[1 + FIRST_ROWS : -LAST_ROWS] = [["..."] * len(columns)]
    _print_lines(title, lines, numeric=numeric, keys=keys)
    if left_out:
        print(f"... {counted(left_out, 'row')} left out; --json has them all.")


def _print_lines(
    title: str, lines: Sequence[Sequence[str]], *, numeric: bool, keys: int
) -> None:
    """Print a table of lines, the heads first, or several tables below each other."""
    whole = _table(title, lines, numeric=numeric)
    console = Console()
    if not console.is_terminal:
        width = Console(width=_WIDEST).measure(whole).maximum
        Console(width=width).print(whole, markup=False)
        return
    if not (numeric and keys):
        console.print(whole, markup=False)
        return
    above: str | None = title
    for part in _parts(lines, keys, console.width):
        own = [[line[i] for i in part] for line in lines]
        console.print(_table(above, own, numeric=numeric), markup=False)
        above = None


def _table(
    title: str | None, lines: Sequence[Sequence[str]], *, numeric: bool
) -> Table:
    """Return a table of lines, the heads first."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for i, name in enumerate(lines[0]):
        justify = "right" if numeric and i > 0 else "left"
        table.add_column(name, justify=justify, overflow="fold")
    for line in lines[1:]:
        table.add_row(*line)
    return table


def _parts(lines: Sequence[Sequence[str]], keys: int, width: int) -> list[list[int]]:
    """Return the columns of each table, so that none is wider where that can be.

    Example:
        >>> _parts([["k", "mean", "median"], ["20", "1.25", "1.5"]], 1, 16)
        [[0, 1], [0, 2]]
    """
    widths = []
    for column in zip(*lines, strict=True):
        widths.append(max(map(cell_len, column)) + _BORDER)
    room = width - 1 - sum(widths[:keys])
    parts: list[list[int]] = [[]]
    left = room
    for i in range(keys, len(widths)):
        left -= widths[i]
        if left < 0 and parts[-1]:
            parts.append([])
            left = room - widths[i]
        parts[-1].append(i)
    return [[*range(keys), *part] for part in parts]


def with_half_width(at: "xr.Dataset", name: str) -> str:
    """Return a number, with ± half the width of its interval where it has one.

    Args:
        at: a result at one place.
        name: of the variable.
    """
    value = float(at[name])
    lower, upper = at[f"{name}_ci"].values.tolist()
    return with_interval(value, lower, upper)


def counted(number: int | float, noun: str) -> str:
    """Return a number with its noun.

    Example:
        >>> counted(1, "state"), counted(16384, "state"), counted(1.5, "symbol")
        ('1 state', '16384 states', '1.5 symbols')
    """
    shown = str(number) if isinstance(number, int) else f"{number:.6g}"
    return f"{shown} {noun}" if number == 1 else f"{shown} {noun}s"


def print_json(value: object) -> None:
    """Print one JSON document; whole numbers have all their digits."""
    limit = sys.get_int_max_str_digits()
    # Python's guard is against hostile input; this is output.
    sys.set_int_max_str_digits(0)
    try:
        print(json.dumps(value, allow_nan=False))
    finally:
        sys.set_int_max_str_digits(limit)


def documents(results: "Sequence[xr.Dataset]") -> object:
    """Return one JSON document: the result, or a list of several."""
    found = [as_numbers(result) for result in results]
    return found[0] if len(found) == 1 else found


def results_frame(
    results: "Sequence[xr.Dataset]", names: Sequence[str]
) -> "pd.DataFrame":
    """Return the table of a result, or those of several cells as one.

    Args:
        results: of each cell.
        names: of the cells.
    """
    import pandas as pd

    from firstbit.datasets import Result

    frames = [Result.of(result).to_dataframe() for result in results]
    if len(frames) == 1:
        return frames[0]
    return pd.concat(frames, keys=names, names=["cell"])


def as_numbers(result: "xr.Dataset") -> dict[str, object]:
    """Return a Dataset as JSON, with its attributes; null stands for inf and nan."""
    numbers: dict[str, object] = {}
    for name in result.variables:
        numbers[str(name)] = _finite(result[name].values.tolist())
    numbers["configuration"] = result.attrs["configuration"]
    numbers["firstbit_version"] = result.attrs["firstbit_version"]
    if "key" in result.attrs:
        numbers["key"] = result.attrs["key"].tolist()
    numbers["attributes"] = _others(result.attrs)
    return numbers


def _others(attrs: Mapping[Hashable, Any]) -> dict[str, object]:
    """Return the attributes that do not stand beside the numbers."""
    found = {}
    for name, value in attrs.items():
        if name in PROVENANCE:
            continue
        plain = value.tolist() if hasattr(value, "tolist") else value
        found[str(name)] = _finite(plain)
    return found


def _finite(value: object) -> object:
    if isinstance(value, list):
        return [_finite(part) for part in value]
    if isinstance(value, float) and not isfinite(value):
        return None
    return value


def save_result(result: "xr.Dataset", path: Path) -> None:
    """Write a result as its file's ending says: netCDF, a table, or JSON."""
    from firstbit.datasets import Result
    from firstbit.files import save

    ending = path.suffix.lower()
    if ending == ".nc":
        save(result, path)
        return
    if ending == ".csv":
        text = Result.of(result).to_dataframe().to_csv(lineterminator="\n")
    else:
        text = json.dumps(as_numbers(result), allow_nan=False) + "\n"
    write_whole(path, lambda fresh: fresh.write_text(text, encoding="utf-8"))


def save_figure(figure: "Figure | AGraph", path: Path) -> None:
    """Write a figure or a graph as its file's ending says, whole or not at all."""
    from firstbit.plots import figure_bytes

    drawn = figure_bytes(figure, path.suffix.lower().removeprefix("."))
    write_whole(path, lambda temporary: temporary.write_bytes(drawn))
