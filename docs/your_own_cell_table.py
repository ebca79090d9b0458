"""Print the table of the frameworks' cells in docs/your_own_cell.md (five minutes).

Names of cells as arguments, such as `torchrecurrent:MGUCell`, print their rows alone.
"""

import os
import sys
import time
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from typing import Any, NamedTuple

os.environ.setdefault("KERAS_BACKEND", "jax")  # before Keras is imported

import jax
import xarray as xr

from firstbit import discrepancy
from firstbit.errors import FirstbitError
from firstbit.process import prepare

SIZE, LENGTH, DRAWS = 5, 10, 400

DRAWS_OF_KERAS = 50
"""As built: its constructors take some 20 ms each, one after the other."""

OURS = "gru"

CELLS = {
    "torch.nn": ("RNNCell", "GRUCell", "LSTMCell"),
    "flax.nnx": ("SimpleCell", "GRUCell", "LSTMCell", "OptimizedLSTMCell"),
    "flax.linen": (
        "SimpleCell",
        "GRUCell",
        "MGUCell",
        "LSTMCell",
        "OptimizedLSTMCell",
        "ConvLSTMCell",
    ),
    "haiku": ("VanillaRNN", "GRU", "LSTM", "Conv1DLSTM"),
    "keras.layers": ("SimpleRNNCell", "GRUCell", "LSTMCell"),
}
"""Home of cells -> their names."""


class Line(NamedTuple):
    """A row of the table.

    Attributes:
        name: of the cell.
        as_built: D as built, or why there is none.
        normal: D under N(0,1), or "".
        cost: seconds over those of our GRU, or "".
    """

    name: str
    as_built: str
    normal: str = ""
    cost: str = ""

    def text(self) -> str:
        """Return the row as Markdown."""
        return f"| `{self.name}` | {self.as_built} | {self.normal} | {self.cost} |"


def names() -> Iterator[str]:
    """Yield the name of every cell."""
    for home, cells in CELLS.items():
        for name in cells:
            yield f"{home}:{name}"


def kind_of(name: str) -> Any:
    """Return the class of a cell."""
    home, _, cell = name.partition(":")
    return getattr(import_module(home), cell)


def measured(cell: Any, law: str, num_draws: int) -> xr.Dataset:
    """Return D of a cell of five units under a law."""
    return discrepancy(
        cell,
        hidden_sizes=[SIZE],
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
    kind = kind_of(name)
    try:
        as_built = measured(kind, "as-built", draws)
        normal = measured(kind, "normal", DRAWS)
    except FirstbitError as error:
        return Line(name, f"refused: {error}")
    return Line(name, figure(as_built), figure(normal))


def seconds(cell: Any) -> float:
    """Return the CPU seconds of a measurement under N(0,1) once it is compiled."""
    measure = partial(measured, cell, "normal", DRAWS)
    measure()
    taken = []
    for _ in range(3):
        start = time.process_time()
        measure()
        taken.append(time.process_time() - start)
    return min(taken)


def line(name: str) -> Line:
    """Return the row of a cell."""
    found = figures(name)
    if not found.normal:
        return found
    over_ours = seconds(kind_of(name)) / seconds(OURS)
    return found._replace(cost=f"{over_ours:.1f}")


def main() -> None:
    """Print the rows."""
    prepare()
    for name in sys.argv[1:] or names():
        print(line(name).text(), flush=True)


if __name__ == "__main__":
    main()
