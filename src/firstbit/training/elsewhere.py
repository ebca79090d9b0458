"""Seeds that the workers of an executor train, to the bits of threads here."""

from collections.abc import Sequence
from typing import NamedTuple

from firstbit.engines import crew
from firstbit.errands import Errand
from firstbit.execution import Execution
from firstbit.store import Store
from firstbit.threads import in_double
from firstbit.training.checkpoint import Arrays, from_arrays, to_arrays
from firstbit.training.fit import Training, begin
from firstbit.training.seeds import Job, Solved, Watch, checkpoint_of, widths_of
from firstbit.training.task import Task


class Trained(NamedTuple):
    """What the seeds of a task share.

    Attributes:
        solved: the check whether a training solves the task, which it knows.
        store: where the trainings are kept; None if nowhere. A worker that doesn't see
            the folder goes without.
    """

    solved: Solved
    store: Store | None


class Group(NamedTuple):
    """The unit of work.

    Attributes:
        seeds: that are trained side by side.
    """

    seeds: tuple[int, ...]


def train_elsewhere(
    task: Task, seeds: Sequence[int], execution: Execution, store: Store | None
) -> dict[int, Training]:
    """Return the trainings of some seeds, computed by an executor.

    Args:
        task: the cell, the language, the rule.
        seeds: their numbers.
        execution: with the executor.
        store: where the trainings are kept, by the workers and here.
    """
    watch = Watch(len(seeds) * task.rule.max_epochs, execution.progress)
    found: dict[int, Training] = {}
    errand = Errand(
        arrays_of_group,
        Trained(Solved(task), store),
        task.given.name,
        lambda group: f"{_named(group)} of {task.given.name}, key {task.key_numbers()}",
    )
    with crew(execution) as workers:
        groups = groups_of(task, seeds, workers.workers)
        for group, results in workers.completed(errand, groups):
            for seed, arrays in zip(group.seeds, results, strict=True):
                start = begin(task.network(seed), task.rule)
                with in_double():
                    found[seed] = from_arrays(arrays, start)
                _keep(store, seed, found[seed])
                watch.add(task.rule.max_epochs)
    return found


def groups_of(task: Task, seeds: Sequence[int], workers: int) -> list[Group]:
    """Return the jobs: seeds that go side by side, about as many for each worker."""
    most = widths_of(task)[-1]
    size = min(most, -(-len(seeds) // workers))
    groups = []
    for first in range(0, len(seeds), size):
        groups.append(Group(tuple(seeds[first : first + size])))
    return groups


def arrays_of_group(trained: Trained, group: Group) -> list[Arrays]:
    """Train some seeds, and return their trainings as arrays; a worker calls it."""
    task = trained.solved.task
    store = trained.store
    if store is not None and not store.is_there():
        store = None
    job = Job(
        task,
        group.seeds,
        widths_of(task),
        trained.solved,
        store,
    )
    watch = Watch(len(group.seeds) * task.rule.max_epochs)
    return [to_arrays(training) for training in job.run(watch)]


def _keep(store: Store | None, seed: int, training: Training) -> None:
    """Keep a training here: its worker may not see the folder."""
    if store is not None:
        checkpoint_of(store, seed).write(training)


def _named(group: Group) -> str:
    seeds = ", ".join(map(str, group.seeds))
    return f"seed {seeds}" if len(group.seeds) == 1 else f"the seeds {seeds}"
