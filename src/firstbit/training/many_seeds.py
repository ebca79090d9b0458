"""Many seeds of one task: shared out to threads, or to the workers of an executor."""

from collections.abc import Sequence
from pathlib import Path

import xarray as xr

from firstbit.errors import OutputError, SettingError
from firstbit.execution import Execution
from firstbit.parts import missing_text
from firstbit.store import Store
from firstbit.threads import num_workers, run_blocks
from firstbit.training.elsewhere import train_elsewhere
from firstbit.training.fit import Training
from firstbit.training.seeds import Watch, checkpoint_of, jobs_of
from firstbit.training.task import Task


def train_seeds(
    task: Task, num_seeds: int, execution: Execution | None = None
) -> list[Training]:
    """Return the trainings behind `firstbit.train`, with their networks.

    Seed i is the same whatever `num_seeds` and `execution` are.

    Seeds that read the same words, one word a step, are trained side by side: their
    numbers fill vector registers, which one small network can't. Elsewhere each has
    words of its own lengths, and is trained by itself.

    Args:
        task: the cell, the language, the rule.
        num_seeds: how many, at least 1.
        execution: threads or an executor, progress, and the folder that keeps the
            trainings.

    Raises:
        SettingError: `num_seeds` is below 1, or all seeds would be one run.
        OutputError: the folder holds something else, trainings of another
            configuration, or a damaged file.
    """
    task.require_runs(num_seeds)
    execution = execution or Execution()
    if execution.part is not None:
        raise SettingError(
            "expected no `part` where trainings are returned, got "
            f"{execution.part}; `train` takes one."
        )
    store = _store(task, execution)
    seeds = range(num_seeds)
    if execution.only_kept:
        assert store is not None, "required by `Execution`"
        _require_kept(store, seeds)
    found = _train(task, seeds, execution, store)
    return [found[seed] for seed in seeds]


def train_part(task: Task, num_seeds: int, execution: Execution) -> xr.Dataset:
    """Train the seeds of a part into the folder, but those that are kept there.

    Args:
        task: the cell, the language, the rule.
        num_seeds: of all parts together.
        execution: with the part and the folder.

    Returns:
        A Dataset without variables; its attributes `part`, `num_seeds`, `num_trained`
        and `folder` say what was done.
    """
    task.require_runs(num_seeds)
    part = execution.part
    store = _store(task, execution)
    assert part is not None, "asked for by the caller"
    assert store is not None, "required by `Execution`"
    store.note_cut(part.of)
    share = part.share([1] * num_seeds)
    missing = [seed for seed in share if not checkpoint_of(store, seed).is_finished()]
    if missing:
        _train(task, missing, execution, store)
    about = {
        "part": str(part),
        "num_seeds": len(share),
        "num_trained": len(missing),
        "folder": str(store.folder),
    }
    return xr.Dataset(attrs=about)


def _store(task: Task, execution: Execution) -> Store | None:
    """Return the folder that keeps the trainings; None without one."""
    if execution.resume is None:
        return None
    folder = Path(execution.resume)
    if execution.only_kept:
        return Store.existing(folder, task.settings())
    return Store.of(folder, task.settings())


def _require_kept(store: Store, seeds: Sequence[int]) -> None:
    """Raise `OutputError` unless the trainings of all seeds are there, and finished."""
    missing = [seed for seed in seeds if not checkpoint_of(store, seed).is_finished()]
    if not missing:
        return
    names = [f"seed {seed}" for seed in seeds]
    text = missing_text([1] * len(seeds), names, missing, store.cuts())
    raise OutputError(
        f"expected all {len(seeds)} seeds trained in '{store.folder}', got "
        f"{len(seeds) - len(missing)}: {text}; train them, then join again."
    )


def _train(
    task: Task, seeds: Sequence[int], execution: Execution, store: Store | None
) -> dict[int, Training]:
    """Return the trainings of some seeds, by threads or by an executor."""
    if execution.executor is not None and not execution.only_kept:
        return train_elsewhere(task, seeds, execution, store)
    threads = min(execution.workers or num_workers(), len(seeds))
    watch = Watch(len(seeds) * task.rule.max_epochs, execution.progress)
    jobs = jobs_of(task, seeds, threads, store)
    of_jobs = run_blocks(lambda job: job.run(watch), jobs, workers=threads)
    found: dict[int, Training] = {}
    for job, trainings in zip(jobs, of_jobs, strict=True):
        of_seeds = zip(job.seeds, trainings, strict=True)
        found |= dict(of_seeds)
    return found
