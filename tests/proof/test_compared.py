"""How often intervals of capacities and of paired differences hold the truth."""

import jax
import numpy as np
import pytest
import xarray as xr

from firstbit import Drive, Reading
from firstbit.cells import Given
from firstbit.execution import Execution
from firstbit.intervals import Mean
from firstbit.memory.capacity.capacity import driven_of, held_by
from firstbit.memory.decodability.decodability import asked_of, scores_of
from firstbit.studies.comparing.differences import differences
from firstbit.studies.comparing.of_one_cell import OfCell

pytestmark = pytest.mark.proof

POOL, NETS, REPEATS, CONFIDENCE = 600, 200, 2000, 0.95
"""The pool stands for the law: nets are drawn from it, each again and again, as many as
`compare` takes by default, and its mean is the truth."""
CELLS = ("gru:5", "vanilla:5,activation=tanh")
READING = Reading(num_words=200, readouts=["linear"])
DRIVE = Drive(law="one-hot", num_steps=200, lags=[8, 4])
KEY = jax.random.key(2)


def capacities(cell):
    """Functions held by each net of a pool: all of them, and at each lag."""
    driven = driven_of(Given.of(cell), POOL, DRIVE, KEY)
    (held,) = held_by(driven, Execution())
    return held.of_degree.sum(axis=0), held.of_lag


def accuracies(cell):
    """How often each net of a pool decodes the first symbol, by lag."""
    asked = asked_of(Given.of(cell), 8, POOL, READING, KEY)
    (scores,) = scores_of(asked, Execution())
    return scores.accuracy[0]


@pytest.fixture(scope="module")
def held():
    return {cell: capacities(cell) for cell in CELLS}


@pytest.fixture(scope="module")
def decoded():
    return {cell: accuracies(cell) for cell in CELLS}


def samples():
    random = np.random.default_rng(0)
    for _ in range(REPEATS):
        yield random.integers(0, POOL, NETS)


@pytest.mark.parametrize("cell", CELLS)
def test_intervals_of_capacities_hold_as_often_as_they_say(held, cell):
    total, of_lag = held[cell]
    truths = total.mean(), of_lag.mean(axis=-1)
    holds, holds_lag = [], []
    for some in samples():
        low, high = Mean.of(total[some]).interval(CONFIDENCE)
        holds.append((low <= truths[0]) & (truths[0] <= high))
        low, high = Mean.of(of_lag[:, some]).interval(CONFIDENCE)
        holds_lag.append((low <= truths[1]) & (truths[1] <= high))
    assert 0.93 <= np.mean(holds) <= 0.97
    shares = np.mean(holds_lag, axis=0)
    assert ((shares >= 0.93) & (shares <= 0.97)).all()


def of_cell(name, values, dims):
    about = {"long_name": name, "units": "1"}
    result = xr.Dataset({name: (dims, values.mean(axis=-1), about)})
    return OfCell(result, {name: values}, {name: 1.0})


def difference(name, both, dims, some):
    """The ends of the interval of what the first cell has more."""
    cells = [of_cell(name, values[..., some], dims) for values in both]
    (found,) = differences(cells, CONFIDENCE)
    assert found.ci is not None
    low, high = found.ci
    return np.asarray(low)[1], np.asarray(high)[1]


def test_intervals_of_differences_hold_as_often_as_they_say(held):
    both = [held[cell][0] / 5 for cell in CELLS]
    truth = (both[0] - both[1]).mean()
    holds = []
    for some in samples():
        low, high = difference("capacity_a_unit", both, [], some)
        holds.append(low <= truth <= high)
    assert 0.93 <= np.mean(holds) <= 0.97


def test_intervals_of_all_lags_hold_together(decoded):
    both = [decoded[cell] for cell in CELLS]
    truth = (both[0] - both[1]).mean(axis=-1)
    holds = []
    for some in samples():
        low, high = difference("accuracy", both, ["lag"], some)
        holds.append(((low <= truth) & (truth <= high)).all())
    assert np.mean(holds) >= 0.95
