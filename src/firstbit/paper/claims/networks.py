"""Claims about the trained networks: their predictions and their hidden states."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.optimize
import scipy.special
from jaxtyping import Bool, Float, Int

from firstbit.cells import Network
from firstbit.languages import Language, sample
from firstbit.memory.state_clusters import ratio_interval, separation
from firstbit.paper.claims.claim import (
    Claim,
    Estimate,
    Interval,
    bootstrap_mean,
    holds_if,
)
from firstbit.paper.evidence import Evidence, Reading, after_prefixes
from firstbit.studies.verdicts.by_hand import EMBEDDED_REBER_CODE, automaton_network

VANILLA, GRU = "embedded_reber_vanilla", "embedded_reber_gru"

OUTER = "TP"
"""The outer symbols of the embedded grammar."""

LEARNED = 0.95
"""A network knows the outer symbol if it wins on more than this share of words."""

NUM_STATES = 1500
"""Predictions from which the mean distance between states is computed."""

CONFUSED_DISTANCE = 0.1
CONFUSED_READER = 0.6

NEAR_THE_TRUTH = 0.1
"""Half L1 distance of two distributions that are near each other."""

LONGER = (2, 3, 4)
"""The GRU is tested on words this many times as long as the longest of its training."""

NUM_LONG = 300
LONG_SEED = 2_000_003
"""Added to the seed, so that long words are not those of another test."""

ROUNDING = 1e-14
"""Directions in which states differ by less than this share are rounding."""

Fit = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Features and labels -> weights of a linear classifier."""


def softmax_probability(evidence: Evidence) -> Claim:
    """Is the softmax of the output near the true next-symbol probability?"""
    distances: dict[str, dict[str, float]] = {}
    readings: dict[str, str] = {}
    for name in evidence.runs:
        reading = evidence.reading(name)
        softmax = scipy.special.softmax(reading.output, axis=1)
        after = _total_variation(softmax, reading.truth)
        without = _total_variation(reading.output, reading.truth)
        distances[name] = {"softmax": after, "linear_output": without}
        readings[f"for {name}"] = holds_if(after < NEAR_THE_TRUTH)
    return Claim.written(
        "softmax_probability",
        readings,
        figure="fig03",
        numbers=distances,
        distances=distances.items(),
        near=NEAR_THE_TRUTH,
    )


def edges_retrieved(evidence: Evidence) -> Claim:
    """Does the 5-unit Vanilla net recover the edges, and how far above the floor?"""
    run = evidence.runs["reber_vanilla"]
    reading = evidence.reading("reber_vanilla")
    legal = reading.top_outputs_are_legal()
    num_right = int(legal.sum())
    right = Estimate.of_share(num_right, legal.size)
    states = np.array(reading.state)
    by_state: dict[str, float] = {}
    for state in dict.fromkeys(reading.state):
        in_state = legal[states == state]
        by_state[state] = float(in_state.mean())
    worst_state = min(by_state, key=by_state.__getitem__)
    floor = run.floor()
    logged = run.mean_errors[-1]
    loss = reading.mean_loss()
    return Claim.written(
        "edges_retrieved",
        holds_if(by_state[worst_state] > 0.5),
        figure="fig03",
        numbers={
            "share": float(legal.mean()),
            "by_state": by_state,
            "logged_loss": logged,
            "loss": loss,
            "floor": floor,
        },
        right=right,
        num_predictions=legal.size,
        worst_state=worst_state,
        worst_share=by_state[worst_state],
        logged=logged,
        loss=loss,
        floor=floor,
    )


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
class OuterSymbol:
    """What a network knows about the outer symbol at the end of the word.

    Attributes:
        output: outputs for the right outer symbol and for the wrong, on fresh words.
        loss: on the training words, with the last weights held fixed.
        floor: loss of the true probabilities.
        merged: loss of the true probabilities without the outer symbol.
    """

    output: Float[np.ndarray, "word 2"]
    loss: float
    floor: float
    merged: float

    @classmethod
    def of(cls, evidence: Evidence, name: str) -> "OuterSymbol":
        """Read it from the outputs of a trained network and from its loss."""
        run = evidence.runs[name]
        fresh = evidence.fresh_words(run.language)
        return cls(
            output=outer_outputs(run.training.network, run.language, fresh),
            loss=evidence.reading(name).mean_loss(),
            floor=run.floor(),
            merged=run.merged_floor(),
        )

    @property
    def right_wins(self) -> Bool[np.ndarray, " word"]:
        """Whether the right outer symbol beats the wrong one."""
        right = self.output[:, 0]
        wrong = self.output[:, 1]
        return right > wrong

    @property
    def right(self) -> Estimate:
        """The share of words on which the right outer symbol beats the wrong one."""
        return share_of_wins(self.output)

    @property
    def is_learned(self) -> bool:
        """Whether the right symbol wins nearly always."""
        return self.right.low > LEARNED

    @property
    def is_lost(self) -> bool:
        """Whether the right symbol wins by chance, or the loss is that without it."""
        by_chance = self.right.low < 0.5 < self.right.high
        above_merged = self.loss - self.merged
        above_floor = self.loss - self.floor
        near_merged = abs(above_merged) < abs(above_floor)
        return (by_chance or near_merged) and not self.is_learned

    def claim(
        self, id: str, readings: Mapping[str, str], figure: str, **shown: object
    ) -> Claim:
        """Write one of the two claims."""
        return Claim.written(
            id,
            readings,
            figure=figure,
            numbers={
                "right_wins": float(self.right_wins.mean()),
                "interval": self.right.interval,
                "loss": self.loss,
                "full_floor": self.floor,
                "merged_floor": self.merged,
            },
            num_words=len(self.output),
            right=self.right,
            right_output=self.output[:, 0].mean(),
            wrong_output=self.output[:, 1].mean(),
            loss=self.loss,
            floor=self.floor,
            merged=self.merged,
            learned=LEARNED,
            **shown,
        )


def vanilla_bit(evidence: Evidence) -> Claim:
    """Does the Vanilla network not know the outer symbol at the end of the word?"""
    bit = OuterSymbol.of(evidence, VANILLA)
    language = evidence.runs[VANILLA].language
    witness = automaton_network(language, code=EMBEDDED_REBER_CODE)
    fresh = evidence.fresh_words(language)
    by_hand = share_of_wins(outer_outputs(witness, language, fresh))
    readings = {
        "this net, after this training": holds_if(bit.is_lost),
        "any Vanilla net of this size": holds_if(by_hand.low <= LEARNED),
    }
    return bit.claim(
        "vanilla_bit",
        readings,
        "fig06",
        by_hand=by_hand,
        units_by_hand=len(next(iter(EMBEDDED_REBER_CODE.values()))),
    )


def gru_bit(evidence: Evidence) -> Claim:
    """Does the GRU know the outer symbol at the end of the word?"""
    bit = OuterSymbol.of(evidence, GRU)
    run = evidence.runs[GRU]
    middle = (bit.floor + bit.merged) / 2
    known = bit.is_learned and bit.loss < middle
    readings = {"on words like those of the training": holds_if(known)}
    longest = max(map(len, run.words))
    longer: list[tuple[int, int, Estimate]] = []
    for factor in LONGER:
        shortest = factor * longest
        words = sample(
            run.language,
            NUM_LONG,
            seed=evidence.settings.seed + LONG_SEED,
            shortest=shortest,
            longest=shortest + longest,
        )
        output = outer_outputs(run.training.network, run.language, words)
        right = share_of_wins(output)
        longer.append((shortest, shortest + longest, right))
        reading = f"on words {factor} to {factor + 1} times as long"
        readings[reading] = holds_if(right.low > LEARNED)
    return bit.claim("gru_bit", readings, "fig07", longer=longer)


def share_of_wins(output: Float[np.ndarray, "word 2"]) -> Estimate:
    """Return the share of words on which the right outer symbol beats the wrong one."""
    wins = output[:, 0] > output[:, 1]
    return Estimate.of_share(int(wins.sum()), wins.size)


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
        network = run.training.network
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
        numbers={
            "vanilla": vanilla.as_json(),
            "gru": gru.as_json(),
        },
        networks=[("vanilla", vanilla), ("gru", gru)],
    )


def _total_variation(
    estimate: Float[np.ndarray, "prediction symbol"],
    truth: Float[np.ndarray, "prediction symbol"],
) -> float:
    differences = np.abs(estimate - truth).sum(axis=1)
    return float(differences.mean() / 2)


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


def outer_outputs(
    network: Network, language: Language, words: Sequence[str]
) -> Float[np.ndarray, "word 2"]:
    """Return the last outputs for the right outer symbol and for the wrong one."""
    prefixes = [word[:-2] for word in words]
    alphabet = language.alphabet
    _, output = after_prefixes(network, language, prefixes)
    both: list[list[float]] = []
    for row, word in zip(output, words, strict=True):
        other = "P" if word[1] == "T" else "T"
        right = alphabet.index(word[1])
        wrong = alphabet.index(other)
        both.append([row[right], row[wrong]])
    return np.array(both)


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
    right_by = np.hstack([label[:, None] * features, np.eye(number)])
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
