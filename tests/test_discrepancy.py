"""D(l,k) against closed forms, against itself with another seed, and against a slow twin; the generator against JAX's."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from firstbit.cells import GRU, Vanilla, initializer_by_name, redraw
from firstbit.cells.threefry import fold_in, key_words, threefry, unit_interval
from firstbit.errors import SettingError
from firstbit.memory.discrepancy import Plan, discrepancy, distances
from firstbit.memory.monte_carlo import block_size, strip_width

SIZES = range(1, 21)


def sigma(x):
    return 1 / (1 + np.exp(-x))


def values_after_one_symbol(cell):
    """Values of a unit after one symbol from h = 0, and their probabilities, on a grid of its N(0,1) fields."""
    nodes = np.linspace(-7, 7, 701 if cell is Vanilla else 41)
    weights = np.exp(-(nodes**2) / 2)
    weights /= weights.sum()
    if cell is Vanilla:
        return sigma(nodes), weights
    return ((1 - sigma(nodes))[:, None] * np.tanh(nodes)).ravel(), np.outer(weights, weights).ravel()


def first_discrepancy(cell, sizes):
    """D(1,k) = E sqrt(S_k) = (1 / 2 sqrt(pi)) int (1 - phi(t)^k) t^(-3/2) dt, phi(t) = E exp(-t (X - X')^2)."""
    values, weights = values_after_one_symbol(cell)
    kept = weights > 1e-9
    squares, pairs = np.subtract.outer(values[kept], values[kept]) ** 2, np.outer(weights[kept], weights[kept])
    logs = np.linspace(-30, 30, 121)  # t = exp(logs)
    less = np.array([-(pairs * np.expm1(-np.exp(s) * squares)).sum() for s in logs])  # 1 - phi, exact for small t
    return [np.trapezoid(-np.expm1(k * np.log1p(-less)) * np.exp(-logs / 2), logs) / (2 * np.sqrt(np.pi)) for k in sizes]


def test_the_closed_form_gives_the_known_numbers():
    known = (0.239528, 0.374502, 0.631834, 0.912727, 1.304129)
    assert first_discrepancy(Vanilla, (1, 2, 5, 10, 20)) == pytest.approx(known, abs=5e-5)
    assert first_discrepancy(GRU, (1, 2, 5, 10, 20)) == pytest.approx((0.38810, 0.6077, 1.0278, 1.4877, 2.1277), abs=6e-4)


@pytest.mark.slow
@pytest.mark.parametrize("cell", [Vanilla, GRU])
def test_first_symbol_agrees_with_the_closed_form_for_every_k(cell):
    d = discrepancy(cell, hidden_sizes=SIZES, length=1, num_draws=2000, key=jax.random.key(3))
    assert (abs(d.discrepancy[:, 0] - np.array(first_discrepancy(cell, SIZES))) < 4 * d.standard_error[:, 0]).all()


@pytest.mark.slow
@pytest.mark.parametrize("cell", [Vanilla, GRU])
def test_two_seeds_agree_over_the_whole_grid(cell):
    one, two = (discrepancy(cell, hidden_sizes=SIZES, length=50, num_draws=2000, key=jax.random.key(s)) for s in (0, 1))
    # Where few draws carry the mean, 2000 of them don't show its error: both seeds' largest counts for each.
    error = np.sqrt(one.standard_error**2 + two.standard_error**2)
    assert (abs(one.discrepancy - two.discrepancy) < 5 * error).all()


def slow_distances(net, length):
    """Definition V.1 for one net, in plain NumPy: both words read from their start."""
    p = {name: np.asarray(value) for name, value in net.parameters().items()}
    found = []
    u, v = np.zeros(net.hidden_size), np.zeros(net.hidden_size)
    for t in range(length):
        states = []
        for h, bit in ((u, 0), (v, int(t == 0))):
            x = np.eye(2)[bit]
            if isinstance(net, Vanilla):
                states.append(sigma(p["U_h"] @ x + p["W_h"] @ h))
            else:
                z, r = sigma(p["U_z"] @ x + p["W_z"] @ h), sigma(p["U_r"] @ x + p["W_r"] @ h)
                states.append((1 - z) * np.tanh(p["U_h"] @ x + p["W_h"] @ (h * r)) + z * h)
        u, v = states
        found.append(np.linalg.norm(u - v))
    return np.array(found)


@pytest.mark.parametrize(("cell", "length", "tolerance"), [(Vanilla, 50, 1.5e-15), (GRU, 10, 1e-12)])
def test_shared_parameters_give_the_same_distances(cell, length, tolerance):
    key, law = jax.random.key(11), initializer_by_name("normal")
    columns = distances(cell, hidden_sizes=[5, 20], length=length, num_draws=8, initializer=law, key=key)
    with jax.enable_x64(True):
        for k, column in zip((5, 20), columns, strict=True):
            for i in range(8):
                net = redraw(cell(2, k, key=key), law, jax.random.fold_in(jax.random.fold_in(key, k), i))
                assert np.abs(column[:, i] - slow_distances(net, length)).max() < tolerance


@pytest.mark.parametrize("cell", [Vanilla, GRU])
def test_neither_blocks_nor_padding_nor_workers_change_a_bit(cell):
    law, key = initializer_by_name("fan-in-normal"), jax.random.key(1)
    few = distances(cell, hidden_sizes=[7], length=9, num_draws=200, initializer=law, key=key, workers=1)[0]
    many = distances(cell, hidden_sizes=[9, 7], length=70, num_draws=600, initializer=law, key=key, workers=2)[1]
    assert Plan.of(cell, 7, 200).padded != Plan.of(cell, 7, 600).padded
    assert np.array_equal(few, many[:9, :200])


def test_sizes_in_any_order_and_large_ones():
    key = jax.random.key(2)
    d = discrepancy(Vanilla, hidden_sizes=[40, 3], length=4, num_draws=20, key=key)
    again = discrepancy(Vanilla, hidden_sizes=[3, 40], length=4, num_draws=20, key=key)
    assert d.hidden_size.values.tolist() == [40, 3]
    assert np.array_equal(d.discrepancy.values, again.discrepancy.values[::-1])
    assert (block_size(10**9), strip_width(10**9)) == (1, 1)


def test_threefry_is_the_published_generator_and_jaxs():
    ones, pi = jnp.uint32(0xFFFFFFFF), (0x13198A2E, 0x03707344, 0x243F6A88, 0x85A308D3)
    # Salmon and others 2011, known answers of Threefry-2x32-20.
    assert [hex(word) for word in threefry((ones, ones), 0xFFFFFFFF, 0xFFFFFFFF)] == ["0x1cb996fc", "0xbb002be7"]
    assert [hex(word) for word in threefry((jnp.uint32(pi[0]), jnp.uint32(pi[1])), pi[2], pi[3])] == ["0xc4923a9c", "0x483df7a0"]
    key = jax.random.key(5)
    assert [int(word) for word in fold_in(key_words(key), 17)] == jax.random.key_data(jax.random.fold_in(key, 17)).tolist()
    with pytest.raises(SettingError, match="default generator"):
        key_words(jax.random.key(0, impl="rbg"))


@pytest.mark.parametrize("double", [False, True])
def test_unit_interval_is_open_and_uniform(double):
    with jax.enable_x64(double):
        extremes = unit_interval((jnp.array([0, 0xFFFFFFFF], jnp.uint32), jnp.array([0, 0xFFFFFFFF], jnp.uint32)))
        assert 0 < extremes[0] < 1e-6
        assert float(extremes[0]) == float(1 - extremes[1])
        drawn = np.sort(unit_interval(threefry(key_words(jax.random.key(0)), 0, jnp.arange(20_000, dtype=jnp.uint32))))
        # Kolmogorov-Smirnov distance to the uniform law; 1.63 / sqrt(n) is its 99 % point.
        assert np.abs(drawn - (np.arange(20_000) + 0.5) / 20_000).max() < 1.63 / np.sqrt(20_000)
