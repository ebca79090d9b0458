"""Training one network by any protocol, from any epoch on."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from firstbit.cells import Network
from firstbit.cells.redraw import is_real
from firstbit.training import minibatch, online
from firstbit.training.protocols import Modern, Protocol
from firstbit.training.words import Words


@dataclass(frozen=True)
class Epoch:
    """One line of a training log.

    Attributes:
        epoch: its number, from 0.
        mean_error: mean loss a word, each before the step that it led to.
        learning_rate: the rate of this epoch.
        symbols_read: symbols read since the start, this epoch included.
    """

    epoch: int
    mean_error: float
    learning_rate: float
    symbols_read: int


@dataclass(frozen=True)
class Training:
    """A training, finished or not: all that it needs to go on.

    Attributes:
        network: after the last epoch of the log.
        moments: the optimiser's own state.
        rate: of the epoch to come.
        log: one entry an epoch.
        stopped: the last epoch, if the protocol's stop rule ended the training.
        diverged: the epoch in which the loss was no finite number; it is the last.
        solved: the first epoch after which the task was found solved.
        snapshots: the networks before the epochs asked for, and after the last.
        longest: most symbols that were read of one word.
        finished: whether the training is over.
    """

    network: Network
    moments: Any
    rate: float
    log: tuple[Epoch, ...] = ()
    stopped: Epoch | None = None
    diverged: Epoch | None = None
    solved: Epoch | None = None
    snapshots: Mapping[int, Network] = field(default_factory=dict)
    longest: int = 0
    finished: bool = False


@dataclass(frozen=True)
class Test:
    """When to look whether a task is solved.

    Attributes:
        solves: of a training as it is.
        every: so many epochs.
        stops: whether a solved task ends the training.
    """

    solves: Callable[[Training], bool]
    every: int = 10
    stops: bool = False


def begin(network: Network, protocol: Protocol) -> Training:
    """A training before its first epoch, in float64."""
    with jax.enable_x64(True):
        network = jax.tree.map(lambda leaf: jnp.asarray(leaf, float) if is_real(leaf) else leaf, network)
        moments = minibatch.first_moments(protocol, network) if isinstance(protocol, Modern) else ()
        return Training(network, moments, protocol.learning_rate)


def fit(
    network: Network | Training,
    words: Words,
    protocol: Protocol,
    *,
    snapshots: Collection[int] = (),
    test: Test | None = None,
    after_epoch: Callable[[Training], bool] = lambda _: True,
) -> Training:
    """Train one network to predict what comes next in words, in float64.

    Args:
        network: where the training starts, its arrays NumPy's or JAX's; or an unfinished training to go on with, to
            the same bits as if it had never been interrupted.
        words: what is read in each epoch.
        protocol: the rule of training.
        snapshots: numbers of epochs before which the network is kept.
        test: when to look whether the task is solved.
        after_epoch: called with the training as it is after each epoch; if it returns False, the training is left
            unfinished.

    Returns:
        The training, with its network in float64.

    Example:
        >>> from firstbit.cells import Readout, Vanilla
        >>> from firstbit.languages import reber
        >>> from firstbit.training import FixedWords, Published
        >>> net = Network(Vanilla(7, 3, key=jax.random.key(0)), Readout(jnp.zeros((7, 3))))
        >>> done = fit(net, FixedWords(reber(), ("BTXSE", "BPVVE")), Published(0.01, max_epochs=2))
        >>> len(done.log), done.log[1].mean_error < done.log[0].mean_error
        (2, True)
    """
    with jax.enable_x64(True):
        training = network if isinstance(network, Training) else begin(network, protocol)
        goes_on = not training.finished
        while goes_on:
            if len(training.log) in snapshots:
                training = replace(training, snapshots={**training.snapshots, len(training.log): training.network})
            training = _ended(_next(training, words, protocol), protocol, test)
            goes_on = after_epoch(training) and not training.finished
        return training


def _next(training: Training, words: Words, protocol: Protocol) -> Training:
    """One epoch further."""
    number = len(training.log)
    encoded = words.of_epoch(number)
    program: Any = minibatch.epoch if isinstance(protocol, Modern) else online.epoch
    network, moments, loss = program(protocol, training.network, training.moments, jnp.asarray(training.rate), encoded)
    symbols = (training.log[-1].symbols_read if training.log else 0) + int(encoded.num_steps.sum())
    entry = Epoch(number, float(loss), training.rate, symbols)
    longest = max(training.longest, int(encoded.num_steps.max()))
    return replace(training, network=network, moments=moments, log=(*training.log, entry), longest=longest)


def _ended(training: Training, protocol: Protocol, test: Test | None) -> Training:
    """What the last epoch of the log means: the next rate, and whether it was the last of all."""
    entry = training.log[-1]
    num_epochs = len(training.log)
    before = training.log[-2].mean_error if num_epochs > 1 else 0.0
    if not np.isfinite(entry.mean_error):
        return _finished(replace(training, diverged=entry))
    used = max(num_epochs / protocol.max_epochs, entry.symbols_read / (protocol.max_symbols or np.inf))
    rate = protocol.next_rate(entry.epoch, training.rate, entry.mean_error, before, min(used, 1.0))
    training = replace(training, rate=rate)
    is_last = used >= 1
    if protocol.stops(entry.mean_error, before):
        training, is_last = replace(training, stopped=entry), True
    if test is not None and training.solved is None and (is_last or num_epochs % test.every == 0) and test.solves(training):
        training, is_last = replace(training, solved=entry), is_last or test.stops
    return _finished(training) if is_last else training


def _finished(training: Training) -> Training:
    return replace(training, finished=True, snapshots={**training.snapshots, len(training.log): training.network})
