"""Hochreiter and Schmidhuber's test: are the most active outputs exactly the legal symbols, at every step?"""

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
import numpy as np

from firstbit.cells import Network, run
from firstbit.languages import Language, one_hot, true_probabilities

Criterion = Callable[[Network, Language, Sequence[str]], bool]
"""Whether a network solves a language, as far as given words tell."""


def solves(network: Network, language: Language, words: Sequence[str]) -> bool:
    r"""Whether, after every symbol read, each legal next output is larger than each illegal one.

    $$ \min_{a \in \text{legal}} y_a > \max_{a \notin \text{legal}} y_a $$

    It asks for the order of the outputs only, not for the probabilities: a network may pass it far above the floor.

    Args:
        network: cell and read-out; run in float64.
        language: gives the legal outputs.
        words: words of the language.

    Example:
        >>> from firstbit.languages import reber, sample
        >>> from firstbit.studies.by_hand import automaton_network
        >>> solves(automaton_network(reber()), reber(), sample(reber(), 100, seed=0))
        True

    References:
        Hochreiter and Schmidhuber 1997, Section 5.1.
    """
    inputs, _ = one_hot(words, language.alphabet)
    with jax.enable_x64(True):
        outputs = np.asarray(_outputs(jax.tree.map(jnp.asarray, network), jnp.asarray(inputs)))
    return bool(leads(outputs, true_probabilities(language, words) > 0).all())


def leads(outputs: np.ndarray, legal: np.ndarray) -> np.ndarray:
    """Whether every legal output is above every illegal one, (..., output) -> (...); true where nothing is predicted.

    Example:
        >>> leads(np.array([[2.0, 1.0], [2.0, 2.0]]), np.array([[True, False], [True, False]])).tolist()
        [True, False]
    """
    lowest_legal = np.where(legal, outputs, np.inf).min(axis=-1)
    return (lowest_legal > np.where(legal, -np.inf, outputs).max(axis=-1)) | ~legal.any(axis=-1)


_outputs = jax.jit(jax.vmap(lambda network, word: run(network, word)[1], in_axes=(None, 0)))
