"""The study's baseline: random draws of every cell on every task, with a read-out.

A success of training says little where one of a few random nets solves the task as
well.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import jax
import numpy as np

from firstbit.cells.given import Given
from firstbit.engines import crew
from firstbit.errands import Errand
from firstbit.execution import Engine, Execution
from firstbit.languages import Language
from firstbit.progress import NamedProgress, silent
from firstbit.store import Store
from firstbit.studies.vanilla_or_gru.measured import Measured
from firstbit.studies.vanilla_or_gru.parts import (
    GUESSED,
    NUM_GUESSES,
    NUM_WORDS,
    Settings,
    described_study,
    file_safe,
    parts,
)
from firstbit.studies.verdicts.guessing import Fitting, Guessing, guess
from firstbit.weights.threefry import seed_key


@dataclass(frozen=True)
class Baseline:
    """One cell that is guessed on one task.

    Attributes:
        language: the task.
        cell: the cell, its size, and the law of its weights.
        max_length: longer words are sampled again, as in training.
        num_words_read: N of the test, as in training.
    """

    language: Language
    cell: Given
    max_length: int | None
    num_words_read: int

    @property
    def name(self) -> str:
        """The name of its result."""
        return file_safe("guessing", self.language.name, self.cell)


@dataclass(frozen=True)
class Guesses:
    """What the jobs share.

    Attributes:
        settings: of the study.
        asked: the baselines by their names.
    """

    settings: Settings
    asked: Mapping[str, Baseline]


def baselines(settings: Settings) -> list[Baseline]:
    """Return every cell at its matched size on every task.

    Example:
        >>> found = baselines(Settings(seed=0))
        >>> len(found), found[0].name
        (30, 'guessing_embedded-reber_Vanilla-logistic-as-published_18')
    """
    tasks = {}
    for part in parts(settings):
        if part.question in GUESSED:
            tasks[part.language.name] = part
    found = []
    for part in tasks.values():
        for one in part.configurations:
            found.append(
                Baseline(part.language, one, part.max_length, part.num_words_read)
            )
    return found


def run_guessing(
    settings: Settings,
    folder: Path,
    *,
    progress: NamedProgress = silent,
    executor: Engine | None = None,
) -> dict[str, Guessing]:
    """Guess what has not been guessed yet; the same whether or not it was interrupted.

    Args:
        settings: of the study.
        folder: of the study; keeps each result as a small file.
        progress: called with (what, done, all).
        executor: guesses; threads of this process by default.

    Returns:
        By `Baseline.name`. The networks are not kept.

    Raises:
        OutputError: the folder holds something else, or parts of another study.
    """
    store = Store.of(folder, described_study(settings))
    asked = {baseline.name: baseline for baseline in baselines(settings)}
    found = {}
    for name in asked:
        arrays = store.read(name)
        if arrays is not None:
            found[name] = from_arrays(**arrays)
    missing = [name for name in asked if name not in found]
    progress("guessing", len(found), len(asked))
    work = Guesses(settings, asked)
    errand = Errand(guessed, work, "a cell of the study", _told(settings))
    with crew(Execution(executor=executor)) as workers:
        for name, arrays in workers.completed(errand, missing, shelf=store):
            found[name] = from_arrays(**arrays)
            progress("guessing", len(found), len(asked))
    return {name: found[name] for name in asked}


def guessed_in(study: Measured) -> list[tuple[Baseline, Guessing]]:
    """Return the baselines of the study that were guessed, in order."""
    found = []
    for one in baselines(study.settings):
        if one.name in study.guesses:
            found.append((one, study.guesses[one.name]))
    return found


def from_arrays(solves: np.ndarray, tested: np.ndarray) -> Guessing:
    """Return a stored result.

    Args:
        solves: whether each draw solves.
        tested: the words of the test, in words.
    """
    solved = tuple(np.flatnonzero(solves).tolist())
    return Guessing(len(solves), solved, None, str(tested))


def as_arrays(one: Guessing) -> dict[str, np.ndarray]:
    """Return a result as it is stored; `from_arrays` reads it."""
    return {
        "solves": np.isin(np.arange(one.num_draws), one.solved),
        "tested": np.array(one.tested),
    }


def guessed(work: Guesses, name: str) -> dict[str, np.ndarray]:
    """Guess one baseline in this thread; a worker calls it.

    Args:
        work: what the jobs share.
        name: of the baseline.

    Returns:
        The result, as it is stored.
    """
    baseline = work.asked[name]
    found = guess(
        baseline.cell,
        baseline.language,
        num_draws=NUM_GUESSES,
        key=jax.random.fold_in(seed_key(work.settings.seed), 1),
        fitting=Fitting(
            num_words=NUM_WORDS,
            max_length=baseline.max_length,
            words_of_budget=baseline.num_words_read,
        ),
    )
    return as_arrays(found)


def _told(settings: Settings) -> Callable[[str], str]:
    """Return what an error says of a job."""
    return lambda name: f"the guesses {name}, seed {settings.seed},"
