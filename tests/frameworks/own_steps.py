"""One step as each framework makes it, without firstbit."""

import zlib
from importlib import import_module

import jax
import numpy as np
from flax import nnx

CELLS = {
    "flax.nnx": ["SimpleCell", "GRUCell", "LSTMCell", "OptimizedLSTMCell"],
    "flax.linen": ["SimpleCell", "GRUCell", "MGUCell", "LSTMCell", "OptimizedLSTMCell"],
    "haiku": ["VanillaRNN", "GRU", "LSTM"],
    "keras": ["SimpleRNNCell", "GRUCell", "LSTMCell"],
}
"""The cells of a framework whose input is one vector."""

NAMES = [f"{framework}:{name}" for framework in CELLS for name in CELLS[framework]]

HAS_SINGLE_ONLY = {"keras"}
"""Its operations turn double precision to single."""


def kind_of(name):
    framework, _, cell = name.partition(":")
    home = "keras.layers" if framework == "keras" else framework
    return getattr(import_module(home), cell)


def number(name, shape):
    """Return normal numbers, the same for an array of that name."""
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    return generator.normal(size=shape).astype("float32").astype("float64")


def numbered(names, path, shape):
    """Return the numbers of the array of a framework with this path."""
    (name,) = [name for name in names if path == name or path.endswith(f".{name}")]
    return number(name, shape)


def plain(path):
    keys = [str(getattr(one, "key", getattr(one, "name", one))) for one in path]
    return ".".join(keys).replace("/", ".").removesuffix(".value")


def with_numbers(tree, names):
    def replaced(path, leaf):
        return numbered(names, plain(path), np.shape(leaf))

    return jax.tree_util.tree_map_with_path(replaced, tree)


def step_of_nnx(kind, names, x, h, c):
    own = kind(
        x.shape[-1], h.shape[-1], rngs=nnx.Rngs(0), dtype=float, param_dtype=float
    )
    graph, state = nnx.split(own)
    own = nnx.merge(graph, with_numbers(state, names))
    carry, output = own(h if c is None else (c, h), x)
    return of_flax(carry, output, c)


def step_of_linen(kind, names, x, h, c):
    own = kind(h.shape[-1])
    carry = h if c is None else (c, h)
    variables = own.init(jax.random.key(0), carry, x)
    carry, output = own.apply(with_numbers(variables, names), carry, x)
    return of_flax(carry, output, c)


def of_flax(carry, output, c):
    assert np.array_equal(output, carry if c is None else carry[1])
    return (carry, None) if c is None else (carry[1], carry[0])


def step_of_haiku(kind, names, x, h, c):
    haiku = import_module("haiku")
    state = h if c is None else haiku.LSTMState(hidden=h, cell=c)
    own = haiku.transform(lambda x, state: kind(h.shape[-1])(x, state))
    parameters = own.init(jax.random.key(0), x, state)
    _, after = own.apply(with_numbers(parameters, names), None, x, state)
    return (after, None) if c is None else (after.hidden, after.cell)


def step_of_keras(kind, names, x, h, c):
    own = kind(h.shape[-1])
    own.build((1, x.shape[-1]))
    for variable in own.trainable_variables:
        path = variable.path.replace("/", ".")
        variable.assign(numbered(names, path, variable.shape))
    state = [h] if c is None else [h, c]
    _, after = own(x.astype("float32"), [one.astype("float32") for one in state])
    return tuple(np.asarray(one, float) for one in [*after, None][:2])


STEPS = {
    "flax.nnx": step_of_nnx,
    "flax.linen": step_of_linen,
    "haiku": step_of_haiku,
    "keras": step_of_keras,
}
