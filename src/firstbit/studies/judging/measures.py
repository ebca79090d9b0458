"""What a model was judged to be, as variables with intervals."""

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from jaxtyping import Bool, Float, Int

from firstbit.datasets import Variable
from firstbit.intervals import clopper_pearson
from firstbit.languages import PlanOfTest, full_floor
from firstbit.training import criteria
from firstbit.training.judged import BITS, SQUARED_ERROR
from firstbit.training.outcomes import Shown
from firstbit.training.reading import Replies

Values = Float[np.ndarray, " prediction"]


def of_one(variables: Sequence[Variable]) -> list[Variable]:
    """Return the variables of one run, without the dimension `seed`."""
    found = []
    for one in variables:
        if not one.dims or one.dims[0] != "seed":
            found.append(one)
            continue
        ci = one.ci
        if ci is not None:
            low, high = ci
            ci = np.asarray(low)[0], np.asarray(high)[0]
        values = np.asarray(one.values)[0]
        dims = list(one.dims[1:])
        found.append(one._replace(dims=dims, values=values, ci=ci))
    return found


def distances(shown: Shown, unit: str, confidence: float) -> list[Variable]:
    """Return losses and distances, means over fresh words with normal intervals.

    Args:
        shown: what the model's answers show.
        unit: of the loss that it was trained on.
        confidence: probability of the intervals.
    """
    fresh = shown.fresh
    mean = _Mean(fresh, confidence)
    squared = criteria.squared_distances(fresh)
    with np.errstate(all="ignore"):
        bits = criteria.bits_above_floor(fresh)
        losses = criteria.losses_above_floor(fresh)
        divergences = criteria.divergences(fresh)
    floor = full_floor(fresh.asked.language)
    text = "loss of what came, above that under the true probabilities"
    return [
        mean.a_word(
            "squared_distance",
            squared,
            "squared distance from the exact next-output distribution",
            SQUARED_ERROR,
        ),
        mean.a_word(
            "expected_squared_error",
            squared,
            "expected squared error: the full floor and the squared distance",
            SQUARED_ERROR,
            beside=floor,
        ),
        mean.a_word(
            "divergence",
            divergences,
            "divergence from the exact next-output distribution",
            BITS,
        ),
        mean.a_word(
            "loss_above_floor",
            losses,
            "loss on fresh words above that of the true probabilities",
            unit,
        ),
        mean.a_symbol("bits_above_floor", bits, text, "bits a symbol"),
        mean.a_symbol("nats_above_floor", math.log(2) * bits, text, "nats a symbol"),
    ]


class _Mean:
    """Means over fresh words, which are independent, with normal intervals."""

    def __init__(self, replies: Replies, confidence: float) -> None:
        self._word = replies.asked.word
        self._number = len(replies.asked.words)
        self._z = NormalDist().inv_cdf((1 + confidence) / 2)

    def a_word(
        self, name: str, values: Values, text: str, unit: str, beside: float = 0.0
    ) -> Variable:
        """Return the mean over words of the sum over a word's predictions."""
        with np.errstate(all="ignore"):
            of_words = np.bincount(self._word, values, self._number)
            mean = of_words.mean()
            error = of_words.std(ddof=1) / math.sqrt(self._number)
        return self._variable(name, mean + beside, error, text, unit)

    def a_symbol(self, name: str, values: Values, text: str, unit: str) -> Variable:
        """Return the mean over predictions; its error is that of a ratio of sums."""
        with np.errstate(all="ignore"):
            of_words = np.bincount(self._word, values, self._number)
            counts = np.bincount(self._word, minlength=self._number)
            mean = of_words.sum() / counts.sum()
            apart = of_words - mean * counts
            error = math.sqrt((apart**2).sum()) / counts.sum()
        return self._variable(name, mean, error, text, unit)

    def _variable(
        self, name: str, mean: float, error: float, text: str, unit: str
    ) -> Variable:
        reach = self._z * error
        ends = mean - reach, mean + reach
        return Variable(
            name,
            [],
            mean,
            text,
            unit,
            se=error,
            ci=ends,
        )


class Accuracy:
    """Shares of fresh words whose predictions of one kind are all right.

    Words are independent, so that the intervals are exact; predictions of one word
    aren't.

    Args:
        plan: of the test.
        fresh: the replies to the fresh words.
        confidence: probability of the intervals.
    """

    def __init__(self, plan: PlanOfTest, fresh: Replies, confidence: float) -> None:
        self._asked = fresh.asked
        self._right: Bool[np.ndarray, " prediction"] = criteria.is_right(
            fresh, resolution=plan.criterion.resolution
        )
        self._confidence = confidence

    def by_lag(self, lags: Sequence[int]) -> list[Variable]:
        """Return the share of words right wherever the lag is as asked, for each lag.

        Words without such a prediction don't count.
        """
        return self._by("lag", self._asked.lag, lags, "predictions of this lag")

    @property
    def lengths(self) -> list[int]:
        """The lengths of the fresh words."""
        return sorted({len(word) for word in self._asked.words})

    def by_length(self) -> list[Variable]:
        """Return the share of words that are right, for each length."""
        lengths = np.array([len(word) for word in self._asked.words])
        of_predictions = lengths[self._asked.word]
        text = "predictions, of words of this length"
        return self._by("length", of_predictions, self.lengths, text)

    def _by(
        self,
        dim: str,
        kind: Int[np.ndarray, " prediction"],
        kinds: Sequence[int],
        what: str,
    ) -> list[Variable]:
        number = len(self._asked.words)
        counts = np.zeros(len(kinds), dtype=np.int64)
        share, low, high = (np.full(len(kinds), np.nan) for _ in range(3))
        for place, one in enumerate(kinds):
            here = kind == one
            asked = np.bincount(self._asked.word[here], minlength=number) > 0
            wrong = self._asked.word[here & ~self._right]
            counts[place] = asked.sum()
            if not counts[place]:
                continue
            num_right = int(asked.sum() - len(np.unique(wrong)))
            share[place] = num_right / counts[place]
            low[place], high[place] = clopper_pearson(
                num_right, int(counts[place]), self._confidence
            )
        text = f"share of fresh words that are right in all {what}"
        return [
            Variable(f"{dim}_accuracy", [dim], share, text, ci=(low, high)),
            Variable(
                f"num_{dim}_words", [dim], counts, f"fresh words with {what}", "words"
            ),
        ]
