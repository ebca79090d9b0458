"""Every different prefix of some words, and the read-out that fits them best."""

from collections import Counter
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, Int

from firstbit.cells import Readout
from firstbit.languages import Language, one_hot, true_probabilities
from firstbit.languages.demand.rows import NO_ROW, Rows
from firstbit.languages.judging.criterion import Criterion
from firstbit.training.reading import probabilities

LEAST_PROBABILITY = 0.01
"""To which probabilities are raised before their logarithm is fitted."""


class Prefixes(NamedTuple):
    """Every different prefix, once.

    Attributes:
        inputs: one-hot symbols of the words.
        rows: the word in which a prefix stands first.
        times: the time at which it ends there.
        num_words: words that have it.
        truth: probabilities of the next output.
        row: number of the true row.
        table: the rows of the language.
        total: number of words.
    """

    inputs: Float[np.ndarray, "word time input"]
    rows: Int[np.ndarray, " prefix"]
    times: Int[np.ndarray, " prefix"]
    num_words: Float[np.ndarray, " prefix"]
    truth: Float[np.ndarray, "prefix output"]
    row: Int[np.ndarray, " prefix"]
    table: Rows
    total: int

    @classmethod
    def of(cls, language: Language, words: list[str]) -> "Prefixes":
        """Find the prefixes of at least one symbol after which an output may follow."""
        inputs, _ = one_hot(words, language.alphabet)
        truth = true_probabilities(language, words)
        count: Counter[str] = Counter()
        place: dict[str, tuple[int, int]] = {}
        is_prefix = truth.any(axis=-1)
        for row, time in np.argwhere(is_prefix).tolist():
            prefix = words[row][: time + 1]
            count[prefix] += 1
            place.setdefault(prefix, (row, time))
        places = np.array(list(place.values())).reshape(-1, 2)
        rows, times = places.T
        counts = np.array([count[prefix] for prefix in place], float)
        table = Rows.of(language)
        row = []
        for prefix in place:
            state = language.path(prefix)[-1]
            row.append(table.of_state[state])
        return cls(
            inputs,
            rows,
            times,
            counts,
            truth[rows, times],
            np.array(row),
            table,
            len(words),
        )

    def fitted(
        self,
        states: Float[np.ndarray, "prefix hidden"],
        *,
        has_bias: bool,
        is_softmax: bool,
        criterion: Criterion,
    ) -> Readout | None:
        """Return the least-squares read-out, if it is right on these prefixes.

        A prefix of more words than may be wrong must be right.
        """
        if not np.isfinite(states).all():
            return None
        features = states
        if has_bias:
            features = np.column_stack([states, np.ones(len(states))])
        wanted = self.truth
        if is_softmax:
            wanted = np.log(np.maximum(self.truth, LEAST_PROBABILITY))
        root = np.sqrt(self.num_words)[:, None]
        table = np.linalg.lstsq(root * features, root * wanted, rcond=None)[0]
        asked = self.row != NO_ROW
        given = probabilities(features @ table, is_softmax=is_softmax)
        right = self.table.right(
            given[asked],
            self.row[asked],
            resolution=criterion.resolution,
        )
        num_words = self.num_words[asked]
        if num_words[~right].max(initial=0) > criterion.error * self.total:
            return None
        weights, bias = np.split(table, [states.shape[1]])
        b_O = jnp.asarray(bias[0]) if has_bias else None
        return Readout(jnp.asarray(weights.T), b_O)
