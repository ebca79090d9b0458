"""One reading of a network over words: its states and outputs beside the truth."""

from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from firstbit.cells import Network, run
from firstbit.languages import Language, true_probabilities
from firstbit.languages.words.lags import lags
from firstbit.programs.in_turn import in_turn
from firstbit.training.words import next_symbol_examples
from firstbit.weights.redraw import in_current_float

AT_ONCE = 50
"""Words that a network reads side by side: always as many, so that nothing is compiled
again, and few, so that a network that fails is rejected early."""


class Questions(NamedTuple):
    """What words ask of any network: one row a prediction that counts.

    A prediction counts after each symbol read, while something is left to predict.

    Attributes:
        inputs: one-hot symbols of the words.
        word: the number of the word.
        time: symbols of the word that were read, less one.
        truth: the language's own next-output probabilities.
        target: what came, one-hot.
        lag: how far back the deciding symbol is, see `lags`.
    """

    inputs: Float[np.ndarray, "word time input"]
    word: Int[np.ndarray, " prediction"]
    time: Int[np.ndarray, " prediction"]
    truth: Float[np.ndarray, "prediction output"]
    target: Float[np.ndarray, "prediction output"]
    lag: Int[np.ndarray, " prediction"]


class Reading(NamedTuple):
    """A network's run over words: one row a prediction that counts.

    Attributes:
        hidden: hidden states.
        output: linear outputs.
        asked: the words and the truth.
        is_softmax: whether the network's probabilities are the softmax of its outputs;
            else the outputs themselves.
    """

    hidden: Float[np.ndarray, "prediction hidden"]
    output: Float[np.ndarray, "prediction output"]
    asked: Questions
    is_softmax: bool = False

    @property
    def probability(self) -> Float[np.ndarray, "prediction output"]:
        """The outputs as what they are trained to be."""
        if not self.is_softmax:
            return self.output
        most = self.output.max(axis=1, keepdims=True)
        powers = np.exp(self.output - most)
        total = powers.sum(axis=1, keepdims=True)
        return powers / total

    def per_word(self, values: Float[np.ndarray, " prediction"]) -> float:
        """Return the sum of values over a word's predictions, the mean of all words."""
        num_words = self.asked.word[-1] + 1
        return float(values.sum() / num_words)


def read(
    network: Network,
    language: Language,
    words: Sequence[str],
    *,
    is_softmax: bool = False,
) -> Reading:
    """Run a network, in float64, over words of a language.

    Args:
        network: cell and read-out.
        language: that the words belong to.
        words: at least one.
        is_softmax: see `Reading`.

    Example:
        >>> from firstbit.cells import Readout, Vanilla
        >>> from firstbit.languages import reber
        >>> cell = Vanilla(7, 3, key=jax.random.key(0))
        >>> net = Network(cell, Readout(jnp.zeros((7, 3))))
        >>> read(net, reber(), ["BTXSE"]).output.shape
        (4, 7)
    """
    asked = questions(language, tuple(words))
    hiddens = []
    outputs = []
    for of_block, outputs_of_block in _in_turn(network, asked.inputs):
        hiddens.append(of_block)
        outputs.append(outputs_of_block)
    hidden = np.concatenate(hiddens)
    output = np.concatenate(outputs)
    place = asked.word, asked.time
    return Reading(hidden[place], output[place], asked, is_softmax)


def read_in_turn(
    network: Network, language: Language, words: Sequence[str]
) -> Iterator[tuple[Float[np.ndarray, "prediction output"], np.ndarray]]:
    """Yield outputs and truth of a few words at a time, for whom may stop early."""
    asked = questions(language, tuple(words))
    first = 0
    for _, output in _in_turn(network, asked.inputs):
        bounds = first, first + AT_ONCE
        ends = np.searchsorted(asked.word, bounds)
        block = slice(*ends)
        word = asked.word[block] - first
        time = asked.time[block]
        yield output[word, time], asked.truth[block]
        first += AT_ONCE


@lru_cache(maxsize=8)  # all seeds are asked the same
def questions(language: Language, words: tuple[str, ...]) -> Questions:
    """Return what words ask of any network."""
    inputs, targets, num_steps = next_symbol_examples(language, words)
    steps = np.arange(inputs.shape[1])
    counts = steps < num_steps[:, None]
    place = np.nonzero(counts)
    word, time = place
    truth = true_probabilities(language, words)
    lag = lags(language, words)
    return Questions(
        inputs=inputs,
        word=word,
        time=time,
        truth=truth[place],
        target=targets[place],
        lag=lag[place],
    )


def _in_turn(
    network: Network, inputs: Float[np.ndarray, "word time input"]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield hidden states and outputs, (word, time, ...), some words at a time."""
    for first in range(0, len(inputs), AT_ONCE):
        some = inputs[first : first + AT_ONCE]
        number = len(some)
        shape = (AT_ONCE, *some.shape[1:])
        filled = np.zeros(shape)
        filled[:number] = some
        with jax.enable_x64(True):
            hidden, output = _run(network, jnp.asarray(filled))
        hidden = np.asarray(hidden)
        output = np.asarray(output)
        yield hidden[:number], output[:number]


@eqx.filter_jit
@in_turn
def _run(
    network: Network, inputs: Float[Array, "word time input"]
) -> tuple[Float[Array, "word time hidden"], Float[Array, "word time output"]]:
    in_double = in_current_float(network)
    of_word = partial(run, in_double)
    return jax.vmap(of_word)(inputs)
