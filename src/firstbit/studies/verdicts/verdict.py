"""The verdict on cells: train each many times, look for witnesses, apply the rules."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import jax
import numpy as np
import xarray as xr
from jaxtyping import PRNGKeyArray

from firstbit.cells.given import Given
from firstbit.cells.given_model import GivenModel
from firstbit.cells.learnable import Learnable, LearnableLike, learnable, learnables
from firstbit.errors import (
    LanguageError,
    SettingError,
    require_at_least,
    require_kind,
)
from firstbit.execution import Engine, Execution
from firstbit.kept import keeping
from firstbit.languages import Language, lags
from firstbit.languages.catalogue.entries import require_language
from firstbit.languages.judging.criterion import Criterion
from firstbit.languages.judging.standard_test import NUM_UNITS
from firstbit.languages.judging.words_of_test import PlanOfTest
from firstbit.progress import NamedProgress, silent
from firstbit.studies.law import law_text
from firstbit.studies.verdicts.applicability import arguments_on
from firstbit.studies.verdicts.decisions import (
    ABOVE,
    Decision,
    differences,
    require_seeds,
)
from firstbit.studies.verdicts.evidence import evidence_of
from firstbit.studies.verdicts.guessing import Fitting, Guessing, guess
from firstbit.studies.verdicts.judgement import Standard, Verdict, judge
from firstbit.studies.verdicts.result import Verdicts
from firstbit.studies.verdicts.seeds import Seeds
from firstbit.studies.verdicts.transitions import require_transition
from firstbit.studies.verdicts.witness_test import WitnessTest, plan_of
from firstbit.studies.verdicts.witnesses import (
    NOT_SEARCHED,
    Search,
    Trained,
    guessed_witness,
    trained_witness,
    witness_by_hand,
)
from firstbit.training import Checks, Rule
from firstbit.training.rules import require_rule
from firstbit.weights.threefry import key_numbers, require_key


def verdict(
    language: Language | str,
    cells: Sequence[LearnableLike],
    *,
    rule: Rule | str,
    num_seeds: int,
    key: PRNGKeyArray,
    words: Sequence[str] | None = None,
    checks: Checks | None = None,
    criterion: Criterion | None = None,
    standard: Standard | None = None,
    resume: Path | None = None,
    progress: NamedProgress = silent,
    executor: Engine | None = None,
) -> Verdicts:
    """Say of each cell: it solves the task, or the failure is training, or intrinsic.

    Every configuration (a cell of one size with a law) is trained `num_seeds` times and
    tested as `firstbit.train` says: the same key gives the same nets. As a baseline,
    each is guessed too: random draws with a fitted read-out. Where a configuration is
    not shown to solve, a witness is looked for, a net of the same architecture and size
    that does: among the trained runs, then built by hand, then among the guesses. It is
    tested on words of its own, more than a run's. The verdict is the first that applies
    of `solves`, `open`, `trainability` (*fails here, but such a net exists*),
    `intrinsic` and `undecided`; see `conditions`. All verdicts of a call share one
    error probability.

    Do not read `undecided` as a proof of anything: no witness was found among the nets
    that were tried, and no argument applies.

    Args:
        language: the task, or its name in the catalogue; it must demand something.
        cells: one or more different configurations, each with one hidden size, such as
            `"vanilla:18,activation=tanh"`. A cell of the catalogue that is named in a
            text has biases, unless the text says `use_bias=no` or the cell has none. Or
            `SequenceModels`: without a baseline, and no witness but by training.
        rule: `Published(...)` or `Modern(...)`.
        num_seeds: runs of each configuration, at least 8, and as many as the solve rate
            asks for.
        key: of training and guessing; the same for all, so that they read the same
            words.
        words: a list that all seeds read, in every epoch; by default each seed draws a
            list of its own, or fresh words for each epoch where the rule allows it.
        checks: when a seed is checked for whether it solves, and whether it then ends;
            by default as `firstbit.train` has it.
        criterion: when a prediction is right, and a run.
        standard: what the success rate must exceed, and the number of guesses.
        resume: folder that keeps the trainings; an interrupted call that is made again
            goes on from it, to the same bits.
        progress: called with (what, done, all).
        executor: trains the seeds, as of `Execution`; guesses and witnesses are made
            here.

    Returns:
        The verdicts with their evidence, and the trainings. `to_dataframe()` has one
        row for each configuration, `save(folder)` writes a page.

    Raises:
        SettingError: no configuration, two of one name, too few seeds, or a number out
            of range.
        LanguageError: the language demands nothing, or no list of this length holds a
            lag to test.
        CellError: a cell can't be built, has not one hidden size, or its step isn't of
            the class that it declares.

    Example:
        >>> import jax
        >>> from firstbit.languages import Language, lags
        >>> from firstbit.training import Modern
        >>> task, rule = Language.from_regex("a(b|c)d"), Modern(max_epochs=20)
        >>> key = jax.random.key(0)
        >>> found = verdict(task, ["gru:4"], rule=rule, num_seeds=8, key=key)
        >>> found.to_dataframe()[["verdict", "success_rate"]].values.tolist()
        [['solves', 1.0]]
    """
    language = require_language(language)
    rule = require_rule(rule)
    key = require_key(key)
    standard = Standard() if standard is None else standard
    require_kind("standard", standard, Standard, "try Standard(solve_rate=0.5)")
    criterion = criterion or Criterion()
    configurations = learnables(cells)
    if not configurations:
        raise SettingError("expected one or more different configurations, got none.")
    for one in configurations:
        if isinstance(one, Given):
            require_at_least("hidden_size", one.hidden_size, 1)
    num_seeds = require_at_least("num_seeds", num_seeds, 1)
    require_seeds(
        num_seeds, standard.solve_rate, standard.confidence, len(configurations)
    )
    fixed = None if words is None else tuple(words)
    seeds = Seeds(
        language,
        rule,
        num_seeds,
        key,
        fixed,
        checks or Checks(),
        criterion,
    )
    for one in configurations:
        require_demand(seeds.task(one).plan, fixed)
        if isinstance(one, Given):
            require_transition(one, len(language.alphabet))
    trial = Trial(seeds, standard, progress, Execution(executor=executor))
    return trial.verdicts(configurations, resume)


def require_demand(plan: PlanOfTest, words: Sequence[str] | None = None) -> None:
    """Raise `LanguageError` unless something can be got wrong in a test.

    Args:
        plan: of the test.
        words: a list that all seeds read, if there is one.
    """
    name = plan.language.name
    if plan.memory_order < 1:
        raise LanguageError(
            f"expected a language that demands something, got '{name}': one prediction "
            "is right after every symbol."
        )
    longest = plan.longest_lag
    if words is not None:
        of_words = lags(plan.language, words)
        longest = min(longest, int(of_words.max()))
    if plan.memory_order > 1 and longest < 1:
        raise LanguageError(
            f"expected words of '{name}' that hold a lag beyond the symbol just read, "
            f"got {plan.num_words} that hold none; give more or longer ones."
        )


@dataclass(frozen=True)
class Trial:
    """One language under one rule, for any number of configurations.

    Attributes:
        seeds: how each configuration is trained.
        standard: what the configurations are held against.
        progress: called with (what, done, all).
        execution: what trains the seeds.
    """

    seeds: Seeds
    standard: Standard
    progress: NamedProgress
    execution: Execution = field(default_factory=Execution)

    def verdicts(
        self, configurations: Sequence[Learnable], resume: Path | None
    ) -> Verdicts:
        """Train all configurations, and judge them together."""
        runs: dict[str, xr.Dataset] = {}
        found = []
        with keeping():
            for one in configurations:
                runs[one.title], of_one = self.train(one, resume)
                found.append(of_one)
        evidence = [one.evidence for one in found]
        verdicts = []
        for place, decision in enumerate(self.standard.decide(evidence)):
            one = configurations[place]
            others = [other for other in found if other is not found[place]]
            verdicts.append(self.judge(one, found[place], others, decision))
        return Verdicts(
            language=self.seeds.language,
            cells=tuple(configurations),
            rule=self.seeds.rule,
            key=tuple(key_numbers(self.seeds.key)),
            standard=self.standard,
            verdicts=tuple(verdicts),
            differences=tuple(differences(evidence, self.standard.confidence)),
            runs=runs,
        )

    def train(
        self, given: Learnable, resume: Path | None
    ) -> tuple[xr.Dataset, Trained]:
        """Train one configuration; return its runs, and what they show."""
        runs, networks = self.seeds.run(
            given,
            confidence=self.standard.confidence,
            execution=replace(
                self.execution,
                progress=partial(self.progress, f"training {given.title}"),
                resume=None if resume is None else resume / given.file_name,
            ),
        )
        evidence = evidence_of(
            runs,
            cell=given.title,
            architecture=given.architecture,
            rule=self.seeds.rule.name,
            confidence=self.standard.confidence,
        )
        solved = tuple(np.flatnonzero(runs["solved"].values).tolist())
        return runs, Trained(evidence, solved, networks)

    def judge(
        self,
        given: Learnable,
        own: Trained,
        others: Sequence[Trained],
        decision: Decision,
    ) -> Verdict:
        """Guess, look for a witness where it is needed, and apply the rules."""
        guessing = self._guessed(given, own.evidence.tested.num_words)
        search = NOT_SEARCHED
        if decision.side != ABOVE:
            test = self._test(given, own.evidence.tested.num_words)
            search = find_witness(given, own, others, guessing, test)
        return judge(
            own.evidence,
            decision=decision,
            search=search,
            arguments=arguments_on(
                given,
                self.seeds.language,
                is_softmax=self.seeds.rule.is_softmax,
                resolution=self.seeds.criterion.resolution,
            ),
            guessing=guessing,
            standard=self.standard,
        )

    def _test(self, given: Learnable, num_words: int) -> WitnessTest:
        plan = plan_of(
            self.seeds.language,
            num_words,
            self.seeds.criterion,
            num_units=given.hidden_size or NUM_UNITS,
        )
        return WitnessTest(plan, is_softmax=self.seeds.rule.is_softmax)

    def _guessed(self, given: Learnable, num_words: int) -> Guessing | None:
        """Return the baseline of a configuration, if one is asked for."""
        if isinstance(given, GivenModel) or not self.standard.num_guesses:
            return None
        found = guess(
            given,
            self.seeds.language,
            num_draws=self.standard.num_guesses,
            key=jax.random.fold_in(self.seeds.key, 1),
            fitting=Fitting(
                criterion=self.seeds.criterion,
                words_of_budget=num_words,
                is_softmax=self.seeds.rule.is_softmax,
            ),
            progress=partial(self.progress, f"guessing {given.title}"),
        )
        return replace(found, confidence=self.standard.confidence)


def find_witness(
    cell: LearnableLike,
    own: Trained,
    others: Sequence[Trained],
    guessing: Guessing | None,
    test: WitnessTest,
) -> Search:
    """Look for a net of the same architecture and size that solves the task.

    It is trained, else built by hand, else guessed; each is tested on words of its own.
    A model of sequences can only be trained.
    """
    given = learnable(cell, is_trained=False)
    by_training = trained_witness(own, others, test)
    if by_training.witness is not None or isinstance(given, GivenModel):
        return by_training
    by_hand = witness_by_hand(given, test.plan.language, test)
    num_nets = by_training.num_nets + by_hand.num_nets
    if by_hand.witness is not None or guessing is None:
        return Search(by_hand.witness, num_nets)
    law = law_text(given)
    guessed = guessed_witness(guessing, given.architecture, law, test)
    return Search(guessed, num_nets + guessing.num_draws)
