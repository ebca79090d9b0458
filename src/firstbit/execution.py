"""How long work is run; it changes no bit of a result."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from firstbit.errors import (
    SettingError,
    keep_whole,
    require_path,
    shown_value,
)
from firstbit.parts import Part
from firstbit.progress import Progress, silent


@runtime_checkable
class Engine(Protocol):
    """What takes jobs and computes them somewhere, as `concurrent.futures.Executor`."""

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Any:
        """Return a future, which has `result()` and `cancel()`."""
        ...


@dataclass(frozen=True)
class Execution:
    """Threads or another engine, reports, and a folder to go on from.

    Attributes:
        workers: threads; all processors that this process may use by default. With an
            executor: its workers, where it doesn't say how many it has.
        progress: called with (done, all): blocks of draws, weighed by their cost, or
            epochs; epochs from any thread.
        resume: folder that keeps finished parts; an interrupted call that is made again
            goes on from it, to the same bits. Processes may share the blocks of a
            discrepancy and of fates.
        executor: computes the jobs: anything with `submit`, as an executor of
            `concurrent.futures` (processes must be spawned), loky, or a
            client of Dask; threads of this process by default. At most two jobs for
            each worker are under way.
        part: of `discrepancy`, `fates` or `train`: compute this share of the blocks or
            seeds into `resume`, and return a Dataset without variables, whose
            attributes say what was done.
        only_kept: of the same: compute no block and train no seed, and refuse where one
            isn't in `resume`.
    """

    workers: int | None = None
    progress: Progress = silent
    resume: Path | None = None
    executor: Engine | None = None
    part: Part | None = None
    only_kept: bool = False

    def __post_init__(self) -> None:
        keep_whole(self, "workers", 1, optional=True)
        if not callable(self.progress):
            raise SettingError(
                "expected `progress` as a function of (done, all), got "
                f"{shown_value(self.progress)}."
            )
        if self.resume is not None:
            object.__setattr__(self, "resume", require_path("resume", self.resume))
        if self.executor is not None and not isinstance(self.executor, Engine):
            raise SettingError(
                "expected `executor` with a method `submit`, got "
                f"{shown_value(self.executor)}; try a ProcessPoolExecutor of "
                "concurrent.futures."
            )
        self._require_folder()

    def _require_folder(self) -> None:
        """Raise `SettingError` where parts have no folder, or no part is meant."""
        if isinstance(self.part, str):
            object.__setattr__(self, "part", Part.parse(self.part))
        if self.part is not None and not isinstance(self.part, Part):
            raise SettingError(
                f"expected `part` like '3/40', got {shown_value(self.part)}."
            )
        if self.resume is None and (self.part is not None or self.only_kept):
            raise SettingError(
                "expected a folder `resume` beside `part` and `only_kept`, got none."
            )
        if self.part is not None and self.only_kept:
            raise SettingError("expected `part` or `only_kept`, got both.")
