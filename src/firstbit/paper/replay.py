"""The three published trainings."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from firstbit.cells import Network, num_parameters
from firstbit.errors import FirstbitError
from firstbit.languages import Language, embedded_reber, reber, sample
from firstbit.paper import published
from firstbit.paper.legacy import NUM_WORDS, embedded_reber_draws, reber_draws
from firstbit.paper.settings import Settings
from firstbit.threads import run_blocks
from firstbit.training import FixedWords, Published, Training, fit

Progress = Callable[[str, int, int], object]
"""Called with (what, done, in all)."""

AUTHORS_COUNT = {
    "reber_vanilla": 100,
    "embedded_reber_vanilla": 594,
    "embedded_reber_gru": 580,
}
"""Parameters as the authors count: no output bias, and no biases at all for the GRU."""


class DivergedError(FirstbitError, ArithmeticError):
    """The loss is no longer a finite number."""


@dataclass(frozen=True)
class Run:
    """One of the three trainings, with its task.

    Attributes:
        name: `reber_vanilla`, `embedded_reber_vanilla` or `embedded_reber_gru`.
        language: the task.
        words: the training words.
        start: the network before training.
        training: log, trained network, snapshots at start, middle and end.
        seconds: wall time of the training.
    """

    name: str
    language: Language
    words: tuple[str, ...]
    start: Network
    training: Training
    seconds: float

    def as_json(self) -> dict[str, object]:
        """The run as `paper.json` tells it."""
        stopped = self.training.stopped
        return {
            "log": [
                {
                    "epoch": e.epoch,
                    "mean_error": e.mean_error,
                    "learning_rate": e.learning_rate,
                }
                for e in self.training.log
            ],
            "stopped": None
            if stopped is None
            else {"epoch": stopped.epoch, "mean_error": stopped.mean_error},
            "num_parameters": num_parameters(self.start),
            "num_parameters_as_the_authors_count": AUTHORS_COUNT[self.name],
            "num_words": len(self.words),
            "seconds": round(self.seconds, 3),
        }


def task_words(
    language: Language, drawn: tuple[str, ...], settings: Settings
) -> tuple[str, ...]:
    """The first published words, and beyond 256 further words drawn with the settings' seed."""
    beyond = settings.num_words - NUM_WORDS
    further = sample(language, beyond, seed=settings.seed) if beyond > 0 else []
    return (*drawn[: settings.num_words], *further)


RUNS = ("embedded_reber_gru", "embedded_reber_vanilla", "reber_vanilla")
"""The three trainings, the longest first."""


def replay(settings: Settings, progress: Progress) -> dict[str, Run]:
    """Train the three networks of the paper, two at a time."""
    runs = run_blocks(lambda name: replay_one(name, settings, progress), RUNS)
    return {run.name: run for run in reversed(runs)}


def replay_one(name: str, settings: Settings, progress: Progress) -> Run:
    """Train one of the three networks, from the published draws."""
    language, drawn, start = _drawn(name)
    words = task_words(language, drawn, settings)
    rule = Published(
        published.logs()[name]["learning_rate"], max_epochs=settings.max_epochs
    )
    began = time.perf_counter()

    def after_epoch(training: Training) -> bool:
        progress(f"training {name}", len(training.log), settings.max_epochs)
        return True

    language.check(words)
    training = fit(
        start,
        FixedWords(language, words),
        rule,
        snapshots=(0, settings.max_epochs // 2),
        after_epoch=after_epoch,
    )
    if training.diverged is not None:
        raise DivergedError(
            f"{name}: the loss is {training.diverged.mean_error} in epoch "
            f"{training.diverged.epoch}; expected a finite number;"
            f" try other words than these {len(words)}."
        )
    progress(f"training {name}", settings.max_epochs, settings.max_epochs)
    return Run(name, language, words, start, training, time.perf_counter() - began)


def _drawn(name: str) -> tuple[Language, tuple[str, ...], Network]:
    """Task, published words and published first weights of a training."""
    if name == "reber_vanilla":
        draws = reber_draws()
        return reber(), draws.words, draws.vanilla
    draws = embedded_reber_draws()
    if name == "embedded_reber_vanilla":
        return embedded_reber(), draws.words, draws.vanilla
    assert draws.gru is not None  # the embedded task always has one
    return embedded_reber(), draws.words, draws.gru
