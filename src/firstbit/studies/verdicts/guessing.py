"""Guessing: how many random cells with a fitted read-out solve a task?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from firstbit.cells import Network, unroll
from firstbit.cells.as_built import asks_constructor, built_arrays, with_arrays
from firstbit.cells.given import CellLike, Given
from firstbit.errors import require_at_least
from firstbit.intervals import CONFIDENCE, clopper_pearson
from firstbit.languages import Language, Stream, fresh_words
from firstbit.languages.judging.criterion import Criterion
from firstbit.programs.in_turn import in_turn
from firstbit.progress import Progress, silent
from firstbit.studies.law import law_of
from firstbit.studies.verdicts.prefixes import Prefixes
from firstbit.studies.verdicts.texts import REASONS
from firstbit.studies.verdicts.witness_test import (
    OF_GUESS,
    Accepts,
    WitnessTest,
    plan_of,
)
from firstbit.weights.numbers import is_complex
from firstbit.weights.redraw import Initializer, redraw
from firstbit.weights.roles import Roles

UNITS = 640
"""Units of the draws that read the words together: their memory doesn't grow with k."""


@dataclass(frozen=True)
class Guessing:
    """The result of guessing.

    Attributes:
        num_draws: the number of nets that were drawn.
        solved: numbers of the draws that solve the task, on fresh words and on twins.
        network: the first of them; None where there is none, or it was not kept.
        tested: the words of the test, in words.
        confidence: probability of the interval.
    """

    num_draws: int
    solved: tuple[int, ...]
    network: Network | None
    tested: str
    confidence: float = CONFIDENCE

    @property
    def interval(self) -> tuple[float, float]:
        """The exact interval of the share of draws that solve."""
        low, high = clopper_pearson(len(self.solved), self.num_draws, self.confidence)
        return float(low), float(high)

    @property
    def first(self) -> int | None:
        """The first draw that solves, counted from 1; None where none does."""
        return self.solved[0] + 1 if self.solved else None

    @property
    def counted(self) -> str:
        """As in `3 of 1,000 [0.001, 0.009], the first is draw 216`."""
        low, high = self.interval
        first = "" if self.first is None else f", the first is draw {self.first:,}"
        share = f"{len(self.solved)} of {self.num_draws:,}"
        return f"{share} [{low:.3f}, {high:.3f}]{first}"

    def as_json(self) -> dict[str, object]:
        """Return draws, those that solve, the first of them (from 1), the interval."""
        return {
            "num_draws": self.num_draws,
            "solved": len(self.solved),
            "first": self.first,
            "interval": list(self.interval),
        }


@dataclass(frozen=True)
class Fitting:
    """How a read-out is fitted to a guess, and how the net is tested.

    Attributes:
        num_words: words for the fit, at least 1.
        max_length: longer words are sampled again, for the fit and in the test on fresh
            words.
        criterion: when a prediction is right, and a net.
        words_of_budget: N, which decides the lag of the twins.
        is_softmax: whether a softmax follows the read-out. Then the logarithms of the
            probabilities are fitted, raised to at least .01.
    """

    num_words: int = 500
    max_length: int | None = None
    criterion: Criterion = field(default_factory=Criterion)
    words_of_budget: int = 256
    is_softmax: bool = False


def guess(
    cell: CellLike,
    language: Language,
    *,
    num_draws: int,
    key: PRNGKeyArray,
    fitting: Fitting | None = None,
    accepts: Accepts | None = None,
    progress: Progress = silent,
) -> Guessing:
    """Draw cells at random, fit a read-out to each, and test them.

    It is a baseline for every task. The read-out is the least-squares fit of the true
    next-output probabilities after each prefix of the sampled words. Draw i depends on
    (key, k, i) only. A draw solves when it is right on these words, and at most 1 %
    wrong on 1,000 fresh ones and on 300 twins, where the language has such.

    Few draws solve a long task; none in n says only that the share is below about 4 /
    n.

    Args:
        cell: a cell with one hidden size; its law is that of the weights, N(0,1) if it
            has none; biases of the cell are zero.
        language: the task.
        num_draws: at least 1.
        key: the random key.
        fitting: of the read-outs, and of the test.
        accepts: another test of a net, in place of this one.
        progress: called with (draws done, all draws).

    Example:
        >>> import jax
        >>> from firstbit.languages import Language
        >>> two = Language.from_regex("ab|bc")
        >>> guess("vanilla:4", two, num_draws=8, key=jax.random.key(0)).solved
        (0, 1, 2, 3, 4, 5, 6, 7)

    References:
        Hochreiter and Schmidhuber 1996, "Bridging long time lags by weight guessing and
        LSTM".
    """
    given = Given.of(cell)
    require_at_least("hidden_size", given.hidden_size, 1)
    require_at_least("num_draws", num_draws, 1)
    how = fitting or Fitting()
    require_at_least("num_words", how.num_words, 1)
    fit_key, test_key = jax.random.split(key)
    of_fit = int(jax.random.bits(fit_key) >> 1)
    of_test = int(jax.random.bits(test_key) >> 1)
    words = fresh_words(language, how.num_words, Stream((of_fit,)), how.max_length)
    prefixes = Prefixes.of(language, words)
    plan = plan_of(
        language,
        how.words_of_budget,
        how.criterion,
        how.max_length,
        given.hidden_size,
    )
    test = WitnessTest(plan, OF_GUESS, how.is_softmax, seed=of_test)
    accepts = accepts or test.passes
    solved: list[int] = []
    first = None
    place = None
    with jax.enable_x64(True):
        for draw in _draws(given, prefixes, num_draws, key, progress):
            readout = prefixes.fitted(
                draw.states,
                has_bias=given.readout_bias,
                is_softmax=how.is_softmax,
                criterion=how.criterion,
            )
            if readout is None:
                continue
            network = Network(draw.cell, readout, place)
            place = network.place  # the same in all draws
            if not accepts(network):
                continue
            solved.append(draw.number)
            first = network if first is None else first
    tested = REASONS("tested_draws", num_fresh=OF_GUESS.fresh, num_pairs=OF_GUESS.pairs)
    return Guessing(num_draws, tuple(solved), first, tested)


class _Draw(NamedTuple):
    """One random cell of a block of them, and its states after each prefix."""

    number: int
    states: Float[np.ndarray, "prefix hidden"]
    block: Any
    place: int

    @property
    def cell(self) -> Any:
        """The cell alone."""
        return jax.tree.map(
            lambda leaf: leaf[self.place] if eqx.is_array(leaf) else leaf, self.block
        )


def _draws(
    given: Given,
    prefixes: Prefixes,
    num_draws: int,
    key: PRNGKeyArray,
    progress: Progress,
) -> Iterator[_Draw]:
    """Draw the cells, block after block."""
    progress(0, num_draws)
    input_size = prefixes.inputs.shape[-1]
    hidden_size = given.hidden_size
    if given.catalogue_name and not given.is_built:
        cell = given.shell(input_size, hidden_size)
    else:
        cell = given.make(input_size, hidden_size, key)
    roles = given.roles_of(cell, input_size, hidden_size).arrays
    law = law_of(given)
    of_size = jax.random.fold_in(key, hidden_size)
    inputs = jnp.asarray(prefixes.inputs)
    at_once = max(1, UNITS // hidden_size)
    leaves = jax.tree.leaves(cell)
    has_complex = any(map(is_complex, leaves)) and not given.is_built
    for start in range(0, num_draws, at_once):
        numbers = start + jnp.arange(at_once)
        built = None
        if has_complex or asks_constructor(law):
            built = _built(given, input_size, of_size, numbers)
        cells, hidden = _drawn(
            cell,
            law,
            roles,
            of_size,
            numbers,
            inputs,
            built,
        )
        hidden = np.asarray(hidden)
        end = min(start + at_once, num_draws)
        for place in range(end - start):
            states = hidden[place, prefixes.rows, prefixes.times]
            yield _Draw(start + place, states, cells, place)
        progress(end, num_draws)


def _built(
    given: Given, input_size: int, key: PRNGKeyArray, numbers: Int[Array, " draw"]
) -> list[Array]:
    """Return what the cell's own constructor gives for these draws, the draw first."""
    keys = jax.vmap(partial(jax.random.fold_in, key))(numbers)
    words = np.asarray(jax.random.key_data(keys))
    arrays = built_arrays(
        given, input_size, given.hidden_size, words[:, 0], words[:, 1]
    )
    return [jnp.moveaxis(jnp.asarray(array), -1, 0) for array in arrays]


@eqx.filter_jit
@in_turn
def _drawn(
    cell: object,
    initializer: Initializer,
    roles: Roles,
    key: PRNGKeyArray,
    numbers: Int[Array, " draw"],
    inputs: Float[Array, "word time input"],
    built: list[Array] | None,
) -> tuple[Any, Float[Array, "draw word time hidden"]]:
    """Return the cells with these numbers, and their hidden states.

    `built` has their arrays, (draw, ...), where any is as the constructor gives it.
    """

    def one(
        number: Int[Array, ""], built: list[Array] | None
    ) -> tuple[Any, Float[Array, "word time hidden"]]:
        made = cell if built is None else with_arrays(cell, built)
        drawn = redraw(made, initializer, jax.random.fold_in(key, number), roles)
        return drawn, jax.vmap(partial(unroll, drawn))(inputs)

    return eqx.filter_vmap(one)(numbers, built)
