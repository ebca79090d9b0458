"""Training many seeds of one configuration, and what came of each."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from jaxtyping import PRNGKeyArray

from firstbit.cells import CellLike, Given, Initializer
from firstbit.datasets import Result
from firstbit.errors import SettingError, require_at_least, shown_value
from firstbit.execution import Execution
from firstbit.intervals import CONFIDENCE, require_confidence
from firstbit.languages import Language
from firstbit.languages.catalogue.entries import require_language
from firstbit.training.fit import Checks, Training
from firstbit.training.outcomes import outcomes
from firstbit.training.result import labelled
from firstbit.training.rules import Rule, require_rule
from firstbit.training.seeds import train_seeds
from firstbit.training.task import Task
from firstbit.training.words import TaskWords


def train(
    cell: CellLike,
    language: Language | str,
    *,
    rule: Rule | str,
    num_seeds: int,
    key: PRNGKeyArray,
    hidden_size: int | None = None,
    words: Sequence[str] | None = None,
    num_words: int = 256,
    max_length: int | None = None,
    initializer: Initializer | None = None,
    readout_bias: bool | None = None,
    checks: Checks | None = None,
    confidence: float = CONFIDENCE,
    execution: Execution | None = None,
) -> Result:
    r"""Train a cell many times to predict the next symbol, and judge every run.

    Each run trains the cell with a linear read-out. It *solves* the task if on 1,000
    fresh words the most active outputs are at every step exactly the legal symbols
    (Hochreiter and Schmidhuber's test). Seed i depends on (key, i) and on nothing else:
    not on the number of seeds, of threads, or on interruptions.

    Do not read a failure as the cell's: another rule, start or budget may succeed. And
    a network may pass on words like those it has read without having learnt the rule:
    see `solved_long`.

    Args:
        cell: text such as "gru:10,reset=after"; a factory `(input_size, hidden_size, *,
            key) -> cell` in Equinox's convention, such as `GRU` or `partial(Vanilla,
            use_bias=True)`; one built cell, where every seed starts; or a `Given`, such
            as `Given.of(MyCell, initial_state=...)`.
        language: the task, or its name in the catalogue; one input a symbol, one output
            a symbol (and one for the end marker if there is one).
        rule: `Published(...)` or `Modern(...)`, or a name: "published", "modern".
        num_seeds: independent runs, at least 1.
        key: the random key.
        hidden_size: k; by default that of the text or of the built cell.
        words: a fixed list, read every epoch; by default each epoch has fresh words.
        num_words: fresh words in an epoch.
        max_length: of a word; longer ones in the list are an error, longer fresh ones
            are drawn again.
        initializer: law of the weights, or a mapping from the names of weights (the
            read-out's is `O`) to laws; by default the cell starts as its factory makes
            it, and `O` from N(0,1).
        readout_bias: whether the read-out has a bias, zero at the start; by default
            yes, unless the cell's text says no.
        checks: when a seed is checked for whether it solves the task, and whether it
            then ends; by default every ten epochs, and it goes on.
        confidence: probability of the interval of the success rate.
        execution: threads, progress, and a folder to resume from; changes no result.

    Returns:
        Result over `seed` and `epoch` (and `lag`). `loss`: mean loss a word, in
        squared error or, for `Modern`, bits; NaN after a seed's end. `final_loss`.
        `learning_rate`. `solved`, `solved_long` (on words whose lag is at least twice
        any in training; `long_test_applies` is false where the language has none, and
        the first test's answer stands there). `epochs_to_solve` and `symbols_to_solve`:
        NaN if not solved (censored at the end). `symbols_read`. `diverged_epoch`: NaN
        if the loss stayed finite. On 1,000 fresh words: `loss_above_floor`,
        `squared_distance` and `divergence` from the exact next-output distribution,
        `plateau` (name of the nearest floor, or ""), `long_range_accuracy` of
        `num_predictions` over `lag`. Of all seeds: `success_rate` with its interval
        `success_rate_ci` (Wilson), `median_epochs_to_solve` and
        `median_symbols_to_solve` (NaN if half of the seeds are censored).

    Raises:
        SettingError: a number is out of range, or the initializer is unknown or doesn't
            fit.
        WordError: a word is not in the language, or too long.
        CellError: the cell can't be built, or its inputs are not the language's.
        OutputError: the folder to resume from holds something else, or a damaged file.

    Example:
        >>> import jax
        >>> from firstbit.languages import reber
        >>> from firstbit.training import Published
        >>> rule = Published(0.05, max_epochs=2)
        >>> key = jax.random.key(0)
        >>> d = train("vanilla:3", reber(), rule=rule, num_seeds=2, key=key)
        >>> d.loss.dims, d.solved.values.tolist()
        (('seed', 'epoch'), [False, False])

    References:
        Hochreiter, Schmidhuber 1997, "Long Short-Term Memory", Section 5.1.
        Stérin, Farrugia, Gripon 2017, Section IV.
    """
    confidence = require_confidence(confidence)
    num_seeds = require_at_least("num_seeds", num_seeds, 1)
    given = Given.of(
        cell,
        hidden_sizes=None if hidden_size is None else [hidden_size],
        initializer=initializer,
        is_trained=True,
    )
    if readout_bias is not None:
        given = replace(given, readout_bias=readout_bias)
    task = Task(
        given,
        require_language(language),
        require_rule(rule),
        key,
        words=TaskWords(_word_list(words), num_words, max_length),
        checks=Checks() if checks is None else checks,
    )
    execution = execution or Execution()
    trainings = train_seeds(task, num_seeds, execution)
    return judged(
        task,
        trainings,
        confidence=confidence,
        workers=execution.workers,
    )


def _word_list(words: Sequence[str] | None) -> tuple[str, ...] | None:
    """Return a fixed list of words, or None."""
    if words is None:
        return None
    if isinstance(words, str) or not isinstance(words, Iterable):
        raise SettingError(
            f"expected `words` as a list, got {shown_value(words)}; try ['ab', 'b']."
        )
    fixed = tuple(words)
    if not fixed:
        raise SettingError("expected one or more words to train on, got none.")
    return fixed


def judged(
    task: Task,
    trainings: Sequence[Training],
    *,
    confidence: float = CONFIDENCE,
    workers: int | None = None,
) -> Result:
    """Return what `train` returns, of trainings at hand with their networks."""
    found = outcomes(task, trainings, workers=workers)
    return labelled(task, trainings, found, confidence=confidence)
