"""Batches of single nets, the unit of work of measures that look at one net a time."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np

from firstbit.devices import CPU, computing_on
from firstbit.errands import Errand
from firstbit.execution import Execution
from firstbit.memory.ensemble.ensemble import Ensemble
from firstbit.memory.ensemble.fingerprint import fingerprint
from firstbit.memory.ensemble.nets import Nets
from firstbit.memory.ensemble.pieces import Pieces
from firstbit.threads import is_abandoned

NETS = 8
"""Nets of a batch: few enough that the threads end together."""

Arrays = Mapping[str, np.ndarray]


class Batch(NamedTuple):
    """The unit of work.

    Attributes:
        size: place of the hidden size among those of the ensemble.
        number: of the batch of nets.
    """

    size: int
    number: int


@runtime_checkable
class OfNets(Protocol):
    """A measure of single nets; it can be pickled."""

    @property
    def ensemble(self) -> Ensemble:
        """The nets."""
        ...

    def settings(self) -> dict[str, Any]:
        """Return all that the arrays depend on beside the ensemble, for JSON."""
        ...

    def of_net(self, nets: Nets, net: int) -> Arrays:
        """Measure one of some nets."""
        ...


def batches_of(measure: OfNets) -> Pieces[Batch]:
    """Return the batches of an ensemble as pieces of work."""
    ensemble = measure.ensemble
    sizes = ensemble.given.sizes
    name = ensemble.given.name
    jobs = []
    for size in range(len(sizes)):
        for number in range(-(-ensemble.num_draws // NETS)):
            jobs.append(Batch(size, number))

    def told(job: Batch) -> str:
        key = list(ensemble.key_data)
        return f"batch {job.number} of {name}, k = {sizes[job.size]}, key {key},"

    def cost(job: Batch) -> int:
        # Fitting goes with the square of the units, as reading does.
        return ensemble.populations[job.size].recipe.num_weights

    def settings() -> dict[str, Any]:
        about = {**measure.settings(), "num_draws": ensemble.num_draws}
        return {**fingerprint(ensemble), **about}

    return Pieces(
        errand=Errand(arrays_of_batch, measure, name, told),
        jobs=jobs,
        name=lambda job: f"k{sizes[job.size]}_nets{job.number}",
        cost=cost,
        settings=settings,
    )


def arrays_of_batch(measure: OfNets, job: Batch) -> dict[str, np.ndarray]:
    """Return the arrays of one batch by name, the net as last axis.

    A worker of an executor may call it.
    """
    ensemble = measure.ensemble
    first = job.number * NETS
    num_nets = min(NETS, ensemble.num_draws - first)
    found = []
    with computing_on(CPU):
        nets = Nets.of(
            ensemble.populations[job.size], first, num_nets, ensemble.words_of_key
        )
        for net in range(num_nets):
            if is_abandoned():
                raise CancelledError
            found.append(measure.of_net(nets, net))
    return side_by_side(found, np.stack)


def measured(measure: OfNets, execution: Execution) -> list[dict[str, np.ndarray]]:
    """Return the arrays of all nets of each size, the net as last axis."""
    found = batches_of(measure).all(execution)
    by_size = []
    for size in range(len(measure.ensemble.populations)):
        parts = [arrays for job, arrays in found.items() if job.size == size]
        by_size.append(side_by_side(parts, np.concatenate))
    return by_size


def side_by_side(
    parts: Sequence[Arrays], join: Callable[..., np.ndarray]
) -> dict[str, np.ndarray]:
    """Join arrays of the same names along their last axis."""
    joined = {}
    for name in parts[0]:
        joined[name] = join([arrays[name] for arrays in parts], axis=-1)
    return joined
