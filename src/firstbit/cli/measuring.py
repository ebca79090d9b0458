"""Commands that measure random cells: their checks, parts, files and tables."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from firstbit.cli.costs import with_counts
from firstbit.cli.dask import Workers
from firstbit.cli.options import (
    CellTexts,
    Confidence,
    Device,
    FigureFile,
    HiddenSizes,
    Into,
    PartOf,
    ResultFile,
    ResumeBlocks,
    Seed,
    given_cell,
    given_cells,
    kept_beside,
    remove_kept,
    require_figure,
    require_one_cell,
    require_result,
)
from firstbit.cli.output import progress, save_figure, save_result
from firstbit.cli.parts import (
    Divisible,
    Joined,
    finish_part,
    require_free,
    required_part,
)
from firstbit.cli.printed import Printed
from firstbit.errors import require_seed
from firstbit.execution import Execution
from firstbit.intervals import require_confidence
from firstbit.parts import Part

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

    from firstbit.cells import Given

USUAL_CELL = "vanilla"

USUAL_SIZES = "1:20"
"""The paper's."""

USUAL_SIZE = "20"

SHOWN_LENGTHS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Lengths of a table."""


@dataclass(frozen=True)
class Measured(Divisible, ABC):
    """What such a command measures, as its options say it; see its help for each.

    Attributes:
        title: of the bar that shows how far it is; by default the command.
        usual_sizes: hidden sizes where none are asked for.
        of_one_cell: options of files that hold one cell.
    """

    title: ClassVar[str] = ""
    usual_sizes: ClassVar[str] = USUAL_SIZE
    of_one_cell: ClassVar[tuple[str, ...]] = ("out",)

    cell: CellTexts = None
    hidden_size: HiddenSizes = None
    num_draws: int | None = None
    confidence: Confidence = 0.95
    seed: Seed = 0

    @property
    def cells(self) -> list[str]:
        """The texts of the cells."""
        return self.cell or [USUAL_CELL]

    @property
    def name(self) -> str:
        """The first cell; with parts there is no other."""
        return self.cells[0]

    def settings(self) -> dict[str, object]:
        """Return what decides the result, for JSON."""
        return {**super().settings(), "cell": self.cells}

    def require(self) -> None:
        """Refuse numbers out of range."""
        require_seed(self.seed)
        require_confidence(self.confidence)

    def prepare(self) -> None:
        """Refuse what only JAX can judge: checked last."""
        _ = self.measurement

    @property
    @abstractmethod
    def measurement(self) -> "Callable[..., xr.Dataset]":
        """The measure, with the settings that are its own."""

    def draws_of(self, given: "Given") -> int | None:
        """Return how many nets of a cell are drawn."""
        del given
        return self.num_draws

    @property
    def num_inputs(self) -> int:
        """Numbers in an input."""
        return 2

    def measure(self, given: "Given", execution: Execution) -> "xr.Dataset":
        """Measure one cell; of several, with what a step costs beside it."""
        from firstbit.weights.threefry import seed_key

        result = self.measurement(
            given,
            num_draws=self.draws_of(given),
            confidence=self.confidence,
            key=seed_key(self.seed),
            execution=execution,
        )
        if len(self.cells) > 1:
            return with_counts(result, given, self.num_inputs)
        return result

    @abstractmethod
    def drawn(self, results: "Sequence[xr.Dataset]") -> "Figure":
        """Draw the figure."""

    @abstractmethod
    def print_result(self, result: "xr.Dataset") -> None:
        """Print the tables of one cell."""

    def show(self, results: "Sequence[xr.Dataset]", printed: Printed) -> None:
        """Print one result for each cell."""
        tables = partial(self._print_results, results)
        printed.show_results(results, self.cells, tables)

    def _print_results(self, results: "Sequence[xr.Dataset]") -> None:
        for result in results:
            self.print_result(result)
        laws = map(law_of, results)
        print_different(dict(zip(self.cells, laws, strict=True)))

    def joined(self, execution: Execution) -> Joined:
        """Put together what the parts have kept."""
        given = given_cell(self.name, self.hidden_size, self.usual_sizes)
        result = self.measure(given, execution)
        return Joined(result, partial(self.show, [result]))


@dataclass(frozen=True)
class OnDevice(Measured, ABC):
    """Such a measurement, of any kind of processor."""

    device: Device = None

    def prepare(self) -> None:
        """Refuse a device that isn't there."""
        from firstbit.devices import require_device

        require_device(self.device)
        super().prepare()


class Wanted:
    """What such a command makes of its results."""

    out: Path | None
    figure: Path | None
    resume: bool
    part: str | None
    into: Path | None

    @property
    def blocks(self) -> Path | None:
        """The folder of finished blocks beside the result."""
        return kept_beside(self.out, "blocks", resume=self.resume, kind="FILE")

    def require(self) -> None:
        """Refuse files that can't be written."""
        _ = self.blocks
        require_figure(self.figure)
        require_result(self.out)

    def share(self, asked: Measured, printed: Printed) -> Part | None:
        """Return the part that is asked for, or None.

        Raises:
            SettingError: there are several cells, and a file holds one; or both a part
                and a result are asked for.
        """
        files = {name: getattr(self, name) for name in asked.of_one_cell}
        require_one_cell(asked.cells, **files)
        others = {**vars(self), **printed.forms}
        for name in ("part", "into"):
            others.pop(name)
        share = required_part(self.part, self.into, **others)
        require_one_cell(asked.cells, part=self.part)
        return share

    @property
    def kept(self) -> Path | None:
        """The folder of finished blocks."""
        return self.into or self.blocks

    def write(self, results: "Sequence[xr.Dataset]") -> None:
        """Write the result, and remove the blocks that made it."""
        if self.out is not None:
            save_result(results[0], self.out)
        remove_kept(self.blocks)


@dataclass(frozen=True)
class Output(Wanted):
    """The options that most of these commands have."""

    out: ResultFile = None
    figure: FigureFile = None
    resume: ResumeBlocks = False
    part: PartOf = None
    into: Into = None


def run(asked: Measured, wanted: Wanted, workers: Workers, printed: Printed) -> None:
    """Measure each cell; then write, draw and print what is wanted.

    Every refusal comes before any work, those that need JAX last.
    """
    asked.require()
    wanted.require()
    share = wanted.share(asked, printed)
    asked.prepare()
    require_free(wanted.into, asked.settings())
    results = []
    with progress() as report, workers.engine(wanted.kept) as engine:
        for given in given_cells(asked.cells, asked.hidden_size, asked.usual_sizes):
            told = partial(report, f"{asked.title or asked.command}, {given.name}")
            how = Execution(
                progress=told, resume=wanted.kept, executor=engine, part=share
            )
            results.append(asked.measure(given, how))
    if wanted.into is not None:
        finish_part(results[0], wanted.into, asked.settings())
        return
    wanted.write(results)
    if wanted.figure is not None:
        save_figure(asked.drawn(results), wanted.figure)
    asked.show(results, printed)


def cell_and_law(result: "xr.Dataset") -> str:
    """Return what was measured, for titles."""
    configuration = json.loads(result.attrs["configuration"])
    return f"{configuration['cell']}, weights {law_of(result)}"


def law_of(result: "xr.Dataset") -> str:
    """Return the law of the weights."""
    return str(json.loads(result.attrs["configuration"])["initializer"])


def print_different(laws: Mapping[str, str]) -> None:
    """Say so where cells don't have the same law of weights."""
    if len(set(laws.values())) > 1:
        told = "; ".join(f"{name}: {law}" for name, law in laws.items())
        print(f"The weights have different laws: {told}.")


def print_notes(result: "xr.Dataset") -> None:
    """Print what is to be known about the cell."""
    configuration = json.loads(result.attrs["configuration"])
    for note in configuration.get("notes", ()):
        print(f"The cell: {note}.")
