"""Who draws the figures, and when."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from firstbit.plots import PlannedFigure
from firstbit.progress import NamedProgress


class Artist:
    """Draws figures into a folder: at once in another process, or here at the end.

    Args:
        folder: where the figures go.
        executor: the other process, if there is one.
    """

    def __init__(self, folder: Path, executor: Executor | None) -> None:
        self._folder = folder
        self._executor = executor
        self._waiting: list[Callable[[], object]] = []

    def draw(self, figures: Sequence[PlannedFigure]) -> None:
        """Begin to draw, or note for later."""
        for figure in figures:
            if self._executor is None:
                later = partial(figure.save, self._folder)
                self._waiting.append(later)
            else:
                begun = self._executor.submit(figure.save, self._folder)
                self._waiting.append(begun.result)

    def finish(self, progress: NamedProgress) -> None:
        """Wait for every figure."""
        number = len(self._waiting)
        for done, wait in enumerate(self._waiting):
            progress("figures", done, number)
            wait()
        progress("figures", number, number)


class Stopwatch:
    """Wall seconds by part."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._since = time.perf_counter()

    def lap(self, name: str) -> None:
        """Note the seconds since the last lap under this name."""
        now = time.perf_counter()
        seconds = now - self._since
        self.laps[name] = round(seconds, 2)
        self._since = now
