"""Cells of Flax, Haiku and Keras step as these do, or are refused by one line."""

import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

pytest.importorskip("flax")
haiku = pytest.importorskip("haiku")
keras = pytest.importorskip("keras")

from flax import linen, nnx  # noqa: E402

from firstbit import adapt  # noqa: E402
from firstbit.cells import Given, roles  # noqa: E402
from firstbit.cells.bridges.foreign import ForeignCell  # noqa: E402
from firstbit.cells.bridges.keras_layers import ADAPTER as OF_KERAS  # noqa: E402
from firstbit.cells.bridges.recognise import framework_of  # noqa: E402
from firstbit.errors import CellError, SettingError  # noqa: E402
from frameworks.own_steps import (  # noqa: E402
    HAS_SINGLE_ONLY,
    NAMES,
    STEPS,
    kind_of,
    number,
)

KEY = jax.random.key(0)


def with_normal_numbers(name, input_size, hidden_size):
    made = Given.of(kind_of(name)).make(input_size, hidden_size, KEY)
    arrays = []
    for of_array, array in zip(made.names, made.arrays, strict=True):
        arrays.append(jnp.asarray(number(of_array, array.shape)))
    return ForeignCell(made.names, arrays, made.program)


def single(array):
    return array.astype("float32").astype("float64")


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 5, 20])
@pytest.mark.parametrize("name", NAMES)
def test_cells_step_as_their_framework_does(name, size):
    framework, _, cell_name = name.partition(":")
    random = np.random.default_rng(size)
    x, h, c = (single(random.normal(size=n)) for n in (3, size, size))
    state, memory = ({"c": c, "h": h}, c) if "LSTM" in cell_name else (h, None)
    with jax.enable_x64(True):
        cell = with_normal_numbers(name, 3, size)
        after = cell(jnp.asarray(x), jax.tree.map(jnp.asarray, state))
        ours = [after["h"], after["c"]] if memory is not None else [after]
        for batch in (True, False):
            if not batch and framework == "keras":
                continue  # it needs a batch
            args = [x, h, memory]
            if batch:
                args = [None if one is None else one[None] for one in args]
            with jax.numpy_dtype_promotion("standard"):
                own = STEPS[framework](kind_of(name), cell.names, *args)
            limit = 1e-6 if framework in HAS_SINGLE_ONLY else 1e-14
            for got, right in zip(ours, own, strict=False):
                right = right[0] if batch else right
                assert got.dtype == "float64"
                assert np.max(abs(got - right) / (1 + abs(right))) < limit


def test_frameworks_are_told_by_the_names_of_base_classes():
    for name in NAMES:
        assert framework_of(kind_of(name)) == name.partition(":")[0]
    code = "import firstbit.cells, sys; print([m for m in %r if m in sys.modules])"
    asked = ["flax", "haiku", "keras", "torch"]
    done = subprocess.run([sys.executable, "-c", code % asked], capture_output=True)
    assert done.stdout.decode().strip() == "[]"


def test_h_is_measured_and_not_c():
    for kind in (nnx.LSTMCell, linen.OptimizedLSTMCell, haiku.LSTM):
        found = roles(Given.of(kind).make(2, 3, KEY))
        assert found["state['h']"] == "h, declared"
        assert found["state['c']"] == "cell"


def test_kernels_are_stored_with_the_inputs_first():
    found = roles(Given.of(nnx.GRUCell).make(2, 3, KEY))
    assert found["dense_i.kernel"] == "input (in, out), read"
    assert found["dense_h.kernel"] == "recurrent (in, out), read"
    assert found["dense_i.bias"] == "bias, read"
    found = roles(Given.of(haiku.LSTM).make(2, 3, KEY))
    assert found["w"] == "joint (in, out), read"


@pytest.mark.slow
def test_a_bias_with_two_axes_is_a_bias():
    found = roles(Given.of(keras.layers.GRUCell).make(2, 3, KEY))
    assert found["bias"] == "bias, read"
    assert found["recurrent_kernel"] == "recurrent (in, out), read"


def test_a_draw_is_what_the_constructor_gives_with_its_key():
    key = jax.random.key(7)
    own = nnx.state(nnx.GRUCell(2, 4, rngs=nnx.Rngs(key)), nnx.Param)
    with jax.enable_x64(True):
        made = Given.of(nnx.GRUCell).make(2, 4, key)
    for got, right in zip(made.arrays, jax.tree.leaves(own), strict=True):
        assert got.dtype == "float64"
        assert np.array_equal(got, np.asarray(right, float))


class Plain(nnx.Module):
    """It says neither a type nor how it begins."""

    def __init__(self, input_size, hidden_size, *, rngs):
        self.kernel = nnx.Param(
            jax.random.normal(rngs.params(), (input_size + hidden_size, hidden_size))
        )

    def __call__(self, carry, x):
        h, _ = carry
        h = jnp.tanh(jnp.concatenate([x, h]) @ self.kernel[...])
        return (h, x), h


def test_the_default_type_is_that_of_the_framework():
    key = jax.random.key(7)
    right = Plain(2, 4, rngs=nnx.Rngs(key)).kernel[...]
    start = {"initial_state": lambda _: (jnp.zeros(4), jnp.zeros(2)), "hidden": "0"}
    with jax.enable_x64(True):
        made = Given.of(adapt(Plain, **start)).make(2, 4, key)
    assert right.dtype == "float32"
    assert np.array_equal(made.kernel, right)


def test_what_the_user_says():
    with pytest.raises(CellError, match=r"how flax.nnx:Plain begins can't be"):
        Given.of(Plain).make(2, 4, KEY)

    def start(module):
        return jnp.zeros(module.kernel.shape[1]), jnp.zeros(2)

    adapted = Given.of(adapt(Plain, initial_state=start, hidden="0"))
    assert roles(adapted.make(2, 4, KEY))["state[0]"] == "h, declared"
    with pytest.raises(SettingError, match="`hidden` among 0, 1, got 'c'"):
        Given.of(adapt(Plain, initial_state=start, hidden="c")).make(2, 4, KEY)

    def step(module, x, state):
        return module(state, 2 * x)[0]

    other = Given.of(adapt(Plain, initial_state=start, step=step, hidden="0"))
    made, twice = (given.make(2, 4, KEY) for given in (adapted, other))
    state = adapted.initial(made)
    assert np.allclose(twice(jnp.ones(2), state)[0], made(2 * jnp.ones(2), state)[0])


@pytest.mark.parametrize("form", ["linen", "function", "bound", "nnx", "haiku"])
def test_forms_in_which_a_cell_is_given(form):
    unbound = linen.GRUCell(features=4)
    variables = unbound.init(KEY, jnp.zeros(4), jnp.zeros(2))
    built = nnx.GRUCell(2, 4, rngs=nnx.Rngs(0))
    forms = {
        "linen": unbound,
        "function": lambda input_size, hidden_size: linen.GRUCell(hidden_size),
        "bound": unbound.bind(variables),
        "nnx": built,
        "haiku": lambda input_size, hidden_size: haiku.GRU(hidden_size),
    }
    given = Given.of(forms[form])
    made = given.make(2, 4, KEY)
    assert made.hidden_size == 4
    assert given.is_built == (form in ("bound", "nnx"))
    if form == "nnx":
        assert np.array_equal(made.arrays[-1], built.dense_i.kernel[...])
    if form in ("linen", "bound"):
        assert given.hidden_size == 4


@pytest.mark.slow
def test_a_layer_of_keras_is_given_with_its_numbers_or_without():
    layer = keras.layers.GRUCell(4)
    assert Given.of(layer).sizes == (4,)
    assert not Given.of(layer).is_built
    assert Given.of(layer).make(2, 4, KEY).hidden_size == 4
    layer.build((1, 2))
    built = Given.of(layer)
    assert built.is_built
    assert np.array_equal(built.built.kernel, layer.kernel)


class Counts(nnx.RNNCellBase):
    def __init__(self, input_size, hidden_size, *, rngs):
        self.inner = nnx.GRUCell(input_size, hidden_size, rngs=rngs)
        self.seen = nnx.Variable(jnp.zeros(()))

    def initialize_carry(self, input_shape, rngs=None):
        return self.inner.initialize_carry(input_shape, rngs)

    def __call__(self, carry, x):
        self.seen[...] += 1.0
        return self.inner(carry, x)


class Half(linen.RNNCellBase):
    features: int

    @linen.compact
    def __call__(self, carry, x):
        h = linen.Dense(self.features, dtype=jnp.float16)(x) + carry
        return h, h

    @linen.nowrap
    def initialize_carry(self, rng, input_shape):
        return jnp.zeros(self.features)


class Wide(Half):
    @linen.compact
    def __call__(self, carry, x):
        h = jnp.concatenate([carry, linen.Dense(self.features)(x)])
        return h, h


class Alone(Half):
    @linen.compact
    def __call__(self, carry, x):
        return jnp.tanh(linen.Dense(self.features)(x) + carry)


class Branches(Half):
    @linen.compact
    def __call__(self, carry, x):
        h = linen.Dense(self.features)(x)
        if h.sum() > 0:
            h = h + carry
        return h, h


REFUSED = {
    "Counts": (Counts, "flax.nnx:Counts keeps something between steps"),
    "Half": (Half, "expected flax.linen:Half to compute in single or double"),
    "Wide": (Wide, r"expected the state of flax.linen:Wide .* \[4\]; got .* \[8\]"),
    "Alone": (Alone, r"expected flax.linen:Alone to return \(state, output\), got"),
    "Branches": (
        Branches,
        r'flax.linen:Branches can.t be traced at test_jax_cells.py:\d+, "if h.sum\(\) ',
    ),
    "images": (linen.ConvLSTMCell, "flax.linen:ConvLSTMCell refuses 2 inputs and 4"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", REFUSED)
def test_a_cell_is_refused_by_one_line(name):
    kind, expected = REFUSED[name]
    with pytest.raises(CellError, match=expected) as raised:
        Given.of(kind).make(2, 4, KEY)
    assert "\n" not in str(raised.value)


def test_a_wrong_size_is_refused():
    with pytest.raises(CellError, match=r"expected 5 units of flax.linen:GRUCell"):
        Given.of(linen.GRUCell(features=5)).make(2, 4, KEY)
    with pytest.raises(CellError, match="refuses 2 inputs and -1 units"):
        Given.of(nnx.GRUCell).make(2, -1, KEY)


def test_a_core_of_haiku_lives_in_its_transform():
    seen = []
    haiku.transform(lambda: seen.append(haiku.GRU(3))).init(KEY)
    with pytest.raises(CellError, match=r"alive only inside hk.transform"):
        Given.of(seen[0])


def test_a_framework_that_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "haiku", None)
    with pytest.raises(CellError, match=r"try pip install 'firstbit\[haiku\]'"):
        Given.of("haiku:GRU:4")


def test_keras_runs_on_jax_or_torch(monkeypatch):
    monkeypatch.setattr(keras.config, "backend", lambda: "numpy")
    with pytest.raises(CellError, match="Keras to run on jax or torch, got numpy"):
        Given.of(keras.layers.GRUCell).make(2, 3, KEY)
    assert not OF_KERAS.traced
