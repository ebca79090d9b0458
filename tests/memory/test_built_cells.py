"""A built cell is one net, measured as it is; states and roles as measures see them."""

import json
from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from covering import few
from firstbit.cells import GRU, LSTM, Network, Readout, Vanilla, redraw
from firstbit.errors import SettingError
from firstbit.languages import reber
from firstbit.memory import Thresholds, discrepancy, fates, lyapunov_exponents
from firstbit.memory.ensemble.block import distances_of_block
from firstbit.programs.bounded import MOST_PROGRAMS
from firstbit.studies import demand_and_supply

KEY = jax.random.key(0)
LENGTH = 6


def plain(cell, leaf=lambda state: state, first=1, length=LENGTH):
    """Return the distances of the two words' states, both simulated in float64."""
    with jax.enable_x64(True):
        double = jax.tree.map(
            lambda a: jnp.asarray(a, float) if eqx.is_inexact_array(a) else a, cell
        )
        letters, found = jnp.eye(2), []
        start = jnp.zeros(4)
        if hasattr(double, "initial_state"):
            start = double.initial_state()
        u = v = start
        for t in range(length):
            u = double(letters[0], u)
            v = double(letters[first if t == 0 else 0], v)
            found.append(float(jnp.linalg.norm(leaf(u) - leaf(v))))
    return found


def h_of(state):
    return state[0]


BUILT = {
    "gru": (partial(GRU, use_bias=True), lambda state: state),
    "lstm": (LSTM, h_of),
    "tanh": (partial(Vanilla, activation="tanh"), lambda state: state),
    "theirs": (eqx.nn.GRUCell, lambda state: state),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", few([*BUILT], kept=[1, 3]))
def test_a_built_cell_gives_its_own_discrepancy(name):
    make, leaf = BUILT[name]
    cell = jax.tree.map(lambda a: a + 0.3, make(2, 4, key=KEY))  # biases count
    d = discrepancy(cell, length=LENGTH, key=KEY)
    assert d.discrepancy.values[0] == pytest.approx(plain(cell, leaf), rel=1e-12)
    assert np.isnan(d.discrepancy_ci).all()
    assert np.isnan(d.discrepancy_se).all()
    settings = json.loads(d.attrs["configuration"])
    assert (settings["initializer"], settings["num_draws"]) == ("as it is", 1)
    assert settings["roles"]["state[0]" if name == "lstm" else "state"][0] == "h"


@pytest.mark.slow
def test_a_net_of_zeros_keeps_nothing_and_a_network_is_its_cell():
    nothing = jax.tree.map(jnp.zeros_like, Vanilla(2, 4, key=KEY))
    readout = Readout(jnp.zeros((2, 4)))
    for cell in (nothing, Network(nothing, readout)):
        d = discrepancy(cell, length=3, key=KEY)
        assert d.discrepancy.values.tolist() == [[0.0, 0.0, 0.0]]
    found = fates(nothing, key=KEY, thresholds=Thresholds(transient=50, horizon=100))
    assert found.share.sel(fate="merged").item() == 1
    assert np.isnan(found.share_ci).all()
    built = Vanilla(7, 4, key=KEY)
    both = demand_and_supply(reber(), [built], longest=2, key=KEY)
    assert both.initializer.values.tolist() == ["as it is"]


@pytest.mark.slow
def test_a_built_cell_is_drawn_anew_only_if_a_law_is_given():
    cell = GRU(2, 4, key=KEY)
    with pytest.raises(SettingError, match="expected no `num_draws` for GRU, which is"):
        discrepancy(cell, length=3, num_draws=8, key=KEY)
    with pytest.raises(SettingError, match="expected `num_draws`, the number of"):
        discrepancy("gru:4", length=3, key=KEY)
    drawn = discrepancy(cell, length=3, num_draws=8, initializer="normal", key=KEY)
    named = discrepancy("gru:4", length=3, num_draws=8, key=KEY)
    assert np.array_equal(drawn.discrepancy, named.discrepancy)
    assert json.loads(drawn.attrs["configuration"])["initializer"] == "normal"


@pytest.mark.slow
def test_random_suffixes_of_a_built_cell_are_draws_of_words():
    cell = GRU(2, 4, key=KEY)
    d = discrepancy(cell, length=3, words="random", num_draws=400, key=KEY)
    first = plain(cell, length=1)
    assert d.discrepancy.values[0, 0] == pytest.approx(first[0], rel=1e-12)
    with jax.enable_x64(True):
        double = jax.tree.map(lambda a: jnp.asarray(a, float), cell)
        found = []
        for suffix in ((0, 0), (0, 1), (1, 0), (1, 1)):
            ends = []
            for letter in (0, 1):
                state = jnp.zeros(4)
                for symbol in (letter, *suffix):
                    state = double(jnp.eye(2)[symbol], state)
                ends.append(state)
            found.append(float(jnp.linalg.norm(ends[0] - ends[1])))
    lower, upper = d.discrepancy_ci.values[0, 2]
    assert lower < np.mean(found) < upper


class Clocked(eqx.Module):
    """State (c, h, t): h is second, and a whole number counts the steps."""

    U: jax.Array
    W: jax.Array

    def __init__(self, input_size, hidden_size, *, key):
        self.U = jnp.ones((hidden_size, input_size))
        self.W = jnp.ones((hidden_size, hidden_size))

    def initial_state(self):
        zero = jnp.zeros(len(self.U))
        return zero, zero, 0

    def __call__(self, input, hidden):
        c, h, t = hidden
        c = 0.5 * c + jnp.tanh(self.U @ input + self.W @ h)
        return c, jnp.tanh(c), t + 1


@pytest.mark.slow
def test_h_is_measured_wherever_it_stands_and_a_clock_is_not():
    asked = {"hidden_sizes": [3], "length": LENGTH, "num_draws": 3, "key": KEY}
    places = {
        "hidden": lambda s: s[1],
        "0": lambda s: s[0],
        "all": lambda s: jnp.concatenate(s[:2]),
    }
    with jax.enable_x64(True):
        cell = Clocked(2, 3, key=KEY)
        nets = []
        for i in range(3):
            key = jax.random.fold_in(jax.random.fold_in(KEY, 3), i)
            nets.append(redraw(cell, "normal", key))
    for measured, leaf in places.items():
        expected = np.mean([plain(net, leaf) for net in nets], axis=0)
        found = discrepancy(Clocked, measured=measured, **asked).discrepancy
        assert found.values[0] == pytest.approx(expected, rel=1e-11)
    with pytest.raises(SettingError, match="'0' or '1', got '2'"):
        discrepancy(Clocked, measured="2", **asked)


@pytest.mark.slow
def test_a_clock_changes_no_fate_and_has_no_exponent():
    cell = jax.tree.map(lambda a: 0.1 * a, Clocked(2, 3, key=KEY))
    short = Thresholds(transient=100, horizon=100)
    assert fates(cell, key=KEY, thresholds=short).share.sel(fate="merged").item() == 1
    still = np.zeros((60, 2))
    found = lyapunov_exponents(cell, inputs=still, burn_in=20, key=KEY)
    assert found.sizes["direction"] == 6
    assert (found.lyapunov_exponent < 0).all()


@pytest.mark.slow
def test_orthogonal_recurrent_and_normal_input_weights():
    """With tanh and two letters; D(1,k) needs the input weights alone."""
    law = {"initializer": "orthogonal", "length": 1, "num_draws": 4000}
    d = discrepancy("vanilla:4,activation=tanh", key=KEY, **law)
    errors = abs(d.discrepancy.values[:, 0] - 1.40836)
    assert (errors < 4 * d.discrepancy_se.values[:, 0]).all()


@pytest.mark.proof
def test_orthogonal_at_all_sizes():
    law = {"initializer": "orthogonal", "length": 1, "num_draws": 40_000}
    d = discrepancy("vanilla:4:8,activation=tanh", key=KEY, **law)
    right = [1.40836, 1.59114, 1.75499, 1.90478, 2.04359]
    assert (d.discrepancy_se.values[:, 0] < 0.004).all()
    errors = abs(d.discrepancy.values[:, 0] - right)
    assert (errors < 4 * d.discrepancy_se.values[:, 0]).all()


@pytest.mark.slow
def test_a_law_counts_by_what_it_computes():
    asked = {"length": 2, "num_draws": 4, "key": KEY}

    def law(scale):
        return lambda key, shape, dtype: scale * jax.random.normal(key, shape, dtype)

    first = discrepancy("vanilla:2", initializer=law(1.0), **asked)
    before = len(distances_of_block)
    for _ in range(3):
        same = discrepancy("vanilla:2", initializer=law(1.0), **asked)
    assert len(distances_of_block) == before <= MOST_PROGRAMS
    assert np.array_equal(same.discrepancy, first.discrepancy)
    other = discrepancy("vanilla:2", initializer=law(2.0), **asked)
    assert not np.array_equal(other.discrepancy, first.discrepancy)


@pytest.mark.slow
def test_a_cell_counts_by_what_it_computes():
    def factory(slope):
        def tanh(x):
            return jnp.tanh(slope * x)

        return lambda n, k, *, key: Vanilla(n, k, activation=tanh, key=key)

    asked = {"hidden_sizes": [2], "length": 2, "num_draws": 4, "key": KEY}
    first = discrepancy(factory(1.0), **asked)
    before = len(distances_of_block)
    same = discrepancy(factory(1.0), **asked)
    assert len(distances_of_block) == before
    assert np.array_equal(same.discrepancy, first.discrepancy)
    other = discrepancy(factory(2.0), **asked)
    assert not np.array_equal(other.discrepancy, first.discrepancy)
