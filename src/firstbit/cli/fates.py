"""`firstbit fates`."""

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstbit.cli.discrepancy import USUAL_CELL, USUAL_SIZES, cell_and_law
from firstbit.cli.options import (
    AsJson,
    CellTexts,
    Confidence,
    Device,
    FigureFile,
    HiddenSizes,
    NumDraws,
    ResultFile,
    Seed,
    given_cells,
    require_figure,
    require_numbers,
    require_one_cell,
    require_result,
)
from firstbit.cli.output import (
    print_results,
    print_table,
    progress,
    save_figure,
    save_result,
)
from firstbit.errors import require_seed
from firstbit.intervals import require_confidence

if TYPE_CHECKING:
    import xarray as xr


def fates(
    cell: CellTexts = None,
    hidden_size: HiddenSizes = None,
    length: Annotated[
        int, typer.Option(help="The l at which shares of D(l,k) are taken.")
    ] = 50,
    num_draws: NumDraws = 300,
    transient: Annotated[
        int, typer.Option(help="Symbols after the words that aren't watched.")
    ] = 3000,
    horizon: Annotated[
        int, typer.Option(help="Symbols that are watched, at least 100.")
    ] = 1000,
    confidence: Confidence = 0.95,
    seed: Seed = 0,
    device: Device = None,
    out: ResultFile = None,
    figure: FigureFile = None,
    as_json: AsJson = False,
) -> None:
    """Classify what becomes of the two words if the common symbol goes on.

    The random nets are those of firstbit discrepancy with the same seed.
    """
    require_numbers(
        length=(length, 1), num_draws=(num_draws, 2), transient=(transient, 0)
    )
    require_seed(seed)
    require_confidence(confidence)
    require_figure(figure)
    require_result(out)
    texts = cell or [USUAL_CELL]
    require_one_cell(texts, out=out, figure=figure)
    from firstbit import fates as measure
    from firstbit.devices import require_device
    from firstbit.execution import Execution
    from firstbit.memory import Thresholds
    from firstbit.weights.threefry import seed_key

    require_device(device)
    results = []
    with progress() as report:
        for given in given_cells(texts, hidden_size, USUAL_SIZES):
            told = partial(report, f"fates, {given.name}")
            result = measure(
                given,
                length=length,
                num_draws=num_draws,
                thresholds=Thresholds(transient=transient, horizon=horizon),
                confidence=confidence,
                key=seed_key(seed),
                device=device,
                execution=Execution(progress=told),
            )
            results.append(result)
    titles = [f"{cell_and_law(one)}, {num_draws} draws, seed {seed}" for one in results]
    if out is not None:
        save_result(results[0], out)
    if figure is not None:
        _draw(results[0], figure, titles[0])
    if as_json:
        print_results([result.drop_dims("draw") for result in results])
        return
    for result, title in zip(results, titles, strict=True):
        text = f"Share of draws and, in brackets, of D({length},k), in %: {title}"
        _print(result, text)


def _draw(result: "xr.Dataset", path: Path, title: str) -> None:
    from firstbit import plots

    cell = json.loads(result.attrs["configuration"])["cell"]
    save_figure(plots.fate_shares({cell: result}, title=title), path)


def _print(result: "xr.Dataset", title: str) -> None:
    """Print the shares, and how many draws grow without bound."""
    names = result["fate"].values.tolist()
    rows: list[list[str]] = []
    for size in result["hidden_size"].values.tolist():
        at = result.sel(hidden_size=size)
        shares = 100 * at["share"].values
        parts_of_discrepancy = 100 * at["share_of_discrepancy"].values
        row = [str(size)]
        for share, part in zip(shares, parts_of_discrepancy, strict=True):
            row.append(f"{share:.1f} ({part:.1f})")
        rows.append(row)
    print_table(title, ["k", *names], rows, numeric=True)
    unbounded = int(result["num_unbounded"].sum())
    if unbounded:
        print(f"{unbounded} draws grow without bound, or beyond float64.")
