"""Times of several ways to do one thing, taken in turn, so that a drift of the machine touches all alike."""

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
    """Median seconds of each way; every way runs once before, and then once in each round."""
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
    """A Python program started so many times, one after another; the first finds no compiled program kept from before."""
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
    """Seconds of a Python process from its start to its end, with no compiled program kept from before."""
    return processes(program, 1)[0].seconds
