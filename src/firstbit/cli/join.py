"""`firstbit join`."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from firstbit.cli import capacity, decodability, discrepancy, fates, train
from firstbit.cli.grouped import grouped
from firstbit.cli.options import ResultFile, require_result
from firstbit.cli.output import progress, save_result
from firstbit.cli.parts import Divisible
from firstbit.cli.printed import Printed
from firstbit.errors import OutputError
from firstbit.execution import Execution
from firstbit.store import ASKED, asked_of

KINDS: tuple[type[Divisible], ...] = (
    discrepancy.Asked,
    decodability.Asked,
    capacity.Asked,
    fates.Asked,
    train.Asked,
)
ASKED_OF = {kind.command: kind for kind in KINDS}
"""What each command that is cut into parts is asked for."""


@grouped
def join(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder of --into.")
    ],
    out: ResultFile = None,
    *,
    printed: Printed,
) -> None:
    """Make the result of a run from the blocks or seeds that its parts computed.

    None is computed again: those that miss are named.
    """
    require_result(out)
    found = asked_of(folder)
    found.pop("firstbit", None)
    kind = ASKED_OF.get(found.pop("command", ""))
    asked = None if kind is None else kind.of_settings(found)
    if asked is None:
        raise _unknown(folder)
    with progress() as report:
        told = partial(report, f"{asked.name}, joined")
        how = Execution(progress=told, resume=folder, only_kept=True)
        joined = asked.joined(how)
    if out is not None:
        save_result(joined.result, out)
    joined.show(printed)


def _unknown(folder: Path) -> OutputError:
    names = ", ".join(ASKED_OF)
    return OutputError(
        f"expected what one of {names} was asked for in '{folder / ASKED}', got "
        "something else; compute the parts with this version of firstbit."
    )
