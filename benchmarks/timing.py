"""Time several ways to do one thing, in turn.

So a drift of the machine's speed touches all of them alike.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import NamedTuple


def side_by_side(
    ways: Mapping[str, Callable[[], object]], *, rounds: int = 5
) -> dict[str, float]:
    """Return the median seconds of each way.

    Every way runs once before the first round, and then once in each round.
    """
    for way in ways.values():
        way()
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            taken[name].append(time.perf_counter() - start)
    return {name: median(seconds) for name, seconds in taken.items()}


class Process(NamedTuple):
    """What a process took.

    Attributes:
        seconds: from its start to its end.
        gibibytes: the most memory that it held at once.
    """

    seconds: float
    gibibytes: float


def processes(program: str, number: int) -> list[Process]:
    """Run a Python program `number` times, one after another.

    The first run starts with an empty folder of compiled programs.
    """
    found = []
    with tempfile.TemporaryDirectory() as cache:
        kept = {
            name: value
            for name, value in os.environ.items()
            if name != "JAX_COMPILATION_CACHE_DIR"
        }
        for _ in range(number):
            start = time.perf_counter()
            child = subprocess.Popen(
                [sys.executable, "-c", program],
                env={**kept, "XDG_CACHE_HOME": cache},
                stdout=subprocess.DEVNULL,
            )
            _, status, usage = os.wait4(child.pid, 0)
            if status:
                raise subprocess.CalledProcessError(
                    os.waitstatus_to_exitcode(status), program
                )
            found.append(Process(time.perf_counter() - start, usage.ru_maxrss / 2**20))
    return found


def fresh_process(program: str) -> float:
    """Return the seconds of a Python process from its start to its end.

    It starts with an empty folder of compiled programs.
    """
    return processes(program, 1)[0].seconds
