"""Many seeds at once: side by side on each thread where they read the same words; each is kept by itself."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Lock

from firstbit.cells.given import is_own
from firstbit.errors import require_at_least
from firstbit.languages import fresh_words
from firstbit.languages.words.long_words import long_words
from firstbit.programs.blockwise import SHORT, UNROLLED_UP_TO
from firstbit.store import Store
from firstbit.threads import num_workers, run_blocks
from firstbit.training.checkpoint import Checkpoint
from firstbit.training.criteria import NUM_WORDS, solves
from firstbit.training.fit import (
    ALONE,
    SIDE_BY_SIDE,
    Run,
    Test,
    Training,
    begin,
    fit_side_by_side,
)
from firstbit.training.outcomes import twice_the_lag
from firstbit.training.rules import Published
from firstbit.training.task import Task

SECONDS_BETWEEN_CHECKPOINTS = 5.0

NUM_CHECKED = 4 * NUM_WORDS
"""Words of a look at whether a task is solved."""

FEW = 50
"""Words that are tried first: most networks fail on these already, before longer words
are even drawn."""


def train_seeds(
    task: Task,
    num_seeds: int,
    *,
    workers: int | None = None,
    progress: Callable[[int, int], object] | None = None,
    resume: Path | None = None,
) -> list[Training]:
    """The trainings behind `firstbit.train`, with their networks: seed i is the same whatever `num_seeds` and `workers` are.

    Seeds that read the same words, one word a step, are trained side by side: their
    numbers fill vector registers, which one small network can't. Elsewhere each has
    words of its own lengths, and is trained by itself.

    Args:
        task: what is trained.
        num_seeds: how many, at least 1.
        workers: threads; all processors by default.
        progress: called with (epochs done, epochs at most in all), from any thread.
        resume: folder that keeps the trainings, finished or not; a later call with the
            same task goes on from them.

    Raises:
        SettingError: `num_seeds` is below 1.
        OutputError: `resume` holds something else, trainings of another configuration,
            or a damaged file.
    """
    require_at_least("num_seeds", num_seeds, 1)
    store = None if resume is None else Store.of(Path(resume), task.settings())
    test = Test(_tried(task), task.check_every, task.stop_when_solved)
    abandoned, report = Event(), _Report(num_seeds * task.rule.max_epochs, progress)
    runs: dict[int, Run] = {}

    def begun(seed: int) -> Run:
        start = begin(task.network(seed), task.rule)
        keep = _Keeper(None if store is None else Checkpoint(store, f"seed-{seed:05}"))

        def after_epoch(training: Training) -> bool:
            left = task.rule.max_epochs - len(training.log)
            report.add(1 + left if training.finished else 1)
            keep.now_and_then(training, at_once=training.finished or abandoned.is_set())
            return not abandoned.is_set()

        run = runs[seed] = Run(keep.earlier(start), task.words_of(seed), after_epoch)
        report.add(
            task.rule.max_epochs if run.training.finished else len(run.training.log)
        )
        return run

    threads = min(workers or num_workers(), num_seeds)
    widths = _widths(task)
    at_once = min(widths[-1], -(-num_seeds // threads))
    waiting = SimpleQueue[int]()
    for seed in range(num_seeds):
        waiting.put(seed)

    def take() -> Iterator[Run]:
        while not abandoned.is_set():
            try:
                yield begun(waiting.get_nowait())
            except Empty:
                return

    def one_thread(_: int) -> None:
        fit_side_by_side(
            take(),
            task.rule,
            at_once=at_once,
            widths=widths,
            snapshots=task.snapshots,
            test=test,
        )

    run_blocks(one_thread, range(threads), workers=threads, abandon=abandoned.set)
    return [runs[seed].training for seed in range(num_seeds)]


def _widths(task: Task) -> tuple[int, ...]:
    """Seeds that programs train together: many only by this library's cells of usual sizes.

    There each number comes from the same operations in the same order, whatever stands
    beside it. Sums that are too long are not written out, and those that are too short
    not kept apart from what follows, where a compiler that joins products and sums may
    choose otherwise for other numbers of networks.
    """
    alike = (
        isinstance(task.rule, Published)
        and task.words is not None
        and is_own(task.cell)
    )
    sizes = (task.hidden_size, task.input_size, len(task.language.outputs))
    return (
        SIDE_BY_SIDE
        if alike and SHORT < min(sizes) <= max(sizes) <= UNROLLED_UP_TO
        else ALONE
    )


def _tried(task: Task) -> Callable[[Training], bool]:
    """Whether a training solves the task: on fresh words, then on long ones, the same for all seeds.

    The last test has other words, and fewer: with as many here, a run often ended at a
    look that it passed by luck.
    """
    drawn = fresh_words(
        task.language, NUM_CHECKED, task.stream("check"), task.max_length
    )
    words = list(dict.fromkeys(drawn))  # each once: short ones come again and again

    def solved(training: Training) -> bool:
        one = partial(solves, training.network, task.language)
        if not one(words[:FEW]):
            return False
        long = long_words(
            task.language,
            NUM_CHECKED,
            twice_the_lag(task, training),
            task.stream("check"),
        )
        return (long is None or one(long)) and one(words)

    return solved


class _Report:
    """Counts epochs over all threads."""

    def __init__(
        self, total: int, progress: Callable[[int, int], object] | None
    ) -> None:
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
        if self._checkpoint is not None and (
            at_once or time.monotonic() - self._last > SECONDS_BETWEEN_CHECKPOINTS
        ):
            self._checkpoint.write(training)
            self._last = time.monotonic()
