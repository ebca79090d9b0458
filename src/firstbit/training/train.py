"""Training many seeds of one configuration, and what came of each."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import xarray as xr
from jaxtyping import PRNGKeyArray

from firstbit.cells import Initializer
from firstbit.cells.given import CellLike
from firstbit.cells.state import State
from firstbit.languages import Language
from firstbit.provenance import with_provenance
from firstbit.training.fit import Training
from firstbit.training.outcomes import labelled, outcomes
from firstbit.training.rules import Rule
from firstbit.training.seeds import train_seeds
from firstbit.training.task import Task, size_of


def train(
    cell: CellLike,
    language: Language,
    *,
    rule: Rule,
    num_seeds: int,
    key: PRNGKeyArray,
    hidden_size: int | None = None,
    words: Sequence[str] | None = None,
    num_words: int = 256,
    max_length: int | None = None,
    initializer: Initializer | None = None,
    initial_state: Callable[[Any], State] | None = None,
    output_bias: bool = True,
    check_every: int = 10,
    stop_when_solved: bool = False,
    workers: int | None = None,
    progress: Callable[[int, int], object] | None = None,
    resume: Path | None = None,
) -> xr.Dataset:
    r"""Train a cell with a linear read-out to predict the next symbol, many times, and judge every run.

    A run *solves* the task if on 1,000 fresh words the most active outputs are at every
    step exactly the legal symbols (Hochreiter and Schmidhuber's test). Seed i depends
    on (key, i) and on nothing else: not on the number of seeds, of threads, or on
    interruptions.

    Do not read a failure as the cell's: another rule, start or budget may succeed. And
    a network may pass on words like those it has read without having learnt the rule:
    see `solved_long`.

    Args:
        cell: a factory `(input_size, hidden_size, *, key) -> cell` in Equinox's
            convention, such as `GRU` or `partial(Vanilla, use_bias=True)`; or one built
            cell, where every seed starts.
        language: the task; one input a symbol, one output a symbol (and one for the end
            marker if there is one).
        rule: `Published(...)` or `Modern(...)`.
        num_seeds: independent runs, at least 1.
        key: the random key.
        hidden_size: k; a built cell has its own.
        words: a fixed list, read every epoch; by default each epoch has fresh words.
        num_words: fresh words in an epoch.
        max_length: of a word; longer ones in the list are an error, longer fresh ones
            are drawn again.
        initializer: law of the weights, or a mapping from the names of weights (the
            read-out's is `O`) to laws; by default the cell starts as its factory makes
            it, and `O` from N(0,1).
        initial_state: the state before the first symbol, a function of the cell; needed
            only where the cell doesn't tell.
        output_bias: whether the read-out has a bias, zero at the start.
        check_every: epochs between looks whether the task is solved.
        stop_when_solved: whether a seed ends when it is.
        workers: threads; all processors by default; doesn't change the result.
        progress: called with (epochs done, epochs at most in all), from any thread.
        resume: folder that keeps the trainings; an interrupted call that is made again
            goes on from it, to the same bits.

    Returns:
        Dataset over `seed` and `epoch` (and `lag`). `loss`: mean loss a word, in
        squared error or, for `Modern`, bits; NaN after a seed's end. `final_loss`.
        `learning_rate`. `solved`, `solved_long` (on words whose lag is at least twice
        any in training; `long_test_applies` is false where the language has none, and
        the first test's answer stands there). `epochs_to_solve` and `symbols_to_solve`:
        NaN if not solved (censored at the end). `symbols_read`. `diverged_epoch`: NaN
        if the loss stayed finite. On 1,000 fresh words: `loss_above_floor`,
        `squared_distance` and `divergence` from the exact next-output distribution,
        `plateau` (name of the nearest floor, or ""), `long_range_accuracy` of
        `num_predictions` over `lag`. Of all seeds: `success_rate` with `success_low`
        and `success_high` (Wilson, 95 %), `median_epochs_to_solve` and
        `median_symbols_to_solve` (NaN if half of the seeds are censored).

    Raises:
        SettingError: a number is out of range, or the initializer is unknown or doesn't
            fit.
        WordError: a word is not in the language, or too long.
        CellError: the cell can't be built, or its inputs are not the language's.
        OutputError: `resume` holds something else, or a damaged file.

    Example:
        >>> import jax
        >>> from firstbit.cells import Vanilla
        >>> from firstbit.languages import reber
        >>> from firstbit.training import Published
        >>> d = train(Vanilla, reber(), hidden_size=3, rule=Published(0.05, max_epochs=2), num_seeds=2, key=jax.random.key(0))
        >>> d.loss.dims, d.solved.values.tolist()
        (('seed', 'epoch'), [False, False])

    References:
        Hochreiter, Schmidhuber 1997, "Long Short-Term Memory", Section 5.1.
        Stérin, Farrugia, Gripon 2017, Section IV.
    """
    task = Task(
        cell=cell,
        language=language,
        rule=rule,
        hidden_size=size_of(cell, hidden_size),
        key=key,
        words=None if words is None else tuple(words),
        num_words=num_words,
        max_length=max_length,
        initializer=initializer,
        initial_state=initial_state,
        output_bias=output_bias,
        check_every=check_every,
        stop_when_solved=stop_when_solved,
    )
    trainings = train_seeds(
        task, num_seeds, workers=workers, progress=progress, resume=resume
    )
    return judged(task, trainings, workers=workers)


def judged(
    task: Task, trainings: Sequence[Training], *, workers: int | None = None
) -> xr.Dataset:
    """What `train` returns, of trainings that are at hand with their networks."""
    configuration = {
        "measure": "training",
        "num_seeds": len(trainings),
        **task.settings(),
    }
    dataset = labelled(task, trainings, outcomes(task, trainings, workers=workers))
    return with_provenance(
        dataset, configuration=configuration, key=configuration["key"]
    )
