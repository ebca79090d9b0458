"""`firstbit cost`."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from firstbit.cli.costs import COUNTS
from firstbit.cli.grouped import grouped
from firstbit.cli.measuring import USUAL_CELL, USUAL_SIZE
from firstbit.cli.options import (
    CellTexts,
    HiddenSizes,
    ResultFile,
    given_cells,
    require_numbers,
    require_one_cell,
    require_result,
)
from firstbit.cli.output import print_table, save_result
from firstbit.cli.printed import Printed

if TYPE_CHECKING:
    import xarray as xr

COLUMNS = {
    **COUNTS,
    "step_time_alone": "ns alone",
    "step_time_batch": "ns of 256 words",
    "step_time": "ns of 256 nets",
}
"""Variable -> head of its column."""


@grouped
def cost(
    cell: CellTexts = None,
    hidden_size: HiddenSizes = None,
    input_size: Annotated[
        int | None, typer.Option(help="Numbers in an input.  [default: 2]")
    ] = None,
    out: ResultFile = None,
    *,
    printed: Printed,
) -> None:
    """Count what a step of a cell costs, and measure how long it takes here."""
    require_numbers(input_size=(input_size, 1))
    require_result(out)
    texts = cell or [USUAL_CELL]
    require_one_cell(texts, out=out)
    from firstbit import cost as measure

    results = []
    for given in given_cells(texts, hidden_size, USUAL_SIZE):
        results.append(measure(given, input_size=input_size))
    if out is not None:
        save_result(results[0], out)
    printed.show_results(results, texts, partial(_print, texts, results))


def _print(texts: Sequence[str], results: "Sequence[xr.Dataset]") -> None:
    """Print one table of all cells and sizes."""
    rows: list[list[str]] = []
    for text, result in zip(texts, results, strict=True):
        for size in result["hidden_size"].values.tolist():
            at = result.sel(hidden_size=size)
            numbers = [f"{at[name].item():.6g}" for name in COLUMNS]
            rows.append([text, str(size), *numbers])
    columns = ["cell", "k", *COLUMNS.values()]
    print_table("Cost of a step, float64", columns, rows, numeric=True)
    about = results[0].attrs
    print(f"Times: {about['machine']}, {about['num_processors']} processors.")
