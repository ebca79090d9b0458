"""The verdict on cells: train each many times, look for witnesses, apply the rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import jax
import xarray as xr
from jaxtyping import PRNGKeyArray

from firstbit import training
from firstbit.cells.given import CellLike, Given, givens
from firstbit.errors import SettingError, require_at_least, require_kind
from firstbit.execution import Execution
from firstbit.languages import Language
from firstbit.languages.catalogue.entries import require_language
from firstbit.progress import NamedProgress, silent
from firstbit.studies.law import law_text
from firstbit.studies.verdicts.applicability import arguments_on
from firstbit.studies.verdicts.evidence import Evidence, evidence_of
from firstbit.studies.verdicts.guessing import Guessing, guess
from firstbit.studies.verdicts.judgement import Standard, Verdict, judge
from firstbit.studies.verdicts.result import Verdicts
from firstbit.studies.verdicts.witnesses import (
    Witness,
    guessed_witness,
    trained_witness,
    witness_by_hand,
)
from firstbit.training import Checks, Rule
from firstbit.training.rules import require_rule
from firstbit.weights.threefry import key_numbers, require_key


def verdict(
    language: Language | str,
    cells: Sequence[CellLike],
    *,
    rule: Rule | str,
    num_seeds: int,
    key: PRNGKeyArray,
    standard: Standard | None = None,
    resume: Path | None = None,
    progress: NamedProgress = silent,
) -> Verdicts:
    """Say of each cell: it solves the task, or the failure is training, or intrinsic.

    Every configuration (a cell of one size with a law) is trained `num_seeds` times; a
    seed stops when it solves. As a baseline, each is guessed too: random draws with a
    fitted read-out. Where a configuration doesn't solve, a witness is looked for, a net
    of the same architecture and size that does: among the trained runs, then built by
    hand, then among the guesses. The verdict is the first that applies of `solves`,
    `trainability`, `intrinsic` and `undecided`; see `conditions`.

    Do not read `undecided` as a proof of anything: no witness was found, and no
    argument applies.

    Args:
        language: the task, or its name in the catalogue.
        cells: one or more different configurations, each with one hidden size, such as
            `"vanilla:18,activation=tanh"`. A cell of the catalogue that is named in a
            text has biases, unless the text says `use_bias=no`.
        rule: `Published(...)` or `Modern(...)`.
        num_seeds: runs of each configuration, at least 1.
        key: of training and guessing; the same for all, so that they read the same
            words.
        standard: what the success rate must exceed, and the number of guesses.
        resume: folder that keeps the trainings; an interrupted call that is made again
            goes on from it, to the same bits.
        progress: called with (what, done, all).

    Returns:
        The verdicts with their evidence, and the trainings. `to_dataframe()` has one
        row for each configuration, `save(folder)` writes a page.

    Raises:
        SettingError: no configuration, two of one name, or a number out of range.
        CellError: a cell can't be built, or has not one hidden size.

    Example:
        >>> import jax
        >>> from firstbit.languages import Language
        >>> from firstbit.training import Modern
        >>> task, rule = Language.from_regex("a(b|c)d"), Modern(max_epochs=20)
        >>> key = jax.random.key(0)
        >>> found = verdict(task, ["gru:4"], rule=rule, num_seeds=4, key=key)
        >>> found.to_dataframe()[["verdict", "success_rate"]].values.tolist()
        [['solves', 1.0]]
    """
    configurations = givens(cells, is_trained=True)
    if not configurations:
        raise SettingError("expected one or more different configurations, got none.")
    for one in configurations:
        require_at_least("hidden_size", one.hidden_size, 1)
    num_seeds = require_at_least("num_seeds", num_seeds, 1)
    key = require_key(key)
    language, rule = require_language(language), require_rule(rule)
    standard = Standard() if standard is None else standard
    require_kind("standard", standard, Standard, "try Standard(solve_rate=0.5)")
    trial = Trial(language, rule, key, standard, progress)
    runs: dict[str, xr.Dataset] = {}
    evidence = []
    for one in configurations:
        runs[one.title] = trial.train(one, num_seeds, resume)
        evidence.append(trial.evidence_of(one, runs[one.title]))
    verdicts = []
    for one, own in zip(configurations, evidence, strict=True):
        others = [other for other in evidence if other is not own]
        verdicts.append(trial.judge(one, own, others))
    return Verdicts(
        language=language,
        cells=tuple(configurations),
        rule=rule,
        key=tuple(key_numbers(key)),
        standard=trial.standard,
        verdicts=tuple(verdicts),
        runs=runs,
    )


@dataclass(frozen=True)
class Trial:
    """One language under one rule, for any number of configurations.

    Attributes:
        language: the task.
        rule: of training.
        key: of training and guessing.
        standard: what the configurations are held against.
        progress: called with (what, done, all).
    """

    language: Language
    rule: Rule
    key: PRNGKeyArray
    standard: Standard
    progress: NamedProgress

    def train(self, given: Given, num_seeds: int, resume: Path | None) -> xr.Dataset:
        """Train one configuration; a seed stops when it solves."""
        return training.train(
            given,
            self.language,
            rule=self.rule,
            num_seeds=num_seeds,
            key=self.key,
            checks=Checks(stop=True),
            confidence=self.standard.confidence,
            execution=Execution(
                progress=partial(self.progress, f"training {given.title}"),
                resume=None if resume is None else resume / given.file_name,
            ),
        )

    def evidence_of(self, given: Given, runs: xr.Dataset) -> Evidence:
        """Return the evidence of a configuration's runs."""
        return evidence_of(
            runs,
            cell=given.title,
            architecture=given.architecture,
            rule=self.rule.name,
            confidence=self.standard.confidence,
        )

    def judge(self, given: Given, own: Evidence, others: Sequence[Evidence]) -> Verdict:
        """Guess, look for a witness where it is needed, and apply the rules."""
        guessing = self._guessed(given)
        witness = None
        if not self.standard.is_met(own):
            witness = find_witness(given, self.language, own, others, guessing)
        is_softmax = self.rule.is_softmax
        return judge(
            own,
            witness=witness,
            arguments=arguments_on(given, self.language, is_softmax=is_softmax),
            guessing=guessing,
            standard=self.standard,
        )

    def _guessed(self, given: Given) -> Guessing | None:
        """Return the baseline of a configuration, if one is asked for."""
        if not self.standard.num_guesses:
            return None
        return guess(
            given,
            self.language,
            num_draws=self.standard.num_guesses,
            key=jax.random.fold_in(self.key, 1),
            progress=partial(self.progress, f"guessing {given.title}"),
        )


def find_witness(
    cell: CellLike,
    language: Language,
    own: Evidence,
    others: Sequence[Evidence],
    guessing: Guessing | None,
) -> Witness | None:
    """Return a net of the same architecture and size that solves the task, or None.

    It is trained, else built by hand, else guessed.
    """
    given = Given.of(cell)
    found = trained_witness(own, others) or witness_by_hand(given, language)
    if found is not None or guessing is None:
        return found
    law = law_text(given)
    return guessed_witness(guessing, given.architecture, law)
