"""The echo-state property: nets of which it is known, and each word in its place."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.optimize

from firstbit.cells import GRU, Given, Vanilla, initializer_by_name, redraw
from firstbit.errors import CellError, SettingError
from firstbit.memory import echo_state
from firstbit.memory.forgetting.many_starts import Starts
from firstbit.studies.verdicts.by_hand import vanilla
from memory_nets import DelayLine

KEY = jax.random.key(0)


def one_hot(steps):
    return np.eye(2)[np.random.default_rng(0).integers(0, 2, steps)]


def real(steps, width=1):
    return np.random.default_rng(1).uniform(-1, 1, (steps, width))


def net(matrix, activation, scale=1.0):
    matrix = np.atleast_2d(np.asarray(matrix, float))
    return vanilla(np.full((len(matrix), 1), scale), matrix, activation)


def asked(cell, inputs, **others):
    return echo_state(cell, inputs=inputs, burn_in=len(inputs) // 4, key=KEY, **others)


def of_radius(radius, size=3):
    """A matrix that isn't normal: its norm is above its spectral radius."""
    random = np.random.default_rng(2)
    vectors = random.normal(size=(size, size))
    values = radius * np.linspace(0.5, 1, size)
    return vectors @ np.diag(values) @ np.linalg.inv(vectors)


@pytest.mark.slow
def test_a_linear_net_forgets_if_its_radius_is_below_one():
    matrix = of_radius(0.9)
    assert np.linalg.norm(matrix, 2) > 1
    found = asked(net(matrix, "identity"), real(200))
    assert found.echo_state.item() == "certified"
    assert 0.9 <= found.rate.item() < 1
    found = asked(net(of_radius(1.1), "identity"), real(200))
    assert found.echo_state.item() == "refuted"
    assert found.rate.item() >= 1
    assert found.lyapunov_exponent.item() == pytest.approx(np.log(1.1), abs=1e-6)
    growth = np.diff(np.log(found.distance.values[-50:]))
    assert growth == pytest.approx(np.full(49, np.log(1.1)), abs=1e-3)


def test_two_fixed_points_are_shown():
    fixed = scipy.optimize.brentq(lambda x: np.tanh(2 * x) - x, 0.5, 1)
    found = asked(net([[2.0]], "tanh"), np.zeros((400, 1)))
    assert found.echo_state.item() == "refuted"
    ends = np.sort(found.last_state.values.ravel())
    assert ends == pytest.approx([-fixed, fixed])
    assert found.distance.values[-1] == pytest.approx(2 * fixed)
    slope = 2 * (1 - fixed**2)
    assert found.exponent_of_start.values == pytest.approx([np.log(slope)] * 2)
    # The net's own first state rests on the fixed point between, which isn't stable.
    assert found.lyapunov_exponent.item() == pytest.approx(np.log(2))
    # Strong inputs push both states to one side: the same net, and it forgets.
    pushed = asked(net([[2.0]], "tanh"), np.full((400, 1), 3.0))
    assert pushed.echo_state.item() == "measured"
    assert pushed.num_met == pushed.num_pairs == 120


@pytest.mark.slow
def test_a_contraction_is_certified_for_any_inputs():
    found = asked(net([[0.5, 0.3], [-0.3, 0.5]], "tanh"), 5 * real(200))
    assert found.echo_state.item() == "certified"
    assert found.rate.item() == pytest.approx(np.hypot(0.5, 0.3))


@pytest.mark.slow
def test_a_bound_of_one_hot_words_is_none_of_other_inputs():
    """A unit that is driven far from 0, where its slope is small."""
    cell = vanilla(np.array([[9.0]]), np.array([[3.0]]), "tanh")
    assert asked(cell, np.ones((200, 1))).echo_state.item() == "certified"
    found = asked(cell, np.full((200, 1), 1.1))
    assert found.echo_state.item() == "measured"
    assert found.rate.item() >= 1


@pytest.mark.slow
@pytest.mark.parametrize(("gain", "word"), [(1.0, "measured"), (4.0, "refuted")])
def test_random_tanh_nets_without_a_certificate(gain, word):
    law = initializer_by_name("fan-in-normal", gain)
    cell = Vanilla(2, 20, activation="tanh", key=KEY)
    cell = redraw(cell, {"W_h": law, "U_h": "normal"}, KEY)
    assert np.linalg.norm(cell.W_h, 2) > 1
    found = asked(cell, one_hot(2000))
    assert found.echo_state.item() == word
    assert found.rate.item() >= 1
    low, high = found.lyapunov_exponent_ci.values
    assert low > 0 if word == "refuted" else high < 0
    if word == "refuted":
        assert found.distance.values[1000:].min() > 1e-3
        assert (found.exponent_of_start_ci.sel(ci_bound="lower") > 0).all()


@pytest.mark.slow
def test_cells_without_a_certificate_are_measured():
    found = asked(redraw(GRU(2, 3, key=KEY), "normal", KEY), one_hot(400))
    assert found.echo_state.item() == "measured"
    assert np.isnan(found.rate)
    found = asked(DelayLine(4), one_hot(200))
    assert found.echo_state.item() == "measured"
    assert found.lyapunov_exponent.item() == -np.inf
    assert (found.distance.values[4:] == 0).all()


class Slow(DelayLine):
    """States that come closer by a part in a hundred thousand."""

    def __call__(self, x, h):
        return (1 - 1e-5) * h + x[0] + 0 * self.shift[0]


class Stretched(DelayLine):
    """An orbit of its own that is repelling, though all others end on it."""

    def __call__(self, x, h):
        angle = h[0]
        return jnp.stack([angle + 0.1 * (1 - jnp.cos(angle)), 0 * x[0]]) % (2 * jnp.pi)


@pytest.mark.slow
def test_what_is_not_shown_is_undecided():
    found = asked(Slow(2), one_hot(400))
    assert found.echo_state.item() == "undecided"
    assert "don't say that they will not meet" in found.reason.item()
    found = asked(Stretched(2), one_hot(400))
    assert found.echo_state.item() == "undecided"


BAD = {
    "apart": ({"apart": 0.0}, SettingError, "expected `apart`, a distance, above 0"),
    "one": ({"num_states": 1}, SettingError, "`num_states` must be at least 2"),
    "short": ({"burn_in": 9}, SettingError, "expected a `burn_in` below the number"),
    "inputs": ({"inputs": np.zeros(9)}, SettingError, r"shape \(9,\)"),
    "other": ({"inputs": np.zeros((9, 3))}, CellError, "inputs of 2 numbers"),
    "class": ({"cell": Vanilla}, CellError, "expected a built cell, got Vanilla"),
    "wild": (
        {"cell": net([[1e200]], "identity"), "inputs": np.ones((9, 1))},
        CellError,
        "no longer finite after step",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(name):
    given, error, text = BAD[name]
    usual = {"cell": GRU(2, 3, key=KEY), "inputs": one_hot(9), "burn_in": 2}
    with pytest.raises(error, match=text):
        echo_state(**{**usual, **given}, key=KEY)


class Wide(DelayLine):
    """A net that says how far its state reaches, by one number."""

    state_bound = 2.0


@pytest.mark.slow
def test_first_states_lie_within_what_the_cell_says():
    starts = Starts.read(Given.of(Wide(3)), one_hot(2), 16, KEY)
    assert 1 < np.abs(starts.first).max() <= 2
