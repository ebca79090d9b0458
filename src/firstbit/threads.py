"""Independent jobs over all cores of this process."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from queue import SimpleQueue
from threading import Event
from typing import ParamSpec, TypeVar

import jax

from firstbit.compiled.sharing import share
from firstbit.errors import SettingError, require_at_least
from firstbit.processors import num_processors
from firstbit.progress import Progress

Job = TypeVar("Job")
Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")

share()  # from the first program on, where this process was prepared

_WORKED_IN: list[int] = []
"""The process in which threads have computed; a child that is forked inherits it."""


_ENDS: ContextVar[tuple[Event, ...]] = ContextVar("_ENDS", default=())
"""Of the pool that this thread works for, and of those that this pool works for: set
once an error or an interruption has ended one."""


def is_abandoned() -> bool:
    """Return whether the work of this thread is no longer wanted.

    Long jobs ask now and then, and end early.
    """
    return any(end.is_set() for end in _ENDS.get())


def require_unforked() -> None:
    """Raise `SettingError` in a child that was forked after JAX had begun to work.

    Such a child has none of JAX's threads, and waits for them without an end.
    """
    own = os.getpid()
    if not _WORKED_IN:
        _WORKED_IN.append(own)
    if _WORKED_IN[0] != own:
        raise SettingError(
            "expected a process of its own, got one that was forked after JAX had "
            "begun to work, where it would never end; start processes with "
            "multiprocessing.get_context('spawn')."
        )


def num_workers() -> int:
    """Return the number of threads where none is asked for; see `num_processors`."""
    return num_processors()


@contextmanager
def in_double() -> Iterator[None]:
    """Compute in float64 within the block; the switches are local to a thread."""
    with jax.enable_x64(True), jax.numpy_rank_promotion("allow"):
        yield


class Threads:
    """A pool of threads that compute in float64.

    XLA releases Python's lock while it computes, so threads use all cores without a
    second process or device.
    """

    def __init__(self, pool: ThreadPoolExecutor, end: Event) -> None:
        self._pool = pool
        self._ends = (*_ENDS.get(), end)

    def submit(
        self,
        function: Callable[Arguments, Result],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> "Future[Result]":
        """Call a function on a free thread."""

        def computed() -> Result:
            _ENDS.set(self._ends)
            if is_abandoned():
                raise CancelledError
            with in_double():
                return function(*args, **kwargs)

        return self._pool.submit(computed)

    def completed(
        self, compute: Callable[[Job], Result], jobs: Iterable[Job], *, ahead: int
    ) -> Iterator[tuple[Job, Result]]:
        """Yield each job with its result as it ends.

        At most `ahead` jobs run or wait at a time, so that what is submitted meanwhile
        need not wait for all of them.
        """
        left = iter(jobs)
        pending: dict[Future[Result], Job] = {}
        ended = SimpleQueue[Future[Result]]()  # asking all that wait takes long of many
        while True:
            for job in islice(left, ahead - len(pending)):
                future = self.submit(compute, job)
                pending[future] = job
                future.add_done_callback(ended.put)
            if not pending:
                return
            future = ended.get()
            yield pending.pop(future), future.result()


@contextmanager
def threads(workers: int | None = None) -> Iterator[Threads]:
    """Open a pool of threads; an error lets running jobs finish and drops the rest.

    So it is with the jobs of pools that were opened by these jobs; see `is_abandoned`.

    Args:
        workers: number of threads; all processors by default.

    Raises:
        SettingError: the process was forked after JAX had begun to work.
    """
    require_unforked()
    if workers is not None:
        workers = require_at_least("workers", workers, 1)
    pool = ThreadPoolExecutor(workers or num_workers())
    end = Event()
    try:
        yield Threads(pool, end)
    except BaseException:
        end.set()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def run_blocks(
    compute: Callable[[Job], Result],
    jobs: Sequence[Job],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[Result]:
    """Compute every job in float64 on threads; return the results in the jobs' order.

    Args:
        compute: maps a job to its result.
        jobs: the work; all start in this order.
        workers: number of threads; all processors by default.
        progress: called with (jobs done, all jobs) in the calling thread.

    Example:
        >>> run_blocks(lambda job: job * job, [1, 2, 3])
        [1, 4, 9]
    """
    with threads(workers) as pool:
        futures = [pool.submit(compute, job) for job in jobs]
        for done, future in enumerate(as_completed(futures), start=1):
            future.result()
            if progress is not None:
                progress(done, len(jobs))
        return [future.result() for future in futures]
