"""`firstbit decodability`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from firstbit.cli.costs import count_heads, count_texts
from firstbit.cli.dask import Workers
from firstbit.cli.grouped import grouped
from firstbit.cli.measuring import (
    SHOWN_LENGTHS,
    Measured,
    Output,
    cell_and_law,
    print_notes,
    run,
)
from firstbit.cli.options import NumDraws, require_numbers
from firstbit.cli.output import print_table, with_half_width
from firstbit.cli.printed import Printed

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

    from firstbit.memory import Reading

USUAL_READOUTS = ("linear", "least squares")


@dataclass(frozen=True)
class Asked(Measured):
    """What the command measures, as its options say it; see its help for each."""

    command: ClassVar = "decodability"

    length: Annotated[
        int, typer.Option(help="The largest l; lags go from 0 to l - 1.")
    ] = 50
    num_draws: NumDraws = 100
    words: Annotated[
        str,
        typer.Option(
            help="random (the first symbol, then a random suffix), constant (zeros), "
            "or stream (a random word without a beginning)."
        ),
    ] = "random"
    num_words: Annotated[
        int,
        typer.Option(
            help="Words of each net: half fit the read-out, a quarter chooses the "
            "ridge, a quarter tests."
        ),
    ] = 1000
    readout: Annotated[
        list[str] | None,
        typer.Option(
            help="linear (logistic regression), 'least squares' or quadratic; may be "
            "repeated.  [default: the first two]"
        ),
    ] = None
    reach_above: Annotated[
        float,
        typer.Option(help="The reach is the longest lag decoded surely more often."),
    ] = 0.55
    burn_in: Annotated[
        int, typer.Option(help="Of a stream: symbols read before those asked for.")
    ] = 100

    @property
    def readouts(self) -> list[str]:
        """All read-outs."""
        return self.readout or [*USUAL_READOUTS]

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

    def settings(self) -> dict[str, object]:
        """Return what decides the result, for JSON."""
        return {**super().settings(), "readout": self.readouts}

    def require(self) -> None:
        """Refuse numbers out of range."""
        require_numbers(length=(self.length, 1), num_draws=(self.num_draws, 2))
        super().require()

    @property
    def measurement(self) -> "Callable[..., xr.Dataset]":
        """The measure, with the settings that are its own."""
        from firstbit import decodability as measure

        return partial(measure, length=self.length, reading=self.reading)

    def drawn(self, results: "Sequence[xr.Dataset]") -> "Figure":
        """Draw the figure of all cells, with the first read-out."""
        from firstbit import plots

        readout = str(results[0]["readout"].values[0])
        return plots.decodability(results, readout=readout)

    def print_result(self, result: "xr.Dataset") -> None:
        """Print the shares, then what their reader must know."""
        _print(result, self)
        print_notes(result)
        if bool(result["accuracy"].isnull().any()):
            print("Some states overflowed: there no share is a number (nan).")


@grouped
def decodability(
    asked: Asked, output: Output, workers: Workers, printed: Printed
) -> None:
    """Measure how often a read-out of random nets decodes a symbol of the past.

    It is fitted and tested on different words. Far apart is not remembered.
    """
    run(asked, output, workers, printed)


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
    columns += count_heads(result)
    rows: list[list[str]] = []
    for size in result["hidden_size"].values.tolist():
        for readout in result["readout"].values.tolist():
            of_size = result.sel(hidden_size=size, readout=readout)
            rows.append([str(size), readout, *_cells(of_size, lags)])
    print_table(title, columns, rows, numeric=True, keys=2)


def _cells(of_size: "xr.Dataset", lags: Sequence[int]) -> list[str]:
    """Return the accuracies of one row at some lags, and the reach."""
    shares = of_size[["accuracy", "accuracy_ci"]] * 100
    cells = [with_half_width(shares.sel(lag=lag), "accuracy") for lag in lags]
    last = int(of_size["lag"][-1])
    reach = float(of_size["reach"])
    return [*cells, reach_text(reach, last), *count_texts(of_size)]


def reach_text(reach: float, last: int) -> str:
    """Return a reach for a table.

    Example:
        >>> reach_text(17.0, 49), reach_text(49.0, 49), reach_text(float("nan"), 49)
        ('17', '49 or more', 'none')
    """
    if not isfinite(reach):
        return "none"
    return f"{reach:g} or more" if reach >= last else f"{reach:g}"
