"""Jobs over threads of this process, or over any executor, to the same bits."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, CancelledError
from contextlib import contextmanager
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, Generic, Protocol, TypeVar

from firstbit.errands import Call, Errand
from firstbit.errors import EngineError, FirstbitError, shown
from firstbit.execution import Engine, Execution
from firstbit.threads import Threads, is_abandoned, num_workers, threads

Job = TypeVar("Job", bound=Hashable)
Result = TypeVar("Result")
Asked = TypeVar("Asked", contravariant=True)

ATTEMPTS = 3
"""How often a job is computed that fails: a worker may have been lost."""

AHEAD = 2
"""Jobs for each worker that run or wait at a time."""

PATIENCE = 30.0
"""Seconds of waiting after which the caller asks whether it still should."""


class Shelf(Protocol[Asked, Result]):
    """Where results are kept: what is there is not computed again."""

    def read(self, job: Asked) -> Result | None:
        """Return a result; None if it isn't there."""
        ...

    def write(self, job: Asked, result: Result) -> None:
        """Keep a result."""
        ...


class AllowMixed:
    """An executor whose workers may be of another firstbit, JAX or kind of processor.

    They are refused otherwise, as bits may differ; and so they may.

    Example:
        >>> AllowMixed(Threads).executor is Threads
        True
    """

    def __init__(self, executor: Engine) -> None:
        """Take an executor as it is."""
        self.executor = executor

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Any:
        """Submit a function to the executor."""
        return self.executor.submit(fn, *args)


class Crew:
    """Threads of this process, and the workers of an executor if there is one.

    Attributes:
        workers: how many jobs are computed at a time.
        is_elsewhere: whether an executor computes them.
    """

    def __init__(self, pool: Threads, executor: Engine | None, workers: int) -> None:
        self._pool = pool
        self._executor = executor
        self._away: list[_Away[Any, Any]] = []
        self.workers = workers

    @property
    def is_elsewhere(self) -> bool:
        """Whether jobs leave this process."""
        return self._executor is not None

    def completed(
        self,
        errand: Errand[Any, Job, Result],
        jobs: Iterable[Job],
        *,
        shelf: Shelf[Job, Result] | None = None,
        ahead: int | None = None,
    ) -> Iterator[tuple[Job, Result]]:
        """Yield each job with its result as it ends.

        Args:
            errand: computes a job.
            jobs: the work; they start in this order.
            shelf: keeps the results; none by default.
            ahead: how many run or wait at a time; by default two for each worker.

        Raises:
            SettingError: the errand can't be sent.
            EngineError: a job fails again and again, or the workers have ended.
        """
        limit = AHEAD * self.workers if ahead is None else ahead
        if self._executor is None:
            compute = errand if shelf is None else partial(_computed, errand, shelf)
            return self._pool.completed(compute, jobs, ahead=limit)
        away = _Away(self._executor, errand)
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

    def __init__(self, executor: Engine, errand: Errand[Any, Job, Result]) -> None:
        is_mixed = isinstance(executor, AllowMixed)
        self._executor = executor
        self._errand = errand
        self._packed = errand.packed(allows_mixed=is_mixed)
        self._calls: dict[Any, Call] = {}
        self._ended = SimpleQueue[Any]()

    def completed(
        self, jobs: Iterable[Job], shelf: Shelf[Job, Result] | None, limit: int
    ) -> Iterator[tuple[Job, Result]]:
        """Yield each job with its result as it ends, at most `limit` under way."""
        for job in jobs:
            found = None if shelf is None else shelf.read(job)
            if found is not None:
                yield job, found
                continue
            self._begin(Call(self._packed, job, 0))
            if len(self._calls) >= limit:
                yield self._next(shelf)
        while self._calls:
            yield self._next(shelf)

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
            future = self._executor.submit(call)
        except BrokenExecutor as error:
            raise _broken(error) from error
        except Exception as error:  # whatever an engine raises
            _require_scheduler(self._executor)
            raise EngineError(
                f"expected an executor that takes jobs, got {_said(error)}; start it "
                "anew."
            ) from error
        self._calls[future] = call
        future.add_done_callback(self._ended.put)

    def _next(self, shelf: Shelf[Job, Result] | None) -> tuple[Job, Result]:
        """Return the next job that ends well, with its result; it is put on the shelf.

        Raises:
            EngineError: a job has failed too often, or the workers have ended.
        """
        while True:
            future = self._wait()
            call = self._calls.pop(future)
            try:
                result = future.result()
            except FirstbitError:  # it would be the same again
                raise
            except BrokenExecutor as error:
                raise _broken(error) from error
            except CancelledError:
                _require_scheduler(self._executor)
                self._again(call, "it was cancelled")
            except Exception as error:  # whatever a job or an engine raises
                self._again(call, _said(error))
            else:
                if shelf is not None:
                    shelf.write(call.job, result)
                return call.job, result

    def _again(self, call: Call, reason: str) -> None:
        """Try a job that failed once more, or raise `EngineError`."""
        attempt = call.attempt + 1
        if attempt == ATTEMPTS:
            raise EngineError(
                f"expected {self._errand.told(call.job)} to end, got {ATTEMPTS} "
                f"failures, the last: {reason}."
            )
        self._begin(Call(self._packed, call.job, attempt))

    def _wait(self) -> Any:
        """Return a future that has ended; ask now and then if it is still wanted."""
        while True:
            try:
                return self._ended.get(timeout=PATIENCE)
            except Empty:
                _require_scheduler(self._executor)
                if is_abandoned():
                    raise CancelledError from None


def _broken(error: BrokenExecutor) -> EngineError:
    return EngineError(
        "expected an executor that works, got one whose workers ended: "
        f"{_said(error)}; start it anew (a program that spawns processes "
        "needs `if __name__ == '__main__':`)."
    )


def _require_scheduler(executor: Engine) -> None:
    """Raise `EngineError` where a client of Dask has lost its scheduler."""
    client = getattr(_plain(executor), "_client", None)
    status = getattr(client, "status", "running")
    if status == "running":
        return
    address = getattr(getattr(client, "scheduler", None), "address", "its address")
    raise EngineError(
        f"expected the scheduler at {address} to answer, got none: the connection is "
        f"{status}; finished work is kept where the call has a folder for it "
        "(`resume`); start a scheduler, and call again."
    )


def _plain(executor: Any) -> Any:
    return executor.executor if isinstance(executor, AllowMixed) else executor


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
    workers = _workers_of(executor) or own
    executor = _without_client(executor)
    with threads() as pool:
        ours = Crew(pool, executor, workers)
        try:
            yield ours
        finally:
            ours.cancel()


def _without_client(executor: Engine) -> Engine:
    """Return the executor of a client of Dask, and any other as it is."""
    if isinstance(executor, AllowMixed):
        return AllowMixed(_without_client(executor.executor))
    if not hasattr(executor, "get_executor"):
        return executor
    return getattr(executor, "get_executor")(pure=False)  # noqa: B009


def _workers_of(executor: Engine) -> int | None:
    """Return how many workers an executor says it has; None if it doesn't say."""
    executor = _plain(executor)
    for name in ("_max_workers", "num_workers"):
        number = getattr(executor, name, None)
        if isinstance(number, int) and number > 0:
            return number
    asked = getattr(getattr(executor, "_client", executor), "nthreads", None)
    by_address = asked() if callable(asked) else None  # of Dask
    if isinstance(by_address, Mapping):
        return sum(by_address.values()) or None
    return None
