"""Is the memory there? A read-out alone, fitted anew on the states of a network."""

from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Bool, Float, Int

from firstbit.cells import Network, SequenceModel
from firstbit.cells.network import Net
from firstbit.languages import PlanOfTest, Rows, Stream, WordsOfTest
from firstbit.languages.judging.judge import Answers, judge_answers
from firstbit.languages.judging.paths import Paths
from firstbit.languages.judging.words_of_test import Sizes
from firstbit.training.reading import Hidden, Outputs, run_flat

SIZES = Sizes(fresh=500, pairs=300, long=0)
"""Words that the read-out is fitted on."""

STEEPNESS = (1.0, 10.0, 100.0, 1000.0)
"""Factors of the squared distances, in turn: with a large one only the nearest row
counts, with a small one the fit finds its way."""

ITERATIONS = 100

RIDGE = 1e-9

EIGHT_SUMS = 8
"""From so many numbers on, NumPy adds up eight sums beside each other."""

HOPELESS = 0.5
"""Share of states that are right: the fit ends where it is lower."""

Features = Float[np.ndarray, "symbol feature"]
"""Hidden states with a last unit that is always 1."""

AffineReadout = Float[np.ndarray, "feature output"]
"""One row a hidden unit, and the last one for the constant."""


def memory_is_there(
    network: Net, plan: PlanOfTest, words: WordsOfTest, stream: Stream
) -> bool:
    """Return whether the states alone would pass: with another affine read-out.

    The read-out is fitted on words of its own, and judged on those of the test. Its
    outputs are compared with the rows as they are.

    When not to trust a "no": the fit may miss a read-out that passes. And a model of
    sequences, whose states can't be seen, always gives one.

    Args:
        network: that does not pass.
        plan: of the test.
        words: of the test.
        stream: of the words to fit on.
    """
    if isinstance(network, SequenceModel):
        return False
    fitted_on = plan.draw_few(stream, SIZES)
    hidden, row = states_and_rows(network, plan, fitted_on)
    if not np.isfinite(hidden).all():
        return False
    readout = fit_readout(hidden, row, plan.rows, plan.criterion.resolution)
    decisive = plan.what_decides(words)
    of_words, _ = run_flat(network, plan.language, decisive.words, with_hidden=True)
    of_prefixes, _ = run_flat(
        network, plan.language, decisive.prefixes, last_only=True, with_hidden=True
    )
    answers = Answers(
        with_constant(of_words) @ readout,
        _outputs(of_prefixes, readout),
    )
    return judge_answers(plan, decisive, answers).solved


def states_and_rows(
    network: Network, plan: PlanOfTest, words: WordsOfTest
) -> tuple[Hidden, Int[np.ndarray, " symbol"]]:
    """Return the hidden state at each prediction of words, and its true row."""
    language = plan.language
    paths = Paths.of(language, words.words)
    word, time = paths.predictions
    hidden, _ = run_flat(network, language, words.words, with_hidden=True)
    states = [hidden[paths.first_output[word] + time]]
    rows = [plan.rows.of_state[paths.states[word, time]]]
    if words.prefixes:
        paths = Paths.of(language, words.prefixes)
        last = paths.states[np.arange(len(paths.lengths)), paths.lengths - 1]
        hidden, _ = run_flat(
            network, language, words.prefixes, last_only=True, with_hidden=True
        )
        states.append(hidden)
        rows.append(plan.rows.of_state[last])
    return np.concatenate(states), np.concatenate(rows)


def fit_readout(
    hidden: Hidden,
    row: Int[np.ndarray, " symbol"],
    rows: Rows,
    resolution: float,
) -> AffineReadout:
    r"""Fit an affine read-out whose outputs are nearest to the true rows.

    It lowers the mean of

    $$ - \log \frac{\sum_{r \text{ passes}} e^{-b |y - P_r|^2}}
                   {\sum_r e^{-b |y - P_r|^2}} $$

    for growing b, from the least-squares read-out on.

    Args:
        hidden: states.
        row: number of the true row of each.
        rows: of the language.
        resolution: see `Rows`.

    Returns:
        (hidden + 1, output), the last row for the constant.
    """
    # Words share their beginnings: each state counts once.
    places = _each_once(hidden, row)
    hidden = hidden[places]
    row = row[places]
    center = hidden.mean(axis=0)
    spread = hidden.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    features = with_constant((hidden - center) / spread)
    readout = np.linalg.lstsq(features, rows.table[row], rcond=None)[0]
    is_near = rows.distances <= resolution
    loss = _Loss.of(features, is_near[row], rows.table)
    for steepness in STEEPNESS:
        found = scipy.optimize.minimize(
            loss.with_slope,
            readout.ravel(),
            args=(steepness,),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": ITERATIONS},
        )
        readout = found.x.reshape(readout.shape)
        right = rows.right(features @ readout, row, resolution=resolution)
        if right.all() or right.mean() < HOPELESS:
            break
    of_units = readout[:-1] / spread[:, None]
    constant = readout[-1] - center @ of_units
    return np.vstack([of_units, constant])


def _each_once(
    hidden: Hidden, row: Int[np.ndarray, " symbol"]
) -> Int[np.ndarray, " different"]:
    """Return the places of states that differ, or have different rows."""
    seen: dict[tuple[bytes, int], int] = {}
    for place, number in enumerate(row.tolist()):
        seen.setdefault((hidden[place].tobytes(), number), place)
    return np.array(list(seen.values()))


def with_constant(hidden: Hidden) -> Features:
    """Return states with one more unit that is always 1."""
    return np.column_stack([hidden, np.ones(len(hidden))])


def _outputs(hidden: Hidden, readout: AffineReadout) -> Outputs:
    if not len(hidden):
        return np.zeros((0, readout.shape[1]))
    return with_constant(hidden) @ readout


class _Loss(NamedTuple):
    """The loss of a read-out on states, with all that its evaluations share.

    Rows go first where only single entries count: NumPy is slow along a short last
    axis.

    Attributes:
        features: of the states.
        doubled: twice these.
        passes: whether a row passes for a state's own.
        table: of the rows.
        squares: of their entries, summed.
    """

    features: Features
    doubled: Features
    passes: Bool[np.ndarray, "row symbol"]
    table: Float[np.ndarray, "row output"]
    squares: Float[np.ndarray, " row"]

    @classmethod
    def of(
        cls,
        features: Features,
        passes: Bool[np.ndarray, "symbol row"],
        table: Float[np.ndarray, "row output"],
    ) -> "_Loss":
        squares = (table**2).sum(axis=1)
        by_row = np.ascontiguousarray(passes.T)
        return cls(features, 2 * features, by_row, table, squares)

    def with_slope(
        self, flat: Float[np.ndarray, " number"], steepness: float
    ) -> tuple[float, Float[np.ndarray, " number"]]:
        """Return the loss of a read-out and its gradient.

        The outputs' own squares are the same for all rows, and cancel.
        """
        table = self.table
        readout = flat.reshape(self.features.shape[1], table.shape[1])
        products = self.doubled @ (readout @ table.T)
        scores = np.ascontiguousarray((steepness * (products - self.squares)).T)
        scores -= scores.max(axis=0)
        powers = np.exp(scores)
        of_right = np.where(self.passes, powers, 0.0)
        total = _over_rows(powers)
        right = np.maximum(_over_rows(of_right), np.finfo(float).tiny)
        number = len(self.features)
        loss = float(np.log(total / right).sum()) / number
        slope = np.ascontiguousarray((powers / total - of_right / right).T)
        gradient = 2 * steepness * (self.features.T @ slope) @ table / number
        loss += RIDGE * float((readout**2).sum())
        gradient = gradient + 2 * RIDGE * readout
        return loss, gradient.ravel()


def _over_rows(values: Float[np.ndarray, "row symbol"]) -> Float[np.ndarray, " symbol"]:
    """Return the sum over rows, rounded as NumPy's along a last axis."""
    if len(values) >= EIGHT_SUMS:
        return np.ascontiguousarray(values.T).sum(axis=1)
    total = values[0]
    for one in values[1:]:
        total = total + one
    return total
