"""A net is trained and judged by the same leaf of its state, wherever h stands."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from firstbit.cells import Network, Readout, run
from firstbit.languages import one_hot, reber
from firstbit.training import Modern, read, train
from firstbit.training.reading import run_flat

KEY = jax.random.key(0)


class CellFirst(eqx.Module):
    """An LSTM whose state is (c, h): nothing but its step says which is h."""

    lstm: eqx.nn.LSTMCell

    def __init__(self, input_size, hidden_size, *, key):
        self.lstm = eqx.nn.LSTMCell(input_size, hidden_size, key=key)

    def initial_state(self):
        zeros = jnp.zeros(self.lstm.hidden_size)
        return zeros, zeros

    def __call__(self, x, state):
        c, h = state
        h, c = self.lstm(x, (h, c))
        return c, h


class HiddenFirst(CellFirst):
    """The same with the state (h, c)."""

    def __call__(self, x, state):
        return self.lstm(x, state)


def net():
    with jax.enable_x64(True):
        cell = CellFirst(7, 3, key=KEY)
        O = jax.random.normal(KEY, (7, 3))
        return Network(cell, Readout(O, jnp.zeros(7)))


@pytest.mark.slow
def test_words_are_read_as_they_are_run():
    made = net()
    assert made.place == 1
    with jax.enable_x64(True):
        inputs, _ = one_hot(["BTXSE"], reber().alphabet)
        hidden, outputs = run(made, jnp.asarray(inputs[0], float))
    found = run_flat(made, reber(), ["BTXSE"], with_hidden=True)
    assert np.allclose(found[0], hidden, rtol=1e-12, atol=1e-14)
    assert np.allclose(found[1], outputs, rtol=1e-12, atol=1e-14)
    replies = read(made, reber(), ["BTXSE"])
    assert np.allclose(replies.output, outputs[:-1], rtol=1e-12, atol=1e-14)


@pytest.mark.slow
def test_the_order_of_a_state_changes_no_judgement():
    rule = Modern(0.03, max_epochs=4)
    asked = {"rule": rule, "num_seeds": 1, "key": KEY, "hidden_size": 4}
    one, other = (
        train(cell, "reber", num_words=16, **asked) for cell in (CellFirst, HiddenFirst)
    )
    for name in ("final_loss", "fresh_error", "loss_above_floor", "squared_distance"):
        assert np.allclose(one[name], other[name], rtol=1e-9), name
