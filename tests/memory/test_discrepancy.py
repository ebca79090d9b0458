"""D(l,k) against closed forms, other seeds, and a slow twin.

The generator of random numbers is compared with JAX's.
"""

from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats

import oracles
from covering import few
from ensembles import distances_of
from firstbit.cells import GRU, LSTM, MinGRU, Vanilla, redraw
from firstbit.errors import SettingError, WordError
from firstbit.execution import Execution
from firstbit.memory import WordPair, discrepancy
from firstbit.memory.ensemble.block_sizes import block_size, strip_width
from firstbit.weights.normal import normal, symmetric_uniform
from firstbit.weights.threefry import fold_in, key_words, random_bits, threefry

SIZES = range(1, 21)


def values_after_one_symbol(cell):
    """Return values of a unit after one symbol from h = 0, and their probabilities.

    They lie on a grid of the unit's N(0,1) fields.
    """
    nodes = np.linspace(-7, 7, 701 if cell is Vanilla else 41)
    weights = np.exp(-(nodes**2) / 2)
    weights /= weights.sum()
    if cell is Vanilla:
        return oracles.sigma(nodes), weights
    return ((1 - oracles.sigma(nodes))[:, None] * np.tanh(nodes)).ravel(), np.outer(
        weights, weights
    ).ravel()


def first_discrepancy(cell, sizes):
    """Return D(1,k) = E sqrt(S_k), S_k the sum of k squared differences.

    It is (1 / 2 sqrt(pi)) int (1 - phi(t)^k) t^(-3/2) dt, where
    phi(t) = E exp(-t (X - X')^2).
    """
    values, weights = values_after_one_symbol(cell)
    kept = weights > 1e-9
    squares, pairs = (
        np.subtract.outer(values[kept], values[kept]) ** 2,
        np.outer(weights[kept], weights[kept]),
    )
    logs = np.linspace(-30, 30, 121)  # t = exp(logs)
    less = np.array(
        [-(pairs * np.expm1(-np.exp(s) * squares)).sum() for s in logs]
    )  # 1 - phi, exact for small t
    return [
        np.trapezoid(-np.expm1(k * np.log1p(-less)) * np.exp(-logs / 2), logs)
        / (2 * np.sqrt(np.pi))
        for k in sizes
    ]


@pytest.mark.slow
def test_the_closed_form_gives_the_known_numbers():
    known = (0.239528, 0.374502, 0.631834, 0.912727, 1.304129)
    assert first_discrepancy(Vanilla, (1, 2, 5, 10, 20)) == pytest.approx(
        known, abs=5e-5
    )
    assert first_discrepancy(GRU, (1, 2, 5, 10, 20)) == pytest.approx(
        (0.38810, 0.6077, 1.0278, 1.4877, 2.1277), abs=6e-4
    )


@pytest.mark.slow
@pytest.mark.parametrize("cell", few([Vanilla, GRU], kept=[0]))
def test_first_symbol_agrees_with_the_closed_form_for_every_k(cell):
    d = discrepancy(
        cell, hidden_sizes=SIZES, length=1, num_draws=2000, key=jax.random.key(3)
    )
    assert (
        abs(d.discrepancy[:, 0] - np.array(first_discrepancy(cell, SIZES)))
        < 4 * d.discrepancy_se[:, 0]
    ).all()


@pytest.mark.slow
@pytest.mark.parametrize("cell", few([Vanilla, GRU], kept=[0]))
def test_two_seeds_agree(cell):  # over the whole grid: tests/proof
    one, two = (
        discrepancy(
            cell, hidden_sizes=[1, 5], length=50, num_draws=2000, key=jax.random.key(s)
        )
        for s in (0, 1)
    )
    # Where few draws carry the mean, 2000 of them don't show its error: both seeds'
    # largest counts for each.
    error = np.sqrt(one.discrepancy_se**2 + two.discrepancy_se**2)
    assert (abs(one.discrepancy - two.discrepancy) < 5 * error).all()


CELLS = {
    "vanilla-logistic": Vanilla,
    "vanilla-tanh": partial(Vanilla, activation="tanh"),
    "gru-before": GRU,
    "gru-after": partial(GRU, reset="after"),
    "lstm": LSTM,
    "mingru": MinGRU,
}


SMALL_OR_BOTH = [(name, sizes) for sizes in ((5,), (5, 20)) for name in CELLS]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "sizes"), few(SMALL_OR_BOTH, kept=[1, 3, 4, 5, 6, 8]))
def test_shared_parameters_give_the_same_distances(name, sizes):
    key, length = jax.random.key(11), 50 if name == "vanilla-logistic" else 10
    samples = distances_of(
        CELLS[name], hidden_sizes=[*sizes], length=length, num_draws=8, key=key
    )
    with jax.enable_x64(True):
        for k, of_size in zip(sizes, samples, strict=True):
            for i in range(8):
                net = redraw(
                    CELLS[name](2, k, key=key),
                    "normal",
                    jax.random.fold_in(jax.random.fold_in(key, k), i),
                )
                p = {
                    array: np.asarray(value)
                    for array, value in net.parameters().items()
                }
                slow = oracles.distances(
                    name, p, [0] * length, [1] + [0] * (length - 1)
                )
                apart = np.abs(of_size.distances[:, i] - slow)
                assert (apart < 1e-14 * np.sqrt(k))[:1].all()
                assert apart.max() < (2e-15 if length == 50 else 1e-12)


TABLE = [(name, law) for law in ("normal", "fan-in-uniform") for name in CELLS]
"""The distances of all these cells are compared draw by draw above."""


@pytest.mark.slow
@pytest.mark.parametrize(("name", "law"), few(TABLE, kept=[0, 5]))
def test_the_table_of_reference_values(name, law):
    lengths = [0, 1, 4, 9, 49]
    fast = discrepancy(
        CELLS[name],
        hidden_sizes=[5, 20],
        length=50,
        num_draws=4000,
        initializer=law,
        key=jax.random.key(4),
    )
    for k in (5, 20):
        mean, error = oracles.discrepancy(name, k, 50, 60, law, seed=k)
        ours = fast.sel(hidden_size=k)
        # Where few draws carry the mean, 60 of them don't show its error: what 60 of
        # ours would show counts too.
        error = np.maximum(error, ours.discrepancy_se.values * np.sqrt(4000 / 60))
        apart = np.abs(ours.discrepancy.values - mean)
        assert (apart < 4 * np.hypot(error, ours.discrepancy_se.values))[lengths].all()


@pytest.mark.slow
@pytest.mark.parametrize("cell", few([Vanilla, GRU, LSTM], kept=[0, 2]))
def test_neither_blocks_nor_padding_nor_workers_change_a_bit(cell):
    key, law = jax.random.key(1), "fan-in-normal"
    few = distances_of(
        cell,
        hidden_sizes=[7],
        length=9,
        num_draws=200,
        initializer=law,
        key=key,
        execution=Execution(workers=1),
    )[0]
    many = distances_of(
        cell,
        hidden_sizes=[9, 7],
        length=70,
        num_draws=600,
        initializer=law,
        key=key,
        execution=Execution(workers=3),
    )[1]
    assert np.array_equal(few.distances, many.distances[:9, :200])
    assert len(few.reference_draws) == few.reference.shape[1] <= many.reference.shape[1]


@pytest.mark.slow
def test_sizes_in_any_order_and_large_ones():
    key = jax.random.key(2)
    d = discrepancy(Vanilla, hidden_sizes=[40, 3], length=4, num_draws=20, key=key)
    again = discrepancy(Vanilla, hidden_sizes=[3, 40], length=4, num_draws=20, key=key)
    assert d.hidden_size.values.tolist() == [40, 3]
    assert np.array_equal(d.discrepancy.values, again.discrepancy.values[::-1])
    assert (block_size(10**9), strip_width(10**9)) == (1, 1)
    assert np.isfinite(
        discrepancy(
            GRU, hidden_sizes=[1024], length=3, num_draws=2, key=key
        ).discrepancy
    ).all()


@pytest.mark.slow
def test_the_tail_is_a_number_and_not_noise():
    d = discrepancy(
        Vanilla,
        hidden_sizes=[5],
        length=400,
        num_draws=200,
        initializer="fan-in-normal",
        key=jax.random.key(0),
    )
    curve = d.discrepancy[0].values
    assert curve[-1] < 1e-60
    assert (np.diff(np.log(curve[5:])) < 0).all()
    share = d.below_rounding[0].values
    assert share[0] == 0
    assert share[-1] == 1
    assert (np.diff(share) >= 0).all()
    half = d["median"][0].values[np.searchsorted(share, 0.5)]
    assert 1e-18 < half < 1e-15


@pytest.mark.slow
def test_each_draw_is_below_the_rounding_of_its_own_states():
    key = jax.random.key(11)
    asked = {"hidden_sizes": [3], "length": 40, "num_draws": 30, "key": key}
    d = discrepancy(Vanilla, **asked)
    with jax.enable_x64(True):
        lost = []
        for i in range(30):
            of_draw = jax.random.fold_in(jax.random.fold_in(key, 3), i)
            net = redraw(Vanilla(2, 3, key=key), "normal", of_draw)
            U, W = np.asarray(net.U_h), np.asarray(net.W_h)
            first, second = np.zeros(3), np.zeros(3)
            rows = []
            for t in range(40):
                first = oracles.sigma(U[:, 0] + W @ first)
                second = oracles.sigma(U[:, 1 if t == 0 else 0] + W @ second)
                apart = np.abs(first - second)
                rows.append((apart <= 4 * 2.0**-53 * first).all())
            lost.append(rows)
    plain = np.mean(lost, axis=0)
    share = d.below_rounding[0].values
    assert 0.2 < share[-1] <= plain[-1] + 0.01
    # Plain simulation rounds: it loses a distance a few symbols earlier or later.
    assert (share[3:] <= plain[3:] + 0.15).all()
    assert (share[6:] >= plain[3:-3] - 0.15).all()


BOUNDED = {
    "vanilla:3": np.sqrt(3),
    "vanilla:3,activation=tanh": 2 * np.sqrt(3),
    "vanilla:3,activation=relu": np.nan,
    "gru:3": 2 * np.sqrt(3),
    "lstm:3": 2 * np.sqrt(3),
}


@pytest.mark.slow
@pytest.mark.parametrize("cell", BOUNDED)
def test_the_interval_is_there_where_the_cell_bounds_the_state(cell):
    asked = {"length": 6, "num_draws": 40, "key": jax.random.key(0)}
    d = discrepancy(cell, **asked)
    assert d.distance_bound.item() == pytest.approx(BOUNDED[cell], nan_ok=True)
    ends = d.discrepancy_ci[0].values
    if np.isnan(BOUNDED[cell]):
        assert np.isnan(ends).all()
        assert np.isnan(d.attrs["largest_half_width"])
        declared = discrepancy(cell, state_bound=(0, 1e3), **asked)
        ends = declared.discrepancy_ci[0].values
        assert declared.distance_bound.item() == pytest.approx(1e3 * np.sqrt(3))
    mean = d.discrepancy[0].values
    assert ((ends[:, 0] < mean) & (mean < ends[:, 1])).all()


@pytest.mark.slow
def test_the_bound_is_the_cells_own_where_it_declares_one():
    class Double(eqx.Module):
        W: jax.Array
        U: jax.Array
        hidden_size: int = eqx.field(static=True)
        state_bound = (0.0, 2.0)

        def __init__(self, input_size, hidden_size, *, key):
            self.W = jnp.zeros((hidden_size, hidden_size))
            self.U = jnp.zeros((hidden_size, input_size))
            self.hidden_size = hidden_size

        def __call__(self, x, h):
            return jax.nn.softplus(jnp.tanh(self.W @ h + self.U @ x))

    asked = {"length": 2, "num_draws": 20, "key": jax.random.key(0)}
    declared = discrepancy(Double, hidden_sizes=[4], **asked)
    assert declared.distance_bound.item() == 4  # 2 sqrt(4)
    all_of_it = discrepancy("lstm:4", measured="all", **asked)
    assert np.isnan(all_of_it.distance_bound.item())  # c has no bound
    for bound, text in ((0, "above 0"), ((1, 0), "ascending"), ((0, np.inf), "finite")):
        with pytest.raises(SettingError, match=text):
            discrepancy("lstm:4", state_bound=bound, **asked)
    with pytest.raises(SettingError, match="no distance above"):
        discrepancy("gru:4", state_bound=1e-3, **asked)


@pytest.mark.slow
def test_words_of_any_alphabet_and_a_random_suffix():
    key = jax.random.key(0)
    d = discrepancy(
        Vanilla, hidden_sizes=[4], num_draws=8, words=("acb", "bca"), key=key
    )
    with jax.enable_x64(True):
        nets = [
            redraw(
                Vanilla(3, 4, key=key),
                "normal",
                jax.random.fold_in(jax.random.fold_in(key, 4), i),
            ).parameters()
            for i in range(8)
        ]
    slow = [
        oracles.distances(
            "vanilla-logistic",
            {n: np.asarray(a) for n, a in p.items()},
            [0, 2, 1],
            [1, 2, 0],
            input_size=3,
        )
        for p in nets
    ]
    assert np.abs(d.discrepancy[0].values - np.mean(slow, axis=0)).max() < 1e-14
    # With N(0,1) weights and a constant suffix both words soon end in the same point; a
    # random one changes the way there.
    constant, random = (
        discrepancy(
            partial(Vanilla, activation="tanh"),
            hidden_sizes=[20],
            length=20,
            num_draws=200,
            words=w,
            key=key,
        )
        for w in ("constant", "random")
    )
    assert constant.discrepancy[0, 0] == random.discrepancy[0, 0]
    assert not np.allclose(
        constant.discrepancy[0, 3:], random.discrepancy[0, 3:], rtol=0.01
    )
    for words, message in (
        (("ab", "abc"), "of one length"),
        (("ab", "ab"), "two different words"),
        ("01", "expected `constant`, `random` or two words"),
        (("a", "b", "c"), "expected two words"),
    ):
        with pytest.raises(WordError, match=message):
            discrepancy(Vanilla, hidden_sizes=[4], num_draws=8, words=words, key=key)
    with pytest.raises(
        WordError, match="'ax' has 'x' at position 1; expected letters of 'ab'"
    ):
        WordPair.of(("ax", "bb"), alphabet="ab")
    with pytest.raises(SettingError, match="up to that of the words, 2, got 3"):
        discrepancy(
            Vanilla,
            hidden_sizes=[4],
            num_draws=8,
            words=("ab", "bb"),
            length=3,
            key=key,
        )


def test_threefry_is_the_published_generator_and_jaxs():
    ones, pi = jnp.uint32(0xFFFFFFFF), (0x13198A2E, 0x03707344, 0x243F6A88, 0x85A308D3)
    # Salmon and others 2011, known answers of Threefry-2x32-20.
    assert [hex(word) for word in threefry((ones, ones), 0xFFFFFFFF, 0xFFFFFFFF)] == [
        "0x1cb996fc",
        "0xbb002be7",
    ]
    assert [
        hex(word)
        for word in threefry((jnp.uint32(pi[0]), jnp.uint32(pi[1])), pi[2], pi[3])
    ] == ["0xc4923a9c", "0x483df7a0"]
    key = jax.random.key(5)
    assert [int(word) for word in fold_in(key_words(key), 17)] == jax.random.key_data(
        jax.random.fold_in(key, 17)
    ).tolist()
    with pytest.raises(SettingError, match="default generator"):
        key_words(jax.random.key(0, impl="rbg"))


@pytest.mark.slow
@pytest.mark.parametrize("double", [False, True])
def test_normals_follow_the_inverse_of_the_normal_distribution(double):
    steps = np.concatenate(
        [[0, 1, 2, 1000], np.linspace(5000, 2**31 - 1, 20_001).astype(np.uint32)]
    ).astype(np.uint32)
    with jax.enable_x64(double):
        bits = jnp.concatenate([jnp.asarray(steps), ~jnp.asarray(steps)])
        values, uniform = (
            np.asarray(normal(bits), float),
            np.asarray(symmetric_uniform(bits), float),
        )
    tail = (steps + 0.5) / 2**32
    exact, upper = -scipy.stats.norm.ppf(tail), values[: len(steps)]
    assert np.abs(upper - exact)[steps >= 1000].max() < 2e-6
    assert (
        np.abs(upper - exact).max() < 3e-3
    )  # once in 10^9 numbers, at 6.3 standard deviations
    assert np.array_equal(values[: len(steps)], -values[len(steps) :])
    assert np.allclose(uniform[: len(steps)], 1 - 2 * tail, atol=1e-7)
    assert (np.abs(uniform) < 1).all()


@pytest.mark.slow
def test_random_bits_are_uniform_and_independent_of_the_shape():
    bits = np.asarray(random_bits(key_words(jax.random.key(0)), 200, 100))
    drawn = np.sort(bits.ravel() / 2**32)
    # Kolmogorov-Smirnov distance to the uniform law; 1.63 / sqrt(n) is its 99 % point.
    assert np.abs(drawn - (np.arange(20_000) + 0.5) / 20_000).max() < 1.63 / np.sqrt(
        20_000
    )
    assert np.array_equal(bits[:3, :7], random_bits(key_words(jax.random.key(0)), 3, 7))
