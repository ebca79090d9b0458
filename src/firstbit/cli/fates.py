"""`firstbit fates`."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from firstbit.cli.costs import count_heads, count_texts
from firstbit.cli.dask import Workers
from firstbit.cli.grouped import grouped
from firstbit.cli.measuring import USUAL_SIZES, OnDevice, Output, cell_and_law, run
from firstbit.cli.options import NumDraws, require_numbers
from firstbit.cli.output import print_table
from firstbit.cli.printed import Printed

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Asked(OnDevice):
    """What the command measures, as its options say it; see its help for each."""

    command: ClassVar = "fates"
    usual_sizes: ClassVar = USUAL_SIZES
    of_one_cell: ClassVar = ("out", "figure")

    length: Annotated[
        int, typer.Option(help="The l at which shares of D(l,k) are taken.")
    ] = 50
    num_draws: NumDraws = 300
    transient: Annotated[
        int, typer.Option(help="Symbols after the words that aren't watched.")
    ] = 3000
    horizon: Annotated[
        int, typer.Option(help="Symbols that are watched, at least 100.")
    ] = 1000

    def require(self) -> None:
        """Refuse numbers out of range."""
        require_numbers(
            length=(self.length, 1),
            num_draws=(self.num_draws, 2),
            transient=(self.transient, 0),
        )
        super().require()

    @property
    def measurement(self) -> "Callable[..., xr.Dataset]":
        """The measure, with the settings that are its own."""
        from firstbit import fates as measure
        from firstbit.memory import Thresholds

        return partial(
            measure,
            length=self.length,
            thresholds=Thresholds(transient=self.transient, horizon=self.horizon),
            device=self.device,
        )

    def drawn(self, results: "Sequence[xr.Dataset]") -> "Figure":
        """Draw the figure of one cell."""
        from firstbit import plots

        (result,) = results
        cell = json.loads(result.attrs["configuration"])["cell"]
        return plots.fate_shares({cell: result}, title=self._about(result))

    def show(self, results: "Sequence[xr.Dataset]", printed: Printed) -> None:
        """Print one result for each cell, without its draws."""
        super().show([result.drop_dims("draw") for result in results], printed)

    def print_result(self, result: "xr.Dataset") -> None:
        """Print the shares, and how many draws grow without bound."""
        what = f"D({self.length},k), in %: {self._about(result)}"
        _print(result, f"Share of draws and, in brackets, of {what}")

    def _about(self, result: "xr.Dataset") -> str:
        return f"{cell_and_law(result)}, {self.num_draws} draws, seed {self.seed}"


@grouped
def fates(asked: Asked, output: Output, workers: Workers, printed: Printed) -> None:
    """Classify what becomes of the two words if the common symbol goes on.

    The random nets are those of firstbit discrepancy with the same seed.
    """
    run(asked, output, workers, printed)


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
            of_discrepancy = "-" if isnan(part) else f"{part:.1f}"
            row.append(f"{share:.1f} ({of_discrepancy})")
        rows.append([*row, *count_texts(at)])
    columns = ["k", *names, *count_heads(result)]
    print_table(title, columns, rows, numeric=True)
    unbounded = int(result["num_unbounded"].sum())
    if unbounded:
        grow = "draw grows" if unbounded == 1 else "draws grow"
        print(f"{unbounded} {grow} without bound, or beyond float64.")
