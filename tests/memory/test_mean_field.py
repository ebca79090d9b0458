"""Mean fields against closed forms, slow twins, known tables, and nets of 400 units."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import expit, roots_hermitenorm

from covering import diagonal, few
from firstbit.errors import FirstbitError
from firstbit.memory import (
    critical_gain,
    critical_hidden_size,
    gru_mean_field,
    vanilla_mean_field,
)
from firstbit.memory.mean_field.activations import (
    gaussian_rule,
    mean_square,
    mean_square_slope,
)
from firstbit.memory.mean_field.random_matrix import RandomMatrix, standard_normals

KEY = jax.random.key(0)
LENGTHS = [1, 2, 5, 10, 20, 50]

FUNCTIONS = {"logistic": expit, "tanh": np.tanh}
SLOPES = {
    "logistic": lambda x: expit(x) * expit(-x),
    "tanh": lambda x: 1 - np.tanh(x) ** 2,
}


def per_root_unit(d, name="predicted_discrepancy"):
    """D / sqrt(k), (hidden_size, length)."""
    return (d[name] / np.sqrt(d.hidden_size)).transpose("hidden_size", "length").values


def hermite(order):
    nodes, weights = roots_hermitenorm(order)
    return nodes, weights / weights.sum()


def twin(activation, k, length):
    """Compute the recursion in another way, at gain 1.

    A product rule of Gauss and Hermite gives the covariance of the two fields.
    """
    s = FUNCTIONS[activation]
    z, w = hermite(600)
    q, c, found = 1.0, 0.0, []
    for _ in range(length):
        x = np.sqrt(q) * z
        y = (c * z + np.sqrt(max(q * q - c * c, 0)) * z[:, None]) / np.sqrt(q)
        found.append(np.sqrt(2 * (w @ s(x) ** 2 - w @ (s(y) @ (w * s(x))))))
        q, c = 1 + k * (w @ s(x) ** 2), 1 + k * (w @ (s(y) @ (w * s(x))))
    return np.array(found)


def simulate(step, gates, k, num_draws, length, seed):
    """Return mean distances over random nets of N(0,1) weights, and standard errors.

    There is one after each symbol, in units of sqrt(k).
    """
    rng = np.random.default_rng(seed)
    distance = np.empty((num_draws, length))
    for i in range(num_draws):
        U, W = rng.standard_normal((gates, k, 2)), rng.standard_normal((gates, k, k))
        h = np.zeros((k, 2))
        for t in range(length):
            h = step(U[:, :, [0, int(t == 0)]], W, h)
            distance[i, t] = np.linalg.norm(h[:, 0] - h[:, 1])
    return distance.mean(axis=0) / np.sqrt(k), distance.std(axis=0) / np.sqrt(
        k * num_draws
    )


def vanilla_step(activation):
    return lambda U, W, h: FUNCTIONS[activation](U[0] + W[0] @ h)


def gru_step(reset):
    def step(U, W, h):
        z, r = expit(U[0] + W[0] @ h), expit(U[1] + W[1] @ h)
        candidate = np.tanh(
            U[2] + (W[2] @ (h * r) if reset == "before" else r * (W[2] @ h))
        )
        return (1 - z) * candidate + z * h

    return step


# the Vanilla cell


def test_one_symbol_has_a_closed_form():
    d = vanilla_mean_field("logistic", hidden_sizes=[1, 20], length=1)
    assert per_root_unit(d)[:, 0] == pytest.approx(np.sqrt(2 * 0.0433790359), abs=1e-9)
    assert d.predicted_discrepancy.attrs["units"] == "units of the hidden state"


@pytest.mark.slow
@pytest.mark.parametrize("gain", few([0.1, 0.3], kept=[1]))
def test_the_linear_cell_has_a_closed_form(gain):
    """The difference starts at U (e_0 - e_1), and W multiplies it l - 1 times.

    Its mean square is 2 k g^2 (g^2 k)^(l-1).
    """
    d = vanilla_mean_field("identity", hidden_sizes=[20], length=50, gain=gain)
    exact = np.sqrt(2 * 20) * gain * (gain**2 * 20) ** (np.arange(50) / 2)
    assert d.predicted_discrepancy[0].values == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize(("gain", "length"), [(0.1, 10), (1e-5, 2), (1e-9, 1)])
def test_relu_has_a_closed_form(gain, length):
    """The closed form is the arc-cosine kernel.

    E[relu(x) relu(y)] = q (sin a + (pi - a) cos a) / 2 pi, cos a the correlation. It
    has a corner, so a small difference in a small field is no tangent.
    """
    q, c, exact = gain**2, 0.0, []
    for _ in range(length):
        angle = np.arccos(c / q)
        product = q * (np.sin(angle) + (np.pi - angle) * np.cos(angle)) / (2 * np.pi)
        exact.append(np.sqrt(50 * (q - 2 * product)))
        q, c = gain**2 * (1 + 25 * q), gain**2 * (1 + 50 * product)
    d = vanilla_mean_field("relu", hidden_sizes=[50], length=length, gain=gain)
    assert np.allclose(d.predicted_discrepancy[0], exact, rtol=1e-2, atol=0)


@pytest.mark.parametrize("activation", ["logistic", "tanh"])
def test_a_rule_of_gauss_and_hermite_agrees(activation):
    d = vanilla_mean_field(activation, hidden_sizes=[10], length=8)
    assert per_root_unit(d)[0] == pytest.approx(twin(activation, 10, 8), rel=2e-5)


@pytest.mark.proof
def test_more_nodes_change_nothing(monkeypatch):
    sizes = {"hidden_sizes": [20, 400], "length": 50}
    few = vanilla_mean_field("tanh", **sizes)
    monkeypatch.setattr(
        "firstbit.memory.mean_field.vanilla.enough_nodes", lambda _: 1024
    )
    assert few.predicted_discrepancy.values == pytest.approx(
        vanilla_mean_field("tanh", **sizes).predicted_discrepancy.values, rel=1e-6
    )


@pytest.mark.slow
@pytest.mark.parametrize("gain", [300.0, 1000.0])
def test_the_critical_size_of_fields_much_wider_than_the_activation(gain):
    """Means by adaptive quadrature over the field, of a variance at rest."""
    size = critical_hidden_size("tanh", gain)
    assert critical_gain("tanh", size) == pytest.approx(gain, rel=1e-6)
    variance = gain**2
    for _ in range(20):
        at_zero = 1 / np.sqrt(2 * np.pi * variance)  # the density, all over the slope
        square, fourth = (
            at_zero * quad(lambda x, n=n: np.cosh(x) ** -n, -30, 30)[0] for n in (2, 4)
        )
        variance = gain**2 * (1 + size * (1 - square))
    assert gain**2 * size * fourth == pytest.approx(1, rel=1e-4)


def test_a_rule_of_gauss_and_hermite_misses_what_wide_fields_do():
    """At sqrt(q) = 40 the 100 nodes of such a rule step over the slope.

    The exact value is 2 / (3 sqrt(pi/2) 40) = .01330.
    """
    z, w = hermite(100)
    exact = 4 / 3 / np.sqrt(2 * np.pi) / 40
    assert mean_square_slope(jnp.tanh, 1600.0) == pytest.approx(exact, rel=1e-3)
    assert abs(w @ SLOPES["tanh"](40 * z) ** 2 / exact - 1) > 0.3


def test_small_differences_go_on_as_tangents():
    d = vanilla_mean_field("logistic", hidden_sizes=[5], length=200)
    distance, slope = d.predicted_discrepancy[0].values, d.slope[0].values
    assert 0 < distance[-1] < 1e-60
    assert distance[21:] / distance[20:-1] == pytest.approx(
        np.sqrt(slope[21:]), rel=1e-8
    )
    assert distance[:12] == pytest.approx(
        np.sqrt(5) * twin("logistic", 5, 12), rel=1e-4
    )


def test_a_callable_is_an_activation():
    known, own = (
        vanilla_mean_field(s, hidden_sizes=[7], length=5)
        for s in ("tanh", lambda x: jnp.tanh(x))
    )
    assert np.array_equal(known.predicted_discrepancy, own.predicted_discrepancy)


@pytest.mark.slow
def test_a_state_that_overflows_is_infinite_and_not_nan():
    d = (
        vanilla_mean_field("relu", hidden_sizes=[400], length=20, gain=1e8)
        .predicted_discrepancy[0]
        .values
    )
    assert np.isfinite(d[:15]).all()
    assert np.isinf(d[-1])
    assert not np.isnan(d).any()


def test_fan_in_weights_are_normal_ones_rescaled():
    """The recurrent variances agree at gain 1 / sqrt(k), the input's at sqrt(1/2).

    The linear cell shows the difference.
    """
    d = vanilla_mean_field(
        "identity", hidden_sizes=[20], length=9, initializer="fan-in-normal", gain=0.9
    )
    assert d.predicted_discrepancy[0].values == pytest.approx(
        np.sqrt(20) * 0.9 ** np.arange(1, 10), rel=1e-9
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "activation", ["logistic", pytest.param("tanh", marks=pytest.mark.proof)]
)
def test_nets_of_400_units_agree_at_every_length(activation):
    mean, error = simulate(vanilla_step(activation), 1, 400, 400, 50, seed=1)
    predicted = per_root_unit(
        vanilla_mean_field(activation, hidden_sizes=[400], length=50)
    )[0]
    assert error.max() < 0.008 * mean.max()
    assert np.abs(predicted / mean - 1).max() < 0.03
    assert predicted[-1] == pytest.approx(
        {"logistic": 0.318, "tanh": 1.381}[activation], abs=1e-3
    )


# the critical point


def twin_critical_size():
    """Compute the critical size in another way.

    The variance is iterated to its fixed point, and an adaptive rule gives all means.
    Then the slope's root in k is found.
    """

    def mean(f, q):
        return quad(
            lambda z: f(np.sqrt(q) * z) ** 2 * np.exp(-z * z / 2) / np.sqrt(2 * np.pi),
            -9,
            9,
            epsabs=1e-11,
        )[0]

    def slope(k):
        q = 1.0
        for _ in range(30):
            q = 1 + k * mean(expit, q)
        return k * mean(SLOPES["logistic"], q)

    return brentq(lambda k: slope(k) - 1, 90, 120, rtol=1e-8)


@pytest.mark.slow
def test_the_critical_size_of_the_logistic_cell():
    assert critical_hidden_size("logistic") == pytest.approx(105.4, abs=0.05)
    assert critical_hidden_size("logistic") == pytest.approx(
        twin_critical_size(), rel=1e-5
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("activation", "gain"),
    diagonal(["logistic", "tanh", "softplus"], [1.0, 0.3, 0.05]),
)
def test_the_critical_gain_undoes_the_critical_size(activation, gain):
    assert critical_gain(
        activation, critical_hidden_size(activation, gain)
    ) == pytest.approx(gain, rel=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("hidden_size", few([4, 50], kept=[1]))
def test_critical_gains_with_closed_forms(hidden_size):
    """E s'^2 is 1 for the identity and 1/2 for relu, whatever the variance."""
    assert critical_gain("identity", hidden_size) == pytest.approx(
        hidden_size**-0.5, rel=1e-6
    )
    assert critical_gain("relu", hidden_size) == pytest.approx(
        (2 / hidden_size) ** 0.5, rel=1e-6
    )
    assert critical_gain("relu", hidden_size, "fan-in-normal") == pytest.approx(
        2**0.5, rel=1e-6
    )


@pytest.mark.proof
def test_distances_decay_below_the_critical_size_and_stay_above():
    k = critical_hidden_size("tanh", 0.1)
    d = vanilla_mean_field(
        "tanh", hidden_sizes=[round(0.9 * k), round(1.1 * k)], length=600, gain=0.1
    )
    below, above = d.predicted_discrepancy.values
    assert below[-1] < 1e-3 * below[0]
    assert above[-1] > 0.1 * above[0]
    assert d.slope[0, -1] < 1 < d.slope[1, -1]


# the GRU


@pytest.mark.slow
def test_one_symbol_of_the_gru_has_a_closed_form():
    d = gru_mean_field(hidden_sizes=[20], length=1, num_sites=100_000, key=KEY)
    error = per_root_unit(d, "predicted_discrepancy_se")[0, 0]
    assert error < 0.002
    assert abs(per_root_unit(d)[0, 0] - 0.480994) < 4 * error


KNOWN = {
    20: [0.4806, 0.4939, 0.581, 0.674, 0.750, 0.809],
    100: [0.4806, 0.7438, 1.0283, 1.1228, 1.1646, 1.1709],
    400: [0.4806, 0.8951, 1.1933, 1.2744, 1.3034, 1.3036],
}


@pytest.mark.slow
@pytest.mark.parametrize("size", few([*KNOWN], kept=[1]))
def test_the_known_table_of_the_gru(size):
    known = np.array([KNOWN[size]])
    d = gru_mean_field(hidden_sizes=[size], length=50, key=jax.random.key(5)).sel(
        length=LENGTHS
    )
    stated = np.linspace(0.001, 0.015, len(LENGTHS))
    error = np.hypot(per_root_unit(d, "predicted_discrepancy_se"), stated)
    assert (np.abs(per_root_unit(d) - known) < 3 * error).all()
    assert error.max() < 0.025


@pytest.mark.proof
@pytest.mark.parametrize("reset", ["before", "after"])
def test_grus_of_400_units_agree_at_every_length(reset):
    mean, error = simulate(gru_step(reset), 3, 400, 100, 50, seed=2)
    predicted = per_root_unit(
        gru_mean_field(
            hidden_sizes=[400], length=50, reset=reset, key=jax.random.key(1)
        )
    )[0]
    assert error.max() < 0.008 * mean.max()
    assert np.abs(predicted / mean - 1).max() < 0.03


@pytest.mark.slow
def test_a_longer_word_begins_as_a_shorter_one_and_sizes_are_independent():
    long = gru_mean_field(hidden_sizes=[30, 5], length=6, num_sites=1000, key=KEY)
    short = gru_mean_field(hidden_sizes=[5], length=3, num_sites=1000, key=KEY)
    assert np.array_equal(
        long.predicted_discrepancy[1, :3], short.predicted_discrepancy[0]
    )
    assert long.attrs["key"].tolist() == np.ravel(jax.random.key_data(KEY)).tolist()


@pytest.mark.slow
def test_the_spread_of_batches_is_the_error():
    found = [
        gru_mean_field(
            hidden_sizes=[50], length=4, num_sites=1000, key=jax.random.key(s)
        )
        for s in range(40)
    ]
    spread = np.std([per_root_unit(d)[0, -1] for d in found], ddof=1)
    stated = np.sqrt(
        np.mean(
            [per_root_unit(d, "predicted_discrepancy_se")[0, -1] ** 2 for d in found]
        )
    )
    assert 0.65 < stated / spread < 1.5


def test_progress_counts_sizes():
    seen = []
    gru_mean_field(
        hidden_sizes=[2, 3],
        length=1,
        num_sites=1000,
        key=KEY,
        progress=lambda *done: seen.append(done),
    )
    assert seen == [(1, 2), (2, 2)]


# the matrix


@pytest.mark.slow
def test_products_with_an_infinite_matrix_have_the_covariances_of_its_vectors():
    shape = (1, 200_000)
    W = RandomMatrix(3.0, num_vectors=4, shape=shape, key=KEY)
    first, second = standard_normals(jax.random.key(1), (2, *shape))
    vectors = [first, first + 0.01 * second, second, first]
    products = np.concatenate([W(h) for h in vectors])
    assert products @ products.T / shape[1] == pytest.approx(
        3 * np.cov(np.concatenate(vectors), bias=True), abs=0.05
    )
    difference, expected = products[1] - products[0], np.sqrt(3) * 0.01
    assert difference.std() == pytest.approx(expected, rel=0.02)
    assert np.array_equal(products[3], W(first)[0])


def test_a_vector_of_zeros_gives_zeros_and_no_direction():
    W = RandomMatrix(1.0, num_vectors=1, shape=(2, 5), key=KEY)
    assert not W(np.zeros((2, 5))).any()
    assert W(np.ones((2, 5))).all()


@pytest.mark.slow
def test_sampled_sites_of_the_vanilla_cell_agree_with_its_recursion():
    shape, k, length = (10, 4000), 30, 12
    W = RandomMatrix(
        float(k), num_vectors=2 * length, shape=shape, key=jax.random.key(3)
    )
    U = standard_normals(jax.random.key(4), (2, *shape))
    u = v = np.zeros(shape)
    found = []
    for t in range(length):
        u, v = np.tanh(U[0] + W(u)), np.tanh(U[int(t == 0)] + W(v))
        found.append(np.sqrt(np.mean((u - v) ** 2, axis=1)))
    mean, error = np.mean(found, axis=1), np.std(found, axis=1, ddof=1) / np.sqrt(10)
    predicted = per_root_unit(
        vanilla_mean_field("tanh", hidden_sizes=[k], length=length)
    )[0]
    assert (np.abs(mean - predicted) < 5 * error).all()
    assert error.max() < 0.01


@pytest.mark.slow
def test_at_any_size_products_have_the_law_of_a_matrix():
    """Products have the law of products with a matrix drawn entry by entry.

    Tanh nets of 5 units read 8 letters: 16 vectors in 5 dimensions.
    """
    shape, length = (4000, 5), 8
    W = RandomMatrix(5.0, num_vectors=2 * length, shape=shape, key=jax.random.key(5))
    U = standard_normals(jax.random.key(6), (2, *shape))
    u = v = np.zeros(shape)
    found = []
    for t in range(length):
        u, v = np.tanh(U[0] + W(u)), np.tanh(U[int(t == 0)] + W(v))
        found.append(np.linalg.norm(u - v, axis=1) / np.sqrt(5))
    mean, error = simulate(vanilla_step("tanh"), 1, 5, 4000, length, seed=3)
    error = np.hypot(error, np.std(found, axis=1) / np.sqrt(4000))
    assert (np.abs(np.mean(found, axis=1) - mean) < 4 * error).all()
    assert error.max() < 0.012


def test_the_rule_integrates_steps_and_corners():
    z, w = gaussian_rule(256)
    assert w @ (z > 0) == pytest.approx(0.5, abs=1e-12)
    assert mean_square(jax.nn.relu, np.array([2.0, 8.0])) == pytest.approx(
        [1.0, 4.0], abs=1e-9
    )


# bad input


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: vanilla_mean_field("tan", hidden_sizes=[2], length=1),
            "unknown activation 'tan'.*did you mean 'tanh'",
        ),
        (
            lambda: vanilla_mean_field(np.tanh, hidden_sizes=[2], length=1),
            "elementwise function that JAX can differentiate",
        ),
        (
            lambda: vanilla_mean_field(jnp.sum, hidden_sizes=[2], length=1),
            "which changes the shape",
        ),
        (
            lambda: vanilla_mean_field(hidden_sizes=[2], length=0),
            "`length` must be at least 1; got 0",
        ),
        (
            lambda: vanilla_mean_field(hidden_sizes=[], length=1),
            "one or more different hidden sizes",
        ),
        (
            lambda: vanilla_mean_field(hidden_sizes=[3, 3], length=1),
            "one or more different hidden sizes",
        ),
        (
            lambda: vanilla_mean_field(hidden_sizes=[0], length=1),
            "`hidden_size` must be at least 1; got 0",
        ),
        (
            lambda: vanilla_mean_field(hidden_sizes=[2], length=1, gain=0.0),
            "`gain` must be a finite number above 0; got 0",
        ),
        (
            lambda: vanilla_mean_field(hidden_sizes=[2], length=1, gain=np.nan),
            "expected a number for `gain`, got nan",
        ),
        (
            lambda: vanilla_mean_field(
                hidden_sizes=[2], length=1, initializer="fan-in-uniform"
            ),
            "unknown Gaussian initializer 'fan-in-uniform'.*did you mean "
            "'fan-in-normal'",
        ),
        (
            lambda: gru_mean_field(hidden_sizes=[2], length=1, num_sites=999, key=KEY),
            "`num_sites` must be at least 1000; got 999",
        ),
        (
            lambda: gru_mean_field(hidden_sizes=[2], length=1, reset="never", key=KEY),
            "'before' or 'after', got 'never'",
        ),
        (
            lambda: gru_mean_field(hidden_sizes=[2], length=1, gain=-1.0, key=KEY),
            "`gain` must be a finite number above 0; got -1",
        ),
        (
            lambda: critical_hidden_size("tanh", gain=-1.0),
            "`gain` must be a finite number above 0; got -1",
        ),
        (
            lambda: critical_gain("tanh", hidden_size=0),
            "`hidden_size` must be a finite number above 0; got 0",
        ),
        (
            lambda: critical_hidden_size(lambda x: 0 * x + 1),
            "expected a slope that reaches 1",
        ),
    ],
)
def test_bad_input_is_refused(call, text):
    with pytest.raises(FirstbitError, match=text):
        call()
