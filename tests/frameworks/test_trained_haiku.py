"""A core of Haiku with the parameters of a net that was trained elsewhere."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

haiku = pytest.importorskip("haiku")

from firstbit import adapt, discrepancy  # noqa: E402
from firstbit.cells import Given  # noqa: E402
from firstbit.errors import CellError  # noqa: E402

KEY = jax.random.key(0)
LENGTH = 4
UNITS = 3


class Core(haiku.RNNCore):
    """A gate of its own around a core, whose modules have long paths."""

    def __init__(self):
        super().__init__()
        self.inner = haiku.GRU(UNITS)
        self.gate = haiku.Linear(UNITS)

    def __call__(self, x, state):
        _, after = self.inner(x, state)
        after = jnp.tanh(self.gate(after))
        return after, after

    def initial_state(self, batch_size):
        return self.inner.initial_state(batch_size)


class Net(haiku.Module):
    """A core, named by another's choice, and a read-out."""

    def __init__(self, make):
        super().__init__(name="my_net")
        self.make = make

    def __call__(self, word):
        core = self.make()
        outputs, _ = haiku.dynamic_unroll(core, word, core.initial_state(None))
        return haiku.Linear(2)(outputs), outputs


MAKES = {"GRU": lambda: haiku.GRU(UNITS), "own": Core}


@pytest.mark.slow
@pytest.mark.parametrize("name", MAKES)
def test_the_discrepancy_is_that_of_the_trained_net(name):
    """Plain Haiku reads both words with its own parameters, in single precision."""
    letters = np.array([[0] * LENGTH, [1] + [0] * (LENGTH - 1)])
    words = jnp.eye(2)[letters]
    net = haiku.without_apply_rng(haiku.transform(lambda word: Net(MAKES[name])(word)))
    parameters = net.init(KEY, words[0])
    trained = jax.tree.map(lambda one: 1.5 * one + 0.1, parameters)
    u, v = (net.apply(trained, word)[1] for word in words)
    expected = np.linalg.norm(np.asarray(u - v), axis=1)
    made = adapt(lambda: MAKES[name](), parameters=trained)
    found = discrepancy(made, length=LENGTH, key=KEY)
    assert found.discrepancy.values[0] == pytest.approx(expected, rel=1e-5)
    assert Given.of(made).hidden_size == UNITS


def gru_parameters(units):
    shapes = {"w_i": (2, 3 * units), "w_h": (units, 3 * units), "b": (3 * units,)}
    return {name: np.ones(shape) for name, shape in shapes.items()}


def make():
    return haiku.GRU(UNITS)


REFUSED = {
    "another size": (
        make,
        {"gru": gru_parameters(4)},
        r"gru/w_h of shape \[3, 9\], got \[4, 12\]",
    ),
    "another core": (
        make,
        {"gru": gru_parameters(3) | {"w_z": np.ones(3)}},
        r"gru/w_z of shape none, got \[3\]",
    ),
    "another module": (
        make,
        {"lstm/linear": {"w": np.ones(3)}},
        "of the modules gru, got lstm/linear",
    ),
    "two of them": (
        make,
        {"a/gru": gru_parameters(3), "b/gru": gru_parameters(3)},
        "of the modules gru, got a/gru, b/gru, 2 times",
    ),
    "arrays alone": (
        make,
        gru_parameters(3),
        r"a mapping of arrays for each module, got an array of shape \(2, 9\) at 'w_i'",
    ),
    "a class": (haiku.GRU, {"gru": gru_parameters(3)}, "expected beside `parameters`"),
}


@pytest.mark.wrong_types
@pytest.mark.parametrize("name", REFUSED)
def test_parameters_that_do_not_fit_are_refused_by_one_line(name):
    function, parameters, expected = REFUSED[name]
    with pytest.raises(CellError, match=expected) as raised:
        adapt(function, parameters=parameters)
    assert "\n" not in str(raised.value)
