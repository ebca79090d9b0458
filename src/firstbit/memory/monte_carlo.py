"""Blocks of draws: the unit of work.

Draw i at hidden size k depends on (key, k, i) only, and a block is always computed by the same compiled program;
so neither the number of workers nor the order of the blocks changes a bit of the result.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TypeVar

import jax

Job = TypeVar("Job")
Result = TypeVar("Result")

LARGEST_BLOCK = 512
"""Draws in a block of small cells: few enough for progress to be seen."""

BLOCK_WEIGHTS = 1 << 20
"""Weights in a block of large cells."""

LARGEST_STRIP = 64
"""Draws that step together: enough to fill vector registers."""

STRIP_BYTES = 400 << 10
"""Weights of one strip stay below this, so that a core's second-level cache keeps them from step to step."""


def block_size(num_weights: int) -> int:
    """Draws in a block of cells with so many weights: a power of two from 1 to 512.

    Example:
        >>> block_size(440), block_size(160_000)
        (512, 4)
    """
    return _power_of_two(min(LARGEST_BLOCK, BLOCK_WEIGHTS // num_weights))


def strip_width(num_weights: int) -> int:
    """Draws that step together, for cells with so many weights: a power of two from 1 to 64.

    Example:
        >>> strip_width(440), strip_width(160_000)
        (64, 1)
    """
    return _power_of_two(min(LARGEST_STRIP, STRIP_BYTES // (8 * num_weights)))


def _power_of_two(largest: int) -> int:
    """The largest power of two up to `largest`, at least 1."""
    return 1 << max(largest.bit_length() - 1, 0) if largest > 0 else 1


def num_workers() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def free_memory() -> int | None:
    """Bytes that this machine can still give, where it tells."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
    except (OSError, ValueError, IndexError):
        pass
    return None


def run_blocks(
    compute: Callable[[Job], Result],
    jobs: Sequence[Job],
    *,
    workers: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> list[Result]:
    """Compute every job in float64 on a pool of threads; results in the order of the jobs.

    XLA releases Python's lock while it computes, so threads use all cores without a second process or device.
    An interruption lets the running blocks finish and drops the rest.

    Args:
        compute: maps a job to its result.
        jobs: what to compute; all start in this order.
        workers: number of threads; all processors by default.
        progress: called with (jobs done, jobs in all) in the calling thread.

    Example:
        >>> run_blocks(lambda job: job * job, [1, 2, 3])
        [1, 4, 9]
    """

    def in_double(job: Job) -> Result:
        with jax.enable_x64(True):  # the switch is local to a thread
            return compute(job)

    pool = ThreadPoolExecutor(workers or num_workers())
    try:
        futures: list[Future[Result]] = [pool.submit(in_double, job) for job in jobs]
        for done, future in enumerate(as_completed(futures), start=1):
            future.result()
            if progress is not None:
                progress(done, len(jobs))
        return [future.result() for future in futures]
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
