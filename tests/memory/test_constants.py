"""Constants of NumPy in a cell are float64, whether or not JAX is told to be so."""

import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from covering import diagonal
from firstbit.cells import Cell, redraw
from firstbit.memory import discrepancy, lyapunov_exponents

KEY = jax.random.key(0)
FACTORS: dict[str, Any] = {
    "array": np.array([0.1, 0.7, 1.3]),
    "number": np.float64(0.7),
    "array without axes": np.array(0.7),
}
INPUT, RECURRENT = (
    np.random.default_rng(0).normal(size=(3, width)).astype("float32")
    for width in (2, 3)
)


class InStep(eqx.Module):
    """A cell of Equinox with a constant in its step."""

    U_h: jax.Array
    W_h: jax.Array
    name: str = eqx.field(static=True)
    hidden_size: int = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, *, key, name):
        self.U_h, self.W_h = jnp.array(INPUT), jnp.array(RECURRENT)
        self.name, self.hidden_size = name, hidden_size

    def __call__(self, input, hidden):
        field = self.U_h @ input + self.W_h @ hidden
        return FACTORS[self.name] * jnp.tanh(field)


class OfOurs(Cell):
    """A subclass of `Cell` with a constant in its step."""

    U_h: jax.Array
    W_h: jax.Array
    name: str = eqx.field(static=True)
    input_size: int = eqx.field(static=True)
    hidden_size: int = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, *, key, name):
        self.U_h, self.W_h = jnp.array(INPUT), jnp.array(RECURRENT)
        self.name = name
        self.input_size, self.hidden_size = input_size, hidden_size

    def __call__(self, input, hidden):
        field = self.U_h @ input + self.W_h @ hidden
        return FACTORS[self.name] * jnp.tanh(field)


class AsField(eqx.Module):
    """A cell of Equinox that holds its constant."""

    U_h: jax.Array
    W_h: jax.Array
    factor: Any
    hidden_size: int = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, *, key, name):
        self.U_h, self.W_h = jnp.array(INPUT), jnp.array(RECURRENT)
        self.factor, self.hidden_size = FACTORS[name], hidden_size

    def __call__(self, input, hidden):
        field = self.U_h @ input + self.W_h @ hidden
        return self.factor * jnp.tanh(field)


class Turned(AsField):
    """A cell that holds a complex number."""

    def __init__(self, input_size, hidden_size, *, key):
        super().__init__(input_size, hidden_size, key=key, name="number")
        self.factor = np.complex64(0.5 + 0.25j)

    def __call__(self, input, hidden):
        field = self.U_h @ input + self.W_h @ hidden
        return jnp.real(self.factor * jnp.tanh(field).astype(complex))


def plain(factor, length=6):
    """Return D(l) of the two words, each simulated in float64."""
    states = []
    for first in (0, 1):
        hidden, path = np.zeros(3), []
        for step in range(length):
            letter = first if step == 0 else 0
            field = INPUT[:, letter].astype(float) + RECURRENT.astype(float) @ hidden
            hidden = factor * np.tanh(field)
            path.append(hidden)
        states.append(np.array(path))
    return np.linalg.norm(states[1] - states[0], axis=1)


def measured(cell, **asked):
    return discrepancy(cell, length=6, key=KEY, **asked).discrepancy.values.ravel()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "name"), diagonal([InStep, OfOurs, AsField], [*FACTORS])
)
def test_a_built_cell_with_a_constant_is_like_plain_simulation(kind, name):
    assert jnp.zeros(1).dtype == jnp.float32
    found = measured(kind(2, 3, key=KEY, name=name))
    assert found == pytest.approx(plain(FACTORS[name]), rel=1e-12, abs=0)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "kind"), diagonal([*FACTORS], [AsField, InStep]))
def test_a_class_with_a_constant_is_like_plain_simulation(kind, name):
    found = measured(
        partial(kind, name=name), hidden_sizes=3, num_draws=2, initializer="as-built"
    )
    assert found == pytest.approx(plain(FACTORS[name]), rel=1e-12, abs=0)


@pytest.mark.slow
@pytest.mark.parametrize("hidden_sizes", [None, 3])
def test_a_complex_number_that_a_cell_holds(hidden_sizes):
    cell = Turned if hidden_sizes else Turned(2, 3, key=KEY)
    asked = {"num_draws": 2, "initializer": "as-built"} if hidden_sizes else {}
    found = measured(cell, hidden_sizes=hidden_sizes, **asked)
    assert found == pytest.approx(plain(0.5), rel=1e-12, abs=0)


@pytest.mark.slow
def test_a_number_that_a_cell_holds_is_an_array_for_other_measures():
    held = AsField(2, 3, key=KEY, name="number")
    in_step = InStep(2, 3, key=KEY, name="number")
    inputs = np.eye(2)[np.random.default_rng(0).integers(2, size=40)]
    one, other = (
        lyapunov_exponents(cell, inputs=inputs, burn_in=5, key=KEY)
        for cell in (held, in_step)
    )
    assert np.allclose(one.lyapunov_exponent, other.lyapunov_exponent, rtol=1e-10)
    assert redraw(held, "normal", KEY).factor == pytest.approx(0.7)
    without_axes = AsField(2, 3, key=KEY, name="array without axes")
    assert redraw(without_axes, "normal", KEY).factor == pytest.approx(0.7)


@pytest.mark.slow
def test_where_dtypes_are_promoted_as_by_default():
    """All other tests are strict about it; a user's program isn't."""
    with jax.numpy_dtype_promotion("standard"):
        found = measured(InStep(2, 3, key=KEY, name="array"))
    assert found == pytest.approx(plain(FACTORS["array"]), rel=1e-12, abs=0)


SCRIPT = """
import sys
sys.path.append("..")
import test_constants as one
print(one.jnp.zeros(1).dtype)
for kind in (one.InStep, one.AsField):
    for number in one.measured(kind(2, 3, key=one.KEY, name="array")):
        print(number.hex())
"""


@pytest.mark.proof
def test_in_a_process_of_its_own_that_leaves_jax_as_it_is():
    folder = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    dtype, *numbers = done.stdout.split()
    assert dtype == "float32"
    found = [float.fromhex(number) for number in numbers]
    assert found == pytest.approx([*plain(FACTORS["array"])] * 2, rel=1e-12, abs=0)
