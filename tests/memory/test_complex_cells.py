"""Cells of complex numbers alone: they are like the real cell of twice the size."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ensembles import ensemble
from firstbit import check, cost, discrepancy, fates, lyapunov_exponents
from firstbit.cells import Given, Network, Readout, num_parameters
from firstbit.errors import SettingError
from firstbit.memory import (
    Drive,
    distances,
    echo_state,
    memory_capacity,
    word_gradients_by_lag,
)
from firstbit.memory.discrepancy.state_bound import distance_bounds
from firstbit.weights.redraw import redraw
from memory_nets import HalfComplex

KEY = jax.random.key(3)
LENGTH = 12
LAST = np.array([4, 3])


class Complex(eqx.Module):
    """A step of complex weights and a complex state; the gain makes words merge."""

    W: jax.Array
    U: jax.Array

    def __init__(self, input_size, hidden_size, *, key, gain=0.5):
        shapes = (hidden_size, hidden_size), (hidden_size, input_size)
        self.W, self.U = [
            gain * jax.random.normal(of_one, shape, complex)
            for of_one, shape in zip(jax.random.split(key), shapes, strict=True)
        ]

    def initial_state(self):
        return jnp.zeros(self.W.shape[0], complex)

    def __call__(self, input, hidden):
        total = self.W @ hidden + self.U @ input.astype(complex)
        return jax.lax.complex(jnp.tanh(total.real), jnp.tanh(total.imag))


class Twin(eqx.Module):
    """The same cell in real numbers: real parts first, then imaginary ones."""

    W: jax.Array
    U: jax.Array

    def __init__(self, of):
        real, imaginary = of.W.real, of.W.imag
        self.W = jnp.block([[real, -imaginary], [imaginary, real]])
        self.U = jnp.concatenate([of.U.real, of.U.imag])

    def initial_state(self):
        return jnp.zeros(self.W.shape[0])

    def __call__(self, input, hidden):
        return jnp.tanh(self.W @ hidden + self.U @ input)


@pytest.fixture(scope="module")
def both():
    """A net, and its twin of real numbers."""
    with jax.enable_x64(True):
        cell = Complex(2, 3, key=KEY)
        return cell, Twin(cell)


@pytest.fixture(scope="module")
def inputs():
    letters = np.random.default_rng(0).integers(2, size=60)
    return np.eye(2)[letters]


@pytest.mark.slow
def test_distance_is_that_of_the_twin(both):
    own, twin = [discrepancy(cell, length=LENGTH, key=KEY) for cell in both]
    np.testing.assert_allclose(own.discrepancy, twin.discrepancy, rtol=1e-12)


@pytest.mark.slow
def test_fate_and_exponent_are_those_of_the_twin(both):
    own, twin = [fates(cell, key=KEY) for cell in both]
    np.testing.assert_array_equal(own.share, twin.share)
    assert own.share.sel(fate="merged").item() == 1
    # Tangents have no meaning at first; those of the twin begin elsewhere.
    np.testing.assert_allclose(own.exponent, twin.exponent, rtol=1e-3)


@pytest.mark.slow
def test_exponents_and_echo_states_are_those_of_the_twin(both, inputs):
    settings = {"inputs": inputs, "burn_in": 10, "key": KEY}
    own, twin = [lyapunov_exponents(cell, num_exponents=6, **settings) for cell in both]
    np.testing.assert_allclose(
        own.lyapunov_exponent, twin.lyapunov_exponent, rtol=1e-12
    )
    own, twin = [echo_state(cell, **settings) for cell in both]
    assert own.echo_state.item() == twin.echo_state.item()
    np.testing.assert_allclose(own.rate, twin.rate, rtol=1e-9)


@pytest.mark.slow
def test_as_built_it_is_a_plain_loop_over_constructed_cells():
    found = discrepancy(Complex, hidden_sizes=3, length=4, num_draws=400, key=KEY)
    assert '"initializer": "as-built"' in found.attrs["configuration"]

    @jax.jit
    @jax.vmap
    def distance(key):
        cell = Complex(2, 3, key=key)
        states = jnp.stack([cell.initial_state()] * 2)
        for inputs in (jnp.eye(2), *3 * [jnp.array([[1.0, 0.0]] * 2)]):
            states = jax.vmap(cell)(inputs, states)
        return jnp.linalg.norm(states[0] - states[1])

    with jax.enable_x64(True):
        plain = np.asarray(distance(jax.random.split(jax.random.key(9), 4000)))
    error = np.hypot(plain.std() / 4000**0.5, found.discrepancy_se[..., -1].item())
    assert abs(found.discrepancy[..., -1].item() - plain.mean()) < 4 * error


def test_a_complex_number_counts_as_two(both):
    own = cost(both[0], timed=False)
    assert own.num_parameters.item() == 2 * (9 + 6)
    assert own.num_state_numbers.item() == 6


def test_a_trained_complex_number_counts_as_two(both):
    readout = Readout(np.zeros((2, 3)))
    assert num_parameters(Network(both[0], readout)) == 2 * (9 + 6) + 6


@pytest.mark.slow
def test_a_declared_bound_is_one_of_both_parts(both):
    of_own, of_twin = [
        distance_bounds(ensemble(cell, length=2, num_draws=None, key=KEY), (-1, 1))
        for cell in both
    ]
    assert of_own == of_twin == [2 * 6**0.5]


class OfParts(Readout):
    """A read-out of real and imaginary parts."""

    def __call__(self, hidden):
        return super().__call__(jnp.concatenate([hidden.real, hidden.imag]))


@pytest.mark.slow
def test_gradients_by_lag_are_those_of_the_twin(both):
    weights = np.random.default_rng(1).normal(size=(2, 6))
    words = np.eye(2)[[[0, 1, 1, 0], [1, 1, 0, 0]]]
    own, twin = [
        word_gradients_by_lag(Network(cell, readout(weights)), words, words, LAST)
        for cell, readout in zip(both, (OfParts, Readout), strict=True)
    ]
    for name in ("loss_gradient", "jacobian"):
        np.testing.assert_allclose(getattr(own, name), getattr(twin, name), rtol=1e-9)
    for name in ("U", "O"):
        np.testing.assert_allclose(
            own.contribution[name], twin.contribution[name], atol=1e-12
        )
    total = own.total["U"]
    parts = np.concatenate([np.real(total), np.imag(total)], axis=1)
    np.testing.assert_allclose(parts, twin.total["U"], atol=1e-12)


class Linear(Complex):
    """The same without its bounds."""

    def __init__(self, input_size, hidden_size, *, key):
        super().__init__(input_size, hidden_size, key=key)

    def __call__(self, input, hidden):
        return self.W @ hidden + self.U @ input.astype(complex)


class LinearTwin(Twin):
    """The same in real numbers."""

    def __init__(self, of):
        super().__init__(of)

    def __call__(self, input, hidden):
        return self.W @ hidden + self.U @ input


@pytest.mark.slow
def test_the_exact_capacity_is_that_of_the_twin():
    with jax.enable_x64(True):
        cell = Linear(1, 2, key=KEY)
        both = cell, LinearTwin(cell)
    drive = Drive(num_steps=100, burn_in=10, lags=[4])
    own, twin = [memory_capacity(one, drive=drive, key=KEY) for one in both]
    assert own.exact_capacity.item() == 4
    np.testing.assert_allclose(own.exact_profile, twin.exact_profile, rtol=1e-12)


@pytest.mark.slow
def test_what_is_understood_names_the_state():
    found = check(Given(Complex, hidden_sizes=(3,)))
    assert "complex128" in str(found["shape"].values)


@pytest.mark.slow
def test_beside_a_law_of_real_numbers_complex_ones_are_drawn_as_built():
    asked = {"hidden_sizes": 2, "length": 1, "num_draws": 8, "key": KEY}
    laws = ("normal", "as-built")
    drawn, built = [distances(HalfComplex, initializer=law, **asked) for law in laws]
    np.testing.assert_array_equal(drawn.distance, built.distance)
    assert len(np.unique(drawn.distance)) == 8
    assert "complex numbers stay as they are built" in drawn.attrs["configuration"]
    assert "complex numbers" not in built.attrs["configuration"]


@pytest.mark.parametrize("law", ["normal", {"*": "orthogonal"}])
def test_a_law_of_real_numbers_is_refused(both, law):
    with pytest.raises(SettingError, match="got complex ones alone"):
        redraw(both[0], law, KEY)
