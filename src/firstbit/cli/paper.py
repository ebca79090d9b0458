"""`firstbit paper`."""

from pathlib import Path
from typing import Annotated

import typer

from firstbit.cli.output import print_table, progress
from firstbit.files import require_replaceable
from firstbit.process import artist

MARKER = "paper.json"
"""The file that every replay has."""


def paper(
    out: Annotated[
        Path,
        typer.Option(
            help="Folder for the results; an earlier result there is replaced when "
            "all is done."
        ),
    ] = Path("results/paper"),
    num_words: Annotated[
        int,
        typer.Option(
            help="Words of each task: 256 are the published ones; the text says "
            "250 and 2000."
        ),
    ] = 256,
    seed: Annotated[
        int,
        typer.Option(
            help="Seed of D's draws and of further words; the published run never "
            "depends on it."
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
    from firstbit.paper import Settings  # before JAX is loaded

    settings = Settings(num_words=num_words, seed=seed, quick=quick)
    require_replaceable(out, MARKER)
    with artist() as executor, progress(is_long=True) as report:
        from firstbit.paper import replay

        found = replay(out, settings, progress=report, executor=executor)
    rows = [[claim.place, claim.id, claim.verdict] for claim in found.claims]
    print_table("The paper's claims", ["place", "claim", "verdict"], rows)
    seconds = sum(found.making.seconds.values())
    print(f"{out / 'report.html'} shows what was measured; {seconds:.0f} s.")
