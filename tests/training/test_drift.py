"""What a linear cell leaves of a difference, against closed forms and simulation."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from firstbit.cells import GRU, MinGRU, Network, Readout
from firstbit.languages import first_bit, parity
from firstbit.languages.judging.twins import Twins, twins
from firstbit.training.drift import contrasts_left

KEY = jax.random.key(0)


def network(cell, num_outputs):
    return Network(cell, Readout(jnp.zeros((num_outputs, cell.hidden_size))))


def left_of(net, language, pairs):
    """The contrasts of a linear cell."""
    found = contrasts_left(net, language, pairs)
    assert found is not None
    return found


def one_unit(gates):
    """A minGRU of one unit whose gate z has these values, one a letter."""
    gates = np.array(gates)
    logits = np.log(gates / (1 - gates))
    cell = MinGRU.from_parameters(U_z=logits[None], U_h=np.array([[1.0, -1.0]]))
    return network(cell, 3)


@pytest.mark.slow
@pytest.mark.parametrize("lag", [1, 2, 5, 400])
def test_one_unit_leaves_the_product_of_what_its_gate_lets_pass(lag):
    pairs = Twins(lag, ("1" + lag * "0",), ("0" + lag * "0",), 1)
    (left,) = left_of(one_unit([0.2, 0.7]), parity(), [pairs])
    assert left == pytest.approx(0.8**lag, rel=1e-12)
    letters = ("10" * lag)[:lag]
    pairs = Twins(lag, ("1" + letters,), ("0" + letters,), 1)
    (left,) = left_of(one_unit([0.2, 0.7]), parity(), [pairs])
    ones = letters.count("1")
    assert left == pytest.approx(0.3**ones * 0.8 ** (lag - ones), rel=1e-12)


def simulated(cell, language, pairs):
    """The median ratio of two distances, both words simulated."""
    ratios = []
    for first, second in zip(pairs.first, pairs.second, strict=True):
        before = np.linalg.norm(
            state(cell, language, first[: -pairs.lag])
            - state(cell, language, second[: -pairs.lag])
        )
        after = np.linalg.norm(
            state(cell, language, first) - state(cell, language, second)
        )
        if before > 0:
            ratios.append(after / before)
    return np.median(ratios)


def state(cell, language, word):
    """A minGRU's state after a word, in NumPy."""
    h = np.zeros(cell.hidden_size)
    for letter in word:
        x = language.alphabet.index(letter)
        z = 1 / (1 + np.exp(-np.asarray(cell.U_z)[:, x]))
        h = (1 - z) * h + z * np.asarray(cell.U_h)[:, x]
    return h


@pytest.mark.parametrize("language", [parity(), first_bit(4, "random")], ids=str)
def test_the_weights_leave_what_simulation_leaves(language):
    with jax.enable_x64(True):
        cell = MinGRU(len(language.alphabet), 5, key=KEY)
    net = network(cell, len(language.outputs))
    lags = (1, 2, 4)
    pairs = [twins(language, 40, lag, seed=lag) for lag in lags]
    found = left_of(net, language, [*pairs, None])
    assert np.isnan(found[-1])
    for left, some in zip(found, pairs, strict=False):
        assert left == pytest.approx(simulated(cell, language, some), rel=1e-6)


def test_a_cell_that_is_not_linear_has_none():
    net = network(GRU(2, 3, key=KEY), 3)
    assert contrasts_left(net, parity(), [twins(parity(), 5, 2, seed=0)]) is None
