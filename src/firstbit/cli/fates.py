"""`firstbit fates`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstbit.cli.discrepancy import parse_sizes
from firstbit.cli.options import (
    ActivationName,
    AsJson,
    CellName,
    Gain,
    HiddenSizes,
    InitializerName,
    NetCDF,
    Reset,
)
from firstbit.cli.output import (
    as_numbers,
    print_json,
    print_table,
    progress,
    require_picture,
    save_picture,
)
from firstbit.errors import require_at_least
from firstbit.files import require_writable, save

if TYPE_CHECKING:
    import xarray as xr


def fates(
    cell: CellName = "vanilla",
    activation: ActivationName = None,
    reset: Reset = None,
    length: Annotated[
        int, typer.Option(help="The l at which shares of D(l,k) are taken.")
    ] = 50,
    hidden_size: HiddenSizes = "1:20",
    draws: Annotated[int, typer.Option(help="Random nets for each k.")] = 300,
    initializer: InitializerName = "normal",
    gain: Gain = 1.0,
    transient: Annotated[
        int, typer.Option(help="Symbols after the words that aren't watched.")
    ] = 3000,
    horizon: Annotated[
        int, typer.Option(help="Symbols that are watched, at least 100.")
    ] = 1000,
    seed: Annotated[
        int,
        typer.Option(
            help="Of the random draws: those of firstbit discrepancy with this seed."
        ),
    ] = 0,
    draw: Annotated[
        Path | None,
        typer.Option(help="Draw the shares: a file ending in .svg or .png."),
    ] = None,
    out: NetCDF = None,
    as_json: AsJson = False,
) -> None:
    """Where does D(l,k) come from? What becomes of the two words in each random net if the common symbol goes on."""
    sizes = parse_sizes(hidden_size)
    for name, value, least in (
        ("length", length, 1),
        ("draws", draws, 2),
        ("transient", transient, 0),
        ("seed", seed, 0),
    ):
        require_at_least(name, value, least)
    if draw is not None:
        require_picture(draw)
    if out is not None:
        require_writable(out)
    from jax.random import key  # here: a wrong setting is told before JAX is loaded

    from firstbit.cells import cell_by_name, initializer_by_name
    from firstbit.memory.fates.fates import fates as measure

    kind = cell_by_name(cell, activation=activation, reset=reset)
    with progress() as report:
        result = measure(
            kind,
            hidden_sizes=sizes,
            length=length,
            num_draws=draws,
            initializer=initializer_by_name(initializer, gain),
            transient=transient,
            horizon=horizon,
            key=key(seed),
            progress=lambda done, total: report("fates", done, total),
        )
    told = json.loads(result.attrs["configuration"])
    title = f"{told['cell']}, weights {told['initializer']}, {draws} draws, seed {seed}"
    if out is not None:
        save(result, out)
    if draw is not None:
        _draw(result, draw, told["cell"], title)
    if as_json:
        print_json(as_numbers(result.drop_dims("draw")))
    else:
        _print(
            result, f"Share of draws and, in brackets, of D({length},k), in %: {title}"
        )


def _draw(result: "xr.Dataset", path: Path, name: str, title: str) -> None:
    from firstbit import plots

    save_picture(plots.fate_shares({name: result}, title=title), path)


def _print(result: "xr.Dataset", title: str) -> None:
    share, of_discrepancy = (
        100 * result["share"].values,
        100 * result["share_of_discrepancy"].values,
    )
    rows = [
        [
            str(k),
            *(
                f"{a:.1f} ({b:.1f})"
                for a, b in zip(share[i], of_discrepancy[i], strict=True)
            ),
        ]
        for i, k in enumerate(result["hidden_size"].values)
    ]
    print_table(title, ["k", *map(str, result["fate"].values)], rows, numeric=True)
    unbounded = int(result["num_unbounded"].values.sum())
    if unbounded:
        print(
            f"{unbounded} draws grow without bound, or beyond float64: they are "
            "among the unresolved."
        )
