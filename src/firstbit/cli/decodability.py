"""`firstbit decodability`."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firstbit.cli.discrepancy import SHOWN_LENGTHS, USUAL_CELL, cell_and_law
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
from firstbit.errors import require_seed
from firstbit.execution import Execution
from firstbit.intervals import require_confidence

if TYPE_CHECKING:
    import xarray as xr

    from firstbit.cells import Given
    from firstbit.memory import Reading

USUAL_SIZE = "20"

USUAL_READOUTS = ("linear", "least squares")


@dataclass(frozen=True)
class Asked:
    """What the command measures, as its options say it; see its help for each."""

    cell: str
    hidden_size: str | None
    length: int
    num_draws: int
    words: str
    num_words: int
    readouts: Sequence[str]
    reach_above: float
    burn_in: int
    confidence: float
    seed: int

    def settings(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {"command": "decodability", **asdict(self)}

    @property
    def reading(self) -> "Reading":
        """Which words are read, and how."""
        from firstbit.memory import Reading

        return Reading(
            words=self.words,
            num_words=self.num_words,
            readouts=self.readouts,
            reach_above=self.reach_above,
            burn_in=self.burn_in,
        )

    def measure(self, given: "Given", execution: Execution) -> "xr.Dataset":
        """Measure one cell."""
        from firstbit import decodability as measure
        from firstbit.weights.threefry import seed_key

        return measure(
            given,
            length=self.length,
            num_draws=self.num_draws,
            reading=self.reading,
            confidence=self.confidence,
            key=seed_key(self.seed),
            execution=execution,
        )

    def joined(self, execution: Execution) -> Joined:
        """Put the nets together that are kept."""
        given = given_cell(self.cell, self.hidden_size, USUAL_SIZE)
        result = self.measure(given, execution)
        return Joined(result, partial(show, [result], self))


def decodability(
    cell: CellTexts = None,
    hidden_size: HiddenSizes = None,
    length: Annotated[
        int, typer.Option(help="The largest l; lags go from 0 to l - 1.")
    ] = 50,
    num_draws: NumDraws = 100,
    words: Annotated[
        str,
        typer.Option(
            help="random (the first symbol, then a random suffix), constant (zeros), "
            "or stream (a random word without a beginning)."
        ),
    ] = "random",
    num_words: Annotated[
        int,
        typer.Option(
            help="Words of each net: half fit the read-out, a quarter chooses the "
            "ridge, a quarter tests."
        ),
    ] = 1000,
    readout: Annotated[
        list[str] | None,
        typer.Option(
            help="linear (logistic regression), 'least squares' or quadratic; may be "
            "repeated.  [default: the first two]"
        ),
    ] = None,
    reach_above: Annotated[
        float,
        typer.Option(help="The reach is the longest lag decoded surely more often."),
    ] = 0.55,
    burn_in: Annotated[
        int, typer.Option(help="Of a stream: symbols read before those asked for.")
    ] = 100,
    confidence: Confidence = 0.95,
    seed: Seed = 0,
    out: ResultFile = None,
    figure: FigureFile = None,
    part: PartOf = None,
    into: Into = None,
    as_json: AsJson = False,
) -> None:
    """Measure how often a read-out of random nets decodes a symbol of the past.

    It is fitted and tested on different words. Far apart is not remembered.
    """
    require_numbers(length=(length, 1), num_draws=(num_draws, 2))
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
        length=length,
        num_draws=num_draws,
        words=words,
        num_words=num_words,
        readouts=tuple(readout or USUAL_READOUTS),
        reach_above=reach_above,
        burn_in=burn_in,
        confidence=confidence,
        seed=seed,
    )
    _ = asked.reading  # refused before any folder is made
    require_free(into, asked.settings())
    results = []
    with progress() as report:
        for given in given_cells(texts, hidden_size, USUAL_SIZE):
            told = partial(report, f"decodability, {given.name}")
            how = Execution(progress=told, resume=into, part=share)
            results.append(asked.measure(given, how))
    if into is not None:
        finish_part(results[0], into, asked.settings())
        return
    if out is not None:
        save_result(results[0], out)
    if figure is not None:
        _draw(results, figure)
    show(results, asked, as_json=as_json)


def show(results: "Sequence[xr.Dataset]", asked: Asked, *, as_json: bool) -> None:
    """Print one result for each cell."""
    if as_json:
        print_results(results)
        return
    for result in results:
        _print(result, asked)
        _warn(result)


def _draw(results: "Sequence[xr.Dataset]", path: Path) -> None:
    from firstbit import plots

    readout = str(results[0]["readout"].values[0])
    save_figure(plots.decodability(results, readout=readout), path)


def _print(result: "xr.Dataset", asked: Asked) -> None:
    """Print the accuracy at some lengths, and the reach."""
    prob = result["accuracy_ci"].attrs["ci_prob"]
    title = (
        f"How often a read-out decodes the symbol m steps back, in %, ± half of its "
        f"{100 * prob:g} % interval: {cell_and_law(result)}, words "
        f"{asked.words}, {result.attrs['num_draws']} nets, seed {asked.seed}"
    )
    last = int(result["lag"][-1])
    shown = [length - 1 for length in SHOWN_LENGTHS]
    lags = [lag for lag in shown if lag < last] + [last]
    columns = ["k", "read-out", *(f"m = {lag}" for lag in lags), "reach"]
    rows: list[list[str]] = []
    for size in result["hidden_size"].values.tolist():
        for readout in result["readout"].values.tolist():
            of_size = result.sel(hidden_size=size, readout=readout)
            rows.append([str(size), readout, *_cells(of_size, lags)])
    print_table(title, columns, rows, numeric=True)


def _cells(of_size: "xr.Dataset", lags: Sequence[int]) -> list[str]:
    """Return the accuracies of one row at some lags, and the reach."""
    shares = of_size[["accuracy", "accuracy_ci"]] * 100
    cells = [with_half_width(shares.sel(lag=lag), "accuracy") for lag in lags]
    last = int(of_size["lag"][-1])
    reach = float(of_size["reach"])
    return [*cells, reach_text(reach, last)]


def reach_text(reach: float, last: int) -> str:
    """Return a reach for a table.

    Example:
        >>> reach_text(17.0, 49), reach_text(49.0, 49), reach_text(float("nan"), 49)
        ('17', '49 or more', 'none')
    """
    if not isfinite(reach):
        return "none"
    return f"{reach:g} or more" if reach >= last else f"{reach:g}"


def _warn(result: "xr.Dataset") -> None:
    """Print what a reader of the shares must know."""
    settings = json.loads(result.attrs["configuration"])
    for note in settings.get("notes", ()):
        print(f"The cell: {note}.")
    if bool(result["accuracy"].isnull().any()):
        print("Some states overflowed: there no share is a number (nan).")
