"""Judge a net that was trained elsewhere, by all criteria of a trained seed."""

from dataclasses import asdict
from pathlib import Path
from shlex import quote
from typing import Any

import numpy as np
import xarray as xr

from firstbit.datasets import Result, Variable, dataset
from firstbit.errors import require_kind, require_path
from firstbit.intervals import CONFIDENCE, require_confidence
from firstbit.languages import Criterion, Language, Stream, full_floor, window_floors
from firstbit.languages.catalogue.entries import require_language
from firstbit.languages.judging.judge import Answers
from firstbit.languages.judging.paths import Paths
from firstbit.languages.judging.standard_test import JUDGED, NUM_UNITS, StandardTest
from firstbit.languages.judging.words_of_test import FACTORS
from firstbit.studies.judging.contract import Contract, Named
from firstbit.studies.judging.measures import Accuracy, distances, of_one
from firstbit.studies.judging.models import Model, Scored, loaded, require_rows
from firstbit.studies.judging.predictions import ENDING, Predictions
from firstbit.training.behaviour import LONGEST_WINDOW, NOTHING, behaves_like, first_of
from firstbit.training.drift import contrasts_left
from firstbit.training.judged import (
    OF_NETWORK,
    SQUARED_ERROR,
    about_the_test,
    behaviour,
    drift,
    errors,
    of_answers,
    unit_of_loss,
)
from firstbit.training.outcomes import Shown
from firstbit.training.refit import memory_is_there

REFIT = 1
"""The stream of the words that a read-out is fitted on."""


def judge(
    model: object,
    language: Language | str,
    *,
    scores: str,
    inputs: str = "one-hot",
    batched: bool = False,
    criterion: Criterion | None = None,
    seed: int = 0,
    confidence: float = CONFIDENCE,
) -> Result:
    r"""Judge a net that was trained anywhere, by what it predicts.

    The net reads words of a language and gives scores of the next output after each
    symbol. It is judged as `firstbit.train` judges a run: on fresh words, on twins, on
    long words; a prediction is right if the true distribution, or one that hardly
    differs, is the nearest to it. The words are drawn by `seed` alone.

    When not to trust it: a net that was trained on words of this very seed has seen
    some of them. And `solved` is about words such as training had: how many those were
    is `criterion.num_words`, 1,000 if nothing is said. A probability of 0 where a
    symbol may come counts as 2.2e-308: 1,022 bits in `divergence` and losses, not
    infinitely many.

    Args:
        model: a `torch.nn.Module`, a module of Equinox or Flax, a `Network`, any
            function, or a class that is built without arguments; text
            `path/to/file.py:load`, where `load` returns one; or a file of predictions
            that ends in `.jsonl`. A torch module is called in evaluation mode, and one
            of Equinox in inference mode, compiled, words side by side.
        language: the task, or its name in the catalogue.
        scores: `logits`, `probabilities`, or `linear`: outputs trained by squared error
            to be probabilities, taken as they are.
        inputs: what the model is called with: `one-hot`, an array (time, symbol);
            `indices`, an array (time); `words`, the word as text. It returns an array
            (time, output), or a tuple that begins with one. Symbols are in the order of
            `language.alphabet`, outputs in that of `language.outputs`.
        batched: whether the model takes many words at once: an array with a first axis
            of words, filled up behind their ends with anything; or a list of words.
        criterion: when a prediction is right, and a net.
        seed: of the words.
        confidence: probability of the intervals.

    Returns:
        Result of one row. As `firstbit.train` has them for each seed: `solved`,
        `keeps_to`, `right_to_length`, `repeats_right`, `passes_hochreiter`,
        `behaves_like`, `fresh_error`, `twin_error`, `long_error` with exact intervals,
        `long_range_accuracy`; and for a `Network`, whose states can be seen,
        `memory_is_there`, and `contrast_left` if its cell is linear. Means over
        fresh words with standard error and normal interval: `squared_distance` from the
        exact distribution, `expected_squared_error` (the full floor and that distance),
        `divergence`, `loss_above_floor`, and
        `bits_above_floor`, `nats_above_floor`, a symbol. `lag_accuracy` over `lag` and
        `length_accuracy` over `length`: shares of fresh words that are right there,
        with exact intervals. `window_floor` over `window`, exact.

        Attributes as of `firstbit.train`; `left_out` says what can't be shown, and why.

    Raises:
        SettingError: a setting is out of range, a score is no number, probabilities
            don't sum to 1, or a file is empty, cut, or lacks a word.
        CellError: the model can't be loaded or called, gives another shape, sees
            symbols to come, or draws at random.
        WordError: a file has a word that is not of the language.
        LanguageError: the language has nothing to predict.

    Example:
        >>> from firstbit.languages import reber, true_probabilities
        >>> def perfect(word):
        ...     return true_probabilities(reber(), [word])[0]
        >>> found = judge(perfect, "reber", scores="probabilities", inputs="words")
        >>> bool(found.solved), float(found.squared_distance)
        (True, 0.0)

    References:
        Hochreiter, Schmidhuber 1997, "Long Short-Term Memory", Section 5.1.
        Clopper, Pearson 1934.
    """
    language = require_language(language)
    contract = Contract.of(scores, inputs, batched)
    criterion = Criterion() if criterion is None else criterion
    require_kind("criterion", criterion, Criterion, "try Criterion(resolution=0.15)")
    confidence = require_confidence(confidence)
    is_file = isinstance(model, Path) or str(model).lower().endswith(ENDING)
    asked = model if is_file else Model(loaded(model), contract, language)
    network = asked.network if isinstance(asked, Model) else None
    units = NUM_UNITS if network is None else network.readout.O.shape[1]
    test = StandardTest(language, criterion, seed, int(units))
    _ = test.plan.lags, test.plan.lengths
    if isinstance(asked, Model):
        name = asked.name
        of_words = asked.scores(test.words.words)
        of_prefixes = asked.scores(test.words.prefixes)
    else:
        path = require_path("model", asked)
        name = path.name
        made = Predictions.read(path, language, contract, _remedy(test))
        of_words = made.whole(test.words.words)
        of_prefixes = made.last(test.words.prefixes)
    given = _answers(test, contract, of_words, of_prefixes)
    require_rows(test.words.words, of_words)
    found = Judged(test, contract, given, confidence)
    return found.labelled(name, network, is_file=is_file)


def _remedy(test: StandardTest) -> str:
    language = quote(test.language.name)
    return (
        f"firstbit language {language} --export DIR --seed {test.seed} has "
        f"the words, its manifest the --num-words, here {test.num_words}"
    )


def _answers(
    test: StandardTest, contract: Contract, of_words: Scored, of_prefixes: Scored
) -> Answers:
    """Return scores as probabilities, where a prediction counts."""
    language = test.language
    words = test.words.words
    paths = Paths.of(language, words)
    word, time = paths.predictions
    nothing = np.zeros((0, len(language.outputs)))
    flat = np.concatenate([nothing, *of_words])
    place = paths.first_output[word] + time
    answers = np.zeros_like(flat)
    answers[place] = contract.probabilities(
        flat[place], language, Named(words, word, time)
    )
    last = np.zeros((0, len(language.outputs)))
    prefixes = test.words.prefixes
    if prefixes:
        last = np.stack([scores[-1] for scores in of_prefixes])
        ends = np.array([len(prefix) for prefix in prefixes]) - 1
        names = Named(prefixes, np.arange(len(prefixes)), ends)
        last = contract.probabilities(last, language, names)
    return Answers(answers, last)


class Judged:
    """A model's answers, judged.

    Args:
        test: that they belong to.
        contract: says what the loss is.
        given: the answers.
        confidence: probability of the intervals.
    """

    def __init__(
        self, test: StandardTest, contract: Contract, given: Answers, confidence: float
    ) -> None:
        self.test = test
        self.contract = contract
        self.confidence = confidence
        self.shown = Shown.of(
            test.plan, test.words, given, is_softmax=contract.is_softmax
        )

    def labelled(self, name: str, network: object, *, is_file: bool) -> Result:
        """Return the result.

        Args:
            name: of the model.
            network: whose states can be seen; None for others.
            is_file: whether the scores were made elsewhere.
        """
        plan = self.test.plan
        accuracy = Accuracy(plan, self.shown.fresh, self.confidence)
        by_lag = self.shown.by_lag
        lags = by_lag["lag"].values
        variables = [
            *self._of_run(network),
            *distances(self.shown, self._unit, self.confidence),
            *of_one(errors(plan, [self.shown], self.confidence)),
            *_far(by_lag),
            *accuracy.by_lag(lags.tolist()),
            *accuracy.by_length(),
            self._floors(),
        ]
        coords = {
            "lag": lags,
            "length": np.array(accuracy.lengths),
            "twin_lag": np.array(plan.lags, dtype=np.int64),
            "longer": np.array(FACTORS),
            "window": np.arange(LONGEST_WINDOW + 1),
        }
        return dataset(
            variables,
            coords,
            rows=[],
            confidence=self.confidence,
            configuration=self._configuration(name),
            key=[JUDGED, self.test.seed],
            attrs={
                "model": name,
                "full_floor": full_floor(plan.language),
                "left_out": _left_out(has_states=network is not None, is_file=is_file),
                **about_the_test(plan, self.test.words),
            },
        )

    @property
    def _unit(self) -> str:
        return unit_of_loss(is_softmax=self.contract.is_softmax)

    def _of_run(self, network: Any) -> list[Variable]:
        """Return what the run was judged to be."""
        is_solved = self.shown.judgement.solved
        likeness = NOTHING
        if not is_solved:
            likeness = behaves_like(first_of(self.shown.fresh))
        own = of_answers([self.shown], self._unit)
        with_interval = ("squared_distance", "divergence", "loss_above_floor")
        found = of_one([one for one in own if one.name not in with_interval])
        found += of_one([behaviour([likeness])])
        if network is not None:
            stream = Stream((JUDGED, self.test.seed, REFIT))
            test = self.test
            is_there = not is_solved and memory_is_there(
                network, test.plan, test.words, stream
            )
            text, unit = OF_NETWORK["memory_is_there"]
            found.append(Variable("memory_is_there", [], is_there, text, unit))
            left = contrasts_left(network, test.language, test.words.twins)
            found += of_one(drift([left]))
        return found

    def _floors(self) -> Variable:
        floors = window_floors(self.test.language, LONGEST_WINDOW)
        text = "least expected loss from the last m symbols"
        return Variable("window_floor", ["window"], floors, text, SQUARED_ERROR)

    def _configuration(self, name: str) -> dict[str, Any]:
        test = self.test
        return {
            "measure": "judge",
            "model": name,
            "language": test.language.name,
            **asdict(self.contract),
            **asdict(test.criterion),
            "num_words": test.num_words,
            "num_units": test.num_units,
            "seed": test.seed,
        }


def _far(by_lag: xr.Dataset) -> list[Variable]:
    """Return the share of right predictions by lag, long words among them."""
    text = "share of right predictions, on fresh and long words"
    number = "predictions with this lag"
    accuracy = by_lag["accuracy"].values
    count = by_lag["count"].values
    return [
        Variable("long_range_accuracy", ["lag"], accuracy, text),
        Variable("num_predictions", ["lag"], count, number, "predictions"),
    ]


def _left_out(*, has_states: bool, is_file: bool) -> str:
    """Say what can't be shown, and why."""
    rest = "whether it still moves (`at_rest`, `frozen`: no earlier state of training)"
    if has_states:
        return rest
    refit = "whether another read-out would be right (`memory_is_there`: no states)"
    if not is_file:
        return f"{refit}; {rest}"
    unseen = "whether symbols to come are seen (words that begin alike are compared)"
    return f"{refit}; {rest}; {unseen}"
