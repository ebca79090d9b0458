"""`firstbit train`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from firstbit.cli.dask import Workers
from firstbit.cli.grouped import grouped
from firstbit.cli.language.find import find, word_list
from firstbit.cli.options import (
    Confidence,
    Folder,
    Into,
    LanguageText,
    LearningRate,
    NumSeeds,
    PartOf,
    Resume,
    RuleName,
    Seed,
    TrainedCell,
    WordList,
    kept_beside,
    remove_kept,
    require_folder,
    require_numbers,
)
from firstbit.cli.output import as_numbers, print_table, progress, results_frame
from firstbit.cli.parts import (
    Divisible,
    Joined,
    finish_part,
    require_free,
    required_part,
)
from firstbit.cli.printed import Printed
from firstbit.cli.rules import chosen_rule
from firstbit.errors import SettingError, require_seed
from firstbit.execution import Execution
from firstbit.intervals import require_confidence
from firstbit.parts import Part

if TYPE_CHECKING:
    from firstbit.studies.trained_seeds import TrainedSeeds
    from firstbit.training import Task

MARKER = "training.json"
"""The file that every folder of trainings has."""


@dataclass(frozen=True)
class Asked(Divisible):
    """What the command trains, as its options say it; see its help for each."""

    command: ClassVar = "train"

    cell: TrainedCell = "vanilla:18"
    language: LanguageText = "embedded-reber"
    num_seeds: NumSeeds = 8
    rule: RuleName = "published"
    max_epochs: Annotated[int, typer.Option(help="Epochs of a seed, at most.")] = 1000
    max_symbols: Annotated[
        int | None,
        typer.Option(help="A seed ends after the epoch in which it has read these."),
    ] = None
    learning_rate: LearningRate = None
    batch_size: Annotated[
        int | None, typer.Option(help="Of modern: words in a minibatch.  [default: 32]")
    ] = None
    clip: Annotated[
        float | None,
        typer.Option(
            help="Largest norm of a gradient.  [default: 1, or inf if published]"
        ),
    ] = None
    loss: Annotated[
        str | None,
        typer.Option(
            help="squared-error or cross-entropy.  [default: cross-entropy, or "
            "squared-error if published]"
        ),
    ] = None
    halves: Annotated[
        bool | None,
        typer.Option(
            "--halves/--no-halves",
            help="Of published: whether the rate is halved where the error rises; it "
            "needs a list of words.  [default: halves]",
        ),
    ] = None
    schedule: Annotated[
        str | None,
        typer.Option(help="Of modern: constant or cosine.  [default: constant]"),
    ] = None
    words: WordList = None
    num_words: Annotated[int, typer.Option(help="Words in an epoch.")] = 256
    fresh: Annotated[
        bool | None,
        typer.Option(
            "--fresh/--fixed",
            help="Other words every epoch, or a list for each seed.  [default: fixed "
            "if published]",
        ),
    ] = None
    max_length: Annotated[
        int | None, typer.Option(help="Longer words are left out.")
    ] = None
    check_every: Annotated[
        int, typer.Option(help="Epochs between checks whether the task is solved.")
    ] = 10
    stop_when_solved: Annotated[
        bool,
        typer.Option("--stop-when-solved", help="A seed ends when it solves the task."),
    ] = False
    confidence: Confidence = 0.95
    seed: Seed = 0

    @property
    def name(self) -> str:
        """The cell, as it was given."""
        return self.cell

    def settings(self) -> dict[str, object]:
        """Return what decides the result, for JSON."""
        words = None if self.words is None else str(self.words)
        return {**super().settings(), "words": words}

    @classmethod
    def of_settings(cls, settings: Mapping[str, object]) -> Divisible | None:
        """Return what was asked for, from JSON; None if it isn't."""
        words = settings.get("words")
        path = None if words is None else Path(str(words))
        return super().of_settings({**settings, "words": path})

    def require(self) -> None:
        """Refuse numbers out of range."""
        require_numbers(
            num_seeds=(self.num_seeds, 1),
            num_words=(self.num_words, 1),
            max_epochs=(self.max_epochs, 1),
            check_every=(self.check_every, 1),
            max_symbols=(self.max_symbols, 1),
            max_length=(self.max_length, 1),
        )
        require_seed(self.seed)
        require_confidence(self.confidence)

    def task(self) -> "Task":
        """Return what the seeds share.

        Raises:
            FirstbitError: cell, language, rule or words are none.
        """
        language = find(self.language)
        fixed = word_list(language, self.words)
        chosen = chosen_rule(
            self.rule,
            self.learning_rate,
            max_epochs=self.max_epochs,
            max_symbols=self.max_symbols,
            batch_size=self.batch_size,
            clip=self.clip,
            loss=self.loss,
            halves=self.halves,
            schedule=self.schedule,
        )
        from firstbit.cells import Given
        from firstbit.training import Checks, Task, TaskWords
        from firstbit.weights.threefry import seed_key

        fresh = not chosen.needs_list if self.fresh is None else self.fresh
        own_lists = fixed is None and not fresh
        return Task(
            Given.of(self.cell, is_trained=True),
            language,
            chosen,
            seed_key(self.seed),
            words=TaskWords(fixed, self.num_words, self.max_length, own_lists),
            checks=Checks(self.check_every, self.stop_when_solved),
            snapshots=(0, self.max_epochs // 2),
        )

    def trained(self, task: "Task", execution: Execution) -> "TrainedSeeds":
        """Train the seeds, and judge them."""
        from firstbit.studies.trained_seeds import trained_seeds

        return trained_seeds(
            task, self.num_seeds, execution, confidence=self.confidence
        )

    def joined(self, execution: Execution) -> Joined:
        """Judge the seeds that are kept."""
        found = self.trained(self.task(), execution)
        return Joined(found.result, partial(show, found, self, None))


@grouped
def train(
    asked: Asked,
    workers: Workers,
    out: Folder = None,
    resume: Resume = False,
    part: PartOf = None,
    into: Into = None,
    *,
    printed: Printed,
) -> None:
    """Train a cell many times: how often it learns, how fast, where it gets stuck."""
    asked.require()
    kept = kept_beside(out, "trainings", resume=resume, kind="DIR")
    require_folder(out, MARKER)
    share = required_part(part, into, out=out, resume=resume, **printed.forms)
    if asked.words is not None and asked.fresh:
        raise SettingError("expected --words or --fresh, got both; leave out one.")
    if share is not None and into is not None:
        _train_part(asked, share, into, workers)
        return
    task = asked.task()
    with progress(is_long=True) as report, workers.engine(kept) as engine:
        told = partial(report, "epochs")
        how = Execution(progress=told, resume=kept, executor=engine)
        found = asked.trained(task, how)
    if out is not None:
        found.save(out)
    remove_kept(kept)
    show(found, asked, out, printed)


def _train_part(asked: Asked, part: Part, into: Path, workers: Workers) -> None:
    """Train the seeds of a part, and say on one line what was done."""
    require_free(into, asked.settings())
    task = asked.task()
    from firstbit.training.many_seeds import train_part

    with progress(is_long=True) as report, workers.engine(into) as engine:
        told = partial(report, "epochs")
        how = Execution(progress=told, resume=into, executor=engine, part=part)
        done = train_part(task, asked.num_seeds, how)
    finish_part(done, into, asked.settings())


def show(
    found: "TrainedSeeds", asked: Asked, out: Path | None, printed: Printed
) -> None:
    """Print the seeds, and where the page is."""
    printed.show(
        tables=partial(_print, found, asked.seed, out),
        numbers=partial(_numbers, found),
        rows=partial(results_frame, [found.result], []),
    )


def _numbers(found: "TrainedSeeds") -> dict[str, object]:
    """Return what does not run over epochs."""
    configuration = json.loads(found.result.attrs["configuration"])
    numbers = as_numbers(found.result.drop_dims("epoch"))
    return {**numbers, "configuration": configuration}


def _print(found: "TrainedSeeds", seed: int, out: Path | None) -> None:
    """Print a row for each seed, and a sentence."""
    from firstbit.studies.training_page import by_seed, summary

    print_table(f"{found.title}, seed {seed}", *by_seed(found.result))
    print(summary(found.result))
    if out is not None:
        print(f"{out / 'report.html'} shows what was measured.")
