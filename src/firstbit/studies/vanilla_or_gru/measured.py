"""The runs of a study: trained until its time is over, and the evidence they give.

A run of the study keeps each configuration's result as a small netCDF file, and goes on
from those that are there.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from shutil import rmtree
from threading import Lock
from typing import NamedTuple

import xarray as xr
from threadpoolctl import threadpool_limits

from firstbit import training
from firstbit.cells.given import Given
from firstbit.errors import OutputError
from firstbit.execution import Execution
from firstbit.files import save
from firstbit.kept import keeping
from firstbit.progress import NamedProgress, silent
from firstbit.store import Store
from firstbit.studies.vanilla_or_gru.names import cell_name
from firstbit.studies.vanilla_or_gru.parts import (
    CHECK_EVERY,
    NUM_WORDS,
    Part,
    Settings,
    described_study,
)
from firstbit.studies.verdicts.evidence import Evidence, evidence_of
from firstbit.studies.verdicts.guessing import Guessing
from firstbit.threads import num_workers, run_blocks
from firstbit.training import Checks
from firstbit.weights.threefry import seed_key

LANES = 2
"""Configurations at a time: while one waits for its slowest seed, or is compiled, the
other computes."""

_FILES = Lock()
"""HDF5 is no library for two threads."""


class Row(NamedTuple):
    """One configuration of one part, and what its runs show."""

    part: Part
    cell: Given
    evidence: Evidence


@dataclass(frozen=True)
class Measured:
    """What has been measured.

    Attributes:
        settings: of the study.
        rows: of each part and configuration that is done, in order.
        runs: of each configuration, by `Part.run_name`.
        num_left: configurations that were asked for and for which there was no time.
        guesses: the results of guessing, by `Baseline.name`; empty where it was not
            asked for.
    """

    settings: Settings
    rows: tuple[Row, ...]
    runs: Mapping[str, xr.Dataset]
    num_left: int
    guesses: Mapping[str, Guessing] = field(default_factory=dict)

    def on(self, question: str) -> list[Row]:
        """Return the rows of one question."""
        return [row for row in self.rows if row.part.question == question]


def measured(
    settings: Settings,
    asked: Sequence[Part],
    runs: Mapping[str, xr.Dataset],
    guesses: Mapping[str, Guessing] | None = None,
    num_left: int | None = None,
) -> Measured:
    """Read the evidence that the runs give for the parts.

    Args:
        settings: of the study.
        asked: the parts.
        runs: of each configuration, by `Part.run_name`.
        guesses: the results of guessing.
        num_left: configurations without time; by default those without runs.
    """
    rows = []
    num_missing = 0
    for part, one, name in _work(asked):
        if name not in runs:
            num_missing += 1
            continue
        evidence = evidence_of(
            runs[name],
            cell=cell_name(one.title),
            architecture=one.architecture,
            rule=part.recipe.name,
        )
        rows.append(Row(part, one, evidence))
    if num_left is None:
        num_left = num_missing
    return Measured(settings, tuple(rows), runs, num_left, guesses or {})


def run_parts(
    settings: Settings,
    asked: Sequence[Part],
    folder: Path,
    *,
    seconds: float = 3600.0,
    progress: NamedProgress = silent,
) -> dict[str, xr.Dataset]:
    """Train the missing configurations, until the time is over.

    The runs have the same bits whether or not they were interrupted.

    Args:
        settings: of the study.
        asked: what to run, in order of importance: some of `parts(settings)`.
        folder: keeps each configuration's runs as netCDF, and unfinished trainings
            under `unfinished`.
        seconds: no training begins after this time; one that has begun is finished.
        progress: called with (what, done, all).

    Raises:
        OutputError: the folder holds something else, parts of another study, or a
            damaged file.
    """
    Store.of(folder, described_study(settings))
    began = time.monotonic()
    work: dict[str, tuple[Part, Given]] = {}
    for part, one, name in _work(asked):
        work.setdefault(name, (part, one))
    lanes = min(LANES, num_workers())

    def runs_of(name: str) -> xr.Dataset | None:
        path = folder / f"{name}.nc"
        has_time = time.monotonic() - began <= seconds
        if not path.is_file() and has_time:
            _train(*work[name], path, settings, workers=-(-num_workers() // lanes))
        return _read(path) if path.is_file() else None

    progress("configurations", 0, len(work))
    # Products of threads that start threads are slow, and round by their number.
    with keeping(), threadpool_limits(1, user_api="blas"):
        found = run_blocks(
            runs_of,
            list(work),
            workers=lanes,
            progress=partial(progress, "configurations"),
        )
    pairs = zip(work, found, strict=True)
    return {name: runs for name, runs in pairs if runs is not None}


def _work(asked: Sequence[Part]) -> Iterator[tuple[Part, Given, str]]:
    for part in asked:
        for one in part.configurations:
            yield part, one, part.run_name(one)


def _train(
    part: Part, one: Given, path: Path, settings: Settings, *, workers: int
) -> None:
    unfinished = path.parent / "unfinished" / path.stem
    runs = training.train(
        one,
        part.language,
        rule=part.rule,
        num_seeds=settings.num_seeds,
        key=seed_key(settings.seed),
        own_lists=part.has_list,
        num_words=NUM_WORDS,
        max_length=part.max_length,
        criterion=part.criterion,
        checks=Checks(every=CHECK_EVERY, stop=True),
        execution=Execution(workers, resume=unfinished),
    )
    with _FILES:
        save(runs.drop_dims("epoch"), path)
    rmtree(unfinished, ignore_errors=True)


def _read(path: Path) -> xr.Dataset:
    try:
        with _FILES, xr.open_dataset(path, engine="netcdf4") as runs:
            return runs.load()
    except (OSError, ValueError) as error:
        raise OutputError(
            f"expected the runs of a configuration, got '{path}': {error}; remove "
            "it to train them anew."
        ) from error
