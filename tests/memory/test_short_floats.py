"""Cells that compute in short floats: as plain simulation, or refused."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from covering import few
from firstbit.errors import CellError
from firstbit.memory import discrepancy
from firstbit.memory.ensemble import trial
from firstbit.programs import products

KEY = jax.random.key(0)
LENGTH = 8


class Short(eqx.Module):
    """A gated cell whose step is computed in a shorter dtype."""

    U: jax.Array
    W: jax.Array
    dtype: str = eqx.field(static=True)
    hidden_size: int = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, *, key, dtype):
        ours, theirs = jax.random.split(key)
        self.U = jax.random.normal(ours, (hidden_size, input_size))
        self.W = jax.random.normal(theirs, (hidden_size, hidden_size))
        self.dtype, self.hidden_size = dtype, hidden_size

    def __call__(self, input, hidden):
        arrays = (self.U, self.W, input, hidden)
        U, W, x, h = (array.astype(self.dtype) for array in arrays)
        gate = jax.nn.sigmoid(W @ h + U @ x)
        mixed = gate * h + (1 - gate) * jnp.tanh(W @ (gate * h) + U @ x)
        return mixed.astype(hidden.dtype)


DTYPES_AND_SIZES = [
    (dtype, size) for size in (3, 40) for dtype in ("bfloat16", "float16", "float32")
]


def plain(cell):
    """Return D(l) of the two words, each simulated by the cell's own step."""
    with jax.enable_x64(True):
        U, W = (jnp.asarray(array, float) for array in (cell.U, cell.W))
        cell = eqx.tree_at(lambda own: (own.U, own.W), cell, (U, W))
        one, other = jnp.zeros((2, cell.hidden_size))
        found = []
        for step in range(LENGTH):
            letters = jnp.eye(2)[np.array([0, int(step == 0)])]
            one, other = cell(letters[0], one), cell(letters[1], other)
            found.append(float(jnp.linalg.norm(other - one)))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("dtype", "hidden_size"), few(DTYPES_AND_SIZES, kept=[0, 2]))
def test_a_cell_of_short_floats_is_like_plain_simulation(dtype, hidden_size):
    cell = Short(2, hidden_size, key=KEY, dtype=dtype)
    found = discrepancy(cell, length=LENGTH, key=KEY).discrepancy.values.ravel()
    # An entry that is rounded to its other neighbour is off by a last place, and the
    # next steps carry it on.
    last_place = float(jnp.finfo(dtype).eps) * np.sqrt(hidden_size)
    assert np.abs(found - plain(cell)).max() < 4 * last_place


@pytest.mark.slow
@pytest.mark.parametrize("dtype", few(["bfloat16", "float16"], kept=[1]))
def test_an_engine_that_adds_up_short_floats_is_refused(dtype, monkeypatch):
    monkeypatch.setattr(products, "LONGEST_HALF", 0)
    monkeypatch.setattr(trial, "recalled", lambda key: "")
    cell = Short(2, 31, key=KEY, dtype=dtype)
    with pytest.raises(CellError, match=r"follow plain simulation, got an error of"):
        discrepancy(cell, length=3, key=KEY)


class Growing(Short):
    """A cell that overflows in its third step."""

    def __init__(self, input_size, hidden_size, *, key, dtype):
        super().__init__(input_size, hidden_size, key=key, dtype=dtype)

    def __call__(self, input, hidden):
        own = hidden.astype(self.dtype)
        return (own * 100 + (self.U @ input).astype(self.dtype)).astype(hidden.dtype)


@pytest.mark.slow
def test_a_step_that_overflows_is_no_error_of_the_engine():
    cell = Growing(2, 3, key=KEY, dtype="float16")
    found = discrepancy(cell, length=2, key=KEY).discrepancy.values.ravel()
    assert np.isfinite(found).all()
