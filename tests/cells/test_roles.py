"""What arrays and states are for: declared, or read from the program of the step."""

from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from firstbit.cells import GRU, LSTM, Given, Vanilla, roles, unroll
from firstbit.errors import CellError, SettingError

KEY = jax.random.key(0)
IN, OUT = "(in, out), read", "(out, in), read"


class Own(eqx.Module):
    """Arrays by name, and a step that is given."""

    arrays: dict[str, jax.Array]
    step: Any = eqx.field(static=True)
    start: Any = eqx.field(static=True)

    def initial_state(self):
        return self.start()

    def __call__(self, input, hidden):
        return self.step(self.arrays, input, hidden)


def own(step, start=lambda: jnp.zeros(3), **arrays):
    return Own(jax.tree.map(jnp.asarray, arrays), step, start)


def of_arrays(cell):
    found = roles(cell, input_size=2)
    return {
        name[8:-2]: role for name, role in found.items() if name.startswith("arrays")
    }


U, W, V = np.full((3, 2), 0.5), np.full((3, 3), 0.5), np.full((3, 5), 0.5)

CASES = {
    "vectors": (
        lambda p, x, h: jnp.tanh(p["U"] @ x + p["W"] @ h + p["q"]),
        {"U": U, "W": W, "q": U[:, 0]},
        {"U": f"input {OUT}", "W": f"recurrent {OUT}", "q": "bias, read"},
    ),
    "rows": (
        lambda p, x, h: jnp.tanh(x @ p["U"] + h @ p["W"]),
        {"U": U.T, "W": W},
        {"U": f"input {IN}", "W": f"recurrent {IN}"},
    ),
    "sums written out": (
        lambda p, x, h: jnp.tanh((p["U"] * x).sum(1) + (p["W"].T * h[:, None]).sum(0)),
        {"U": U, "W": W},
        {"U": f"input {OUT}", "W": f"recurrent {OUT}"},
    ),
    "side by side": (
        lambda p, x, h: jnp.tanh(p["V"] @ jnp.concatenate([x, h])),
        {"V": V},
        {"V": f"joint {OUT}"},
    ),
    "a jitted step in a loop": (
        lambda p, x, h: jax.lax.fori_loop(
            0, 2, lambda i, h: jax.jit(jnp.tanh)(p["W"] @ h + p["U"] @ x), h
        ),
        {"U": U, "W": W},
        {"U": f"input {OUT}", "W": f"recurrent {OUT}"},
    ),
    "branches": (
        lambda p, x, h: jax.lax.cond(
            h.sum() > 0, lambda: jnp.tanh(p["W"] @ h), lambda: p["U"] @ x
        ),
        {"U": U, "W": W},
        {"U": f"input {OUT}", "W": f"recurrent {OUT}"},
    ),
    "gates": (
        lambda p, x, h: (
            p["leak"] * h
            + (1 - p["leak"]) * jnp.tanh(jnp.split(p["W"] @ h, 2)[0] + p["U"] @ x)
        ),
        {"U": U, "W": np.full((6, 3), 0.5), "leak": U[:, 0]},
        {"U": f"input {OUT}", "W": f"recurrent {OUT}", "leak": "fixed, read"},
    ),
    "masks": (
        lambda p, x, h: jnp.tanh((p["W"] * p["M"]) @ h + p["U"] @ x),
        {"U": U, "W": W, "M": np.tri(3)},
        {"M": "fixed, read", "U": f"input {OUT}", "W": f"recurrent {OUT}"},
    ),
    "not trained": (
        lambda p, x, h: jnp.tanh(jax.lax.stop_gradient(p["W"]) @ h + p["U"] @ x),
        {"U": U, "W": W},
        {"U": f"input {OUT}", "W": "fixed, read"},
    ),
    "columns": (
        lambda p, x, h: jnp.tanh(
            (p["W"] @ h[:, None] + p["U"] @ x[:, None] + p["c"])[:, 0]
        ),
        {"U": U, "W": W, "c": np.ones((3, 1))},
        {"U": f"input {OUT}", "W": f"recurrent {OUT}", "c": "bias, read"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_roles_are_read_from_the_step(name):
    step, arrays, expected = CASES[name]
    assert of_arrays(own(step, **arrays)) == expected


def test_two_arrays_that_may_both_be_the_mask_are_refused():
    arrays = {"U": U, "A": jnp.tri(3), "B": jnp.eye(3)}

    def step(p, x, h):
        return jnp.tanh((p["A"] * p["B"]) @ h + p["U"] @ x)

    with pytest.raises(CellError, match=r"which of .*A.* and .*B.* is the mask"):
        roles(own(step, **arrays), input_size=2)
    chosen = {"arrays['B']": "fixed", "arrays['A']": "recurrent", "*U*": "input"}
    found = roles(own(step, **arrays), input_size=2, declared=chosen)
    assert found["arrays['B']"] == "fixed, declared"


def gated(place):
    """An LSTM-like step with its state in some order, h at `place`."""

    def step(p, x, state):
        h, c = (state[place], state[1 - place])
        a = jnp.tanh(p["W"] @ h + p["U"] @ x)
        c = 0.5 * c + a
        after = (jnp.tanh(c), c)
        return after if place == 0 else after[::-1]

    return own(step, lambda: (jnp.zeros(3), jnp.zeros(3)), U=U, W=W)


@pytest.mark.parametrize("place", [0, 1])
def test_h_is_the_leaf_that_the_recurrent_arrays_meet(place):
    cell = gated(place)
    found = roles(cell, input_size=2)
    assert found[f"state[{place}]"] == "h, read"
    assert found[f"state[{1 - place}]"] == "cell"
    inputs = np.eye(2)[[0, 1, 0]]
    first = unroll(gated(0), jnp.asarray(inputs))
    assert np.array_equal(unroll(cell, jnp.asarray(inputs)), first)


def test_names_and_whole_numbers_in_a_state():
    def step(p, x, s):
        h = jnp.tanh(p["W"] @ s["h"] + p["U"] @ x + s["c"])
        return {"c": 0.5 * s["c"] + h, "h": h, "t": s["t"] + 1, "on": ~s["on"]}

    def start():
        return {"c": jnp.zeros(3), "h": jnp.zeros(3), "t": 0, "on": jnp.array(True)}

    found = roles(own(step, start, U=U, W=W), input_size=2)
    kinds = {name: found[f"state['{name}']"] for name in ("c", "h", "t", "on")}
    assert kinds == {"c": "cell", "h": "h, by its name", "t": "clock", "on": "clock"}


def test_roles_that_a_class_or_a_user_declares():
    class Named(Own):
        roles: ClassVar = {"arrays['U']": "input (in, out)", "state": "h"}

    cell = Named({"U": U.T}, lambda p, x, h: x @ p["U"], lambda: jnp.zeros(3))
    assert roles(cell)["arrays['U']"] == "input (in, out), declared"
    mine = roles(cell, declared={"arrays['U']": "weight"})
    assert mine["arrays['U']"] == "weight (out, in), declared"
    with pytest.raises(SettingError, match=r"expected roles of .*; got 'kernel'"):
        roles(cell, declared={"kernel": "input"})
    with pytest.raises(SettingError, match=r"one of h, .*, got 'memory'"):
        roles(cell, declared={"state": "memory"})


@pytest.mark.slow
@pytest.mark.parametrize("cell", [Vanilla, GRU, LSTM])
def test_declared_roles_of_the_catalogue_are_those_of_the_step(cell):
    built = cell(2, 3, use_bias=True, key=KEY)
    names = list(built.parameters())

    class Bare(eqx.Module):
        inner: Any

        def initial_state(self):
            return Given.of(self.inner).initial(self.inner)

        def __call__(self, input, hidden):
            return self.inner(input, hidden)

    declared, read = roles(built), roles(Bare(built), input_size=2)
    for name in names:
        expected = declared[name].replace("declared", "read")
        assert read[f"inner.{name}"] == expected


@pytest.mark.slow
def test_cells_from_arrays_with_options():
    reset = GRU(2, 3, reset="after", key=KEY)
    same = GRU.from_parameters(options={"reset": "after"}, **reset.parameters())
    x, h = jnp.array([1.0, 0.0]), jnp.array([0.1, -0.2, 0.3])
    assert np.array_equal(same(x, h), reset(x, h))
    arrays = Vanilla(2, 3, use_bias=True, key=KEY).parameters()
    tanh = Vanilla.from_parameters(options={"activation": "tanh"}, **arrays)
    expected = np.tanh(arrays["U_h"] @ x + arrays["W_h"] @ h + arrays["b_h"])
    assert np.allclose(tanh(x, h), expected, rtol=1e-6)
    with pytest.raises(CellError, match="options of GRU among use_bias, reset"):
        GRU.from_parameters(options={"activation": "tanh"}, **reset.parameters())


@pytest.mark.wrong_types
def test_arrays_of_another_shape_are_refused():
    arrays = Vanilla(2, 3, key=KEY).parameters()
    with pytest.raises(CellError, match=r"expected `W_h` of shape \(3, 3\), got \(2,"):
        Vanilla.from_parameters(U_h=arrays["U_h"], W_h=np.ones((2, 2)))
