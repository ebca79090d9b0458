"""Whole numbers, truth values, complex numbers: D is that of plain simulation."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from covering import few
from firstbit.errors import CellError
from firstbit.memory import discrepancy
from firstbit.programs.difference_propagation import with_difference

KEY = jax.random.key(0)


class Base(eqx.Module):
    U: jax.Array
    W: jax.Array

    def __init__(self, input_size, hidden_size, *, key):
        self.U = jnp.zeros((hidden_size, input_size))
        self.W = jnp.zeros((hidden_size, hidden_size))

    def initial_state(self) -> Any:
        return jnp.zeros(self.W.shape[0])

    def __call__(self, input, hidden):
        return self.after(jnp.tanh(self.W @ hidden + self.U @ input))

    def after(self, a):
        raise NotImplementedError


class Branch(Base):
    def after(self, a):
        return jax.lax.cond(jnp.any(a > 0.5), lambda: a, lambda: -a)


class Chosen(Base):
    def after(self, a):
        return jnp.where(jnp.any(a > 0.5), a, -a)


class Whole(Base):
    def after(self, a):
        return a * (a > 0).astype(jnp.int32).astype(float)


class Rectified(Base):
    def after(self, a):
        return jax.nn.relu(a)


class Turned(Base):
    def after(self, a):
        turned = jnp.exp(jax.lax.complex(jnp.zeros_like(a), a))
        return jnp.real(turned * jnp.asarray(0.3 + 0.2j))


class Parts(Base):
    def after(self, a):
        return 0.3 * jnp.cos(a) - 0.2 * jnp.sin(a)


class ComplexState(Base):
    def initial_state(self):
        return jnp.zeros(self.W.shape[0], complex)

    def __call__(self, input, hidden):
        real = self.W @ jnp.real(hidden) + self.U @ input
        return jax.lax.complex(jnp.tanh(real), jnp.tanh(self.W @ jnp.imag(hidden)))


class Clock(Base):
    def initial_state(self):
        return jnp.zeros(self.W.shape[0]), jnp.array(0)

    def __call__(self, input, hidden):
        state, clock = hidden
        a = jnp.tanh(self.W @ state + self.U @ input)
        return jnp.where(clock % 3 == 0, a, state), clock + 1


class Swapped(Base):
    def __init__(self, hidden_size, input_size, *, key):
        super().__init__(input_size, hidden_size, key=key)

    def after(self, a):
        return a


class Scattered(Base):
    def after(self, a):
        return a.at[0].max(a[1])


def measured(cell, *, sizes=(4,), length=6):
    found = discrepancy(
        cell, hidden_sizes=list(sizes), length=length, num_draws=400, key=KEY
    )
    return np.asarray(found.discrepancy).ravel()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "same"),
    few([(Branch, Chosen), (Whole, Rectified), (Turned, Parts)], kept=[0]),
)
def test_two_ways_to_write_a_step_have_one_discrepancy(cell, same):
    assert measured(cell) == pytest.approx(measured(same), rel=1e-12)


@pytest.mark.slow
def test_a_complex_difference_keeps_its_digits():
    long, parts = measured(Turned, length=60), measured(Parts, length=60)
    assert long[-1] == pytest.approx(parts[-1], rel=1e-9)
    assert long[-1] < 1e-6


@pytest.mark.slow
def test_a_complex_state_stays_complex_and_a_clock_whole():
    assert np.isfinite(measured(ComplexState)).all()
    clock = measured(Clock)
    assert clock[0] == clock[1] == clock[2] != clock[3]


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [[2], [2, 5]])
def test_sizes_in_the_other_order_are_refused(sizes):
    with pytest.raises(CellError, match="its sizes may be in the other order"):
        measured(Swapped, sizes=sizes)


@pytest.mark.slow
def test_an_operation_without_a_difference_is_refused_by_name_and_line():
    with pytest.raises(
        CellError, match=r"`scatter-max` of float64, int32 at .*kinds_of_numbers.py:\d+"
    ):
        measured(Scattered)


UNSAFE = {
    "log": lambda x: jnp.where(x > 0, jnp.log(x), 0.0),
    "root": lambda x: jnp.sqrt(jnp.maximum(x, 0.0)),
    "branch": lambda x: jax.lax.cond(x > 0, jnp.log, jnp.zeros_like, x),
    "turns": lambda x: jax.lax.while_loop(lambda y: y > 1, jnp.log, x * 20),
}


@pytest.mark.parametrize("name", UNSAFE)
def test_a_branch_that_is_not_taken_spoils_nothing(name):
    function = UNSAFE[name]
    for here, there in ((-0.5, 0.7), (0.7, -0.5), (-0.5, -0.2), (0.3, 0.9)):
        with jax.enable_x64(True):
            x, d = jnp.array(here), jnp.array(there - here)
            value, change = with_difference(function)((x,), (d,))
            expected = function(x + d) - function(x)
        assert float(change) == pytest.approx(float(expected), abs=1e-15)
        assert np.isfinite(float(value))


@pytest.mark.parametrize(
    ("value", "change"), [(np.int32(3), np.int32(-2)), (np.True_, np.True_)]
)
def test_differences_of_discrete_arguments_say_how_far_the_second_is(value, change):
    def step(x):
        return x, x.astype(float) * 2

    with jax.enable_x64(True):
        _, (same, doubled) = with_difference(step)(
            (jnp.asarray(value),), (jnp.asarray(change),)
        )
    assert same == change
    second = bool(value) != bool(change) if value.dtype == bool else value + change
    assert float(doubled) == 2 * (float(second) - float(value))


@pytest.mark.slow
def test_equal_states_stay_equal_where_sums_are_compiled_twice():
    """A threshold at a tie, and shorter floats: no difference comes from rounding."""
    random = np.random.default_rng(0)
    whole = random.integers(-3, 4, size=(200, 4, 4)) / 7
    left, right = random.normal(size=(2, 200, 4)) / 3

    def step(matrix, left, right, h):
        total = matrix @ h + left * right - right * left
        short = jnp.tanh((total * 1.3).astype(jnp.float32) * 1.7 + 0.1)
        return jnp.where(total >= 0, 1.0, -1.0) * short.astype(float)

    def moved(matrix, left, right, h):
        return with_difference(lambda h: step(matrix, left, right, h))((h,), (0 * h,))

    with jax.enable_x64(True):
        h = jnp.sign(jnp.asarray(random.normal(size=(200, 4))))
        arrays = [jnp.asarray(array) for array in (whole, left, right)]
        _, change = jax.jit(jax.vmap(moved))(*arrays, h)
    assert not np.asarray(change).any()
