"""What a step costs: counted against the equations, measured, printed."""

import json

import equinox as eqx
import jax
import jax.numpy as jnp
import pytest

from firstbit import cost, processors
from firstbit.cells import GRU, Vanilla
from firstbit.cells.check.counting import elementary_functions, multiplications
from firstbit.cli import main
from firstbit.errors import CellError, SettingError

KEY = jax.random.key(0)

EQUATIONS = {
    "vanilla": (lambda k, n: k * (n + k), 1, 0),
    "gru": (lambda k, n: 3 * k * (n + k) + 3 * k, 3, 0),
    "lstm": (lambda k, n: 4 * k * (n + k) + 3 * k, 5, 1),
    "mingru": (lambda k, n: 2 * k * n + 2 * k, 1, 0),
}
"""Products of a step; functions of a unit; further vectors of state."""


@pytest.mark.slow
@pytest.mark.parametrize("name", EQUATIONS)
def test_the_counts_are_those_of_the_equations(name):
    products, functions, more = EQUATIONS[name]
    found = cost(name, 8, input_size=5)
    assert found.multiplications.item() == products(8, 5)
    assert found.elementary_functions.item() == functions * 8
    assert found.num_state_numbers.item() == (1 + more) * 8
    assert found.step_time.item() > 0
    assert found.step_time_alone.item() > 0
    assert found.step_time_batch.item() > 0
    assert found.attrs["machine"] == processors.processor_name()


def test_counts_alone_take_no_time():
    found = cost("lstm", [3, 8], timed=False)
    assert found.multiplications.values.tolist() == [4 * 3 * 5 + 9, 4 * 8 * 10 + 24]
    assert not {"step_time", "machine"} & {*found.data_vars, *found.attrs}


def test_functions_in_loops_branches_and_groups_are_counted():
    def loop(x):
        return jax.lax.fori_loop(0, 4, lambda _, y: jnp.tanh(y), x)

    def branch(x):
        return jax.lax.cond(x.sum() > 0, lambda y: jnp.exp(jnp.sin(y)), jnp.cos, x)

    x = jnp.ones(3)
    assert elementary_functions(jax.make_jaxpr(loop)(x)) == 12
    assert elementary_functions(jax.make_jaxpr(branch)(x)) == 6
    assert elementary_functions(jax.make_jaxpr(jax.jit(jnp.sqrt))(x)) == 3
    assert elementary_functions(jax.make_jaxpr(lambda x: x * x + 1)(x)) == 0
    assert multiplications(jax.make_jaxpr(jnp.tanh)(x)) == 0


@pytest.mark.slow
def test_cells_of_others_and_built_cells_have_costs():
    of_gru = cost(eqx.nn.GRUCell, 4)
    assert of_gru.multiplications.item() >= 3 * 4 * (2 + 4)
    built = cost(Vanilla(3, 6, key=KEY))
    assert built.hidden_size.values.tolist() == [6]
    assert built.multiplications.item() == 6 * (3 + 6)
    assert json.loads(built.attrs["configuration"])["input_size"] == 3


def test_what_has_no_size_is_refused():
    with pytest.raises(CellError, match="expected a `hidden_size`"):
        cost(GRU)
    with pytest.raises(SettingError, match="hidden_size"):
        cost(GRU, 0)


def test_the_name_of_a_processor(monkeypatch, tmp_path):
    info = tmp_path / "cpuinfo"
    info.write_text("flags : fma\nmodel name\t: A Fast One\nmodel name : other\n")
    monkeypatch.setattr(processors, "CPU_INFO", info)
    processors.processor_name.cache_clear()
    assert processors.processor_name() == "A Fast One"
    monkeypatch.setattr(processors, "CPU_INFO", tmp_path / "none")
    processors.processor_name.cache_clear()
    assert processors.processor_name()
    processors.processor_name.cache_clear()


@pytest.mark.slow
def test_the_command_prints_a_table(capsys):
    assert main(["cost", "--cell", "gru:2,3", "--cell", "lstm:2"]) == 0
    said = capsys.readouterr().out
    rows = [line for line in said.splitlines() if line.startswith("│")]
    assert [row.split("│")[1].strip() for row in rows] == ["gru:2,3"] * 2 + ["lstm:2"]
    assert processors.processor_name() in said
