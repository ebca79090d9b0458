"""`firstbit study`."""

from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firstbit.cli.output import print_json, print_table, progress
from firstbit.errors import SettingError, require_at_least
from firstbit.files import require_replaceable

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
    require_replaceable(out, marker="study.json")
    from firstbit import studies  # here: it loads JAX

    with progress() as report:
        done = studies.study(
            seed=seed,
            num_seeds=seeds,
            symbols=symbols,
            questions=only or QUESTIONS,  # type: ignore[arg-type]
            seconds=seconds,
            resume=keep,
            progress=report,
        )
    done.save(out)
    if keep is not None and not done.num_left:
        rmtree(keep, ignore_errors=True)  # the result is whole
    summary = done.as_json()
    if as_json:
        print_json(summary)
    else:
        _print(done, summary, out)


def _print(done: "Study", summary: dict[str, Any], out: Path) -> None:
    from firstbit.studies.vanilla_or_gru.parts import QUESTIONS
    from firstbit.studies.vanilla_or_gru.tables import (
        evidence_rows,
        guess_rows,
        size_rows,
        title_of,
        verdict_rows,
    )

    measured = done.measured
    for question in QUESTIONS:
        if measured.on(question):
            title = title_of(question).text
            print_table(title, *evidence_rows(measured, question))
    if summary["smallest_sizes"]:
        print_table("The smallest sizes", *size_rows(measured))
    if measured.guesses:
        print_table("What guessing achieves", *guess_rows(measured))
    if verdicts := done.verdicts:
        print_table("The verdicts on embedded Reber", *verdict_rows(verdicts))
    print(summary["answer"])
    if done.num_left:
        print(
            f"{done.num_left} configurations are not measured: the time was over; "
            "with --resume the same command goes on."
        )
    print(f"{out / 'report.html'} shows what was measured.")
