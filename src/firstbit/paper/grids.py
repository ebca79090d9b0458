"""The published grids of D(l,k), and two grids beyond them."""

from collections.abc import Sequence
from dataclasses import dataclass

import jax
import xarray as xr

from firstbit.cells import GRU, Cell, Vanilla
from firstbit.execution import Execution
from firstbit.memory import discrepancy
from firstbit.paper.settings import Settings
from firstbit.progress import NamedProgress
from firstbit.weights.threefry import seed_key

LEAST_DRAWS = 10
"""Draws of a grid in a quick run, at least."""


@dataclass(frozen=True)
class Grid:
    """One grid of D(l,k).

    Attributes:
        name: `{cell}_{initializer}`, as in the file names; with a suffix beyond the
            published grids.
        cell: the cell's class.
        initializer: the law of the weights.
        length: the largest l.
        hidden_sizes: the values of k.
        share_of_draws: draws relative to the paper's 2000.
    """

    name: str
    cell: type[Cell]
    initializer: str
    length: int
    hidden_sizes: Sequence[int]
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


def measure_all(settings: Settings, progress: NamedProgress) -> dict[str, xr.Dataset]:
    """Measure every grid; return them by name.

    A quick run takes only the first size of the grids beyond the published ones.
    """
    measured: dict[str, xr.Dataset] = {}
    for grid in PUBLISHED:
        measured[grid.name] = measure(grid, grid.hidden_sizes, settings, progress)
    for grid in BEYOND:
        sizes = grid.hidden_sizes
        if settings.quick:
            sizes = sizes[:1]
        measured[grid.name] = measure(grid, sizes, settings, progress)
    return measured


def measure(
    grid: Grid, hidden_sizes: Sequence[int], settings: Settings, progress: NamedProgress
) -> xr.Dataset:
    """Measure one grid; its key is the settings' seed and its place in the list."""

    def report(done: int, total: int) -> None:
        progress(f"D(l,k) {grid.name}", done, total)

    place = (*PUBLISHED, *BEYOND).index(grid)
    key = seed_key(settings.seed)
    share = int(settings.num_draws * grid.share_of_draws)
    return discrepancy(
        grid.cell,
        hidden_sizes=hidden_sizes,
        length=grid.length,
        num_draws=max(share, LEAST_DRAWS),
        initializer=grid.initializer,
        key=jax.random.fold_in(key, place),
        execution=Execution(progress=report),
    )
