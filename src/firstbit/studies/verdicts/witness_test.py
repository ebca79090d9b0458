"""The test of a witness: words of its own, and more of them than a run is tested on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from firstbit.cells.network import Net
from firstbit.languages import Language, Stream
from firstbit.languages.automaton.kept_results import kept_for_language
from firstbit.languages.judging.criterion import Criterion
from firstbit.languages.judging.judge import Errors, judge_answers
from firstbit.languages.judging.words_of_test import PlanOfTest, Sizes, WordsOfTest
from firstbit.studies.verdicts.texts import REASONS
from firstbit.training.reading import answers

OF_WITNESS = Sizes(fresh=10_000, pairs=3_000, long=300)
"""Words that a witness is tested on."""

OF_GUESS = Sizes(fresh=1000, pairs=300, long=0)
"""Words that a random draw is tested on."""

FIRST = Sizes(fresh=100, pairs=30, long=0)
"""Words that come first: most nets fail on these already."""

TEST_STREAM = 7_401
"""Part of the stream of a witness's words: no run reads or meets these."""

Accepts = Callable[[Net], bool]
"""Whether a network solves a task."""


class Tried(NamedTuple):
    """What a net got wrong.

    Attributes:
        fresh: fresh words.
        twins: pairs at the lag that decides; None where there are none.
        long: words as long as the longest of training; None where there are none.
        repeats_right: whether it is right while one symbol repeats, in languages where
            that goes through different rows.
    """

    fresh: Errors
    twins: Errors | None
    long: Errors | None
    repeats_right: bool


@dataclass(frozen=True)
class WitnessTest:
    """Words on which the nets of one language are tested.

    Attributes:
        plan: the language, the criterion, and the lag that decides.
        sizes: how many words there are of each kind.
        is_softmax: whether a softmax follows the nets' read-outs.
        seed: of the words.
    """

    plan: PlanOfTest
    sizes: Sizes = OF_WITNESS
    is_softmax: bool = False
    seed: int = 0

    def passes(self, network: Net) -> bool:
        """Return whether a network solves the task, on few words and then on all."""
        first = drawn(self.plan, FIRST, self.seed + 1)
        return self._is_right(self._tried(network, first)) and self._is_right(
            self.tried(network)
        )

    def tried(self, network: Net) -> Tried:
        """Return what a network gets wrong on the words of the whole test."""
        words = drawn(self.plan, self.sizes, self.seed)
        return self._tried(network, words)

    def description(self, network: Net) -> str:
        """Say on which words a network was tested, and how many it got wrong."""
        found = self.tried(network)
        twins = found.twins
        long = found.long
        return REASONS(
            "tested",
            num_fresh=found.fresh.number,
            fresh_wrong=found.fresh.num_wrong,
            num_pairs=None if twins is None else twins.number,
            pairs_wrong=None if twins is None else twins.num_wrong,
            lag=self.plan.lag,
            num_long=None if long is None else long.number,
            long_wrong=None if long is None else long.num_wrong,
            length=self.plan.longest_word,
        )

    def _tried(self, network: Net, words: WordsOfTest) -> Tried:
        language = self.plan.language
        given = answers(network, language, words, is_softmax=self.is_softmax)
        with np.errstate(all="ignore"):  # a net may give no numbers
            judged = judge_answers(self.plan, words, given)
        twins = dict(zip(self.plan.lags, judged.twins, strict=True))
        return Tried(
            judged.fresh,
            twins.get(self.plan.lag),
            judged.long[0] if judged.long else None,
            judged.repeats_right,
        )

    def _is_right(self, tried: Tried) -> bool:
        error = self.plan.criterion.error
        found = [one for one in (tried.fresh, tried.twins, tried.long) if one]
        return tried.repeats_right and all(one.share <= error for one in found)


@kept_for_language(16)  # all configurations of a call meet the same
def plan_of(
    language: Language,
    num_words: int,
    criterion: Criterion | None = None,
    max_length: int | None = None,
    num_units: int = 0,
) -> PlanOfTest:
    """Return the plan of a test; the same one for the same settings.

    Args:
        language: the task.
        num_words: N, words read under the budget; they decide the lag.
        criterion: when a prediction is right, and a net.
        max_length: of a fresh word.
        num_units: k of the nets, for words in which one symbol repeats.
    """
    return PlanOfTest(
        language, num_words, criterion or Criterion(), max_length, num_units
    )


def drawn(plan: PlanOfTest, sizes: Sizes, seed: int) -> WordsOfTest:
    """Draw the words of a test, once."""
    return _drawn(plan.language, plan, sizes, seed)


@kept_for_language(8)
def _drawn(_: Language, plan: PlanOfTest, sizes: Sizes, seed: int) -> WordsOfTest:
    stream = Stream((TEST_STREAM, seed))
    few = plan.draw_few(stream, sizes)
    if not sizes.long:
        return few
    whole = plan.draw(stream, Sizes(1, 0, sizes.long))
    return replace(few, long=(whole.long[0], *few.long[1:]))
