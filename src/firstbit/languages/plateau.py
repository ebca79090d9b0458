"""The name of a plateau: which floor a training has come to rest on."""

from typing import NamedTuple

import numpy as np
import xarray as xr


class Plateau(NamedTuple):
    """A floor near a loss.

    Attributes:
        name: what is known or forgotten at this floor; all that share it, if there are several.
        floor: its loss a word.
        distance: of the loss from it.
    """

    name: str
    floor: float
    distance: float


def named_plateau(demand: xr.Dataset, loss: float) -> Plateau | None:
    """The floor nearest to a loss among the full, merged and window floors; None if no floor is near enough to be named.

    A floor is named if the loss is nearer to it than half the gap between that floor and the next one. The loss must
    be a mean over fresh words: on a short list of words the floors themselves are others (see `loss_of_truth`).

    Args:
        demand: of `memory_demand`, with the partitions that are to be named.
        loss: mean squared error a word.

    Example:
        >>> from firstbit.languages.demand import memory_demand
        >>> from firstbit.languages.reber import copies_merged, embedded_reber
        >>> task = embedded_reber()
        >>> demand = memory_demand(task, 4, partitions={"outer symbol lost": copies_merged(task)})
        >>> named_plateau(demand, 4.05).name
        'outer symbol lost; last 3 symbols; last 4 symbols'
        >>> named_plateau(demand, 4.3) is None
        True
    """
    named = [("state known", float(demand["full_floor"]))]
    if "merged_floor" in demand:
        named += zip(demand["partition"].values.tolist(), demand["merged_floor"].values.tolist(), strict=True)
    named += [(f"last {m} symbols", float(floor)) for m, floor in zip(demand["window"].values, demand["floor"].values, strict=True)]
    names, floors = [name for name, _ in named], np.array([floor for _, floor in named])
    nearest = floors[np.argmin(np.abs(floors - loss))]
    same = np.isclose(floors, nearest, rtol=0, atol=1e-9)
    gap, distance = np.abs(floors[~same] - nearest).min(initial=np.inf), abs(loss - nearest)
    if distance >= gap / 2:
        return None
    return Plateau("; ".join(np.array(names)[same].tolist()), float(nearest), float(distance))
