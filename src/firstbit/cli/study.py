"""`firstbit study`."""

import json
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from shutil import rmtree
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firstbit.cli.output import print_json, print_table, progress
from firstbit.errors import SettingError, require_at_least
from firstbit.files import replaced_folder

if TYPE_CHECKING:
    from firstbit.studies.vanilla_or_gru.study import Study

QUESTIONS = ("cells", "lags", "sizes", "guessing")


def study(
    out: Annotated[
        Path, typer.Option(help="Folder for study.nc, study.json and report.html.")
    ],
    seeds: Annotated[int, typer.Option(help="Runs of each configuration.")] = 32,
    seconds: Annotated[
        float,
        typer.Option(help="No training begins after so many; --resume goes on later."),
    ] = 3600,
    seed: Annotated[int, typer.Option(help="Of the random numbers.")] = 0,
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="cells, lags, sizes or guessing; may be repeated.  [default: all]"
        ),
    ] = None,
    symbols: Annotated[
        int | None,
        typer.Option(help="Another budget of symbols read by each run, on every task."),
    ] = None,
    resume: Annotated[
        bool, typer.Option(help="Keep trainings beside --out, and go on from them.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON instead of tables.")
    ] = False,
) -> None:
    """Run the study: which cells solve embedded Reber, how far back they learn to look, how small they may be."""
    for name, value, least in (
        ("seeds", seeds, 1),
        ("seed", seed, 0),
        *([("symbols", symbols, 1)] if symbols is not None else []),
    ):
        require_at_least(name, value, least)
    if not seconds >= 0:
        raise SettingError(
            f"expected `seconds` of at least 0, got {seconds:g}; try 3600."
        )
    if unknown := [question for question in only or () if question not in QUESTIONS]:
        raise SettingError(
            f"expected --only cells, lags, sizes or guessing, got '{unknown[0]}'."
        )
    keep = Path(f"{out}.runs") if resume else None
    with replaced_folder(out, marker="study.json") as folder:
        from firstbit import training  # here: what follows loads JAX
        from firstbit.studies.vanilla_or_gru.baselines import run_guessing
        from firstbit.studies.vanilla_or_gru.study import Settings, parts, run_study

        settings = (
            Settings(seeds, seed)
            if symbols is None
            else Settings(seeds, seed, symbols, symbols, symbols)
        )
        asked = [part for part in parts(settings) if not only or part.question in only]
        runs = folder / "runs" if keep is None else keep
        with progress() as report:
            began = monotonic()
            guesses = (
                run_guessing(settings, runs, progress=report)
                if not only or "guessing" in only
                else {}
            )
            left = seconds - (monotonic() - began)
            done = run_study(
                settings,
                asked,
                runs,
                train=training.train,
                seconds=left,
                progress=report,
            )
            done = replace(done, guesses=guesses)
        if keep is None:
            rmtree(runs)
        summary = _fill(folder, done)
    if keep is not None and not done.num_left:
        rmtree(keep, ignore_errors=True)  # the result is whole
    if as_json:
        print_json(summary)
    else:
        _print(done, summary, out)


def _fill(folder: Path, done: "Study") -> dict[str, Any]:
    """`study.nc`, `report.html` and `study.json`."""
    from firstbit.studies.vanilla_or_gru.answer import answer
    from firstbit.studies.vanilla_or_gru.baselines import guessed_in
    from firstbit.studies.vanilla_or_gru.page import study_page
    from firstbit.studies.vanilla_or_gru.record import write_study
    from firstbit.studies.vanilla_or_gru.study import described_study
    from firstbit.studies.vanilla_or_gru.tables import judged_study, smallest_sizes

    verdicts = judged_study(done)
    told = {(j.part.setting, j.verdict.evidence.cell): j.verdict for j in verdicts}
    rows = []
    for part, e in done.evidence:
        row = {
            "question": part.question,
            "language": part.language.name,
            "setting": part.setting,
            **e.as_json(),
        }
        verdict = told.get((part.setting, e.cell)) if part.question == "cells" else None
        if verdict is not None:
            row |= {
                name: verdict.as_row()[name]
                for name in (
                    "verdict",
                    "reason",
                    "witness",
                    "arguments",
                    "inapplicable",
                )
            }
        rows.append(row)
    summary = {
        "firstbit_version": version("firstbit"),
        **described_study(done.settings),
        "num_left": done.num_left,
        "answer": answer(done, verdicts),
        "smallest_sizes": smallest_sizes(done),
        "rows": rows,
        "guessing": [
            {
                "language": one.language.name,
                "cell": one.configuration.name,
                **guessing.as_json(),
            }
            for one, guessing in guessed_in(done)
        ],
    }
    write_study(done, folder / "study.nc")
    (folder / "report.html").write_text(study_page(done), encoding="utf-8")
    (folder / "study.json").write_text(
        json.dumps(summary, indent=1, allow_nan=False) + "\n", encoding="utf-8"
    )
    return summary


def _print(done: "Study", summary: dict[str, Any], out: Path) -> None:
    from firstbit.studies.vanilla_or_gru.tables import (
        TITLES,
        evidence_rows,
        guess_rows,
        judged_study,
        size_rows,
        verdict_rows,
    )

    for question, (title, _) in TITLES.items():
        if done.on(question):
            print_table(title, *evidence_rows(done, question))
    if summary["smallest_sizes"]:
        print_table("The smallest sizes", *size_rows(done))
    if done.guesses:
        print_table("What guessing achieves", *guess_rows(done))
    if verdicts := judged_study(done):
        print_table("The verdicts on embedded Reber", *verdict_rows(verdicts))
    print(summary["answer"])
    if done.num_left:
        print(
            f"{done.num_left} configurations are not measured: the time was over; "
            "with --resume the same command goes on."
        )
    print(f"{out / 'report.html'} shows what was measured.")
