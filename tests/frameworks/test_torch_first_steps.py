"""The check of a cell of PyTorch meets zeros, one-hot inputs and a later clock."""

import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest

torch = pytest.importorskip("torch")

from firstbit import discrepancy  # noqa: E402
from firstbit.cells.bridges.adapting import Adapting  # noqa: E402
from firstbit.cells.bridges.torch.factory import cell_of  # noqa: E402
from firstbit.cells.bridges.torch.program import TorchProgram  # noqa: E402
from firstbit.cells.bridges.torch.registry import RULES  # noqa: E402
from firstbit.errors import CellError  # noqa: E402


class Clocked(torch.nn.Module):
    """h beside a clock, both in one function."""

    def __init__(self, function):
        super().__init__()
        self.inner = torch.nn.Linear(2, 3)
        self.turn = torch.nn.Linear(3, 3)
        self.table = torch.nn.Parameter(torch.randn(3, 3))
        self.function = function

    def initial_state(self):
        return torch.zeros(3), torch.zeros((), dtype=torch.long)

    def forward(self, x, state):
        h, clock = state
        drive = self.inner(x) + self.turn(h)
        return torch.tanh(drive + self.function(self, h, clock)), clock + 1


def refusal(function):
    torch.manual_seed(0)
    with pytest.raises(CellError) as error:
        cell_of(Clocked(function), Adapting())
    message = str(error.value)
    assert "\n" not in message
    return message


def own_gradient(module):
    program = cell_of(module, Adapting()).program
    assert isinstance(program, TorchProgram)
    return program.own_gradient


def test_a_rule_that_is_wrong_at_zero_is_seen(monkeypatch):
    monkeypatch.setitem(RULES, "sign", lambda x: jnp.where(x < 0, -1.0, 1.0))
    message = refusal(lambda cell, h, clock: torch.sign(h))
    assert message.startswith("expected step 1 from the first state of torch:Clocked")


def test_a_rule_that_is_wrong_at_a_later_clock_is_seen(monkeypatch):
    monkeypatch.setitem(RULES, "remainder", lambda x, n: jnp.where(x < n, x, 1))
    message = refusal(lambda cell, h, clock: clock % 3)
    assert message.startswith("expected step 4 from the first state of torch:Clocked")


def test_a_step_that_fails_by_itself_is_named():
    def turned_back(cell, h, clock):
        return torch.linalg.solve((3 - clock) * torch.eye(3, dtype=h.dtype), h)

    message = refusal(turned_back)
    start = "torch:Clocked's own forward fails at step 4 from the first state at "
    assert message.startswith(start)
    assert re.search(r"singular.*; expected a ", message)


@pytest.mark.parametrize(
    "row",
    [
        lambda cell, h, clock: cell.table[clock[None]][0],
        lambda cell, h, clock: cell.table.index_select(0, clock[None])[0],
        lambda cell, h, clock: cell.table.gather(0, clock.expand(1, 3))[0],
    ],
)
def test_a_table_that_ends_ends_the_words(row):
    torch.manual_seed(0)
    found = discrepancy(Clocked(row), length=5, key=jax.random.key(0))
    is_known = np.isfinite(found["discrepancy"].values.ravel())
    assert is_known.tolist() == [True, True, True, False, False]


def test_a_wrong_slope_at_zero_is_seen():
    class Own(torch.autograd.Function):
        @staticmethod
        def forward(context, x):
            context.save_for_backward(x)
            return x.abs()

        @staticmethod
        def backward(context, slope):
            (x,) = context.saved_tensors
            return slope * torch.where(x < 0, -1.0, 1.0)

    torch.manual_seed(0)
    module = Clocked(lambda cell, h, clock: Own.apply(h))
    assert "differs" in own_gradient(module)


def test_rounding_of_a_state_that_grows_is_no_difference():
    class Growing(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = torch.nn.Parameter(torch.randn(2, 48))
            self.turn = torch.nn.Parameter(torch.randn(48, 48))

        def initial_state(self):
            return torch.zeros(48), torch.zeros(48)

        def forward(self, x, state):
            grown = x @ self.inner + state[1] @ self.turn
            return torch.sin(grown), grown

    torch.manual_seed(0)
    assert own_gradient(Growing()) == ""


@pytest.mark.parametrize("name", ["GRUCell", "LSTMCell", "RNNCell"])
def test_cells_of_pytorch_pass(name):
    module = getattr(torch.nn, name)(2, 3)
    assert own_gradient(module) == ""
