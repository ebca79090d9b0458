"""Jobs over threads of this process, or over any executor, to the same bits."""

import logging
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError
from contextlib import contextmanager
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, Generic, Protocol, TypeVar

from firstbit.errands import Call, Errand
from firstbit.errors import EngineError, FirstbitError, shown
from firstbit.execution import Execution
from firstbit.shares import Shares
from firstbit.threads import Threads, is_abandoned, num_workers, threads
from firstbit.worked import Done, Worked
from firstbit.workers import Workers

Job = TypeVar("Job", bound=Hashable)
Result = TypeVar("Result")
Asked = TypeVar("Asked", contravariant=True)

ATTEMPTS = 3
"""How often a job is computed that fails: a worker may have been lost."""

AHEAD = 2
"""Calls for each worker that run or wait at a time."""

PATIENCE = 5.0
"""Seconds of waiting after which the caller asks whether it still should."""

LOG = logging.getLogger("firstbit")
"""Says what a caller of long work should know: no result depends on it."""


class Shelf(Protocol[Asked, Result]):
    """Where results are kept: what is there is not computed again."""

    def read(self, job: Asked, /) -> Result | None:
        """Return a result; None if it isn't there."""
        ...

    def write(self, job: Asked, result: Result, /) -> None:
        """Keep a result."""
        ...


class Crew:
    """Threads of this process, and the workers of an executor if there is one.

    Attributes:
        worked: what each worker of the executor did.
    """

    def __init__(self, pool: Threads, elsewhere: Workers | None, own: int) -> None:
        self._pool = pool
        self._elsewhere = elsewhere
        self._own = own
        self._away: list[_Away[Any, Any]] = []
        self.worked = Worked()

    @property
    def workers(self) -> int:
        """How many jobs are computed at a time."""
        return self._own if self._elsewhere is None else self._elsewhere.number

    @property
    def is_elsewhere(self) -> bool:
        """Whether jobs leave this process."""
        return self._elsewhere is not None

    def completed(
        self,
        errand: Errand[Any, Job, Result],
        jobs: Iterable[Job],
        *,
        shelf: Shelf[Job, Result] | None = None,
        each: int = AHEAD,
        ahead: int | None = None,
    ) -> Iterator[tuple[Job, Result]]:
        """Yield each job with its result as it ends.

        Args:
            errand: computes a job.
            jobs: the work; they start in this order.
            shelf: keeps the results; none by default.
            each: how many calls of each worker run or wait at a time: a thread takes
                one job a call, and the workers of an executor take some if they are
                short and `jobs` says how many there are.
            ahead: how many of all workers, whatever their number.

        Raises:
            SettingError: the errand can't be sent.
            EngineError: a job fails again and again, or the workers have ended.
        """

        def limit() -> int:
            return each * self.workers if ahead is None else ahead

        if self._elsewhere is None:
            compute = errand if shelf is None else partial(_computed, errand, shelf)
            return self._pool.completed(compute, jobs, ahead=limit())
        away = _Away(self._elsewhere, errand, self.worked)
        self._away.append(away)
        return away.completed(jobs, shelf, limit)

    def submit(self, function: Callable[..., Result], *args: Any) -> Any:
        """Call a function on a thread of this process."""
        return self._pool.submit(function, *args)

    def cancel(self) -> None:
        """Cancel what an executor has not begun: nobody wants it any more."""
        for away in self._away:
            away.cancel()


def _computed(
    errand: Errand[Any, Job, Result], shelf: Shelf[Job, Result], job: Job
) -> Result:
    """Return the result of a job: from the shelf, or computed and put there."""
    found = shelf.read(job)
    if found is None:
        found = errand(job)
        shelf.write(job, found)
    return found


class _Away(Generic[Job, Result]):
    """The jobs of an errand that are under way at an executor."""

    def __init__(
        self, workers: Workers, errand: Errand[Any, Job, Result], worked: Worked
    ) -> None:
        self._workers = workers
        self._errand = errand
        self._worked = worked
        self._packed = errand.packed(allows_mixed=workers.allows_mixed)
        self._calls: dict[Any, Call] = {}
        self._ended = SimpleQueue[Any]()

    def completed(
        self,
        jobs: Iterable[Job],
        shelf: Shelf[Job, Result] | None,
        limit: Callable[[], int],
    ) -> Iterator[tuple[Job, Result]]:
        """Yield each job with its result as it ends, `limit()` calls at a time."""
        shares = Shares(jobs)
        waiting: list[Job] = []
        for job in shares:
            found = None if shelf is None else shelf.read(job)
            if found is not None:
                yield job, found
                continue
            waiting.append(job)
            if len(waiting) < shares.size(self._workers.number):
                continue
            self._begin(Call(self._packed, tuple(waiting), 0))
            waiting = []
            while len(self._calls) >= limit():
                yield from self._next(shelf, shares)
        if waiting:
            self._begin(Call(self._packed, tuple(waiting), 0))
        while self._calls:
            yield from self._next(shelf, shares)

    def cancel(self) -> None:
        """Cancel what has not begun."""
        for future in self._calls:
            future.cancel()

    def _begin(self, call: Call) -> None:
        """Have a job computed.

        Raises:
            EngineError: the workers have ended, or nobody takes jobs any more.
        """
        try:
            future = self._workers.submit(call)
        except BrokenExecutor as error:
            raise _broken(error) from error
        except Exception as error:  # whatever an engine raises
            self._workers.require_scheduler()
            raise EngineError(
                f"expected an executor that takes jobs, got {_said(error)}; start it "
                "anew."
            ) from error
        self._calls[future] = call
        future.add_done_callback(self._ended.put)

    def _next(
        self, shelf: Shelf[Job, Result] | None, shares: Shares[Job]
    ) -> Iterator[tuple[Job, Result]]:
        """Yield the jobs of the next call that ends well; they are put on the shelf.

        Raises:
            EngineError: a job has failed too often, or the workers have ended.
        """
        call, done = self._ended_well()
        self._worked.add(done)
        shares.add(done)
        for job, result in zip(call.jobs, done.results, strict=True):
            if shelf is not None:
                shelf.write(job, result)
        yield from zip(call.jobs, done.results, strict=True)

    def _ended_well(self) -> tuple[Call, Done]:
        """Return the next call that ends well, and what it returned."""
        while True:
            future = self._wait()
            call = self._calls.pop(future)
            try:
                return call, future.result()
            except FirstbitError:  # it would be the same again
                raise
            except BrokenExecutor as error:
                raise _broken(error) from error
            except CancelledError:
                self._workers.require_scheduler()
                self._again(call, "it was cancelled")
            except Exception as error:  # whatever a job or an engine raises
                self._again(call, _said(error))

    def _again(self, call: Call, reason: str) -> None:
        """Try each job of a call that failed once more, or raise `EngineError`."""
        attempt = call.attempt + 1
        if attempt == ATTEMPTS:
            told = self._errand.told(call.jobs[0])
            raise EngineError(
                f"expected {told} to end, got {ATTEMPTS} failures, the last: {reason}."
            )
        for job in call.jobs:
            self._begin(Call(self._packed, (job,), attempt))

    def _wait(self) -> Any:
        """Return a future that has ended; ask now and then if it is still wanted."""
        is_told = False
        while True:
            try:
                return self._ended.get(timeout=PATIENCE)
            except Empty:
                self._workers.require_scheduler()
            if is_abandoned():
                raise CancelledError
            if not is_told and self._workers.are_gone():
                is_told = True
                LOG.warning(
                    "no worker of %s is left; waiting for one.", self._workers.place
                )


def _broken(error: BrokenExecutor) -> EngineError:
    return EngineError(
        "expected an executor that works, got one whose workers ended: "
        f"{_said(error)}; start it anew (a program that spawns processes "
        "needs `if __name__ == '__main__':`)."
    )


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {shown(error, 200)}".rstrip(": .")


@contextmanager
def crew(execution: Execution) -> Iterator[Crew]:
    """Open the threads of a call, and its executor if it has one.

    Where nothing may be computed, an executor is not asked.

    Example:
        >>> errand = Errand(pow, 2, "powers", str)
        >>> with crew(Execution(workers=1)) as ours:
        ...     dict(ours.completed(errand, [1, 3]))
        {1: 2, 3: 8}
    """
    executor = None if execution.only_kept else execution.executor
    own = execution.workers or num_workers()
    if executor is None:
        with threads(own) as pool:
            yield Crew(pool, None, own)
        return
    with threads() as pool:
        ours = Crew(pool, Workers(executor, own), own)
        try:
            yield ours
        finally:
            ours.cancel()
    if ours.worked:
        LOG.info("%s.", ours.worked)
