"""`firstbit cache`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from firstbit.cli.options import AsJson
from firstbit.cli.output import counted, print_json, print_table
from firstbit.compiled.folders import Held, held, most_bytes, root
from firstbit.compiled.folders import clear as remove
from firstbit.errors import OutputError

MEGABYTE = 1_000_000


def cache(
    clear: Annotated[
        bool, typer.Option("--clear", help="Remove all of them first.")
    ] = False,
    as_json: AsJson = False,
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
    if as_json:
        print_json(_numbers(folder, found))
        return
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
    options = " ".join(flag.lstrip("-") for flag in about.get("options", "").split())
    return [
        about.get("jax", "of an earlier firstbit"),
        about.get("processor", ""),
        options,
        str(one.num_programs),
        f"{one.num_bytes / MEGABYTE:.1f}",
        datetime.fromtimestamp(one.last_used, UTC).strftime("%Y-%m-%d"),
    ]


def _numbers(folder: Path, found: list[Held]) -> dict[str, object]:
    folders = []
    for one in found:
        numbers = one._asdict()
        folders.append({**numbers, "folder": str(one.folder)})
    return {"folder": str(folder), "most_bytes": most_bytes(), "folders": folders}
