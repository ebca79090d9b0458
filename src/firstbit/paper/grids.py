"""The published grids of D(l,k), and two grids beyond them."""

from collections.abc import Iterable
from dataclasses import dataclass

import jax
import xarray as xr

from firstbit.cells import GRU, Cell, Vanilla
from firstbit.memory.discrepancy.discrepancy import discrepancy
from firstbit.paper.replay import Progress
from firstbit.paper.settings import Settings


@dataclass(frozen=True)
class Grid:
    """One grid of D(l,k).

    Attributes:
        name: `{cell}_{initializer}`, as in the file names; with a suffix beyond the
            published grids.
        cell: the cell's class.
        initializer: the law of the weights.
        length: largest l.
        hidden_sizes: the values of k.
        share_of_draws: draws relative to the paper's 2000.
    """

    name: str
    cell: type[Cell]
    initializer: str
    length: int
    hidden_sizes: Iterable[int]
    share_of_draws: float = 1.0


PUBLISHED = (
    Grid("vanilla_normal", Vanilla, "normal", 50, range(1, 21)),
    Grid("gru_normal", GRU, "normal", 50, range(1, 21)),
    Grid("vanilla_fan-in-normal", Vanilla, "fan-in-normal", 10, range(1, 11)),
    Grid("vanilla_fan-in-uniform", Vanilla, "fan-in-uniform", 10, range(1, 11)),
    Grid("gru_fan-in-normal", GRU, "fan-in-normal", 50, range(1, 21)),
    Grid("gru_fan-in-uniform", GRU, "fan-in-uniform", 50, range(1, 11)),
)
"""Figs. 10 and 11, then the four other grids that the authors published."""

BEYOND = (
    Grid("vanilla_normal_large", Vanilla, "normal", 50, (100, 200, 400), 0.05),
    Grid("gru_normal_long", GRU, "normal", 1000, (10, 20), 0.25),
)
"""Larger k for Vanilla, longer l for the GRU: do the paper's sentences hold outside its
grid?"""


def measure(settings: Settings, progress: Progress) -> dict[str, xr.Dataset]:
    """Every grid by its name; in a quick run only the first size of the grids beyond the published ones."""
    sizes = {grid.name: list(grid.hidden_sizes) for grid in (*PUBLISHED, *BEYOND)}
    if settings.quick:
        sizes |= {grid.name: sizes[grid.name][:1] for grid in BEYOND}
    return {
        grid.name: measure_one(grid, sizes[grid.name], settings, progress)
        for grid in (*PUBLISHED, *BEYOND)
    }


def measure_one(
    grid: Grid, hidden_sizes: list[int], settings: Settings, progress: Progress
) -> xr.Dataset:
    """One grid; its key comes from the settings' seed and its place in the list."""
    return discrepancy(
        grid.cell,
        hidden_sizes=hidden_sizes,
        length=grid.length,
        num_draws=max(int(settings.num_draws * grid.share_of_draws), 10),
        initializer=grid.initializer,
        key=jax.random.fold_in(
            jax.random.key(settings.seed), (*PUBLISHED, *BEYOND).index(grid)
        ),
        progress=lambda done, total: progress(f"D(l,k) {grid.name}", done, total),
    )
