"""`firstbit check`."""

import json
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from firstbit.cli.grouped import grouped
from firstbit.cli.options import ResultFile, require_numbers, require_result
from firstbit.cli.output import counted, print_table, save_result
from firstbit.cli.printed import Printed
from firstbit.errors import SettingError, shown

if TYPE_CHECKING:
    import xarray as xr

COLUMNS = ("shape", "role", "source", "law", "start")


@grouped
def check(
    cell: Annotated[
        str,
        typer.Argument(
            metavar="CELL",
            help="NAME[:SIZE][,option=value...], path/to/file.py:MyCell, or "
            "torch.nn:GRUCell.",
        ),
    ],
    like: Annotated[
        str | None,
        typer.Option(
            help="A cell of the catalogue to compare it with: gru,reset=after."
        ),
    ] = None,
    hidden_size: Annotated[
        int | None, typer.Option(help="k, where CELL has none.  [default: 5]")
    ] = None,
    input_size: Annotated[
        int | None, typer.Option(help="Number of inputs.  [default: 2]")
    ] = None,
    map: Annotated[
        list[str] | None,
        typer.Option(
            metavar="OURS=THEIRS",
            help="An array of the cell of the catalogue, and which part of CELL it is, "
            "where it isn't found: W_z=weight_hh[5:10]; may be repeated.",
        ),
    ] = None,
    out: ResultFile = None,
    *,
    printed: Printed,
) -> None:
    """Say what firstbit understands of a cell.

    With --like, also whether it is that cell of the catalogue: its step, its Jacobian,
    its first state, its law.
    """
    require_numbers(hidden_size=(hidden_size, 1), input_size=(input_size, 1))
    require_result(out)
    named = None if map is None else parse_map(map)
    from firstbit import check as understood

    result = understood(
        cell, like, hidden_size=hidden_size, input_size=input_size, map=named
    )
    if out is not None:
        save_result(result, out)
    printed.show_results([result], [], partial(_print, result))


def parse_map(texts: Sequence[str]) -> dict[str, str]:
    """Return names by names.

    Raises:
        SettingError: a text isn't two names with = between, or a name comes twice.

    Example:
        >>> parse_map(["W_z=weight_hh[5:10]"])
        {'W_z': 'weight_hh[5:10]'}
    """
    found: dict[str, str] = {}
    for text in texts:
        ours, equals, theirs = (part.strip() for part in text.partition("="))
        if not (ours and equals and theirs) or ours in found:
            raise SettingError(
                "expected --map OURS=THEIRS, each of OURS once, got "
                f"'{shown(text)}'; try W_h=weight_hh."
            )
        found[ours] = theirs
    return found


def _print(result: "xr.Dataset") -> None:
    _print_parts(result)
    _print_cost(result)
    if "comparison" in result:
        _print_agreement(result)


def _print_parts(result: "xr.Dataset") -> None:
    settings = json.loads(result.attrs["configuration"])
    inputs = counted(settings["input_size"], "input")
    units = counted(settings["hidden_size"], "unit")
    law = settings["initializer"]
    rows = []
    for part in result["part"].values.tolist():
        at = result.sel(part=part)
        texts = [str(at[name].item()) for name in COLUMNS]
        rows.append([part, *texts])
    title = f"{settings['cell']}, {inputs}, {units}, weights {law}"
    print_table(title, ["part", *COLUMNS], rows)
    print(f"h is {settings['hidden']}.")
    for note in settings["notes"]:
        print(f"Note: {note}.")


def _print_cost(result: "xr.Dataset") -> None:
    names = {
        "num_parameters": "parameters",
        "num_state_numbers": "numbers of state",
        "multiplications": "multiplications",
        "elementary_functions": "functions",
        "step_time": "ns, measured",
    }
    rows = []
    for cell in result["cell"].values.tolist():
        at = result.sel(cell=cell)
        rows.append([cell, *(f"{at[name].item():.6g}" for name in names)])
    print_table("Cost of a step", ["cell", *names.values()], rows, numeric=True)


def _print_agreement(result: "xr.Dataset") -> None:
    settings = json.loads(result.attrs["configuration"])
    rows = []
    for name in result["comparison"].values.tolist():
        at = result.sel(comparison=name)
        difference = f"{at['difference'].item():.1e}"
        answer = at["answer"].item()
        where = at["where"].item()
        rows.append([name, answer, difference, where])
    columns = ["", "answer", "difference", "where first"]
    print_table(f"Beside {settings['like']}", columns, rows)
    if settings["hint"]:
        print(f"Without biases, {settings['hint']}.")
    rows = []
    kinds = result["comparison"].values.tolist()
    for name in result["counterpart"].values.tolist():
        at = result.sel(counterpart=name)
        row = [name, at["own_part"].item()]
        for kind in kinds:
            value = at[f"{kind}_difference"].item()
            row.append("" if value != value else f"{value:.1e}")  # nan: not of its kind
        rows.append(row)
    if rows:
        columns = ["of the catalogue", "of the cell", *kinds]
        print_table("Names, and the largest difference of each", columns, rows)
