"""The pieces of a measurement: computed here or elsewhere, kept, shared out, joined.

A piece depends on the settings and its own name alone, so a folder of kept pieces may
be filled by any number of processes, in any order, in parts that are cut anyhow.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import xarray as xr

from firstbit.engines import Crew, crew
from firstbit.errands import Errand
from firstbit.errors import OutputError
from firstbit.execution import Execution
from firstbit.parts import Part, missing_text
from firstbit.store import Store

Job = TypeVar("Job", bound=tuple[Any, ...])
Arrays = Mapping[str, np.ndarray]


OF_COMPUTING = ("processor", "XLA_FLAGS")
"""Settings that all parts must share, but not a machine that only joins them."""


@dataclass(frozen=True)
class Pieces(Generic[Job]):
    """Independent pieces of one measurement.

    Attributes:
        errand: computes a piece: arrays by name.
        jobs: all pieces, in a fixed order; those that share a program are neighbours.
        name: of a piece on disk.
        cost: of a piece, in any unit.
        settings: all that the arrays depend on, for JSON.
    """

    errand: Errand[Any, Job, Arrays]
    jobs: Sequence[Job]
    name: Callable[[Job], str]
    cost: Callable[[Job], int]
    settings: Callable[[], dict[str, Any]]

    def store(self, execution: Execution) -> Store | None:
        """Return the folder of kept pieces; None without one.

        Raises:
            OutputError: it holds something else, pieces of another measurement, or,
                where nothing may be computed, not all pieces.
        """
        if execution.resume is None:
            return None
        folder = Path(execution.resume)
        if not execution.only_kept:
            return Store.of(folder, self.settings())
        store = Store.existing(folder, self.settings(), OF_COMPUTING)
        missing = self.missing(self.jobs, store)
        if missing:
            self._refuse(store, missing)
        return store

    def missing(self, jobs: Sequence[Job], store: Store | None) -> list[Job]:
        """Return the pieces that aren't on disk."""
        if store is None:
            return list(jobs)
        return [job for job in jobs if not store.has(self.name(job))]

    def share(self, part: Part) -> list[Job]:
        """Return the pieces of a part."""
        costs = [self.cost(job) for job in self.jobs]
        return [self.jobs[place] for place in part.share(costs)]

    def completed(
        self,
        workers: Crew,
        jobs: Sequence[Job],
        execution: Execution,
        store: Store | None,
        ahead: int | None = None,
    ) -> Iterator[tuple[Job, Arrays]]:
        """Yield each piece with its arrays: computed, or read where they are kept."""
        errand = self.errand
        if execution.only_kept:
            errand = replace(errand, function=self._cannot_read)
        shelf = None if store is None else _Kept(self, store)
        return workers.completed(errand, jobs, shelf=shelf, ahead=ahead)

    def all(self, execution: Execution, ahead: int | None = None) -> dict[Job, Arrays]:
        """Return every piece with its arrays, in the order of the jobs.

        Args:
            execution: how; its progress counts pieces.
            ahead: pieces that run or wait at a time; by default two for each worker.

        Raises:
            OutputError: as `store`.
        """
        store = self.store(execution)
        jobs = self.jobs if store is None else store.shuffled(self.jobs)
        found: dict[Job, Arrays] = {}
        with crew(execution) as workers:
            pieces = self.completed(workers, jobs, execution, store, ahead)
            for job, arrays in pieces:
                found[job] = arrays
                execution.progress(len(found), len(jobs))
        return {job: found[job] for job in self.jobs}

    def _cannot_read(self, _: object, job: Job) -> Arrays:
        raise OutputError(
            f"expected the block '{self.name(job)}' whole, got a file that can't be "
            "read or holds another; remove it, and compute its part again."
        )

    def _refuse(self, store: Store, missing: Sequence[Job]) -> None:
        """Raise `OutputError` that names what misses."""
        costs = [self.cost(job) for job in self.jobs]
        names = [f"'{self.name(job)}'" for job in self.jobs]
        lost = set(missing)
        places = [place for place, job in enumerate(self.jobs) if job in lost]
        text = missing_text(costs, names, places, store.cuts())
        number = len(self.jobs)
        raise OutputError(
            f"expected all {number} blocks in '{store.folder}', got "
            f"{number - len(missing)}: {text}; compute them, then join again."
        )


class _Kept(NamedTuple, Generic[Job]):
    """The pieces in a folder.

    Attributes:
        pieces: of the measurement.
        store: the folder.
    """

    pieces: Pieces[Job]
    store: Store

    def read(self, job: Job) -> Arrays | None:
        """Return a piece; None if it isn't there, or not whole."""
        return self.store.read(self.pieces.name(job))

    def write(self, job: Job, result: Arrays) -> None:
        """Keep a piece."""
        self.store.write(self.pieces.name(job), result)


def compute_part(
    pieces: Pieces[Job], execution: Execution, ahead: int | None = None
) -> xr.Dataset:
    """Compute the pieces of a part into the folder, but those that are kept.

    Args:
        pieces: of the measurement.
        execution: with the part and the folder.
        ahead: pieces that run or wait at a time; by default two for each worker.

    Returns:
        A Dataset without variables; its attributes `part`, `num_blocks`,
        `num_computed` and `folder` say what was done.
    """
    part = execution.part
    store = pieces.store(execution)
    assert part is not None, "asked for by the caller"
    assert store is not None, "required by `Execution`"
    store.note_cut(part.of)
    jobs = pieces.share(part)
    missing = pieces.missing(jobs, store)
    total = sum(map(pieces.cost, missing))
    spent = 0
    with crew(execution) as workers:
        for job, _ in pieces.completed(workers, missing, execution, store, ahead):
            spent += pieces.cost(job)
            execution.progress(len(missing) * spent // total, len(missing))
    about = {
        "part": str(part),
        "num_blocks": len(jobs),
        "num_computed": len(missing),
        "folder": str(store.folder),
    }
    return xr.Dataset(attrs=about)
