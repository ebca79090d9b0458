"""`firstbit verdict`."""

import json
from contextlib import nullcontext
from importlib.metadata import version
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firstbit.cli.cells import parse_cell
from firstbit.cli.language.command import find
from firstbit.cli.options import AsJson
from firstbit.cli.output import print_json, print_table, progress
from firstbit.cli.train import parse_rule
from firstbit.errors import SettingError, require_at_least
from firstbit.files import replaced_folder, save

if TYPE_CHECKING:
    from firstbit.languages import Language
    from firstbit.studies.verdicts.configuration import Configuration
    from firstbit.studies.verdicts.verdict import Trial


def verdict(
    language: Annotated[
        str,
        typer.Option(help="A name (firstbit language --list) or a regular expression."),
    ],
    cell: Annotated[
        list[str],
        typer.Option(
            help="NAME:SIZE and options: "
            "vanilla:18,activation=tanh,initializer=orthogonal; may be "
            "repeated."
        ),
    ],
    seeds: Annotated[int, typer.Option(help="Runs of each configuration.")] = 32,
    rule: Annotated[
        str, typer.Option(help="The rule of training: published or modern.")
    ] = "published",
    epochs: Annotated[
        int,
        typer.Option(
            help="A run ends after so many at the latest; earlier when it solves."
        ),
    ] = 1000,
    learning_rate: Annotated[
        float | None,
        typer.Option(help="Of the first epoch; by default the rule's own."),
    ] = None,
    solve_rate: Annotated[
        float,
        typer.Option(help="The lower end of the rate's 95 % interval must exceed it."),
    ] = 0.5,
    guesses: Annotated[
        int,
        typer.Option(
            help="Random draws, the baseline; 0 for none. Seconds; half a minute "
            "at 200 units."
        ),
    ] = 200,
    seed: Annotated[int, typer.Option(help="Of the random numbers.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for verdict.json, report.html and the runs."),
    ] = None,
    resume: Annotated[
        bool, typer.Option(help="Keep trainings beside --out, and go on from them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train cells many times and say of each: solves, trainability, intrinsic, or undecided; and by which rule."""
    task = find(language, None)
    for name, value, least in (
        ("seeds", seeds, 1),
        ("epochs", epochs, 1),
        ("guesses", guesses, 0),
        ("seed", seed, 0),
    ):
        require_at_least(name, value, least)
    if not 0 <= solve_rate < 1:
        raise SettingError(
            f"expected a solve rate from 0 to below 1, got {solve_rate:g}; try 0.5."
        )
    if resume and out is None:
        raise SettingError(
            "expected --out DIR with --resume: trainings are kept beside it."
        )
    training_rule = parse_rule(rule, learning_rate=learning_rate, max_epochs=epochs)
    configurations = [parse_cell(text) for text in cell]
    settings = {
        "language": task.name,
        "rule": rule,
        "seeds": seeds,
        "epochs": epochs,
        "solve_rate": solve_rate,
    }
    settings |= {"guesses": guesses, "seed": seed}
    keep = Path(f"{out}.runs") if resume else None
    with (
        replaced_folder(out, marker="verdict.json")
        if out is not None
        else nullcontext() as folder
    ):
        from jax.random import key  # here: what follows loads JAX

        from firstbit import training
        from firstbit.studies.verdicts.verdict import run_trial

        with progress() as report:
            trial = run_trial(
                configurations,
                task,
                train=training.train,
                rule=training_rule,
                rule_name=rule,
                num_seeds=seeds,
                key=key(seed),
                num_guesses=guesses,
                solve_rate=solve_rate,
                keep=keep,
                progress=report,
            )
        summary = {
            "firstbit_version": version("firstbit"),
            "settings": settings,
            "rows": [v.as_row() for v in trial.verdicts],
        }
        if folder is not None:
            _fill(folder, trial, configurations, task, summary)
    if keep is not None:
        rmtree(keep, ignore_errors=True)  # the result is whole
    if as_json:
        print_json(summary)
    else:
        _print(summary, out)


def _fill(
    folder: Path,
    trial: "Trial",
    configurations: "list[Configuration]",
    task: "Language",
    summary: dict[str, Any],
) -> None:
    """`verdict.json`, `report.html` and the runs."""
    from firstbit.studies.verdicts.page import verdict_page

    (folder / "data").mkdir()
    for one in configurations:
        save(trial.runs[one.name], folder / "data" / f"{one.file_name}.nc")
    told = {
        **summary["settings"],
        "firstbit": summary["firstbit_version"],
        "jax": version("jax"),
    }
    (folder / "report.html").write_text(
        verdict_page(trial.verdicts, task, told, trial.runs), encoding="utf-8"
    )
    (folder / "verdict.json").write_text(
        json.dumps(summary, indent=1, allow_nan=False) + "\n", encoding="utf-8"
    )


def _print(summary: dict[str, Any], out: Path | None) -> None:
    rows = []
    for row in summary["rows"]:
        low, high = row["interval"]
        rows.append(
            [
                row["cell"],
                row["verdict"],
                f"{row['rate']:.2f} [{low:.2f}, {high:.2f}]",
                row["reason"],
            ]
        )
    settings = summary["settings"]
    title = f"{settings['language']}, {settings['rule']}, {settings['seeds']} seeds"
    print_table(title, ["configuration", "verdict", "solve [95 %]", "why"], rows)
    if out is not None:
        print(f"{out / 'report.html'} shows what is behind it.")
