"""`firstbit capacity`."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firstbit.cli.discrepancy import USUAL_CELL, cell_and_law
from firstbit.cli.options import (
    AsJson,
    CellTexts,
    Confidence,
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
    with_half_width,
)
from firstbit.cli.parts import Joined, finish_part, require_free, required_part
from firstbit.errors import SettingError, require_seed
from firstbit.execution import Execution
from firstbit.intervals import require_confidence

if TYPE_CHECKING:
    import xarray as xr

    from firstbit.cells import Given
    from firstbit.memory import Drive

USUAL_SIZE = "20"


@dataclass(frozen=True)
class Asked:
    """What the command measures, as its options say it; see its help for each."""

    cell: str
    hidden_size: str | None
    num_draws: int
    law: str
    scale: float
    num_steps: int
    burn_in: int
    lags: Sequence[int]
    confidence: float
    seed: int

    def settings(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {"command": "capacity", **asdict(self)}

    @property
    def drive(self) -> "Drive":
        """The inputs."""
        from firstbit.memory import Drive

        return Drive(
            law=self.law,
            scale=self.scale,
            num_steps=self.num_steps,
            burn_in=self.burn_in,
            lags=self.lags,
        )

    def measure(self, given: "Given", execution: Execution) -> "xr.Dataset":
        """Measure one cell."""
        from firstbit import memory_capacity
        from firstbit.weights.threefry import seed_key

        return memory_capacity(
            given,
            num_draws=self.num_draws,
            drive=self.drive,
            confidence=self.confidence,
            key=seed_key(self.seed),
            execution=execution,
        )

    def joined(self, execution: Execution) -> Joined:
        """Put the nets together that are kept."""
        given = given_cell(self.cell, self.hidden_size, USUAL_SIZE)
        result = self.measure(given, execution)
        return Joined(result, partial(show, [result], self))


def capacity(
    cell: CellTexts = None,
    hidden_size: HiddenSizes = None,
    num_draws: NumDraws = 50,
    law: Annotated[
        str,
        typer.Option(help="Of the inputs: uniform, normal, binary, or one-hot."),
    ] = "uniform",
    scale: Annotated[
        float,
        typer.Option(help="The largest input; of normal ones, their spread."),
    ] = 1.0,
    num_steps: Annotated[int, typer.Option(help="States that are read out.")] = 5000,
    burn_in: Annotated[int, typer.Option(help="Inputs before those that count.")] = 200,
    lags: Annotated[
        str, typer.Option(help="Lags of degree 1, 2 and 3; fewer, for fewer degrees.")
    ] = "100,20,8",
    confidence: Confidence = 0.95,
    seed: Seed = 0,
    out: ResultFile = None,
    figure: FigureFile = None,
    part: PartOf = None,
    into: Into = None,
    as_json: AsJson = False,
) -> None:
    """Measure how many functions of its past inputs a random net holds.

    Of degree 1 they are the inputs themselves: the memory capacity. The sum over all
    degrees is at most N, the numbers that are read.
    """
    require_numbers(num_draws=(num_draws, 2))
    require_seed(seed)
    require_confidence(confidence)
    require_figure(figure)
    require_result(out)
    texts = cell or [USUAL_CELL]
    require_one_cell(texts, out=out)
    share = required_part(part, into, out=out, figure=figure, json=as_json)
    require_one_cell(texts, part=part)
    asked = Asked(
        cell=texts[0],
        hidden_size=hidden_size,
        num_draws=num_draws,
        law=law,
        scale=scale,
        num_steps=num_steps,
        burn_in=burn_in,
        lags=parse_lags(lags),
        confidence=confidence,
        seed=seed,
    )
    _ = asked.drive  # refused before any folder is made
    require_free(into, asked.settings())
    results = []
    with progress() as report:
        for given in given_cells(texts, hidden_size, USUAL_SIZE):
            told = partial(report, f"capacity, {given.name}")
            how = Execution(progress=told, resume=into, part=share)
            results.append(asked.measure(given, how))
    if into is not None:
        finish_part(results[0], into, asked.settings())
        return
    if out is not None:
        save_result(results[0], out)
    if figure is not None:
        from firstbit import plots

        save_figure(plots.capacity(results), figure)
    show(results, asked, as_json=as_json)


def parse_lags(text: str) -> list[int]:
    """Read the lags of each degree.

    Raises:
        SettingError: they are no whole numbers.

    Example:
        >>> parse_lags("100,20")
        [100, 20]
    """
    try:
        return [int(part) for part in text.split(",")]
    except ValueError as error:
        raise SettingError(f"expected --lags like 100,20,8, got '{text}'.") from error


def show(results: "Sequence[xr.Dataset]", asked: Asked, *, as_json: bool) -> None:
    """Print one result for each cell."""
    if as_json:
        print_results(results)
        return
    for result in results:
        _print(result, asked)
        for note in json.loads(result.attrs["configuration"])["notes"]:
            print(f"The cell: {note}.")
        if bool(result["total_capacity"].isnull().any()):
            print("Some states overflowed: there nothing is a number (nan).")


def _print(result: "xr.Dataset", asked: Asked) -> None:
    """Print the capacities of each size."""
    prob = result["capacity_ci"].attrs["ci_prob"]
    title = (
        f"Functions of past inputs that the state holds, ± half of a {100 * prob:g} % "
        f"interval: {cell_and_law(result)}, {asked.law} inputs of scale "
        f"{asked.scale:g}, {result.attrs['num_draws']} nets, seed {asked.seed}"
    )
    degrees = result["degree"].values.tolist()
    columns = ["k", *(f"degree {degree}" for degree in degrees), "all", "N"]
    columns += ["in float64", "exact"]
    rows: list[list[str]] = []
    for size in result["hidden_size"].values.tolist():
        at = result.sel(hidden_size=size)
        row = [str(size)]
        for degree in degrees:
            row.append(with_half_width(at.sel(degree=degree), "capacity_of_degree"))
        row.append(with_half_width(at, "total_capacity"))
        row += [f"{at[name].item():.3g}" for name in ("num_read", "num_independent")]
        exact = at["exact_capacity"].item()
        row.append(f"{exact:.3g}" if isfinite(exact) else "-")
        rows.append(row)
    print_table(title, columns, rows, numeric=True)
