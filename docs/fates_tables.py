"""Print the two tables of docs/fates.md again (about five minutes)."""

from functools import partial

import jax
import xarray as xr

from firstbit import GRU, LSTM, Vanilla, fates
from firstbit.memory import FATES, Thresholds
from firstbit.process import prepare

CELLS = {
    "Vanilla, logistic": (Vanilla, (5, 20)),
    "Vanilla, tanh": (partial(Vanilla, activation="tanh"), (5, 10, 20)),
    "GRU": (GRU, (5, 10, 20)),
    "LSTM": (LSTM, (5, 10, 20)),
}
TIMES = ((3000, 1000, 2000), (30_000, 10_000, 500), (100_000, 10_000, 500))


def row(found: xr.Dataset) -> str:
    """Return the shares of draws and, in brackets, of D, in percent."""
    cells = []
    for fate in FATES:
        one = found.sel(fate=fate)
        share, of_discrepancy = one["share"].item(), one["share_of_discrepancy"].item()
        text = percent(100 * share)
        cells.append(text if share == 0 else f"{text} ({100 * of_discrepancy:.0f})")
    errors = 100 * found["share_of_discrepancy_se"].max().item()
    return " | ".join(cells) + f" |   errors of shares of D up to {errors:.1f}"


def percent(share: float) -> str:
    """Return a percentage with the digits that a table shows."""
    if share == 0:
        return "0"
    if share < 0.1:
        return "<.1"
    if share >= 99.95:
        return f"{share:.3g}"
    return f"{share:.1f}"


def main() -> None:
    """Print the table by cell and size, then by transient and horizon."""
    prepare()
    for name, (cell, sizes) in CELLS.items():
        for k in sizes:
            key = jax.random.key(0)
            found = fates(cell, hidden_sizes=[k], num_draws=2000, key=key)
            print(f"| {name} | {k} | {row(found)}", flush=True)
    for transient, horizon, draws in TIMES:
        slow = Thresholds(transient, horizon, largest_period=500)
        key = jax.random.key(0)
        found = fates(GRU, hidden_sizes=[20], num_draws=draws, thresholds=slow, key=key)
        print(f"| {transient}, {horizon} ({draws} draws) | {row(found)}", flush=True)


if __name__ == "__main__":
    main()
