"""Write the tables of docs/framework_cells.md again (ten minutes of one core).

Names of cells as arguments, such as `torchrecurrent:MGUCell`, print their rows alone.
With `KERAS_BACKEND=torch` the rows of Keras on PyTorch are written alone: Keras has one
backend a process.
"""

import inspect
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("KERAS_BACKEND", "jax")  # before Keras is imported

import jax
import xarray as xr

from firstbit import discrepancy
from firstbit.cells import Given
from firstbit.errors import FirstbitError
from firstbit.memory import certificate_of_forgetting
from firstbit.process import prepare

PAGE = Path(__file__).parent / "framework_cells.md"

SIZE, LENGTH, DRAWS = 5, 10, 400

DRAWS_OF_KERAS = 50
"""As built: its constructors take some 20 ms each, one after the other."""

OTHER_SIZES = {"torchrecurrent:IntersectionRNNCell": 2}
"""Cells that don't take that size: it has as many units as inputs."""

OURS = "gru"

CELLS = {
    "torch.nn": ("RNNCell", "GRUCell", "LSTMCell"),
    "flax.nnx": ("SimpleCell", "GRUCell", "LSTMCell", "OptimizedLSTMCell"),
    "flax.linen": ("SimpleCell", "GRUCell", "MGUCell", "LSTMCell", "OptimizedLSTMCell"),
    "haiku": ("VanillaRNN", "GRU", "LSTM"),
    "keras.layers": ("SimpleRNNCell", "GRUCell", "LSTMCell"),
}
"""Home of cells -> their names."""

PUBLISHED = "torchrecurrent"
"""A package whose classes with such names are all cells."""

ON_TORCH = "cells of Keras on PyTorch"
"""Their table; its rows need a process of their own."""

CELLS_OF_IMAGES = (
    "flax.linen:ConvLSTMCell",
    "haiku:Conv1DLSTM",
    "haiku:Conv2DLSTM",
    "haiku:Conv3DLSTM",
)
"""Their input is no vector."""


class Line(NamedTuple):
    """A row of the table of cells.

    Attributes:
        name: of the cell.
        as_built: D as built.
        normal: D under N(0,1).
        cost: seconds over those of our GRU, or "".
        notes: what a result says of the cell.
    """

    name: str
    as_built: str
    normal: str
    cost: str
    notes: str

    def text(self) -> str:
        """Return the row as Markdown."""
        cells = f"{self.as_built} | {self.normal} | {self.cost} | {self.notes}"
        return f"| `{self.name}` | {cells} |"


class Refusal(NamedTuple):
    """A row of the table of refusals.

    Attributes:
        name: of the cell.
        asked: what is asked of it.
        call: the same, as a call.
    """

    name: str
    asked: str
    call: Callable[[], object]

    def said(self) -> str:
        """Return the line by which it is refused."""
        try:
            self.call()
        except FirstbitError as error:
            return str(error)
        raise AssertionError(f"{self.name} is not refused: {self.asked}")

    def text(self) -> str:
        """Return the row as Markdown."""
        said = re.sub(r"([_*|])", r"\\\1", self.said())
        return f"| `{self.name}` | {self.asked} | {said} |"


def names() -> Iterator[str]:
    """Yield the name of every cell that is measured."""
    for home, cells in CELLS.items():
        for name in cells:
            yield f"{home}:{name}"
        if home == "torch.nn":
            yield from published()


def of_keras() -> Iterator[str]:
    """Yield the names of the cells of Keras."""
    return (name for name in names() if name.startswith("keras"))


def published() -> Iterator[str]:
    """Yield the names of torchrecurrent's cells."""
    package = import_module(PUBLISHED)
    for name in sorted(vars(package), key=str.lower):
        if name.endswith("Cell") and inspect.isclass(getattr(package, name)):
            yield f"{PUBLISHED}:{name}"


def kind_of(name: str) -> Any:
    """Return the class of a cell."""
    home, _, cell = name.partition(":")
    return getattr(import_module(home), cell)


def refusals() -> Iterator[Refusal]:
    """Yield what is refused of these cells."""
    for name in CELLS_OF_IMAGES:
        yield Refusal(name, "any measure", partial(made, name, SIZE))
    for name in OTHER_SIZES:
        yield Refusal(name, f"{SIZE} units beside 2 inputs", partial(made, name, SIZE))
    for name in ("torch.nn:RNNCell", "haiku:VanillaRNN"):
        call = partial(_certificate, name)
        yield Refusal(name, "`certificate_of_forgetting`", call)
    for name in ("torch.nn:GRUCell", "flax.nnx:LSTMCell", "keras.layers:GRUCell"):
        yield Refusal(name, '`measured="output"`', partial(_output, name))
    yield Refusal("haiku:GRU", "a core that was made elsewhere", _core_of_elsewhere)


def made(name: str, size: int) -> Any:
    """Return a cell of two inputs."""
    with jax.enable_x64(True):
        return Given.of(kind_of(name)).make(2, size, jax.random.key(0))


def _certificate(name: str) -> object:
    return certificate_of_forgetting(made(name, SIZE))


def _output(name: str) -> object:
    return discrepancy(
        kind_of(name),
        hidden_sizes=[SIZE],
        length=LENGTH,
        num_draws=2,
        measured="output",
        key=jax.random.key(0),
    )


def _core_of_elsewhere() -> object:
    haiku = import_module("haiku")
    seen = []
    haiku.transform(lambda: seen.append(haiku.GRU(SIZE))).init(jax.random.key(0))
    return Given.of(seen[0])


def measured(cell: Any, law: str, num_draws: int, size: int = SIZE) -> xr.Dataset:
    """Return D of a cell under a law."""
    return discrepancy(
        cell,
        hidden_sizes=[size],
        length=LENGTH,
        num_draws=num_draws,
        initializer=law,
        key=jax.random.key(0),
    )


def figure(found: xr.Dataset) -> str:
    """Return D after the last symbol, with its standard error."""
    last = found.isel(hidden_size=0).sel(length=LENGTH)
    mean, error = last.discrepancy.item(), last.discrepancy_se.item()
    return f"{mean:.2g} ± {error:.1g}"


def figures(name: str) -> Line:
    """Return the row of a cell, without its cost."""
    draws = DRAWS_OF_KERAS if name.startswith("keras") else DRAWS
    size = OTHER_SIZES.get(name, SIZE)
    kind = kind_of(name)
    as_built = measured(kind, "as-built", draws, size)
    normal = measured(kind, "normal", DRAWS, size)
    notes = json.loads(normal.attrs["configuration"]).get("notes", [])
    if size != SIZE:
        notes = [f"{size} units", *notes]
    return Line(name, figure(as_built), figure(normal), "", "; ".join(notes))


def seconds(cell: Any, size: int) -> float:
    """Return the CPU seconds of a measurement under N(0,1) once it is compiled."""
    measure = partial(measured, cell, "normal", DRAWS, size)
    measure()
    taken = []
    for _ in range(3):
        start = time.process_time()
        measure()
        taken.append(time.process_time() - start)
    return min(taken)


def line(name: str) -> Line:
    """Return the row of a cell."""
    size = OTHER_SIZES.get(name, SIZE)
    over_ours = seconds(kind_of(name), size) / seconds(OURS, size)
    return figures(name)._replace(cost=f"{over_ours:.1f}")


def between(mark: str, rows: list[str], page: str) -> str:
    """Return a page with other rows below the head of the table of that mark."""
    table = re.compile(
        rf"(<!-- {mark} -->\n[^\n]*\n[^\n]*\n).*?(<!-- end of {mark} -->)", re.DOTALL
    )
    text = "".join(f"{row}\n" for row in rows)
    return table.sub(lambda found: found[1] + text + found[2], page)


def measured_rows(cells: Iterable[str]) -> list[str]:
    """Return the rows of cells; print each when it is known."""
    rows = []
    for name in cells:
        rows.append(line(name).text())
        print(rows[-1], flush=True)
    return rows


def main() -> None:
    """Write the page, or print some rows."""
    prepare()
    if chosen := sys.argv[1:]:
        measured_rows(chosen)
        return
    page = PAGE.read_text("utf-8")
    if os.environ["KERAS_BACKEND"] == "torch":
        page = between(ON_TORCH, measured_rows(of_keras()), page)
    else:
        page = between("cells", measured_rows(names()), page)
        page = between("refusals", [one.text() for one in refusals()], page)
    PAGE.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
