"""Bounds of states: against long simulations with large weights."""

from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from firstbit.cells import GRU, LSTM, Vanilla
from firstbit.cells.state import initial_state
from firstbit.programs.bounds import state_ranges
from firstbit.weights.numbers import is_real

INF = np.inf


class Mixed(eqx.Module):
    """A cell of many forms: h and y = tanh(...) mixed by a share a."""

    U: jax.Array
    W: jax.Array
    V: jax.Array
    hidden_size: int = eqx.field(static=True)
    form: str = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, form, *, key):
        self.U = jnp.zeros((hidden_size, input_size))
        self.W = jnp.zeros((hidden_size, hidden_size))
        self.V = jnp.zeros((hidden_size, hidden_size))
        self.hidden_size, self.form = hidden_size, form

    def __call__(self, x, h):
        field = self.U @ x + self.W @ h
        y, b = jnp.tanh(field), self.V @ h
        a = jax.nn.sigmoid(b)
        return {
            "leaky": lambda: 0.9 * h + 0.1 * y,
            "both products": lambda: a * h + (1 - a) * y,
            "a step towards": lambda: h + a * (y - h),
            "a step away": lambda: h - a * (h - y),
            "mirrored": lambda: a * h + jax.nn.sigmoid(-b) * y,
            "one share": lambda: jnp.mean(a) * h + (1 - jnp.mean(a)) * y,
            "by hand": lambda: 1 / (1 + jnp.exp(-field)),
            "branches": lambda: jax.lax.cond(field[0] > 0, lambda: y, lambda: -2 * y),
            "where": lambda: jnp.where(field > 0.5, y, 0.0),
            "cut": lambda: jnp.clip(field, -2, 3),
            "half and three": lambda: 0.5 * h + 3 * y,
            "relu6": lambda: jax.nn.relu6(field),
            "parts": lambda: jnp.concatenate(jnp.split(y, [2])[::-1]),
            "a square": lambda: y * y,
            "shares of another": lambda: a * h + (1 - a[::-1]) * y,
            "plus": lambda: a * h + (1 + a) * y,
            "another share": lambda: a * h + (1 - y) * y,
            "grows": lambda: h + y,
            "a loop": lambda: jax.lax.fori_loop(0, 2, lambda _, v: 2 * v, y),
            "complex": lambda: jnp.real(jnp.tanh(jax.lax.complex(field, field))),
        }[self.form]()


KNOWN = {
    "logistic": (Vanilla, [(0, 1)]),
    "tanh": (partial(Vanilla, activation="tanh"), [(-1, 1)]),
    "sin": (partial(Vanilla, activation="sin"), [(-1, 1)]),
    "erf": (partial(Vanilla, activation="erf"), [(-1, 1)]),
    "relu": (partial(Vanilla, activation="relu"), [(0, INF)]),
    "softplus": (partial(Vanilla, activation="softplus"), [(0, INF)]),
    "identity": (partial(Vanilla, activation="identity"), [(-INF, INF)]),
    "GRU": (GRU, [(-1, 1)]),
    "GRU, after": (partial(GRU, reset="after", use_bias=True), [(-1, 1)]),
    "LSTM": (LSTM, [(-1, 1), (-INF, INF)]),
    "eqx GRU": (eqx.nn.GRUCell, [(-1, 1)]),
    "eqx LSTM": (eqx.nn.LSTMCell, [(-1, 1), (-INF, INF)]),
}
FORMS = {
    "leaky": (-1, 1),
    "both products": (-1, 1),
    "a step towards": (-1, 1),
    "a step away": (-1, 1),
    "mirrored": (-1, 1),
    "one share": (-1, 1),
    "by hand": (0, 1),
    "branches": (-2, 2),
    "where": (-1, 1),
    "cut": (-2, 3),
    "half and three": (-6, 6),
    "relu6": (0, 6),
    "parts": (-1, 1),
    "a square": (0, 1),
    # No mean of h and y, or a mean that isn't read.
    "shares of another": (-INF, INF),
    "plus": (-INF, INF),
    "another share": (-INF, INF),
    "grows": (-INF, INF),
    "a loop": (-INF, INF),
    "complex": (-INF, INF),
}
CELLS = {
    **KNOWN,
    **{form: (partial(Mixed, form=form), [ends]) for form, ends in FORMS.items()},
}


def ranges_of(cell):
    arrays, others = eqx.partition(cell, is_real)
    with jax.enable_x64(True):
        shapes = jax.tree.map(
            lambda leaf: jax.ShapeDtypeStruct(leaf.shape, jnp.dtype(float)), arrays
        )
        return state_ranges(
            lambda leaves, x, state: eqx.combine(leaves, others)(x, state),
            lambda leaves: jax.tree.map(
                lambda leaf: jnp.asarray(leaf, float),
                initial_state(eqx.combine(leaves, others)),
            ),
            shapes,
            jnp.zeros(2),
        )


@pytest.mark.slow
@pytest.mark.parametrize("name", CELLS)
def test_ranges_are_known_and_hold_every_state(name):
    factory, expected = CELLS[name]
    cell = factory(2, 5, key=jax.random.key(0))
    found = ranges_of(cell)
    assert [one.low for one in found] == pytest.approx([e[0] for e in expected], 0.01)
    assert [one.high for one in found] == pytest.approx([e[1] for e in expected], 0.01)
    arrays, others = eqx.partition(cell, is_real)
    leaves, form = jax.tree.flatten(arrays)
    random = np.random.default_rng(0)
    symbols = np.eye(2)[random.integers(0, 2, 20)]
    with jax.enable_x64(True):
        for size in (0.5, 3.0, 50.0):
            drawn = [jnp.asarray(size * random.normal(size=x.shape)) for x in leaves]
            net = eqx.combine(form.unflatten(drawn), others)
            state = initial_state(net)
            for symbol in symbols:
                state = net(jnp.asarray(symbol), state)
                for one, leaf in zip(found, jax.tree.leaves(state), strict=True):
                    slack = 1e-9 * (1 + np.abs(leaf))
                    assert (leaf >= one.low - slack).all()
                    assert (leaf <= one.high + slack).all()


class StartedAtThree(Mixed):
    """The same cells, whose states begin at 3."""

    def __init__(self, input_size, hidden_size, form, *, key):
        super().__init__(input_size, hidden_size, form, key=key)

    def initial_state(self):
        return jnp.full(self.hidden_size, 3.0)


@pytest.mark.slow
def test_a_start_outside_of_the_range_counts():
    key = jax.random.key(0)
    (leaky,) = ranges_of(StartedAtThree(2, 5, "leaky", key=key))
    (mixed,) = ranges_of(StartedAtThree(2, 5, "both products", key=key))
    assert (mixed.low, mixed.high) == (-1, 3)
    assert leaky.low >= -1.01
    assert leaky.high == pytest.approx(3)
