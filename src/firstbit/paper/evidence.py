"""What the claims are judged on: trained networks on words, gradients, grids of D."""

from collections.abc import Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import xarray as xr
from jaxtyping import Bool, Float, Int

from firstbit.cells import Network, run
from firstbit.languages import Language, one_hot, sample, true_probabilities
from firstbit.memory.gradients.pooled import gradient_distributions, hidden_gradients
from firstbit.paper.settings import Settings
from firstbit.paper.trainings import Run
from firstbit.training import legal_above_illegal

NUM_FRESH = 1000

FRESH_SEED = 1_000_003
"""Added to the seed of the fresh words, so that they are not the training words."""

OUTER_SYMBOL = 2
"""The last outer symbol, counted from the end of the word."""

ReachingBack = dict[str, dict[int, Float[np.ndarray, "word lag"]]]
"""By network and epoch: norms of `hidden_gradients`."""


@dataclass(frozen=True)
class Reading:
    """A network's run over words, one row a prediction that counts.

    Attributes:
        output: linear outputs.
        hidden: hidden states.
        truth: true next-symbol probabilities.
        target: number of the symbol that came.
        prefix: the symbols read before the prediction.
        state: name of the automaton's state.
        word: number of the word.
    """

    output: Float[np.ndarray, "prediction symbol"]
    hidden: Float[np.ndarray, "prediction unit"]
    truth: Float[np.ndarray, "prediction symbol"]
    target: Int[np.ndarray, " prediction"]
    prefix: tuple[str, ...]
    state: tuple[str, ...]
    word: Int[np.ndarray, " prediction"]

    def loss_by_word(self) -> Float[np.ndarray, " word"]:
        """Return the summed squared error of each word."""
        wanted = np.eye(self.output.shape[1])[self.target]
        error = ((self.output - wanted) ** 2).sum(axis=1)
        return np.bincount(self.word, weights=error)

    def mean_loss(self) -> float:
        """Return the mean loss of a word."""
        return float(self.loss_by_word().mean())

    def top_outputs_are_legal(self) -> Bool[np.ndarray, " prediction"]:
        """Return whether every legal symbol's output exceeds every illegal one's.

        References:
            Hochreiter, Schmidhuber 1997, the test of the embedded Reber grammar.
        """
        return legal_above_illegal(self.output, self.truth > 0)


@dataclass(frozen=True)
class Evidence:
    """Everything that the claims are judged on.

    Attributes:
        settings: those of the replay.
        runs: the three trainings by name.
        grids: the grids of D(l,k) by name.
        gradients: the Dataset of `gradient_distributions`.
        reaching_back: how far back the error at the last outer symbol reaches.
    """

    settings: Settings
    runs: dict[str, Run]
    grids: dict[str, xr.Dataset]
    gradients: xr.Dataset
    reaching_back: ReachingBack

    def reading(self, name: str) -> Reading:
        """Run the trained network of a training over its training words."""
        chosen = self.runs[name]
        return read(chosen.network, chosen.language, chosen.words)

    def fresh_words(self, language: Language) -> list[str]:
        """Sample words for tests, apart from those of any training."""
        seed = self.settings.seed + FRESH_SEED
        return sample(language, NUM_FRESH, seed=seed)


def read(network: Network, language: Language, words: Sequence[str]) -> Reading:
    """Run a network over words; it predicts after all symbols but the last."""
    inputs, lengths = one_hot(words, language.alphabet)
    hidden, output = run_words(network, inputs)
    num_predictions = lengths - 1
    steps = np.arange(inputs.shape[1] - 1)
    counts = steps < num_predictions[:, None]
    place = np.nonzero(counts)
    rows, times = place
    prefixes: list[str] = []
    for row, time in zip(rows, times, strict=True):
        prefixes.append(words[int(row)][: time + 1])
    states: list[str] = []
    for word in words:
        path = language.path(word)[1:-1]
        states += [language.states[state] for state in path]
    truth = true_probabilities(language, words)
    following = inputs[rows, times + 1]
    return Reading(
        output=output[place],
        hidden=hidden[place],
        truth=truth[place],
        target=following.argmax(axis=1),
        prefix=tuple(prefixes),
        state=tuple(states),
        word=rows,
    )


def run_words(
    network: Network, inputs: Float[np.ndarray, "word time symbol"]
) -> tuple[Float[np.ndarray, "word time unit"], Float[np.ndarray, "word time symbol"]]:
    """Return the hidden states and the outputs of many words."""
    with jax.enable_x64(True):
        exact = jax.tree.map(jnp.asarray, network)
        hidden, output = _run_each(exact, jnp.asarray(inputs))
        return (
            np.asarray(hidden),
            np.asarray(output),
        )


_run_each = jax.jit(jax.vmap(run, in_axes=(None, 0)))


def after_prefixes(
    network: Network, language: Language, prefixes: Sequence[str]
) -> tuple[Float[np.ndarray, "prefix unit"], Float[np.ndarray, "prefix symbol"]]:
    """Return the hidden state and the output right after each prefix."""
    inputs, lengths = one_hot(prefixes, language.alphabet)
    hidden, output = run_words(network, inputs)
    last = np.arange(len(prefixes)), lengths - 1
    return hidden[last], output[last]


def gradient_evidence(
    runs: dict[str, Run], seed: int
) -> tuple[xr.Dataset, ReachingBack]:
    """Compute gradients of the two embedded networks at start, middle and end.

    Returns:
        The Dataset of `gradient_distributions`; and by network and epoch the (word,
        lag) norms of `hidden_gradients` for the prediction of the last outer symbol,
        which only the second symbol determines.
    """
    vanilla = runs["embedded_reber_vanilla"]
    gru = runs["embedded_reber_gru"]
    networks = _at_common_epochs({"vanilla": vanilla, "gru": gru})
    inputs, lengths = one_hot(vanilla.words, vanilla.language.alphabet)
    reaching: ReachingBack = {}
    for name, by_epoch in networks.items():
        reaching[name] = {}
        for epoch, network in by_epoch.items():
            norms = hidden_gradients(
                network,
                inputs,
                lengths,
                predicted=OUTER_SYMBOL,
            )
            reaching[name][epoch] = norms
    gradients = gradient_distributions(networks, inputs, lengths, seed=seed)
    return gradients, reaching


def _at_common_epochs(pair: dict[str, Run]) -> dict[str, dict[int, Network]]:
    """Return the networks by epoch, at the epochs that both trainings have.

    The trainings may end at different epochs; both ends carry the later one.
    """
    last = max(len(chosen.training.log) for chosen in pair.values())
    networks: dict[str, dict[int, Network]] = {}
    for name, chosen in pair.items():
        before_end: dict[int, Network] = {}
        for epoch, network in chosen.snapshots.items():
            if epoch < len(chosen.training.log):
                before_end[epoch] = network
        networks[name] = {**before_end, last: chosen.network}
    common = sorted(set.intersection(*map(set, networks.values())))
    chosen_epochs: dict[str, dict[int, Network]] = {}
    for name, by_epoch in networks.items():
        chosen_epochs[name] = {epoch: by_epoch[epoch] for epoch in common}
    return chosen_epochs
