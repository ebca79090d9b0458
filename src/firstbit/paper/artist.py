"""Who draws the figures, and when."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from firstbit.plots import PlannedFigure
from firstbit.plots.saving import Drawings
from firstbit.progress import NamedProgress
from firstbit.report import PHONE


class Artist:
    """Draws figures into a folder: at once in another process, or here at the end.

    Args:
        folder: where the figures go.
        executor: the other process, if there is one.
    """

    def __init__(self, folder: Path, executor: Executor | None) -> None:
        self._folder = folder
        self._executor = executor
        self._waiting: dict[str, Callable[[], Drawings]] = {}

    def draw(self, figures: Sequence[PlannedFigure]) -> None:
        """Begin to draw, or note for later."""
        for figure in figures:
            draw = partial(figure.drawings, self._folder, {"width": PHONE})
            if self._executor is not None:
                draw = self._executor.submit(draw).result
            self._waiting[figure.name] = draw

    def finish(self, progress: NamedProgress) -> dict[str, Drawings]:
        """Wait for every figure; return those of a page by their names."""
        number = len(self._waiting)
        drawn = {}
        for done, (name, wait) in enumerate(self._waiting.items()):
            progress("figures", done, number)
            drawn[name] = wait()
        progress("figures", number, number)
        return drawn


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
