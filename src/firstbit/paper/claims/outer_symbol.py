"""Claims about the outer symbol: does a network know it at the end of the word?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from firstbit.cells import Network
from firstbit.languages import Language, sample
from firstbit.paper.claims.claim import Claim, Estimate, holds_if
from firstbit.paper.evidence import Evidence, after_prefixes
from firstbit.studies.verdicts.by_hand import automaton_network

VANILLA, GRU = "embedded_reber_vanilla", "embedded_reber_gru"

LEARNED = 0.95
"""A network knows the outer symbol if it wins on more than this share of words."""

LONGER = (2, 3, 4)
"""The GRU is tested on words this many times as long as the longest of its training."""

NUM_LONG = 300

LONG_SEED = 2_000_003
"""Added to the seed, so that long words are not those of another test."""


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
            output=outer_outputs(run.network, run.language, fresh),
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
        self,
        id: str,
        readings: Mapping[str, str],
        figure: str,
        others: Mapping[str, Estimate],
        verb: str = "holds",
        **shown: object,
    ) -> Claim:
        """Write one of the two claims; `others` are shares of words beside its own.

        The verb says what becomes of it where a share is that of a net that knows.
        """
        shares = {"right on fresh words": self.right, **others}
        strips = []
        for name, one in shares.items():
            strips.append(one.share_beside(name, LEARNED, verb=verb))
        return Claim.written(
            id,
            readings,
            figure=figure,
            strips=strips,
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
    witness = automaton_network(language)
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
        {"right, in a net built by hand": by_hand},
        verb="refuted",
        by_hand=by_hand,
        units_by_hand=witness.cell.hidden_size,
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
        output = outer_outputs(run.network, run.language, words)
        right = share_of_wins(output)
        longer.append((shortest, shortest + longest, right))
        reading = f"on words {factor} to {factor + 1} times as long"
        readings[reading] = holds_if(right.low > LEARNED)
    others = {f"right at {low} to {high} symbols": one for low, high, one in longer}
    return bit.claim(
        "gru_bit",
        readings,
        "fig07",
        others,
        longer=longer,
    )


def share_of_wins(output: Float[np.ndarray, "word 2"]) -> Estimate:
    """Return the share of words on which the right outer symbol beats the wrong one."""
    wins = output[:, 0] > output[:, 1]
    return Estimate.of_share(int(wins.sum()), wins.size)


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
