"""Times of several ways to do one thing, taken in turn, so that a drift of the machine touches all alike."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from statistics import median


def side_by_side(ways: Mapping[str, Callable[[], object]], *, rounds: int = 5) -> dict[str, float]:
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


def fresh_process(program: str) -> float:
    """Seconds of a Python process from its start to its end, with no compiled program kept from before."""
    with tempfile.TemporaryDirectory() as cache:
        kept = {name: value for name, value in os.environ.items() if name != "JAX_COMPILATION_CACHE_DIR"}
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", program], check=True, env={**kept, "XDG_CACHE_HOME": cache}, capture_output=True)
        return time.perf_counter() - start
