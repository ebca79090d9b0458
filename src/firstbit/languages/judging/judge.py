"""What a predictor got right of the words of its test."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from firstbit.errors import SettingError
from firstbit.languages.judging.words_of_test import PlanOfTest, WordsOfTest

Outputs = Float[np.ndarray, "time output"]
"""What a predictor gives after each symbol of a word, as probabilities."""

Predictor = Callable[[Sequence[str]], Sequence[Outputs]]
"""Words -> the outputs after each symbol of each word."""

HOCHREITER = 1000
"""Fresh words of Hochreiter and Schmidhuber's test."""


class Answers(NamedTuple):
    """What a predictor gave for the words of a test, as probabilities.

    Attributes:
        of_words: after each symbol of `WordsOfTest.words`, one word below the other.
        of_prefixes: after the last symbol of each of `WordsOfTest.prefixes`.
    """

    of_words: Float[np.ndarray, "symbol output"]
    of_prefixes: Float[np.ndarray, "prefix output"]


class Errors(NamedTuple):
    """Wrong words, or pairs, among all of one kind."""

    num_wrong: int
    number: int

    @property
    def share(self) -> float:
        """The share of wrong ones."""
        return self.num_wrong / self.number


@dataclass(frozen=True)
class Judgement:
    """What a predictor got right.

    Attributes:
        plan: of the test.
        fresh: fresh words with a wrong prediction.
        twins: pairs with a wrong last prediction, at each lag; None where there are
            none.
        long: long words with a wrong prediction, of each length; None where there are
            none.
        repeats_right: whether all predictions are right while one symbol repeats and
            leads through different rows; True where there is no such word.
        passes_hochreiter: whether on 1,000 fresh words the most active outputs are at
            every step exactly the legal symbols.
    """

    plan: PlanOfTest
    fresh: Errors
    twins: tuple[Errors | None, ...]
    long: tuple[Errors | None, ...]
    repeats_right: bool
    passes_hochreiter: bool

    @property
    def solved(self) -> bool:
        """Whether fresh words, twins at the lag that decides, and repeats are right.

        Fresh words decide alone where there are no such twins and no such repeats.
        """
        if not self._passes(self.fresh) or not self.repeats_right:
            return False
        by_lag = dict(zip(self.plan.lags, self.twins, strict=True))
        at_lag = by_lag.get(self.plan.lag)
        return at_lag is None or self._passes(at_lag)

    @property
    def keeps_to(self) -> int:
        """The largest lag with right twins there and at all shorter lags; 0 if none."""
        return self._up_to(self.plan.lags, self.twins)

    @property
    def right_to_length(self) -> int:
        """The largest length with right words there and at all before; 0 if none."""
        return self._up_to(self.plan.lengths, self.long)

    def _passes(self, errors: Errors) -> bool:
        return errors.share <= self.plan.criterion.error

    def _up_to(self, series: Sequence[int], found: Sequence[Errors | None]) -> int:
        reached = 0
        for number, errors in zip(series, found, strict=True):
            if errors is None:
                continue
            if not self._passes(errors):
                break
            reached = number
        return reached


def judge(predict: Predictor, plan: PlanOfTest, words: WordsOfTest) -> Judgement:
    """Judge any predictor by what it gives for the words of a test.

    Args:
        predict: words -> for each word the (time, output) probabilities of the next
            output after each of its symbols; one output a symbol of the alphabet, in
            its order, and one for the end marker if there is one.
        plan: of the test.
        words: drawn by the plan.

    Raises:
        SettingError: the outputs have another shape.

    Example:
        A constant gets every pair wrong.

        >>> from firstbit.languages import Stream, parity
        >>> plan = PlanOfTest(parity(), 256)
        >>> words = plan.draw(Stream((0,)))
        >>> constant = lambda words: [np.full((len(word), 3), 1 / 3) for word in words]
        >>> found = judge(constant, plan, words)
        >>> found.solved, found.twins[0].share
        (False, 1.0)
    """
    size = len(plan.language.outputs)
    of_words = _given(predict, words.words, size)
    of_prefixes = []
    for outputs in _given(predict, words.prefixes, size):
        of_prefixes.append(outputs[-1:])
    nothing = np.zeros((0, size))
    answers = Answers(
        np.concatenate([nothing, *of_words]), np.concatenate([nothing, *of_prefixes])
    )
    return judge_answers(plan, words, answers)


def _given(predict: Predictor, words: Sequence[str], size: int) -> list[Outputs]:
    """Return the outputs of a predictor, checked."""
    if not words:
        return []
    given = [np.asarray(outputs, dtype=float) for outputs in predict(words)]
    if len(given) != len(words):
        raise SettingError(
            f"expected the outputs of {len(words)} words, got those of {len(given)}; "
            "return one array a word."
        )
    for word, outputs in zip(words, given, strict=True):
        if outputs.shape != (len(word), size):
            raise SettingError(
                f"expected outputs of shape {(len(word), size)} for '{word}', got "
                f"{outputs.shape}; return one row a symbol read."
            )
    return given


def judge_answers(plan: PlanOfTest, words: WordsOfTest, answers: Answers) -> Judgement:
    """Judge what a predictor gave; see `judge`."""
    right = right_steps(plan, words, answers)
    return judge_steps(plan, words, answers, right)


def right_steps(
    plan: PlanOfTest, words: WordsOfTest, answers: Answers
) -> Bool[np.ndarray, " prediction"]:
    """Return which predictions that count are right, of all words but twins."""
    along = words.along(plan.language)
    return plan.rows.right(
        answers.of_words[along.place],
        plan.rows.of_state[along.state],
        resolution=plan.criterion.resolution,
    )


def judge_steps(
    plan: PlanOfTest,
    words: WordsOfTest,
    answers: Answers,
    right: Bool[np.ndarray, " prediction"],
) -> Judgement:
    """Judge what a predictor gave, where its right predictions are known."""
    along = words.along(plan.language)
    of_word = np.bincount(along.word, ~right, len(words.words)) == 0

    def errors(some: Sequence[str]) -> Errors:
        is_right = of_word[[along.number[word] for word in some]]
        return Errors(int((~is_right).sum()), len(is_right))

    long: list[Errors | None] = []
    for some in words.long:
        long.append(None if some is None else errors(some))
    repeated = words.repeated
    return Judgement(
        plan,
        fresh=errors(words.fresh),
        twins=_twin_errors(plan, words, answers),
        long=tuple(long),
        repeats_right=repeated is None or bool(of_word[along.number[repeated]]),
        passes_hochreiter=_passes_hochreiter(plan, words, answers),
    )


def _twin_errors(
    plan: PlanOfTest, words: WordsOfTest, answers: Answers
) -> tuple[Errors | None, ...]:
    if not words.prefixes:
        return tuple(None for _ in words.twins)
    right = plan.rows.right(
        answers.of_prefixes,
        plan.rows.of_state[words.along(plan.language).last_state],
        resolution=plan.criterion.resolution,
    )
    is_right = dict(zip(words.prefixes, right.tolist(), strict=True))
    found: list[Errors | None] = []
    for pairs in words.twins:
        if pairs is None:
            found.append(None)
            continue
        num_wrong = 0
        for one, other in zip(pairs.first, pairs.second, strict=True):
            num_wrong += not (is_right[one] and is_right[other])
        found.append(Errors(num_wrong, len(pairs.first)))
    return tuple(found)


def _passes_hochreiter(plan: PlanOfTest, words: WordsOfTest, answers: Answers) -> bool:
    # The first words of the test, in this order: their outputs come first, too.
    number = len(set(words.fresh[:HOCHREITER]))
    along = words.along(plan.language)
    here = along.word < number
    given = answers.of_words[along.place[here]]
    legal = plan.language.next_output[along.state[here]] > 0
    return bool(legal_above_illegal(given, legal).all())


def legal_above_illegal(
    output: Float[np.ndarray, "*prediction output"],
    legal: Bool[np.ndarray, "*prediction output"],
) -> Bool[np.ndarray, "*prediction"]:
    """Return whether the least active legal output is above every illegal one.

    Example:
        >>> output = np.array([[0.4, 0.2, 0.1], [0.4, 0.2, 0.2]])
        >>> legal_above_illegal(output, np.array([[True, True, False]] * 2)).tolist()
        [True, False]
    """
    of_legal = np.where(legal, output, np.inf)
    of_illegal = np.where(legal, -np.inf, output)
    least_legal = of_legal.min(axis=-1)
    greatest_illegal = of_illegal.max(axis=-1)
    return least_legal > greatest_illegal
