"""`firstbit cache`."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from firstbit.cli.grouped import grouped
from firstbit.cli.output import counted, print_table
from firstbit.cli.printed import Printed
from firstbit.compiled.folders import Held, held, most_bytes, root
from firstbit.compiled.folders import clear as remove
from firstbit.errors import OutputError

MEGABYTE = 1_000_000


@grouped
def cache(
    clear: Annotated[
        bool, typer.Option("--clear", help="Remove all of them first.")
    ] = False,
    *,
    printed: Printed,
) -> None:
    """Show the compiled programs that all processes share, or remove them."""
    folder = root()
    if folder is None:
        raise OutputError(
            "expected a home folder for compiled programs, got none; set "
            "XDG_CACHE_HOME to a folder."
        )
    if clear:
        remove(folder)
    found = held(folder)
    printed.show(
        tables=partial(_print, folder, found),
        numbers=partial(_numbers, folder, found),
        rows=partial(_folders, found),
    )


def _print(folder: Path, found: list[Held]) -> None:
    """Print how much there is, and a row for each folder."""
    number = sum(one.num_programs for one in found)
    size = sum(one.num_bytes for one in found) / MEGABYTE
    most = most_bytes() / MEGABYTE
    print(f"{counted(number, 'program')} in '{folder}': {size:.1f} of {most:g} MB.")
    if found:
        print_table(
            "",
            ["JAX", "processor", "options", "programs", "MB", "last used"],
            [_row(one) for one in found],
        )


def _row(one: Held) -> list[str]:
    about = one.about
    flags = about.get("options", "").split()
    options = " ".join(flag.lstrip("-") for flag in flags)
    return [
        about.get("jax", "of an earlier firstbit"),
        about.get("processor", ""),
        options,
        str(one.num_programs),
        f"{one.num_bytes / MEGABYTE:.1f}",
        datetime.fromtimestamp(one.last_used, UTC).strftime("%Y-%m-%d"),
    ]


def _numbers(folder: Path, found: list[Held]) -> dict[str, object]:
    return {
        "folder": str(folder),
        "most_bytes": most_bytes(),
        "folders": _folders(found),
    }


def _folders(found: list[Held]) -> list[dict[str, object]]:
    return [{**one._asdict(), "folder": str(one.folder)} for one in found]
