"""The configurations of a study, trained until its time is over.

A configuration is one job: a thread, or a worker of an executor, trains all its seeds.
Its runs are kept as a small netCDF file, and a study goes on from those that are there.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from shutil import rmtree

import xarray as xr
from threadpoolctl import threadpool_limits

from firstbit import training
from firstbit.cells.given import Given
from firstbit.engines import crew
from firstbit.errands import Errand
from firstbit.errors import OutputError
from firstbit.execution import Engine, Execution
from firstbit.files import save
from firstbit.kept import Kept, keeping
from firstbit.progress import NamedProgress, silent
from firstbit.store import Store
from firstbit.studies.vanilla_or_gru.parts import (
    CHECK_EVERY,
    NUM_WORDS,
    Part,
    Settings,
    described_study,
)
from firstbit.training import Checks
from firstbit.weights.threefry import seed_key


@dataclass(frozen=True)
class Work:
    """What the jobs share.

    Attributes:
        settings: of the study.
        folder: where the runs are kept, and unfinished trainings under `unfinished`. A
            worker that doesn't see it keeps none.
        configurations: each with its part, by `Part.run_name`.
    """

    settings: Settings
    folder: Path
    configurations: Mapping[str, tuple[Part, Given]]

    @cached_property
    def kept(self) -> Kept:
        """The words that many configurations read, kept in this process."""
        return Kept()

    def file(self, name: str) -> Path:
        """Return where the runs of a configuration are kept."""
        return self.folder / f"{name}.nc"

    def unfinished(self, name: str) -> Path:
        """Return where its trainings are kept while they go on."""
        return self.folder / "unfinished" / name


def run_parts(
    settings: Settings,
    asked: Sequence[Part],
    folder: Path,
    *,
    seconds: float = 3600.0,
    progress: NamedProgress = silent,
    executor: Engine | None = None,
) -> dict[str, xr.Dataset]:
    """Train the missing configurations, until the time is over.

    The runs have the same bits wherever they are trained, interrupted or not.

    Args:
        settings: of the study.
        asked: what to run, in order of importance: some of `parts(settings)`.
        folder: keeps the runs, and unfinished trainings.
        seconds: no training begins after this time; one that has begun is finished.
        progress: called with (what, done, all).
        executor: trains the configurations; threads of this process by default.

    Raises:
        OutputError: the folder holds something else, parts of another study, or a
            damaged file.
    """
    Store.of(folder, described_study(settings))
    work = Work(settings, folder, _configurations(asked))
    found = {}
    for name in work.configurations:
        if work.file(name).is_file():
            found[name] = _read(work.file(name))
    missing = [name for name in work.configurations if name not in found]
    number = len(work.configurations)
    progress("configurations", len(found), number)
    errand = Errand(trained, work, "a cell of the study", _told(settings))
    with crew(Execution(executor=executor)) as workers:
        jobs = _in_time(missing, seconds)
        for name, runs in workers.completed(errand, jobs, each=1):
            save(runs, work.file(name))
            rmtree(work.unfinished(name), ignore_errors=True)
            found[name] = _read(work.file(name))
            progress("configurations", len(found), number)
    return {name: found[name] for name in work.configurations if name in found}


def trained(work: Work, name: str) -> xr.Dataset:
    """Train all seeds of a configuration in this thread; a worker calls it.

    Args:
        work: what the jobs share.
        name: of the configuration.

    Returns:
        The runs, without the course of the epochs.
    """
    part, one = work.configurations[name]
    unfinished = work.unfinished(name) if work.folder.is_dir() else None
    # Products of threads that start threads are slow, and round by their number.
    with keeping(work.kept), threadpool_limits(1, user_api="blas"):
        runs = training.train(
            one,
            part.language,
            rule=part.rule,
            num_seeds=work.settings.num_seeds,
            key=seed_key(work.settings.seed),
            own_lists=part.has_list,
            num_words=NUM_WORDS,
            max_length=part.max_length,
            criterion=part.criterion,
            checks=Checks(every=CHECK_EVERY, stop=True),
            execution=Execution(workers=1, resume=unfinished),
        )
    return runs.drop_dims("epoch")


def _configurations(asked: Sequence[Part]) -> dict[str, tuple[Part, Given]]:
    """Return the configurations by their names; two questions may share one."""
    found: dict[str, tuple[Part, Given]] = {}
    for part in asked:
        for one in part.configurations:
            found.setdefault(part.run_name(one), (part, one))
    return found


def _in_time(names: Sequence[str], seconds: float) -> Iterator[str]:
    """Yield names until the time is over."""
    began = time.monotonic()
    for name in names:
        if time.monotonic() - began > seconds:
            return
        yield name


def _told(settings: Settings) -> Callable[[str], str]:
    """Return what an error says of a job."""
    return lambda name: f"the configuration {name}, seed {settings.seed},"


def _read(path: Path) -> xr.Dataset:
    try:
        with xr.open_dataset(path, engine="netcdf4") as runs:
            return runs.load()
    except (OSError, ValueError) as error:
        raise OutputError(
            f"expected the runs of a configuration, got '{path}': {error}; remove "
            "it to train them anew."
        ) from error
