"""Every different prefix of some words, and the read-out that fits them best."""

from collections import Counter
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, Int

from firstbit.cells import Readout
from firstbit.languages import Language, one_hot, true_probabilities
from firstbit.training import legal_above_illegal


class Prefixes(NamedTuple):
    """Every different prefix, once.

    Attributes:
        inputs: one-hot symbols of the words.
        rows: the word in which a prefix stands first.
        times: the time at which it ends there.
        num_words: words that have it.
        truth: probabilities of the next output.
    """

    inputs: Float[np.ndarray, "word time input"]
    rows: Int[np.ndarray, " prefix"]
    times: Int[np.ndarray, " prefix"]
    num_words: Float[np.ndarray, " prefix"]
    truth: Float[np.ndarray, "prefix output"]

    @classmethod
    def of(cls, language: Language, words: list[str]) -> "Prefixes":
        """Find the prefixes after which an output may follow."""
        inputs, _ = one_hot(words, language.alphabet)
        truth = true_probabilities(language, words)
        count: Counter[str] = Counter()
        place: dict[str, tuple[int, int]] = {}
        for row, time in zip(*np.nonzero(truth.any(axis=-1)), strict=True):
            prefix = words[row][: time + 1]
            count[prefix] += 1
            place.setdefault(prefix, (row, time))
        rows, times = np.array(list(place.values())).reshape(-1, 2).T
        counts = np.array([count[prefix] for prefix in place], float)
        return cls(inputs, rows, times, counts, truth[rows, times])

    def fitted(
        self, states: Float[np.ndarray, "prefix hidden"], *, has_bias: bool
    ) -> Readout | None:
        """Return the least-squares read-out, if it is right on these prefixes."""
        if not np.isfinite(states).all():
            return None
        features = states
        if has_bias:
            features = np.column_stack([states, np.ones(len(states))])
        root = np.sqrt(self.num_words)[:, None]
        table = np.linalg.lstsq(root * features, root * self.truth, rcond=None)[0]
        if not legal_above_illegal(features @ table, self.truth > 0).all():
            return None
        weights, bias = np.split(table, [states.shape[1]])
        b_O = jnp.asarray(bias[0]) if has_bias else None
        return Readout(jnp.asarray(weights.T), b_O)
