"""What each worker of an executor did, on one line."""

from collections.abc import Sequence
from typing import Any, NamedTuple

NAMED = 8
"""Workers that are named; of more, those that did the fewest jobs and the most."""


class Done(NamedTuple):
    """The results of some jobs, and who computed them.

    Attributes:
        results: one a job.
        worker: its machine and process.
        seconds: that they took there.
    """

    results: Sequence[Any]
    worker: str
    seconds: float


class Worked:
    """Counts the jobs of each worker, and their seconds.

    Example:
        >>> worked = Worked()
        >>> for worker in ("node1:7", "node2:9", "node1:7"):
        ...     worked.add(Done([None], worker, 1.5))
        >>> print(worked)
        2 workers did 3 jobs: node1:7 2 in 3 s, node2:9 1 in 1.5 s
    """

    def __init__(self) -> None:
        self._jobs: dict[str, int] = {}
        self._seconds: dict[str, float] = {}

    def __bool__(self) -> bool:
        return bool(self._jobs)

    def add(self, done: Done) -> None:
        """Count the jobs of a call."""
        name = done.worker
        self._jobs[name] = self._jobs.get(name, 0) + len(done.results)
        self._seconds[name] = self._seconds.get(name, 0.0) + done.seconds

    def __str__(self) -> str:
        told = []
        for name in sorted(self._jobs, key=self._place):
            jobs = self._jobs[name]
            seconds = self._seconds[name]
            told.append(f"{name} {jobs:,} in {seconds:.3g} s")
        total = sum(self._jobs.values())
        workers = _counted(len(told), "worker")
        jobs = _counted(total, "job")
        half = NAMED // 2
        if len(told) > NAMED:
            told[half:-half] = ["..."]
        return f"{workers} did {jobs}: {', '.join(told)}"

    def _place(self, name: str) -> tuple[int, str]:
        """Return what sorts the workers: the most busy first."""
        return -self._jobs[name], name


def _counted(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"
