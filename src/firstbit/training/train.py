"""Training one network by a protocol."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from firstbit.cells import Network
from firstbit.errors import FirstbitError
from firstbit.languages import Language, one_hot
from firstbit.training.bptt import loss_and_gradient
from firstbit.training.protocols import Published


@dataclass(frozen=True)
class Epoch:
    """One line of a training log: the epoch's number, mean error per word, and the learning rate it used."""

    epoch: int
    mean_error: float
    learning_rate: float


@dataclass(frozen=True)
class Training:
    """A finished training.

    Attributes:
        log: one entry an epoch.
        network: the network at the end.
        stopped: the last epoch if the stop rule ended the training, else None.
        snapshots: the networks before the epochs asked for, and at the end under the number of epochs run.
    """

    log: tuple[Epoch, ...]
    network: Network
    stopped: Epoch | None
    snapshots: dict[int, Network]


class DivergedError(FirstbitError, ArithmeticError):
    """The loss is no longer a finite number."""


def train(
    network: Network,
    words: Sequence[str],
    language: Language,
    protocol: Published,
    *,
    snapshots: Sequence[int] = (),
    progress: Callable[[Epoch], object] | None = None,
) -> Training:
    """Train a network to predict the next symbol of words, in float64.

    Args:
        network: where training starts; its arrays may be NumPy or JAX.
        words: words of the language, read in this order every epoch.
        language: gives the alphabet; every word is checked against it.
        protocol: the rule of training.
        snapshots: numbers of epochs before which the network is kept.
        progress: called after each epoch.

    Returns:
        Log, trained network (float64 arrays), and snapshots.

    Raises:
        WordError: a word is not in the language.
        DivergedError: the loss became infinite or undefined; names the epoch.
    """
    language.check(words)
    inputs, lengths = one_hot(words, language.alphabet)
    with jax.enable_x64(True):
        network = jax.tree.map(jnp.asarray, network)
        kept: dict[int, Network] = {}
        log: list[Epoch] = []
        rate, before = protocol.learning_rate, 0.0
        arguments = (jnp.asarray(inputs), jnp.asarray(lengths))
        for number in range(protocol.max_epochs):
            if number in snapshots:
                kept[number] = network
            network, mean_error = _epoch(network, jnp.asarray(rate), *arguments)
            entry = Epoch(number, float(mean_error), rate)
            if not np.isfinite(entry.mean_error):
                raise DivergedError(
                    f"the loss is {entry.mean_error} in epoch {number}; expected a finite number; "
                    f"try a learning rate below {protocol.learning_rate:g}."
                )
            log.append(entry)
            if progress is not None:
                progress(entry)
            rate = protocol.next_rate(number, rate, entry.mean_error, before)
            if protocol.stops(entry.mean_error, before):
                break
            before = entry.mean_error
        else:
            entry = None
        return Training(tuple(log), network, entry, {**kept, len(log): network})


@eqx.filter_jit
def _epoch(
    network: Network,
    rate: Float[Array, ""],
    inputs: Float[Array, "word time input"],
    lengths: Int[Array, " word"],
) -> tuple[Network, Float[Array, ""]]:
    """One pass over the words, one gradient step after each; the mean of the losses before the steps."""

    def one_word(network: Network, word: tuple[Array, Array]) -> tuple[Network, Array]:
        loss, gradient = loss_and_gradient(network, *word)
        return jax.tree.map(lambda p, g: p - rate * g, network, gradient), loss

    network, losses = jax.lax.scan(one_word, network, (inputs, lengths))
    return network, losses.mean()
