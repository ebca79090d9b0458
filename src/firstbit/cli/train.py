"""`firstbit train`."""

import json
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Annotated

import typer

from firstbit.cli.language.find import find, word_list
from firstbit.cli.options import (
    AsJson,
    Confidence,
    Folder,
    LanguageText,
    LearningRate,
    NumSeeds,
    Resume,
    RuleName,
    Seed,
    TrainedCell,
    WordList,
    kept_beside,
    require_folder,
    require_numbers,
)
from firstbit.cli.output import as_numbers, print_json, print_table, progress
from firstbit.cli.rules import chosen_rule
from firstbit.errors import SettingError, require_seed
from firstbit.intervals import require_confidence

if TYPE_CHECKING:
    from firstbit.studies.trained_seeds import TrainedSeeds

MARKER = "training.json"
"""The file that every folder of trainings has."""


def train(
    cell: TrainedCell = "vanilla:18",
    language: LanguageText = "embedded-reber",
    num_seeds: NumSeeds = 8,
    rule: RuleName = "published",
    max_epochs: Annotated[int, typer.Option(help="Epochs of a seed, at most.")] = 1000,
    max_symbols: Annotated[
        int | None,
        typer.Option(help="A seed ends after the epoch in which it has read these."),
    ] = None,
    learning_rate: LearningRate = None,
    batch_size: Annotated[
        int | None, typer.Option(help="Of modern: words in a minibatch.  [default: 32]")
    ] = None,
    clip: Annotated[
        float | None,
        typer.Option(
            help="Largest norm of a gradient.  [default: 1, or inf if published]"
        ),
    ] = None,
    loss: Annotated[
        str | None,
        typer.Option(
            help="squared-error or cross-entropy.  [default: cross-entropy, or "
            "squared-error if published]"
        ),
    ] = None,
    halves: Annotated[
        bool | None,
        typer.Option(
            "--halves/--no-halves",
            help="Of published: whether the rate is halved where the error rises; it "
            "needs a list of words.  [default: halves]",
        ),
    ] = None,
    schedule: Annotated[
        str | None,
        typer.Option(help="Of modern: constant or cosine.  [default: constant]"),
    ] = None,
    words: WordList = None,
    num_words: Annotated[int, typer.Option(help="Words in an epoch.")] = 256,
    fresh: Annotated[
        bool | None,
        typer.Option(
            "--fresh/--fixed",
            help="Other words every epoch, or a list for each seed.  [default: fixed "
            "if published]",
        ),
    ] = None,
    max_length: Annotated[
        int | None, typer.Option(help="Longer words are left out.")
    ] = None,
    check_every: Annotated[
        int, typer.Option(help="Epochs between checks whether the task is solved.")
    ] = 10,
    stop_when_solved: Annotated[
        bool,
        typer.Option("--stop-when-solved", help="A seed ends when it solves the task."),
    ] = False,
    confidence: Confidence = 0.95,
    seed: Seed = 0,
    out: Folder = None,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Train a cell many times: how often it learns, how fast, where it gets stuck."""
    require_numbers(
        num_seeds=(num_seeds, 1),
        num_words=(num_words, 1),
        max_epochs=(max_epochs, 1),
        check_every=(check_every, 1),
        max_symbols=(max_symbols, 1),
        max_length=(max_length, 1),
    )
    require_seed(seed)
    require_confidence(confidence)
    kept = kept_beside(out, "trainings", resume=resume, kind="DIR")
    require_folder(out, MARKER)
    if words is not None and fresh:
        raise SettingError("expected --words or --fresh, got both; leave out one.")
    task_language = find(language)
    fixed = word_list(task_language, words)
    chosen = chosen_rule(
        rule,
        learning_rate,
        max_epochs=max_epochs,
        max_symbols=max_symbols,
        batch_size=batch_size,
        clip=clip,
        loss=loss,
        halves=halves,
        schedule=schedule,
    )
    from firstbit.cells import Given
    from firstbit.studies.trained_seeds import trained_seeds
    from firstbit.training import Checks, Execution, Task, TaskWords
    from firstbit.weights.threefry import seed_key

    given = Given.of(cell, is_trained=True)
    if fresh is None:
        fresh = not chosen.needs_list
    own_lists = fixed is None and not fresh
    task = Task(
        given,
        task_language,
        chosen,
        seed_key(seed),
        words=TaskWords(fixed, num_words, max_length, own_lists),
        checks=Checks(check_every, stop_when_solved),
        snapshots=(0, max_epochs // 2),
    )
    with progress() as report:
        execution = Execution(progress=partial(report, "epochs"), resume=kept)
        found = trained_seeds(task, num_seeds, execution, confidence=confidence)
    if out is not None:
        found.save(out)
    if kept is not None:
        rmtree(kept, ignore_errors=True)  # the result is whole
    if as_json:
        _print_json(found)
    else:
        _print(found, seed, out)


def _print_json(found: "TrainedSeeds") -> None:
    """Print what does not run over epochs."""
    configuration = json.loads(found.result.attrs["configuration"])
    numbers = as_numbers(found.result.drop_dims("epoch"))
    print_json({**numbers, "configuration": configuration})


def _print(found: "TrainedSeeds", seed: int, out: Path | None) -> None:
    """Print a row for each seed, and a sentence."""
    from firstbit.studies.training_page import by_seed, summary

    print_table(f"{found.title}, seed {seed}", *by_seed(found.result))
    print(summary(found.result))
    if out is not None:
        print(f"{out / 'report.html'} shows what was measured.")
