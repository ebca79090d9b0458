"""`firstbit phase`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstbit.cli.dask import Workers
from firstbit.cli.grouped import grouped
from firstbit.cli.options import (
    CellTexts,
    Confidence,
    FigureFile,
    HiddenSizes,
    ResultFile,
    ResumeBlocks,
    Seed,
    given_cells,
    kept_beside,
    remove_kept,
    require_figure,
    require_numbers,
    require_one_cell,
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
from firstbit.errors import SettingError, require_seed
from firstbit.execution import Execution

if TYPE_CHECKING:
    import xarray as xr

NUM_GAINS = 12

USUAL_CELL = "vanilla,activation=tanh"

USUAL_SIZES = "5,10,20,50,100"

IN_JSON = (
    "gain",
    "hidden_size",
    "discrepancy_ratio",
    "discrepancy_ratio_se",
    "discrepancy_ratio_ci",
    "median_ratio",
    "line_size",
    "critical_gain",
)
"""Variables that `--json` prints."""


@dataclass(frozen=True)
class Asked:
    """What the command measures, as its options say it; see its help for each."""

    cell: CellTexts = None
    gains: Annotated[
        str,
        typer.Option(
            help="Factors of weights N(0,1): 0.1,0.5, or 0.2:2 (12 values), or "
            "0.2:2:5 (5), evenly on a log scale."
        ),
    ] = "0.05:1"
    hidden_size: HiddenSizes = None
    length: Annotated[int, typer.Option(help="D(l,k) / D(1,k) is shown at this l.")] = (
        50
    )
    num_draws: Annotated[int, typer.Option(help="Random nets for each gain and k.")] = (
        100
    )
    confidence: Confidence = 0.95
    seed: Seed = 0


@grouped
def phase(
    asked: Asked,
    workers: Workers,
    out: ResultFile = None,
    figure: FigureFile = None,
    resume: ResumeBlocks = False,
    *,
    printed: Printed,
) -> None:
    """Measure over gain and size where D(l,k) decays, beside the theory's line.

    The cell is vanilla, with any activation: no other cell's critical line is known.
    """
    values = parse_gains(asked.gains)
    require_numbers(length=(asked.length, 2), num_draws=(asked.num_draws, 2))
    require_seed(asked.seed)
    kept = kept_beside(out, "blocks", resume=resume, kind="FILE")
    require_figure(figure)
    require_result(out)
    texts = asked.cell or [USUAL_CELL]
    require_one_cell(texts, out=out, figure=figure)
    from firstbit import phase_diagram
    from firstbit.weights.threefry import seed_key

    diagrams = []
    with progress() as report, workers.engine(kept) as engine:
        for given in given_cells(texts, asked.hidden_size, USUAL_SIZES):
            told = partial(report, f"gains, {given.title}")
            diagram = phase_diagram(
                given,
                gains=values,
                length=asked.length,
                num_draws=asked.num_draws,
                confidence=asked.confidence,
                key=seed_key(asked.seed),
                execution=Execution(progress=told, resume=kept, executor=engine),
            )
            diagrams.append(diagram)
    if out is not None:
        save_result(diagrams[0], out)
    remove_kept(kept)
    if figure is not None:
        _draw(diagrams[0], figure)
    printed.show(
        tables=partial(_print_all, diagrams, asked),
        numbers=partial(_numbers_of, diagrams),
        rows=partial(results_frame, diagrams, texts),
    )


def _print_all(diagrams: "Sequence[xr.Dataset]", asked: Asked) -> None:
    for diagram in diagrams:
        draws = f"{asked.num_draws} draws, seed {asked.seed}"
        about = f"Vanilla, {_activation(diagram)}, {draws}"
        _print(diagram, f"D({asked.length},k) / D(1,k), {about}")


def _numbers_of(diagrams: "Sequence[xr.Dataset]") -> object:
    """Return the ratios and the line, or a list of them for several cells."""
    documents = []
    for diagram in diagrams:
        numbers = as_numbers(diagram[[*IN_JSON]])
        documents.append({**numbers, "length": diagram.attrs["length"]})
    return documents[0] if len(documents) == 1 else documents


def parse_gains(text: str) -> list[float]:
    """Read gains: `0.1,0.5`, `0.2:2` (twelve) or `0.2:2:5` (five).

    A range is spread evenly on a log scale, and includes both ends.

    Raises:
        SettingError: it is none of these, or a gain is not positive or given twice.

    Example:
        >>> parse_gains("0.5,1:4:3")
        [0.5, 1.0, 2.0, 4.0]
    """
    import numpy as np

    gains: list[float] = []
    for part in text.split(","):
        first, last, count = _range_of_gains(part, text)
        gains += [float(f"{gain:.6g}") for gain in np.geomspace(first, last, count)]
    if len(set(gains)) < len(gains):
        raise SettingError(f"expected each gain once, got '{text}'.")
    return gains


def _range_of_gains(part: str, text: str) -> tuple[float, float, int]:
    """Return the first gain, the last gain and their number."""
    low, high, number = _numbers(part.split(":"))
    if not (0 < low < float("inf") and 0 < high < float("inf")):
        raise SettingError(
            "expected gains above 0 like 0.5, 0.1,0.5 or 0.2:2 or 0.2:2:5, got "
            f"'{text}'."
        )
    if ":" in part and (high <= low or number < 2):
        raise SettingError(
            "expected the smaller gain first, and at least 2 values, got "
            f"'{part}'; try 0.2:2:5."
        )
    return low, high, number


def _numbers(parts: list[str]) -> tuple[float, float, int]:
    """Return two ends and a count; zeros where the parts are no such numbers."""
    match parts:
        case [only]:
            first = only
            last = only
            count = "1"
        case [first, last]:
            count = str(NUM_GAINS)
        case [first, last, count]:
            pass
        case _:
            return 0.0, 0.0, 0
    try:
        return float(first), float(last), int(count)
    except ValueError:
        return 0.0, 0.0, 0


def _activation(diagram: "xr.Dataset") -> str:
    return json.loads(diagram.attrs["configuration"])["activation"]


def _draw(diagram: "xr.Dataset", path: Path) -> None:
    from firstbit import plots

    cell = f"Vanilla, {_activation(diagram)}"
    title = f"{cell}: the share of the first bit's difference that is left"
    save_figure(plots.phase_diagram(diagram, title=title), path)


def _print(diagram: "xr.Dataset", title: str) -> None:
    """Print the ratios, the largest gain first, above the critical line."""
    from firstbit.memory import critical_gain

    sizes = diagram["hidden_size"].values.tolist()
    rows: list[list[str]] = []
    for gain in diagram["gain"].values[::-1].tolist():
        at = diagram.sel(gain=gain)
        row = [f"{gain:.4g}"]
        row += [f"{ratio:.3g}" for ratio in at["discrepancy_ratio"].values]
        rows.append(row)
    line = ["critical, infinite k"]
    for size in sizes:
        line.append(f"{critical_gain(_activation(diagram), size):.4g}")
    columns = ["gain", *(f"k = {size}" for size in sizes)]
    print_table(title, columns, [*rows, line], numeric=True)
