"""`firstbit study`."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstbit.cli.dask import Workers
from firstbit.cli.grouped import grouped
from firstbit.cli.options import (
    NumSeeds,
    Resume,
    Seed,
    kept_beside,
    remove_kept,
    require_folder,
    require_numbers,
)
from firstbit.cli.output import print_table, progress
from firstbit.cli.printed import Printed
from firstbit.errors import SettingError, require_seed
from firstbit.process import processes

if TYPE_CHECKING:
    from firstbit.studies import Study

MARKER = "study.json"
"""The file that every folder of a study has."""

QUESTIONS = ("cells", "factors", "lags", "sizes", "guessing")


@dataclass(frozen=True)
class Asked:
    """What the command studies, as its options say it; see its help for each."""

    num_seeds: NumSeeds = 32
    seconds: Annotated[
        float,
        typer.Option(help="No training begins after this time; see --resume."),
    ] = 3600.0
    seed: Seed = 0
    questions: Annotated[
        list[str] | None,
        typer.Option(
            help="cells, factors, lags, sizes or guessing; may be repeated.  "
            "[default: all]"
        ),
    ] = None
    symbols: Annotated[
        int | None,
        typer.Option(help="Another budget of symbols read by each run, on every task."),
    ] = None

    def require(self) -> None:
        """Refuse numbers out of range, and what is no question."""
        require_numbers(num_seeds=(self.num_seeds, 1), symbols=(self.symbols, 1))
        require_seed(self.seed)
        if not self.seconds >= 0:
            raise SettingError(
                f"expected `seconds` of at least 0, got {self.seconds:g}; try 3600."
            )
        for question in self.questions or ():
            if question not in QUESTIONS:
                raise SettingError(
                    f"expected the questions {', '.join(QUESTIONS)}, got '{question}'."
                )


@grouped
def study(
    out: Annotated[
        Path, typer.Option(help="Folder for study.nc, study.json and report.html.")
    ],
    asked: Asked,
    workers: Workers,
    resume: Resume = False,
    *,
    printed: Printed,
) -> None:
    """Run the study: which cells solve embedded Reber, how far back, how small."""
    asked.require()
    kept = kept_beside(out, "runs", resume=resume, kind="DIR")
    require_folder(out, MARKER)
    from firstbit import study as run  # after the checks that need no JAX

    with workers.engine(kept, processes) as executor, progress(is_long=True) as report:
        found = run(
            seed=asked.seed,
            num_seeds=asked.num_seeds,
            symbols=asked.symbols,
            questions=asked.questions or QUESTIONS,  # pyright: ignore[reportArgumentType]
            seconds=asked.seconds,
            resume=kept,
            progress=report,
            executor=executor,
        )
    found.save(out)
    if not found.num_left:
        remove_kept(kept)
    printed.show(
        tables=partial(_print, found, out),
        numbers=found.as_json,
        rows=found.to_dataframe,
    )


def _print(found: "Study", out: Path) -> None:
    """Print the tables of the questions that were asked, and the answer."""
    from firstbit.studies.vanilla_or_gru.tables import (
        evidence_rows,
        guess_rows,
        size_rows,
        title_of,
        verdict_rows,
    )

    measured = found.measured
    for question in QUESTIONS[:-1]:
        if measured.on(question):
            print_table(title_of(question).text, *evidence_rows(measured, question))
    if measured.on("sizes"):
        print_table("The smallest sizes", *size_rows(measured))
    if measured.guesses:
        print_table("What guessing achieves", *guess_rows(measured))
    if found.verdicts:
        print_table("The verdicts on embedded Reber", *verdict_rows(found.verdicts))
    print(found.answer)
    if found.num_left:
        print(
            f"{found.num_left} configurations are not measured: the time was over; "
            "with --resume the same command goes on."
        )
    print(f"{out / 'report.html'} shows what was measured.")
