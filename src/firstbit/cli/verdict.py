"""`firstbit verdict`."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstbit.cli.dask import Workers
from firstbit.cli.grouped import grouped
from firstbit.cli.language.find import find, word_list
from firstbit.cli.options import (
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
    remove_kept,
    require_folder,
    require_numbers,
)
from firstbit.cli.output import print_table, progress
from firstbit.cli.printed import Printed
from firstbit.cli.rules import chosen_rule
from firstbit.errors import require_seed
from firstbit.intervals import require_confidence

if TYPE_CHECKING:
    from firstbit.studies import Verdicts

MARKER = "verdict.json"
"""The file that every folder of verdicts has."""


@dataclass(frozen=True)
class Asked:
    """What the command judges, as its options say it; see its help for each."""

    language: LanguageText
    cell: TrainedCells
    num_seeds: NumSeeds = 32
    rule: RuleName = "published"
    learning_rate: LearningRate = None
    max_epochs: Annotated[int, typer.Option(help="Epochs of a run, at most.")] = 1000
    words: WordList = None
    stop_when_solved: Annotated[
        bool,
        typer.Option("--stop-when-solved", help="A seed ends when it solves the task."),
    ] = False
    resolution: Resolution = 0.15
    error: Error = 0.01
    solve_rate: Annotated[
        float,
        typer.Option(
            help="Solves where the rate is shown to be above it; .9 needs 36 seeds at "
            "confidence .95."
        ),
    ] = 0.5
    confidence: Confidence = 0.95
    num_guesses: Annotated[
        int,
        typer.Option(
            help="Random draws, the baseline; 0 for none. Seconds; half a minute "
            "at 200 units."
        ),
    ] = 200
    seed: Seed = 0


@grouped
def verdict(
    asked: Asked,
    workers: Workers,
    out: Folder = None,
    resume: Resume = False,
    *,
    printed: Printed,
) -> None:
    """Train cells many times; say whether each solves a task, and if not, why.

    The verdict is solves, open, intrinsic, undecided, or: fails here, but such a net
    exists. The nets are those of `firstbit train` with the same seed.
    """
    task = find(asked.language)
    fixed = word_list(task, asked.words)
    require_numbers(
        num_seeds=(asked.num_seeds, 1),
        max_epochs=(asked.max_epochs, 1),
        num_guesses=(asked.num_guesses, 0),
    )
    require_seed(asked.seed)
    require_confidence(asked.confidence)
    kept = kept_beside(out, "runs", resume=resume, kind="DIR")
    require_folder(out, MARKER)
    chosen = chosen_rule(asked.rule, asked.learning_rate, max_epochs=asked.max_epochs)
    from firstbit import Standard
    from firstbit import verdict as judge
    from firstbit.languages.judging.criterion import Criterion
    from firstbit.training import Checks
    from firstbit.weights.threefry import seed_key

    with progress(is_long=True) as report, workers.engine(kept) as engine:
        found = judge(
            task,
            asked.cell,
            rule=chosen,
            num_seeds=asked.num_seeds,
            key=seed_key(asked.seed),
            words=fixed,
            checks=Checks(stop=asked.stop_when_solved),
            criterion=Criterion(asked.resolution, asked.error),
            standard=Standard(asked.solve_rate, asked.confidence, asked.num_guesses),
            resume=kept,
            progress=report,
            executor=engine,
        )
    if out is not None:
        found.save(out)
    remove_kept(kept)
    printed.show(
        tables=partial(_print, found, out),
        numbers=found.as_json,
        rows=found.to_dataframe,
    )


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
