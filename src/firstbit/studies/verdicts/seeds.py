"""The seeds of each configuration, trained as by `firstbit.train`, and their nets."""

from dataclasses import dataclass, field
from typing import NamedTuple

import xarray as xr
from jaxtyping import PRNGKeyArray

from firstbit.cells.learnable import Learnable
from firstbit.cells.network import Net
from firstbit.execution import Execution
from firstbit.languages import Language
from firstbit.languages.judging.criterion import Criterion
from firstbit.training import Checks, Rule, Task, TaskWords, judged, train_seeds


class Runs(NamedTuple):
    """The runs of one configuration.

    Attributes:
        result: what `firstbit.train` returns.
        networks: of the seeds, after training.
    """

    result: xr.Dataset
    networks: tuple[Net, ...]


@dataclass(frozen=True)
class Seeds:
    """How each configuration is trained.

    Attributes:
        language: the task.
        rule: of training.
        num_seeds: runs of each configuration.
        key: the random key, the same for all.
        words: a list that all seeds read; None where each draws its own.
        checks: when a seed is checked for whether it solves.
        criterion: when a prediction is right, and a run.
    """

    language: Language
    rule: Rule
    num_seeds: int
    key: PRNGKeyArray
    words: tuple[str, ...] | None = None
    checks: Checks = field(default_factory=Checks)
    criterion: Criterion = field(default_factory=Criterion)

    def task(self, given: Learnable) -> Task:
        """Return what the seeds of a configuration share.

        A rule that needs a list gets one of its own for each seed, where none is given.

        Raises:
            FirstbitError: see `Task`.
        """
        own_lists = self.words is None and self.rule.needs_list
        return Task(
            given,
            self.language,
            self.rule,
            self.key,
            words=TaskWords(self.words, own_lists=own_lists),
            checks=self.checks,
            criterion=self.criterion,
        )

    def run(self, given: Learnable, *, confidence: float, execution: Execution) -> Runs:
        """Train the seeds of a configuration, and judge them."""
        task = self.task(given)
        trainings = train_seeds(task, self.num_seeds, execution)
        result = judged(
            task, trainings, confidence=confidence, workers=execution.workers
        )
        return Runs(result, tuple(training.network for training in trainings))
