"""`firstbit discrepancy`."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from firstbit.cli.costs import count_heads, count_texts
from firstbit.cli.dask import Workers
from firstbit.cli.grouped import grouped
from firstbit.cli.measuring import (
    SHOWN_LENGTHS,
    USUAL_SIZES,
    OnDevice,
    Wanted,
    cell_and_law,
    print_notes,
    run,
)
from firstbit.cli.options import (
    Into,
    PartOf,
    ResultFile,
    ResumeBlocks,
    file_option,
    require_figure,
    require_numbers,
)
from firstbit.cli.output import print_table, save_figure, with_half_width
from firstbit.cli.printed import Printed
from firstbit.errors import SettingError

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

    from firstbit.cells import Given

USUAL_LENGTH = 50
USUAL_DRAWS = 2000
"""The paper's."""

FEW_DRAWS_CARRY = 0.5


@dataclass(frozen=True)
class Asked(OnDevice):
    """What the command measures, as its options say it; see its help for each."""

    command: ClassVar = "discrepancy"
    title: ClassVar = "D(l,k)"
    usual_sizes: ClassVar = USUAL_SIZES
    of_one_cell: ClassVar = ("out", "quantiles")

    length: Annotated[
        int | None,
        typer.Option(
            help="The largest l; every l from 1 on is measured.  [default: 50]"
        ),
    ] = None
    num_draws: Annotated[
        int | None,
        typer.Option(
            help="Random nets for each k.  [default: 2000; 200 as built, where each is "
            "built by itself, as Keras does]"
        ),
    ] = None
    words: Annotated[
        str,
        typer.Option(
            help="constant (00... and 10...), random (a common random suffix), or u,v."
        ),
    ] = "constant"
    measured: Annotated[
        str,
        typer.Option(
            help="hidden (h), all (the whole state, of an LSTM h and c), output (where "
            "a step gives one beside its state), or a leaf of the state: c."
        ),
    ] = "hidden"
    threshold: Annotated[
        float,
        typer.Option(help="A draw is retained where its distance is above this."),
    ] = 1e-3
    state_bound: Annotated[
        str | None,
        typer.Option(
            help="Ends of the state's entries: 1 (from -1 to 1) or 0,1. By default "
            "the cell's own, or found in its step."
        ),
    ] = None

    @property
    def longest(self) -> int | None:
        """The largest l; None where the words have it."""
        if self.length is None and isinstance(pair_of(self.words), str):
            return USUAL_LENGTH
        return self.length

    @property
    def ends(self) -> list[float] | None:
        """The ends of a state's entries."""
        return None if self.state_bound is None else parse_bound(self.state_bound)

    def settings(self) -> dict[str, object]:
        """Return what decides the result, for JSON."""
        return {**super().settings(), "length": self.longest}

    def require(self) -> None:
        """Refuse numbers out of range."""
        require_numbers(length=(self.longest, 1), num_draws=(self.num_draws, 2))
        super().require()
        _ = self.ends

    @property
    def measurement(self) -> "Callable[..., xr.Dataset]":
        """The measure, with the settings that are its own."""
        from firstbit import discrepancy as measure

        return partial(
            measure,
            length=self.longest,
            words=pair_of(self.words),
            measured=self.measured,
            threshold=self.threshold,
            state_bound=self.ends,
            device=self.device,
        )

    def draws_of(self, given: "Given") -> int:
        """Return how many nets of a cell are drawn."""
        return self.num_draws or usual_draws(given)

    def drawn(self, results: "Sequence[xr.Dataset]") -> "Figure":
        """Draw the figure of D(l,k): a surface, or several cells side by side."""
        from firstbit import plots

        result, *others = results
        if others:
            return plots.several_cells(results)
        return plots.surface(result, title=f"D(l,k), {cell_and_law(result)}")

    def print_result(self, result: "xr.Dataset") -> None:
        """Print D(l,k), then what a reader of the means must know."""
        _print(result, self.seed)
        print_notes(result)
        _warn(result)


@dataclass(frozen=True)
class Output(Wanted):
    """What the command makes of its results."""

    out: ResultFile = None
    figure: Annotated[
        Path | None, file_option("Figure of D(l,k), of all cells: .svg, .png, .pdf.")
    ] = None
    quantiles: Annotated[
        Path | None,
        file_option(
            "Figure of what the mean hides: quantiles, retained share; .svg, .png, .pdf"
        ),
    ] = None
    resume: ResumeBlocks = False
    part: PartOf = None
    into: Into = None

    def require(self) -> None:
        """Refuse files that can't be written."""
        super().require()
        require_figure(self.quantiles)

    def write(self, results: "Sequence[xr.Dataset]") -> None:
        """Write the result, and draw the quantiles."""
        super().write(results)
        if self.quantiles is not None:
            from firstbit import plots

            title = f"What the mean hides: {cell_and_law(results[0])}"
            save_figure(plots.draws(results[0], title=title), self.quantiles)


@grouped
def discrepancy(
    asked: Asked, output: Output, workers: Workers, printed: Printed
) -> None:
    """Measure the (l,k)-discrepancy D(l,k) of random nets.

    It is how far apart two words that differ in their first bit drive a net.
    """
    run(asked, output, workers, printed)


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
    columns += count_heads(last)
    rows: list[list[str]] = []
    for size in last["hidden_size"].values.tolist():
        at = last.sel(hidden_size=size)
        _, upper = at["discrepancy_ci"].values.tolist()
        row = [str(size)]
        row.append(_shown(float(at["discrepancy"])))
        row.append(_shown(upper))
        row.append(_shown(float(at["relative_discrepancy"])))
        row.append(_shown(float(at["median"])))
        row.append(with_half_width(at, "retained"))
        row.append(_shown(float(at["half_life_mean"])))
        rows.append([*row, *count_texts(at)])
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
    lost = int(result["num_not_finite"].max())
    if lost:
        print(f"{lost} draws left the finite numbers: there D is not a number (nan).")
    below = float(result["below_rounding"].max())
    if below > 0:
        print(
            f"In {_up_to(below)} of the draws the distance is below the rounding of "
            "the states in float64 (`below_rounding`)."
        )
    if float(result["top_share"].max()) > FEW_DRAWS_CARRY:
        print(
            "At some (l,k) 1 % of the draws carry most of the mean: read the median "
            "and the retained share."
        )
    error = result.attrs["quantile_error"]
    if error > 0:
        print(
            f"Quantiles, and the median, are within {error:.1%} of the exact ones "
            "(`quantile_error`)."
        )
    if bool(result["distance_bound"].isnull().any()):
        print(
            "No bound of the state is known, so D has no interval. If each of its "
            "numbers stays between -1 and 1, add --state-bound 1."
        )


def _up_to(share: float) -> str:
    """Return the largest share of all sizes and lengths, for a sentence."""
    return f"up to {share:.0%}" if share >= 0.005 else "less than 1%"
