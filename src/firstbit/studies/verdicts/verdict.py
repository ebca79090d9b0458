"""Configurations on trial: train each many times, look for witnesses and arguments, and say what follows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import jax
import xarray as xr
from jaxtyping import PRNGKeyArray

from firstbit.cells.given import CellLike
from firstbit.errors import SettingError, require_at_least
from firstbit.languages import Language
from firstbit.studies.verdicts.applicability import arguments_on
from firstbit.studies.verdicts.configuration import Configuration
from firstbit.studies.verdicts.evidence import Evidence, evidence_of
from firstbit.studies.verdicts.guessing import Guessing, guess
from firstbit.studies.verdicts.judgement import Verdict, judge
from firstbit.studies.verdicts.witnesses import (
    Witness,
    guessed_witness,
    trained_witness,
    witness_by_hand,
)
from firstbit.training.rules import Rule
from firstbit.weights.redraw import Initializer, described

Progress = Callable[[str, int, int], object]
"""Called with (what, done, in all)."""


class Train(Protocol):
    """`firstbit.train`, or what stands for it."""

    def __call__(
        self,
        cell: CellLike,
        language: Language,
        *,
        rule: Rule,
        num_seeds: int,
        key: PRNGKeyArray,
        hidden_size: int,
        words: Sequence[str] | None = None,
        num_words: int = 256,
        max_length: int | None = None,
        initializer: Initializer | None = None,
        output_bias: bool = True,
        check_every: int = 10,
        stop_when_solved: bool = False,
        progress: Callable[[int, int], object] | None = None,
        resume: Path | None = None,
    ) -> xr.Dataset:
        """Train one configuration many times."""
        ...


@dataclass(frozen=True)
class Trial:
    """What came of a trial: verdicts in the order asked for, and the runs behind them by configuration."""

    verdicts: tuple[Verdict, ...]
    runs: dict[str, xr.Dataset]


def run_trial(
    configurations: Sequence[Configuration],
    language: Language,
    *,
    train: Train,
    rule: Rule,
    rule_name: str,
    num_seeds: int,
    key: PRNGKeyArray,
    num_guesses: int = 200,
    solve_rate: float = 0.5,
    keep: Path | None = None,
    progress: Progress = lambda *_: None,
) -> Trial:
    """Put configurations on trial for one language under one rule of training.

    A seed stops when it solves. Each configuration is guessed too, as a baseline. Where
    it doesn't solve, a witness is looked for: among the trained runs of the same
    architecture and size, then by hand, then among the guesses.

    Args:
        configurations: at least one, with different names.
        language: the task.
        train: `firstbit.train`.
        rule: the rule of training.
        rule_name: what to call it.
        num_seeds: runs of each configuration.
        key: of training and guessing; the same for all, so that they see the same
            words.
        num_guesses: random draws of each configuration; 0 for none.
        solve_rate: what the lower end of the interval of the rate must exceed.
        keep: folder that keeps trainings, and from which an interrupted trial goes on.
        progress: called with (what, done, in all).

    Raises:
        SettingError: no configuration, a name twice, or a number out of range.
    """
    names = [one.name for one in configurations]
    if not names or len(set(names)) < len(names):
        raise SettingError(
            "expected one or more different configurations, got "
            f"{', '.join(names) or 'none'}."
        )
    require_at_least("num_seeds", num_seeds, 1)
    require_at_least("num_guesses", num_guesses, 0)
    runs: dict[str, xr.Dataset] = {}
    for one in configurations:
        runs[one.name] = train(
            one.cell,
            language,
            rule=rule,
            num_seeds=num_seeds,
            key=key,
            hidden_size=one.hidden_size,
            initializer=one.initializer,
            output_bias=one.output_bias,
            stop_when_solved=True,
            resume=None if keep is None else keep / one.file_name,
            progress=lambda done, total, name=one.name: progress(
                f"training {name}", done, total
            ),
        )
    evidence = {
        one.name: evidence_of(
            runs[one.name],
            cell=one.name,
            architecture=one.architecture,
            rule=rule_name,
        )
        for one in configurations
    }
    verdicts = []
    for one in configurations:
        own = evidence[one.name]
        others = [other for name, other in evidence.items() if name != one.name]
        guessing = (
            _guessed(one, language, num_guesses, key, progress) if num_guesses else None
        )
        witness = (
            find_witness(one, language, own, others, guessing)
            if own.interval[0] <= solve_rate
            else None
        )
        arguments = arguments_on(
            one.cell,
            language,
            hidden_size=one.hidden_size,
            is_softmax=rule.is_softmax,
            output_bias=one.output_bias,
        )
        verdict = judge(
            own, witness=witness, arguments=arguments, solve_rate=solve_rate
        )
        verdicts.append(replace(verdict, guessing=guessing))
    return Trial(tuple(verdicts), runs)


def find_witness(
    one: Configuration,
    language: Language,
    own: Evidence,
    others: Sequence[Evidence],
    guessing: Guessing | None,
) -> Witness | None:
    """A net of the same architecture and size that solves the task: trained, built by hand, or guessed."""
    found = trained_witness(own, others) or witness_by_hand(
        one.cell,
        language,
        hidden_size=one.hidden_size,
        architecture=one.architecture,
        output_bias=one.output_bias,
    )
    if found is not None or guessing is None:
        return found
    return guessed_witness(guessing, one.architecture, str(described(one.law)))


def _guessed(
    one: Configuration,
    language: Language,
    num_draws: int,
    key: PRNGKeyArray,
    progress: Progress,
) -> Guessing:
    return guess(
        one.cell,
        language,
        hidden_size=one.hidden_size,
        num_draws=num_draws,
        initializer=one.law,
        output_bias=one.output_bias,
        key=jax.random.fold_in(key, 1),
        progress=lambda done, total: progress(f"guessing {one.name}", done, total),
    )
