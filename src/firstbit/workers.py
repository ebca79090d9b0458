"""The workers of an executor, as far as it says how many there are."""

import time
from collections.abc import Callable, Mapping
from math import inf
from typing import Any

from firstbit.errors import EngineError
from firstbit.execution import Engine

FRESH = 5.0
"""Seconds for which a number of workers is believed: a cluster may grow."""


class AllowMixed:
    """An executor whose workers may be of another firstbit, JAX or kind of processor.

    They are refused otherwise, as bits may differ; and so they may.

    Example:
        >>> AllowMixed(max).executor is max
        True
    """

    def __init__(self, executor: Engine) -> None:
        """Take an executor as it is."""
        self.executor = executor

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Any:
        """Submit a function to the executor."""
        return self.executor.submit(fn, *args)


class Workers:
    """The workers of an executor; a client of Dask knows them by their addresses.

    Attributes:
        allows_mixed: whether they may differ in what bits depend on.
    """

    def __init__(self, executor: Engine, otherwise: int) -> None:
        """Take an executor.

        Args:
            executor: takes jobs.
            otherwise: how many workers it is believed to have if it doesn't say.
        """
        self.allows_mixed = isinstance(executor, AllowMixed)
        if isinstance(executor, AllowMixed):
            executor = executor.executor
        self._number = _declared(executor) or otherwise
        if hasattr(executor, "get_executor"):  # a client of Dask
            executor = getattr(executor, "get_executor")(pure=False)  # noqa: B009
        self._executor = executor
        self._client = getattr(executor, "_client", None)
        self._asked_at = -inf
        self._by_address: Mapping[str, int] | None = None

    @property
    def number(self) -> int:
        """How many jobs they compute at a time; of a growing cluster, by now."""
        if time.monotonic() - self._asked_at >= FRESH:
            self._ask()
        return self._number

    def submit(self, call: Callable[[], object]) -> Any:
        """Have a call made; return its future."""
        return self._executor.submit(call)

    def are_gone(self) -> bool:
        """Whether the executor says that no worker is left."""
        self._ask()
        return self._by_address is not None and not self._by_address

    def require_scheduler(self) -> None:
        """Raise `EngineError` where a client of Dask has lost its scheduler."""
        status = getattr(self._client, "status", "running")
        if status == "running":
            return
        raise EngineError(
            f"expected the scheduler at {self.place} to answer, got none: the "
            f"connection is {status}; finished work is kept where the call has a "
            "folder for it (`resume`); start a scheduler, and call again."
        )

    @property
    def place(self) -> str:
        """The address of the scheduler."""
        scheduler = getattr(self._client, "scheduler", None)
        return getattr(scheduler, "address", "its address")

    def _ask(self) -> None:
        """Ask a client of Dask for its workers."""
        self._asked_at = time.monotonic()
        self._by_address = _by_address(self._client)
        threads = self._by_address or {}
        self._number = sum(threads.values()) or self._number


def _declared(executor: object) -> int | None:
    """Return how many workers an executor says it has; None if it doesn't say."""
    for name in ("_max_workers", "num_workers"):
        number = getattr(executor, name, None)
        if isinstance(number, int) and number > 0:
            return number
    threads = _by_address(executor)
    return sum(threads.values()) if threads else None


def _by_address(client: object) -> Mapping[str, int] | None:
    """Return the threads of each worker of Dask; None where nobody knows them."""
    ask = getattr(client, "nthreads", None)
    if not callable(ask):
        return None
    try:
        found = ask()
    except Exception:  # whatever a lost connection raises; it is asked for by itself
        return None
    return found if isinstance(found, Mapping) else None
