"""`firstbit fates`."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firstbit.cli.discrepancy import USUAL_CELL, USUAL_SIZES, cell_and_law
from firstbit.cli.options import (
    AsJson,
    CellTexts,
    Confidence,
    Device,
    FigureFile,
    HiddenSizes,
    Into,
    NumDraws,
    PartOf,
    ResultFile,
    Seed,
    given_cell,
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
from firstbit.cli.parts import Joined, finish_part, require_free, required_part
from firstbit.errors import require_seed
from firstbit.execution import Execution
from firstbit.intervals import require_confidence

if TYPE_CHECKING:
    import xarray as xr

    from firstbit.cells import Given


@dataclass(frozen=True)
class Asked:
    """What the command measures, as its options say it; see its help for each."""

    cell: str
    hidden_size: str | None
    length: int
    num_draws: int
    transient: int
    horizon: int
    confidence: float
    seed: int
    device: str | None

    def settings(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {"command": "fates", **asdict(self)}

    def measure(self, given: "Given", execution: Execution) -> "xr.Dataset":
        """Measure one cell."""
        from firstbit import fates as measure
        from firstbit.memory import Thresholds
        from firstbit.weights.threefry import seed_key

        return measure(
            given,
            length=self.length,
            num_draws=self.num_draws,
            thresholds=Thresholds(transient=self.transient, horizon=self.horizon),
            confidence=self.confidence,
            key=seed_key(self.seed),
            device=self.device,
            execution=execution,
        )

    def joined(self, execution: Execution) -> Joined:
        """Put the blocks together that are kept."""
        given = given_cell(self.cell, self.hidden_size, USUAL_SIZES)
        result = self.measure(given, execution)
        return Joined(result, partial(show, [result], self))


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
    part: PartOf = None,
    into: Into = None,
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
    share = required_part(part, into, out=out, figure=figure, json=as_json)
    require_one_cell(texts, part=part)
    from firstbit.devices import require_device

    require_device(device)
    asked = Asked(
        cell=texts[0],
        hidden_size=hidden_size,
        length=length,
        num_draws=num_draws,
        transient=transient,
        horizon=horizon,
        confidence=confidence,
        seed=seed,
        device=device,
    )
    require_free(into, asked.settings())
    results = []
    with progress() as report:
        for given in given_cells(texts, hidden_size, USUAL_SIZES):
            told = partial(report, f"fates, {given.name}")
            how = Execution(progress=told, resume=into, part=share)
            results.append(asked.measure(given, how))
    if into is not None:
        finish_part(results[0], into, asked.settings())
        return
    if out is not None:
        save_result(results[0], out)
    if figure is not None:
        _draw(results[0], figure, _title(results[0], asked))
    show(results, asked, as_json=as_json)


def show(results: "Sequence[xr.Dataset]", asked: Asked, *, as_json: bool) -> None:
    """Print one result for each cell."""
    if as_json:
        print_results([result.drop_dims("draw") for result in results])
        return
    for result in results:
        what = f"D({asked.length},k), in %: {_title(result, asked)}"
        _print(result, f"Share of draws and, in brackets, of {what}")


def _title(result: "xr.Dataset", asked: Asked) -> str:
    return f"{cell_and_law(result)}, {asked.num_draws} draws, seed {asked.seed}"


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
