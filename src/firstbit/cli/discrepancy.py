"""`firstbit discrepancy`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstbit.cli.output import print_json, print_table, progress
from firstbit.errors import SettingError, require_at_least
from firstbit.files import require_writable, save

if TYPE_CHECKING:
    import xarray as xr

SHOWN_LENGTHS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def discrepancy(
    cell: Annotated[str, typer.Option(help="vanilla or gru.")] = "vanilla",
    length: Annotated[int, typer.Option(help="The largest l; every l from 1 on is measured.")] = 50,
    hidden_size: Annotated[str, typer.Option(help="Values of k: 5, or 1,2,5, or 1:20, which includes 20.")] = "1:20",
    draws: Annotated[int, typer.Option(help="Random nets for each k.")] = 2000,
    initializer: Annotated[str, typer.Option(help="normal (N(0,1), the paper's), fan-in-normal or fan-in-uniform.")] = "normal",
    seed: Annotated[int, typer.Option(help="Of the random draws.")] = 0,
    out: Annotated[Path | None, typer.Option(help="netCDF file for the result.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Measure the (l,k)-discrepancy D(l,k): how far apart words that differ in their first bit drive random nets."""
    sizes = parse_sizes(hidden_size)
    require_at_least("length", length, 1)
    require_at_least("draws", draws, 2)
    require_at_least("seed", seed, 0)
    if out is not None:
        require_writable(out)
    from jax.random import key  # here: a wrong setting is told before JAX is loaded

    from firstbit.cells import cell_by_name
    from firstbit.memory.discrepancy import discrepancy as measure

    kind = cell_by_name(cell)
    with progress() as report:
        result = measure(
            kind,
            hidden_sizes=sizes,
            length=length,
            num_draws=draws,
            initializer=initializer,
            key=key(seed),
            progress=lambda done, total: report("D(l,k)", done, total),
        )
    if out is not None:
        save(result, out)
    if as_json:
        print_json(_as_json(result))
    else:
        _print(result, f"D(l,k), {kind.__name__}, weights {initializer}, {draws} draws, seed {seed}; with 95 % intervals")


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
            raise SettingError(f"expected hidden sizes like 5, 1,2,5 or 1:20, got '{text}'.")
        first, last = int(ends[0]), int(ends[-1])
        if last < first:
            raise SettingError(f"expected the smaller size first, got '{part}'; try {last}:{first}.")
        sizes += range(first, last + 1)
    for size in sizes:
        require_at_least("hidden-size", size, 1)
    if len(set(sizes)) < len(sizes):
        raise SettingError(f"expected each hidden size once, got '{text}'.")
    return sizes


def _as_json(result: "xr.Dataset") -> dict[str, object]:
    names = ("discrepancy", "standard_error", "interval_low", "interval_high", "retained")
    return {
        **{name: result[name].values.tolist() for name in ("hidden_size", "length", *names)},
        "median": result["quantile_value"].sel(quantile=0.5).values.tolist(),
        "configuration": result.attrs["configuration"],
        "firstbit_version": result.attrs["firstbit_version"],
        "key": result.attrs["key"].tolist(),
    }


def _print(result: "xr.Dataset", title: str) -> None:
    last = int(result["length"][-1])
    lengths = [length for length in SHOWN_LENGTHS if length < last] + [last]
    shown = result.sel(length=lengths)
    half = shown["interval_high"] - shown["discrepancy"]
    rows = [
        [str(int(k)), *(f"{d:.3g} ± {h:.1g}" for d, h in zip(shown["discrepancy"][i].values, half[i].values, strict=True))]
        for i, k in enumerate(shown["hidden_size"].values)
    ]
    print_table(title, ["k", *(f"l = {length}" for length in lengths)], rows, numeric=True)
