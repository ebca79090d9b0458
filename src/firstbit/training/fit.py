"""Training one network by any rule, from any epoch on."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from firstbit.cells import Network
from firstbit.training import minibatch, online
from firstbit.training.rules import Modern, Rule
from firstbit.training.words import Encoded, Words
from firstbit.weights.redraw import is_real

ALONE = (1,)
SIDE_BY_SIDE = (2, 4, 16)
"""Networks that one program trains together: pairs and more fill vector registers, so
each is computed as in the others.

A program of one network alone vectorises along its units, and rounds otherwise where
some are left over. Sixteen still fit the near cache.
"""


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
        stopped: the last epoch, if the rule's stop rule ended the training.
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


def begin(network: Network, rule: Rule) -> Training:
    """A training before its first epoch, in float64."""
    with jax.enable_x64(True):
        network = jax.tree.map(
            lambda leaf: jnp.asarray(leaf, float) if is_real(leaf) else leaf, network
        )
        moments = (
            minibatch.first_moments(rule, network) if isinstance(rule, Modern) else ()
        )
        return Training(network, moments, rule.learning_rate)


def fit(
    network: Network | Training,
    words: Words,
    rule: Rule,
    *,
    snapshots: Collection[int] = (),
    test: Test | None = None,
    after_epoch: Callable[[Training], bool] = lambda _: True,
) -> Training:
    """Train one network to predict what comes next in words, in float64.

    Args:
        network: where the training starts, its arrays NumPy's or JAX's; or an
            unfinished training to go on with, to the same bits as if it had never been
            interrupted.
        words: what is read in each epoch.
        rule: the rule of training.
        snapshots: numbers of epochs before which the network is kept.
        test: when to look whether the task is solved.
        after_epoch: called with the training as it is after each epoch; if it returns
            False, the training is left unfinished.

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
    run = Run(
        network if isinstance(network, Training) else begin(network, rule),
        words,
        after_epoch,
    )
    fit_side_by_side([run], rule, snapshots=snapshots, test=test)
    return run.training


@dataclass
class Run:
    """A training that goes on.

    Attributes:
        training: as it is.
        words: what is read in each epoch.
        after_epoch: as in `fit`.
    """

    training: Training
    words: Words
    after_epoch: Callable[[Training], bool]


def fit_side_by_side(
    runs: Iterable[Run],
    rule: Rule,
    *,
    at_once: int = 1,
    widths: Sequence[int] = ALONE,
    snapshots: Collection[int] = (),
    test: Test | None = None,
) -> None:
    """Bring every run to its end, some of them together: when one ends, the next takes its place.

    Args:
        runs: what is trained, taken one by one when there is a place.
        rule: the rule of training.
        at_once: how many are trained together; more than one only if all read the same
            words in every epoch, by the published rule, and their networks are alike in
            all but their real arrays.
        widths: networks that the programs have place for, growing; the bits may depend
            on them, but on nothing else.
        snapshots: as in `fit`.
        test: as in `fit`.
    """
    waiting = (run for run in runs if not run.training.finished)
    with jax.enable_x64(True):
        going = list(islice(waiting, at_once))
        while going:
            for run in going:
                number = len(run.training.log)
                if number in snapshots:
                    run.training = replace(
                        run.training,
                        snapshots={
                            **run.training.snapshots,
                            number: run.training.network,
                        },
                    )
            for run, training in zip(going, _next(going, rule, widths), strict=True):
                run.training = _ended(training, rule, test)
            going = [
                run
                for run in going
                if run.after_epoch(run.training) and not run.training.finished
            ]
            going += islice(waiting, at_once - len(going))


def _next(runs: Sequence[Run], rule: Rule, widths: Sequence[int]) -> list[Training]:
    """One epoch further."""
    before = [run.training for run in runs]
    words = runs[0].words.of_epoch(len(before[0].log))
    if isinstance(rule, Modern):
        (training,) = before
        network, moments, loss = minibatch.epoch(
            rule,
            training.network,
            training.moments,
            jnp.asarray(training.rate),
            words,
        )
        after = [(network, moments, float(loss))]
    else:
        width = next(width for width in widths if width >= len(before))
        filled = [*before, *before[:1] * (width - len(before))]
        rates = jnp.asarray([training.rate for training in filled])
        networks, losses = online.epoch(
            rule, [training.network for training in filled], rates, words
        )
        of_runs = zip(
            networks, np.asarray(losses), before, strict=False
        )  # the rest only filled the places
        after = [
            (network, training.moments, float(own.mean()))
            for network, own, training in of_runs
        ]
    return [
        _logged(training, *of_run, words)
        for training, of_run in zip(before, after, strict=True)
    ]


def _logged(
    training: Training, network: Network, moments: Any, loss: float, words: Encoded
) -> Training:
    """A training with what an epoch made of it."""
    symbols = (training.log[-1].symbols_read if training.log else 0) + int(
        words.num_steps.sum()
    )
    entry = Epoch(len(training.log), loss, training.rate, symbols)
    longest = max(training.longest, int(words.num_steps.max()))
    return replace(
        training,
        network=network,
        moments=moments,
        log=(*training.log, entry),
        longest=longest,
    )


def _ended(training: Training, rule: Rule, test: Test | None) -> Training:
    """What the last epoch of the log means: the next rate, and whether it was the last of all."""
    entry = training.log[-1]
    num_epochs = len(training.log)
    before = training.log[-2].mean_error if num_epochs > 1 else 0.0
    if not np.isfinite(entry.mean_error):
        return _finished(replace(training, diverged=entry))
    used = max(
        num_epochs / rule.max_epochs,
        entry.symbols_read / (rule.max_symbols or np.inf),
    )
    rate = rule.next_rate(
        entry.epoch, training.rate, entry.mean_error, before, min(used, 1.0)
    )
    training = replace(training, rate=rate)
    is_last = used >= 1
    if rule.stops(entry.mean_error, before):
        training, is_last = replace(training, stopped=entry), True
    if (
        test is not None
        and training.solved is None
        and (is_last or num_epochs % test.every == 0)
        and test.solves(training)
    ):
        training, is_last = replace(training, solved=entry), is_last or test.stops
    return _finished(training) if is_last else training


def _finished(training: Training) -> Training:
    return replace(
        training,
        finished=True,
        snapshots={**training.snapshots, len(training.log): training.network},
    )
