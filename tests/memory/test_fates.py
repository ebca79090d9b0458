"""Fates of pairs of words: cells of known fates, a slow twin, figure and command."""

import json
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from itertools import pairwise

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import xarray as xr

import oracles
from firstbit.cells import GRU, LSTM, Vanilla, initializer_by_name, redraw
from firstbit.cli import main
from firstbit.datasets import interval
from firstbit.errors import CellError, SettingError
from firstbit.execution import Execution
from firstbit.memory import FATES, Thresholds, discrepancy, fates
from firstbit.plots import fate_shares, save

KEY = jax.random.key(0)
GOLDEN = np.pi * (3 - 5**0.5)
SHORT = {"transient": 395, "horizon": 200}


def fates_of(cell, **settings):
    """`fates` with its thresholds as plain arguments."""
    names = [one.name for one in fields(Thresholds)]
    thresholds = {name: settings.pop(name) for name in names if name in settings}
    return fates(cell, thresholds=Thresholds(**thresholds), **settings)


class Constructed(eqx.Module):
    """A cell that goes by a rule: `numbers` is a vector, so it stays as it is built."""

    numbers: jax.Array
    hidden_size: int = eqx.field(static=True)

    def __init__(self, *numbers, hidden_size=1):
        with jax.enable_x64(True):
            self.numbers, self.hidden_size = jnp.array(numbers), hidden_size

    def fate(self, **settings):
        settings = (
            {
                "hidden_sizes": [self.hidden_size],
                "length": 5,
                "key": KEY,
            }
            | SHORT
            | settings
        )
        found = fates_of(self, **settings)
        assert found.sizes["draw"] == 1
        return str(found.fate[found.fate_number[0, 0]].item()), found.isel(
            hidden_size=0, draw=0
        )


class Circle(Constructed):
    """A turn by a fixed angle; the circle of radius 1 attracts.

    Symbol 1 gives one more turn and scales the radius.
    """

    __init__ = Constructed.__init__

    def initial_state(self):
        return jnp.array([1.0, 0.0])

    def __call__(self, input, hidden):
        turn, extra, scale = self.numbers
        angle, radius = turn + extra * input[1], jnp.linalg.norm(hidden)
        new = 1 + 0.5 * (radius - 1) + scale * input[1]
        c, s = jnp.cos(angle), jnp.sin(angle)
        return (
            jnp.array([c * hidden[0] - s * hidden[1], s * hidden[0] + c * hidden[1]])
            * new
            / radius
        )


class Affine(Constructed):
    """h -> slope h + x, with the second symbol as x."""

    __init__ = Constructed.__init__

    def __call__(self, input, hidden):
        return self.numbers * hidden + input[1]


class Step(Constructed):
    """Any step of a state; symbol 1 adds to its last unit."""

    step: Callable = eqx.field(static=True)

    def __init__(self, step, *start, push=0.1):
        super().__init__(push, *start, hidden_size=len(start))
        self.step = step

    def initial_state(self):
        return self.numbers[1:]

    def __call__(self, input, hidden):
        return self.step(hidden.at[-1].add(self.numbers[0] * input[1]))


def tent(h):
    return 1 - jnp.abs(1 - 2 * h)


def doubled(h):
    return 2 * h - jnp.floor(2 * h)


def logistic_map(h):
    return 4 * h * (1 - h)


def beside_chaos(h):
    """A unit that forgets, beside a chaotic one that reads nothing."""
    return jnp.stack([logistic_map(h[0]), 0.5 * h[1]])


def small_chaos(h):
    """A constant, and a chaotic unit of a hundred-thousandth of its size."""
    return jnp.stack([h[0], 1e-5 * logistic_map(1e5 * h[1])])


class Latch(Constructed):
    """A unit that stays on the side to which the symbol pushes it.

    A negative factor makes it change sides.
    """

    __init__ = Constructed.__init__

    def __call__(self, input, hidden):
        return jnp.tanh(self.numbers * hidden - 0.1 + 5 * input[1])


class Saddle(Constructed):
    """A unit that leaves 0 slowly, and for a long time as if it grew for good."""

    __init__ = Constructed.__init__

    def __call__(self, input, hidden):
        return jnp.tanh(self.numbers * hidden + 1e-3 * input[1])


class LogisticMap(Constructed):
    """h -> 4 h (1 - h)."""

    __init__ = Constructed.__init__

    def initial_state(self):
        return jnp.array([0.2])

    def __call__(self, input, hidden):
        h = hidden + 0.25 * input[1]
        return self.numbers * h * (1 - h)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "expected", "exponent"),
    [
        (Circle(GOLDEN, 0.0, 0.3, hidden_size=2), "merged", 0.0),
        (Affine(0.5), "merged", np.log(0.5)),
        (Affine(0.98), "merged", np.log(0.98)),
        (Latch(3.0), "different fixed points", None),
        (Circle(0.0, 1.0, 0.0, hidden_size=2), "different fixed points", 0.0),
        (
            Circle(2 * np.pi / 5, 4 * np.pi / 5, 0.1, hidden_size=2),
            "same orbit, other phase",
            0.0,
        ),
        (Circle(2 * np.pi / 5, 0.3, 0.1, hidden_size=2), "different orbits", 0.0),
        (Circle(GOLDEN, 0.3, 0.1, hidden_size=2), "separated", 0.0),
        (Affine(0.999), "separated", np.log(0.999)),
        (LogisticMap(4.0), "chaotic", np.log(2)),
        (LogisticMap(3.2), "same orbit, other phase", np.log(0.16) / 2),
        (Affine(1.02), "growing", np.log(1.02)),
        (Affine(9.0), "growing", None),
        (Step(tent, 0.2), "unresolved", np.log(2)),
        pytest.param(
            *(Step(doubled, 0.2), "unresolved", np.log(2)), marks=pytest.mark.proof
        ),
        (Step(beside_chaos, 0.2, 0.0), "merged", np.log(2)),
        pytest.param(
            *(Step(small_chaos, 1.0, 0.2e-5, push=1e-6), "chaotic", np.log(2)),
            marks=pytest.mark.proof,
        ),
        pytest.param(
            *(Step(lambda h: 0.99 * h + 1, 0.0), "merged", np.log(0.99)),
            marks=pytest.mark.proof,
        ),
        pytest.param(
            *(Step(lambda h: 1 - h, 0.0), "different orbits", 0.0),
            marks=pytest.mark.proof,
        ),
    ],
)
def test_cells_whose_fate_is_known(cell, expected, exponent):
    fate, draw = cell.fate()
    assert fate == expected
    assert draw.num_unbounded == (fate == "growing")
    assert np.isnan(draw.growth_order) == (fate != "growing")
    if exponent is not None:
        assert abs(draw.exponent - exponent) < max(4 * draw.exponent_se, 1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("step", "start", "order"),
    [
        (lambda h: h + 0.1, (0.0,), 1.0),
        pytest.param(
            lambda h: jnp.stack([h[0] + 1, h[1] + h[0]]),
            (0.0, 0.0),
            2.0,
            marks=pytest.mark.proof,
        ),
        (lambda h: h + 1 / (1 + h), (0.0,), 0.5),
        pytest.param(lambda h: 1.01 * h, (1.0,), np.inf, marks=pytest.mark.proof),
        pytest.param(lambda h: -1.02 * h, (1.0,), np.inf, marks=pytest.mark.proof),
        (lambda h: 1.01 * jnp.stack([h[1], -h[0]]), (1.0, 0.0), np.inf),
        pytest.param(
            lambda h: jnp.stack([jnp.sin(h[1]), h[1] + 1]),
            (0.0, 0.0),
            1.0,
            marks=pytest.mark.proof,
        ),
        pytest.param(lambda h: h**2 + 2, (1.0,), np.inf, marks=pytest.mark.proof),
    ],
)
def test_growth_and_its_order_are_found(step, start, order):
    fate, draw = Step(step, *start).fate(transient=600, horizon=400)
    assert fate == "growing"
    assert draw.num_unbounded == 1
    assert float(draw.growth_order) == pytest.approx(order, rel=0.03)


@pytest.mark.slow
@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(Step(lambda h: 0.998 * h + 1, 0.0), marks=pytest.mark.proof),
        Step(lambda h: h + jnp.exp(-h) / 100, 5.0),
        Saddle(1.001),
    ],
)
def test_slow_states_do_not_grow(cell):
    """One approaches its bound; one grows like a logarithm; one leaves a saddle."""
    fate, draw = cell.fate(transient=600, horizon=400)
    assert fate != "growing"
    assert draw.num_unbounded == 0


@pytest.mark.slow
def test_relu_nets_with_the_identity_grow_linearly():
    """A pair grows where the letter 0 gives a unit a positive input: 1 - 2^-5."""
    found = fates_of(
        partial(Vanilla, activation="relu"),
        initializer="identity",
        hidden_sizes=[5],
        num_draws=400,
        key=KEY,
        **SHORT,
    ).isel(hidden_size=0)
    grows = found.fate_number == FATES.index("growing")
    assert found.num_unbounded == grows.sum()
    expected = 1 - 2.0**-5
    assert abs(float(grows.mean()) - expected) < 4 * (expected / 32 / 400) ** 0.5
    assert float(found.growth_order.median()) == pytest.approx(1, abs=1e-6)
    assert np.array_equal(np.isfinite(found.growth_order), grows)


@pytest.mark.slow
def test_periods_are_found():
    assert Circle(2 * np.pi / 5, 0.3, 0.1, hidden_size=2).fate()[
        1
    ].period.values.tolist() == [5, 5]
    assert Circle(2 * np.pi / 50, 0.3, 0.1, hidden_size=2).fate()[
        1
    ].period.values.tolist() == [50, 50]
    fate, draw = Circle(2 * np.pi / 50, 0.3, 0.1, hidden_size=2).fate(largest_period=49)
    assert (fate, draw.period.values.tolist()) == ("separated", [0, 0])


@pytest.mark.slow
def test_a_slow_pair_merges_if_one_waits():
    assert Affine(0.999).fate(horizon=4000)[0] == "merged"
    assert Affine(0.999).fate(exponent_floor=0.0)[0] == "merged"


@pytest.mark.slow
def test_the_scale_of_the_states_does_not_matter():
    """A relu net is homogeneous: the scale of the input is that of the state."""
    settings = {"hidden_sizes": [4], "num_draws": 100, "key": KEY, **SHORT}
    relu = partial(Vanilla, activation="relu")
    laws = [
        {"U_h": initializer_by_name("normal", gain), "W_h": "fan-in-normal"}
        for gain in (2.0**-30, 1.0)
    ]
    small, large = (fates_of(relu, initializer=law, **settings) for law in laws)
    assert np.array_equal(small.fate_number, large.fate_number)
    assert small.share_of_discrepancy.values == pytest.approx(
        large.share_of_discrepancy.values
    )


# a slow twin


def stepped(name, nets, first_symbol, states):
    """One step of all nets, states as columns (draw, number, 1): h, and c after it."""
    x = np.eye(2)[:, [first_symbol]]
    if name == "lstm":
        return np.concatenate(
            oracles.step(name, nets, x, np.split(states, 2, axis=1)), axis=1
        )
    return oracles.step(name, nets, x, states)


def trajectory(name, nets, symbols):
    """The states of all nets after each symbol, (time, draw, number, 1)."""
    some = next(iter(nets.values()))
    state, found = (
        np.zeros((len(some), some.shape[1] * (2 if name == "lstm" else 1), 1)),
        [],
    )
    for symbol in symbols:
        state = stepped(name, nets, symbol, state)
        found.append(state)
    return np.array(found)


def growth_along(name, nets, orbit):
    """Return the growth of the distance to a second trajectory, (time, draw).

    At each step the second is brought back to a distance of 1e-8.
    """
    by, growth = np.full(orbit[0].shape, 1e-8 / orbit.shape[2] ** 0.5), []
    for here, there in pairwise(orbit):
        by = stepped(name, nets, 0, here + by) - there
        length = np.linalg.norm(by, axis=1, keepdims=True)
        growth.append(np.log(length[:, 0, 0] / 1e-8))
        by = by / length * 1e-8
    return np.array(growth)


def return_time(orbit, tolerance):
    """Return the first time all of whose multiples bring the trajectory back.

    It is 0 if there is none up to half the trajectory's length.
    """
    near = np.linalg.norm(orbit - orbit[0], axis=1) <= tolerance
    return next((p for p in range(1, len(orbit) // 2 + 1) if near[p::p].all()), 0)


def slow_fates(name, nets, transient, horizon):
    """The seven classes by the words of their definition."""
    orbits = [
        trajectory(name, nets, [first] + [0] * (transient + horizon - 1))
        for first in (0, 1)
    ]
    scale = np.max(
        [np.linalg.norm(orbit, axis=2).max(axis=0) for orbit in orbits], axis=0
    )[:, 0]
    warm = (
        transient - 5
        # symbols in which a tangent turns to the direction that grows most, as many as
        # there are
    )
    growth = [
        growth_along(name, nets, orbit[transient - 1 - warm :])[warm:]
        for orbit in orbits
    ]
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
            kind = (
                "same orbit, other phase"
                if periods[0] == periods[1] and nearest <= 1e-4 * scale[i]
                else "different orbits"
            )
            classes.append("different fixed points" if max(periods) == 1 else kind)
        elif shrinks(apart, horizon) and rate < -beyond:
            classes.append("merged")
        else:
            classes.append(
                "chaotic"
                if rate > beyond
                else "separated"
                if rate >= -beyond
                else "unresolved"
            )
    return classes


def of_parts(growth):
    means = growth.reshape(10, -1).mean(axis=1)
    return means.mean(), means.std(ddof=1) / np.sqrt(10)


def shrinks(apart, horizon):
    rate, error = of_parts(np.diff(np.log(np.maximum(apart, 1e-16))))
    return rate < -max(2 / horizon, 2 * error)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "cell", "size"),
    [
        ("vanilla-tanh", partial(Vanilla, activation="tanh"), 5),
        pytest.param("gru-before", GRU, 8, marks=pytest.mark.proof),
        pytest.param("lstm", LSTM, 6, marks=pytest.mark.proof),
    ],
)
def test_fates_are_those_of_a_slow_twin(name, cell, size):
    """Fates agree draw by draw, but for one of 200 near a threshold.

    The twin subtracts states, which loses digits.
    """
    found = fates_of(
        cell, hidden_sizes=[size], num_draws=200, key=KEY, length=5, **SHORT
    )
    with jax.enable_x64(True):
        one, of_draw = cell(2, size, key=KEY), jax.vmap(jax.random.fold_in, (None, 0))
        drawn = jax.jit(jax.vmap(lambda key: redraw(one, "normal", key).parameters()))
        nets = {
            p: np.asarray(w)
            for p, w in drawn(
                of_draw(jax.random.fold_in(KEY, size), np.arange(200))
            ).items()
        }
    expected = slow_fates(name, nets, 400, 200)
    got = found.fate.values[found.fate_number[0].values]
    differ = [
        (i, str(a), b)
        for i, (a, b) in enumerate(zip(got, expected, strict=True))
        if a != b
    ]
    assert len(differ) <= 1, differ


# shares


@pytest.fixture(scope="module")
def tanh_nets():
    return fates_of(
        partial(Vanilla, activation="tanh"),
        hidden_sizes=[4, 5],
        length=20,
        num_draws=150,
        key=KEY,
        **SHORT,
    )


@pytest.mark.slow
def test_shares_add_up_and_are_of_the_draws_of_the_discrepancy(tanh_nets):
    assert tanh_nets.share.dims == ("hidden_size", "fate")
    assert tanh_nets.fate.values.tolist() == list(FATES)
    for name in ("share", "share_of_discrepancy"):
        assert tanh_nets[name].sum("fate").values == pytest.approx([1, 1])
    lower, upper = interval(tanh_nets, "share")
    assert (lower <= tanh_nets.share).all()
    assert (tanh_nets.share <= upper).all()
    d = discrepancy(
        partial(Vanilla, activation="tanh"),
        hidden_sizes=[4, 5],
        length=20,
        num_draws=150,
        key=KEY,
    )
    assert tanh_nets.distance.mean("draw").values == pytest.approx(
        d.discrepancy.sel(length=20).values, rel=1e-12
    )
    for i, fate in enumerate(FATES):
        belongs = tanh_nets.fate_number == i
        assert tanh_nets.share.sel(fate=fate).values == pytest.approx(
            belongs.mean("draw").values
        )
        of_distance = tanh_nets.distance.where(belongs, 0).sum(
            "draw"
        ) / tanh_nets.distance.sum("draw")
        assert tanh_nets.share_of_discrepancy.sel(fate=fate).values == pytest.approx(
            of_distance.values
        )
    for name in tanh_nets.variables:
        assert {"long_name", "units"} <= set(tanh_nets[name].attrs), name
    printed = json.loads(tanh_nets.attrs["configuration"])
    thresholds = {
        "transient": 395,
        "horizon": 200,
        "largest_period": 100,
        "exponent_floor": 0.01,
    }
    assert thresholds.items() <= printed.items()
    assert thresholds.items() <= tanh_nets.attrs.items()


@pytest.mark.slow
def test_the_error_of_a_share_of_d_is_that_of_the_bootstrap(tanh_nets):
    random = np.random.default_rng(0)
    distance, is_phase = (
        tanh_nets[name][1].values for name in ("distance", "fate_number")
    )
    is_phase = is_phase == FATES.index("same orbit, other phase")
    again = random.integers(0, len(distance), (4000, len(distance)))
    shares = (distance * is_phase)[again].sum(1) / distance[again].sum(1)
    error = tanh_nets.share_of_discrepancy_se.sel(
        fate="same orbit, other phase", hidden_size=5
    )
    assert float(error) == pytest.approx(shares.std(), rel=0.1)


@pytest.mark.slow
def test_other_draws_sizes_and_threads_change_nothing(tanh_nets):
    fewer = fates_of(
        partial(Vanilla, activation="tanh"),
        hidden_sizes=[5],
        length=20,
        num_draws=70,
        key=KEY,
        execution=Execution(workers=1),
        **SHORT,
    )
    for name in ("fate_number", "exponent", "distance", "period"):
        assert np.array_equal(
            fewer[name].sel(hidden_size=5),
            tanh_nets[name].sel(hidden_size=5, draw=slice(0, 70)),
        )


@pytest.mark.proof
def test_the_shares_of_tanh_nets_of_five_units():
    """Another program found 27 % on one cycle at another phase, and 3 % chaotic.

    It tried few nets.
    """
    found = fates_of(
        partial(Vanilla, activation="tanh"), hidden_sizes=[5], num_draws=600, key=KEY
    ).isel(hidden_size=0)
    for fate, share in (("same orbit, other phase", 0.27), ("chaotic", 0.03)):
        lower, upper = (end.sel(fate=fate) for end in interval(found, "share"))
        assert lower < share < upper


@pytest.mark.slow
def test_nets_without_a_difference_have_no_share_of_d():
    found = fates_of(
        Vanilla,
        hidden_sizes=[1],
        num_draws=4,
        initializer={"U_h": jax.nn.initializers.zeros},
        key=KEY,
        **SHORT,
    )
    assert found.share.sel(fate="merged").item() == 1
    assert np.isnan(found.share_of_discrepancy).all()


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"transient": -1}, "`transient` must be at least 0; got -1"),
        ({"horizon": 99}, "`horizon` must be at least 100; got 99"),
        (
            {"horizon": 100, "largest_period": 51},
            "a largest period from 1 to half the horizon, 50, got 51",
        ),
        (
            {"return_tolerance": 1e-3},
            "0 < return_tolerance < same_tolerance < 1, got 0.001 and 0.0001; try",
        ),
        (
            {"exponent_floor": -1.0},
            "an exponent floor of at least 0, got -1; try 0.002",
        ),
        ({"growth_floor": 0.0}, "a growth floor above 0, got 0; try 0.25"),
        ({"num_draws": 1}, "`num_draws` must be at least 2; got 1"),
        ({"length": 0}, "`length` must be at least 1; got 0"),
        ({"hidden_sizes": [0]}, "`hidden_size` must be at least 1; got 0"),
        ({"initializer": "norm"}, "did you mean 'normal'"),
    ],
)
def test_wrong_settings_are_refused(settings, text):
    with pytest.raises(SettingError, match=text):
        fates_of(
            Vanilla, **{"hidden_sizes": [2], "num_draws": 4, "key": KEY} | settings
        )


def test_cells_that_cannot_be_measured_are_refused():
    with pytest.raises(CellError, match="a pytree that holds arrays"):
        fates_of(lambda n, k, *, key: print, hidden_sizes=[2], num_draws=4, key=KEY)


# the picture and the command


@pytest.mark.slow
def test_the_picture_shows_every_pair(tanh_nets, tmp_path):
    figure = fate_shares({"tanh": tanh_nets}, title="fates")
    for axes in figure.axes:
        tops = [bar.get_y() + bar.get_height() for bar in axes.containers[-1]]
        assert tops == pytest.approx([1, 1])
    save(figure, tmp_path / "fates")


@pytest.mark.slow
def test_the_picture_refuses_other_datasets(tanh_nets):
    with pytest.raises(SettingError, match="a Dataset for one or more cells, got none"):
        fate_shares({}, title="")
    with pytest.raises(
        SettingError, match=r"expected the variable `share\(hidden_size, fate\)`"
    ):
        fate_shares({"a": tanh_nets.drop_vars("share")}, title="")


@pytest.mark.slow
def test_the_command_prints_draws_and_saves(tmp_path, capsys):
    ask = [
        "fates",
        "--cell",
        "vanilla:2,activation=relu",
        "--num-draws",
        "40",
        "--transient",
        "100",
        "--horizon",
        "100",
    ]
    assert (
        main(
            [*ask, "--figure", str(tmp_path / "f.svg"), "--out", str(tmp_path / "f.nc")]
        )
        == 0
    )
    out = capsys.readouterr().out
    assert "same orbit, other phase" in out
    assert "grow without bound" in out
    assert (tmp_path / "f.svg").read_bytes().startswith(b"<?xml")
    assert main([*ask, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    with xr.open_dataset(tmp_path / "f.nc") as saved:
        assert saved.share.values.tolist() == printed["share"]
        assert saved.num_unbounded.values.tolist() == printed["num_unbounded"]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ("--transient -1", "`transient` must be at least 0; got -1."),
        ("--horizon 10", "`horizon` must be at least 100; got 10."),
        ("--num-draws 1", "`num_draws` must be at least 2; got 1."),
        ("--length 0", "`length` must be at least 1; got 0."),
        ("--figure a.gif", "ends in .svg, .png or .pdf"),
        ("--cell gro", "did you mean 'gru'?"),
    ],
)
def test_refusals_are_one_line(arguments, text, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["fates", *arguments.split()]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert text in printed.err
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("horizon", [100, 105, 109])
def test_parts_of_unequal_length_make_no_error(horizon):
    found = fates_of(Affine(0.5), horizon=horizon, transient=500, key=KEY)
    assert found.exponent == pytest.approx(np.log(0.5), rel=1e-9)
    assert float(found.exponent_se.max()) < 1e-9
