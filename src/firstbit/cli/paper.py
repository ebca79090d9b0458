"""`firstbit paper`."""

from pathlib import Path
from typing import Annotated

import typer

from firstbit.cli.output import print_table, progress
from firstbit.process import artist


def paper(
    out: Annotated[
        Path,
        typer.Option(
            help="Folder for the results; an earlier result there is replaced when "
            "all is done."
        ),
    ] = Path("results/paper"),
    strings: Annotated[
        int,
        typer.Option(
            help="Words of each task: 256 are the published ones; the text says "
            "250 and 2000."
        ),
    ] = 256,
    seed: Annotated[
        int,
        typer.Option(
            help="Of D's random draws and of further words; the published run "
            "never depends on it."
        ),
    ] = 0,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick", help="Few epochs and draws, to see every part in seconds."
        ),
    ] = False,
) -> None:
    """Replay the 2017 paper: data, figures, its claims on trial, and report.html."""
    from firstbit.paper.settings import Settings  # here: what follows loads JAX

    settings = Settings(num_words=strings, seed=seed, quick=quick)
    with artist() as executor, progress() as report:
        from firstbit.paper.run import run_paper

        summary = run_paper(settings, out, progress=report, executor=executor)
    rows = [
        [claim["place"], claim["id"], claim["verdict"]] for claim in summary["claims"]
    ]
    print_table("The paper's claims", ["place", "claim", "verdict"], rows)
    print(
        f"{out / 'report.html'} shows what was measured; "
        f"{sum(summary['seconds'].values()):.0f} s."
    )
