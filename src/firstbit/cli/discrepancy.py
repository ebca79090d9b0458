"""`firstbit discrepancy`."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from math import isfinite
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firstbit.cli.options import (
    AsJson,
    CellTexts,
    Confidence,
    Device,
    HiddenSizes,
    Into,
    PartOf,
    ResultFile,
    Seed,
    file_option,
    given_cell,
    given_cells,
    kept_beside,
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

USUAL_CELL = "vanilla"

USUAL_SIZES = "1:20"
"""The paper's."""

USUAL_LENGTH = 50
USUAL_DRAWS = 2000
"""The paper's."""

FEW_DRAWS_CARRY = 0.5
SHOWN_LENGTHS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True)
class Asked:
    """What the command measures, as its options say it; see its help for each."""

    cell: str
    hidden_size: str | None
    length: int | None
    num_draws: int | None
    words: str
    measured: str
    threshold: float
    state_bound: list[float] | None
    confidence: float
    seed: int
    device: str | None

    def settings(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {"command": "discrepancy", **asdict(self)}

    def measure(self, given: "Given", execution: Execution) -> "xr.Dataset":
        """Measure one cell."""
        from firstbit import discrepancy as measure
        from firstbit.weights.threefry import seed_key

        return measure(
            given,
            length=self.length,
            num_draws=self.num_draws or usual_draws(given),
            words=pair_of(self.words),
            measured=self.measured,
            threshold=self.threshold,
            state_bound=self.state_bound,
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


def pair_of(words: str) -> str | tuple[str, ...]:
    """Return the words of `--words`: a name, or two of them.

    Example:
        >>> pair_of("random"), pair_of("ab,bb")
        ('random', ('ab', 'bb'))
    """
    return tuple(words.split(",")) if "," in words else words


def usual_draws(given: "Given") -> int:
    """Return how many nets are drawn where no number is asked for.

    They are fewer where each takes long to construct.
    """
    from firstbit.cells.as_built import asks_constructor

    few = getattr(given.factory, "usual_draws", None)
    law = given.initializer
    if few is not None and asks_constructor(given.own_law if law is None else law):
        return few
    return USUAL_DRAWS


def discrepancy(
    cell: CellTexts = None,
    hidden_size: HiddenSizes = None,
    length: Annotated[
        int | None,
        typer.Option(
            help="The largest l; every l from 1 on is measured.  [default: 50]"
        ),
    ] = None,
    num_draws: Annotated[
        int | None,
        typer.Option(
            help="Random nets for each k.  [default: 2000; 200 as built, where each is "
            "built by itself, as Keras does]"
        ),
    ] = None,
    words: Annotated[
        str,
        typer.Option(
            help="constant (00... and 10...), random (a common random suffix), or u,v."
        ),
    ] = "constant",
    measured: Annotated[
        str,
        typer.Option(
            help="hidden (h), all (the whole state, of an LSTM h and c), output (where "
            "a step gives one beside its state), or a leaf of the state: c."
        ),
    ] = "hidden",
    threshold: Annotated[
        float,
        typer.Option(help="A draw is retained where its distance is above this."),
    ] = 1e-3,
    state_bound: Annotated[
        str | None,
        typer.Option(
            help="Ends of the state's entries: 1 (from -1 to 1) or 0,1. By default "
            "the cell's own, or found in its step."
        ),
    ] = None,
    confidence: Confidence = 0.95,
    seed: Seed = 0,
    device: Device = None,
    out: ResultFile = None,
    figure: Annotated[
        Path | None, file_option("Figure of D(l,k), of all cells: .svg or .png.")
    ] = None,
    quantiles: Annotated[
        Path | None,
        file_option(
            "Figure of what the mean hides: quantiles, retained share; .svg or .png."
        ),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            help="Keep finished blocks beside --out, and go on from them; several "
            "processes may share them."
        ),
    ] = False,
    part: PartOf = None,
    into: Into = None,
    as_json: AsJson = False,
) -> None:
    """Measure the (l,k)-discrepancy D(l,k) of random nets.

    It is how far apart two words that differ in their first bit drive a net.
    """
    if length is None and isinstance(pair_of(words), str):
        length = USUAL_LENGTH
    require_numbers(length=(length, 1), num_draws=(num_draws, 2))
    require_seed(seed)
    require_confidence(confidence)
    ends = None if state_bound is None else parse_bound(state_bound)
    blocks = kept_beside(out, "blocks", resume=resume, kind="FILE")
    require_figure(figure)
    require_figure(quantiles)
    require_result(out)
    texts = cell or [USUAL_CELL]
    require_one_cell(texts, out=out, quantiles=quantiles)
    share = required_part(
        part,
        into,
        out=out,
        figure=figure,
        quantiles=quantiles,
        resume=resume,
        json=as_json,
    )
    require_one_cell(texts, part=part)
    from firstbit.devices import require_device  # after the checks that need no JAX

    require_device(device)
    asked = Asked(
        cell=texts[0],
        hidden_size=hidden_size,
        length=length,
        num_draws=num_draws,
        words=words,
        measured=measured,
        threshold=threshold,
        state_bound=ends,
        confidence=confidence,
        seed=seed,
        device=device,
    )
    require_free(into, asked.settings())
    results = []
    with progress() as report:
        for given in given_cells(texts, hidden_size, USUAL_SIZES):
            told = partial(report, f"D(l,k), {given.name}")
            how = Execution(progress=told, resume=into or blocks, part=share)
            results.append(asked.measure(given, how))
    if into is not None:
        finish_part(results[0], into, asked.settings())
        return
    _write(results[0], out, blocks)
    _draw(results, figure, quantiles)
    show(results, asked, as_json=as_json)


def _write(result: "xr.Dataset", out: Path | None, blocks: Path | None) -> None:
    """Write the result, and remove the blocks that it was made of."""
    if out is not None:
        save_result(result, out)
    if blocks is not None:
        # The result is whole; another process may be removing the blocks too.
        rmtree(blocks, ignore_errors=True)


def show(results: "Sequence[xr.Dataset]", asked: Asked, *, as_json: bool) -> None:
    """Print one result for each cell."""
    if as_json:
        print_results(results)
        return
    for result in results:
        _print(result, asked.seed)
        _warn(result)


def parse_bound(text: str) -> list[float]:
    """Read the ends of a state's entries.

    Raises:
        SettingError: they are no one or two numbers.

    Example:
        >>> parse_bound("1"), parse_bound("0,1")
        ([-1.0, 1.0], [0.0, 1.0])
    """
    try:
        ends = [float(part) for part in text.split(",")]
    except ValueError:
        ends = []
    if len(ends) == 1:
        return [-ends[0], ends[0]]
    if len(ends) != 2:
        raise SettingError(f"expected --state-bound like 1 or 0,1, got '{text}'.")
    return ends


def cell_and_law(result: "xr.Dataset") -> str:
    """Return what was measured, for titles."""
    configuration = json.loads(result.attrs["configuration"])
    return f"{configuration['cell']}, weights {configuration['initializer']}"


def _draw(
    results: "Sequence[xr.Dataset]", figure: Path | None, quantiles: Path | None
) -> None:
    """Draw the figures that were asked for."""
    if figure is None and quantiles is None:
        return
    from firstbit import plots

    result, *others = results
    what = cell_and_law(result)
    if figure is not None:
        drawn = plots.surface(result, title=f"D(l,k), {what}")
        if others:
            drawn = plots.several_cells(results)
        save_figure(drawn, figure)
    if quantiles is not None:
        drawn = plots.draws(result, title=f"What the mean hides: {what}")
        save_figure(drawn, quantiles)


def _print(result: "xr.Dataset", seed: int) -> None:
    """Print D(l,k) at some lengths, then all that is known at the largest."""
    configuration = json.loads(result.attrs["configuration"])
    first, second = configuration["words"]
    title = (
        f"D(l,k), {cell_and_law(result)}, words {first} and {second}, "
        f"{result.attrs['num_draws']} draws, seed {seed}"
    )
    last = int(result["length"][-1])
    lengths = [length for length in SHOWN_LENGTHS if length < last] + [last]
    columns = ["k", *(f"l = {length}" for length in lengths)]
    rows: list[list[str]] = []
    for size in result["hidden_size"].values.tolist():
        means = result["discrepancy"].sel(hidden_size=size, length=lengths)
        rows.append([str(size), *(f"{mean:.3g}" for mean in means.values)])
    print_table(title, columns, rows, numeric=True)
    _print_last(result.isel(length=-1))


def _print_last(last: "xr.Dataset") -> None:
    """Print D at one length beside what can be compared between cells."""
    prob = last["discrepancy_ci"].attrs["ci_prob"]
    title = (
        f"At l = {int(last['length'])}: D with its upper end, and ± half of an "
        f"interval, both {100 * prob:g} %"
    )
    columns = ["k", "D", "at most", "relative D", "median", "retained", "half-life"]
    rows: list[list[str]] = []
    for size in last["hidden_size"].values.tolist():
        at = last.sel(hidden_size=size)
        _, upper = at["discrepancy_ci"].values.tolist()
        row = [str(size)]
        row += [_shown(float(at["discrepancy"])), _shown(upper)]
        row += [_shown(float(at["relative_discrepancy"])), _shown(float(at["median"]))]
        row.append(with_half_width(at, "retained"))
        row.append(_shown(float(at["half_life_mean"])))
        rows.append(row)
    print_table(title, columns, rows, numeric=True)


def _shown(value: float) -> str:
    """Return a number with three digits, "-" where there is none.

    Example:
        >>> _shown(0.12345), _shown(float("nan"))
        ('0.123', '-')
    """
    return f"{value:.3g}" if isfinite(value) else "-"


def _warn(result: "xr.Dataset") -> None:
    """Print what a reader of the means must know."""
    for note in json.loads(result.attrs["configuration"]).get("notes", ()):
        print(f"The cell: {note}.")
    lost = int(result["num_not_finite"].max())
    if lost:
        print(f"{lost} draws overflowed: D is not a number (nan) where they did.")
    below = float(result["below_rounding"].max())
    if below > 0:
        print(
            f"In up to {below:.0%} of the draws the distance is below the rounding of "
            "the states in float64 (`below_rounding`)."
        )
    if float(result["top_share"].max()) > FEW_DRAWS_CARRY:
        print(
            "At some (l,k) 1 % of the draws carry most of the mean: read the median "
            "and the retained share."
        )
    if bool(result["distance_bound"].isnull().any()):
        print("No bound of the state is known, so D has no interval (`--state-bound`).")
