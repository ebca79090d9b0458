"""How long work is run; it changes no bit of a result."""

from dataclasses import dataclass
from pathlib import Path

from firstbit.errors import SettingError, keep_whole, require_path, shown_value
from firstbit.progress import Progress, silent


@dataclass(frozen=True)
class Execution:
    """Threads, reports, and a folder to go on from.

    Attributes:
        workers: threads; all processors by default.
        progress: called with (done, all): blocks of draws, weighed by their cost, or
            epochs; epochs from any thread.
        resume: folder that keeps finished parts; an interrupted call that is made again
            goes on from it, to the same bits. Processes may share the blocks of a
            discrepancy.
    """

    workers: int | None = None
    progress: Progress = silent
    resume: Path | None = None

    def __post_init__(self) -> None:
        keep_whole(self, "workers", 1, optional=True)
        if not callable(self.progress):
            raise SettingError(
                "expected `progress` as a function of (done, all), got "
                f"{shown_value(self.progress)}."
            )
        if self.resume is not None:
            object.__setattr__(self, "resume", require_path("resume", self.resume))
