"""`firstbit compare`."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstbit.cli.grouped import grouped
from firstbit.cli.measuring import print_different
from firstbit.cli.options import (
    Confidence,
    FigureFile,
    NumDraws,
    ResultFile,
    Seed,
    TrainedCells,
    file_option,
    require_figure,
    require_numbers,
    require_result,
)
from firstbit.cli.output import (
    as_numbers,
    print_table,
    progress,
    results_frame,
    save_figure,
    save_result,
)
from firstbit.cli.printed import Printed
from firstbit.errors import SettingError, require_seed, shown
from firstbit.files import require_writable, write_whole
from firstbit.intervals import require_confidence

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

FORMS = {".txt": "text", ".csv": "csv", ".tex": "latex"}
"""Ending of a table's file -> its form."""


@dataclass(frozen=True)
class Asked:
    """What the command compares, as its options say it; see its help for each."""

    cell: TrainedCells
    measure: Annotated[
        list[str] | None,
        typer.Option(
            help="discrepancy, decodability, capacity or cost; may be repeated.  "
            "[default: all]"
        ),
    ] = None
    length: Annotated[int, typer.Option(help="The largest l.")] = 50
    num_draws: NumDraws = 200
    words: Annotated[
        str,
        typer.Option(help="Of read-outs: random (a random suffix), or stream."),
    ] = "random"
    num_words: Annotated[
        int, typer.Option(help="Words of each net, for read-outs.")
    ] = 1000
    confidence: Confidence = 0.95
    seed: Seed = 0

    def require(self) -> None:
        """Refuse numbers out of range."""
        require_numbers(length=(self.length, 1), num_draws=(self.num_draws, 2))
        require_seed(self.seed)
        require_confidence(self.confidence)


@grouped
def compare(
    asked: Asked,
    out: ResultFile = None,
    table: Annotated[
        Path | None, file_option("Table: ending in .txt, .csv or .tex (LaTeX).")
    ] = None,
    figure: FigureFile = None,
    *,
    printed: Printed,
) -> None:
    """Compare cells: does the first remember longer than each other one?

    Distance, read-out, capacity and cost of the same random nets, with differences.
    """
    asked.require()
    require_figure(figure)
    require_result(out)
    form = _form(table)
    from firstbit import Reading, plots
    from firstbit import compare as measure_all
    from firstbit.studies.comparing.of_one_cell import DECODED, NAMES
    from firstbit.studies.comparing.table import comparison_table
    from firstbit.weights.threefry import seed_key

    reading = Reading(asked.words, asked.num_words, readouts=["linear"])
    names = asked.measure or NAMES
    measures = [reading if name == DECODED else name for name in names]
    with progress() as report:
        found = measure_all(
            asked.cell,
            measures=measures,
            length=asked.length,
            num_draws=asked.num_draws,
            confidence=asked.confidence,
            key=seed_key(asked.seed),
            progress=report,
        )
    if out is not None:
        save_result(found, out)
    if table is not None:
        text = comparison_table(found, form)
        write_whole(table, lambda fresh: fresh.write_text(text, encoding="utf-8"))
    if figure is not None:
        save_figure(plots.comparison(found), figure)
    printed.show(
        tables=partial(_print, found, asked.seed),
        numbers=partial(as_numbers, found),
        rows=partial(_frame, found),
    )


def _frame(found: "xr.Dataset") -> "pd.DataFrame":
    """Return a row for each cell: of what has a length or a lag, the largest."""
    over = [dim for dim in ("length", "lag") if dim in found.dims]
    last = found.isel(dict.fromkeys(over, -1)).reset_coords(over)
    return results_frame([last], [])


def _form(table: Path | None) -> str:
    """Return the form of the table that a file's ending names."""
    if table is None:
        return "text"
    require_writable(table)
    form = FORMS.get(table.suffix.lower())
    if form is None:
        raise SettingError(
            "expected a table's file that ends in .txt, .csv or .tex (LaTeX), got "
            f"'{shown(table)}'."
        )
    return form


def _print(found: "xr.Dataset", seed: int) -> None:
    """Print the answer, the table, and what was found of each cell."""
    from firstbit.studies.comparing.table import columns, rows

    prob = found.attrs["confidence"]
    title = (
        f"Cells side by side, ± half of a {100 * prob:g} % interval: "
        f"{found.attrs['num_draws']} nets, {found.attrs['words']} words, "
        f"{found.attrs['law']} inputs, seed {seed}"
    )
    lines = [[one.name, *one.values, *one.apart] for one in rows(found)]
    print_table(title, columns(found), lines, numeric=True, keys=0)
    for text in [*found["answer"].values, *found["sentence"].values]:
        if text:
            print(text)
    cells = found["cell"].values
    initializers = found["initializer"].values
    laws = dict(zip(cells, initializers, strict=True))
    print_different(laws)
    if found.attrs["machine"]:
        print(f"Times: {found.attrs['machine']}.")
