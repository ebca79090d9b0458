"""The jobs of many seeds of one task: some seeds, side by side or one by one.

Every seed is kept by itself, so that an interrupted call can go on.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock

from firstbit.cells.given_model import GivenModel
from firstbit.languages import Judgement, PlanOfTest, WordsOfTest
from firstbit.languages.judging.judge import judge_answers
from firstbit.languages.judging.words_of_test import Sizes
from firstbit.programs.blockwise import SHORT
from firstbit.programs.products import UNROLLED_UP_TO
from firstbit.progress import Progress, silent
from firstbit.store import Store
from firstbit.threads import is_abandoned
from firstbit.training.checkpoint import Checkpoint
from firstbit.training.fit import Test, Training, begin, fit_side_by_side
from firstbit.training.reading import answers
from firstbit.training.rules.rule import ALONE
from firstbit.training.task import Task

SECONDS_BETWEEN_CHECKPOINTS = 5.0

SIZES = Sizes(fresh=1000, pairs=300, long=0)
"""Words of a check whether a task is solved."""

FEW = 50
"""Fresh words that are tried first."""

FEW_WRONG = 0.1
"""Share of them that may be wrong of a network that is worth a whole check."""

CONFIRMED = Sizes(fresh=4000, pairs=1000, long=0)
"""Words that confirm a check before it ends a training: as many as a test has."""

MARGIN = 0.5
"""Share of the error allowed that a confirmed network may make. One that is wrong a
little too often passes one of many checks by luck, and the test denies it."""


def jobs_of(
    task: Task, seeds: Sequence[int], threads: int, store: Store | None = None
) -> list["Job"]:
    """Return the jobs of some seeds of a task.

    There is one a thread where seeds go side by side, else one a seed.
    """
    widths = widths_of(task)
    num_jobs = len(seeds) if widths == ALONE else threads
    solved = Solved(task)
    jobs = []
    for first in range(num_jobs):
        own = tuple(seeds[first::num_jobs])
        jobs.append(Job(task, own, widths, solved, store))
    return jobs


@dataclass(frozen=True)
class Job:
    """Some seeds of a task, trained by one thread.

    Attributes:
        task: the cell, the language, the rule.
        seeds: their numbers.
        widths: numbers of seeds that are trained side by side.
        solved: the check whether a training solves the task.
        store: where the trainings are kept; None if nowhere.
    """

    task: Task
    seeds: tuple[int, ...]
    widths: tuple[int, ...]
    solved: "Solved"
    store: Store | None = None

    def run(self, watch: "Watch") -> list[Training]:
        """Return the trainings of the seeds; unfinished ones once abandoned."""
        task = self.task
        keepers = []
        starts = []
        for seed in self.seeds:
            keeper = self._keeper(seed)
            network = task.network(seed)
            new = begin(network, task.rule)
            start = keeper.earlier(new)
            watch.add(_epochs_done(start, task))
            keepers.append(keeper)
            starts.append(start)

        def after_epoch(place: int, training: Training) -> bool:
            left = task.rule.max_epochs - len(training.log)
            watch.add(1 + left if training.finished else 1)
            goes_on = not is_abandoned()
            now = training.finished or not goes_on
            keepers[place].keep(training, now=now)
            return goes_on

        return fit_side_by_side(
            starts,
            task.words_of(self.seeds[0]),
            task.rule,
            widths=self.widths,
            snapshots=task.snapshots,
            test=Test(self.solved, task.checks),
            after_epoch=after_epoch,
        )

    def _keeper(self, seed: int) -> "_Keeper":
        if self.store is None:
            return _Keeper(None)
        return _Keeper(checkpoint_of(self.store, seed))


def checkpoint_of(store: Store, seed: int) -> Checkpoint:
    """Return where the training of a seed is kept."""
    return Checkpoint(store, f"seed-{seed:05}")


def _epochs_done(training: Training, task: Task) -> int:
    """Return the epochs that need not be trained any more."""
    if training.finished:
        return task.rule.max_epochs
    return len(training.log)


def widths_of(task: Task) -> tuple[int, ...]:
    """Return the numbers of seeds that are trained side by side.

    A seed has the same bits at each width only with the library's own cells of moderate
    size. Longer sums go through XLA's matrix product, and very short ones may be fused
    (FMA) differently for each width.
    """
    if not task.all_read_the_same:
        return ALONE
    given = task.given
    if isinstance(given, GivenModel) or given.is_built or not given.catalogue_name:
        return ALONE
    sizes = task.hidden_size, task.input_size, task.output_size
    if min(sizes) <= SHORT or max(sizes) > UNROLLED_UP_TO:
        return ALONE
    return task.rule.widths


@dataclass(frozen=True)
class Solved:
    """The check whether a training solves its task.

    It passes if the run would be called solved, on words that all seeds share: fresh
    ones and twins. They are no words of any test. Where a passed check ends the
    training, it is confirmed on other words, drawn for this epoch alone, with half of
    the error allowed: a run that is stopped for good should pass its test.

    Attributes:
        task: the cell, the language, the rule.
    """

    task: Task

    @cached_property
    def words(self) -> WordsOfTest:
        """The words of every check."""
        return self.task.plan.draw_few(self.task.stream("check"), SIZES)

    @cached_property
    def few(self) -> WordsOfTest:
        """Fresh words that are tried first: most networks fail on these already."""
        none = [None] * len(self.words.twins)
        fresh = self.words.fresh[:FEW]
        return replace(self.words, fresh=fresh, twins=tuple(none))

    def __call__(self, training: Training) -> bool:
        """Return whether the network passes on all words."""
        most = max(FEW_WRONG, 2 * self.task.criterion.error)
        if self._judged(training, self.few).fresh.share > most:
            return False
        if not self._judged(training, self.words).solved:
            return False
        return not self.task.checks.stop or self._is_confirmed(training)

    @cached_property
    def strict(self) -> PlanOfTest:
        """The plan of the test, with half of the error allowed."""
        plan = self.task.plan
        error = MARGIN * plan.criterion.error
        return replace(plan, criterion=replace(plan.criterion, error=error))

    def _is_confirmed(self, training: Training) -> bool:
        """Return whether the network is right on words that no other check has."""
        stream = self.task.stream("confirm", len(training.log))
        words = self.strict.draw_few(stream, CONFIRMED)
        return self._judged(training, words, self.strict).solved

    def _judged(
        self, training: Training, words: WordsOfTest, plan: PlanOfTest | None = None
    ) -> Judgement:
        task = self.task
        given = answers(
            training.network,
            task.language,
            words,
            is_softmax=task.rule.is_softmax,
        )
        return judge_answers(plan or task.plan, words, given)


class Watch:
    """Counts epochs over all threads."""

    def __init__(self, total: int, progress: Progress = silent) -> None:
        """Count up to `total` epochs; report 0 at once, then all that is done."""
        self._done = 0
        self._total = total
        self._progress = progress
        self._lock = Lock()
        progress(0, total)

    def add(self, epochs: int) -> None:
        """Count epochs as done, and report."""
        if epochs == 0:
            return
        with self._lock:
            self._done += epochs
            self._progress(self._done, self._total)


class _Keeper:
    """Writes a checkpoint every few seconds, where there is a place for it."""

    def __init__(self, checkpoint: Checkpoint | None) -> None:
        self._checkpoint = checkpoint
        self._last = time.monotonic()

    def earlier(self, start: Training) -> Training:
        """Return the training as it was kept, else the start."""
        if self._checkpoint is None:
            return start
        return self._checkpoint.read(start)

    def keep(self, training: Training, *, now: bool) -> None:
        """Keep a training, now or if the last time is long ago."""
        if self._checkpoint is None:
            return
        if now or time.monotonic() - self._last > SECONDS_BETWEEN_CHECKPOINTS:
            self._checkpoint.write(training)
            self._last = time.monotonic()
