"""How far a long run is, as lines of a log: where standard error is no terminal."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from firstbit.progress import NamedProgress

EVERY = 10.0
"""Seconds from one line to the next."""


class _Log:
    """Lines on standard error: where a run is.

    Attributes:
        line: the next one; empty before the run has begun.
    """

    def __init__(self, *, at_once: bool) -> None:
        self.line = ""
        self._at_once = at_once
        self._seen: set[str] = set()
        self._began = time.monotonic()

    def report(self, what: str, done: int, total: int) -> None:
        """Take note of how far something is; write what begins, if that is wanted."""
        seconds = time.monotonic() - self._began
        self.line = f"{what}: {done:,} of {total:,}, {seconds:.0f} s"
        if self._at_once and what not in self._seen:
            self.write()
        self._seen.add(what)

    def write(self) -> None:
        """Write where the run is."""
        if self.line:
            print(self.line, file=sys.stderr, flush=True)


@contextmanager
def logged(*, at_once: bool) -> Iterator[NamedProgress]:
    """Write a line every some seconds while something runs.

    Args:
        at_once: whether what begins is written at once, too.
    """
    log = _Log(at_once=at_once)
    is_over = Event()

    def write_lines() -> None:
        """Write a line every some seconds, until all is over."""
        while not is_over.wait(EVERY):
            log.write()

    writer = Thread(target=write_lines, name="log", daemon=True)
    writer.start()
    try:
        yield log.report
    finally:
        is_over.set()
        writer.join()
