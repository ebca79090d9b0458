"""Jobs over threads of this process, or over any executor, to the same bits.

An executor gets pure functions of a module, with a value and a job: pickled once, and
unpacked once by each worker. A thread of the caller waits for each job under way, so
that errors, interruptions and a limit to their number are those of threads.
"""

import pickle
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, CancelledError, Future, InvalidStateError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache, partial
from importlib import import_module
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar

from firstbit.errors import EngineError, FirstbitError, SettingError, shown
from firstbit.execution import Engine, Execution
from firstbit.surroundings import Surroundings
from firstbit.threads import (
    Threads,
    in_double,
    is_abandoned,
    num_workers,
    require_unforked,
    threads,
)

Value = TypeVar("Value")
Job = TypeVar("Job", bound=Hashable)
Result = TypeVar("Result")

ATTEMPTS = 3
"""How often a job is computed that fails: a worker may have been lost."""

AHEAD = 2
"""Jobs for each worker that run or wait at a time."""

PATIENCE = 30.0
"""Seconds after which a thread that waits asks whether it still should."""

MOST_ERRANDS = 4
"""Values that a worker keeps."""

_UNPACKING = Lock()


@dataclass(frozen=True)
class Errand(Generic[Value, Job, Result]):
    """A pure function of a value that many jobs share, and of a job.

    Attributes:
        function: of a module, so that another process finds it by its name.
        value: what the jobs share; it can be pickled, if the cell in it can.
        name: of the value, as errors name it: the cell's.
        told: what an error says of a job: which it is, and its seed.
    """

    function: Callable[[Value, Job], Result]
    value: Value
    name: str
    told: Callable[[Job], str]

    def __call__(self, job: Job) -> Result:
        """Compute a job here."""
        return self.function(self.value, job)

    def packed(self) -> "Packed":
        """Return what a worker gets.

        Raises:
            SettingError: the value can't be pickled.
        """
        try:
            payload = _pickler().dumps((self.function, self.value))
        except Exception as error:  # a user's own object may raise anything
            raise SettingError(
                f"expected {self.name} to be something that can be sent to another "
                f"process, got {type(error).__name__}: {shown(error, 200)}; write it "
                "as a class or a function at the top of a file (file.py:MyCell), "
                "install cloudpickle, or leave `executor` out."
            ) from error
        return Packed(Surroundings.here(), payload)


class Packed(NamedTuple):
    """What all jobs of an errand take to a worker.

    Attributes:
        surroundings: of the caller.
        payload: function and value, pickled.
    """

    surroundings: Surroundings
    payload: bytes


@dataclass(frozen=True)
class Call:
    """What a worker calls: no tuple, since Dask would look into it.

    Attributes:
        packed: the errand.
        job: which.
        attempt: its number; some engines return the same for equal calls.
    """

    packed: Packed = field(repr=False)
    job: Any
    attempt: int

    def __call__(self) -> Any:
        """Compute the job in this process.

        Raises:
            SettingError: bits might differ here, or the process was forked.
        """
        require_unforked()
        surroundings, payload = self.packed
        surroundings.adopt()  # before the value: its arrays make JAX begin
        with _UNPACKING:
            function, value = _unpacked(payload)
        with surroundings.switched(), in_double():
            return function(value, self.job)


@lru_cache(maxsize=MOST_ERRANDS)
def _unpacked(payload: bytes) -> tuple[Callable[..., Any], Any]:
    """Return function and value: once, as what a value has derived is used again."""
    return pickle.loads(payload)


def _pickler() -> Any:
    """Return cloudpickle, which takes more, where it is installed; else pickle."""
    try:
        return import_module("cloudpickle")
    except ImportError:
        return pickle


class Crew:
    """Threads of this process, and the workers of an executor if there is one.

    Attributes:
        workers: how many jobs are computed at a time.
        is_elsewhere: whether an executor computes them.
    """

    def __init__(self, pool: Threads, executor: Engine | None, workers: int) -> None:
        self._pool = pool
        self._executor = executor
        self._waiting = _Waiting()
        self.workers = workers

    @property
    def is_elsewhere(self) -> bool:
        """Whether jobs leave this process."""
        return self._executor is not None

    def calling(self, errand: Errand[Any, Job, Result]) -> Callable[[Job], Result]:
        """Return a function that computes a job, or has it computed and waits.

        Raises:
            SettingError: the errand can't be sent.
        """
        if self._executor is None:
            return errand
        return partial(self._ask, self._executor, errand.packed(), errand)

    def completed(
        self,
        compute: Callable[[Job], Result],
        jobs: Iterable[Job],
        *,
        ahead: int | None = None,
    ) -> Iterator[tuple[Job, Result]]:
        """Yield each job with its result as it ends.

        Args:
            compute: what `calling` returned, or a function that calls it.
            jobs: the work; they start in this order.
            ahead: how many run or wait at a time; by default two for each worker.
        """
        limit = AHEAD * self.workers if ahead is None else ahead
        return self._pool.completed(compute, jobs, ahead=limit)

    def submit(self, function: Callable[..., Result], *args: Any) -> Any:
        """Call a function on a thread of this process."""
        return self._pool.submit(function, *args)

    def let_go(self) -> None:
        """Wait for no job any more that an executor still computes."""
        self._waiting.let_go()

    def _ask(
        self, executor: Engine, packed: Packed, errand: Errand[Any, Job, Any], job: Job
    ) -> Any:
        """Have a job computed; a thread waits here."""
        reason = ""
        for attempt in range(ATTEMPTS):
            try:
                future = executor.submit(Call(packed, job, attempt))
                return self._waiting.result_of(future)
            except FirstbitError:  # it would be the same again
                raise
            except CancelledError:
                if self._waiting.is_over or is_abandoned():
                    raise
                reason = "it was cancelled"
            except BrokenExecutor as error:
                raise EngineError(
                    "expected an executor that works, got one whose workers ended: "
                    f"{_said(error)}; start it anew (a program that spawns processes "
                    "needs `if __name__ == '__main__':`)."
                ) from error
            except Exception as error:  # whatever a job or an engine raises
                reason = _said(error)
        raise EngineError(
            f"expected {errand.told(job)} to end, got {ATTEMPTS} failures, the last: "
            f"{reason}."
        )


class _Waiting:
    """The jobs under way at an executor, each waited for by a thread."""

    def __init__(self) -> None:
        self._waiters: set[Future[None]] = set()
        self.is_over = False
        self._lock = Lock()

    def result_of(self, future: Any) -> Any:
        """Return the result of a job, or let it go where nobody wants it any more."""
        waiter: Future[None] = Future()
        with self._lock:
            self._waiters.add(waiter)
            if self.is_over:
                waiter.cancel()
        future.add_done_callback(lambda _: _wake(waiter))
        try:
            _wait(waiter)
            return future.result()
        except CancelledError:
            future.cancel()
            raise
        finally:
            with self._lock:
                self._waiters.discard(waiter)

    def let_go(self) -> None:
        """Wake all threads that wait; their jobs are no longer wanted."""
        with self._lock:
            self.is_over = True
            for waiter in self._waiters:
                waiter.cancel()


def _wake(waiter: Future[None]) -> None:
    """Say that a job has ended, unless its thread was let go."""
    with suppress(InvalidStateError):
        waiter.set_result(None)


def _wait(waiter: Future[None]) -> None:
    """Wait; ask now and then whether a pool above this one still wants it."""
    while True:
        try:
            return waiter.result(timeout=PATIENCE)
        except TimeoutError:
            if is_abandoned():
                raise CancelledError from None


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {shown(error, 200)}".rstrip(": .")


@contextmanager
def crew(execution: Execution) -> Iterator[Crew]:
    """Open the threads of a call, and its executor if it has one.

    Example:
        >>> with crew(Execution(workers=1)) as ours:
        ...     dict(ours.completed(abs, [1, -2]))
        {1: 1, -2: 2}
    """
    executor = execution.executor
    own = execution.workers or num_workers()
    if executor is None:
        with threads(own) as pool:
            yield Crew(pool, None, own)
        return
    workers = _workers_of(executor) or own
    if hasattr(executor, "get_executor"):  # a client of Dask
        executor = getattr(executor, "get_executor")(pure=False)  # noqa: B009
    # Threads that wait for a job, and those that put results together.
    with threads(AHEAD * workers + num_workers()) as pool:
        ours = Crew(pool, executor, workers)
        try:
            yield ours
        except BaseException:
            ours.let_go()
            raise


def _workers_of(executor: Engine) -> int | None:
    """Return how many workers an executor says it has; None if it doesn't say."""
    for name in ("_max_workers", "num_workers"):
        number = getattr(executor, name, None)
        if isinstance(number, int) and number > 0:
            return number
    asked = getattr(getattr(executor, "_client", executor), "nthreads", None)
    by_address = asked() if callable(asked) else None  # of Dask
    if isinstance(by_address, Mapping):
        return sum(by_address.values()) or None
    return None
