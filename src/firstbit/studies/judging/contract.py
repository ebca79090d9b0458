"""What a model takes and gives: the user says it, nothing is guessed."""

from dataclasses import dataclass
from typing import Literal, cast, get_args

import numpy as np
from jaxtyping import Float

from firstbit.errors import SettingError, shown, shown_value
from firstbit.languages import Language

Scores = Literal["logits", "probabilities", "linear"]
"""What a score is: its softmax is a probability, it is one, or it was trained to be one
by squared error."""

Inputs = Literal["one-hot", "indices", "words"]
"""What a model takes: vectors, numbers of symbols, or text."""

NOT_ONE = 1e-3
"""How far the sum of probabilities may be from 1."""

Raw = Float[np.ndarray, "row output"]
"""Scores as a model gives them, one row a prediction."""


@dataclass(frozen=True)
class Contract:
    """What a model takes and gives.

    Attributes:
        scores: what its outputs are.
        inputs: what it is called with.
        batched: whether it takes several words at once, padded behind their ends.

    Raises:
        SettingError: it is none of these.
    """

    scores: Scores
    inputs: Inputs = "one-hot"
    batched: bool = False

    def __post_init__(self) -> None:
        _require_among("scores", self.scores, get_args(Scores))
        _require_among("inputs", self.inputs, get_args(Inputs))
        if not isinstance(self.batched, bool):
            raise SettingError(
                f"expected `batched` as True or False, got {shown_value(self.batched)}."
            )

    @classmethod
    def of(cls, scores: object, inputs: object, batched: object) -> "Contract":
        """Return the contract of three settings, checked."""
        return cls(cast(Scores, scores), cast(Inputs, inputs), cast(bool, batched))

    @property
    def is_softmax(self) -> bool:
        """Whether the scores are a distribution, by a softmax or as they are."""
        return self.scores != "linear"

    def said(self, language: Language) -> str:
        """Say how a model is called, for an error."""
        size = len(language.alphabet)
        many = "word, " if self.batched else ""
        taken = {
            "one-hot": f"an array [{many}time, {size}] of one-hot symbols",
            "indices": f"an array [{many}time] of the numbers of symbols",
            "words": "a list of words" if self.batched else "a word as text",
        }
        given = f"[{many}time, {len(language.outputs)}]"
        return f"a call with {taken[self.inputs]} that returns {given} scores"

    def probabilities(self, raw: Raw, language: Language, beginnings: "Named") -> Raw:
        """Return scores as probabilities.

        Args:
            raw: the scores.
            language: gives the outputs.
            beginnings: names the beginning of a word that a row belongs to.

        Raises:
            SettingError: a score is no number, or probabilities don't sum to 1.
        """
        _require_numbers(raw, self.scores, beginnings)
        if self.scores == "linear":
            return raw
        if self.scores == "logits":
            most = raw.max(axis=1, keepdims=True, initial=-np.inf)
            powers = np.exp(raw - most)
            return powers / powers.sum(axis=1, keepdims=True)
        total = raw.sum(axis=1)
        least = raw.min(axis=1, initial=0.0)
        is_off = abs(total - 1) > NOT_ONE
        is_negative = least < -NOT_ONE
        wrong = np.flatnonzero(is_off | is_negative)
        if len(wrong):
            first = int(wrong[0])
            outputs = ", ".join(language.outputs)
            raise SettingError(
                f"expected probabilities of {shown(outputs)} that are at least 0 and "
                f"sum to 1, got the sum {total[first]:.4g} and the least "
                f"{least[first]:.3g} after {beginnings(first)}; for scores before the "
                "softmax say scores='logits'."
            )
        shares = np.maximum(raw, 0.0)
        return shares / shares.sum(axis=1, keepdims=True)


class Named:
    """Names the beginning of a word that a row of scores belongs to.

    Args:
        words: the words.
        word: number of the word of each row.
        time: symbols that were read of it, less one.
    """

    def __init__(
        self, words: tuple[str, ...], word: np.ndarray, time: np.ndarray
    ) -> None:
        self._words = words
        self._word = word
        self._time = time

    def __call__(self, row: int) -> str:
        """Return the beginning as an error shows it."""
        word = self._words[int(self._word[row])]
        return f"'{shown(word[: int(self._time[row]) + 1])}'"


def _require_numbers(raw: Raw, scores: Scores, beginnings: Named) -> None:
    """Raise unless all scores are numbers; a logit may be minus infinity."""
    bad = ~np.isfinite(raw)
    if scores == "logits":
        excluded = np.isneginf(raw)
        bad &= ~(excluded & ~excluded.all(axis=1, keepdims=True))
    rows = np.flatnonzero(bad.any(axis=1))
    if not len(rows):
        return
    row = int(rows[0])
    value = raw[row][bad[row]][0]
    raise SettingError(
        f"expected finite scores, got {value} after {beginnings(row)}; the net may "
        "have diverged: judge one from before."
    )


def _require_among(name: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise SettingError(
            f"expected `{name}` to be one of {', '.join(known)}; got "
            f"{shown_value(value)}."
        )
