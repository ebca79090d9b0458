"""Keras on PyTorch: run in a process of its own by test_keras_on_torch.py."""

import random

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
import torch

from firstbit import adapt, discrepancy
from firstbit.cells import Given, roles
from firstbit.cells.bridges.adapter import Asked
from firstbit.cells.bridges.foreign import ForeignCell
from firstbit.cells.bridges.keras_layers import ADAPTER as OF_KERAS
from firstbit.errors import CellError
from firstbit.training import Modern, train
from frameworks.every_measure import require_numbers
from frameworks.own_steps import CELLS, number

KEY = jax.random.key(0)
LAYERS = [getattr(keras.layers, name) for name in CELLS["keras"]]
SINGLE = 1e-6
"""Keras multiplies in single precision, whatever it is given."""


@pytest.mark.parametrize("size", [1, 5, 20])
@pytest.mark.parametrize("kind", LAYERS)
def test_cells_step_as_keras_does(kind, size):
    generator = np.random.default_rng(size)
    x, h, c = (generator.normal(size=(1, n)).astype("float32") for n in (3, size, size))
    states = [h, c] if "LSTM" in kind.__name__ else [h]
    own = kind(size)
    own.build((1, 3))
    with jax.enable_x64(True):
        made = Given.of(kind).make(3, size, KEY)
        arrays = []
        for name, array in zip(made.names, made.arrays, strict=True):
            arrays.append(jnp.asarray(number(name, array.shape)))
            (variable,) = [v for v in own.trainable_variables if v.name == name]
            variable.assign(number(name, array.shape))
        cell = ForeignCell(made.names, arrays, made.program)
        leaves = [jnp.asarray(one[0], float) for one in states]
        state = leaves[0]
        if len(leaves) > 1:
            state = dict(zip("hc", leaves, strict=True))
        after = cell(jnp.asarray(x[0], float), state)
    ours = [after["h"], after["c"]] if len(leaves) > 1 else [after]
    _, right = own(torch.tensor(x), list(map(torch.tensor, states)))
    for got, leaf in zip(ours, right, strict=True):
        expected = leaf[0].detach().numpy()
        assert got.dtype == "float64"
        assert np.max(abs(np.asarray(got) - expected) / (1 + abs(expected))) < SINGLE


def test_a_layer_is_drawn_by_its_seed_and_nothing_global_changes():
    before = random.getstate(), torch.get_rng_state()
    made = OF_KERAS.construct(Asked(lambda: keras.layers.GRUCell(4), 3, len, 2))
    assert random.getstate() == before[0]
    assert torch.equal(torch.get_rng_state(), before[1])
    random.seed(3)
    own = keras.layers.GRUCell(4)
    own.build((1, 2))
    random.setstate(before[0])
    arrays = made.held.trained.values()
    for variable, array in zip(own.trainable_variables, arrays, strict=True):
        assert np.array_equal(array, numbers(variable))


def numbers(variable):
    return variable.value.detach().numpy().copy()


def test_a_built_layer_keeps_its_numbers():
    layer = keras.layers.GRUCell(4)
    layer.build((1, 2))
    kernel = numbers(layer.kernel)
    given = Given.of(layer)
    assert given.is_built
    assert np.array_equal(given.built.kernel, kernel)
    assert np.array_equal(numbers(layer.kernel), kernel)
    assert keras.config.is_traceback_filtering_enabled()


@pytest.mark.proof
def test_with_the_weights_of_torch_it_has_its_discrepancy():
    size = 5
    with jax.enable_x64(True):
        own = Given.of(torch.nn.LSTMCell).make(2, size, KEY)
        made = Given.of(keras.layers.LSTMCell).make(2, size, KEY)
    of_keras = {
        "kernel": own.weight_ih.T,
        "recurrent_kernel": own.weight_hh.T,
        "bias": np.asarray(own.bias_ih) + np.asarray(own.bias_hh),
    }
    arrays = [of_keras[name] for name in made.names]
    same = ForeignCell(made.names, arrays, made.program)
    found = []
    for cell in (own, same):
        found.append(discrepancy(cell, length=10, key=KEY).discrepancy.values)
    assert np.allclose(found[0], found[1], rtol=1e-12, atol=0)


def test_roles_are_read():
    found = roles(Given.of(keras.layers.LSTMCell).make(2, 3, KEY))
    assert found["recurrent_kernel"] == "recurrent (in, out), read"
    assert found["state['h']"] == "h, declared"
    assert found["state['c']"] == "cell"


IN_PROOF = [
    pytest.param(name, marks=pytest.mark.proof)
    for name in ("D as built", "gradients", "cost")
]


@pytest.mark.parametrize("measure", ["D normal", *IN_PROOF])
def test_a_measure_of_each_kind_runs(measure):
    require_numbers(measure, keras.layers.GRUCell, 3)


@pytest.mark.proof
def test_rows_of_the_table_are_as_they_are_measured():
    from frameworks.test_table_of_cells import TABLE, rows

    shown = rows(TABLE.ON_TORCH)
    for name, row in zip(TABLE.of_keras(), shown, strict=True):
        found = TABLE.figures(name)
        assert row.startswith(f"| `{name}` | {found.as_built} | {found.normal} |")


@pytest.mark.proof
def test_a_cell_trains():
    about = {"rule": Modern(max_epochs=1), "num_seeds": 1, "key": KEY}
    result = train(keras.layers.SimpleRNNCell, "parity", hidden_size=3, **about)
    assert np.isfinite(result.loss).all()


class Plain(keras.layers.Layer):
    """A layer in a layer, as a user writes it; its state begins as he says."""

    def __init__(self, units):
        super().__init__()
        self.units = units
        self.inner = keras.layers.Dense(units)

    def build(self, shape):
        self.inner.build((1, shape[-1] + self.units))

    def call(self, x, states):
        h = self.new(keras.ops.concatenate([x, states[0]], axis=-1), states[0])
        return h, [h]

    def new(self, joined, h):
        return keras.ops.tanh(self.inner(joined))


class Random(Plain):
    def new(self, joined, h):
        return self.inner(joined) + keras.random.normal((1, self.units))


class Branches(Plain):
    def new(self, joined, h):
        if h.sum() > 1:
            return h
        return self.inner(joined)


class Counts(Plain):
    def build(self, shape):
        super().build(shape)
        self.seen = self.add_weight(shape=(), trainable=False)

    def new(self, joined, h):
        self.seen.assign(self.seen + 1.0)
        return self.inner(joined)


class Spike(torch.autograd.Function):
    @staticmethod
    def forward(_, x):
        return (x > 0).to(x.dtype)

    @staticmethod
    def backward(_, slope):
        return slope


class Spikes(Plain):
    def new(self, joined, h):
        return 0.5 * h + Spike.apply(self.inner(joined))


def zeros(layer):
    return [torch.zeros(layer.units)]


def begun(kind):
    return adapt(kind, initial_state=zeros)


def test_a_layer_of_layers():
    made = Given.of(begun(Plain)).make(2, 4, KEY)
    assert {name: array.shape for name, array in made._held().items()} == {
        "bias": (4,),
        "kernel": (6, 4),
    }


REFUSED = {
    Random: r"random numbers",
    Branches: r'at keras_on_torch.py:\d+, "if h.sum\(\) > 1:": a Python number or a br',
    Counts: r"keras:Counts keeps something between steps in arrays of its own",
    Spikes: r"has a gradient of its own, which differs .* set KERAS_BACKEND=jax",
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_layer_is_refused_by_one_line(kind):
    with pytest.raises(CellError, match=REFUSED[kind]) as raised:
        Given.of(begun(kind)).make(2, 4, KEY)
    assert "\n" not in str(raised.value)


def by_torch(layer, x, states):
    joined = torch.cat([x, states[0]])
    return [torch.tanh(layer.inner.bias.value + joined @ layer.inner.kernel.value)]


def by_keras(layer, x, states):
    joined = keras.ops.concatenate([x, states[0]])
    return [keras.ops.tanh(layer.inner(keras.ops.expand_dims(joined, 0))[0])]


@pytest.mark.parametrize("step", [by_torch, by_keras])
def test_a_step_of_the_users_own_takes_tensors(step):
    input, state = jnp.array([0.3, -0.2]), jnp.array([0.1, 0.5, -0.4])
    found = []
    for more in ({}, {"step": step}):
        made = Given.of(adapt(Plain, initial_state=zeros, **more)).make(2, 3, KEY)
        found.append(made(input, state))
    assert np.allclose(*found, rtol=0, atol=SINGLE)


def test_a_step_of_the_users_own_is_refused_by_one_line():
    def step(layer, x, states):
        return states if x.sum() > 1 else layer(x[None], [states[0][None]])[1]

    said = r'keras:Plain can\'t be traced at keras_on_torch.py:\d+, "return states if x'
    with pytest.raises(CellError, match=said) as raised:
        Given.of(adapt(Plain, initial_state=zeros, step=step)).make(2, 3, KEY)
    assert "\n" not in str(raised.value)
