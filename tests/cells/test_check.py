"""What is understood of a cell, and whether it is one of the catalogue."""

import json
from functools import partial
from importlib import import_module

import equinox as eqx
import jax
import jax.numpy as jnp
import pytest

from firstbit import check
from firstbit.cells import GRU, LSTM, MinGRU, Vanilla, initializer_by_name
from firstbit.cells.check.counting import multiplications
from firstbit.cli import main
from firstbit.datasets import Result
from firstbit.errors import CellError, SettingError

KEY = jax.random.key(0)


@pytest.fixture(autouse=True)
def _steps_are_not_timed(monkeypatch):
    """Measure no nanoseconds: tests/cells/test_cost.py does."""
    cost = import_module("firstbit.cells.check.cost")
    monkeypatch.setattr(cost, "_nanoseconds", lambda *_: 1.0)


class Turned(eqx.Module):
    """An LSTM: one array (state and input, gates), gates o i g f, keep gates turned.

    Its forget gate is 1 - sigma(-a), its c stands before its h.
    """

    kernel: jax.Array
    offset: jax.Array
    hidden_size: int = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, *, key):
        shape = (hidden_size + input_size, 4 * hidden_size)
        self.kernel = jax.random.normal(key, shape)
        self.offset = jnp.zeros(4 * hidden_size)
        self.hidden_size = hidden_size

    def initial_state(self):
        zero = jnp.zeros(self.hidden_size)
        return {"carry": zero, "h": zero}

    def __call__(self, input, state):
        both = jnp.concatenate([state["h"], input])
        o, i, g, f = jnp.split(both @ self.kernel + self.offset, 4)
        lost = jax.nn.sigmoid(f)
        kept = (1 - lost) * state["carry"] + jax.nn.sigmoid(i) * jnp.tanh(g)
        return {"carry": kept, "h": jax.nn.sigmoid(o) * jnp.tanh(kept)}


class Nearly(eqx.Module):
    """A Vanilla cell with one unit off, by a thousandth."""

    U_h: jax.Array
    W_h: jax.Array
    hidden_size: int = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, *, key):
        self.U_h, self.W_h = (
            jax.random.normal(one, (hidden_size, size))
            for one, size in zip(
                jax.random.split(key), (input_size, hidden_size), strict=True
            )
        )
        self.hidden_size = hidden_size

    def __call__(self, input, hidden):
        after = jax.nn.sigmoid(self.U_h @ input + self.W_h @ hidden)
        return after.at[2].add(0.001)


def answers(result):
    names = result["comparison"].values.tolist()
    return dict(zip(names, result["answer"].values.tolist(), strict=True))


def names(result):
    ours, theirs = result["counterpart"].values, result["own_part"].values
    return dict(zip(ours.tolist(), theirs.tolist(), strict=True))


@pytest.mark.slow
def test_gates_that_are_stacked_are_found():
    found = check(partial(eqx.nn.GRUCell, use_bias=False), "gru,reset=after")
    assert answers(found) == {
        "step": "agrees",
        "jacobian": "agrees",
        "start": "agrees",
        "law": "differs",
    }
    known = names(found)
    for place, gate in enumerate("rzh"):  # the order of Equinox
        part = f"[{5 * place}:{5 * place + 5}]"
        assert known[f"U_{gate}"] == f"weight_ih{part}"
        assert known[f"W_{gate}"] == f"weight_hh{part}"
    assert float(found["difference"].sel(comparison="step")) < 1e-14


@pytest.mark.slow
def test_signs_orientation_and_order_are_found():
    found = check(Turned, "lstm", hidden_size=3)
    assert answers(found) == dict.fromkeys(answers(found), "agrees")
    assert names(found) == {
        "U_i": "kernel[3:5,3:6]",
        "W_i": "kernel[0:3,3:6]",
        "b_i": "offset[3:6]",
        "U_f": "-kernel[3:5,9:12]",
        "W_f": "-kernel[0:3,9:12]",
        "b_f": "-offset[9:12]",
        "U_g": "kernel[3:5,6:9]",
        "W_g": "kernel[0:3,6:9]",
        "b_g": "offset[6:9]",
        "U_o": "kernel[3:5,0:3]",
        "W_o": "kernel[0:3,0:3]",
        "b_o": "offset[0:3]",
        "state[0]": "state['h']",
        "state[1]": "state['carry']",
    }


@pytest.mark.slow
def test_a_difference_has_its_place_and_its_size():
    found = check(Nearly, "vanilla")
    step = found.sel(comparison="step")
    assert step["answer"].item() == "differs"
    assert step["where"].item().startswith("state[2]: ")
    own, other = step["where"].item().partition(": ")[2].split(", in Vanilla ")
    assert float(own) - float(other) == pytest.approx(0.001, abs=2e-6)
    assert 0.0005 < float(step["difference"]) < 0.001  # a share of 1 + |value|
    assert answers(found)["jacobian"] == "agrees"  # a constant has no derivative


@pytest.mark.slow
def test_a_variant_of_the_cell_of_the_catalogue_is_named():
    cell = partial(eqx.nn.GRUCell, use_bias=False)
    found = check(cell, "gru")
    settings = json.loads(found.attrs["configuration"])
    assert answers(found)["step"] == "differs"
    assert settings["hint"] == "its step is that of gru,reset=after"
    assert json.loads(check(cell).attrs["configuration"])["hint"] == ""


@pytest.mark.slow
def test_a_bias_without_counterpart_is_named():
    found = check(eqx.nn.GRUCell, "gru,reset=after", hidden_size=3)
    where = found["where"].sel(comparison="step").item()
    assert where.endswith(" where bias_n is zero")
    assert names(found)["b_r"] == "bias[0:3]"


@pytest.mark.slow
def test_laws_are_compared_array_by_array():
    same = check("vanilla", "vanilla")
    assert answers(same)["law"] == "agrees"
    uniform = {"W_h": initializer_by_name("fan-in-uniform", 3**0.5)}
    other = check("vanilla", "vanilla,W_h=fan-in-normal", initializer=uniform)
    assert answers(other)["law"] == "differs"
    where = other["where"].sel(comparison="law").item()
    assert where.startswith("W_h = W_h: mean fourth power")  # one variance, two laws
    half = check("vanilla,gain=0.5", "vanilla")
    of_law = half["law_difference"].sel(counterpart="U_h")
    assert float(of_law) == pytest.approx(0.5, abs=0.02)
    turned = check("vanilla,W_h=orthogonal", "vanilla,W_h=fan-in-normal")
    where = turned["where"].sel(comparison="law").item()
    assert where.startswith("W_h = W_h: mean fourth power") or "norms" in where


@pytest.mark.slow
def test_names_that_are_known_are_kept():
    assert answers(check("gru", "gru", map={"W_z": "W_z"}))["step"] == "agrees"
    wrong = check("gru", "gru", map={"W_z": "W_r"})
    assert answers(wrong)["step"] == "differs"
    assert names(wrong)["W_z"] == "W_r"


@pytest.mark.slow
def test_other_forms_are_said():
    found = check("mingru", "gru")
    assert answers(found)["step"] == "differs"
    assert set(answers(found).values()) == {"differs", "unknown"}
    assert "has 3 input matrices" in found["where"].values[0]
    states = check("gru", "lstm")
    assert "input matrices" in states["where"].values[0]


@pytest.mark.slow
def test_a_built_cell_has_no_law():
    found = check(Vanilla(3, 4, key=KEY), "vanilla")
    assert answers(found)["law"] == "unknown"
    assert answers(found)["step"] == "agrees"
    assert json.loads(found.attrs["configuration"])["input_size"] == 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "products"),
    [
        (Vanilla, 18 * (7 + 18)),
        (GRU, 3 * 18 * (7 + 18) + 3 * 18),
        (LSTM, 4 * 18 * (7 + 18) + 3 * 18),
        (MinGRU, 2 * 18 * 7 + 2 * 18),
    ],
)
def test_multiplications_are_counted(cell, products):
    made = cell(7, 18, key=KEY)
    state = jnp.zeros(18)
    if cell is LSTM:
        state = made.initial_state()
    assert multiplications(jax.make_jaxpr(made)(jnp.zeros(7), state)) == products


def test_products_in_loops_and_branches_are_counted():
    def loop(x):
        return jax.lax.fori_loop(0, 4, lambda _, y: y * x, x)

    def branch(x):
        return jax.lax.cond(x.sum() > 0, lambda y: y**3, lambda y: y, x)

    x = jnp.ones(3)
    assert multiplications(jax.make_jaxpr(loop)(x)) == 12
    assert multiplications(jax.make_jaxpr(branch)(x)) == 6
    assert multiplications(jax.make_jaxpr(lambda x: x / 2 + x)(x)) == 3


@pytest.mark.slow
def test_a_table_has_a_row_for_each_part():
    found = Result.of(check("lstm,use_bias=yes", hidden_size=3))
    table = found.to_dataframe()
    assert table.loc["W_f", "role"] == "recurrent (out, in)"
    assert table.loc["b_f", "law"] == "zero"
    assert table.loc["state[1]", "role"] == "cell"
    assert table.loc["state[0]", ["shape", "start"]].tolist() == ["[3] float64", "0"]
    assert len(table) == 12 + 2
    assert found["num_parameters"].item() == 4 * 3 * (2 + 3 + 1)
    assert found["num_state_numbers"].item() == 6
    assert found["step_time"].item() > 0


@pytest.mark.slow
class Learns(Nearly):
    """A Vanilla cell with a first state and a scale of its own."""

    first: jax.Array
    scale: jax.Array

    def __init__(self, input_size, hidden_size, *, key):
        super().__init__(input_size, hidden_size, key=key)
        self.first = jnp.zeros(hidden_size)
        self.scale = jnp.ones(hidden_size)

    def initial_state(self):
        return jnp.tanh(self.first)

    def __call__(self, input, state):
        return self.scale * super().__call__(input, state)


@pytest.mark.slow
def test_what_no_law_draws_is_learnt():
    found = check(Learns, hidden_size=3)
    role = found["role"].to_series().to_dict()
    assert role["first"] == "learnt first state"
    assert role["scale"] == "learnt"


class Turning(eqx.Module):
    """A linear unit of one complex weight for each number of its state."""

    angle: jax.Array
    B: jax.Array

    def __init__(self, input_size, hidden_size, *, key):
        angle = jax.random.uniform(key, (hidden_size,))
        self.angle = jax.lax.complex(jnp.cos(angle), jnp.sin(angle))
        self.B = jax.random.normal(key, (hidden_size, input_size))

    def initial_state(self):
        return jnp.zeros(self.angle.shape, complex)

    def __call__(self, input, state):
        return self.angle * state + (self.B @ input).astype(complex)


@pytest.mark.slow
def test_complex_arrays_are_listed():
    understood = check(Turning, hidden_size=3)
    assert understood.part.values.tolist() == ["B", "angle", "state"]
    of_complex = understood.sel(part="angle")
    found = [of_complex[name].item() for name in ("shape", "numbers", "role", "law")]
    assert found == ["[3] complex128", 3, "learnt", "as-built"]
    with jax.enable_x64(True):
        built = Turning(2, 3, key=jax.random.key(0))
    assert check(built).sel(part="angle").law.item() == "kept as built"


def test_the_command_says_the_same(capsys):
    assert main(["check", "vanilla:4", "--like", "vanilla,activation=tanh"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Vanilla, 2 inputs, 4 units, weights normal" in said
    assert "h is state." in said
    assert "its step is that of vanilla,activation=logistic" in said
    assert main(["check", "vanilla:4", "--like", "vanilla", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["answer"] == ["agrees"] * 4
    assert printed["part"] == ["U_h", "W_h", "state"]


@pytest.mark.slow
def test_wrong_arguments_are_refused():
    with pytest.raises(CellError, match="to be a cell of the catalogue, vanilla, gru"):
        check("gru", eqx.nn.GRUCell)
    with pytest.raises(CellError, match="`like` of 5 units, as GRU has, got 'gru:4'"):
        check("gru", "gru:4")
    with pytest.raises(SettingError, match=r"after the = of a map, got 'W'"):
        check("gru", "gru", map={"W_h": "W"})


def test_an_unknown_cell_is_refused_before_any_work(monkeypatch):
    monkeypatch.setattr(import_module("firstbit.cells.check.check"), "Stepping", None)
    with pytest.raises(CellError, match="unknown cell 'gro'"):
        check("gru:3", "gro")


@pytest.mark.wrong_types
def test_a_map_is_of_names():
    with pytest.raises(SettingError, match="expected `map` from names to names"):
        check("gru", "gru", map=["W_h"])
