"""States of every kind: measured as plain simulation in NumPy has them."""

import json
from itertools import product
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from covering import few
from firstbit.errors import CellError, SettingError
from firstbit.memory import discrepancy

KEY = jax.random.key(0)
LENGTH = 6


class Base(eqx.Module):
    """Two matrices that the constructor draws, and a step of NumPy's own."""

    U: jax.Array
    W: jax.Array
    hidden_size: int = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, *, key):
        a, b = jax.random.split(key)
        self.U = jax.random.normal(a, (hidden_size, input_size))
        self.W = jax.random.normal(b, (hidden_size, hidden_size)) / 2
        self.hidden_size = hidden_size


class Turning(Base):
    """Complex numbers: each unit turns and shrinks."""

    def initial_state(self):
        return jnp.zeros(self.hidden_size, complex)

    def __call__(self, input, state):
        angles = jnp.diag(self.W)
        turn = 0.9 * jax.lax.complex(jnp.cos(angles), jnp.sin(angles))
        field = jax.lax.complex(self.U @ input, self.U**2 @ input)
        return turn * state + field

    @staticmethod
    def plain(U, W, x, h, _):
        return 0.9 * np.exp(1j * np.diag(W)) * h + (U + 1j * U**2) @ x, None


class Mixing(eqx.Module):
    """A complex matrix, which the constructor draws, and a mask of whole numbers."""

    U: jax.Array
    mask: jax.Array
    W: jax.Array
    hidden_size: int = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, *, key):
        a, b, c = jax.random.split(key, 3)
        square = (hidden_size, hidden_size)
        self.U = jax.random.normal(a, (hidden_size, input_size))
        parts = [jax.random.normal(one, square) / 2 for one in (b, c)]
        self.W = jax.lax.complex(*parts)
        self.mask = jnp.arange(hidden_size)
        self.hidden_size = hidden_size

    def initial_state(self):
        return jnp.zeros(self.hidden_size, complex)

    def __call__(self, input, state):
        field = self.U @ input + self.mask.astype(float)
        after = self.W @ state + jax.lax.complex(field, field)
        return jax.lax.complex(jnp.tanh(after.real), jnp.tanh(after.imag))

    @staticmethod
    def plain(U, W, x, h, _):
        after = W @ h + (1 + 1j) * (U @ x + np.arange(len(W)))
        return np.tanh(after.real) + 1j * np.tanh(after.imag), None


class Fast(Base):
    """A matrix of fast weights."""

    def initial_state(self):
        return jnp.zeros((self.hidden_size, self.hidden_size))

    def __call__(self, input, state):
        key, value = jnp.tanh(self.W @ self.U @ input), self.U @ input
        return 0.9 * state + jnp.outer(value - state @ key, key)

    @staticmethod
    def plain(U, W, x, h, _):
        key, value = np.tanh(W @ U @ x), U @ x
        h = np.zeros_like(W) if np.ndim(h) == 1 else h
        return 0.9 * h + np.outer(value - h @ key, key), None


class Named(NamedTuple):
    mean: jax.Array
    hidden: jax.Array
    clock: jax.Array


class Averaging(Base):
    """A named tuple: a running average before h, and a clock of whole numbers."""

    def initial_state(self):
        zero = jnp.zeros(self.hidden_size)
        return Named(zero, zero, jnp.array(0))

    def __call__(self, input, state):
        hidden = jnp.tanh(self.U @ input + self.W @ state.hidden + state.mean)
        mean = state.mean + (hidden - state.mean) / (state.clock + 1).astype(float)
        return Named(mean, hidden, state.clock + 1)

    @staticmethod
    def plain(U, W, x, h, t, mean):
        h = np.tanh(U @ x + W @ h + mean)
        return h, mean + (h - mean) / (t + 1)


class Copying(Base):
    """A dictionary: the last input, which is no memory, beside h and a float clock."""

    def initial_state(self):
        zero = jnp.zeros(self.hidden_size)
        return {"a": jnp.zeros(self.U.shape[1]), "b": zero, "time": jnp.zeros(1)}

    def __call__(self, input, state):
        field = self.U @ (input + state["a"]) + self.W @ state["b"]
        hidden = jnp.tanh(field) * (1 + jnp.sin(state["time"]))
        return {"a": input, "b": hidden, "time": state["time"] + 1.0}

    @staticmethod
    def plain(U, W, x, h, t, last):
        return np.tanh(U @ (x + last) + W @ h) * (1 + np.sin(t)), x


class Two(Base):
    """A state whose first axis is 2, which is no batch."""

    def initial_state(self):
        return jnp.zeros((2, self.hidden_size))

    def __call__(self, input, state):
        first = jnp.tanh(self.U @ input + self.W @ state[1])
        return jnp.stack([first, state[0]])

    @staticmethod
    def plain(U, W, x, h, _):
        h = np.zeros((2, len(W))) if np.ndim(h) == 1 else h
        return np.stack([np.tanh(U @ x + W @ h[1]), h[0]]), None


class Reading(Base):
    """An output that is not the state."""

    def __call__(self, input, state):
        return jnp.tanh(self.U @ input + self.W @ state)

    def output(self, state):
        return (self.W @ state) ** 2

    @staticmethod
    def plain(U, W, x, h, _):
        return np.tanh(U @ x + W @ h), None


def simulated(cell, size, draws, shown=lambda h, extra, W: h):
    """D by plain simulation of what each constructor gives, and its distances."""
    distances = np.zeros((draws, LENGTH))
    with jax.enable_x64(True):
        for i in range(draws):
            key = jax.random.fold_in(jax.random.fold_in(KEY, size), i)
            made = cell(2, size, key=key)
            U, W = (np.asarray(array) * 1.0 for array in (made.U, made.W))
            pair = [
                run(cell, U, W, first, lambda h, e, W=W: shown(h, e, W))
                for first in (0, 1)
            ]
            for t in range(LENGTH):
                distances[i, t] = np.linalg.norm(pair[0][t] - pair[1][t])
    return distances.mean(axis=0)


def run(cell, U, W, first, shown):
    hidden, extra, seen = np.zeros(len(W)), None, []
    if cell is Averaging:
        extra = np.zeros(len(W))
    if cell is Copying:
        extra = np.zeros(2)
    for t in range(LENGTH):
        x = np.eye(2)[first if t == 0 else 0]
        given = () if extra is None else (extra,)
        hidden, extra = cell.plain(U, W, x, hidden, t, *given)
        seen.append(np.ravel(shown(hidden, extra)))
    return seen


def measured(cell, size, draws=12, **asked):
    asked = {"hidden_sizes": [size], "length": LENGTH, "key": KEY, **asked}
    return discrepancy(cell, num_draws=draws, **asked)


def notes_of(result):
    return json.loads(result.attrs["configuration"]).get("notes", [])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "size"),
    few([*product([Turning, Mixing, Fast, Two], [2, 3])], kept=[2, 7]),
)
def test_a_state_of_one_array(cell, size):
    found = measured(cell, size)
    expected = simulated(cell, size, 12)
    assert np.allclose(found.discrepancy.values[0], expected, rtol=1e-9)
    assert notes_of(found) == []


@pytest.mark.slow
def test_a_running_average_and_a_clock():
    hidden = measured(Averaging, 3)
    assert np.allclose(
        hidden.discrepancy.values[0], simulated(Averaging, 3, 12), rtol=1e-9
    )
    both = measured(Averaging, 3, measured="all")
    expected = simulated(Averaging, 3, 12, lambda h, mean, W: [h, mean])
    assert np.allclose(both.discrepancy.values[0], expected, rtol=1e-9)
    mean = measured(Averaging, 3, measured="mean")
    expected = simulated(Averaging, 3, 12, lambda h, mean, W: mean)
    assert np.allclose(mean.discrepancy.values[0], expected, rtol=1e-9)
    (note,) = notes_of(both)
    assert note.startswith("state.clock is a clock, or holds whole numbers")


@pytest.mark.slow
def test_a_copy_of_the_input_and_a_clock_are_no_memory():
    expected = simulated(Copying, 3, 12)
    for name in ("hidden", "all", "b"):
        found = measured(Copying, 3, measured=name)
        assert np.allclose(found.discrepancy.values[0], expected, rtol=1e-9)
        copy, clock = notes_of(found)
        assert copy.startswith("state['a'] is a copy of the last input: left out")
        assert clock.startswith("state['time'] is a clock")
    asked = measured(Copying, 3, measured="a")
    assert asked.discrepancy.values[0].tolist() == pytest.approx(
        [2**0.5, 0, 0, 0, 0, 0]
    )


@pytest.mark.slow
def test_an_output_that_is_not_the_state():
    found = measured(Reading, 3, measured="output")
    expected = simulated(Reading, 3, 12, lambda h, extra, W: (W @ h) ** 2)
    assert np.allclose(found.discrepancy.values[0], expected, rtol=1e-9)
    hidden = measured(Reading, 3)
    assert np.allclose(
        hidden.discrepancy.values[0], simulated(Reading, 3, 12), rtol=1e-9
    )
    make: Any = Reading
    built = make(2, 3, key=KEY)
    of_one = discrepancy(built, length=3, key=KEY, measured="output")
    U, W = np.asarray(built.U, float), np.asarray(built.W, float)
    pair = [run(Reading, U, W, one, lambda h, _: (W @ h) ** 2) for one in (0, 1)]
    apart = [np.linalg.norm(a - b) for a, b in zip(*pair, strict=True)]
    assert np.allclose(of_one.discrepancy.values[0], apart[:3], rtol=1e-9)


@pytest.mark.slow
def test_what_is_not_there_is_refused():
    with pytest.raises(CellError, match="expected GRU to have an output beside its"):
        measured("gru", 3, measured="output")
    with pytest.raises(SettingError, match="'hidden', 'all', 'a' or 'b', got 'time'"):
        measured(Copying, 3, measured="time")
