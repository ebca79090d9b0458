"""`firstbit join`."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firstbit.cli import discrepancy, fates
from firstbit.cli.options import AsJson, ResultFile, given_cell, require_result
from firstbit.cli.output import progress, save_result
from firstbit.errors import OutputError
from firstbit.execution import Execution
from firstbit.store import ASKED, asked_of

if TYPE_CHECKING:
    from firstbit.cells import Given

COMMANDS = {
    "discrepancy": (discrepancy.Asked, discrepancy.show),
    "fates": (fates.Asked, fates.show),
}
"""Commands that are computed in parts: what they are asked for, and how they print."""


def join(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder of --into.")
    ],
    out: ResultFile = None,
    as_json: AsJson = False,
) -> None:
    """Make the result of a run from the blocks that its parts computed.

    Nothing is computed again: blocks that miss are named.
    """
    require_result(out)
    found = asked_of(folder)
    found.pop("firstbit", None)
    kind, show = COMMANDS.get(found.pop("command", ""), (None, None))
    if kind is None or show is None:
        raise _unknown(folder)
    asked = _filled(kind, found, folder)
    given: Given = given_cell(asked.cell, asked.hidden_size, discrepancy.USUAL_SIZES)
    with progress() as report:
        told = partial(report, f"blocks, {given.name}")
        how = Execution(progress=told, resume=folder, only_kept=True)
        result = asked.measure(given, how)
    if out is not None:
        save_result(result, out)
    show([result], asked, as_json=as_json)


def _filled(kind: Any, values: dict[str, Any], folder: Path) -> Any:
    """Return what the command was asked for."""
    try:
        return kind(**values)
    except TypeError as error:
        raise _unknown(folder) from error


def _unknown(folder: Path) -> OutputError:
    return OutputError(
        f"expected what discrepancy or fates was asked for in '{folder / ASKED}', got "
        "something else; compute the parts with this version of firstbit."
    )
