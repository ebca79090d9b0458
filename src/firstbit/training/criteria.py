r"""Has it learned? Criteria of a network on a language, each by its predictions on fresh words.

A prediction counts after each symbol read, while something is left to predict. What a
network gives as probabilities are its outputs themselves (`softmax=False`, trained on
squared error) or their softmax.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import xarray as xr
from jaxtyping import Array, Bool, Float, Int

from firstbit.cells import Network, run
from firstbit.languages import Language, Stream, fresh_words, true_probabilities
from firstbit.languages.words.lags import lags
from firstbit.training.words import encoded

NUM_WORDS = 1000
"""Fresh words of a test, Hochreiter and Schmidhuber's number."""

AT_ONCE = 50
"""Words that a network reads side by side: one program serves any number of words, and
a network that fails is soon told."""

LEAST_PROBABILITY = 1e-6
"""Floor of the outputs of a network without softmax where they are taken for
probabilities, before they are scaled to 1."""


class Predictions(NamedTuple):
    """One row a prediction that counts.

    Attributes:
        output: linear outputs.
        truth: the language's own next-output probabilities.
        target: what came, one-hot.
        word: the number of the word.
        lag: how far back the deciding symbol is, see `lags`.
    """

    output: Float[np.ndarray, "prediction output"]
    truth: Float[np.ndarray, "prediction output"]
    target: Float[np.ndarray, "prediction output"]
    word: Int[np.ndarray, " prediction"]
    lag: Int[np.ndarray, " prediction"]

    @property
    def num_words(self) -> int:
        """Words that the predictions are of."""
        return int(self.word[-1]) + 1

    def a_word(self, values: np.ndarray) -> float:
        """The sum over predictions, by word on average."""
        return float(values.sum() / self.num_words)


def predictions(
    network: Network, language: Language, words: Sequence[str] | None = None
) -> Predictions:
    """Run a network, in float64, over words of a language; by default over 1,000 fresh ones."""
    words = fresh_words(language, NUM_WORDS, Stream((0,))) if words is None else words
    inputs, place, truth, target, lag = _asked(language, tuple(words))
    output = np.concatenate(list(_in_turn(network, inputs)))[place]
    return Predictions(output, truth, target, place[0], lag)


@lru_cache(maxsize=8)
def _asked(
    language: Language, words: tuple[str, ...]
) -> tuple[np.ndarray, tuple[np.ndarray, ...], *tuple[np.ndarray, ...]]:
    """All but the outputs: inputs, (word, time) of the predictions that count, truth, target and lag of each."""
    inputs, targets, num_steps = encoded(words, language)
    place = np.nonzero(np.arange(inputs.shape[1]) < num_steps[:, None])
    return (
        inputs,
        place,
        true_probabilities(language, words)[place],
        targets[place],
        lags(language, words)[place],
    )


def _in_turn(
    network: Network, inputs: Float[np.ndarray, "word time input"]
) -> Iterator[Float[np.ndarray, "word time output"]]:
    """Outputs, some words at a time."""
    for first in range(0, len(inputs), AT_ONCE):
        some = inputs[first : first + AT_ONCE]
        filled = np.concatenate(
            [some, np.zeros((AT_ONCE - len(some), *some.shape[1:]))]
        )
        with jax.enable_x64(True):
            yield np.asarray(_outputs(network, jnp.asarray(filled)))[: len(some)]


@eqx.filter_jit
def _outputs(
    network: Network, inputs: Float[Array, "word time input"]
) -> Float[Array, "word time output"]:
    in_double = jax.tree.map(
        lambda leaf: jnp.asarray(leaf, float) if eqx.is_inexact_array(leaf) else leaf,
        network,
    )
    return jax.vmap(lambda word: run(in_double, word)[1])(inputs)


def right(made: Predictions) -> Bool[np.ndarray, " prediction"]:
    """Whether the most active outputs are exactly the legal ones: the least active legal one is above all others.

    Example:
        >>> truth = np.array([[0.5, 0.5, 0.0]])
        >>> right(Predictions(np.array([[0.4, 0.2, 0.1]]), truth, truth, np.array([0]), np.array([0]))).tolist()
        [True]
    """
    return _legal_above_others(made.output, made.truth)


def _legal_above_others(
    output: np.ndarray, truth: np.ndarray
) -> Bool[np.ndarray, " prediction"]:
    legal = truth > 0
    least = np.where(legal, output, np.inf).min(axis=1)
    most = np.where(legal, -np.inf, output).max(axis=1)
    return least > most


def solves(
    network: Network, language: Language, words: Sequence[str] | None = None
) -> bool:
    """Hochreiter and Schmidhuber's test: at every step of every word the most active outputs are exactly the legal ones.

    Args:
        network: cell and read-out.
        language: the task.
        words: of the test; by default 1,000 fresh ones.

    Example:
        >>> from firstbit.cells import Readout, Vanilla
        >>> from firstbit.languages import reber
        >>> solves(Network(Vanilla(7, 3, key=jax.random.key(0)), Readout(jnp.zeros((7, 3)))), reber())
        False

    References:
        Hochreiter, Schmidhuber 1997, "Long Short-Term Memory", Section 5.1.
    """
    words = fresh_words(language, NUM_WORDS, Stream((0,))) if words is None else words
    inputs, (word, time), truth, _, _ = _asked(language, tuple(words))
    for number, output in enumerate(_in_turn(network, inputs)):
        first = AT_ONCE * number
        start, end = np.searchsorted(word, (first, first + AT_ONCE))
        if not _legal_above_others(
            output[word[start:end] - first, time[start:end]], truth[start:end]
        ).all():
            return False
    return True


def squared_distance(
    network: Network,
    language: Language,
    words: Sequence[str] | None = None,
    *,
    softmax: bool = False,
) -> float:
    r"""Expected squared distance a word from the exact next-output distribution, $\sum_t \lVert \hat P_t - P_t \rVert^2$.

    It is what the expected squared error exceeds the full floor by, without the noise
    of the symbols that came.
    """
    made = predictions(network, language, words)
    return made.a_word(
        ((distribution(made, softmax=softmax) - made.truth) ** 2).sum(axis=1)
    )


def divergence(
    network: Network,
    language: Language,
    words: Sequence[str] | None = None,
    *,
    softmax: bool = False,
) -> float:
    r"""Expected bits a word lost to the exact distribution, $\sum_t \sum_a P_t(a) \log_2 (P_t(a) / \hat P_t(a))$.

    Outputs of a network without softmax are first raised to at least 1e-6 and scaled to
    sum 1: such bits depend on that floor where the network gives a legal symbol less.
    """
    made = predictions(network, language, words)
    return made.a_word(_bits(made, softmax=softmax))


def loss_above_floor(
    network: Network,
    language: Language,
    words: Sequence[str] | None = None,
    *,
    softmax: bool = False,
) -> float:
    """Mean loss a word above that of the true probabilities on the same words: squared error, or bits with a softmax.

    Over all words of the language the true probabilities' loss is the full floor; on
    the same words the noise of the symbols that came mostly cancels.
    """
    made = predictions(network, language, words)
    given = distribution(made, softmax=softmax)
    if not softmax:
        return made.a_word(
            ((given - made.target) ** 2).sum(axis=1)
            - ((made.truth - made.target) ** 2).sum(axis=1)
        )
    came = made.target > 0
    return made.a_word(np.log2(made.truth[came]) - np.log2(given[came]))


def long_range_accuracy(
    network: Network, language: Language, words: Sequence[str] | None = None
) -> xr.DataArray:
    """Share of right predictions (see `solves`) among those whose deciding symbol lies so far back, over `lag`.

    Lags that no prediction has are left out.
    """
    return accuracy_by_lag([predictions(network, language, words)])["accuracy"]


def accuracy_by_lag(parts: Sequence[Predictions]) -> xr.Dataset:
    """The share of right predictions by lag, over all that were made, and of how many."""
    lag, is_right = (
        np.concatenate([f(part) for part in parts])
        for f in (lambda part: part.lag, right)
    )
    present, inverse = np.unique(lag, return_inverse=True)
    count = np.bincount(inverse)
    share = np.bincount(inverse, weights=is_right) / count
    return xr.Dataset(
        {"accuracy": ("lag", share), "count": ("lag", count)}, {"lag": present}
    )


def distribution(
    made: Predictions, *, softmax: bool
) -> Float[np.ndarray, "prediction output"]:
    """The outputs as what they are trained to be: probabilities."""
    if not softmax:
        return made.output
    powers = np.exp(made.output - made.output.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _bits(made: Predictions, *, softmax: bool) -> Float[np.ndarray, " prediction"]:
    given = distribution(made, softmax=softmax)
    if not softmax:
        given = np.maximum(given, LEAST_PROBABILITY)
        given = given / given.sum(axis=1, keepdims=True)
    legal = made.truth > 0
    ratio = np.divide(made.truth, given, out=np.ones_like(given), where=legal)
    return np.where(legal, made.truth * np.log2(ratio), 0.0).sum(axis=1)
