"""Independent jobs over all cores of this process."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import TypeVar

import jax

Job = TypeVar("Job")
Result = TypeVar("Result")


def num_workers() -> int:
    """Processors that this process may use."""
    return (
        len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1
    )


def run_blocks(
    compute: Callable[[Job], Result],
    jobs: Sequence[Job],
    *,
    workers: int | None = None,
    progress: Callable[[int, int], object] | None = None,
    abandon: Callable[[], object] = lambda: None,
) -> list[Result]:
    """Compute every job in float64 on a pool of threads; results in the order of the jobs.

    XLA releases Python's lock while it computes, so threads use all cores without a
    second process or device. An interruption lets the running jobs finish and drops the
    rest.

    Args:
        compute: maps a job to its result.
        jobs: what to compute; all start in this order.
        workers: number of threads; all processors by default.
        progress: called with (jobs done, jobs in all) in the calling thread.
        abandon: called at an interruption or an error, so that long jobs which are
            running can end early.

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
    except BaseException:
        abandon()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
