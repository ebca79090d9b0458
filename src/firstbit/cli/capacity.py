"""`firstbit capacity`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from firstbit.cli.costs import count_heads, count_texts
from firstbit.cli.dask import Workers
from firstbit.cli.grouped import grouped
from firstbit.cli.measuring import Measured, Output, cell_and_law, print_notes, run
from firstbit.cli.options import InputLaw, InputScale, NumDraws, require_numbers
from firstbit.cli.output import print_table, with_half_width
from firstbit.cli.printed import Printed
from firstbit.errors import SettingError

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

    from firstbit.memory import Drive


@dataclass(frozen=True)
class Asked(Measured):
    """What the command measures, as its options say it; see its help for each."""

    command: ClassVar = "capacity"

    num_draws: NumDraws = 50
    law: InputLaw = "uniform"
    scale: InputScale = 1.0
    num_steps: Annotated[int, typer.Option(help="States that are read out.")] = 5000
    burn_in: Annotated[int, typer.Option(help="Inputs before those that count.")] = 200
    lags: Annotated[
        str, typer.Option(help="Lags of degree 1, 2 and 3; fewer, for fewer degrees.")
    ] = "100,20,8"

    @property
    def drive(self) -> "Drive":
        """The inputs."""
        from firstbit.memory import Drive

        return Drive(
            law=self.law,
            scale=self.scale,
            num_steps=self.num_steps,
            burn_in=self.burn_in,
            lags=parse_lags(self.lags),
        )

    def require(self) -> None:
        """Refuse numbers out of range."""
        require_numbers(num_draws=(self.num_draws, 2))
        super().require()

    @property
    def measurement(self) -> "Callable[..., xr.Dataset]":
        """The measure, with the settings that are its own."""
        from firstbit import memory_capacity

        return partial(memory_capacity, drive=self.drive)

    @property
    def num_inputs(self) -> int:
        """Numbers in an input."""
        return len(self.drive.alphabet)

    def drawn(self, results: "Sequence[xr.Dataset]") -> "Figure":
        """Draw the figure of all cells."""
        from firstbit import plots

        return plots.capacity(results)

    def print_result(self, result: "xr.Dataset") -> None:
        """Print the capacities, then what their reader must know."""
        _print(result, self)
        print_notes(result)
        if bool(result["total_capacity"].isnull().any()):
            print("Some states overflowed: there nothing is a number (nan).")


@grouped
def capacity(asked: Asked, output: Output, workers: Workers, printed: Printed) -> None:
    """Measure how many functions of its past inputs a random net holds.

    Of degree 1 they are the inputs themselves: the memory capacity. The sum over all
    degrees is at most N, the numbers that are read.
    """
    run(asked, output, workers, printed)


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
    columns += ["in float64", "exact", *count_heads(result)]
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
        rows.append([*row, *count_texts(at)])
    print_table(title, columns, rows, numeric=True)
