"""What a job costs the caller, beside its computation: `python benchmarks/engines.py`.

The workers only pretend: a job ends when as many others have begun as there are
workers. So all time of the process is the caller's own.
"""

import argparse
import time
from collections import deque
from concurrent.futures import Future
from typing import Any

from firstbit.engines import crew
from firstbit.errands import Errand
from firstbit.execution import Execution
from firstbit.worked import Done

DONE = Done([0], "pretended", 0.0)


class Pretended:
    """An executor with many workers that compute nothing.

    Attributes:
        num_workers: how many jobs are under way before the first ends.
    """

    def __init__(self, number: int) -> None:
        self.num_workers = number
        self._going: deque[Future[Done]] = deque()

    def submit(self, *_: Any) -> "Future[Done]":
        """Begin a job, and end the one that began `num_workers` jobs ago."""
        future: Future[Done] = Future()
        self._going.append(future)
        if len(self._going) > self.num_workers:
            self._going.popleft().set_result(DONE)
        return future

    def end(self) -> None:
        """End all jobs."""
        while self._going:
            self._going.popleft().set_result(DONE)


def main() -> None:
    """Print microseconds a job for some numbers of workers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=100_000)
    jobs = parser.parse_args().jobs
    for number in (1, 10, 100, 1000, 10_000):
        print(f"{number:6} workers: {1e6 * seconds(number, jobs):.0f} us a job")


def seconds(num_workers: int, num_jobs: int) -> float:
    """Return the seconds of the caller for each job."""
    engine = Pretended(num_workers)

    def jobs() -> Any:
        yield from range(num_jobs)
        engine.end()

    errand = Errand(divmod, 7, "seven", str)
    with crew(Execution(executor=engine)) as workers:
        began = time.process_time()
        number = sum(1 for _ in workers.completed(errand, jobs()))
        assert number == num_jobs
        return (time.process_time() - began) / num_jobs


if __name__ == "__main__":
    main()
