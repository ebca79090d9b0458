"""Training one network, or several side by side, by any rule and from any epoch on."""

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import jax
import numpy as np

from firstbit.cells.network import Net
from firstbit.errors import keep_whole
from firstbit.training.rules.rule import ALONE, Epoch, Learned, Learner, Moments, Rule
from firstbit.training.words import Examples, Words
from firstbit.weights.numbers import in_current_float

LATE = 0.9
"""Share of the budget after which the network is kept, to see if it still moves."""


@dataclass(frozen=True)
class Training:
    """A training, finished or not: all that it needs to go on.

    Attributes:
        network: after the last epoch of the log.
        moments: of the optimiser.
        rate: of the epoch to come.
        log: one entry an epoch.
        stopped: the last epoch, if the rule ended the training before its budget.
        diverged: the epoch in which the loss was no finite number; it is the last.
        solved: the first epoch after which the task was found solved.
        snapshots: the networks before the epochs asked for, and after the last.
        longest: most symbols that were read of one word.
        late: the network when nine tenths of the budget were spent; None before.
        finished: whether the training is over.
    """

    network: Net
    moments: Moments
    rate: float
    log: tuple[Epoch, ...] = ()
    stopped: Epoch | None = None
    diverged: Epoch | None = None
    solved: Epoch | None = None
    snapshots: Mapping[int, Net] = field(default_factory=dict)
    longest: int = 0
    late: Net | None = None
    finished: bool = False

    @property
    def learner(self) -> Learner:
        """What the rule of training sees of it."""
        return Learner(self.network, self.moments, self.rate)

    @property
    def symbols_read(self) -> int:
        """Symbols read since the start."""
        if not self.log:
            return 0
        return self.log[-1].symbols_read


@dataclass(frozen=True)
class Checks:
    """When a training is checked for whether it solves its task.

    Attributes:
        every: epochs from one check to the next, at least 1; the last epoch is always
            checked.
        stop: whether a solved task ends the training; it is then confirmed on other
            words, with half of the error allowed.
    """

    every: int = 10
    stop: bool = False

    def __post_init__(self) -> None:
        keep_whole(self, "every", 1)


@dataclass(frozen=True)
class Test:
    """A check whether a training solves its task.

    Attributes:
        solves: the check.
        checks: when it is made.
    """

    solves: Callable[[Training], bool]
    checks: Checks = field(default_factory=Checks)

    def passes(self, training: Training, *, is_last: bool) -> bool:
        """Return whether a check is due, and shows that the task is solved."""
        if training.solved is not None:
            return False
        num_epochs = len(training.log)
        is_due = num_epochs % self.checks.every == 0
        return (is_due or is_last) and self.solves(training)


def begin(network: Net, rule: Rule) -> Training:
    """Return a training before its first epoch, in double precision."""
    with jax.enable_x64(True):
        network = in_current_float(network)
        moments = rule.first_moments(network)
        return Training(network, moments, rule.learning_rate)


def fit(
    network: Net | Training,
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
        words: those read in each epoch.
        rule: the rule of training.
        snapshots: numbers of epochs before which the network is kept.
        test: the check whether the task is solved.
        after_epoch: called with the training as it is after each epoch; if it returns
            False, the training is left unfinished.

    Returns:
        The training, with its network in float64.

    Example:
        >>> import jax.numpy as jnp
        >>> from firstbit.cells import Network, Readout, Vanilla
        >>> from firstbit.languages import reber
        >>> from firstbit.training import FixedWords, Published
        >>> cell = Vanilla(7, 3, key=jax.random.key(0))
        >>> net = Network(cell, Readout(jnp.zeros((7, 3))))
        >>> words = FixedWords(reber(), ("BTXSE", "BPVVE"))
        >>> done = fit(net, words, Published(0.01, max_epochs=2))
        >>> len(done.log), done.log[1].mean_error < done.log[0].mean_error
        (2, True)
    """
    start = network
    if not isinstance(start, Training):
        start = begin(start, rule)
    (training,) = fit_side_by_side(
        [start],
        words,
        rule,
        snapshots=snapshots,
        test=test,
        after_epoch=lambda _, training: after_epoch(training),
    )
    return training


def fit_side_by_side(
    starts: Sequence[Training],
    words: Words,
    rule: Rule,
    *,
    widths: Sequence[int] = ALONE,
    snapshots: Collection[int] = (),
    test: Test | None = None,
    after_epoch: Callable[[int, Training], bool] = lambda *_: True,
) -> list[Training]:
    """Bring trainings to their end, some of them together.

    When one ends, the next takes its place.

    Args:
        starts: the trainings as they are. More than one go together only if their
            networks are alike in all but their real arrays.
        words: what each reads; the same in every epoch if several go together.
        rule: the rule of training.
        widths: numbers of networks that the programs have room for, growing, the last
            one for as many as go together; the bits may depend on them, but on nothing
            else.
        snapshots: as in `fit`.
        test: as in `fit`.
        after_epoch: called with the number of a training and the training as it is,
            after each epoch of each; once it returns False, all are left as they are.

    Returns:
        The trainings, in the order of `starts`.
    """
    trainings = list(starts)
    waiting = _unfinished(starts)
    going: list[int] = []
    goes_on = True
    while goes_on and (going or waiting):
        _fill(going, waiting, widths[-1])
        together = []
        for i in going:
            together.append(_with_snapshot(trainings[i], snapshots))
        with jax.enable_x64(True):
            together = _one_epoch(together, words, rule, widths)
        unfinished = []
        for i, training in zip(going, together, strict=True):
            trainings[i] = _after_epoch(training, rule, test)
            goes_on &= after_epoch(i, trainings[i])
            if not trainings[i].finished:
                unfinished.append(i)
        going = unfinished
    return trainings


def _fill(going: list[int], waiting: deque[int], width: int) -> None:
    """Let those that wait take the places left."""
    while waiting and len(going) < width:
        going.append(waiting.popleft())


def _unfinished(starts: Sequence[Training]) -> deque[int]:
    """Return the numbers of the trainings that are not over."""
    waiting = deque[int]()
    for i, start in enumerate(starts):
        if not start.finished:
            waiting.append(i)
    return waiting


def _with_snapshot(training: Training, snapshots: Collection[int]) -> Training:
    """Return a training that keeps its network, if this epoch is asked for."""
    epoch = len(training.log)
    if epoch not in snapshots:
        return training
    kept = {**training.snapshots, epoch: training.network}
    return replace(training, snapshots=kept)


def _one_epoch(
    trainings: Sequence[Training], words: Words, rule: Rule, widths: Sequence[int]
) -> list[Training]:
    """Return trainings one epoch later."""
    number = len(trainings)
    width = next(width for width in widths if width >= number)
    epoch = len(trainings[0].log)
    examples = words.of_epoch(epoch)
    learners = [training.learner for training in trainings]
    learned = rule.epoch(learners, examples, width)
    later = []
    for training, after in zip(trainings, learned, strict=True):
        later.append(_logged(training, after, examples))
    return later


def _logged(training: Training, after: Learned, examples: Examples) -> Training:
    """Return a training with what an epoch made of it."""
    num_symbols = int(examples.num_steps.sum())
    longest = int(examples.num_steps.max())
    entry = Epoch(
        epoch=len(training.log),
        mean_error=after.mean_error,
        learning_rate=training.rate,
        symbols_read=training.symbols_read + num_symbols,
    )
    return replace(
        training,
        network=after.network,
        moments=after.moments,
        log=(*training.log, entry),
        longest=max(training.longest, longest),
    )


def _after_epoch(training: Training, rule: Rule, test: Test | None) -> Training:
    """Draw the conclusions of the last epoch: the next rate, and whether it ends."""
    last = training.log[-1]
    before = None
    if len(training.log) > 1:
        before = training.log[-2]
    if not np.isfinite(last.mean_error):
        return _finished(replace(training, diverged=last))
    rate = rule.next_rate(last, before)
    training = replace(training, rate=rate)
    if training.late is None and rule.spent(last) >= LATE:
        training = replace(training, late=training.network)
    is_last = rule.spent(last) >= 1
    if rule.stops(last, before):
        training = replace(training, stopped=last)
        is_last = True
    if test is not None and test.passes(training, is_last=is_last):
        training = replace(training, solved=last)
        is_last = is_last or test.checks.stop
    if not is_last:
        return training
    return _finished(training)


def _finished(training: Training) -> Training:
    if training.late is training.network:  # nothing says whether it still moves
        training = replace(training, late=None)
    num_epochs = len(training.log)
    kept = {**training.snapshots, num_epochs: training.network}
    return replace(training, finished=True, snapshots=kept)
