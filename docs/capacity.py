"""Measure the tables and the figure of docs/capacity.md.

python docs/capacity.py [FOLDER] keeps finished nets in FOLDER.
"""

import sys
from functools import partial
from pathlib import Path

import jax
import numpy as np
import xarray as xr
from pictures import save

from firstbit import Drive, Execution, Given, Vanilla, memory_capacity, plots, redraw
from firstbit.cells import initializer_by_name
from firstbit.memory.capacity.exact_profile import exact_profile
from firstbit.process import prepare

CELLS = (
    "vanilla:20",
    "vanilla:20,activation=tanh,initializer=fan-in-normal,gain=0.9",
    "lstm:20",
    "gru:20",
)
FINDING = "Vanilla nets hold the last inputs nearly whole, LSTM and GRU a part"
KEY = jax.random.key(0)
NETS = 20
GAINS = {"normal": 0.5, "orthogonal": 0.95}
"""Of the recurrent weights of linear nets."""

LARGE = 100
"""Too many units for a profile beside each result: one net takes a minute."""


def measured(given: Given, drive: Drive, folder: Path, name: str) -> xr.Dataset:
    """Measure one cell; finished nets are kept."""
    how = Execution(resume=folder / name)
    return memory_capacity(given, num_draws=NETS, drive=drive, key=KEY, execution=how)


def row(result: xr.Dataset) -> str:
    """Return the capacity of each degree and of all, with two standard errors."""
    one = result.isel(hidden_size=0)
    parts = []
    for degree in one["degree"].values:
        at = one.sel(degree=degree)
        value, error = at.capacity_of_degree.item(), at.capacity_of_degree_se.item()
        parts.append(f"{value:.2f} ({2 * error:.2f})")
    total, error = one.total_capacity.item(), one.total_capacity_se.item()
    parts.append(f"{total:.2f} ({2 * error:.2f})")
    profile = one.exact_profile.sum("lag", skipna=False)
    numbers = (one.num_independent, one.exact_capacity, profile)
    return " | ".join([*parts, *(f"{number.item():.4g}" for number in numbers)])


def main() -> None:
    """Print the tables, and draw the figure."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "results/capacity")
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for text in CELLS:
        given = Given.of(text)
        found = measured(given, Drive(), folder, given.file_name)
        drawn.append(found)
        print(f"{text} | {row(found)}", flush=True)
    save("capacity", partial(plots.capacity, drawn, title=FINDING), "560 px")
    linear_nets(folder)


def linear_nets(folder: Path) -> None:
    """Print what float64 reads out of linear nets, and what is exactly there."""
    inputs = initializer_by_name("normal")
    drive = Drive(lags=[400], num_steps=10_000)
    for law, gain in GAINS.items():
        for size in (10, 30, 100):
            name = "fan-in-normal" if law == "normal" else law
            laws = {"W_h": initializer_by_name(name, gain), "U_h": inputs}
            given = Given.of("vanilla,activation=identity", hidden_sizes=size)
            given = Given.of(given, initializer=laws)
            found = measured(given, drive, folder, f"linear-{law}-{size}-{gain}")
            print(f"{law}, N = {size} | {row(found)}", flush=True)
    net = redraw(
        Vanilla(1, LARGE, activation="identity", key=KEY), "fan-in-normal", KEY
    )
    matrix = GAINS["normal"] * np.asarray(net.W_h, float)
    profile = exact_profile(matrix, np.asarray(net.U_h, float)[:, 0], LARGE, 400)
    print(f"normal, N = {LARGE}, one net, whole numbers | {profile.sum():.10g}")


if __name__ == "__main__":
    prepare()
    main()
