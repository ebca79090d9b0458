"""How many jobs a worker takes at a time, so that the way there costs little."""

from collections.abc import Iterable, Iterator, Sized
from math import inf
from typing import Generic, TypeVar

from firstbit.worked import Done

Job = TypeVar("Job")

SECONDS = 0.05, 0.25
"""What a call takes, at least and at most: less would cost as much as it computes, and
with a worker that much is lost."""

MOST = 32
"""Jobs of a call: those after a short one may be long."""

CALLS = 2
"""Calls that each worker should still get: so all of them end at about one time."""


class Shares(Generic[Job]):
    """Jobs in their order, and how many of them the next call takes.

    A call costs its caller some milliseconds on a cluster, as much as a short job. How
    long the jobs are is not known before the first has ended, and each goes alone until
    then; so do all jobs of an iterator, which doesn't say how many are left.

    Example:
        >>> shares = Shares(range(100))
        >>> shares.size(workers=2)
        1
        >>> shares.add(Done([None, None], "node1:7", seconds=0.1))
        >>> shares.size(workers=2), shares.size(workers=10)
        (5, 5)
    """

    def __init__(self, jobs: Iterable[Job]) -> None:
        """Take the jobs."""
        self._jobs = jobs
        self._left = len(jobs) if isinstance(jobs, Sized) else 0
        self._pace = inf

    def __iter__(self) -> Iterator[Job]:
        """Yield the jobs, and count those that are left."""
        for job in self._jobs:
            self._left = max(self._left - 1, 0)
            yield job

    def add(self, done: Done) -> None:
        """Learn how long a job takes."""
        self._pace = done.seconds / len(done.results)

    def size(self, workers: int) -> int:
        """Return how many jobs the next call takes.

        Args:
            workers: that compute at a time.
        """
        if not self._left:
            return 1
        fair = self._left // (CALLS * workers)
        least, most = (self._within(seconds) for seconds in SECONDS)
        return max(min(fair, most), least)

    def _within(self, seconds: float) -> int:
        """Return how many jobs take so long; at least one."""
        if self._pace * MOST <= seconds:
            return MOST
        return max(int(seconds / self._pace), 1)
