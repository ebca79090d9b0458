"""`firstbit phase`."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstbit.cli.discrepancy import parse_sizes
from firstbit.cli.options import AsJson, HiddenSizes, NetCDF
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
    from jaxtyping import PRNGKeyArray

NUM_GAINS = 12

TOLD = (
    "gain",
    "hidden_size",
    "discrepancy_ratio",
    "ratio_standard_error",
    "median_ratio",
    "line_size",
    "critical_gain",
)
"""What `--json` tells."""


def phase(
    cell: Annotated[
        str, typer.Option(help="vanilla: the cell whose critical line is known.")
    ] = "vanilla",
    activation: Annotated[
        str, typer.Option(help="logistic, tanh, relu, softplus or identity.")
    ] = "tanh",
    gain: Annotated[
        str,
        typer.Option(
            help="Factors of weights N(0,1): 0.1,0.5, or 0.2:2 (12 values), or "
            "0.2:2:5 (5), evenly on a log scale."
        ),
    ] = "0.05:1",
    hidden_size: HiddenSizes = "5,10,20,50,100",
    length: Annotated[
        int, typer.Option(help="D(l,k) / D(1,k) is shown at this l.")
    ] = 50,
    draws: Annotated[int, typer.Option(help="Random nets for each gain and k.")] = 100,
    seed: Annotated[int, typer.Option(help="Of the random draws.")] = 0,
    draw: Annotated[
        Path | None,
        typer.Option(help="Draw the diagram: a file ending in .svg or .png."),
    ] = None,
    out: NetCDF = None,
    as_json: AsJson = False,
) -> None:
    """Where does D(l,k) decay? Measure it over the scale of the weights and the size, beside the theory's critical line."""
    if cell != "vanilla":
        raise SettingError(
            f"expected the cell vanilla, got '{cell}': no other cell's critical "
            "line is known; try firstbit discrepancy."
        )
    gains, sizes = parse_gains(gain), parse_sizes(hidden_size)
    require_at_least("length", length, 2)
    require_at_least("draws", draws, 2)
    require_at_least("seed", seed, 0)
    if draw is not None:
        require_picture(draw)
    if out is not None:
        require_writable(out)
    from jax.random import key  # here: a wrong setting is told before JAX is loaded

    from firstbit.cells import activation_by_name
    from firstbit.memory import phase_diagram

    activation_by_name(activation)
    by_gain = {}
    with progress() as report:
        for done, g in enumerate(gains):
            report("gains", done, len(gains))
            by_gain[g] = measure(
                activation,
                g,
                hidden_sizes=sizes,
                length=length,
                num_draws=draws,
                key=key(seed),
            )
        report("gains", len(gains), len(gains))
        diagram = phase_diagram(by_gain, activation=activation)
    if out is not None:
        save(diagram, out)
    if draw is not None:
        _draw(diagram, draw, activation)
    if as_json:
        print_json({**as_numbers(diagram[[*TOLD]]), "length": diagram.attrs["length"]})
    else:
        _print(
            diagram,
            f"D({length},k) / D(1,k), Vanilla, {activation}, {draws} draws, seed "
            f"{seed}",
        )


def measure(
    activation: str,
    gain: float,
    *,
    hidden_sizes: Sequence[int],
    length: int,
    num_draws: int,
    key: "PRNGKeyArray",
) -> "xr.Dataset":
    """D(l,k) of a Vanilla cell with this activation and weights N(0, gain^2)."""
    from firstbit import discrepancy
    from firstbit.cells import cell_by_name, initializer_by_name

    return discrepancy(
        cell_by_name("vanilla", activation=activation),
        hidden_sizes=hidden_sizes,
        length=length,
        num_draws=num_draws,
        initializer=initializer_by_name("normal", gain),
        key=key,
    )


def parse_gains(text: str) -> list[float]:
    """Gains from `0.1,0.5`, `0.2:2` (twelve) or `0.2:2:5` (five), evenly spread on a log scale, both ends included.

    Raises:
        SettingError: it is none of these, or a gain is not positive or given twice.

    Example:
        >>> parse_gains("0.5,1:4:3")
        [0.5, 1.0, 2.0, 4.0]
    """
    import numpy as np

    gains: list[float] = []
    for part in text.split(","):
        first, last, count = _range_of_gains(part, text)
        gains += [float(f"{gain:.6g}") for gain in np.geomspace(first, last, count)]
    if len(set(gains)) < len(gains):
        raise SettingError(f"expected each gain once, got '{text}'.")
    return gains


def _range_of_gains(part: str, text: str) -> tuple[float, float, int]:
    numbers = part.split(":")
    try:
        first, last = float(numbers[0]), float(numbers[min(1, len(numbers) - 1)])
        count = (
            int(numbers[2])
            if len(numbers) == 3
            else NUM_GAINS
            if len(numbers) == 2
            else 1
        )
    except ValueError:
        numbers = []
        first = last = count = 0
    if (
        not 1 <= len(numbers) <= 3
        or not 0 < first < float("inf")
        or not 0 < last < float("inf")
    ):
        raise SettingError(
            "expected gains above 0 like 0.5, 0.1,0.5 or 0.2:2 or 0.2:2:5, got "
            f"'{text}'."
        )
    if len(numbers) > 1 and (last <= first or count < 2):
        raise SettingError(
            "expected the smaller gain first, and at least 2 values, got "
            f"'{part}'; try 0.2:2:5."
        )
    return first, last, count


def _draw(diagram: "xr.Dataset", path: Path, activation: str) -> None:
    from firstbit import plots

    figure = plots.phase_diagram(
        diagram,
        title=f"Vanilla, {activation}: what is left of the first bit's difference",
    )
    save_picture(figure, path)


def _print(diagram: "xr.Dataset", title: str) -> None:
    from firstbit.memory import critical_gain

    sizes = diagram["hidden_size"].values
    activation = json.loads(diagram.attrs["configuration"])["activation"]
    rows = [
        [
            f"{gain:.4g}",
            *(
                f"{ratio:.3g} ± {error:.1g}"
                for ratio, error in zip(ratios, errors, strict=True)
            ),
        ]
        for gain, ratios, errors in zip(
            diagram["gain"].values,
            diagram["discrepancy_ratio"].values,
            diagram["ratio_standard_error"].values,
            strict=True,
        )
    ]
    line = [
        "critical, infinite k",
        *(f"{critical_gain(activation, k):.4g}" for k in sizes),
    ]
    print_table(
        f"{title}; with standard errors",
        ["gain", *(f"k = {k}" for k in sizes)],
        [*rows[::-1], line],
        numeric=True,
    )
