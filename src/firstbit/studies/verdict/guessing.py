"""Guessing: random cells with a fitted read-out. How many draws until one solves the task?"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from firstbit.cells import Network, Readout, redraw, unroll
from firstbit.cells.given import CellLike, built, is_own, skeleton
from firstbit.errors import require_at_least
from firstbit.intervals import wilson
from firstbit.languages import (
    Language,
    Stream,
    fresh_words,
    one_hot,
    true_probabilities,
)
from firstbit.studies.verdict.witness_test import Criterion, Examination
from firstbit.training import solves
from firstbit.weights.redraw import Initializer

UNITS = 640
"""Of the draws that run through the words together: what they need of memory doesn't
grow with their size."""


@dataclass(frozen=True)
class Guessing:
    """What came of guessing.

    Attributes:
        num_draws: how many nets were drawn.
        solved: numbers of the draws that solve the task, on fresh words and on words
            with longer lags.
        network: the first of them; None where there is none, or it was not kept.
        tested: what they were tested on, in words.
    """

    num_draws: int
    solved: tuple[int, ...]
    network: Network | None
    tested: str

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the share of draws that solve."""
        low, high = wilson(np.array(len(self.solved)), self.num_draws)
        return float(low), float(high)

    @property
    def first(self) -> int | None:
        """How many draws until one solves, itself counted; None where none does."""
        return self.solved[0] + 1 if self.solved else None

    @property
    def counted(self) -> str:
        """As in `3 of 1,000 [0.001, 0.009], the first is draw 216`."""
        low, high = self.interval
        first = "" if self.first is None else f", the first is draw {self.first:,}"
        return (
            f"{len(self.solved)} of {self.num_draws:,} [{low:.3f}, {high:.3f}]{first}"
        )

    def as_json(self) -> dict[str, Any]:
        """Plain numbers: draws, those that solve, the first of them (from 1), and the interval of their share."""
        return {
            "num_draws": self.num_draws,
            "solved": len(self.solved),
            "first": self.first,
            "interval": list(self.interval),
        }


def guess(
    cell: CellLike,
    language: Language,
    *,
    hidden_size: int,
    num_draws: int,
    initializer: Initializer = "normal",
    num_words: int = 500,
    max_length: int | None = None,
    output_bias: bool = True,
    criterion: Criterion = solves,
    key: PRNGKeyArray,
    progress: Callable[[int, int], object] = lambda *_: None,
) -> Guessing:
    """Draw cells at random, fit a read-out to each, and test them: a baseline for every task.

    The read-out is the least-squares fit of the true next-output probabilities after
    each prefix of the sampled words. Draw i depends on (key, k, i) only. A draw solves
    when it passes on these words, on 1,000 fresh ones, and on 1,000 whose lag is at
    least twice any of these, where the language has such.

    Few draws solve a long task; none in n says only that the share is below about 4 /
    n.

    Args:
        cell: a factory of cells, or a built cell.
        language: the task.
        hidden_size: k, at least 1.
        num_draws: at least 1.
        initializer: law of the weights; biases of the cell are zero.
        num_words: words for the fit, at least 1.
        max_length: longer words are drawn again, for the fit and in the test on fresh
            words.
        output_bias: whether the read-out has a bias.
        criterion: the test on words.
        key: the random key.
        progress: called with (draws done, draws in all).

    Example:
        >>> import jax
        >>> from firstbit.cells import Vanilla
        >>> from firstbit.languages import Language
        >>> two = Language.from_regex("ab|bc")
        >>> guess(Vanilla, two, hidden_size=4, num_draws=8, key=jax.random.key(0)).solved
        (0, 1, 2, 3, 4, 5, 6, 7)

    References:
        Hochreiter and Schmidhuber 1996, "Bridging long time lags by weight guessing and
        LSTM".
    """
    require_at_least("hidden_size", hidden_size, 1)
    require_at_least("num_draws", num_draws, 1)
    require_at_least("num_words", num_words, 1)
    of_fit, of_test = (int(jax.random.bits(k) >> 1) for k in jax.random.split(key))
    words = fresh_words(language, num_words, Stream((of_fit,)), max_length)
    task = _Prefixes.of(language, words, output_bias)
    examination = Examination.of(
        language, seen=words, seed=of_test, max_length=max_length
    )
    solved, first = [], None
    with jax.enable_x64(True):
        sizes = len(language.alphabet), hidden_size
        one = skeleton(cell, *sizes) if is_own(cell) else built(cell, *sizes, key)
        of_size = jax.random.fold_in(key, hidden_size)
        block = max(1, UNITS // hidden_size)
        for start in range(0, num_draws, block):
            cells, hidden = _drawn(
                one,
                initializer,
                of_size,
                start + jnp.arange(block),
                jnp.asarray(task.inputs),
            )
            for i, states in enumerate(np.asarray(hidden)[: num_draws - start]):
                readout = task.fitted(states[task.rows, task.times])
                if readout is None:
                    continue
                network = Network(
                    jax.tree.map(
                        lambda leaf, i=i: leaf[i] if eqx.is_array(leaf) else leaf, cells
                    ),
                    readout,
                )
                if examination.passed(network, criterion):
                    solved.append(start + i)
                    first = first or network
            progress(min(start + block, num_draws), num_draws)
    return Guessing(num_draws, tuple(solved), first, examination.tested)


@eqx.filter_jit
def _drawn(
    cell: CellLike,
    initializer: Initializer,
    key: PRNGKeyArray,
    numbers: Array,
    inputs: Array,
) -> tuple[CellLike, Array]:
    """Cells by their numbers, and their hidden states (draw, word, time, unit)."""

    def one(number: Array) -> tuple[CellLike, Array]:
        drawn = redraw(cell, initializer, jax.random.fold_in(key, number))
        return drawn, jax.vmap(partial(unroll, drawn))(inputs)

    return eqx.filter_vmap(one)(numbers)


@dataclass(frozen=True)
class _Prefixes:
    """Every different prefix of some words, once: where it stands, how often it came, and what may follow."""

    inputs: np.ndarray
    rows: np.ndarray
    times: np.ndarray
    weight: np.ndarray
    truth: np.ndarray
    output_bias: bool

    @classmethod
    def of(cls, language: Language, words: list[str], output_bias: bool) -> "_Prefixes":
        inputs, _ = one_hot(words, language.alphabet)
        truth = true_probabilities(language, words)
        count: Counter[str] = Counter()
        place: dict[str, tuple[int, int]] = {}
        for row, time in zip(*np.nonzero(truth.any(axis=-1)), strict=True):
            prefix = words[row][: time + 1]
            count[prefix] += 1
            place.setdefault(prefix, (row, time))
        rows, times = np.array(list(place.values())).reshape(-1, 2).T
        return cls(
            inputs,
            rows,
            times,
            np.array([count[prefix] for prefix in place], float),
            truth[rows, times],
            output_bias,
        )

    def fitted(self, states: np.ndarray) -> Readout | None:
        """The least-squares read-out, if it passes the test on these very prefixes."""
        if not np.isfinite(states).all():
            return None
        features = (
            np.column_stack([states, np.ones(len(states))])
            if self.output_bias
            else states
        )
        root = np.sqrt(self.weight)[:, None]
        table = np.linalg.lstsq(root * features, root * self.truth, rcond=None)[0]
        if not leads(features @ table, self.truth > 0).all():
            return None
        weights, bias = np.split(table, [states.shape[1]])
        return Readout(
            jnp.asarray(weights.T), jnp.asarray(bias[0]) if self.output_bias else None
        )


def leads(outputs: np.ndarray, legal: np.ndarray) -> np.ndarray:
    """Whether every legal output is above every illegal one, (..., output) -> (...); true where nothing is predicted.

    Example:
        >>> leads(np.array([[2.0, 1.0], [2.0, 2.0]]), np.array([[True, False], [True, False]])).tolist()
        [True, False]
    """
    lowest_legal = np.where(legal, outputs, np.inf).min(axis=-1)
    return (lowest_legal > np.where(legal, -np.inf, outputs).max(axis=-1)) | ~legal.any(
        axis=-1
    )
