"""The study: which cells solve embedded Reber, how far back they can learn to look, and how small they may be.

Its parts are data. A run of the study keeps each configuration's result as a small
netCDF file, goes on from those that are there, and ends when its time is over.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path
from shutil import rmtree
from typing import Any

import jax
import xarray as xr

from firstbit.cells import GRU, LSTM, Vanilla
from firstbit.errors import OutputError, require_at_least
from firstbit.files import save
from firstbit.languages import Language, Stream, embedded_reber, first_bit, fresh_words
from firstbit.store import Store
from firstbit.studies.verdict.configuration import Configuration
from firstbit.studies.verdict.evidence import Evidence, evidence_of
from firstbit.studies.verdict.guessing import Guessing
from firstbit.studies.verdict.trial import Progress, Train
from firstbit.training import Modern, Protocol, Published
from firstbit.training.rules import described

QUESTIONS = ("cells", "lags", "sizes")
GUESSED = ("cells", "lags")
"""Questions whose tasks are also guessed."""

SIZES = (2, 3, 4, 6, 8, 12, 18, 27)
LAGS = (5, 10, 20, 50)

TANH = partial(Vanilla, activation="tanh", use_bias=True)
PUBLISHED_VANILLA = "Vanilla logistic, as published"
CELLS = (
    Configuration(PUBLISHED_VANILLA, partial(Vanilla, use_bias=True), 18),
    Configuration("Vanilla tanh, orthogonal", TANH, 18, "orthogonal"),
    Configuration("Vanilla tanh, identity", TANH, 18, "identity"),
    Configuration("Vanilla tanh, N(0, 1/k)", TANH, 18, "fan-in-normal"),
    Configuration("GRU", GRU, 10),
    Configuration("LSTM", partial(LSTM, use_bias=True), 8),
)
"""The cells at matched parameters: 575 to 601 on embedded Reber, the read-out's
included."""

MAX_LENGTH = 32
"""Longer words of the embedded grammar are drawn again, so that the longest lag of a
training is known: one in 1,400 is longer."""

NUM_WORDS = 256
"""Of an epoch: of the published rule the same words in every epoch, of the modern one
fresh words."""

CHECK_EVERY = 10
"""Epochs between looks whether a run solves its task."""

NUM_GUESSES = 1000
"""Random draws of each cell on each task, each with a read-out fitted to the words of
one epoch."""

LIST_OF_WORDS = 0
"""Seed of the published rule's list, the same whatever the study's seed."""


@dataclass(frozen=True)
class Settings:
    """What the numbers of a study depend on.

    Attributes:
        num_seeds: runs of each configuration.
        seed: of every training, so that all cells see the same words.
        embedded_symbols: by the modern rule on embedded Reber a run ends after the
            epoch in which so many symbols have been read.
        published_symbols: the same by the published rule; enough for its own 1,000
            epochs.
        first_bit_symbols: the same on `first_bit`.
        published_rate: learning rate of the published rule, that of the published
            trainings on this grammar.
        modern_rate: Adam's learning rate; with `modern_schedule` the best of four for
            all six cells together, in a pilot with another seed (docs/study_pilot.py;
            docs/study/pilot.json holds its counts).
        modern_schedule: `constant` or `cosine`.
    """

    num_seeds: int = 32
    seed: int = 0
    embedded_symbols: int = 2_000_000
    published_symbols: int = 3_500_000
    first_bit_symbols: int = 4_000_000
    published_rate: float = 0.001
    modern_rate: float = 0.01
    modern_schedule: Any = "constant"

    def __post_init__(self) -> None:
        require_at_least("num_seeds", self.num_seeds, 1)
        require_at_least("seed", self.seed, 0)

    def published(self, symbols: int) -> Published:
        """The published rule with a budget, never more than its 1,000 epochs."""
        return Published(self.published_rate, max_symbols=symbols)

    def modern(self, symbols: int) -> Modern:
        """The modern rule with a budget; epochs don't bind, since each reads more than one symbol."""
        return Modern(
            self.modern_rate,
            schedule=self.modern_schedule,
            max_epochs=symbols,
            max_symbols=symbols,
        )


@dataclass(frozen=True)
class Part:
    """Some configurations on some language under one rule.

    Attributes:
        question: what it asks; parts with one question are shown together.
        language: the task.
        protocol: the rule of training, with its budget.
        configurations: what is trained.
        coordinate: what the part varies (lag or hidden size), or None.
        max_length: longer words are drawn again; None for no limit.
    """

    question: str
    language: Language
    protocol: Protocol
    configurations: tuple[Configuration, ...]
    coordinate: int | None = None
    max_length: int | None = None

    @property
    def setting(self) -> str:
        """What tells it from the other parts of its question: the lag or size, else the rule."""
        return self.protocol.name if self.coordinate is None else str(self.coordinate)

    @cached_property
    def words(self) -> tuple[str, ...] | None:
        """The published rule reads one list of words in every epoch."""
        if self.protocol.name != "published":
            return None
        return tuple(
            fresh_words(
                self.language, NUM_WORDS, Stream((LIST_OF_WORDS,)), self.max_length
            )
        )

    def run_name(self, one: Configuration) -> str:
        """Of the runs of a configuration; two questions may share them."""
        return f"{self.language.name}_{self.protocol.name}_{one.file_name}_{one.hidden_size}".replace(
            ":", "-"
        )


def parts(settings: Settings) -> list[Part]:
    """The three questions of the study.

    Example:
        >>> [(part.question, part.setting, len(part.configurations)) for part in parts(Settings())[:3]]
        [('cells', 'published', 6), ('cells', 'modern', 6), ('lags', '5', 6)]
    """
    task, modern = embedded_reber(), settings.modern(settings.embedded_symbols)
    limited = {"max_length": MAX_LENGTH}
    found = [
        Part("cells", task, rule, CELLS, **limited)
        for rule in (settings.published(settings.published_symbols), modern)
    ]
    of_bits = settings.modern(settings.first_bit_symbols)
    found += [
        Part("lags", first_bit(lag, "random"), of_bits, CELLS, lag) for lag in LAGS
    ]
    found += [
        Part(
            "sizes",
            task,
            modern,
            tuple(replace(one, hidden_size=k) for one in CELLS),
            k,
            **limited,
        )
        for k in SIZES
    ]
    return found


@dataclass(frozen=True)
class Study:
    """What has been measured.

    Attributes:
        settings: of the study.
        evidence: of each part and configuration that is done, in order.
        runs: of each configuration, by `Part.run_name`.
        num_left: configurations that were asked for and that the time was not enough
            for.
        guesses: what guessing achieves, by `Baseline.name`; empty where it was not
            asked for.
    """

    settings: Settings
    evidence: tuple[tuple[Part, Evidence], ...]
    runs: dict[str, xr.Dataset]
    num_left: int
    guesses: Mapping[str, Guessing] = field(default_factory=dict)

    @classmethod
    def of(
        cls, settings: Settings, asked: Sequence[Part], runs: dict[str, xr.Dataset]
    ) -> "Study":
        """The evidence that the runs give for the parts."""
        work = list(_work(asked))
        evidence = tuple(
            (
                part,
                evidence_of(
                    runs[name],
                    cell=one.name,
                    architecture=one.architecture,
                    protocol=part.protocol.name,
                ),
            )
            for part, one, name in work
            if name in runs
        )
        return cls(settings, evidence, runs, len(work) - len(evidence))

    def on(self, question: str) -> list[tuple[Part, Evidence]]:
        """What belongs to a question."""
        return [(part, e) for part, e in self.evidence if part.question == question]


def run_study(
    settings: Settings,
    asked: Sequence[Part],
    folder: Path,
    *,
    train: Train,
    seconds: float = 3600.0,
    progress: Progress = lambda *_: None,
) -> Study:
    """Train what is not there yet, until the time is over; the same bits whether or not it was interrupted.

    Args:
        settings: of the study.
        asked: what to run, in order of importance: some of `parts(settings)`.
        folder: keeps each configuration's runs as netCDF, and unfinished trainings
            under `unfinished`.
        train: `firstbit.train`.
        seconds: no training begins after so many; one that has begun is finished.
        progress: called with (what, done, in all).

    Raises:
        OutputError: the folder holds something else, parts of another study, or a
            damaged file.
    """
    Store.of(folder, described_study(settings))
    began, runs = time.monotonic(), {}
    work = list(_work(asked))
    for done, (part, one, name) in enumerate(work):
        progress("configurations", done, len(work))
        path = folder / f"{name}.nc"
        if not path.is_file() and time.monotonic() - began <= seconds:
            _train(part, one, path, train, settings)
        if path.is_file():
            runs[name] = _read(path)
    progress("configurations", len(work), len(work))
    return Study.of(settings, asked, runs)


def described_study(settings: Settings) -> dict[str, Any]:
    """All that the numbers depend on, as JSON tells it; the rules of training by their names and languages."""
    rules = {
        f"{part.protocol.name} on {part.language.name}": described(part.protocol)
        for part in parts(settings)
    }
    common = {
        "max_length": MAX_LENGTH,
        "num_words": NUM_WORDS,
        "check_every": CHECK_EVERY,
        "list_of_words": LIST_OF_WORDS,
    }
    common["num_guesses"] = NUM_GUESSES
    return {
        "firstbit": version("firstbit"),
        "jax": jax.__version__,
        "settings": asdict(settings),
        "protocols": rules,
        **common,
    }


def _work(asked: Sequence[Part]) -> Iterator[tuple[Part, Configuration, str]]:
    return (
        (part, one, part.run_name(one)) for part in asked for one in part.configurations
    )


def _train(
    part: Part, one: Configuration, path: Path, train: Train, settings: Settings
) -> None:
    unfinished = path.parent / "unfinished" / path.stem
    runs = train(
        one.cell,
        part.language,
        protocol=part.protocol,
        num_seeds=settings.num_seeds,
        key=jax.random.key(settings.seed),
        hidden_size=one.hidden_size,
        initializer=one.initializer,
        words=part.words,
        num_words=NUM_WORDS,
        max_length=part.max_length,
        check_every=CHECK_EVERY,
        stop_when_solved=True,
        resume=unfinished,
    )
    save(runs.drop_dims("epoch"), path)
    rmtree(unfinished, ignore_errors=True)


def _read(path: Path) -> xr.Dataset:
    try:
        with xr.open_dataset(path, engine="netcdf4") as runs:
            return runs.load()
    except (OSError, ValueError) as error:
        raise OutputError(
            f"expected the runs of a configuration, got '{path}': {error}; remove "
            "it to train them anew."
        ) from error
