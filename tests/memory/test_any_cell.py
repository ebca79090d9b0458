"""Cells that are not ours: measured unchanged, and refused with one clear line."""

import json
from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from covering import few
from firstbit.cells import (
    GRU,
    LSTM,
    Vanilla,
    cell_by_name,
    initial_state,
    initializer_by_name,
    redraw,
)
from firstbit.cells.given import Given
from firstbit.cli import main
from firstbit.errors import CellError, SettingError
from firstbit.memory import discrepancy
from firstbit.memory.ensemble.ensemble import Ensemble
from firstbit.memory.ensemble.run import samples
from firstbit.memory.ensemble.word_pair import WordPair

KEY = jax.random.key(0)

OWN_CELL = '''
"""A cell of one's own: a leaky unit, with its leaks as a vector."""

import equinox as eqx
import jax
import jax.numpy as jnp


class Leaky(eqx.Module):
    U: jax.Array
    W: jax.Array
    leak: jax.Array

    def __init__(self, input_size, hidden_size, *, key):
        self.U = jnp.zeros((hidden_size, input_size))
        self.W = jnp.zeros((hidden_size, hidden_size))
        self.leak = jnp.linspace(0.1, 0.9, hidden_size)

    def initial_state(self):
        return jnp.zeros(self.W.shape[0])

    def __call__(self, input, hidden):
        new = jnp.tanh(self.U @ input + self.W @ hidden)
        return self.leak * hidden + (1 - self.leak) * new
'''


@pytest.fixture
def own_cell(tmp_path):
    path = tmp_path / "leaky.py"
    path.write_text(OWN_CELL)
    return f"{path}:Leaky"


def draw(name, shape):
    return np.random.default_rng(sum(map(ord, name))).standard_normal(shape)


@pytest.mark.slow
def test_equinox_gru_is_ours_with_the_reset_after():
    with jax.enable_x64(True):
        p = {
            f"{m}_{g}": jnp.asarray(draw(m + g, (7, 3 if m == "U" else 7)))
            for g in "zrh"
            for m in "UW"
        }
        ours = eqx.tree_at(
            lambda cell: [getattr(cell, name) for name in p],
            GRU(3, 7, reset="after", key=KEY),
            [*p.values()],
        )
        theirs = eqx.nn.GRUCell(3, 7, use_bias=False, key=KEY)
        stacked = [jnp.concatenate([p[f"{m}_{g}"] for g in "rzh"]) for m in "UW"]
        theirs = eqx.tree_at(
            lambda cell: [cell.weight_ih, cell.weight_hh], theirs, stacked
        )
        x, h = jnp.asarray(draw("x", 3)), jnp.asarray(draw("h", 7))
        assert np.linalg.norm(theirs(x, h) - ours(x, h)) < 1e-14 * np.linalg.norm(
            ours(x, h)
        )


@pytest.mark.slow
def test_equinox_lstm_is_ours():
    with jax.enable_x64(True):
        ours = LSTM.from_parameters(
            **{
                f"{m}_{g}": jnp.asarray(draw(m + g, (7, 3 if m == "U" else 7)))
                for g in "ifgo"
                for m in "UW"
            }
        )
        p = ours.parameters()
        theirs = eqx.nn.LSTMCell(3, 7, use_bias=False, key=KEY)
        stacked = [jnp.concatenate([p[f"{m}_{g}"] for g in "ifgo"]) for m in "UW"]
        theirs = eqx.tree_at(
            lambda cell: [cell.weight_ih, cell.weight_hh], theirs, stacked
        )
        x, state = (
            jnp.asarray(draw("x", 3)),
            (jnp.asarray(draw("h", 7)), jnp.asarray(draw("c", 7))),
        )
        for a, b in zip(theirs(x, state), ours(x, state), strict=True):
            assert np.linalg.norm(a - b) < 1e-14 * np.linalg.norm(b)


@pytest.mark.slow
@pytest.mark.parametrize("theirs", few([eqx.nn.GRUCell, eqx.nn.LSTMCell], kept=[1]))
def test_equinox_cells_are_measured_like_ours(theirs):
    ours = cell_by_name("gru", reset="after") if theirs is eqx.nn.GRUCell else LSTM
    asked = {"length": 10, "num_draws": 3000, "initializer": "normal", "key": KEY}
    a, b = (discrepancy(cell, hidden_sizes=[6], **asked) for cell in (theirs, ours))
    assert (
        abs(a.discrepancy - b.discrepancy)
        < 4 * np.hypot(a.discrepancy_se, b.discrepancy_se)
    ).all()


@pytest.mark.slow
def test_the_whole_state_of_an_lstm():
    h, both = (
        discrepancy(LSTM, hidden_sizes=[5], length=4, num_draws=50, measured=m, key=KEY)
        for m in ("hidden", "all")
    )
    assert (both.discrepancy > h.discrepancy).all()


@pytest.mark.slow
def test_a_built_cell_and_its_size():
    built = eqx.nn.GRUCell(2, 5, key=KEY)
    asked = {"length": 3, "num_draws": 8, "initializer": "normal", "key": KEY}
    same = discrepancy(eqx.nn.GRUCell, hidden_sizes=[5], **asked)
    redrawn = discrepancy(built, hidden_sizes=[5], **asked)
    assert np.allclose(redrawn.discrepancy, same.discrepancy, rtol=1e-14, atol=0)
    # Within a larger cell the class has another order of sums; by itself the same bits.
    alone = []
    for cell in (eqx.nn.GRUCell, built):
        given = Given.of(cell, hidden_sizes=[5], initializer="normal")
        pair = WordPair.of("constant")
        asked = {"length": 3, "num_draws": 8, "key": KEY}
        (sample,) = samples(Ensemble.of(given, pair, **asked))
        alone.append(sample.distances)
    np.testing.assert_array_equal(*alone)
    with pytest.raises(
        CellError, match="expected a cell of 2 inputs and 4 units, got one of 2 and 5"
    ):
        discrepancy(built, hidden_sizes=[4], length=3, key=KEY)


@pytest.mark.slow
def test_a_cell_of_ones_own_from_the_command_line(own_cell, capsys):
    assert (
        main(
            [
                "discrepancy",
                "--cell",
                own_cell,
                "--hidden-size",
                "6",
                "--length",
                "5",
                "--num-draws",
                "40",
                "--json",
            ]
        )
        == 0
    )
    printed = json.loads(capsys.readouterr().out)
    with jax.enable_x64(True):
        cell: Any = cell_by_name(own_cell)(2, 6, key=KEY)
        found = []
        for i in range(40):
            net = redraw(
                cell, "normal", jax.random.fold_in(jax.random.fold_in(KEY, 6), i)
            )
            assert np.array_equal(net.leak, cell.leak)
            U, W, leak = (np.asarray(a) for a in (net.U, net.W, net.leak))
            states = [np.zeros(6), np.zeros(6)]
            for t in range(5):
                inputs = (U[:, 0], U[:, 1] if t == 0 else U[:, 0])
                states = [
                    leak * h + (1 - leak) * np.tanh(x + W @ h)
                    for x, h in zip(inputs, states, strict=True)
                ]
            found.append(np.linalg.norm(states[0] - states[1]))
    assert printed["discrepancy"][0][-1] == pytest.approx(np.mean(found), rel=1e-12)


@pytest.mark.slow
def test_laws_for_each_weight_and_those_of_jax():
    cell = LSTM(2, 4, use_bias=True, key=KEY)
    drawn = redraw(
        cell,
        {"W_f": "identity", "W_*": "orthogonal", "b_f": jax.nn.initializers.ones},
        KEY,
    )
    assert np.array_equal(drawn.W_f, np.eye(4))
    assert np.allclose(drawn.W_i @ drawn.W_i.T, np.eye(4), atol=1e-6)
    assert drawn.b_f.tolist() == [1.0] * 4
    assert drawn.b_i.tolist() == [0.0] * 4
    stacked = redraw(eqx.nn.GRUCell(2, 4, key=KEY), "orthogonal", KEY).weight_hh
    assert np.allclose(
        stacked.reshape(3, 4, 4) @ stacked.reshape(3, 4, 4).swapaxes(1, 2),
        np.eye(4),
        atol=1e-6,
    )
    # JAX's laws count inputs along the first axis: fan-in is the number of columns
    # here.
    wide = redraw(
        Vanilla(400, 3, key=KEY),
        jax.nn.initializers.variance_scaling(1.0, "fan_in", "normal"),
        KEY,
    ).U_h
    assert float(jnp.std(wide)) == pytest.approx(1 / 20, rel=0.1)
    d = discrepancy(
        Vanilla,
        hidden_sizes=[3],
        length=2,
        num_draws=30,
        initializer=jax.nn.initializers.orthogonal(),
        key=KEY,
    )
    assert np.isfinite(d.discrepancy).all()
    with pytest.raises(
        SettingError,
        match="expected a name among the cell's arrays, U_h, W_h; got 'W_z'",
    ):
        redraw(Vanilla(2, 3, key=KEY), {"W_z": "normal"}, KEY)
    with pytest.raises(SettingError, match="doesn't fit `U_h` of shape"):
        redraw(Vanilla(2, 3, key=KEY), jax.nn.initializers.delta_orthogonal(), KEY)
    with pytest.raises(SettingError, match="expected a gain above 0"):
        initializer_by_name("normal", 0.0)


class Broken(eqx.Module):
    """A cell with one of the faults that a cell can have."""

    W: jax.Array
    hidden_size: int = eqx.field(static=True)
    fault: str = eqx.field(static=True)

    def __init__(self, fault, input_size, hidden_size, *, key):
        if fault == "size" and hidden_size < 8:
            raise ValueError("needs 8 units")
        self.W, self.hidden_size, self.fault = (
            jnp.ones((hidden_size, input_size)),
            hidden_size,
            fault,
        )

    def __call__(self, input, hidden):
        h = jnp.tanh(self.W @ input + hidden)
        return {
            "shape": h[1:],
            "dtype": h.astype(jnp.float32),
            "nan": jnp.log(-1 - h**2),
            "input": hidden,
            "pair": (h, h),
            "size": h,
        }[self.fault]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("shape", r"a state like the one it gets, float64\[4\]; got float64\[3\]"),
        ("dtype", r"got float32\[4\]"),
        ("pair", "a state like the one it gets"),
        ("nan", "to give finite numbers, got nan"),
        ("input", "its first step is the same for two symbols; D would be 0"),
        ("size", "refuses 2 inputs and 4 units: ValueError: needs 8 units"),
    ],
)
def test_faulty_cells_are_refused_before_the_work(fault, message):
    with pytest.raises(CellError, match=message):
        discrepancy(
            lambda n, k, *, key: Broken(fault, n, k, key=key),
            hidden_sizes=[4],
            length=3,
            num_draws=8,
            key=KEY,
        )


@pytest.mark.wrong_types
def test_what_is_no_cell_is_refused():
    with pytest.raises(CellError, match="a pytree that holds arrays"):
        discrepancy(
            lambda n, k, *, key: print, hidden_sizes=[4], length=3, num_draws=8, key=KEY
        )
    with pytest.raises(CellError, match="expected a cell or a factory"):
        discrepancy(3, hidden_sizes=[4], length=3, num_draws=8, key=KEY)
    with pytest.raises(
        CellError,
        match="give `initial_state=` a function of the cell, or the cell a method",
    ):
        initial_state(object())


@pytest.mark.slow
def test_an_initial_state_that_is_given():
    def start(cell):
        return jnp.ones(4)

    measure = partial(
        discrepancy, Vanilla, hidden_sizes=[4], initial_state=start, key=KEY
    )
    distances = []
    with jax.enable_x64(True):
        for draw in range(2):
            key = jax.random.fold_in(jax.random.fold_in(KEY, 4), draw)
            net = redraw(Vanilla(2, 4, key=KEY), "normal", key)
            a, b = (np.asarray(net(jnp.eye(2)[i], jnp.ones(4))) for i in (0, 1))
            distances.append(np.linalg.norm(a - b))
    measured = measure(length=1, num_draws=2).discrepancy.item()
    assert measured == pytest.approx(np.mean(distances), rel=1e-12)
    assert measure(length=2, num_draws=8).discrepancy.shape == (1, 2)


@pytest.mark.slow
def test_overflow_is_counted_and_never_averaged_away():
    cell = cell_by_name("vanilla", activation="identity")
    d = discrepancy(cell, hidden_sizes=[20], length=600, num_draws=20, key=KEY)
    assert d.num_not_finite[0, -1] > 0
    assert np.isnan(d.discrepancy[0, -1])
    assert np.isfinite(d.discrepancy[0, 0])


class AtTimesWild(eqx.Module):
    """Its state is a constant where a weight is above 1."""

    weights: jax.Array
    constant: float = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, *, key, constant):
        self.weights = jnp.zeros((hidden_size, input_size + hidden_size))
        self.constant = constant

    def initial_state(self):
        return jnp.zeros(len(self.weights))

    def __call__(self, input, hidden):
        state = jnp.tanh(self.weights @ jnp.concatenate([input, hidden]))
        return jnp.where(self.weights[0, 0] > 1, self.constant, state)


@pytest.mark.slow
@pytest.mark.parametrize("constant", [np.nan, np.inf])
def test_a_state_that_is_not_finite_has_no_distance(constant):
    """Both words have it, and the difference of two constants is 0."""
    asked = {"length": 3, "num_draws": 100, "initializer": "normal", "key": KEY}
    cell = partial(AtTimesWild, constant=constant)
    d = discrepancy(cell, hidden_sizes=[2], **asked)
    assert 5 < d.num_not_finite[0, 0] < 30  # a normal number is above 1 in 16 %
    assert (d.num_not_finite == d.num_not_finite[0, 0]).all()
    assert np.isnan(d.discrepancy).all()


def test_files_that_hold_no_cell(tmp_path, own_cell):
    with pytest.raises(CellError, match="expected a Python file"):
        cell_by_name(f"{tmp_path}/none.py:Cell")
    with pytest.raises(
        CellError, match=r"expected a class or function 'Leak' in .* got Leaky"
    ):
        cell_by_name(own_cell.removesuffix("y"))
    (tmp_path / "bad.py").write_text("1/0")
    with pytest.raises(CellError, match="can't be run, line 1: ZeroDivisionError"):
        cell_by_name(f"{tmp_path}/bad.py:Cell")
    with pytest.raises(CellError, match="gru has no option `activation`"):
        cell_by_name("gru", activation="tanh")
