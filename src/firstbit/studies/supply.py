"""The memory that a task demands, beside what random cells supply, as one Dataset."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import xarray as xr
from jaxtyping import PRNGKeyArray

from firstbit.errors import SettingError
from firstbit.languages import Language, memory_demand
from firstbit.memory import discrepancy
from firstbit.provenance import with_provenance
from firstbit.studies.verdicts.configuration import Configuration
from firstbit.weights.redraw import described

HALF = 0.5
_SUPPLY = (
    "discrepancy",
    "interval_low",
    "interval_high",
    "retained",
    "retained_low",
    "retained_high",
)


def demand_and_supply(
    language: Language,
    cells: Sequence[Configuration],
    *,
    longest: int = 30,
    num_draws: int = 1000,
    partitions: Mapping[str, Iterable[Iterable[str]]] | None = None,
    key: PRNGKeyArray,
    workers: int | None = None,
    progress: Callable[[str, int, int], object] = lambda *_: None,
) -> xr.Dataset:
    r"""What a task asks of the last m symbols, and how many random nets still tell a symbol that old from another.

    The demand is the window floor F_m, exact. The supply is D(m,k) and the retained
    share, of words that differ in their first symbol and have m symbols. Where they
    meet, for each cell,

    $$ \text{reach} = \max \{ m : P(\lVert h_u - h_v \rVert > \text{threshold}) \ge 1/2 \text{ at every length up to } m \} $$

    the age at which a symbol is lost in half of the nets, and F_reach, what the task
    costs a predictor that sees so many last symbols.

    Do not read F_reach as what a trained net will lose: training changes the weights,
    and a net is not bound to a window; nor the reach as a memory that can be used: a
    distance need not be readable (see `firstbit.discrepancy`).

    Args:
        language: the task.
        cells: what is compared, each a cell of one size with the law of its weights;
            may be empty.
        longest: the largest m, at least 1.
        num_draws: random nets of each cell, at least 2.
        partitions: for merged floors; see `memory_demand`.
        key: the random key, the same for every cell.
        workers: threads; all processors by default; doesn't change the result.
        progress: called with (what, done, in all).

    Returns:
        The Dataset of `memory_demand`, and over (`cell`, `length`) `discrepancy`,
        `interval_low`, `interval_high` (units of the hidden state), `retained`,
        `retained_low`, `retained_high` (shares of the nets); over `cell` `reach`,
        `reach_low`, `reach_high` (symbols; `longest` stands for that or more) and
        `floor_at_reach` (squared error a word), with `hidden_size` and `initializer` of
        each.

    Raises:
        SettingError: two cells share a name, or a number is out of range.
        LanguageError: the automaton is too large for so long a window; see
            `memory_demand`.
        CellError: a cell can't be built or measured.

    Example:
        >>> import jax
        >>> from firstbit import GRU, Configuration
        >>> from firstbit.languages import reber
        >>> ds = demand_and_supply(reber(), [Configuration("gru", GRU, 5)], longest=4, num_draws=50, key=jax.random.key(0))
        >>> ds.floor.sel(window=ds.reach).values.tolist(), int(ds.memory_order)
        ([3.0], 2)

    References:
        Stérin, Farrugia, Gripon 2017, Section III and Definition V.1.
    """
    names = [cell.name for cell in cells]
    if len(set(names)) < len(names):
        raise SettingError(
            f"expected cells with different names, got {', '.join(names)}."
        )
    demand = memory_demand(language, longest, partitions=partitions)
    if not cells:
        return demand
    supplies = [
        discrepancy(
            cell.cell,
            hidden_sizes=[cell.hidden_size],
            length=longest,
            num_draws=num_draws,
            initializer=cell.law,
            key=key,
            workers=workers,
            progress=lambda done, total, name=cell.name: progress(name, done, total),
        )
        for cell in cells
    ]
    supply = xr.concat(
        [one[list(_SUPPLY)].isel(hidden_size=0, drop=True) for one in supplies],
        xr.Variable("cell", names, {"long_name": "cell"}),
    )
    of_cells = _reaches(supply, demand["floor"])
    of_cells |= {
        "hidden_size": (
            "cell",
            [cell.hidden_size for cell in cells],
            {"long_name": "k", "units": "units"},
        ),
        "initializer": (
            "cell",
            [str(described(cell.law)) for cell in cells],
            {"long_name": "law of the weights"},
        ),
    }
    both = [demand, supply.assign(of_cells).set_coords(["hidden_size", "initializer"])]
    merged = xr.merge(both, combine_attrs="override")
    configuration = {
        "measure": "demand_and_supply",
        "language": language.name,
        "cells": {
            cell.name: {"cell": cell.architecture, "initializer": described(cell.law)}
            for cell in cells
        },
        "longest": longest,
        "num_draws": num_draws,
    }
    return with_provenance(
        merged, configuration=configuration, key=supplies[0].attrs["key"].tolist()
    ).assign_attrs(
        language=language.name,
        num_draws=num_draws,
        threshold=supplies[0].attrs["threshold"],
    )


def _reaches(supply: xr.Dataset, floor: xr.DataArray) -> dict[str, object]:
    """How far back half of the nets of each cell reach, and the window floor there."""
    ends = {
        "": "",
        "_low": ", lower end of the 95 % interval",
        "_high": ", upper end of the 95 % interval",
    }
    found: dict[str, object] = {
        f"reach{end}": (
            "cell",
            reached(supply[f"retained{end}"].values),
            {
                "long_name": f"symbols that half of the nets keep{text}",
                "units": "symbols",
            },
        )
        for end, text in ends.items()
    }
    at_reach = floor.values[reached(supply["retained"].values)]
    return found | {
        "floor_at_reach": (
            "cell",
            at_reach,
            {"long_name": "window floor at the reach", "units": floor.attrs["units"]},
        )
    }


def reached(share: np.ndarray) -> np.ndarray:
    """For each row, how many of its first entries are all at least one half.

    Example:
        >>> reached(np.array([[1.0, 0.5, 0.4, 0.9], [0.2, 1.0, 1.0, 1.0]])).tolist()
        [2, 0]
    """
    return np.logical_and.accumulate(share >= HALF, axis=1).sum(axis=1)
