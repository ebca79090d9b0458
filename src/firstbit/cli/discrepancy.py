"""`firstbit discrepancy`."""

import json
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Annotated

import typer

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
from firstbit.errors import SettingError, require_at_least
from firstbit.files import require_writable, save

if TYPE_CHECKING:
    import xarray as xr

FEW_DRAWS_CARRY = 0.5
SHOWN_LENGTHS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def discrepancy(
    cell: CellName = "vanilla",
    activation: ActivationName = None,
    reset: Reset = None,
    length: Annotated[
        int | None,
        typer.Option(
            help="The largest l; every l from 1 on is measured.  [default: 50]"
        ),
    ] = None,
    hidden_size: HiddenSizes = "1:20",
    draws: Annotated[int, typer.Option(help="Random nets for each k.")] = 2000,
    initializer: InitializerName = "normal",
    gain: Gain = 1.0,
    words: Annotated[
        str,
        typer.Option(
            help="constant (00... and 10...), random (a common random suffix), or u,v."
        ),
    ] = "constant",
    measured: Annotated[
        str,
        typer.Option(help="hidden (h) or all (the whole state, of an LSTM h and c)."),
    ] = "hidden",
    seed: Annotated[int, typer.Option(help="Of the random draws.")] = 0,
    out: NetCDF = None,
    draw: Annotated[
        Path | None,
        typer.Option(help="Picture of D(l,k): a file ending in .svg or .png."),
    ] = None,
    fan: Annotated[
        Path | None,
        typer.Option(help="Picture of what the mean hides: quantiles, retained share."),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            help="Keep finished blocks beside --out, and go on from them; several "
            "processes may share them."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure the (l,k)-discrepancy D(l,k): how far apart words that differ in their first bit drive random nets."""
    sizes = parse_sizes(hidden_size)
    pair = words if "," not in words else tuple(words.split(","))
    length = 50 if length is None and isinstance(pair, str) else length
    if length is not None:
        require_at_least("length", length, 1)
    require_at_least("draws", draws, 2)
    require_at_least("seed", seed, 0)
    if resume and out is None:
        raise SettingError(
            "expected --out FILE with --resume: finished blocks are kept beside it."
        )
    for picture in (draw, fan):
        if picture is not None:
            require_picture(picture)
    if out is not None:
        require_writable(out)
    from jax.random import key  # here: a wrong setting is told before JAX is loaded

    from firstbit.cells import cell_by_name, initializer_by_name
    from firstbit.memory.discrepancy.discrepancy import discrepancy as measure

    kind = cell_by_name(cell, activation=activation, reset=reset)
    blocks = Path(f"{out}.blocks") if resume else None
    with progress() as report:
        result = measure(
            kind,
            hidden_sizes=sizes,
            length=length,
            num_draws=draws,
            initializer=initializer_by_name(initializer, gain),
            words=pair,
            measured=measured,
            key=key(seed),
            progress=lambda done, total: report("D(l,k)", done, total),
            resume=blocks,
        )
    if out is not None:
        save(result, out)
    if blocks is not None:
        rmtree(
            blocks, ignore_errors=True
        )  # the result is whole; another process may be removing them too
    told = json.loads(result.attrs["configuration"])
    what = f"{told['cell']}, weights {told['initializer']}"
    for picture, kind in ((draw, "surface"), (fan, "draws")):
        if picture is not None:
            _picture(
                result,
                kind,
                picture,
                f"D(l,k), {what}"
                if kind == "surface"
                else f"What the mean hides: {what}",
            )
    if as_json:
        median = result["quantile_value"].sel(quantile=0.5, drop=True)
        print_json(as_numbers(result.assign(median=median)))
    else:
        title = f"D(l,k), {what}, words {told['words'][0]} and {told['words'][1]}"
        _print(result, f"{title}, {draws} draws, seed {seed}; with 95 % intervals")
        _warn(result)


def parse_sizes(text: str) -> list[int]:
    """Hidden sizes from `5`, `1,2,5` or `1:20`, both ends included.

    Raises:
        SettingError: it is none of these, or a size is below 1 or given twice.

    Example:
        >>> parse_sizes("1:3,10")
        [1, 2, 3, 10]
    """
    sizes: list[int] = []
    for part in text.split(","):
        ends = part.split(":")
        if len(ends) > 2 or not all(end.strip().isdecimal() for end in ends):
            raise SettingError(
                f"expected hidden sizes like 5, 1,2,5 or 1:20, got '{text}'."
            )
        first, last = int(ends[0]), int(ends[-1])
        if last < first:
            raise SettingError(
                f"expected the smaller size first, got '{part}'; try {last}:{first}."
            )
        sizes += range(first, last + 1)
    for size in sizes:
        require_at_least("hidden-size", size, 1)
    if len(set(sizes)) < len(sizes):
        raise SettingError(f"expected each hidden size once, got '{text}'.")
    return sizes


def _warn(result: "xr.Dataset") -> None:
    """What a reader of the means must know."""
    lost = int(result["num_not_finite"].values.max())
    if lost:
        print(f"{lost} draws overflowed: D is not a number (nan) where they did.")
    if not bool(
        result["resolved"]
        .values[result["discrepancy"].values == result["discrepancy"].values]
        .all()
    ):
        print(
            "Some D are below the rounding of the states in float64: no read-out "
            "sees them (`resolved` in the file)."
        )
    if float(result["top_share"].values.max()) > FEW_DRAWS_CARRY:
        print(
            "At some (l,k) 1 % of the draws carry most of the mean: look at "
            "`quantile_value`, and don't trust the interval there."
        )


def _picture(result: "xr.Dataset", kind: str, path: Path, title: str) -> None:
    from firstbit import plots

    figure = (
        plots.surface(result, title=title)
        if kind == "surface"
        else plots.draws(result, title=title)
    )
    save_picture(figure, path)


def _print(result: "xr.Dataset", title: str) -> None:
    last = int(result["length"][-1])
    lengths = [length for length in SHOWN_LENGTHS if length < last] + [last]
    shown = result.sel(length=lengths)
    half = shown["interval_high"] - shown["discrepancy"]
    rows = [
        [
            str(int(k)),
            *(
                f"{d:.3g} ± {h:.1g}"
                for d, h in zip(
                    shown["discrepancy"][i].values, half[i].values, strict=True
                )
            ),
        ]
        for i, k in enumerate(shown["hidden_size"].values)
    ]
    print_table(
        title, ["k", *(f"l = {length}" for length in lengths)], rows, numeric=True
    )
