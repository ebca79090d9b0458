"""What becomes of pairs of words: cells whose fate is known, a slow twin, shares, picture and command."""

import json
from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import oracles
import pytest
import xarray as xr

from firstbit.cells import GRU, LSTM, Vanilla, initializer_by_name, redraw
from firstbit.cli import main
from firstbit.errors import CellError, SettingError
from firstbit.memory import FATES, discrepancy, fates
from firstbit.plots import fate_shares, save

KEY = jax.random.key(0)
GOLDEN = np.pi * (3 - 5**0.5)
SHORT = {"transient": 400, "horizon": 200}


class Constructed(eqx.Module):
    """A cell that goes by a rule: `numbers` is a vector, so it stays as it is built."""

    numbers: jax.Array
    hidden_size: int = eqx.field(static=True)

    def __init__(self, *numbers, hidden_size=1):
        with jax.enable_x64(True):
            self.numbers, self.hidden_size = jnp.array(numbers), hidden_size

    def fate(self, **settings):
        settings = {"hidden_sizes": [self.hidden_size], "num_draws": 2, "length": 5, "key": KEY} | SHORT | settings
        found = fates(self, **settings)
        assert found.fate_number[0, 0] == found.fate_number[0, 1]
        return str(found.fate[found.fate_number[0, 0]].item()), found.isel(hidden_size=0, draw=0)


class Circle(Constructed):
    """A turn by a fixed angle; the circle of radius 1 attracts. Symbol 1 gives one more turn and scales the radius."""

    def initial_state(self):
        return jnp.array([1.0, 0.0])

    def __call__(self, input, hidden):
        turn, extra, scale = self.numbers
        angle, radius = turn + extra * input[1], jnp.linalg.norm(hidden)
        new = 1 + 0.5 * (radius - 1) + scale * input[1]
        c, s = jnp.cos(angle), jnp.sin(angle)
        return jnp.array([c * hidden[0] - s * hidden[1], s * hidden[0] + c * hidden[1]]) * new / radius


class Affine(Constructed):
    """h -> slope h + x, with the second symbol as x."""

    def __call__(self, input, hidden):
        return self.numbers * hidden + input[1]


class Latch(Constructed):
    """A unit that stays on the side to which the symbol pushes it; a negative factor makes it change sides."""

    def __call__(self, input, hidden):
        return jnp.tanh(self.numbers * hidden - 0.1 + 5 * input[1])


class LogisticMap(Constructed):
    """h -> 4 h (1 - h)."""

    def initial_state(self):
        return jnp.array([0.2])

    def __call__(self, input, hidden):
        h = hidden + 0.25 * input[1]
        return self.numbers * h * (1 - h)


@pytest.mark.parametrize(
    ("cell", "expected", "exponent"),
    [
        (Circle(GOLDEN, 0.0, 0.3, hidden_size=2), "merged", 0.0),
        (Affine(0.5), "merged", np.log(0.5)),
        (Affine(0.98), "merged", np.log(0.98)),
        (Latch(3.0), "different fixed points", None),
        (Circle(0.0, 1.0, 0.0, hidden_size=2), "different fixed points", 0.0),
        (Circle(2 * np.pi / 5, 4 * np.pi / 5, 0.1, hidden_size=2), "same orbit, other phase", 0.0),
        (Circle(2 * np.pi / 5, 0.3, 0.1, hidden_size=2), "different orbits", 0.0),
        (Circle(GOLDEN, 0.3, 0.1, hidden_size=2), "separated", 0.0),
        (Affine(0.999), "separated", np.log(0.999)),
        (LogisticMap(4.0), "chaotic", np.log(2)),
        (LogisticMap(3.2), "same orbit, other phase", np.log(0.16) / 2),
        (Affine(1.02), "unresolved", np.log(1.02)),
        (Affine(9.0), "unresolved", None),
    ],
)
def test_cells_whose_fate_is_known(cell, expected, exponent):
    fate, draw = cell.fate()
    assert fate == expected
    assert draw.num_unbounded == (2 if fate == "unresolved" else 0)
    if exponent is not None:
        assert abs(draw.exponent - exponent) < max(4 * draw.exponent_error, 1e-6)


def test_periods_are_found():
    assert Circle(2 * np.pi / 5, 0.3, 0.1, hidden_size=2).fate()[1].period.values.tolist() == [5, 5]
    assert Circle(2 * np.pi / 50, 0.3, 0.1, hidden_size=2).fate()[1].period.values.tolist() == [50, 50]
    fate, draw = Circle(2 * np.pi / 50, 0.3, 0.1, hidden_size=2).fate(largest_period=49)
    assert (fate, draw.period.values.tolist()) == ("separated", [0, 0])


def test_a_slow_pair_merges_if_one_waits():
    assert Affine(0.999).fate(horizon=4000)[0] == "merged"
    assert Affine(0.999).fate(exponent_floor=0.0)[0] == "merged"


def test_the_scale_of_the_states_does_not_matter():
    """The same net in other units: a relu net is homogeneous, so the input's scale is the state's."""
    settings = {"hidden_sizes": [4], "num_draws": 100, "key": KEY, **SHORT}
    relu = partial(Vanilla, activation="relu")
    laws = [{"U_h": initializer_by_name("normal", gain), "W_h": "fan-in-normal"} for gain in (2.0**-30, 1.0)]
    small, large = (fates(relu, initializer=law, **settings) for law in laws)
    assert np.array_equal(small.fate_number, large.fate_number)
    assert small.share_of_discrepancy.values == pytest.approx(large.share_of_discrepancy.values)


# a slow twin


WARM = 100
"""Symbols in which a tangent turns to the direction that grows most."""


def stepped(name, nets, first_symbol, states):
    """One step of all nets, states as columns (draw, number, 1): h, and c after it."""
    x = np.eye(2)[:, [first_symbol]]
    if name == "lstm":
        return np.concatenate(oracles.step(name, nets, x, np.split(states, 2, axis=1)), axis=1)
    return oracles.step(name, nets, x, states)


def trajectory(name, nets, symbols):
    """The states of all nets after each symbol, (time, draw, number, 1)."""
    some = next(iter(nets.values()))
    state, found = np.zeros((len(some), some.shape[1] * (2 if name == "lstm" else 1), 1)), []
    for symbol in symbols:
        state = stepped(name, nets, symbol, state)
        found.append(state)
    return np.array(found)


def growth_along(name, nets, orbit):
    """Growth of the distance to a second trajectory that is brought back to 1e-8 at each step, (time, draw)."""
    by, growth = np.full(orbit[0].shape, 1e-8 / orbit.shape[2] ** 0.5), []
    for here, there in zip(orbit[:-1], orbit[1:], strict=True):
        by = stepped(name, nets, 0, here + by) - there
        length = np.linalg.norm(by, axis=1, keepdims=True)
        growth.append(np.log(length[:, 0, 0] / 1e-8))
        by = by / length * 1e-8
    return np.array(growth)


def return_time(orbit, tolerance):
    """First time all of whose multiples bring the trajectory back to its start; 0 if none up to half its length."""
    near = np.linalg.norm(orbit - orbit[0], axis=1) <= tolerance
    return next((p for p in range(1, len(orbit) // 2 + 1) if near[p::p].all()), 0)


def slow_fates(name, nets, transient, horizon):
    """The seven classes by the words of their definition."""
    orbits = [trajectory(name, nets, [first] + [0] * (transient + horizon - 1)) for first in (0, 1)]
    scale = np.max([np.linalg.norm(orbit, axis=2).max(axis=0) for orbit in orbits], axis=0)[:, 0]
    growth = [growth_along(name, nets, orbit[transient - 1 - WARM :])[WARM:] for orbit in orbits]
    classes = []
    for i in range(len(scale)):
        u, v = (orbit[transient - 1 :, i, :, 0] for orbit in orbits)
        apart = np.linalg.norm(v - u, axis=1)
        periods = [return_time(one, 1e-6 * scale[i]) for one in (u, v)]
        nearest = np.linalg.norm(u[1:] - v[0], axis=1).min()
        rate, error = max(of_parts(one[:, i]) for one in growth)
        beyond = max(2 / horizon, 2 * error)
        if apart[1:].max() <= 1e-4 * scale[i]:
            classes.append("merged")
        elif min(periods) > 0:
            kind = "same orbit, other phase" if periods[0] == periods[1] and nearest <= 1e-4 * scale[i] else "different orbits"
            classes.append("different fixed points" if max(periods) == 1 else kind)
        elif shrinks(apart, horizon) and rate < -beyond:
            classes.append("merged")
        else:
            classes.append("chaotic" if rate > beyond else "separated" if rate >= -beyond else "unresolved")
    return classes


def of_parts(growth):
    means = growth.reshape(10, -1).mean(axis=1)
    return means.mean(), means.std(ddof=1) / np.sqrt(10)


def shrinks(apart, horizon):
    rate, error = of_parts(np.diff(np.log(np.maximum(apart, 1e-16))))
    return rate < -max(2 / horizon, 2 * error)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "cell", "size", "borderline"),
    [
        ("vanilla-tanh", partial(Vanilla, activation="tanh"), 5, 3),
        ("gru-before", GRU, 8, 3),
        ("lstm", LSTM, 6, 3),
    ],
)
def test_fates_are_those_of_a_slow_twin(name, cell, size, borderline):
    """Draw by draw. Chaotic states differ by their rounding, so a few exponents fall on the other side of an error."""
    found = fates(cell, hidden_sizes=[size], num_draws=200, key=KEY, transient=400, horizon=200)
    with jax.enable_x64(True):
        one, of_draw = cell(2, size, key=KEY), jax.vmap(jax.random.fold_in, (None, 0))
        drawn = jax.jit(jax.vmap(lambda key: redraw(one, "normal", key).parameters()))
        nets = {p: np.asarray(w) for p, w in drawn(of_draw(jax.random.fold_in(KEY, size), np.arange(200))).items()}
    expected = slow_fates(name, nets, 400, 200)
    got = found.fate.values[found.fate_number[0].values]
    differ = [(i, str(a), b) for i, (a, b) in enumerate(zip(got, expected, strict=True)) if a != b]
    print(name, differ, {fate: expected.count(fate) for fate in FATES})
    assert len(differ) <= borderline, differ
