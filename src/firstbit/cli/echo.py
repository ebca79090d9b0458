"""`firstbit echo`."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Annotated

import typer

from firstbit.cli.grouped import grouped
from firstbit.cli.measuring import USUAL_CELL, USUAL_SIZE, cell_and_law
from firstbit.cli.options import (
    CellTexts,
    Confidence,
    HiddenSizes,
    InputLaw,
    InputScale,
    ResultFile,
    Seed,
    given_cells,
    require_numbers,
    require_one_cell,
    require_result,
)
from firstbit.cli.output import (
    counted,
    print_table,
    progress,
    save_result,
    with_half_width,
)
from firstbit.cli.printed import Printed
from firstbit.errors import require_seed
from firstbit.intervals import require_confidence

if TYPE_CHECKING:
    import xarray as xr

    from firstbit.memory import Drive


@dataclass(frozen=True)
class Asked:
    """What the command asks of which nets, as its options say it."""

    cell: CellTexts = None
    hidden_size: HiddenSizes = None
    num_draws: Annotated[int, typer.Option(help="Random nets.")] = 8
    law: InputLaw = "one-hot"
    scale: InputScale = 1.0
    num_steps: Annotated[int, typer.Option(help="Inputs that a net reads.")] = 2000
    burn_in: Annotated[
        int, typer.Option(help="Inputs before those that the exponent counts.")
    ] = 200
    num_states: Annotated[
        int, typer.Option(help="First states that are tried in each net.")
    ] = 16
    apart: Annotated[
        float,
        typer.Option(help="Two states that stay further apart than this don't meet."),
    ] = 1e-3
    confidence: Confidence = 0.95
    seed: Seed = 0

    def require(self) -> None:
        """Refuse numbers out of range."""
        require_numbers(
            num_draws=(self.num_draws, 1),
            num_states=(self.num_states, 2),
            num_steps=(self.num_steps, 1),
            burn_in=(self.burn_in, 0),
        )
        require_seed(self.seed)
        require_confidence(self.confidence)

    @property
    def drive(self) -> "Drive":
        """The inputs."""
        from firstbit.memory import Drive

        return Drive(self.law, self.scale, self.num_steps, self.burn_in, lags=[1])


@grouped
def echo(asked: Asked, out: ResultFile = None, *, printed: Printed) -> None:
    """Say which random nets forget their first state, and how that is known.

    Certified, measured, refuted or undecided: none of these stands for another.
    """
    asked.require()
    require_result(out)
    texts = asked.cell or [USUAL_CELL]
    require_one_cell(texts, out=out)
    from firstbit.studies.echo_states import echo_states
    from firstbit.weights.threefry import seed_key

    drive = asked.drive
    results = []
    with progress() as report:
        for given in given_cells(texts, asked.hidden_size, USUAL_SIZE):
            found = echo_states(
                given,
                num_draws=asked.num_draws,
                drive=drive,
                num_states=asked.num_states,
                apart=asked.apart,
                confidence=asked.confidence,
                key=seed_key(asked.seed),
                progress=partial(report, f"echo states, {given.name}"),
            )
            results.append(found)
    if out is not None:
        save_result(results[0], out)
    printed.show_results(results, texts, partial(_print_all, results, asked.seed))


def _print_all(results: "Sequence[xr.Dataset]", seed: int) -> None:
    for result in results:
        _print(result, seed)


def _print(result: "xr.Dataset", seed: int) -> None:
    """Print what was found of each net, and how many there are of each word."""
    about = json.loads(result.attrs["configuration"])
    title = (
        f"Does it forget its first state? {cell_and_law(result)}, k = "
        f"{about['hidden_size']}, {about['law']} inputs of scale {about['scale']:g}, "
        f"seed {seed}"
    )
    columns = ["net", "echo states", "rate, at most", "largest exponent", "apart"]
    rows: list[list[str]] = []
    for draw in result["draw"].values.tolist():
        one = result.sel(draw=draw)
        rate = one["rate"].item()
        rows.append(
            [
                str(draw),
                one["echo_state"].item(),
                f"{rate:.4g}" if isfinite(rate) else "-",
                with_half_width(one, "lyapunov_exponent"),
                f"{one['least_distance'].item():.2g}",
            ]
        )
    print_table(title, columns, rows, numeric=True)
    words = Counter(result["echo_state"].values.tolist())
    of_words = ", ".join(f"{number} {word}" for word, number in words.items())
    print(f"Of {counted(result.sizes['draw'], 'net')}: {of_words}.")
    for word in words:
        (draws,) = (result["echo_state"].values == word).nonzero()
        print(f"Net {draws[0]}, {word}: {result['reason'].values[draws[0]]}")
