"""D of outputs of cells of Flax, Haiku and Keras that are not their states."""

import json
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

pytest.importorskip("flax")
haiku = pytest.importorskip("haiku")
keras = pytest.importorskip("keras")

from flax import linen, nnx  # noqa: E402

from firstbit import discrepancy  # noqa: E402
from firstbit.cells import Given  # noqa: E402
from firstbit.errors import CellError  # noqa: E402

KEY = jax.random.key(0)
LENGTH = 5


def exactly(key, shape, dtype, **_):
    """Draw from -1 to 1 without rounding, so that any program draws the same."""
    return jax.random.uniform(key, shape, dtype, -1, 1)


class OfLinen(linen.RNNCellBase):
    features: int

    @linen.compact
    def __call__(self, carry, x):
        dense = partial(linen.Dense, kernel_init=exactly)
        h = jnp.tanh(dense(self.features)(x) + dense(self.features)(carry))
        return h, dense(2)(h) * jnp.sum(x)

    @linen.nowrap
    def initialize_carry(self, rng, input_shape):
        return jnp.zeros(self.features)


class OfNnx(nnx.RNNCellBase):
    def __init__(self, input_size, hidden_size, *, rngs):
        drawn = {"kernel_init": exactly, "rngs": rngs}
        sizes = input_size, hidden_size
        self.inner = nnx.LSTMCell(*sizes, recurrent_kernel_init=exactly, **drawn)
        self.reads = nnx.Linear(hidden_size, 2, **drawn)

    def initialize_carry(self, input_shape, rngs=None):
        return self.inner.initialize_carry(input_shape, rngs)

    def __call__(self, carry, x):
        carry, h = self.inner(carry, x)
        return carry, self.reads(h)


class OfHaiku(haiku.RNNCore):
    def __init__(self, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        drawn = haiku.initializers.RandomUniform(-1, 1)
        self.inner = haiku.Linear(hidden_size, w_init=drawn)
        self.reads = haiku.Linear(2, w_init=drawn)

    def __call__(self, x, state):
        h = jnp.tanh(self.inner(jnp.concatenate([x, state])))
        return self.reads(h), h

    def initial_state(self, batch_size):
        return jnp.zeros(self.hidden_size)


class OfKeras(keras.layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.state_size = self.units = units
        self.inner = keras.layers.Dense(units, activation="tanh")
        self.reads = keras.layers.Dense(2)

    def build(self, shape):
        self.inner.build((shape[0], shape[1] + self.units))
        self.reads.build((shape[0], self.units))
        super().build(shape)

    def get_initial_state(self, batch_size):
        return [keras.ops.zeros((batch_size, self.units))]

    def call(self, x, states):
        h = self.inner(keras.ops.concatenate([x, states[0]], axis=-1))
        return self.reads(h), [h]


KINDS = [OfLinen, OfNnx, OfHaiku, OfKeras]


def outputs(made, word):
    """Return what a cell computes beside its state, as rows."""
    state = Given.of(made).initial(made)
    rows = []
    for symbol in word:
        state = made(jnp.eye(2)[symbol], state)
        rows.append(np.asarray(state["output"]))
    return np.array(rows)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_discrepancy_of_outputs_is_that_of_plain_simulation(kind):
    asked = {"hidden_sizes": [3], "length": LENGTH, "num_draws": 2, "key": KEY}
    found = discrepancy(kind, measured="output", **asked)
    expected = []
    with jax.enable_x64(True):
        for draw in range(2):
            key = jax.random.fold_in(jax.random.fold_in(KEY, 3), draw)
            made = Given.of(kind, measured="output").make(2, 3, key)
            both = [outputs(made, [first, *[0] * (LENGTH - 1)]) for first in (0, 1)]
            expected.append(np.linalg.norm(both[0] - both[1], axis=1))
    mean = np.mean(expected, axis=0)
    assert found.discrepancy.values[0] == pytest.approx(mean, rel=1e-9)
    notes = json.loads(found.attrs["configuration"])["notes"]
    assert "its output is not its state, and is measured" in notes


@pytest.mark.slow
def test_a_built_module_gives_its_own_outputs():
    cell = OfNnx(2, 3, rngs=nnx.Rngs(0))
    found = discrepancy(cell, measured="output", length=LENGTH, key=KEY)
    carries = [cell.initialize_carry((2,), nnx.Rngs(0)) for _ in range(2)]
    for length in range(LENGTH):
        letters = jnp.eye(2)[np.array([0, int(length == 0)])]
        rows = []
        for number, letter in enumerate(letters):
            carries[number], row = cell(carries[number], letter)
            rows.append(row)
        expected = float(jnp.linalg.norm(rows[0] - rows[1]))
        # Flax computes in single precision.
        assert float(found.discrepancy[0, length]) == pytest.approx(expected, rel=1e-4)


def test_an_output_stands_beside_the_state():
    given = Given.of(OfLinen, measured="output")
    made = given.make(2, 3, KEY)
    state = made(jnp.ones(2), given.initial(made))
    assert set(state) == {"output", "state"}
    assert made.hidden_size == 3


@pytest.mark.parametrize("cell", [nnx.GRUCell, linen.LSTMCell, haiku.GRU])
def test_an_output_that_is_the_state_is_refused(cell):
    asked = {"hidden_sizes": [3], "length": 2, "num_draws": 4, "key": KEY}
    with pytest.raises(CellError, match="to have an output beside its state, got a"):
        discrepancy(cell, measured="output", **asked)
