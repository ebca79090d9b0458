"""Print the two tables of docs/fates.md again: `python docs/fates_tables.py`, about five minutes."""

from functools import partial

import jax
import xarray as xr

from firstbit import GRU, LSTM, Vanilla, fates
from firstbit.memory import FATES
from firstbit.process import prepare

CELLS = {
    "Vanilla, logistic": (Vanilla, (5, 20)),
    "Vanilla, tanh": (partial(Vanilla, activation="tanh"), (5, 10, 20)),
    "GRU": (GRU, (5, 10, 20)),
    "LSTM": (LSTM, (5, 10, 20)),
}
TIMES = ((3000, 1000, 2000), (30_000, 10_000, 500), (100_000, 10_000, 500))


def row(found: xr.Dataset) -> str:
    """Share of draws and, in brackets, of D, in percent."""
    cells = []
    for fate in FATES:
        share, of_discrepancy = (
            100 * float(found[name].sel(fate=fate).item())
            for name in ("share", "share_of_discrepancy")
        )
        told = (
            "0"
            if share == 0
            else "<.1"
            if share < 0.1
            else f"{share:.3g}"
            if share >= 99.95
            else f"{share:.1f}"
        )
        cells.append(told if share == 0 else f"{told} ({of_discrepancy:.0f})")
    errors = 100 * found["share_of_discrepancy_error"].max().item()
    return " | ".join(cells) + f" |   errors of shares of D up to {errors:.1f}"


def main() -> None:
    """By cell and size, and by how long is waited and watched."""
    prepare()
    for name, (cell, sizes) in CELLS.items():
        for k in sizes:
            print(
                f"| {name} | {k} | "
                f"{row(fates(cell, hidden_sizes=[k], num_draws=2000, key=jax.random.key(0)))}",
                flush=True,
            )
    for transient, horizon, draws in TIMES:
        slow = {
            "transient": transient,
            "horizon": horizon,
            "num_draws": draws,
            "largest_period": 500,
        }
        found = fates(GRU, hidden_sizes=[20], key=jax.random.key(0), **slow)
        print(f"| {transient}, {horizon} ({draws} draws) | {row(found)}", flush=True)


if __name__ == "__main__":
    main()
