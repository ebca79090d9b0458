"""Laws of others that are laws of ours, recognised by what they compute."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from firstbit.cells import GRU, Vanilla
from firstbit.errors import SettingError
from firstbit.memory import discrepancy
from firstbit.weights.recognised import recognised
from firstbit.weights.redraw import redraw

KEY = jax.random.key(0)
JAX = jax.nn.initializers
SHAPE = 6, 4
"""Inputs, outputs."""


def doubled(key, shape, dtype):
    return 2 * jax.random.normal(key, shape, dtype)


def by_the_root(key, shape, dtype):
    return jax.random.normal(key, shape, dtype) / jnp.sqrt(shape[0])


def between(key, shape, dtype):
    return -0.5 * jax.random.uniform(key, shape, dtype, -0.2, 0.2)


OURS = [
    (JAX.normal(0.3), (True, False, 0.3)),
    (JAX.variance_scaling(2.0, "fan_in", "normal"), (True, True, 2**0.5)),
    (JAX.variance_scaling(1.0, "fan_in", "uniform"), (False, True, 3**0.5)),
    (JAX.lecun_uniform(), (False, True, 3**0.5)),
    (doubled, (True, False, 2.0)),
    (by_the_root, (True, True, 1.0)),
    (between, (False, False, 0.1)),
]


@pytest.mark.parametrize(("law", "expected"), OURS)
def test_laws_of_independent_entries(law, expected):
    found = recognised(law, SHAPE, SHAPE[0])
    is_normal, by_fan_in, gain = expected
    assert (found.is_normal, found.by_fan_in) == (is_normal, by_fan_in)
    assert found.gain == pytest.approx(gain, rel=1e-12)


def squares_otherwise(key, shape, dtype):
    if shape[0] == shape[1]:
        return jax.random.orthogonal(key, shape[0], dtype=dtype)
    return jax.random.normal(key, shape, dtype)


def split_first(key, shape, dtype):
    return jax.random.normal(jax.random.split(key)[0], shape, dtype)


def of_two(key, shape, dtype):
    return jax.random.normal(key, shape, dtype) * jax.random.uniform(key, shape, dtype)


def cut(key, shape, dtype):
    return jnp.maximum(jax.random.normal(key, shape, dtype), -1.0)


def by_outputs(key, shape, dtype):
    return jax.random.normal(key, shape, dtype) / shape[-1]


def turned(key, shape, dtype):
    return jax.random.normal(key, shape[::-1], dtype).T


def failing(key, shape, dtype):
    raise TypeError("no such law")


OTHERS = [
    JAX.uniform(0.5),
    JAX.he_normal(),
    JAX.glorot_normal(),
    JAX.orthogonal(),
    JAX.zeros,
    JAX.ones,
    split_first,
    of_two,
    cut,
    by_outputs,
    turned,
    failing,
]


@pytest.mark.parametrize("law", OTHERS)
def test_other_laws_stay_what_they_are(law):
    assert recognised(law, SHAPE, SHAPE[0]) is None


@pytest.mark.slow
def test_a_law_may_treat_some_shapes_in_another_way():
    assert recognised(squares_otherwise, (6, 4), 6) is not None
    assert recognised(squares_otherwise, (4, 4), 4) is None
    drawn = redraw(Vanilla(2, 4, key=KEY), squares_otherwise, KEY)
    assert np.allclose(drawn.W_h @ drawn.W_h.T, np.eye(4), atol=1e-5)


@pytest.mark.slow
def test_a_recognised_law_is_that_of_its_name():
    cell = Vanilla(2, 5, key=KEY)
    got, expected = (redraw(cell, law, KEY) for law in (JAX.normal(1.0), "normal"))
    assert np.array_equal(got.W_h, expected.W_h)
    assert np.array_equal(got.U_h, expected.U_h)


@pytest.mark.slow
def test_what_a_law_refuses_stays_refused():
    """JAX scales by the fan-in of matrices alone."""
    scaled = JAX.variance_scaling(1.0, "fan_in", "normal")
    with pytest.raises(SettingError, match="doesn't fit `b_h` of shape"):
        redraw(Vanilla(2, 4, use_bias=True, key=KEY), {"b_h": scaled}, KEY)


@pytest.mark.slow
def test_distances_are_those_of_the_law_itself():
    """The same law by JAX's own draws: equal within four standard errors."""

    def unknown(key, shape, dtype):
        return jax.random.normal(jax.random.fold_in(key, 0), shape, dtype)

    asked = {"hidden_sizes": [6], "length": 5, "num_draws": 2000, "key": KEY}
    one, two = (
        discrepancy(GRU, initializer=law, **asked) for law in (JAX.normal(1.0), unknown)
    )
    off = abs(one.discrepancy - two.discrepancy)
    assert not np.array_equal(one.discrepancy, two.discrepancy)
    assert (off < 4 * np.hypot(one.discrepancy_se, two.discrepancy_se)).all()
