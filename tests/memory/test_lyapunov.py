"""Lyapunov exponents against maps, matrices and cells whose exponents are known."""

import json
from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import firstbit
import oracles
from firstbit.cells import GRU, LSTM, Vanilla
from firstbit.errors import CellError, SettingError
from firstbit.memory import lyapunov_exponents
from firstbit.studies.verdicts.by_hand import vanilla

KEY = jax.random.key(0)
NEWMAN = [0.80797, 0.69815, 0.55797, 0.36482, 0.05797, -0.63518]


class Map(eqx.Module):
    """A map of the plane or the line as a cell that ignores its input."""

    function: Callable = eqx.field(static=True)
    start: tuple = eqx.field(static=True)

    def initial_state(self):
        return jnp.array(self.start)

    def __call__(self, input, hidden):
        return self.function(hidden)


class Fresh(eqx.Module):
    """A linear cell whose matrix is its input."""

    hidden_size: int = eqx.field(static=True)

    def __call__(self, input, hidden):
        return input.reshape(self.hidden_size, self.hidden_size) @ hidden


def linear(W):
    return vanilla(np.ones((len(W), 1)), np.asarray(W, float), "identity")


def exponents(cell, inputs, burn_in, **given):
    return lyapunov_exponents(cell, inputs=inputs, burn_in=burn_in, key=KEY, **given)


def still(steps):
    return np.zeros((steps, 1))


@pytest.mark.slow
def test_henon_s_map():
    henon = Map(
        lambda s: jnp.array([1 - 1.4 * s[0] ** 2 + s[1], 0.3 * s[0]]), (0.1, 0.1)
    )
    found = exponents(henon, still(60_000), 1000)
    assert found.lyapunov_exponent.values == pytest.approx(
        [0.41927, -1.62325], abs=0.002
    )
    assert abs(float(found.lyapunov_exponent.sum()) - np.log(0.3)) < 1e-9
    assert abs(found.lyapunov_exponent[0] - 0.41927) < 4 * found.lyapunov_exponent_se[0]


def test_the_logistic_map():
    found = exponents(Map(lambda s: 4 * s * (1 - s), (0.3,)), still(40_000), 100)
    assert found.lyapunov_exponent_se[0] < 0.005
    assert (
        abs(found.lyapunov_exponent[0] - np.log(2)) < 4 * found.lyapunov_exponent_se[0]
    )


@pytest.mark.slow
def test_newman_s_products_of_random_matrices():
    inputs = np.random.default_rng(3).standard_normal((20_000, 36))
    found = exponents(Fresh(6), inputs, 100)
    assert (
        abs(found.lyapunov_exponent - NEWMAN) < 4 * found.lyapunov_exponent_se
    ).all()
    assert (found.lyapunov_exponent_se < 0.02).all()
    few = exponents(Fresh(6), inputs[:500], 100, num_exponents=2)
    assert few.lyapunov_exponent.values == pytest.approx(
        exponents(Fresh(6), inputs[:500], 100).lyapunov_exponent[:2].values, abs=0.01
    )


@pytest.mark.slow
def test_a_linear_cell_has_the_logarithms_of_its_eigenvalues():
    random = np.random.default_rng(1)
    values, vectors = (
        np.array([1.5, -1.1, 0.8, -0.5, 0.1]),
        random.standard_normal((5, 5)),
    )
    found = exponents(
        linear(vectors @ np.diag(values) @ np.linalg.inv(vectors)), still(600), 500
    )
    assert found.lyapunov_exponent.values == pytest.approx(
        np.log(abs(values)), abs=1e-10
    )


@pytest.mark.slow
def test_complex_pairs_and_the_determinant_come_out_as_sums():
    random = np.random.default_rng(2)
    W = random.standard_normal((6, 6))
    moduli = np.sort(np.log(abs(np.linalg.eigvals(W))))[::-1]
    found = exponents(linear(W), still(4000), 3000).lyapunov_exponent.values
    pairs = np.flatnonzero(abs(np.diff(moduli)) < 1e-9)
    assert len(pairs) > 0
    for first in pairs:
        assert (
            abs(found[first : first + 2].sum() - moduli[first : first + 2].sum())
            < 1e-10
        )
    assert abs(found.sum() - np.log(abs(np.linalg.det(W)))) < 1e-10


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "make"),
    [("gru-before", GRU), ("lstm", LSTM), ("vanilla-logistic", Vanilla)],
)
def test_finite_time_exponents_equal_a_slow_twin(name, make):
    parameters = oracles.draw(name, 4, "normal", np.random.default_rng(5))
    inputs = np.random.default_rng(6).standard_normal((40, 2))
    found = exponents(make.from_parameters(**parameters), inputs, 10)
    size = 8 if name == "lstm" else 4
    with jax.enable_x64(True):
        frame = np.linalg.qr(np.asarray(jax.random.normal(KEY, (size, size))))[0]
    assert len(found.direction) == size
    assert found.lyapunov_exponent.values == pytest.approx(
        twin(name, parameters, inputs, frame)[10:].mean(axis=0), abs=1e-11
    )


def twin(name, parameters, inputs, frame):
    """Return the growth of each direction.

    Complex steps give a Jacobian that is exact to rounding.
    """
    size, growth, state = len(frame), [], np.zeros(len(frame))
    for x in inputs:

        def step(s, x=x):
            split = (s[: size // 2], s[size // 2 :]) if name == "lstm" else s
            return np.ravel(
                np.concatenate(
                    [
                        np.atleast_1d(part)
                        for part in [oracles.step(name, parameters, x, split)]
                    ],
                    axis=None,
                )
            )

        jacobian = np.stack(
            [np.imag(step(state + 1e-30j * e)) / 1e-30 for e in np.eye(size)], axis=1
        )
        frame, triangle = np.linalg.qr(jacobian @ frame)
        growth.append(np.log(abs(np.diag(triangle))))
        state = step(state)
    return np.array(growth)


@pytest.mark.slow
def test_equinox_s_cells_and_their_units():
    cell = eqx.nn.LSTMCell(2, 3, key=KEY)
    found = firstbit.lyapunov_exponents(
        cell, inputs=np.ones((50, 2)), burn_in=10, num_exponents=4, key=KEY
    )
    assert found.lyapunov_exponent.dtype == np.float64
    assert found.lyapunov_exponent.shape == (4,)
    assert found.lyapunov_exponent.attrs["units"] == "nats per symbol"
    assert json.loads(found.attrs["configuration"])["burn_in"] == 10


def test_a_dimension_that_is_lost_has_minus_infinity():
    found = exponents(linear(np.diag([0.5, 0.0])), still(10), 5)
    assert found.lyapunov_exponent.values.tolist() == [
        pytest.approx(np.log(0.5)),
        -np.inf,
    ]
    assert np.isnan(found.lyapunov_exponent_se[1])
    assert np.isnan(exponents(linear(np.eye(1)), still(3), 0).lyapunov_exponent_se[0])


@pytest.mark.slow
def test_two_units_that_are_always_equal_are_one():
    """What rounding leaves of the second was an exponent of -37."""
    random = np.random.default_rng(2)
    row, inputs = random.normal(size=(1, 2)), np.eye(2)[random.integers(0, 2, 60)]
    net = vanilla(
        np.repeat(random.normal(size=(1, 2)), 2, axis=0),
        np.repeat(row, 2, axis=0),
        "tanh",
    )
    asked = {"inputs": inputs, "burn_in": 5, "key": KEY}
    one = vanilla(net.U_h[:1], np.array([[row.sum()]]), "tanh")
    found = lyapunov_exponents(net, **asked).lyapunov_exponent.values
    alone = lyapunov_exponents(one, **asked).lyapunov_exponent.values
    assert found == pytest.approx([*alone, -np.inf])


def test_a_given_initial_state():
    doubling = exponents(
        Map(lambda s: s**2, (0.0,)), still(3), 0, initial_state=lambda cell: jnp.ones(1)
    )
    assert doubling.lyapunov_exponent.values == pytest.approx([np.log(2)])


@pytest.mark.parametrize(
    ("cell", "given", "error", "text"),
    [
        (
            linear(np.eye(2)),
            {"inputs": np.zeros(3)},
            SettingError,
            r"shape \(time, input\), got shape \(3,\)",
        ),
        (
            linear(np.eye(2)),
            {"inputs": np.full((3, 1), np.nan)},
            SettingError,
            "of finite numbers",
        ),
        (
            linear(np.eye(2)),
            {"burn_in": 9},
            SettingError,
            "below the number of steps, 9; got 9",
        ),
        (
            linear(np.eye(2)),
            {"burn_in": -1},
            SettingError,
            "`burn_in` must be at least 0; got -1",
        ),
        (
            linear(np.eye(2)),
            {"num_exponents": 3},
            SettingError,
            "`num_exponents` up to 2, the numbers in the state; got 3",
        ),
        (
            linear(np.eye(2)),
            {"num_exponents": 0},
            SettingError,
            "`num_exponents` must be at least 1; got 0",
        ),
        (GRU, {}, CellError, "expected a built cell, got GRU"),
        (
            linear(np.eye(2)),
            {"inputs": np.zeros((9, 4))},
            CellError,
            "expected inputs of 1 numbers, as Vanilla has, got 4",
        ),
        (
            Fresh(2),
            {"inputs": np.zeros((9, 3))},
            CellError,
            r"Fresh fails in its first step: .* input of shape \(3,\)",
        ),
        (
            Map(lambda s: s[:1], (1.0, 2.0)),
            {},
            CellError,
            "to give a state like the one it gets",
        ),
        (
            Map(lambda s: s**9, (9.0,)),
            {},
            CellError,
            "no longer finite after step 3; expected a bounded state",
        ),
    ],
)
def test_what_cannot_be_measured_is_refused(cell, given, error, text):
    with pytest.raises(error, match=text):
        lyapunov_exponents(
            cell, **{"inputs": still(9), "burn_in": 2, "key": KEY, **given}
        )
