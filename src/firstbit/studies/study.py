"""The study: which cells solve embedded Reber, how far back they can learn to look, and how small they may be.

Its parts are data. A run of the study keeps each configuration's result as a small netCDF file, goes on from those that
are there, and ends when its time is over.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Any

import numpy as np
import xarray as xr
from jaxtyping import PRNGKeyArray

from firstbit.cells import GRU, LSTM, Vanilla
from firstbit.errors import SettingError, require_at_least
from firstbit.files import save
from firstbit.languages import Language, embedded_reber
from firstbit.provenance import with_provenance
from firstbit.studies.evidence import VARIABLES, Evidence, evidence_of
from firstbit.studies.trial import Configuration, Progress, Train

SIZES = (2, 3, 4, 6, 8, 12, 18, 27)
LAGS = (5, 10, 20, 50)
NUM_SEEDS = 32

TANH = partial(Vanilla, activation="tanh", use_bias=True)
CELLS = (
    Configuration("Vanilla logistic, as published", partial(Vanilla, use_bias=True), 18),
    Configuration("Vanilla tanh, orthogonal", TANH, 18, "orthogonal"),
    Configuration("Vanilla tanh, identity", TANH, 18, "identity"),
    Configuration("Vanilla tanh, N(0, 1/k)", TANH, 18, "fan-in-normal"),
    Configuration("GRU", GRU, 10),
    Configuration("LSTM", partial(LSTM, use_bias=True), 8),
)
"""The cells at matched parameters: 575 to 601 on embedded Reber, the read-out's included."""


@dataclass(frozen=True)
class Part:
    """Some configurations on some language under one rule.

    Attributes:
        question: what it asks; parts with one question are shown together.
        language: the task.
        protocol: the rule of training, with its budget.
        protocol_name: what to call it.
        configurations: what is trained.
        coordinate: what the part varies (lag or hidden size), or None.
    """

    question: str
    language: Language
    protocol: Any
    protocol_name: str
    configurations: tuple[Configuration, ...]
    coordinate: int | None = None

    def file_name(self, one: Configuration) -> str:
        """Where the runs of a configuration are kept."""
        return f"{self.language.name}_{self.protocol_name}_{one.file_name}_{one.hidden_size}.nc".replace(":", "-")


def parts(protocols: dict[str, Any], first_bit: Callable[[int], Language]) -> list[Part]:
    """The three questions of the study.

    Args:
        protocols: `published` and `modern`, each with its budget of symbols.
        first_bit: the language of a given lag, with random symbols between.

    Example:
        >>> made = parts({"published": None, "modern": None}, lambda lag: embedded_reber())
        >>> [(part.question, len(part.configurations)) for part in made[:3]]
        [('cells', 6), ('cells', 6), ('lags', 6)]
    """
    modern = ("modern", protocols["modern"])
    found = [Part("cells", embedded_reber(), rule, name, CELLS) for name, rule in protocols.items()]
    found += [Part("lags", first_bit(lag), modern[1], modern[0], CELLS, lag) for lag in LAGS]
    found += [
        Part("sizes", embedded_reber(), modern[1], modern[0], tuple(replace(one, hidden_size=k) for one in CELLS), k) for k in SIZES
    ]
    return found


@dataclass(frozen=True)
class Study:
    """What has been measured.

    Attributes:
        evidence: of each part and configuration that is done, in order.
        num_left: configurations that the time was not enough for.
    """

    evidence: tuple[tuple[Part, Evidence], ...]
    num_left: int


def run_study(
    asked: Sequence[Part],
    folder: Path,
    *,
    train: Train,
    key: PRNGKeyArray,
    num_seeds: int = NUM_SEEDS,
    seconds: float = 3600.0,
    progress: Progress = lambda *_: None,
) -> Study:
    """Train what is not there yet, until the time is over; the same bits whether or not it was interrupted.

    Args:
        asked: what to run, in order of importance.
        folder: keeps each configuration's runs as netCDF, and unfinished trainings under `unfinished`.
        train: `firstbit.train`.
        key: of every training, so that all cells see the same words.
        num_seeds: runs of each configuration.
        seconds: no training begins after so many; one that has begun is finished.
        progress: called with (what, done, in all).

    Raises:
        SettingError: a file in the folder is of another number of seeds, or lacks a variable.
    """
    require_at_least("num_seeds", num_seeds, 1)
    began, found, left = time.monotonic(), [], 0
    work = [(part, one) for part in asked for one in part.configurations]
    for done, (part, one) in enumerate(work):
        progress("configurations", done, len(work))
        path = folder / part.file_name(one)
        if not path.is_file():
            if time.monotonic() - began > seconds:
                left += 1
                continue
            unfinished = folder / "unfinished" / path.stem
            runs = train(
                one.cell,
                part.language,
                protocol=part.protocol,
                num_seeds=num_seeds,
                key=key,
                hidden_size=one.hidden_size,
                initializer=one.initializer,
                stop_when_solved=True,
                resume=unfinished,
                progress=lambda done, total, name=path.stem: progress(name, done, total),
            )
            save(runs[[*VARIABLES]].assign_attrs(runs.attrs), path)
            rmtree(unfinished, ignore_errors=True)
        found.append((part, _read(path, part, one, num_seeds)))
    progress("configurations", len(work), len(work))
    return Study(tuple(found), left)


def _read(path: Path, part: Part, one: Configuration, num_seeds: int) -> Evidence:
    with xr.open_dataset(path, engine="netcdf4") as runs:
        if runs.sizes.get("seed") != num_seeds:
            raise SettingError(f"expected {num_seeds} runs in '{path}', got {runs.sizes.get('seed')}; choose another folder.")
        return evidence_of(runs.load(), cell=one.name, architecture=one.architecture, protocol=part.protocol_name)


def rates(study: Study, question: str) -> xr.Dataset:
    """Success rates of one question, for `plots.success_rates`.

    Returns:
        Dataset over `cell` and `setting` (protocols, lags or sizes): `success_rate`, `success_low`, `success_high`
        (Wilson, 95 %), and `median_loss` above the floor; NaN where nothing was measured.
    """
    chosen = [(part, evidence) for part, evidence in study.evidence if part.question == question]
    cells = list(dict.fromkeys(evidence.cell for _, evidence in chosen))
    settings = list(dict.fromkeys(_setting(part) for part, _ in chosen))
    table = np.full((4, len(cells), len(settings)), np.nan)
    for part, e in chosen:
        loss = np.nan if e.median_loss is None else e.median_loss
        table[:, cells.index(e.cell), settings.index(_setting(part))] = (e.rate, *e.interval, loss)
    about = {
        "success_rate": "share of runs that solve",
        "success_low": "lower end of its 95 % interval (Wilson)",
        "success_high": "upper end of its 95 % interval (Wilson)",
        "median_loss": "median loss above the full floor",
    }
    variables = {
        name: (("cell", "setting"), values, {"long_name": text, "units": "1"})
        for (name, text), values in zip(about.items(), table, strict=True)
    }
    dataset = xr.Dataset(variables, {"cell": cells, "setting": settings})
    return with_provenance(dataset, configuration={"measure": "study", "question": question, "num_left": study.num_left})


def smallest_sizes(study: Study, *, solve_rate: float = 0.5) -> dict[str, str]:
    """For each cell the least size that solves, as text; `> 27` where none up to 27 does, `?` where some are missing."""
    by_cell: dict[str, dict[int, bool]] = {}
    for part, e in study.evidence:
        if part.question == "sizes" and part.coordinate is not None:
            by_cell.setdefault(e.cell, {})[part.coordinate] = e.interval[0] > solve_rate
    told = {}
    for cell, solved in by_cell.items():
        least = next((k for k in sorted(solved) if solved[k]), None)
        complete = all(k in solved for k in SIZES if least is None or k < least)
        told[cell] = "?" if not complete else f"> {SIZES[-1]}" if least is None else str(least)
    return told


def _setting(part: Part) -> str:
    return part.protocol_name if part.coordinate is None else str(part.coordinate)
