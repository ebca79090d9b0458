"""The study's baseline: what random draws with a fitted read-out achieve, for every cell on every task.

A success of training says little where one of a few random nets solves the task as
well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import jax
import numpy as np

from firstbit.languages import Language
from firstbit.store import Store
from firstbit.studies.vanilla_or_gru.study import (
    GUESSED,
    NUM_GUESSES,
    NUM_WORDS,
    Settings,
    Study,
    described_study,
    parts,
)
from firstbit.studies.verdicts.configuration import Configuration
from firstbit.studies.verdicts.guessing import Guessing, guess
from firstbit.threads import run_blocks


@dataclass(frozen=True)
class Baseline:
    """One cell that is guessed on one task.

    Attributes:
        language: the task.
        configuration: the cell, its size, and the law of its weights.
        max_length: longer words are drawn again, as in training.
    """

    language: Language
    configuration: Configuration
    max_length: int | None

    @property
    def name(self) -> str:
        """Of its result."""
        one = self.configuration
        return (
            f"guessing_{self.language.name}_{one.file_name}_{one.hidden_size}".replace(
                ":", "-"
            )
        )


def baselines(settings: Settings) -> list[Baseline]:
    """Every cell at its matched size on every task.

    Example:
        >>> found = baselines(Settings())
        >>> len(found), found[0].name
        (30, 'guessing_embedded-reber_Vanilla-logistic-as-published_18')
    """
    tasks = {
        part.language.name: part for part in parts(settings) if part.question in GUESSED
    }
    return [
        Baseline(part.language, one, part.max_length)
        for part in tasks.values()
        for one in part.configurations
    ]


def run_guessing(
    settings: Settings,
    folder: Path,
    *,
    progress: Callable[[str, int, int], object] = lambda *_: None,
) -> dict[str, Guessing]:
    """Guess what has not been guessed yet; the same whether or not it was interrupted.

    Args:
        settings: of the study.
        folder: of the study; keeps each result as a small file.
        progress: called with (what, done, in all).

    Returns:
        By `Baseline.name`. The networks are not kept.

    Raises:
        OutputError: the folder holds something else, or parts of another study.
    """
    store, asked = Store.of(folder, described_study(settings)), baselines(settings)

    def result(baseline: Baseline) -> Guessing:
        found = store.read(baseline.name)
        if found is None:
            found = as_arrays(_guessed(baseline, settings))
            store.write(baseline.name, found)
        return from_arrays(**found)

    results = run_blocks(
        result, asked, progress=lambda done, total: progress("guessing", done, total)
    )
    return {baseline.name: one for baseline, one in zip(asked, results, strict=True)}


def guessed_in(study: Study) -> list[tuple[Baseline, Guessing]]:
    """What the study has guessed, in order."""
    return [
        (one, study.guesses[one.name])
        for one in baselines(study.settings)
        if one.name in study.guesses
    ]


def from_arrays(solves: np.ndarray, tested: np.ndarray) -> Guessing:
    """A result as it is kept: whether each draw solves, and what the draws were tested on."""
    return Guessing(
        len(solves), tuple(np.flatnonzero(solves).tolist()), None, str(tested)
    )


def as_arrays(one: Guessing) -> dict[str, np.ndarray]:
    """A result as it is kept; `from_arrays` reads it."""
    return {
        "solves": np.isin(np.arange(one.num_draws), one.solved),
        "tested": np.array(one.tested),
    }


def _guessed(baseline: Baseline, settings: Settings) -> Guessing:
    one = baseline.configuration
    return guess(
        one.cell,
        baseline.language,
        hidden_size=one.hidden_size,
        num_draws=NUM_GUESSES,
        initializer=one.law,
        num_words=NUM_WORDS,
        max_length=baseline.max_length,
        output_bias=one.output_bias,
        key=jax.random.fold_in(jax.random.key(settings.seed), 1),
    )
