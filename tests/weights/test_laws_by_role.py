"""Laws ask the roles of arrays, not their names and shapes."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from covering import diagonal
from firstbit.cells import Vanilla, redraw
from firstbit.errors import SettingError

KEY = jax.random.key(3)


class Transposed(eqx.Module):
    """A gated cell as Flax and Keras store it: kernels (in, out), and a fixed mask."""

    kernel: jax.Array
    recurrent: jax.Array
    bz: jax.Array
    column: jax.Array
    mask: jax.Array

    def __init__(self, input_size, hidden_size, *, key):
        self.kernel = jnp.ones((input_size, 2 * hidden_size))
        self.recurrent = jnp.ones((hidden_size, 2 * hidden_size))
        self.bz = jnp.ones(2 * hidden_size)
        self.column = jnp.ones((hidden_size, 1))
        self.mask = jnp.tri(hidden_size)

    def initial_state(self):
        return jnp.zeros(self.mask.shape[0])

    def __call__(self, input, hidden):
        masks = jnp.concatenate([self.mask, self.mask], axis=1)
        a = input @ self.kernel + hidden @ (self.recurrent * masks) + self.bz
        z, new = jnp.split(a, 2)
        gate = jax.nn.sigmoid(z)
        return gate * hidden + (1 - gate) * jnp.tanh(new) + self.column[:, 0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("k", "law"), diagonal([1, 5, 6, 8], ["identity", "orthogonal"])
)
def test_squares_are_for_recurrent_matrices_alone(law, k):
    cell = redraw(Vanilla(2, k, key=KEY), law, KEY)
    square = np.asarray(cell.W_h, float)
    assert np.allclose(square @ square.T, np.eye(k), atol=1e-5)
    # By shape, a matrix of 6 rows and 2 columns is three squares: U'U = 3 I.
    U = np.asarray(cell.U_h, float)
    assert abs((U.T @ U)[0, 1]) > 1e-3
    fan_in = redraw(Vanilla(2, k, key=KEY), {"U_h": "fan-in-normal", "*": law}, KEY)
    assert np.array_equal(fan_in.W_h, cell.W_h)


@pytest.mark.slow
def test_input_weights_under_orthogonal_are_normal_over_the_fan_in():
    U = np.asarray(redraw(Vanilla(20, 400, key=KEY), {"U_*": "orthogonal"}, KEY).U_h)
    assert U.var() == pytest.approx(1 / 20, rel=0.05)
    share = (np.abs(U) > (2 / 20) ** 0.5).mean()
    assert share == pytest.approx(0.1573, abs=0.01)  # 2 Phi(-sqrt 2)


@pytest.mark.slow
def test_a_gate_named_in_full_takes_its_law_as_asked():
    U = np.asarray(redraw(Vanilla(2, 6, key=KEY), {"U_h": "orthogonal"}, KEY).U_h)
    assert np.allclose(U.T @ U, 3 * np.eye(2), atol=1e-5)


@pytest.mark.slow
def test_kernels_stored_in_out_have_the_right_fan_in_and_squares():
    cell = Transposed(2, 6, key=KEY)
    drawn = redraw(cell, "orthogonal", KEY)
    for gate in np.split(np.asarray(drawn.recurrent), 2, axis=1):
        assert np.allclose(gate @ gate.T, np.eye(6), atol=1e-5)
    for array in (drawn.bz, drawn.column):
        assert not np.asarray(array).any()
    assert np.array_equal(drawn.mask, cell.mask)
    wide = redraw(Transposed(3, 300, key=KEY), "fan-in-normal", KEY)
    assert np.asarray(wide.kernel).var() == pytest.approx(1 / 3, rel=0.15)
    assert np.asarray(wide.recurrent).var() == pytest.approx(1 / 300, rel=0.05)
    scaled = jax.nn.initializers.variance_scaling(1.0, "fan_in", "normal")
    wide = redraw(Transposed(3, 300, key=KEY), scaled, KEY)
    assert np.asarray(wide.kernel).var() == pytest.approx(1 / 3, rel=0.15)
    assert np.asarray(wide.recurrent).var() == pytest.approx(1 / 300, rel=0.05)


@pytest.mark.slow
def test_roles_that_are_declared_count():
    cell = Transposed(2, 6, key=KEY)
    drawn = redraw(cell, "normal", KEY, roles={"bz": "fixed", "mask": "recurrent"})
    assert np.array_equal(drawn.bz, cell.bz)
    assert not np.array_equal(drawn.mask, cell.mask)
    as_pattern = redraw(cell, "normal", KEY, roles={"b*": "fixed"})
    assert np.array_equal(as_pattern.bz, cell.bz)
    with pytest.raises(SettingError, match="expected a role among input, recurrent"):
        redraw(cell, "normal", KEY, roles={"bz": "offset"})


@pytest.mark.parametrize("name", ["b", "bz", "bh", "bhh", "b_h", "bias", "bias_n"])
def test_biases_of_what_is_no_cell_are_known_by_name(name):
    drawn = redraw({name: jnp.ones(3), "W": jnp.ones((3, 3))}, "normal", KEY)
    assert not np.asarray(drawn[name]).any()
