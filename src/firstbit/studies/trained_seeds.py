"""Many seeds of one training with their networks, and the page that shows them."""

from dataclasses import dataclass
from pathlib import Path

import xarray as xr

from firstbit.intervals import CONFIDENCE, require_confidence
from firstbit.languages import fresh_words
from firstbit.studies.training_gradients import (
    GRADIENT_WORDS,
    gradients_of,
    networks_of,
)
from firstbit.studies.training_page import write_training
from firstbit.training import Execution, Task, Training, judged, train_seeds


@dataclass(frozen=True)
class TrainedSeeds:
    """The seeds of a task, trained.

    Attributes:
        task: what was trained.
        trainings: one for each seed, with its networks.
        result: the Dataset that `firstbit.train` returns.
    """

    task: Task
    trainings: tuple[Training, ...]
    result: xr.Dataset

    @property
    def title(self) -> str:
        """Cell, language and rule, for tables and pages."""
        given, rule = self.task.given, self.task.rule
        return f"{given.title} on {self.task.language.name}, {rule.name} rule"

    def gradients(self) -> xr.Dataset | None:
        """Compute the gradients by lag at the snapshots; None if all seeds diverged."""
        networks = networks_of(self.trainings)
        if not networks:
            return None
        task = self.task
        words = fresh_words(
            task.language, GRADIENT_WORDS, task.stream("test"), task.words.max_length
        )
        return gradients_of(
            networks, task.language, words, loss=task.rule.loss_of_prediction
        )

    def save(self, folder: Path) -> None:
        """Write data, figures and `report.html`, all of it or nothing.

        Args:
            folder: a new one, or one of an earlier call, which is replaced.

        Raises:
            OutputError: the folder can't be written, or holds something else.
        """
        write_training(
            folder,
            self.result,
            title=self.title,
            language=self.task.language,
            gradients=self.gradients(),
        )


def trained_seeds(
    task: Task,
    num_seeds: int,
    execution: Execution | None = None,
    *,
    confidence: float = CONFIDENCE,
) -> TrainedSeeds:
    """Train many seeds as `firstbit.train` does, and keep their networks.

    Args:
        task: the training task; its snapshots are the epochs of the gradients.
        num_seeds: independent runs, at least 1.
        execution: threads, progress, and a folder to resume from; changes no result.
        confidence: probability of the interval of the success rate.

    Raises:
        SettingError: `num_seeds` is below 1.
        OutputError: the folder to resume from holds something else.
    """
    confidence = require_confidence(confidence)
    trainings = train_seeds(task, num_seeds, execution)
    result = judged(task, trainings, confidence=confidence)
    return TrainedSeeds(task, tuple(trainings), result)
