"""Time the paper's grid of D(l,k) for cells that are not ours, as they stand.

Each is measured by the command line, in a process of its own: cold, with an empty
folder of compiled programs, and again. The import of the cell's framework is left out.
The library is in byte code, as pip installs it, be Python told to write none or not.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from compileall import compile_dir
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import NamedTuple

from report import Row, at_most
from timing import side_by_side

import firstbit
from firstbit.threads import num_workers

LENGTH, SIZES, DRAWS = 50, range(1, 21), 2000
ROUNDS = 3
COLD_SECONDS, AGAIN_SECONDS = 6.0, 2.5
OVER_OURS = 1.2
"""Of the seconds again over those of our own GRU, where they are above the demand."""

PROGRAM = """
import resource, sys, time
{imports}
def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
wall, busy = time.perf_counter(), cpu()
from firstbit.cli import main
sys.argv = ["firstbit", "discrepancy", "--cell", {cell!r}, "--json"]
try:
    main()
except SystemExit:
    pass
print(time.perf_counter() - wall, cpu() - busy, file=sys.stderr)
"""

OURS = "gru"
_FILE = Path(__file__).parent / "cells_of_a_user.py"
CELLS = {
    OURS: "",
    "equinox.nn:GRUCell": "import equinox",
    "equinox.nn:LSTMCell": "import equinox",
    "torch.nn:GRUCell": "import torch",
    f"{_FILE}:Apart": "import equinox",
    f"{_FILE}:Joined": "import equinox",
}
"""Text of a cell -> what is imported before the time counts."""


class Taken(NamedTuple):
    """What a process took, without the import of the framework.

    Attributes:
        seconds: by the wall.
        busy: of all threads.
    """

    seconds: float
    busy: float


def rows() -> Iterator[Row]:
    compile_dir(Path(firstbit.__file__).parent, quiet=1)
    with tempfile.TemporaryDirectory() as cache:
        cells = [cell for cell in CELLS if cell != "torch.nn:GRUCell" or has_torch()]
        cold = {cell: measured(cell, cache) for cell in cells}
        again: dict[str, list[Taken]] = {cell: [] for cell in cells}
        for _ in range(ROUNDS):
            for cell in cells:
                again[cell].append(measured(cell, cache))
    usual = {cell: middle(all_of) for cell, all_of in again.items()}
    for cell in cells:
        yield row(cell, "cold", cold[cell], cold[OURS])
        yield row(cell, "again", usual[cell], usual[OURS])
    yield from loops()


def row(cell: str, way: str, taken: Taken, ours: Taken) -> Row:
    """Return the line of one cell."""
    demand = ""
    if cell != OURS:
        most = COLD_SECONDS
        if way == "again":
            most = max(AGAIN_SECONDS, OVER_OURS * ours.seconds)
        held = at_most(round(most, 2), taken.seconds)
        busier = taken.busy / ours.busy
        demand = f"seconds {held}; CPU seconds {busier:.2f} of ours"
    label = f"{way}, {taken.busy:.1f} CPU seconds"
    return Row(
        Path(cell).name, label, taken.seconds, ours.seconds / taken.seconds, demand
    )


def middle(all_of: list[Taken]) -> Taken:
    """Return the medians of several processes."""
    walls, busy = zip(*all_of, strict=True)
    return Taken(median(walls), median(busy))


def measured(cell: str, cache: str) -> Taken:
    """Measure the grid of a cell in a process of its own."""
    law = "" if cell == OURS else ",initializer=normal"
    sizes = f":{SIZES[0]}:{SIZES[-1]}"
    program = PROGRAM.format(imports=CELLS[cell], cell=f"{cell}{sizes}{law}")
    inherited = dict(os.environ)
    inherited.pop("JAX_COMPILATION_CACHE_DIR", None)
    folder = Path(cache) / Path(cell).name
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**inherited, "XDG_CACHE_HOME": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    last = done.stderr.splitlines()[-1]
    return Taken(*map(float, last.split()))


def loops() -> Iterator[Row]:
    """Plain loops in PyTorch, all draws in a batch: the GRU, drawn and stepped."""
    if not has_torch():
        yield Row("GRU", "PyTorch, all draws batched: not installed")
        return
    import batched_torch

    arguments = "GRU", LENGTH, SIZES, DRAWS
    ways = {
        "inside each operation": (1, num_workers()),
        "over sizes": (num_workers(), 1),
    }
    taken = side_by_side(
        {
            way: lambda threads=threads, inside=inside: batched_torch.surface(
                *arguments, threads=threads, inside=inside
            )
            for way, (threads, inside) in ways.items()
        },
        rounds=ROUNDS,
    )
    for way, seconds in taken.items():
        yield Row("GRU", f"PyTorch, all draws batched, all cores {way}", seconds)


def has_torch() -> bool:
    return bool(find_spec("torch"))
