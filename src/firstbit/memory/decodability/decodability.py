"""How well a read-out decodes, from the states of random nets, a symbol of the past."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from jaxtyping import PRNGKeyArray

from firstbit.cells.given import CellLike, Given
from firstbit.datasets import Variable, dataset
from firstbit.devices import CPU
from firstbit.errors import require_kind
from firstbit.execution import Execution
from firstbit.intervals import CONFIDENCE, require_confidence
from firstbit.memory.decodability.nets import Asked, Scores
from firstbit.memory.decodability.reading import CONSTANT as CONSTANT_SUFFIX
from firstbit.memory.decodability.reading import LINEAR, Reading
from firstbit.memory.decodability.summary import (
    Summary,
    of_one_net,
    of_two_words,
    over_nets,
)
from firstbit.memory.ensemble.batches import batches_of, measured
from firstbit.memory.ensemble.ensemble import Compiling, Ensemble
from firstbit.memory.ensemble.pieces import compute_part
from firstbit.memory.ensemble.run import blocks_of, summarise
from firstbit.memory.ensemble.sample import Sample
from firstbit.memory.ensemble.word_pair import CONSTANT, WordPair

GRID = ("hidden_size", "readout", "lag")


def decodability(
    cell: CellLike,
    *,
    hidden_sizes: Sequence[int] | int | None = None,
    length: int = 50,
    num_draws: int | None = None,
    reading: Reading | None = None,
    confidence: float = CONFIDENCE,
    key: PRNGKeyArray,
    execution: Execution | None = None,
) -> xr.Dataset:
    r"""Measure how well a read-out of the state decodes the symbol read m steps before.

    $$ \text{accuracy}(m) = E \, P\bigl( \mathrm{sign}(w_m^T h_t + c_m) = s_{t-m}
       \bigr), \qquad s = \pm 1 $$

    The words are random bits, each net has its own. With `words="random"` the symbol is
    the first one, the state that after l = m + 1 symbols; with `words="stream"` a word
    has no beginning, and every symbol is looked for in the same state; with
    `words="constant"` zeros follow the first symbol. Half of a net's words fit w by
    logistic regression, a quarter chooses the ridge, a quarter tests. The expectation
    is over nets; of a built cell there is one, and the interval is over words.

    After a constant suffix there are two words alone, so no others to test: the first
    symbol counts as decoded where the two states differ in an entry by more than the
    rounding of float64, 2^-53 of it, as in `discrepancy`.

    It is what a linear read-out finds with so many words, not all that is there: a
    symbol may be hidden in products of units (`readouts`), or in digits that no device
    keeps. And it speaks of uniformly random bits: words of a language may overwrite
    less.

    Args:
        cell: text, a factory or a built cell, as in `discrepancy`; `Given.of(cell,
            initializer=..., measured=...)` gives it a law, or other leaves to read.
        hidden_sizes: the values of k, each at least 1; by default those of the cell.
        length: the largest l, at least 1: lags m go from 0 to `length` - 1.
        num_draws: random nets for each k, at least 2; left out for a built cell.
        reading: words, read-outs, ridges, and what the reach must exceed.
        confidence: probability of each interval, and of all lower bounds of one
            read-out at one k together.
        key: the random key.
        execution: threads or an executor, progress in batches of nets, and a folder
            that keeps finished ones, or a part of them; changes no result.

    Returns:
        Dataset over `hidden_size`, `readout` and `lag`: `accuracy` with `accuracy_se`
        and `accuracy_ci` (Student's t over nets and one more that guesses, NaN with
        fewer than 20 nets; of a built cell exact, over words);
        `accuracy_lower`, lower bounds that hold at all lags together (Bonferroni);
        `bits` with `bits_se` and `bits_ci`: the mean of 1 + log2 of the probability
        that was given to the right symbol, below 0 where it is worse than guessing,
        NaN for least squares; `bits_ci` needs 100 nets; `ridge`, the median of those
        chosen. Over `hidden_size` and `readout`: `reach`, the longest lag whose
        `accuracy_lower` is above `reach_above`, in symbols; NaN where none is. `length`
        = lag + 1 stands beside `lag`. States that are not finite make all of this NaN.

    Raises:
        SettingError: a number or a name is out of range.
        CellError: the cell can't be built or measured; says why.
        OutputError: the folder to resume from holds nets of another measurement.

    Example:
        >>> import jax
        >>> few = Reading(num_words=200)
        >>> found = decodability("vanilla:3", length=2, num_draws=4, reading=few,
        ...                      key=jax.random.key(0))
        >>> found.accuracy.sel(hidden_size=3, readout="linear", lag=0).item()
        1.0

    References:
        Jaeger 2001, "The 'echo state' approach to analysing and training recurrent
        neural networks": what a linear read-out decodes is the memory of such a net.
    """
    confidence = require_confidence(confidence)
    given = Given.of(cell, hidden_sizes=hidden_sizes)
    asked = asked_of(given, length, num_draws, reading, key)
    execution = execution or Execution()
    if asked.reading.words == CONSTANT_SUFFIX:
        return _two_words(asked, execution, confidence)
    if execution.part is not None:
        return compute_part(batches_of(asked), execution)
    return labelled_scores(asked, scores_of(asked, execution), confidence)


def asked_of(
    given: Given,
    length: int,
    num_draws: int | None,
    reading: Reading | None,
    key: PRNGKeyArray,
) -> Asked:
    """Return what `decodability` asks of which nets.

    Raises:
        SettingError, CellError: as `decodability`.
    """
    reads = Reading() if reading is None else reading
    require_kind("reading", reads, Reading, "try Reading(num_words=2000)")
    ensemble = Ensemble.of(
        given,
        WordPair.of(CONSTANT),
        length=length,
        num_draws=num_draws,
        key=key,
        compiling=Compiling(few=False),
        device=CPU,
    )
    return Asked(ensemble, reads)


def scores_of(asked: Asked, execution: Execution) -> list[Scores]:
    """Return the scores of every net, for each size."""
    return [Scores(**arrays) for arrays in measured(asked, execution)]


def labelled_scores(
    asked: Asked, by_size: Sequence[Scores], confidence: float
) -> xr.Dataset:
    """Return the result of `decodability` from the scores of every net."""
    summaries = [_summary(scores, asked, confidence) for scores in by_size]
    return _labelled(asked, summaries, confidence)


def _summary(scores: Scores, asked: Asked, confidence: float) -> Summary:
    reading = asked.reading
    if asked.ensemble.given.is_held:
        tested = reading.shares.tested
        return of_one_net(scores, tested, confidence, reading.reach_above)
    return over_nets(scores, confidence, reading.reach_above)


def _two_words(asked: Asked, execution: Execution, confidence: float) -> xr.Dataset:
    """Measure what is decoded of the first symbol after a constant suffix."""
    ensemble = asked.ensemble
    above = asked.reading.reach_above
    if execution.part is not None:
        return compute_part(blocks_of(ensemble), execution)

    def of_size(_: int, sample: Sample) -> Summary:
        return of_two_words(sample, confidence, above, is_exact=ensemble.is_exact)

    summaries = summarise(ensemble, of_size, execution, marks_lost=True)
    return _labelled(asked, summaries, confidence)


def _labelled(asked: Asked, summaries: list[Summary], confidence: float) -> xr.Dataset:
    """Return the summaries with names, units and provenance."""
    ensemble, reading = asked
    sizes = list(ensemble.given.sizes)
    lags = np.arange(ensemble.length)
    about = {
        "words": reading.words,
        "num_words": reading.num_words,
        "reach_above": reading.reach_above,
        "num_draws": ensemble.num_draws,
    }
    readouts = list(reading.readouts)
    if reading.words == CONSTANT_SUFFIX:
        readouts = [LINEAR]  # it decodes any two states that differ
        about["num_words"] = 2
    return dataset(
        _variables(summaries, reading.reach_above),
        {
            "hidden_size": sizes,
            "readout": readouts,
            "lag": lags,
            "length": (["lag"], lags + 1),
        },
        rows=GRID,
        confidence=confidence,
        configuration={
            "measure": "decodability",
            **ensemble.about,
            "length": ensemble.length,
            "ridges": list(reading.ridges),
            "burn_in": reading.burn_in,
            "confidence": confidence,
            **about,
        },
        key=ensemble.key_data,
        attrs=about,
    )


def _variables(summaries: list[Summary], above: float) -> list[Variable]:
    """Return every variable over the grid, and the reach over sizes and read-outs."""

    def values(name: str) -> np.ndarray:
        return np.stack([getattr(one, name) for one in summaries])

    def ends(name: str) -> tuple[np.ndarray, np.ndarray]:
        both = values(name)
        return both[:, 0], both[:, 1]

    return [
        Variable(
            "accuracy",
            GRID,
            values("accuracy"),
            "share of words whose symbol is decoded right",
            se=values("accuracy_se"),
            ci=ends("accuracy_ci"),
        ),
        Variable(
            "accuracy_lower",
            GRID,
            values("surely"),
            "lower bound of the accuracy, at all lags together",
        ),
        Variable(
            "bits",
            GRID,
            values("bits"),
            "what the read-out decodes of the symbol",
            "bits",
            se=values("bits_se"),
            ci=ends("bits_ci"),
        ),
        Variable("ridge", GRID, values("ridge"), "median of the ridges chosen"),
        Variable(
            "reach",
            GRID[:2],
            values("reach"),
            f"longest lag decoded surely in more than {above:g} of the words",
            "symbols",
        ),
    ]
