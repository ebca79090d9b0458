"""PyTorch cells step as PyTorch does, or are refused by one line that says where."""

import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest

torch = pytest.importorskip("torch")

from firstbit import adapt  # noqa: E402
from firstbit.cells import Given, roles  # noqa: E402
from firstbit.cells.bridges.recognise import framework_of  # noqa: E402
from firstbit.errors import CellError, SettingError  # noqa: E402
from frameworks import awkward  # noqa: E402

KEY = jax.random.key(0)


@pytest.mark.slow
@pytest.mark.parametrize("kind", awkward.ADMITTED)
def test_an_awkward_cell_is_admitted(kind):
    """The check before any work compares its step and its gradient with PyTorch's."""
    given = Given.of(kind)
    with jax.enable_x64(True):
        cell = given.make(2, 5, KEY)
        state = given.initial(cell)
        after = cell(jnp.ones(2), state)
    assert framework_of(kind) == "torch"
    assert cell.program.own_gradient == ""
    assert jax.tree.map(jnp.shape, after) == jax.tree.map(jnp.shape, state)


@pytest.mark.slow
@pytest.mark.parametrize("kind", awkward.REFUSED)
def test_an_awkward_cell_is_refused(kind):
    expected = awkward.REFUSED[kind]
    size = 5
    with pytest.raises(CellError) as raised:
        Given.of(kind).make(2, size, KEY)
    said = str(raised.value)
    assert "\n" not in said
    assert re.sub(r"\.py:\d+", ".py:LINE", expected) in re.sub(
        r"\.py:\d+", ".py:LINE", said
    )


def test_a_state_that_is_not_zero_is_found():
    for kind, first in ((awkward.InitMethod, 0.25), (awkward.LearnedStart, None)):
        given = Given.of(kind)
        cell = given.make(2, 3, KEY)
        expected = cell.h0 if first is None else first
        assert np.allclose(given.initial(cell), expected)


def test_roles_are_read_from_the_step():
    found = roles(Given.of(torch.nn.LSTMCell).make(2, 3, KEY))
    assert found["weight_ih"] == "input (out, in), read"
    assert found["weight_hh"] == "recurrent (out, in), read"
    assert found["bias_hh"] == "bias, read"
    assert found["state[0]"] == "h, read"
    reservoir = roles(Given.of(awkward.Reservoir).make(2, 3, KEY))
    assert reservoir["W"] == "fixed, read"


def test_h_of_a_dict_is_h():
    found = roles(Given.of(awkward.DictState).make(2, 3, KEY))
    assert found["state['h']"].startswith("h,")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # PyTorch's own
@pytest.mark.parametrize("form", ["module", "class", "function", "compiled"])
def test_forms_in_which_a_cell_is_given(form):
    module = torch.nn.GRUCell(2, 4)
    forms = {
        "module": module,
        "class": torch.nn.GRUCell,
        "function": lambda input_size, hidden_size: torch.nn.GRUCell(
            input_size, hidden_size
        ),
        "compiled": torch.compile(module),
    }
    given = Given.of(forms[form])
    cell = given.make(2, 4, KEY)
    assert cell.names == ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    if given.is_built:
        assert np.allclose(cell.weight_hh, module.weight_hh.detach().numpy())
        assert given.hidden_size == 4


def test_a_built_module_stays_as_it_was():
    module = awkward.Norms(2, 4)
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    given = Given.of(module)
    assert "dropout is off" in given.notes(2)[0]
    assert module.training
    assert all(torch.equal(before[n], t) for n, t in module.state_dict().items())
    assert torch.get_default_dtype() == torch.float32


class Layer(torch.nn.Module):
    """Called in no way that can be guessed."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.inner = torch.nn.Linear(input_size, hidden_size)
        self.register_buffer("W", torch.randn(hidden_size, hidden_size))

    def forward(self, *, memory, symbol):
        kept, trace = memory
        h = torch.tanh(self.inner(symbol) + kept @ self.W.T)
        return 0, {"state": (h, 0.5 * trace + h)}


def test_what_the_user_says():
    with pytest.raises(CellError, match=r"firstbit\.adapt\(cell"):
        Given.of(Layer).make(2, 3, KEY)
    zero = torch.zeros(3, dtype=torch.float64)
    adapted = adapt(
        Layer,
        initial_state=lambda _: (zero, zero),
        step=lambda module, x, state: module(memory=state, symbol=x)[1]["state"],
        hidden="1",
        drawn_buffers=["W"],
    )
    found = roles(Given.of(adapted).make(2, 3, KEY))
    assert found["state[1]"] == "h, declared"
    assert found["W"] == "recurrent (out, in), read"
    wrong = adapt(
        Layer,
        initial_state=lambda _: (zero, zero),
        step=lambda module, x, state: module(memory=state, symbol=x)[1]["state"],
        hidden="2",
    )
    with pytest.raises(SettingError, match="`hidden` among 0, 1, got '2'"):
        Given.of(wrong).make(2, 3, KEY)
    with pytest.raises(CellError, match="expected a class or a module of PyTorch"):
        adapt(3)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # PyTorch's own
def test_a_script_module_is_refused():
    scripted = torch.jit.script(torch.nn.GRUCell(2, 3))
    with pytest.raises(CellError, match="is a TorchScript module"):
        Given.of(scripted)
