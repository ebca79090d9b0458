"""What a read-out decodes: nets whose memory is known, and slow twins of every step."""

from functools import partial
from importlib import import_module

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.optimize
import scipy.stats

from covering import few
from ensembles import ensemble
from firstbit.cells import Given, Vanilla, initializer_by_name, redraw
from firstbit.datasets import interval
from firstbit.errors import CellError, SettingError
from firstbit.execution import Execution
from firstbit.memory import Reading, decodability, discrepancy, lyapunov_exponents
from firstbit.memory.decodability import fitting
from firstbit.memory.decodability.nets import Scores
from firstbit.memory.decodability.summary import of_one_net, over_nets
from firstbit.memory.ensemble.nets import Nets
from firstbit.threads import in_double
from memory_nets import DelayLine

KEY = jax.random.key(0)
FEW = Reading(num_words=200)
TANH = partial(Vanilla, activation="tanh")


class Product(DelayLine):
    """The last symbol, and its product with the one before."""

    def __call__(self, x, h):
        now = x[1] - x[0]
        return jnp.stack([now, now * h[0]]) + 0 * self.shift[0]

    def initial_state(self):
        return jnp.ones(2)


class Deaf(DelayLine):
    """A net that reads nothing."""

    def __call__(self, x, h):
        return jnp.cos(self.shift @ h + 1)


class Doubling(DelayLine):
    """A state that leaves float64 after 16 symbols."""

    def __call__(self, x, h):
        return 2.0**64 * h + x[1] + 1 + 0 * self.shift[0]


def first(result, readout="linear"):
    return result.isel(hidden_size=0).sel(readout=readout)


@pytest.mark.slow
@pytest.mark.parametrize("words", ["random", "stream"])
def test_a_delay_line_decodes_its_last_symbols_surely_and_no_others(words):
    reading = Reading(words=words, num_words=2000, readouts=["linear", "least squares"])
    found = decodability(DelayLine(5), length=12, reading=reading, key=KEY)
    assert found.reach.values.tolist() == [[4.0, 4.0]]
    for readout in reading.readouts:
        one = first(found, readout)
        assert (one.accuracy[:5] == 1).all()
        low, high = interval(one, "accuracy")
        assert (low[5:] < 0.5).all()
        assert (high[5:] > 0.5).all()
    bits = first(found).bits.values
    assert (bits[:5] > 0.99).all()
    assert np.abs(bits[5:]).max() < 0.05
    assert found.length.values.tolist() == list(range(1, 13))


@pytest.mark.slow
def test_a_product_of_symbols_is_told_by_products_alone():
    reading = Reading(words="stream", readouts=["linear", "quadratic"])
    found = decodability(Product(2), length=3, reading=reading, key=KEY)
    accuracy = found.accuracy.isel(hidden_size=0)
    assert accuracy.sel(readout="quadratic").values[:2].tolist() == [1.0, 1.0]
    assert accuracy.sel(readout="linear", lag=0).item() == 1
    # Of the four states a line parts three from one at best.
    assert accuracy.sel(readout="linear", lag=1).item() < 0.85


@pytest.mark.slow
def test_a_net_that_reads_nothing_tells_nothing():
    reading = Reading(num_words=4000)
    found = decodability(Deaf(4), length=6, reading=reading, key=KEY)
    assert np.isnan(found.reach).all()
    for readout in reading.readouts:
        low, high = interval(first(found, readout), "accuracy")
        assert (low < 0.5).all()
        assert (high > 0.5).all()
    assert (first(found).bits < 0.002).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "length", "num_inputs"), few([(30, 30, 600), (50, 50, 2000)], kept=[0])
)
def test_a_chaotic_net_keeps_words_far_apart_and_tells_nothing(
    size, length, num_inputs
):
    law = initializer_by_name("fan-in-normal", 4.0)
    cell = Given.of(TANH, hidden_sizes=size, initializer=law)
    asked = {"length": length, "num_draws": 24, "key": KEY}
    apart = discrepancy(cell, words="random", **asked)
    assert apart.relative_discrepancy.isel(length=-1).item() > 0.5
    linear = Reading(num_words=400, readouts=["linear"])
    found = decodability(cell, reading=linear, **asked)
    low, high = first(found).sel(lag=length - 1).accuracy_ci.values
    assert low < 0.5 < high
    assert found.reach.sel(readout="linear").item() < 20
    net = redraw(TANH(2, size, key=KEY), law, KEY)
    inputs = np.eye(2)[np.random.default_rng(0).integers(0, 2, num_inputs)]
    growth = lyapunov_exponents(
        net, inputs=inputs, burn_in=100, num_exponents=1, key=KEY
    )
    assert interval(growth, "lyapunov_exponent")[0][0] > 0


@pytest.mark.slow
def test_after_zeros_the_first_symbol_is_told_unless_rounding_hides_it():
    asked = {"hidden_sizes": [2, 5], "num_draws": 300, "length": 40, "key": KEY}
    found = decodability(Vanilla, reading=Reading(words="constant"), **asked)
    lost = discrepancy(Vanilla, **asked).below_rounding
    assert (lost.isel(length=-1) > 0.1).all()
    decoded = found.accuracy.sel(readout="linear").values
    assert np.allclose(decoded, 1 - lost.values / 2, rtol=0, atol=1e-14)
    assert np.allclose(found.bits.sel(readout="linear"), 1 - lost.values, atol=1e-14)
    assert found.attrs["num_words"] == 2


@pytest.mark.slow
def test_one_net_after_zeros_is_exact():
    reading = Reading(words="constant")
    found = decodability(DelayLine(3), length=5, reading=reading, key=KEY)
    assert first(found).accuracy.values.tolist() == [1, 1, 1, 0.5, 0.5]
    assert np.isnan(found.accuracy_ci).all()
    assert found.reach.item() == 2


@pytest.mark.slow
def test_states_beyond_float64_are_no_numbers():
    found = first(decodability(Doubling(1), length=20, reading=FEW, key=KEY))
    assert np.isfinite(found.accuracy[:16]).all()
    assert np.isnan(found.accuracy[16:]).all()
    assert np.isnan(found.accuracy_ci[16:]).all()
    stream = Reading(words="stream", num_words=200)
    found = decodability(Doubling(1), length=2, reading=stream, key=KEY)
    assert np.isnan(found.accuracy).all()
    assert np.isnan(found.reach).all()


@pytest.mark.slow
def test_after_zeros_states_beyond_float64_are_no_numbers():
    asked = {"num_draws": 20, "length": 600, "key": KEY}
    two = Reading(words="constant")
    found = decodability("vanilla:20,activation=identity", reading=two, **asked)
    accuracy = found.accuracy.sel(readout="linear").squeeze()
    assert accuracy[0] == 1
    assert np.isnan(accuracy[-1])


def read_slowly(words, U_h, W_h):
    """The states of a tanh net after each symbol, in plain NumPy."""
    state = np.zeros((len(words), len(W_h)))
    found = []
    for column in words.T:
        state = np.tanh(U_h.T[column] + state @ W_h.T)
        found.append(state)
    return np.array(found)


def drawn(cell, size, number):
    """Draw a net as the definition says: by (key, k, i)."""
    of_draw = jax.random.fold_in(jax.random.fold_in(KEY, size), number)
    return redraw(cell(2, size, key=KEY), "normal", of_draw)


def nets_of(cell, size, num_nets):
    asked = {"hidden_sizes": [size], "length": 3, "num_draws": num_nets, "key": KEY}
    one = ensemble(cell, **asked)
    return Nets.of(one.populations[0], 0, num_nets, one.words_of_key)


@pytest.mark.slow
def test_the_states_are_those_of_plain_numpy(monkeypatch):
    module = import_module("firstbit.memory.ensemble.nets")
    monkeypatch.setattr(module, "NUMBERS_AT_ONCE", 250)
    with in_double():
        nets = nets_of(TANH, 5, 3)
        words = nets.words(2, 10, 12)
        states = np.concatenate(list(nets.states(2, words, jnp.eye(2))))
        net = drawn(TANH, 5, 2)
        slow = read_slowly(np.asarray(words), *map(np.asarray, (net.U_h, net.W_h)))
    assert states.shape[:2] == (12, 10)
    assert (states[..., 5:] == 0).all()  # units beyond the true size
    assert np.allclose(states[:4, :, :5], slow[:4], rtol=0, atol=1e-5)


@pytest.mark.slow
def test_words_are_fair_and_each_has_its_own():
    with in_double():
        nets = nets_of(TANH, 5, 2)
        words = np.asarray(nets.words(0, 2000, 20))
        fewer = np.asarray(nets.words(0, 50, 8))
        other = np.asarray(nets.words(1, 2000, 20))
    assert np.array_equal(words[:50, :8], fewer)
    assert abs(words.mean() - 0.5) < 4 * 0.5 / words.size**0.5
    for one in (words[1:], other[:-1]):
        assert abs((words[:-1] == one).mean() - 0.5) < 4 * 0.5 / words.size**0.5


def fit_slowly(inputs, signs, ridge):
    def loss(weights):
        scores = signs * (inputs @ weights[:-1] + weights[-1])
        return np.logaddexp(0, -scores).mean() + ridge / 2 * (weights[:-1] ** 2).sum()

    start = np.zeros(inputs.shape[1] + 1)
    return scipy.optimize.minimize(loss, start, options={"gtol": 1e-9}).x


@pytest.mark.slow
@pytest.mark.parametrize("told_by", [0.0, 0.7, 30.0])
def test_logistic_regression_finds_the_minimum(told_by):
    random = np.random.default_rng(1)
    inputs = random.normal(size=(80, 3))
    noise = random.logistic(size=80)
    signs = np.where(told_by * inputs @ [1.0, -2.0, 0.5] + noise > 0.3, 1.0, -1.0)
    ridges = (1.0, 1e-2, 1e-4)
    with in_double():
        ones = np.ones((80, 1))
        columns = jnp.asarray(np.concatenate([inputs, ones], axis=1))
        found = fitting.logistic(columns, jnp.asarray(signs), jnp.array(ridges))
    for ridge, weights in zip(ridges, np.asarray(found), strict=True):
        slow = fit_slowly(inputs, signs, ridge)
        assert np.allclose(weights, slow, rtol=2e-3, atol=2e-4)


def decode_slowly(states, decoded, ridges):
    """Least squares from the states of one step to the accuracy, in plain NumPy."""
    fitted, chosen, tested = np.split(np.arange(len(states)), [100, 150])
    spread = states[fitted].std(axis=0)
    inputs = (states - states[fitted].mean(axis=0)) / spread
    inputs = np.concatenate([inputs, np.ones((len(states), 1))], axis=1)
    signs = np.where(decoded, 1.0, -1.0)
    losses, weights = [], []
    for ridge in ridges:
        penalty = np.diag([ridge] * states.shape[1] + [0.0])
        square = inputs[fitted].T @ inputs[fitted] / len(fitted) + penalty
        right = inputs[fitted].T @ signs[fitted] / len(fitted)
        weights.append(np.linalg.solve(square, right))
        losses.append(((inputs[chosen] @ weights[-1] - signs[chosen]) ** 2).mean())
    best = int(np.argmin(losses))
    is_right = signs[tested] * (inputs[tested] @ weights[best]) > 0
    return is_right.mean(), best


@pytest.mark.slow
def test_each_word_serves_once():
    random = np.random.default_rng(2)
    states = random.normal(size=(4, 200, 30))
    decoded = states[:, :, :2].sum(axis=2) + 2 * random.normal(size=(4, 200)) > 0
    fits = fitting.Fits(("least squares",), (1.0, 0.1, 1e-6), 200)
    with in_double():
        (found,) = fitting.decode(jnp.asarray(states), jnp.asarray(decoded), fits=fits)
    for step in range(4):
        accuracy, best = decode_slowly(states[step], decoded[step], fits.ridges)
        assert found.accuracy[step] == pytest.approx(accuracy)
        assert int(found.ridge[step]) == best


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ridges", "accuracy"), [((1e-18,), np.nan), ((1.0, 1e-18), 1.0)]
)
def test_a_ridge_that_rounding_loses_decodes_nothing(ridges, accuracy):
    """Both units say the symbol: the sums of squares have no inverse."""
    decoded = np.arange(40)[None] % 2 == 1
    states = np.repeat(np.where(decoded, 1.0, -1.0)[..., None], 2, axis=2)
    fits = fitting.Fits(("linear", "least squares"), ridges, 40)
    with in_double():
        found = fitting.decode(jnp.asarray(states), jnp.asarray(decoded), fits=fits)
    shares = [one.accuracy.item() for one in found]
    assert shares == pytest.approx([accuracy] * 2, nan_ok=True)


@pytest.mark.slow
def test_a_net_alone_is_the_one_of_the_draw():
    two = decodability("vanilla:4", length=4, num_draws=2, reading=FEW, key=KEY)
    one = decodability(drawn(Vanilla, 4, 0), length=4, reading=FEW, key=KEY)
    # Of two values a and b the standard error is |a - b| / 2.
    apart = np.abs(one.accuracy - two.accuracy)
    assert (two.accuracy_se > 0).any()
    assert np.allclose(apart, two.accuracy_se, atol=1e-12)


def scores(accuracy, bits=None):
    accuracy = np.asarray(accuracy, float)
    bits = np.zeros_like(accuracy) if bits is None else bits
    return Scores(accuracy, bits, np.full_like(accuracy, 0.5), np.ones_like(accuracy))


def test_bounds_hold_at_all_lags_together():
    random = np.random.default_rng(3)
    nets, lags, wrong, outside = 40, 30, 0, 0
    for _ in range(400):
        values = 0.5 + 0.05 * random.normal(size=(1, lags, nets))
        found = over_nets(scores(values), 0.9, 0.5)
        wrong += bool((found.surely > 0.5).any())
        low, high = found.accuracy_ci
        outside += ((low > 0.5) | (high < 0.5)).mean()
    assert 10 < wrong < 65  # up to 40 are expected
    assert 0.08 < outside / 400 < 0.11


def test_nets_that_all_tell_have_an_interval_all_the_same():
    found = over_nets(scores(np.ones((1, 1, 199)), np.ones((1, 1, 199))), 0.95, 0.5)
    (low,), (high,) = (end[0] for end in found.accuracy_ci)
    assert (found.accuracy[0, 0], high) == (1, 1)
    # The mean of 199 ones and a half, less t = 1.972 standard errors, .5 / 200 each.
    assert low == pytest.approx(1 - 0.5 / 200 - 1.972 * 0.5 / 200, abs=1e-6)
    assert found.bits_ci[0][0, 0] == pytest.approx(1 - 2.972 / 200, abs=1e-5)


def test_few_nets_have_no_interval():
    of_few = over_nets(scores(np.full((1, 2, 19), 0.9)), 0.95, 0.5)
    assert np.isnan(of_few.accuracy_ci).all()
    assert of_few.reach.tolist() == [1.0]
    of_more = over_nets(scores(np.full((1, 2, 20), 0.9)), 0.95, 0.5)
    assert np.isfinite(of_more.accuracy_ci).all()
    assert np.isnan(of_more.bits_ci).all()


def test_the_interval_of_one_net_is_exact():
    found = of_one_net(scores([[[0.75], [1.0]]]), 40, 0.9, 0.5)
    for lag, right in enumerate((30, 40)):
        exact = scipy.stats.binomtest(right, 40).proportion_ci(0.9)
        assert [end[0, lag] for end in found.accuracy_ci] == pytest.approx(list(exact))
    assert found.reach.tolist() == [1.0]
    assert found.bits_se[0, 0] == pytest.approx(0.5 / 40**0.5)


def test_a_bound_of_one_lag_may_hold_as_often_as_not():
    found = of_one_net(scores([[[0.75]]]), 40, 0.5, 0.5)
    one_sided = scipy.stats.binomtest(30, 40, alternative="greater")
    (lower,) = found.surely[0]
    assert lower == pytest.approx(one_sided.proportion_ci(0.5).low)


MEASURE = partial(decodability, "gru:3,4", length=6, num_draws=18, reading=FEW, key=KEY)


@pytest.mark.slow
def test_threads_sizes_and_parts_change_no_bit(tmp_path):
    whole = MEASURE()
    alone = decodability("gru:4", length=6, num_draws=18, reading=FEW, key=KEY)
    assert whole.sel(hidden_size=[4]).drop_attrs().identical(alone.drop_attrs())
    one = MEASURE(execution=Execution(workers=1))
    assert one.identical(whole)
    for part in ("1/2", "2/2"):
        told = MEASURE(execution=Execution(resume=tmp_path, part=part))
        assert told.attrs["num_blocks"] == 3
    joined = MEASURE(execution=Execution(resume=tmp_path, only_kept=True))
    assert joined.identical(whole)


BAD = {
    "words": ({"words": "ab"}, "expected `words` as one of constant, random, stream"),
    "few": ({"num_words": 39}, "`num_words` must be at least 40; got 39"),
    "many": ({"num_words": 1 << 21}, "at most 1048576; got 2097152"),
    "readout": ({"readouts": ["cubic"]}, "from linear, least squares, quadratic"),
    "twice": ({"readouts": ["linear", "linear"]}, "expected different readouts"),
    "ridge": ({"ridges": [1e-13]}, "expected ridges of at least 1e-12"),
    "reach": ({"reach_above": 0.3}, "from .5 up to 1, got 0.3; try .55"),
    "burn in": ({"burn_in": -1}, "`burn_in` must be at least 0"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_settings(name):
    setting, text = BAD[name]
    with pytest.raises(SettingError, match=text):
        Reading(**setting)


def test_bad_calls():
    with pytest.raises(SettingError, match="expected `num_draws`"):
        decodability("gru:2", reading=FEW, key=KEY)
    with pytest.raises(SettingError, match="`length` must be at least 1"):
        decodability("gru:2", length=0, num_draws=2, key=KEY)
    with pytest.raises(CellError, match="expected a `hidden_size`"):
        decodability("gru", num_draws=2, key=KEY)
