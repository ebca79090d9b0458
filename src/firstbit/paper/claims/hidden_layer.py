"""Claims about the hidden layer: are states alike, and is the outer symbol in them?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.optimize
from jaxtyping import Float, Int

from firstbit.memory.state_clusters import ratio_interval, separation
from firstbit.paper.claims.claim import (
    Claim,
    Estimate,
    Interval,
    bootstrap_mean,
    holds_if,
)
from firstbit.paper.claims.outer_symbol import GRU, VANILLA
from firstbit.paper.evidence import Evidence, Reading, after_prefixes
from firstbit.report import Strip

OUTER = "TP"
"""The outer symbols of the embedded grammar."""

NUM_STATES = 1500
"""Predictions from which the mean distance between states is computed."""

CONFUSED_DISTANCE = 0.1

CONFUSED_READER = 0.6

ROUNDING = 1e-14
"""Directions in which states differ by less than this share are rounding."""

Fit = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Features and labels -> weights of a linear classifier."""


def hidden_states_similar(evidence: Evidence) -> Claim:
    """Are the hidden states of one automaton state near each other (Fig. 4)?"""
    reading = evidence.reading("reber_vanilla")
    chosen = _unique(reading.prefix)
    states = [reading.state[i] for i in chosen]
    found = separation(reading.hidden[chosen], states)
    ratio = found.within / found.between
    low, high = _separation_interval(reading, evidence.settings.seed)
    return Claim.written(
        "hidden_states_similar",
        holds_if(high < 0.5),
        figure="fig04",
        strips=[
            Strip(
                "within states / between",
                ratio,
                low,
                high,
                0.5,
                (0, 1),
                is_above=False,
            )
        ],
        numbers={
            "within": found.within,
            "between": found.between,
            "ratio": ratio,
            "ratio_interval": [low, high],
            "nearest_right": found.nearest_right,
        },
        num_prefixes=chosen.size,
        found=found,
        ratio=ratio,
        low=low,
        high=high,
    )


@dataclass(frozen=True)
class Pairs:
    """Hidden states after the same inner word behind T and behind P.

    Attributes:
        distance: mean distance of the two states of a pair.
        relative: that over the mean distance between states of the automaton.
        low: lower end of the interval of `relative`.
        high: its upper end.
        decoded: how often least squares read the outer symbol.
        separated: how often a linear programme reads it.
    """

    distance: float
    relative: float
    low: float
    high: float
    decoded: Estimate
    separated: Estimate

    @classmethod
    def of(cls, evidence: Evidence, name: str) -> "Pairs":
        """Measure the pairs of a trained network on the inner words of fresh words."""
        run = evidence.runs[name]
        reading = evidence.reading(name)
        fresh = evidence.fresh_words(run.language)
        inner = sorted({word[2:-2] for word in fresh})
        num_inner = len(inner)
        prefixes: list[str] = []
        for outer in OUTER:
            prefixes += [f"B{outer}{word}" for word in inner]
        network = run.network
        hidden, _ = after_prefixes(network, run.language, prefixes)
        behind_t = hidden[:num_inner]
        behind_p = hidden[num_inner:]
        distances = np.linalg.norm(behind_t - behind_p, axis=1)
        states = reading.state[:NUM_STATES]
        apart = separation(reading.hidden[:NUM_STATES], states)
        relative = distances / apart.between
        num_decoded = num_right(hidden, num_inner, by_least_squares)
        num_separated = num_right(hidden, num_inner, by_linear_programme)
        low, high = bootstrap_mean(relative, seed=evidence.settings.seed)
        return cls(
            distance=float(distances.mean()),
            relative=float(relative.mean()),
            low=low,
            high=high,
            decoded=Estimate.of_share(num_decoded, len(hidden)),
            separated=Estimate.of_share(num_separated, len(hidden)),
        )

    @property
    def strips(self) -> list[Strip]:
        """The distance and what classifiers read, beside what they are held against."""
        apart = Estimate(self.relative, self.low, self.high)
        return [
            Strip(
                "Vanilla, distance / between states",
                *apart,
                CONFUSED_DISTANCE,
                (0, 1),
                is_above=False,
            ),
            self.decoded.share_beside(
                "Vanilla, least squares", CONFUSED_READER, is_above=False
            ),
            self.separated.share_beside(
                "Vanilla, linear programme", CONFUSED_READER, is_above=False
            ),
        ]

    def as_json(self) -> dict[str, float]:
        """Return plain numbers."""
        return {
            "distance": self.distance,
            "relative_to_between_states": self.relative,
            "relative_low": self.low,
            "relative_high": self.high,
            "decoded": self.decoded.value,
            "decoded_low": self.decoded.low,
            "decoded_high": self.decoded.high,
            "separated": self.separated.value,
            "separated_low": self.separated.low,
            "separated_high": self.separated.high,
        }


def confusion_in_hidden_layer(evidence: Evidence) -> Claim:
    """Is the outer symbol lost already in Vanilla's hidden state (Fig. 8)?"""
    vanilla = Pairs.of(evidence, VANILLA)
    gru = Pairs.of(evidence, GRU)
    return Claim.written(
        "confusion_in_hidden_layer",
        {
            "by distance": holds_if(vanilla.high < CONFUSED_DISTANCE),
            "by least squares": holds_if(vanilla.decoded.high < CONFUSED_READER),
            "by a linear programme": holds_if(vanilla.separated.high < CONFUSED_READER),
        },
        figure="fig08",
        strips=vanilla.strips,
        numbers={
            "vanilla": vanilla.as_json(),
            "gru": gru.as_json(),
        },
        networks=[("vanilla", vanilla), ("gru", gru)],
    )


def _unique(prefixes: Sequence[str]) -> Int[np.ndarray, " different"]:
    """Return the first place of each prefix."""
    _, first = np.unique(np.array(prefixes), return_index=True)
    return first


def _separation_interval(reading: Reading, seed: int) -> Interval:
    """Bootstrap the ratio within / between over different prefixes, state by state."""
    chosen = _unique(reading.prefix)
    states = np.array(reading.state)[chosen]
    low, high = ratio_interval(reading.hidden[chosen], states, seed=seed)
    return Interval(low, high)


def num_right(
    hidden: Float[np.ndarray, "prefix unit"], num_inner: int, fit: Fit
) -> int:
    """Count the right decisions of a linear classifier of the outer symbol.

    It is fitted two-fold over inner words, on states whose units have mean 0 and are
    scaled and turned so that they are uncorrelated: a direction in which states hardly
    differ counts as much as any other.
    """
    label = np.repeat([1.0, -1.0], num_inner)
    fold = np.tile(np.arange(num_inner) % 2, 2)
    one = np.ones(len(hidden))
    features = np.column_stack([_uncorrelated(hidden), one])
    correct = 0
    for tested in (0, 1):
        fitted_on = fold != tested
        tested_on = fold == tested
        weights = fit(features[fitted_on], label[fitted_on])
        decided = features[tested_on] @ weights
        is_right = decided * label[tested_on] > 0
        correct += int(is_right.sum())
    return correct


def by_least_squares(
    features: Float[np.ndarray, "prefix feature"], label: Float[np.ndarray, " prefix"]
) -> Float[np.ndarray, " feature"]:
    """Return the weights nearest to the labels 1 and -1."""
    weights, *_ = np.linalg.lstsq(features, label, rcond=None)
    return weights


def by_linear_programme(
    features: Float[np.ndarray, "prefix feature"], label: Float[np.ndarray, " prefix"]
) -> Float[np.ndarray, " feature"]:
    """Return the weights of least summed distance from being right by a margin of 1.

    Where some hyperplane is right everywhere, the weights are those of one.
    """
    number, width = features.shape
    cost = np.concatenate([np.zeros(width), np.ones(number)])
    signed = label[:, None] * features
    right_by = np.hstack([signed, np.eye(number)])
    free = [(None, None)] * width
    answer = scipy.optimize.linprog(
        cost,
        A_ub=-right_by,
        b_ub=-np.ones(number),
        bounds=[*free, *[(0, None)] * number],
        method="highs",
    )
    return answer.x[:width]


def _uncorrelated(
    hidden: Float[np.ndarray, "prefix unit"],
) -> Float[np.ndarray, "prefix direction"]:
    centred = hidden - hidden.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    is_there = sizes > ROUNDING * sizes[0]
    return left[:, is_there] * np.sqrt(len(hidden))
