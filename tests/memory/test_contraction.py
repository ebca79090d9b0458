"""Certificates of forgetting: never broken by simulation, and tight where they can be.

They are vacuous where they must be.
"""

import math
from pathlib import Path

import equinox as eqx
import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covering import few
from firstbit.cells import GRU, Vanilla
from firstbit.errors import CellError, SettingError
from firstbit.languages import Language, embedded_reber, reber
from firstbit.memory import certificate_of_forgetting, separation_bound
from firstbit.memory.forgetting import contracting_norms, reachable
from firstbit.memory.forgetting.slope_bounds import CURVES, Interval
from firstbit.studies.verdicts.by_hand import vanilla

KEY = jax.random.key(0)
SLOW = {
    "logistic": (lambda x: 1 / (1 + np.exp(-x)), 0.5),
    "tanh": (np.tanh, 2.0),
    "sin": (np.sin, 0.9),
    "relu": (lambda x: np.maximum(x, 0), 0.5),
    "identity": (lambda x: x, 0.9),
    "softplus": (lambda x: np.logaddexp(x, 0), 0.8),
}


def cell(U, W, activation="logistic"):
    return vanilla(np.asarray(U, float), np.asarray(W, float), activation)


def random_net(seed, law="normal", k=4):
    random = np.random.default_rng(seed)
    W = (
        random.uniform(-1, 1, (k, k))
        if law == "fan-in-uniform"
        else random.standard_normal((k, k))
    )
    if law == "orthogonal":
        W = np.linalg.qr(W)[0]
    elif law != "normal":
        W = W / np.sqrt(k)
    return 2 * random.standard_normal((k, 2)), W


@pytest.mark.slow
@pytest.mark.parametrize("name", CURVES)
@given(centre=st.floats(-8, 8), reach=st.floats(0, 7), place=st.floats(0, 1))
@settings(max_examples=40)
def test_values_and_slopes_stay_within_their_intervals(name, centre, reach, place):
    over = Interval(np.array([centre - reach]), np.array([centre + reach]))
    x = centre - reach + 2 * reach * place
    slow = {**{n: f for n, (f, _) in SLOW.items()}, "erf": math.erf}[name]
    x = (
        x if abs(x) > 1e-5 else 0.0
    )  # a difference of quotients across the corner is no slope
    over = Interval(np.minimum(over.low, x), np.maximum(over.high, x))
    value, slope = slow(x), (slow(x + 1e-6) - slow(x - 1e-6)) / 2e-6
    (low, high), (flat, steep) = CURVES[name].values(over), CURVES[name].slopes(over)
    assert low[0] - 1e-12 <= value <= high[0] + 1e-12
    assert min(flat[0], steep[0]) - 1e-5 <= slope <= steep[0] + 1e-5


def propagated(U, W, activation, words, first, second):
    """Return distances (word, time) after each common symbol.

    Exact mean slopes carry the differences themselves on.
    """
    function, _ = SLOW[activation]
    h, g = (function(U.T[prefixes]) for prefixes in (first, second))
    d = h - g
    found = [np.linalg.norm(d, axis=1)]
    for symbols in words.T:
        field = U.T[symbols] + g @ W.T
        d = _difference(activation, field, d @ W.T)
        g = function(field)
        found.append(np.linalg.norm(d, axis=1))
    return np.stack(found, axis=1)


def _difference(activation, x, step):
    """f(x + step) - f(x) without cancellation."""
    if activation == "logistic":
        return np.sinh(step / 2) / (2 * np.cosh(x / 2) * np.cosh((x + step) / 2))
    if activation == "tanh":
        return np.sinh(step) / (np.cosh(x) * np.cosh(x + step))
    if activation == "sin":
        return 2 * np.sin(step / 2) * np.cos(x + step / 2)
    return step


WORDS, SYMBOLS = 8, 40
EXACT = ("logistic", "tanh", "sin", "identity")
"""Activations of which `_difference` needs no cancellation."""
FULL = 50
"""One net of each 50 has the whole search; the others stop early, as any metric and any
box must give a true bound."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("law", "number"),
    few(
        [
            ("fan-in-uniform", 60),
            ("fan-in-uniform", 250),
            ("normal", 250),
            ("orthogonal", 250),
            ("fan-in-normal", 250),
        ],
        kept=[0],
    ),
)
def test_no_simulation_breaks_a_certificate(law, number, monkeypatch):
    """Read a few words by each of 1,000 nets, in `make proof`.

    There are four activations and three sizes; gains lie about where contraction ends.
    """
    random, contracting = np.random.default_rng(0), 0
    steps, sweeps = contracting_norms.MOST_STEPS, reachable.NUM_SWEEPS
    shells = {
        (k, name): cell(np.zeros((k, 2)), np.zeros((k, k)), name)
        for k in (2, 3, 4)
        for name in EXACT
    }
    for i in range(number):
        monkeypatch.setattr(contracting_norms, "MOST_STEPS", 1 if i % FULL else steps)
        monkeypatch.setattr(reachable, "NUM_SWEEPS", 10 if i % FULL else sweeps)
        activation = EXACT[i % len(EXACT)]
        U, W = random_net(i, law, k=2 + i % 3)
        W = random.uniform(0.1, 1.5) * SLOW[activation][1] * W
        net = eqx.tree_at(lambda c: (c.U_h, c.W_h), shells[len(W), activation], (U, W))
        proved = certificate_of_forgetting(net, distance=1.0)
        words = random.integers(0, 2, (WORDS, SYMBOLS))
        for measured in propagated(
            U, W, activation, words, *np.array([[0, 1]] * WORDS).T
        ):
            bound = separation_bound(proved, np.arange(SYMBOLS + 1), measured[0])
            assert (measured <= bound * (1 + 1e-9)).all()
        contracting += bool(proved.rate.min() < 1)
    assert 0.4 * number < contracting < number, "some contract, and some don't"


def test_a_scalar_linear_cell_meets_its_bound():
    proved = certificate_of_forgetting(
        cell([[1.0, 0.0]], [[-0.5]], "identity"), distance=1.0, delta=2.0**-10
    )
    assert proved.rate.values == pytest.approx(0.5, rel=1e-12)
    assert separation_bound(proved, np.arange(5)) == pytest.approx(
        0.5 ** np.arange(5), rel=1e-12
    )
    assert proved.forgotten_after.values == pytest.approx(10, abs=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_for_linear_cells_the_quadratic_metric_reaches_the_spectral_radius(seed):
    U, W = random_net(seed, k=6)
    radius = abs(np.linalg.eigvals(W)).max()
    proved = certificate_of_forgetting(
        cell(U, 0.95 / radius * W, "identity"), distance=1.0
    )
    assert (
        radius * (1 - 1e-9)
        <= float(proved.rate.sel(bound="quadratic metric")) * radius / 0.95
        <= 1.01 * radius
    )
    assert np.linalg.norm(0.95 / radius * W, 2) > 1, "the plain norm says nothing here"
    assert np.isfinite(proved.forgotten_after.sel(bound="quadratic metric"))
    assert not np.isfinite(proved.forgotten_after.sel(bound="global slope"))


def test_the_box_bites_where_units_are_saturated():
    """Large input weights hold every unit far from its steepest point.

    Exact arithmetic on the box must find that.
    """
    U, W = np.array([[9.0, -9.0], [-9.0, 9.0]]), np.array([[0.0, 6.0], [6.0, 0.0]])
    proved = certificate_of_forgetting(cell(U, W), delta=1e-6)
    assert float(proved.rate.sel(bound="quadratic metric")) > 1
    assert float(proved.rate.sel(bound="reachable box, diagonal")) < 0.35
    steepest = 1 / (
        4 * np.cosh(1.5) ** 2
    )  # a field is at most -9 + 6 h, with h up to 1: never above -3 in absolute value
    assert float(proved.rate.sel(bound="reachable box, diagonal")) <= 6 * steepest * (
        1 + 1e-9
    )


def test_the_language_narrows_the_box():
    U, W = random_net(3, k=3)
    U = np.hstack([U, np.zeros((3, 1))])
    one, two = Language.from_regex("a(b)*c"), None
    narrow, wide = (
        certificate_of_forgetting(cell(3 * U, W, "tanh"), language=task)
        for task in (one, two)
    )
    assert float(narrow.distance) < float(wide.distance)
    assert float(narrow.rate[-1]) <= float(wide.rate[-1])


def test_states_of_the_language_are_inside_its_box():
    random = np.random.default_rng(8)
    U, W = random.standard_normal((5, 7)), random.standard_normal((5, 5))
    proved = certificate_of_forgetting(cell(U, W), language=reber())
    function = SLOW["logistic"][0]
    ends = []
    for word in ("BTXSE", "BPVVE", "BTSSSXXVVE", "BPTTVPSE"):
        h = np.zeros(5)
        for a in word:
            h = function(U[:, reber().alphabet.index(a)] + W @ h)
            ends.append(h)
    largest = max(np.linalg.norm(a - b) for a in ends for b in ends)
    assert largest <= float(proved.distance)


@pytest.mark.slow
def test_what_it_states():
    U, W = random_net(1)
    loose, tight = (
        certificate_of_forgetting(cell(U, W / 3), readout_norm=r) for r in (1.0, 100.0)
    )
    assert (loose.forgotten_after <= tight.forgotten_after).all()
    assert (loose.forgotten_after <= loose.below_rounding_after).all()
    assert (np.diff(loose.rate) <= 0).all(), "a refined bound is no worse"
    assert loose.below_rounding_after.attrs["units"] == "symbols"
    n = int(loose.below_rounding_after.min())
    words = np.zeros((1, n), int)
    (exact,) = propagated(U, W / 3, "logistic", words, np.array([0]), np.array([1]))
    assert exact[-1] <= 2.0**-53 * 1.001, "the distance in exact arithmetic"


def in_float64(U, W, activation, words, first, second):
    """Return the distances (word, time) of the states that float64 computes."""
    function, _ = SLOW[activation]
    h, g = (function(U.T[prefixes]) for prefixes in (first, second))
    found = [np.linalg.norm(h - g, axis=1)]
    for symbols in words.T:
        h, g = (function(U.T[symbols] + state @ W.T) for state in (h, g))
        found.append(np.linalg.norm(h - g, axis=1))
    return np.stack(found, axis=1)


@pytest.mark.slow
def test_float64_may_keep_two_states_apart():
    """One logistic unit: the states stop moving 1497 last places apart, for good.

    The distance in exact arithmetic is below a last place by then.
    """
    U, W = np.array([[-1.998, 1.002]]), np.array([[3.996]])
    proved = certificate_of_forgetting(cell(U, W))
    n = 40_000
    assert (proved.below_rounding_after < n).all()
    words = np.zeros((1, n), int)
    (apart,) = in_float64(U, W, "logistic", words, np.array([0]), np.array([1]))
    assert apart[-1] == apart[-2] == 1497 * 2.0**-53
    floor = proved.float64_floor.values
    assert (apart[-1] <= floor).all(), "nor does the bound break"
    assert (floor < 100 * apart[-1]).all(), "nor is it far away"
    bound = separation_bound(proved, np.arange(n + 1), apart[0], in_float64=True)
    assert (apart <= bound).all()
    exact = separation_bound(proved, np.array([n]), apart[0])
    assert exact[0] < 2.0**-54 < apart[-1]


@pytest.mark.slow
@pytest.mark.parametrize("activation", few(["logistic", "tanh", "sin"], kept=[1]))
def test_random_nets_in_float64_stay_within_their_bound(activation, monkeypatch):
    monkeypatch.setattr(contracting_norms, "MOST_STEPS", 3)
    random, kept = np.random.default_rng(4), 0
    words = random.integers(0, 2, (4, 1500))
    words[:2] = words[:2, -1:]
    first, second = np.array([[0, 1]] * 4).T
    for seed in range(25):
        U, W = random_net(seed, k=3)
        steepest = 0.25 if activation == "logistic" else 1.0
        W = W * random.uniform(0.9, 0.999) / (steepest * np.linalg.norm(W, 2))
        proved = certificate_of_forgetting(cell(U, W, activation))
        assert (np.isfinite(proved.float64_floor) == (proved.rate < 1)).all()
        measured = in_float64(U, W, activation, words, first, second)
        bound = separation_bound(
            proved, np.arange(1501), measured[0, 0], in_float64=True
        )
        assert (measured <= bound).all()
        kept += (measured[:, -1] > 0).sum()
    assert kept > 0, "some pairs never become equal"


@pytest.mark.parametrize("size", [1, 3])
def test_states_that_never_differ_are_forgotten_at_once(size):
    # All weights are 0: the box of states is a point, and its diameter 0.
    found = certificate_of_forgetting(
        cell(np.zeros((size, 2)), np.zeros((size, size)), "tanh")
    )
    assert float(found.distance) == 0
    assert (found.forgotten_after == 0).all()
    assert (found.below_rounding_after == 0).all()


@pytest.mark.slow
def test_unbounded_states_need_a_distance():
    U, W = random_net(2, "orthogonal")
    proved = certificate_of_forgetting(cell(U, 0.5 * W, "relu"))
    assert proved.rate.values == pytest.approx(0.5)
    assert np.isinf(proved.forgotten_after).all()
    assert np.isfinite(
        certificate_of_forgetting(
            cell(U, 0.5 * W, "relu"), distance=2.0
        ).forgotten_after
    ).all()


@pytest.mark.parametrize("activation", ["relu", "softplus", "identity"])
def test_a_state_without_weight_bounds_no_field(activation):
    """0 times a state without bounds is 0: one step forgets all, where W is 0."""
    U = [[3.0, 1.0], [2.0, 5.0]]
    values = SLOW[activation][0](np.array([[0.0, 3, 1], [0.0, 2, 5]]))
    low, high = values.min(axis=1), values.max(axis=1)
    low, high = np.minimum(low, 0), np.maximum(high, 0)
    proved = certificate_of_forgetting(cell(U, np.zeros((2, 2)), activation))
    assert (proved.rate == 0).all()
    assert (proved.forgotten_after == 1).all()
    assert np.isfinite(proved.float64_floor).all()
    assert float(proved.distance) <= np.linalg.norm(high - low) * (1 + 1e-9)
    # The second unit reads the first alone, so both are bounded after two symbols.
    chain = certificate_of_forgetting(cell(U, [[0.0, 0.0], [7.0, 0.0]], activation))
    assert np.isfinite(chain.distance)


@pytest.mark.slow
def test_the_published_vanilla_has_no_certificate():
    """Its weights come from `paper.replay_one("embedded_reber_vanilla", ...)`.

    They are those after its 1,000 epochs.
    """
    with np.load(
        Path(__file__).parents[1] / "data" / "published_vanilla.npz"
    ) as weights:
        trained = Vanilla.from_parameters(**weights)
    W = np.asarray(trained.W_h)
    assert (np.linalg.norm(W, 2), abs(np.linalg.eigvals(W)).max()) == pytest.approx(
        (7.88, 4.40), abs=0.005
    )
    proved = certificate_of_forgetting(trained, language=embedded_reber())
    assert float(proved.rate.sel(bound="global slope")) == pytest.approx(
        7.88 / 4, abs=0.002
    )
    assert (proved.rate > 1.5).all(), "even over the box of states that it can reach"
    assert np.isinf(proved.forgotten_after).all()


@pytest.mark.parametrize(
    ("make", "given", "error", "text"),
    [
        (
            lambda: GRU(2, 3, key=KEY),
            {},
            CellError,
            "bounds of the slopes of every gate over the reachable box are missing",
        ),
        (lambda: Vanilla, {}, CellError, "expected a built Vanilla cell, got Vanilla"),
        (
            lambda: Vanilla(2, 3, activation=jax.numpy.arctan, key=KEY),
            {},
            CellError,
            "bounds of the activation's slopes, .* got arctan",
        ),
        (lambda: cell([[np.nan, 0]], [[1]]), {}, CellError, "expected finite weights"),
        (
            lambda: Vanilla(2, 3, key=KEY),
            {"delta": 0.0},
            SettingError,
            "expected a `delta` above 0, got 0",
        ),
        (
            lambda: Vanilla(2, 3, key=KEY),
            {"language": reber()},
            SettingError,
            "a language of 2 symbols, .* reber has 7",
        ),
    ],
)
def test_what_cannot_be_certified_is_refused(make, given, error, text):
    made = make()
    with pytest.raises(error, match=text):
        certificate_of_forgetting(made, **given)


def contracting(seed):
    """A net whose recurrent weights shrink all vectors by a fifth, or more."""
    made = Vanilla(2, 4, activation="tanh", key=jax.random.key(seed))
    W = np.random.default_rng(seed).normal(size=(4, 4))
    return eqx.tree_at(lambda c: c.W_h, made, 0.8 * W / np.linalg.norm(W, 2))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_no_bound_is_worse_than_the_one_that_it_refines(seed):
    proved = certificate_of_forgetting(contracting(seed), delta=1e-3)
    for name in ("rate", "forgotten_after", "below_rounding_after"):
        assert (np.diff(proved[name].values) <= 0).all(), name


@pytest.mark.parametrize("seed", range(4))
def test_a_bound_of_float64_is_that_of_one_metric(seed):
    """The floor of one metric says nothing of what another leaves."""
    proved = certificate_of_forgetting(contracting(seed), delta=1e-3)
    rate, factor = proved.rate.values, proved.factor.values
    floor = proved.float64_floor.values
    over_floor = floor / (factor / (1 - rate))
    assert np.allclose(over_floor, over_floor[0], rtol=1e-9, atol=0)
    n = np.array([0, 10, 40])
    each = factor * rate ** n[:, None] * proved.distance.item() + floor
    found = separation_bound(proved, n, in_float64=True)
    assert np.allclose(found, each.min(axis=1), rtol=1e-12, atol=0)
