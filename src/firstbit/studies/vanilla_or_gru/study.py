"""The study: `firstbit.study`, and its result."""

import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

from firstbit.datasets import Result, Variable, dataset
from firstbit.errors import SettingError
from firstbit.execution import Engine
from firstbit.progress import NamedProgress, silent
from firstbit.provenance import own_version
from firstbit.studies.folders import write_folder
from firstbit.studies.law import law_text
from firstbit.studies.vanilla_or_gru.answer import answer
from firstbit.studies.vanilla_or_gru.baselines import guessed_in, run_guessing
from firstbit.studies.vanilla_or_gru.judged import Judged, judged
from firstbit.studies.vanilla_or_gru.measured import (
    Measured,
    Row,
    measured,
)
from firstbit.studies.vanilla_or_gru.page import study_html, study_page
from firstbit.studies.vanilla_or_gru.parts import (
    ALL_QUESTIONS,
    Question,
    Settings,
    described_study,
    parts,
)
from firstbit.studies.vanilla_or_gru.rates import smallest_sizes
from firstbit.studies.vanilla_or_gru.record import recorded, write_study
from firstbit.studies.vanilla_or_gru.trained import run_parts
from firstbit.studies.verdicts.evidence import labelled

MARKER = "study.json"
"""The file that every folder of a study has."""

LABELS = (
    "configuration",
    "question",
    "language",
    "setting",
    "cell",
    "cell_name",
    "hidden_size",
    "initializer",
)
"""Coordinates of the rows of `Study.to_dataset`."""

OF_VERDICT = ("verdict", "reason", "witness", "arguments", "inapplicable")
"""What a row of the JSON has of its verdict."""


def study(
    *,
    seed: int,
    num_seeds: int = 32,
    symbols: int | None = None,
    questions: Sequence[Question] = ALL_QUESTIONS,
    seconds: float = 3600.0,
    resume: Path | None = None,
    progress: NamedProgress = silent,
    executor: Engine | None = None,
) -> "Study":
    """Run the study of six cells on embedded Reber and `first_bit`.

    It asks which cells solve the embedded grammar, which part of the rule of training
    matters to Vanilla, how many symbols back cells can learn to look, how small they
    may be, and what random draws achieve. All of it takes 75 minutes of processor time.

    Args:
        seed: of the random numbers, at least 0.
        num_seeds: runs of each configuration, at least 1.
        symbols: another budget of symbols read by each run, on every task.
        questions: some of `cells`, `factors`, `lags`, `sizes` and `guessing`.
        seconds: no training begins after this time.
        resume: folder that keeps the trainings; a call that is made again goes on from
            it, to the same bits. Without it they are kept until the call ends.
        progress: called with (what, done, all).
        executor: trains the configurations, each by one worker: anything with `submit`,
            as an executor of `concurrent.futures` (processes must be spawned), loky, or
            a client of Dask; threads of this process by default. Python lets one thread
            at a time prepare its next words, so processes are faster.

    Returns:
        The runs with their evidence. `to_dataframe()` has one row for each
        configuration, `save(folder)` writes a page.

    Raises:
        SettingError: a number is out of range, or a question is unknown.
        OutputError: `resume` holds something else, or a damaged file.

    Example:
        >>> found = study(seed=0, num_seeds=2, questions=["lags"], seconds=0.0)
        >>> found.num_left
        24
    """
    if not seconds >= 0:
        raise SettingError(
            f"expected `seconds` of at least 0, got {seconds:g}; try 3600."
        )
    for question in questions:
        if question not in ALL_QUESTIONS:
            raise SettingError(
                f"expected the questions {', '.join(ALL_QUESTIONS)}, got '{question}'."
            )
    settings = Settings(seed, num_seeds)
    if symbols is not None:
        settings = settings.with_symbols(symbols)
    if resume is not None:
        return _run(settings, questions, seconds, resume, progress, executor)
    with tempfile.TemporaryDirectory() as folder:
        return _run(
            settings,
            questions,
            seconds,
            Path(folder),
            progress,
            executor,
        )


def _run(
    settings: Settings,
    questions: Sequence[Question],
    seconds: float,
    folder: Path,
    progress: NamedProgress,
    executor: Engine | None,
) -> "Study":
    began = time.monotonic()
    asked = [part for part in parts(settings) if part.question in questions]
    guesses = {}
    if "guessing" in questions:
        guesses = run_guessing(settings, folder, progress=progress, executor=executor)
    left = seconds - (time.monotonic() - began)
    runs = run_parts(
        settings, asked, folder, seconds=left, progress=progress, executor=executor
    )
    return Study(measured(settings, asked, runs, guesses))


@dataclass(frozen=True)
class Study:
    """The result of `firstbit.study`.

    Attributes:
        measured: the runs, the evidence and the guesses.
    """

    measured: Measured

    @property
    def num_left(self) -> int:
        """Configurations that were asked for and for which there was no time."""
        return self.measured.num_left

    @property
    def verdicts(self) -> list[Judged]:
        """The verdict on each configuration of the first question."""
        return judged(self.measured)

    @property
    def answer(self) -> str:
        """The answer in one paragraph."""
        return answer(self.measured, self.verdicts)

    def runs(self) -> xr.Dataset:
        """Return every run, over (configuration, seed), and every guess."""
        return recorded(self.measured)

    def to_dataset(self) -> Result:
        """Return the evidence over `configuration`, a row of the study's tables."""
        rows = self.measured.rows
        dims = ("configuration",)
        labels = [_labels(row) for row in rows]
        coords: dict[str, tuple[Sequence[str], ArrayLike]] = {}
        for place, name in enumerate(LABELS):
            coords[name] = (dims, [one[place] for one in labels])
        by_place = self._by_place()
        verdicts = []
        for row in rows:
            found = by_place.get(_place(row))
            verdicts.append("" if found is None else found.verdict.verdict)
        verdict = Variable("verdict", dims, np.array(verdicts, dtype=str), "verdict")
        settings = self.measured.settings
        return dataset(
            [*labelled([row.evidence for row in rows], dims), verdict],
            coords,
            rows=dims,
            configuration={"measure": "study", **described_study(settings)},
            key=[0, settings.seed],
        )

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row for each configuration of each question."""
        return self.to_dataset().to_dataframe()

    def as_json(self) -> dict[str, Any]:
        """Return settings, answer, and a row for each configuration."""
        by_place = self._by_place()
        rows = []
        for row in self.measured.rows:
            part, cell, evidence = row
            plain: dict[str, object] = {
                "question": part.question,
                "language": part.language.name,
                "setting": part.setting,
                **evidence.as_json(),
                "cell": cell.title,
            }
            judged_row = by_place.get(_place(row))
            if judged_row is not None:
                verdict = judged_row.verdict.as_row()
                plain |= {name: verdict[name] for name in OF_VERDICT}
            rows.append(plain)
        return {
            "firstbit_version": own_version(),
            **described_study(self.measured.settings),
            "num_left": self.num_left,
            "answer": self.answer,
            "smallest_sizes": smallest_sizes(self.measured),
            "rows": rows,
            "guessing": self._guesses(),
        }

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the answer, and the first question's rates."""
        return study_html(self.measured)

    def page(self) -> str:
        """Return the study as one HTML page."""
        return study_page(self.measured)

    def save(self, folder: Path) -> None:
        """Write `study.nc`, `study.json` and `report.html`, all of it or nothing.

        Args:
            folder: a new one, or one of an earlier call, which is replaced.

        Raises:
            OutputError: the folder can't be written, or holds something else.
        """

        def fill(fresh: Path) -> str:
            write_study(self.measured, fresh / "study.nc")
            return self.page()

        text = json.dumps(self.as_json(), indent=1, allow_nan=False)
        write_folder(folder, MARKER, text, fill)

    def _by_place(self) -> dict[tuple[str, str, str], Judged]:
        found = {}
        for row in self.verdicts:
            place = (row.part.question, row.part.setting, row.cell.title)
            found[place] = row
        return found

    def _guesses(self) -> list[dict[str, object]]:
        found = []
        for baseline, guessing in guessed_in(self.measured):
            plain: dict[str, object] = {
                "language": baseline.language.name,
                "cell": baseline.cell.title,
            }
            found.append(plain | guessing.as_json())
        return found


def _labels(row: Row) -> tuple[str | int, ...]:
    """Return the labels of a row, in the order of `LABELS`."""
    part, cell, _ = row
    return (
        f"{part.question} {part.setting} {cell.title}",
        part.question,
        part.language.name,
        part.setting,
        cell.title,
        cell.catalogue_name,
        cell.hidden_size,
        law_text(cell),
    )


def _place(row: Row) -> tuple[str, str, str]:
    return row.part.question, row.part.setting, row.cell.title
