"""Strips of draws, the unit of work of `fates`: watched anywhere, and joined."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from firstbit.errands import Errand
from firstbit.execution import Execution
from firstbit.memory.ensemble.ensemble import Ensemble
from firstbit.memory.ensemble.fingerprint import fingerprint
from firstbit.memory.ensemble.pieces import Pieces
from firstbit.memory.ensemble.run import ahead_of
from firstbit.memory.fates.orbits import Seen, Watch, watch_strip

DISTANCE = "distance"
"""Name of the distances of a strip beside what was seen of it."""


class Strip(NamedTuple):
    """The unit of work.

    Attributes:
        size: place of the hidden size among those of the ensemble.
        number: of the strip of draws.
    """

    size: int
    number: int


class Watched(NamedTuple):
    """An ensemble, and how long its draws are watched."""

    ensemble: Ensemble
    watch: Watch


def strips_of(ensemble: Ensemble, watch: Watch) -> Pieces[Strip]:
    """Return the strips of an ensemble as pieces of work."""
    sizes = ensemble.given.sizes
    name = ensemble.given.name
    jobs = []
    for size, population in enumerate(ensemble.populations):
        for number in range(-(-ensemble.num_draws // population.width)):
            jobs.append(Strip(size, number))

    def told(job: Strip) -> str:
        key = list(ensemble.key_data)
        return f"strip {job.number} of {name}, k = {sizes[job.size]}, key {key},"

    def cost(job: Strip) -> int:
        population = ensemble.populations[job.size]
        return population.recipe.num_weights * population.width

    def settings() -> dict[str, Any]:
        watched = {"measure": "fates", **watch._asdict()}
        return {**fingerprint(ensemble), **watched}

    return Pieces(
        errand=Errand(arrays_of_strip, Watched(ensemble, watch), name, told),
        jobs=jobs,
        name=lambda job: f"k{sizes[job.size]}_strip{job.number}",
        cost=cost,
        settings=settings,
    )


def arrays_of_strip(watched: Watched, job: Strip) -> dict[str, np.ndarray]:
    """Return what is seen of one strip; a worker of an executor may call it."""
    ensemble = watched.ensemble
    distance, seen = watch_strip(
        ensemble.populations[job.size],
        job.number,
        ensemble.words_of_key,
        watched.watch,
    )
    arrays = {DISTANCE: distance}
    for name, values in seen._asdict().items():
        arrays[name] = np.asarray(values)
    return arrays


def watched(
    ensemble: Ensemble, pieces: Pieces[Strip], execution: Execution
) -> list[tuple[Float[np.ndarray, " draw"], Seen]]:
    """Return the distance of every draw and what was seen of it, for each size."""
    found = pieces.all(execution, ahead_of(ensemble))
    by_size = []
    for size in range(len(ensemble.populations)):
        of_size = [arrays for job, arrays in found.items() if job.size == size]
        by_size.append(_joined(of_size, ensemble.num_draws))
    return by_size


def _joined(
    strips: list[Mapping[str, np.ndarray]], num_draws: int
) -> tuple[Float[np.ndarray, " draw"], Seen]:
    """Put the strips of one size side by side; the last one may reach too far."""
    joined = {}
    for name in strips[0]:
        parts = [arrays[name] for arrays in strips]
        joined[name] = np.concatenate(parts, axis=-1)[..., :num_draws]
    distance = joined.pop(DISTANCE)
    return distance, Seen(**joined)
