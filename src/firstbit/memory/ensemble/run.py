"""The blocks of an ensemble over all cores: computed or read, and summarised by size.

A draw depends on (key, k, i) alone, and a block is always computed by the same program:
sizes, blocks, threads, processes and interruptions change no bit of the result.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial
from typing import Any, Protocol, TypeVar

import numpy as np

from firstbit.devices import accelerator
from firstbit.engines import Crew, crew
from firstbit.errands import Errand
from firstbit.errors import SettingError
from firstbit.execution import Execution
from firstbit.memory.ensemble import block_sizes
from firstbit.memory.ensemble.block import Block
from firstbit.memory.ensemble.ensemble import Ensemble, Job
from firstbit.memory.ensemble.fingerprint import fingerprint
from firstbit.memory.ensemble.pieces import Pieces
from firstbit.memory.ensemble.population import Population
from firstbit.memory.ensemble.recipe import Recipe
from firstbit.memory.ensemble.sample import Sample
from firstbit.store import Store

Result = TypeVar("Result")
Whole = TypeVar("Whole", covariant=True)


class Collects(Protocol[Whole]):
    """What takes the blocks of a size as they come."""

    def put(self, number: int, block: Block) -> Whole | None:
        """Take a block; return what all of them make after the last one."""
        ...


def summarise(
    ensemble: Ensemble,
    of_size: Callable[[int, Any], Result],
    execution: Execution,
    *,
    keeps_all: bool = False,
    marks_lost: bool = False,
    in_turn: Callable[[int], Collects[Any]] | None = None,
) -> list[Result]:
    """Compute the distances of an ensemble and summarise them; one result per size.

    Args:
        ensemble: random cells that read two words.
        of_size: summarises the distances of one size, which are dropped then; its
            first argument is the place of the size.
        execution: how.
        keeps_all: whether the summaries hold all distances.
        marks_lost: whether a `Sample` marks the draws that it counts as lost.
        in_turn: makes what takes the blocks of a size, about in the order of their
            numbers, and keeps none; by default a `Sample` of all of them is made.

    Raises:
        SettingError: the distances don't fit into free memory.
        OutputError: `resume` holds blocks of another measurement.
    """
    pieces = blocks_of(ensemble)
    with crew(execution) as workers:
        store = pieces.store(execution)
        held = partial(
            _held_bytes,
            ensemble,
            workers.workers,
            keeps_all=keeps_all,
            marks_lost=marks_lost,
        )
        _require_memory(ensemble, workers, held if in_turn is None else _nothing)
        jobs = _order(ensemble, store if in_turn is None else None)
        missing = pieces.missing(jobs, store)
        work = _Work({job: pieces.cost(job) for job in missing})
        sizes = range(len(ensemble.populations))
        collect = in_turn or partial(ensemble.collector, marks_lost=marks_lost)
        collectors = {size: collect(size) for size in sizes}
        summaries: dict[int, Future[Result]] = {}
        ahead = ahead_of(ensemble)
        for job, arrays in pieces.completed(workers, jobs, execution, store, ahead):
            sample = collectors[job.size].put(job.block, Block(**arrays))
            if sample is not None:
                summaries[job.size] = workers.submit(of_size, job.size, sample)
                del sample, collectors[job.size]
            work.done(job)
            execution.progress(*work.so_far())
        return [summaries[size].result() for size in sizes]


def samples(
    ensemble: Ensemble,
    execution: Execution | None = None,
    *,
    marks_lost: bool = False,
) -> list[Sample]:
    """Return the distances of every draw of each hidden size."""
    return summarise(
        ensemble,
        lambda _, sample: sample,
        execution or Execution(),
        keeps_all=True,
        marks_lost=marks_lost,
    )


def blocks_of(ensemble: Ensemble) -> Pieces[Job]:
    """Return the blocks of an ensemble as pieces of work."""
    given = ensemble.given

    def told(job: Job) -> str:
        size = given.sizes[job.size]
        return (
            f"block {job.block} of {given.name}, k = {size}, key "
            f"{list(ensemble.key_data)},"
        )

    return Pieces(
        errand=Errand(arrays_of_block, ensemble, given.name, told),
        jobs=ensemble.jobs(),
        name=ensemble.block_name,
        cost=lambda job: ensemble.populations[job.size].block_weights,
        settings=lambda: fingerprint(ensemble),
    )


def arrays_of_block(ensemble: Ensemble, job: Job) -> dict[str, np.ndarray]:
    """Return the arrays of one block by name; a worker of an executor may call it."""
    return ensemble.block(job)._asdict()


def ahead_of(ensemble: Ensemble) -> int | None:
    """Return how many blocks run or wait at a time; None for two a worker."""
    return block_sizes.BLOCKS_ON_GPU if ensemble.machine.is_wide else None


def is_here(execution: Execution) -> bool:
    """Return whether this process is to compute all blocks, on all its processors."""
    others = (execution.workers, execution.executor, execution.resume)
    return others == (None, None, None) and accelerator() is None


def _order(ensemble: Ensemble, store: Store | None) -> list[Job]:
    """Sort the jobs: the first of each program, which compiles it, then size by size.

    So the distances of at most as many sizes as threads are in memory, and one block of
    each further program. Processes that share a store differ in the order.
    """
    jobs = ensemble.jobs()
    first: dict[Recipe, Job] = {}
    for job in jobs:
        first.setdefault(ensemble.populations[job.size].recipe, job)
    starters = set(first.values())
    shuffled = jobs if store is None else store.shuffled(jobs)
    places: dict[int, int] = {}
    for job in shuffled:
        places.setdefault(job.size, len(places))

    def place(job: Job) -> tuple[bool, int]:
        return job not in starters, places[job.size]

    return sorted(shuffled, key=place)


class _Work:
    """Counts blocks by their cost: one of large cells counts for many of small ones."""

    def __init__(self, costs: Mapping[Job, int]) -> None:
        self.costs = costs
        self.total = self.left = sum(costs.values())

    def done(self, job: Job) -> None:
        self.left -= self.costs.get(job, 0)

    def so_far(self) -> tuple[int, int]:
        """Return blocks done, rounded down, and all blocks."""
        num_blocks = len(self.costs)
        done = self.total - self.left
        return num_blocks * done // max(self.total, 1), num_blocks


def _require_memory(
    ensemble: Ensemble, ours: Crew, held_bytes: Callable[[Population], int]
) -> None:
    """Raise unless what is held and a block per thread fit into free memory."""
    free = block_sizes.free_memory()
    if free is None:
        return
    workers = ours.workers
    # A GPU has its own memory, and so may the workers of an executor.
    at_once = 0 if ensemble.machine.is_wide or ours.is_elsewhere else workers
    for population in ensemble.populations:
        held = held_bytes(population)
        needed = held + at_once * population.block_bytes
        if needed <= free:
            continue
        share = max(free - held, 0) / (workers * population.block_bytes)
        fits = "fewer draws, sizes or symbols"
        if share > 0:
            fits = f"k up to about {int(population.hidden_size * share**0.5)}"
        raise SettingError(
            f"expected to fit into {free / 2**30:.1f} GiB of free memory; k = "
            f"{population.hidden_size} with {ensemble.num_draws} draws and l = "
            f"{ensemble.length} takes {needed / 2**30:.1f} GiB; {fits} would fit."
        )


def _nothing(_: Population) -> int:
    """Return the memory of distances that are counted: little, however many."""
    return 0


def _held_bytes(
    ensemble: Ensemble,
    workers: int,
    population: Population,
    *,
    keeps_all: bool,
    marks_lost: bool,
) -> int:
    """Return the memory of the distances at hand: of all sizes, or of two as a rule.

    The threads' next blocks may reach into the next sizes, while one size is
    summarised.
    """
    num_draws = ensemble.num_draws
    num_sizes = len(ensemble.populations)
    at_once = num_sizes
    if not keeps_all:
        at_once = min(2 + workers * population.num_draws // num_draws, num_sizes)
    references = num_draws * len(population.references) // population.num_draws
    of_draw = 8 + marks_lost  # a distance, and whether it is lost
    return ensemble.length * (of_draw * num_draws + 8 * references) * at_once
