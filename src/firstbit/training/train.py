"""Training many seeds of one configuration, and what came of each."""

from collections.abc import Iterable, Sequence

from jaxtyping import PRNGKeyArray

from firstbit.cells import Initializer
from firstbit.cells.learnable import LearnableLike, learnable
from firstbit.datasets import Result
from firstbit.errors import SettingError, require_at_least, shown_value
from firstbit.execution import Execution
from firstbit.intervals import CONFIDENCE, require_confidence
from firstbit.languages import Criterion, Language
from firstbit.languages.catalogue.entries import require_language
from firstbit.training.fit import Checks, Training
from firstbit.training.many_seeds import train_part, train_seeds
from firstbit.training.outcomes import outcomes
from firstbit.training.result import labelled
from firstbit.training.rules import Rule, require_rule
from firstbit.training.task import Task
from firstbit.training.words import TaskWords


def train(
    cell: LearnableLike,
    language: Language | str,
    *,
    rule: Rule | str,
    num_seeds: int,
    key: PRNGKeyArray,
    hidden_size: int | None = None,
    words: Sequence[str] | None = None,
    own_lists: bool | None = None,
    num_words: int = 256,
    max_length: int | None = None,
    initializer: Initializer | None = None,
    readout_bias: bool | None = None,
    checks: Checks | None = None,
    criterion: Criterion | None = None,
    confidence: float = CONFIDENCE,
    execution: Execution | None = None,
) -> Result:
    r"""Train a cell many times to predict the next symbol, and judge every run.

    Each run trains the cell with a linear read-out. It *solves* the task if at most 1 %
    of fresh words, and at most 1 % of twins, have a wrong prediction. Twins are pairs
    of prefixes with the same last L symbols and different predictions, L the longest
    lag that the words read in training hold on average: no window of L symbols passes
    them. Where a symbol that repeats leads through different rows, as on parity, 4k
    repetitions must be right as well. A prediction is right if the true distribution,
    or one that hardly differs, is the nearest to it. Each run is tested on words of its
    own. Seed i depends on (key, i) and on nothing else: not on the number of seeds, of
    threads, or on interruptions.

    Do not read a failure as the cell's: another rule, start or budget may succeed. And
    a run that solves may forget at longer lags: see `keeps_to`.

    Args:
        cell: text such as "gru:10,reset=after"; a factory `(input_size, hidden_size, *,
            key) -> cell` in Equinox's convention, such as `GRU` or `partial(Vanilla,
            use_bias=True)`; one built cell, where every seed starts; or a `Given`, such
            as `Given.of(MyCell, initial_state=...)`. Or a `SequenceModel`, where every
            seed starts, or `SequenceModels`: their outputs are the predictions, without
            a read-out of ours.
        language: the task, or its name in the catalogue; one input a symbol, one output
            a symbol (and one for the end marker if there is one).
        rule: `Published(...)` or `Modern(...)`, or a name: "published", "modern".
        num_seeds: independent runs, at least 1.
        key: the random key.
        hidden_size: k; by default that of the text or of the built cell.
        words: a fixed list for all seeds, read every epoch.
        own_lists: without `words`, whether each seed draws a list of its own once and
            reads it every epoch, or fresh words for each epoch; by default what the
            rule needs: a list for `Published`, fresh words for `Modern`.
        num_words: drawn words in an epoch.
        max_length: of a word; longer ones in the list are an error, longer fresh ones
            are drawn again.
        initializer: law of the weights, or a mapping from the names of weights (the
            read-out's is `O`) to laws; by default the cell starts as its factory makes
            it, and `O` from N(0,1).
        readout_bias: whether the read-out has a bias, zero at the start; by default
            yes, unless the cell's text says no.
        checks: when a seed is checked for whether it solves the task, and whether it
            then ends, once other words confirm it with half of the error; by default
            every ten epochs, and it goes on.
        criterion: when a run is called right; see `Criterion`.
        confidence: probability of the intervals.
        execution: threads or an executor, progress, and a folder to resume from, or to
            train a part of the seeds into; changes no result.

    Returns:
        Result over `seed` and `epoch`. `loss`: mean loss a word, in squared error or,
        for `Modern`, bits; NaN after a seed's end. `final_loss`. `learning_rate`,
        `last_learning_rate`. `epochs_to_solve` and `symbols_to_solve`: the first check
        that was passed, NaN if none was (censored at the end). `symbols_read`.
        `diverged_epoch`: NaN if the loss stayed finite.

        Shares of wrong words with their exact intervals `..._ci`: `fresh_error` of
        `num_fresh` words; `twin_error` over `twin_lag`, of `num_pairs` pairs with
        `num_windows` different last symbols (-1 where the language has no twins);
        `long_error` over `longer`, of `num_long` words of `long_length` symbols (1, 2,
        4 times the longest word read; NaN where the language has none).
        `repeats_right`: all predictions are right while one symbol repeats 4k times and
        leads through different rows, as on parity. `solved`: it is, and `fresh_error`
        and `twin_error` at the attribute `lag` are at most `error`.
        `keeps_to`, `right_to_length`: the largest lag, and length, with at most `error`
        there and at all before it. `contrast_left` over `twin_lag`, of cells that
        declare a linear step (`transition`) alone: the median share of the difference
        of two twins' states that the weights leave after their common symbols.

        `passes_hochreiter`: Hochreiter and Schmidhuber's test, the most active outputs
        are exactly the legal ones, on 1,000 fresh words; it says nothing where the
        attribute `hochreiter_applies` is 0. Of a run that does not solve:
        `memory_is_there`, it is right with another read-out; `behaves_like`, a merged
        automaton, a constant or a window, or ""; `at_rest` and `frozen`.

        `loss_above_floor`, `squared_distance` and `divergence` from the exact
        next-output distribution, on the fresh words; `long_range_accuracy` of
        `num_predictions` over `lag`, on fresh and long words. Of all seeds:
        `success_rate` with its exact interval, `median_epochs_to_solve` and
        `median_symbols_to_solve`, where seeds that fail the test come last (NaN if more
        than half do).

        A `SequenceModel` shows no states: `memory_is_there` and `contrast_left` are not
        there, and the attribute `left_out` says so.

        Attributes: `lag`, `longest_lag`, `longest_word`, `num_words_read`,
        `memory_order`, `resolution`, `error`, `num_repeats` (4k where one symbol must
        be right so often in turn, else 0), `most_confused` (the two nearest rows),
        `shortest_passing_window` (the shortest window that passes the first seed's own
        test; -1 if none does of up to twice the lag, or 64 symbols beyond it).

    Raises:
        SettingError: a number is out of range, the initializer is unknown or doesn't
            fit, or a rule that needs a fixed list would read fresh words.
        LanguageError: the language has nothing to predict, or is too large.
        WordError: a word is not in the language, or too long.
        CellError: the cell can't be built, or its inputs are not the language's; a
            model of sequences sees symbols to come, or gives another number of outputs.
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
        Clopper, Pearson 1934.
        Stérin, Farrugia, Gripon 2017, Section IV.
    """
    confidence = require_confidence(confidence)
    num_seeds = require_at_least("num_seeds", num_seeds, 1)
    given = learnable(
        cell,
        hidden_size=hidden_size,
        initializer=initializer,
        readout_bias=readout_bias,
    )
    rule = require_rule(rule)
    fixed = _word_list(words)
    if own_lists is None:
        own_lists = fixed is None and rule.needs_list
    task = Task(
        given,
        require_language(language),
        rule,
        key,
        words=TaskWords(fixed, num_words, max_length, own_lists),
        checks=Checks() if checks is None else checks,
        criterion=Criterion() if criterion is None else criterion,
    )
    execution = execution or Execution()
    if execution.part is not None:
        return Result.of(train_part(task, num_seeds, execution))
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
