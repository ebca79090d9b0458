"""What Dask's workers cost and gain on this machine: times, ratios, memory.

    python benchmarks/clusters.py [--draws 1000000] [--cells vanilla gru]

Three questions: how much longer takes the grid of the paper (50 symbols, 1 to 20 units,
2,000 draws) on two worker processes than on threads, once the workers stand; how much
faster are two workers of one thread than one, for many draws of 20 units; and how much
memory take the caller, in which the scheduler lives, and a worker, at a tenth of these
draws and at all of them. Each is measured in a process of its own. About eight minutes
on two idle cores. Where there are only two, the caller takes its time from the workers:
the less a cell computes, the more that is.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

from firstbit.process import prepare

prepare()  # as the command line does, before JAX starts

import jax  # noqa: E402
from timing import side_by_side  # noqa: E402

from firstbit import Execution, discrepancy  # noqa: E402
from firstbit.cli.dask import local_client  # noqa: E402

KEY = jax.random.key(0)
GRID = partial(
    discrepancy,
    "vanilla",
    hidden_sizes=range(1, 21),
    length=50,
    num_draws=2000,
    key=KEY,
)
UNITS = 20
TURNS = 3
ROUNDS = 5
WARM_UP = 4096
"""Draws after which all workers have their programs."""

BYTES = 50 * (8 + 1)
"""Of a draw where all distances are kept: a number at each length, and of each eighth
draw a distance after two random words, 8 bytes each."""


class Run(NamedTuple):
    """A measurement of many draws.

    Attributes:
        seconds: of the call.
        caller: most memory of the caller, in MB.
        worker: most memory of a worker, in MB.
    """

    seconds: float
    caller: float
    worker: float


@contextmanager
def workers(number: int, cell: str) -> Iterator[Any]:
    """Start workers of one thread, and have them load what a cell needs."""
    with local_client(number) as client:  # as --dask local:N
        client.wait_for_workers(number)
        measure(cell, WARM_UP, client)
        yield client


def measure(cell: str, draws: int, client: Any) -> None:
    """Compute the distances of many draws."""
    how = Execution(executor=client)
    units = f"{cell}:{UNITS}"
    discrepancy(units, length=50, num_draws=draws, key=KEY, execution=how)


def overhead() -> dict[str, float]:
    """Return the seconds of the grid on threads and on two workers, in turn."""
    with workers(2, "vanilla") as client:
        ways = {
            "threads": partial(GRID, execution=Execution(workers=2)),
            "workers": partial(GRID, execution=Execution(executor=client)),
        }
        return side_by_side(ways, rounds=ROUNDS)


def many(number: str, draws: str, cell: str) -> Run:
    """Measure many draws on workers."""
    with workers(int(number), cell) as client:
        began = time.perf_counter()
        measure(cell, int(draws), client)
        seconds = time.perf_counter() - began
        peaks = client.run(megabytes)
    return Run(seconds, megabytes(), max(peaks.values()))


def megabytes() -> float:
    """Return the most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def alone(question: str, *asked: object) -> Any:
    """Return what a process of its own measures."""
    command = [sys.executable, __file__, "--question", question]
    words = map(str, asked)
    done = subprocess.run(
        [*command, *words], check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def print_overhead() -> None:
    """Print what workers cost."""
    found = alone("overhead")
    more = found["workers"] - found["threads"]
    print("grid of 50 symbols, 1 to 20 units, 2,000 draws, Vanilla:")
    print(f"  threads {found['threads']:.2f} s, two workers {found['workers']:.2f} s:")
    print(f"  {more:.2f} s more (asked: at most 1 s)")


def print_gain(draws: int, cell: str) -> None:
    """Print what workers gain: one and two in turn, the least seconds of each."""
    of_one, of_two = [], []
    for _ in range(TURNS):
        of_one.append(Run(*alone("many", 1, draws, cell)).seconds)
        of_two.append(Run(*alone("many", 2, draws, cell)).seconds)
    one, two = min(of_one), min(of_two)
    print(f"{draws:,} draws of {UNITS} units, 50 symbols, {cell}:")
    print(f"  one worker {one:.1f} s, two {two:.1f} s, the least of {TURNS} in turn:")
    print(f"  {one / two:.2f} times as fast (asked: at least 1.8)")


def print_memory(draws: int, cell: str) -> None:
    """Print what memory workers take."""
    few = Run(*alone("many", 2, draws // 10, cell))
    many = Run(*alone("many", 2, draws, cell))
    kept = BYTES * (draws - draws // 10) / 2**20
    print("most memory of the caller, with the scheduler, and of a worker:")
    print(f"  {draws // 10:,} draws: {few.caller:.0f} MB, {few.worker:.0f} MB")
    print(f"  {draws:,} draws: {many.caller:.0f} MB, {many.worker:.0f} MB")
    print(
        f"  caller {many.caller - few.caller:.0f} MB more, of which {kept:.0f} MB are"
    )
    print(f"  distances; worker {many.worker - few.worker:.0f} MB more")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1_000_000)
    parser.add_argument("--cells", nargs="+", default=["vanilla", "gru"])
    parser.add_argument("--question", nargs="+", help="for processes of this script")
    asked = parser.parse_args()
    if asked.question is None:
        print_overhead()
        for cell in asked.cells:
            print_gain(asked.draws, cell)
        print_memory(asked.draws, asked.cells[0])
        return
    question, *words = asked.question
    answer = {"overhead": overhead, "many": many}[question]
    print(json.dumps(answer(*words)))


if __name__ == "__main__":
    main()
