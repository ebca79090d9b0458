"""`firstbit verdict`."""

from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Annotated

import typer

from firstbit.cli.language.find import find, word_list
from firstbit.cli.options import (
    AsJson,
    Confidence,
    Error,
    Folder,
    LanguageText,
    LearningRate,
    NumSeeds,
    Resolution,
    Resume,
    RuleName,
    Seed,
    TrainedCells,
    WordList,
    kept_beside,
    require_folder,
    require_numbers,
)
from firstbit.cli.output import print_json, print_table, progress
from firstbit.cli.rules import chosen_rule
from firstbit.errors import require_seed
from firstbit.intervals import require_confidence

if TYPE_CHECKING:
    from firstbit.studies import Verdicts

MARKER = "verdict.json"
"""The file that every folder of verdicts has."""


def verdict(
    language: LanguageText,
    cell: TrainedCells,
    num_seeds: NumSeeds = 32,
    rule: RuleName = "published",
    learning_rate: LearningRate = None,
    max_epochs: Annotated[int, typer.Option(help="Epochs of a run, at most.")] = 1000,
    words: WordList = None,
    stop_when_solved: Annotated[
        bool,
        typer.Option("--stop-when-solved", help="A seed ends when it solves the task."),
    ] = False,
    resolution: Resolution = 0.15,
    error: Error = 0.01,
    solve_rate: Annotated[
        float,
        typer.Option(help="Solves where the rate is shown to be above it."),
    ] = 0.5,
    confidence: Confidence = 0.95,
    num_guesses: Annotated[
        int,
        typer.Option(
            help="Random draws, the baseline; 0 for none. Seconds; half a minute "
            "at 200 units."
        ),
    ] = 200,
    seed: Seed = 0,
    out: Folder = None,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Train cells many times; say whether each solves a task, and if not, why.

    The verdict is solves, open, intrinsic, undecided, or: fails here, but such a net
    exists. The nets are those of `firstbit train` with the same seed.
    """
    task = find(language)
    fixed = word_list(task, words)
    require_numbers(
        num_seeds=(num_seeds, 1),
        max_epochs=(max_epochs, 1),
        num_guesses=(num_guesses, 0),
    )
    require_seed(seed)
    require_confidence(confidence)
    kept = kept_beside(out, "runs", resume=resume, kind="DIR")
    require_folder(out, MARKER)
    chosen = chosen_rule(rule, learning_rate, max_epochs=max_epochs)
    from firstbit import Standard
    from firstbit import verdict as judge
    from firstbit.languages.judging.criterion import Criterion
    from firstbit.training import Checks
    from firstbit.weights.threefry import seed_key

    with progress() as report:
        found = judge(
            task,
            cell,
            rule=chosen,
            num_seeds=num_seeds,
            key=seed_key(seed),
            words=fixed,
            checks=Checks(stop=stop_when_solved),
            criterion=Criterion(resolution, error),
            standard=Standard(solve_rate, confidence, num_guesses),
            resume=kept,
            progress=report,
        )
    if out is not None:
        found.save(out)
    if kept is not None:
        rmtree(kept, ignore_errors=True)  # the result is whole
    if as_json:
        print_json(found.as_json())
    else:
        _print(found, out)


def _print(found: "Verdicts", out: Path | None) -> None:
    """Print the answer, a row for each configuration, and the reasons below."""
    from firstbit.studies.verdicts.judgement import spoken
    from firstbit.studies.verdicts.page import last_rate
    from firstbit.studies.verdicts.sentences import about_test, uncovered

    print(found.answer)
    print()
    rows: list[list[str]] = []
    for one in found.verdicts:
        low, high = one.evidence.interval
        rate = f"{one.evidence.rate:.2f} [{low:.2f}, {high:.2f}]"
        last = last_rate(one.evidence)
        rows.append([one.evidence.cell, spoken(one.verdict), rate, last])
    seeds = f"{found.verdicts[0].evidence.num_seeds} seeds"
    title = f"{found.language.name}, {found.rule.name}, {seeds}"
    rate = f"solve [{100 * found.standard.confidence:g} %]"
    print_table(title, ["configuration", "verdict", rate, "last rate"], rows)
    for one in found.verdicts:
        print(f"{one.evidence.cell}: {one.reason}.")
    print(about_test(found.tested, found.language.name))
    print(uncovered(found.verdicts))
    if out is not None:
        print(f"{out / 'report.html'} shows the evidence.")
