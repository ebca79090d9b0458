"""D(l,k) on the paper's grid beside the published algorithm.

The grid is l = 1..50, k = 1..20, with 2000 draws.
"""

from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec

import batched_numpy
import jax
import numpy as np
import published
from parts import parts
from report import Row, at_least, at_most
from timing import processes, side_by_side

import firstbit
from firstbit.cells import CELLS
from firstbit.threads import num_workers

LENGTH, SIZES, DRAWS = 50, range(1, 21), 2000

COMMAND = (
    "import sys; from firstbit.cli import main; sys.argv = ['firstbit', "
    "'discrepancy', '--cell', '{}', '--json']; main()"
)

# The published algorithm would take many minutes, so it does a part: some l, whose mean
# is that of all, and fewer draws.
LENGTHS_READ, FEWER = range(1, LENGTH + 1, 7), 100


AT_LEAST = {"Vanilla": 2500, "GRU": 3000}
"""Times faster than the published algorithm."""

OTHERS_AT_LEAST, PROCESS_AT_LEAST, SECOND_START = 2.5, 100, 2.5
PROCESS_SECONDS = {"Vanilla": 4.0, "GRU": 5.5}
KERNEL_AT_MOST = {("Vanilla", "polynomial"): 1.5, ("GRU", "plain"): 1.0}
"""Propagation over that of a kernel."""

OTHERS = {
    "numpy": "NumPy, all draws batched, one core",
    "numpy cores": "NumPy, all draws batched, sizes over all cores",
    "torch": "PyTorch, all draws batched, all cores inside each operation",
    "torch cores": "PyTorch, all draws batched, sizes over all cores",
}
KERNELS = {
    "plain": "numba kernel, weights given, exp of the C library",
    "polynomial": "numba kernel, weights given, polynomial exp",
}


def rows() -> Iterator[Row]:
    for name in ("Vanilla", "GRU"):
        cell = CELLS[name.lower()]
        measure = partial(
            firstbit.discrepancy,
            cell,
            hidden_sizes=SIZES,
            length=LENGTH,
            num_draws=DRAWS,
            key=jax.random.key(0),
        )
        plain = partial(
            published.discrepancy_of_part,
            name,
            lengths=LENGTHS_READ,
            sizes=SIZES,
            num_draws=DRAWS // FEWER,
        )
        kernels = of_kernels(name)
        taken = side_by_side(
            {
                "ours": measure,
                "published": plain,
                **parts(cell, SIZES, LENGTH, DRAWS)._asdict(),
                **of_others(name),
                **kernels,
            }
        )
        before = taken["published"] * FEWER * LENGTH / len(LENGTHS_READ)
        first, second = (
            one.seconds for one in processes(COMMAND.format(name.lower()), 2)
        )
        yield Row(name, "the published algorithm, from a part of its draws", before)
        for way, label in OTHERS.items():
            asked = (
                at_least(OTHERS_AT_LEAST, taken[way] / taken["ours"])
                if way in taken and "cores" not in way
                else ""
            )
            yield timed(
                name,
                label,
                taken.get(way),
                before,
                asked and f"over firstbit's {asked}",
            )
        faster = before / taken["ours"]
        yield Row(
            name,
            "firstbit, warm, whole call",
            taken["ours"],
            faster,
            at_least(AT_LEAST[name], faster),
        )
        asked = (
            f"{at_least(PROCESS_AT_LEAST, before / first)}; seconds "
            f"{at_most(PROCESS_SECONDS[name], first)}"
        )
        yield Row(
            name,
            "firstbit, whole process: import, compile, measure, print",
            first,
            before / first,
            asked,
        )
        asked = f"seconds {at_most(SECOND_START, second)}"
        yield Row(
            name,
            "the same again: compiled programs are kept",
            second,
            before / second,
            asked,
        )
        yield Row(name, "firstbit, drawing alone", taken["drawing"])
        yield Row(
            name, "firstbit, propagation alone, weights given", taken["propagation"]
        )
        for way, label in KERNELS.items():
            most = KERNEL_AT_MOST.get((name, way)) if way in taken else None
            asked = (
                ""
                if most is None
                else "firstbit's propagation over it "
                f"{at_most(most, taken['propagation'] / taken[way])}"
            )
            yield timed(name, label, taken.get(way), taken["propagation"], asked)


def timed(
    name: str, label: str, seconds: float | None, before: float, demand: str
) -> Row:
    """A row, or one that says that nothing was timed."""
    return (
        Row(name, f"{label}: not installed")
        if seconds is None
        else Row(name, label, seconds, before / seconds, demand)
    )


def of_others(name: str) -> dict[str, Callable[[], object]]:
    """Drawing and propagation together, as `firstbit.discrepancy` does them."""
    arguments = name, LENGTH, SIZES, DRAWS
    ways: dict[str, Callable[[], object]] = {
        "numpy": lambda: batched_numpy.surface(*arguments, threads=1),
        "numpy cores": lambda: batched_numpy.surface(*arguments, threads=num_workers()),
    }
    if find_spec("torch"):
        import batched_torch

        batched_torch.check(name)
        ways["torch"] = lambda: batched_torch.surface(
            *arguments, threads=1, inside=num_workers()
        )
        ways["torch cores"] = lambda: batched_torch.surface(
            *arguments, threads=num_workers(), inside=1
        )
    return ways


def of_kernels(name: str) -> dict[str, Callable[[], object]]:
    """The compiled kernels, checked, on weights already drawn."""
    if not find_spec("numba"):
        return {}
    import compiled

    compiled.check(name)
    random = np.random.default_rng(0)
    weights = [compiled.draw_blocks(name, size, DRAWS, random) for size in SIZES]
    ways: dict[str, Callable[[], object]] = {}
    for way, kernel in compiled.kernels(name).items():
        ways[way] = lambda kernel=kernel: [kernel(U, W, LENGTH) for U, W in weights]
    return ways
