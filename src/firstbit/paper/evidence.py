"""What the claims are judged on: trained networks run over words, gradients, grids of D."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import xarray as xr

from firstbit.cells import Network, run
from firstbit.languages import Language, one_hot, sample, true_probabilities
from firstbit.memory.gradients.pooled import gradient_distributions, hidden_gradients
from firstbit.paper.replay import Run
from firstbit.paper.settings import Settings

NUM_FRESH = 1000


@dataclass(frozen=True)
class Reading:
    """A network's run over words, one row a prediction that counts.

    Attributes:
        output: (prediction, symbol) linear outputs.
        hidden: (prediction, unit) hidden states.
        truth: (prediction, symbol) true next-symbol probabilities.
        target: (prediction,) number of the symbol that came.
        prefix: the symbols read so far.
        state: name of the automaton's state.
        word: (prediction,) number of the word.
    """

    output: np.ndarray
    hidden: np.ndarray
    truth: np.ndarray
    target: np.ndarray
    prefix: tuple[str, ...]
    state: tuple[str, ...]
    word: np.ndarray

    def loss_by_word(self) -> np.ndarray:
        """Summed squared error of each word."""
        error = ((self.output - np.eye(self.output.shape[1])[self.target]) ** 2).sum(
            axis=1
        )
        return np.bincount(self.word, weights=error)


@dataclass(frozen=True)
class Evidence:
    """All that `paper.json` says about the claims comes from here."""

    settings: Settings
    runs: dict[str, Run]
    grids: dict[str, xr.Dataset]
    gradients: xr.Dataset
    reaching_back: dict[str, dict[int, np.ndarray]]

    def reading(self, name: str) -> Reading:
        """The trained network of a run over its training words."""
        chosen = self.runs[name]
        return read(chosen.training.network, chosen.language, chosen.words)

    def fresh_words(self, language: Language) -> list[str]:
        """Words for tests, drawn apart from any training word's draw."""
        return sample(language, NUM_FRESH, seed=self.settings.seed + 1_000_003)


def read(
    network: Network, language: Language, words: tuple[str, ...] | list[str]
) -> Reading:
    """Run a network over words of a language; predictions after every symbol but the last."""
    inputs, lengths = one_hot(words, language.alphabet)
    hidden, output = run_words(network, inputs)
    counts = np.arange(inputs.shape[1] - 1) < lengths[:, None] - 1
    rows, times = np.nonzero(counts)
    return Reading(
        output=output[rows, times],
        hidden=hidden[rows, times],
        truth=true_probabilities(language, words)[rows, times],
        target=inputs[rows, times + 1].argmax(axis=1),
        prefix=tuple(
            words[row][: time + 1] for row, time in zip(rows, times, strict=True)
        ),
        state=tuple(
            language.states[state]
            for word in words
            for state in language.path(word)[1:-1]
        ),
        word=rows,
    )


def run_words(network: Network, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Hidden states and outputs of many words: (word, time, unit) and (word, time, output)."""
    with jax.enable_x64(True):
        hidden, output = _run_each(
            jax.tree.map(jnp.asarray, network), jnp.asarray(inputs)
        )
        return np.asarray(hidden), np.asarray(output)


_run_each = jax.jit(jax.vmap(run, in_axes=(None, 0)))


def after_prefixes(
    network: Network, language: Language, prefixes: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Hidden state and output right after each prefix: (prefix, unit) and (prefix, output)."""
    inputs, lengths = one_hot(prefixes, language.alphabet)
    hidden, output = run_words(network, inputs)
    last = np.arange(len(prefixes)), lengths - 1
    return hidden[last], output[last]


def gradient_evidence(
    runs: dict[str, Run], seed: int
) -> tuple[xr.Dataset, dict[str, dict[int, np.ndarray]]]:
    """Gradients of the two embedded networks at start, middle and end; and how far back they reach.

    Returns:
        The Dataset of `gradient_distributions`; and by network and epoch the (word,
        lag) norms of `hidden_gradients` for the prediction of the last outer symbol,
        which only the second symbol determines.
    """
    pair = {
        "vanilla": runs["embedded_reber_vanilla"],
        "gru": runs["embedded_reber_gru"],
    }
    # The two trainings may end at different epochs; label both ends with the later one.
    last = max(len(chosen.training.log) for chosen in pair.values())
    networks = {
        name: {
            **{
                e: net
                for e, net in chosen.training.snapshots.items()
                if e < len(chosen.training.log)
            },
            last: chosen.training.network,
        }
        for name, chosen in pair.items()
    }
    common = sorted(
        set.intersection(*(set(by_epoch) for by_epoch in networks.values()))
    )
    networks = {
        name: {epoch: by_epoch[epoch] for epoch in common}
        for name, by_epoch in networks.items()
    }
    vanilla = pair["vanilla"]
    inputs, lengths = one_hot(vanilla.words, vanilla.language.alphabet)
    reaching = {
        name: {
            epoch: hidden_gradients(net, inputs, lengths, predicted=2)
            for epoch, net in by_epoch.items()
        }
        for name, by_epoch in networks.items()
    }
    return gradient_distributions(networks, inputs, lengths, seed=seed), reaching
