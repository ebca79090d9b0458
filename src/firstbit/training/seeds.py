"""Many seeds at once: each is trained by itself, on one thread, and kept by itself."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event, Lock

from firstbit.errors import require_at_least
from firstbit.store import Store
from firstbit.threads import run_blocks
from firstbit.training.checkpoint import Checkpoint
from firstbit.training.criteria import NUM_WORDS, solves
from firstbit.training.fit import Test, Training, begin, fit
from firstbit.training.long_words import long_words
from firstbit.training.outcomes import twice_the_lag
from firstbit.training.task import Task
from firstbit.training.words import fresh_words

SECONDS_BETWEEN_CHECKPOINTS = 5.0

NUM_CHECKED = 4 * NUM_WORDS
"""Words of a look at whether a task is solved."""

FEW, MORE = 50, 500
"""Words that are tried first: most networks fail on these already."""


def train_seeds(
    task: Task,
    num_seeds: int,
    *,
    workers: int | None = None,
    progress: Callable[[int, int], object] | None = None,
    resume: Path | None = None,
) -> list[Training]:
    """The trainings behind `firstbit.train`, with their networks: seed i is the same whatever `num_seeds` and `workers` are.

    Seeds are not stacked: on a CPU a network's small products gain nothing from it, each word keeps its own length,
    and each seed its own end.

    Args:
        task: what is trained.
        num_seeds: how many, at least 1.
        workers: threads; all processors by default.
        progress: called with (epochs done, epochs at most in all), from any thread.
        resume: folder that keeps the trainings, finished or not; a later call with the same task goes on from them.

    Raises:
        SettingError: `num_seeds` is below 1.
        OutputError: `resume` holds something else, trainings of another configuration, or a damaged file.
    """
    require_at_least("num_seeds", num_seeds, 1)
    store = None if resume is None else Store.of(Path(resume), task.settings())
    test = Test(_tried(task), task.check_every, task.stop_when_solved)
    abandoned, report = Event(), _Report(num_seeds * task.protocol.max_epochs, progress)

    def one(seed: int) -> Training:
        training = begin(task.network(seed), task.protocol)
        keep = _Keeper(None if store is None else Checkpoint(store, f"seed-{seed:05}"))
        training = keep.earlier(training)
        report.add(len(training.log))

        def after_epoch(training: Training) -> bool:
            report.add(1)
            keep.now_and_then(training, at_once=training.finished or abandoned.is_set())
            return not abandoned.is_set()

        training = fit(training, task.words_of(seed), task.protocol, snapshots=task.snapshots, test=test, after_epoch=after_epoch)
        report.add(task.protocol.max_epochs - len(training.log))
        return training

    return run_blocks(one, range(num_seeds), workers=workers, abandon=abandoned.set)


def _tried(task: Task) -> Callable[[Training], bool]:
    """Whether a training solves the task: on fresh words, then on long ones, the same for all seeds.

    The last test has other words, and fewer: with as many here, a run often ended at a look that it passed by luck.
    """
    drawn = fresh_words(task.language, NUM_CHECKED, task.stream("check"), task.max_length)
    words = list(dict.fromkeys(drawn))  # each once: short ones come again and again

    def solved(training: Training) -> bool:
        one = partial(solves, training.network, task.language)
        if not one(words[:FEW]):
            return False
        long = long_words(task.language, NUM_CHECKED, twice_the_lag(task, training), task.stream("check"))
        if long is None:
            return one(words)
        return one(long[:FEW]) and one(words) and one(long[:MORE]) and one(long)

    return solved


class _Report:
    """Counts epochs over all threads."""

    def __init__(self, total: int, progress: Callable[[int, int], object] | None) -> None:
        self._done, self._total, self._progress, self._lock = 0, total, progress, Lock()

    def add(self, epochs: int) -> None:
        with self._lock:
            self._done += epochs
            if self._progress is not None and epochs:
                self._progress(self._done, self._total)


class _Keeper:
    """Writes a checkpoint every few seconds, where there is a place for it."""

    def __init__(self, checkpoint: Checkpoint | None) -> None:
        self._checkpoint, self._last = checkpoint, time.monotonic()

    def earlier(self, start: Training) -> Training:
        return start if self._checkpoint is None else self._checkpoint.read(start)

    def now_and_then(self, training: Training, *, at_once: bool) -> None:
        if self._checkpoint is not None and (at_once or time.monotonic() - self._last > SECONDS_BETWEEN_CHECKPOINTS):
            self._checkpoint.write(training)
            self._last = time.monotonic()
