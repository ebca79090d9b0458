"""The three published trainings."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from firstbit.cells import Network, num_parameters
from firstbit.errors import FirstbitError
from firstbit.languages import (
    Language,
    copies_merged,
    embedded_reber,
    loss_of_truth,
    reber,
    sample,
)
from firstbit.paper import published
from firstbit.paper.legacy import Draws, embedded_reber_draws, reber_draws
from firstbit.paper.settings import PUBLISHED_WORDS, Settings
from firstbit.progress import NamedProgress
from firstbit.threads import run_blocks
from firstbit.training import FixedWords, Published, Training, fit


class DivergedError(FirstbitError, ArithmeticError):
    """The loss is no longer a finite number."""


@dataclass(frozen=True)
class Task:
    """One of the two tasks.

    Attributes:
        name: as in the file names of the published words.
        language: makes the language.
        draw: draws the published words and first weights.
        has_copies: whether the automaton is two copies of another, apart by the outer
            symbol.
    """

    name: str
    language: Callable[[], Language]
    draw: Callable[[], Draws]
    has_copies: bool


REBER = Task("reber", reber, reber_draws, has_copies=False)
EMBEDDED = Task("embedded_reber", embedded_reber, embedded_reber_draws, has_copies=True)


@dataclass(frozen=True)
class Experiment:
    """One of the three trainings, before it is run.

    Attributes:
        name: key in `paper.json` and in the published logs.
        title: name in figures and tables.
        task: the language and its published words.
        cell: `vanilla` or `gru`.
        authors_count: parameters as the authors count: no output bias, and no biases
            at all for the GRU.
    """

    name: str
    title: str
    task: Task
    cell: str
    authors_count: int


EXPERIMENTS = (
    Experiment("reber_vanilla", "Reber, Vanilla k = 5", REBER, "vanilla", 100),
    Experiment(
        "embedded_reber_vanilla",
        "embedded Reber, Vanilla k = 18",
        EMBEDDED,
        "vanilla",
        594,
    ),
    Experiment(
        "embedded_reber_gru", "embedded Reber, GRU k = 10", EMBEDDED, "gru", 580
    ),
)
"""The three trainings in the paper's order; the last takes the longest."""


@dataclass(frozen=True)
class Run:
    """One of the three trainings, done.

    Attributes:
        experiment: which one.
        language: the task's language.
        words: the training words.
        start: the network before training.
        training: log, trained network, snapshots at start, middle and end.
        seconds: wall time of the training.
    """

    experiment: Experiment
    language: Language
    words: tuple[str, ...]
    start: Network
    training: Training
    seconds: float

    @property
    def network(self) -> Network:
        """The trained network."""
        found = self.training.network
        assert isinstance(found, Network), "its cell shows its states"
        return found

    @property
    def snapshots(self) -> dict[int, Network]:
        """The network at start, middle and end, by the number of epochs."""
        found = {}
        for epoch, network in self.training.snapshots.items():
            assert isinstance(network, Network), "its cell shows its states"
            found[epoch] = network
        return found

    @property
    def mean_errors(self) -> list[float]:
        """The mean error of every epoch."""
        return [epoch.mean_error for epoch in self.training.log]

    @property
    def num_parameters(self) -> int:
        """The number of trained parameters, biases included."""
        return num_parameters(self.start)

    @property
    def has_published_words(self) -> bool:
        """Whether the training words are the published ones."""
        return self.words == published.words(self.experiment.task.name)

    def floor(self) -> float:
        """Return the loss of the true probabilities on the training words."""
        return loss_of_truth(self.language, self.words)

    def merged_floor(self) -> float:
        """Return the loss of the true probabilities without the outer symbol."""
        merged = copies_merged(self.language)
        return loss_of_truth(self.language, self.words, merged)

    def as_json(self) -> dict[str, object]:
        """Return the run as it stands in `paper.json`."""
        log: list[dict[str, float]] = []
        for epoch in self.training.log:
            log.append(
                {
                    "epoch": epoch.epoch,
                    "mean_error": epoch.mean_error,
                    "learning_rate": epoch.learning_rate,
                }
            )
        return {
            "log": log,
            "stopped": self._stopped(),
            "num_parameters": self.num_parameters,
            "num_parameters_as_the_authors_count": self.experiment.authors_count,
            "num_words": len(self.words),
            "seconds": round(self.seconds, 3),
        }

    def _stopped(self) -> dict[str, float] | None:
        stopped = self.training.stopped
        if stopped is None:
            return None
        return {"epoch": stopped.epoch, "mean_error": stopped.mean_error}


def task_words(
    language: Language, drawn: tuple[str, ...], settings: Settings
) -> tuple[str, ...]:
    """Return the first published words, and beyond 256 words sampled with the seed."""
    beyond = settings.num_words - PUBLISHED_WORDS
    if beyond <= 0:
        return drawn[: settings.num_words]
    more = sample(language, beyond, seed=settings.seed)
    return (*drawn, *more)


def train_all(settings: Settings, progress: NamedProgress) -> dict[str, Run]:
    """Train the three networks of the paper, the longest first, on all processors."""

    def train(experiment: Experiment) -> Run:
        return train_one(experiment, settings, progress)

    runs = run_blocks(train, EXPERIMENTS[::-1])
    return {run.experiment.name: run for run in reversed(runs)}


def train_one(
    experiment: Experiment, settings: Settings, progress: NamedProgress
) -> Run:
    """Train one of the three networks, from the published draws.

    Raises:
        DivergedError: the loss is no longer finite.
    """
    name = experiment.name
    language = experiment.task.language()
    draws = experiment.task.draw()
    words = task_words(language, draws.words, settings)
    start = draws.starts[experiment.cell]
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
    seconds = time.perf_counter() - began
    return Run(experiment, language, words, start, training, seconds)
