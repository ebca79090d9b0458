"""What is understood of PyTorch's cells, their states, and models of sequences."""

import json
from typing import Any

import jax
import numpy as np
import pytest

torch = pytest.importorskip("torch")

from firstbit import (  # noqa: E402
    SequenceModel,
    SequenceModels,
    adapt,
    check,
    discrepancy,
)
from firstbit.cells.given_model import GivenModel  # noqa: E402
from firstbit.errors import CellError  # noqa: E402
from firstbit.languages import reber  # noqa: E402
from firstbit.training import Published, Task, TaskWords, train_seeds  # noqa: E402

KEY = jax.random.key(0)
LENGTH = 5


class Last(torch.nn.Module):
    """h beside the last input; the output is neither."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.size = input_size, hidden_size
        self.inner = torch.nn.Linear(2 * input_size, hidden_size)
        self.turn = torch.nn.Linear(hidden_size, hidden_size)

    def start(self, batch):
        return [torch.zeros(batch, n) for n in (self.size[1], self.size[0])]

    def forward(self, x, state=None):
        h, last = self.start(len(x)) if state is None else state
        h = torch.tanh(self.inner(torch.cat([x, last], dim=-1)) + self.turn(h))
        return torch.cos(h), (h, x)


class Stacked(torch.nn.Module):
    """A state whose first axis is 2, and no batch axis anywhere."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.inner = torch.nn.Linear(input_size, hidden_size)
        self.turn = torch.nn.Linear(hidden_size, hidden_size)

    def initial_state(self):
        return torch.zeros(2, self.hidden_size)

    def forward(self, x, state):
        first = torch.tanh(self.inner(x) + self.turn(state[1]))
        return torch.stack([first, state[0]])


class Attention(torch.nn.Module):
    """Two causal layers of a Transformer between two maps."""

    def __init__(self, is_causal=True):
        super().__init__()
        self.is_causal = is_causal
        self.enter = torch.nn.Linear(2, 8)
        layer = torch.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.layers = torch.nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.leave = torch.nn.Linear(8, 3)

    def forward(self, x):
        mask = None
        if self.is_causal:
            mask = torch.full((x.shape[1], x.shape[1]), -torch.inf).triu(1)
        return self.leave(self.layers(self.enter(x), mask=mask))


def words():
    u = torch.eye(2, dtype=torch.float64)[[0] * LENGTH]
    v = u.clone()
    v[0] = torch.tensor([0.0, 1.0])
    return u, v


def simulated(module, seen):
    """The distance of what is seen after each symbol, by PyTorch itself."""
    module = module.double()
    found = []
    for word in words():
        state, rows = None, []
        if isinstance(module, Stacked):
            state = module.initial_state().double()
        with torch.no_grad():
            for x in word:
                one = x if isinstance(module, Stacked) else x[None]
                if isinstance(module, Stacked):
                    result = module(one, state)
                    state = result
                else:
                    zero = [part.double() for part in module.start(1)]
                    result = module(one, zero if state is None else state)
                    state = result[1]
                rows.append(np.ravel(seen(result).numpy()))
        found.append(np.array(rows))
    return np.linalg.norm(found[0] - found[1], axis=1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("measured", "seen"),
    [
        ("hidden", lambda result: result[1][0]),
        ("all", lambda result: result[1][0]),
        ("output", lambda result: result[0]),
    ],
)
def test_a_copy_of_the_input_and_an_output(measured, seen):
    torch.manual_seed(0)
    module = Last(2, 3)
    found = discrepancy(module, length=LENGTH, measured=measured, key=KEY)
    expected = simulated(module, seen)
    assert np.allclose(found.discrepancy.values[0], expected, rtol=1e-9)
    notes = json.loads(found.attrs["configuration"])["notes"]
    assert any("is a copy of the last input: left out" in note for note in notes)
    kept = "measured" if measured == "output" else "left out"
    assert any(note.endswith(f"is an output, which is {kept}") for note in notes)


@pytest.mark.slow
def test_an_output_of_many_draws():
    asked = {"hidden_sizes": [3], "length": 4, "num_draws": 8, "key": KEY}
    found = discrepancy(Last, measured="output", **asked)
    hidden = discrepancy(Last, **asked)
    assert (found.discrepancy > 0).all()
    assert not np.allclose(found.discrepancy, hidden.discrepancy)
    with pytest.raises(CellError, match="torch:GRUCell to have an output beside"):
        discrepancy(torch.nn.GRUCell, measured="output", **asked)


@pytest.mark.slow
def test_a_first_axis_of_two_is_no_batch():
    torch.manual_seed(0)
    module = Stacked(2, 3)
    found = discrepancy(module, length=LENGTH, key=KEY)
    expected = simulated(module, lambda state: state)
    assert np.allclose(found.discrepancy.values[0], expected, rtol=1e-9)


class Begun(torch.nn.Module):
    """Its own first state has no batch axis, and isn't zero."""

    def __init__(self):
        super().__init__()
        self.hidden_size = 3
        self.inner = torch.nn.Linear(2, 3)
        self.turn = torch.nn.Linear(3, 3)

    def initial_state(self):
        return torch.full((3,), 0.5)

    def forward(self, x, h):
        return torch.tanh(self.inner(x) + self.turn(h))


def test_a_first_state_without_a_batch_axis_is_the_module_s_own():
    cell = adapt(Begun())
    assert np.array_equal(cell.initial_state(), np.full(3, 0.5))


@pytest.mark.slow
def test_a_cell_beside_the_catalogue():
    found = check(torch.nn.LSTMCell, "lstm", hidden_size=3)
    answers = found["answer"].values.tolist()
    assert answers == ["agrees", "agrees", "agrees", "differs"]
    step = found["step_difference"].sel(counterpart="state[0]")
    assert float(step) < 1e-14
    where = found["where"].sel(comparison="law").item()
    assert where.startswith("U_i = weight_ih[0:3]: mean square")
    own = found["own_part"].sel(counterpart="b_f").item()
    assert own == "bias_ih[3:6] + bias_hh[3:6]"


@pytest.mark.slow
def test_the_bias_inside_the_reset_has_no_counterpart():
    found = check(torch.nn.GRUCell, "gru,reset=after", hidden_size=3)
    where = found["where"].sel(comparison="step").item()
    assert where.endswith("where bias_hh[6:9] is zero")


@pytest.mark.slow
def test_a_transformer_is_measured_by_its_outputs():
    torch.manual_seed(0)
    module = Attention()
    found = discrepancy(SequenceModel(module), length=LENGTH, key=KEY)
    own = module.double().eval()
    torch.set_default_dtype(torch.float64)
    try:
        with torch.no_grad():
            u, v = (own(word[None])[0].numpy() for word in words())
    finally:
        torch.set_default_dtype(torch.float32)
    expected = np.linalg.norm(u - v, axis=1)
    assert np.allclose(found.discrepancy, expected, rtol=1e-7)
    with pytest.raises(CellError, match=r"output 0 \(from 0\) that moves by"):
        discrepancy(SequenceModel(Attention(is_causal=False)), length=4, key=KEY)


@pytest.mark.slow
@pytest.mark.parametrize("batch_first", [False, True])
def test_the_form_is_that_in_which_the_past_counts(batch_first):
    torch.manual_seed(0)

    class Layer(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = torch.nn.Linear(2, 3)

        def forward(self, x):  # (batch, time, n) or (time, batch, n)
            return torch.cumsum(self.inner(x), dim=1 if batch_first else 0)

    module = Layer()
    found = discrepancy(SequenceModel(module), length=4, key=KEY)
    weight = module.inner.weight.detach().double().numpy()
    expected = np.linalg.norm(weight[:, 0] - weight[:, 1])
    assert np.allclose(found.discrepancy, expected, rtol=1e-9)


class Decaying(torch.nn.Module):
    """Means of the past, by a rate that isn't trained, and a linear read-out."""

    def __init__(self):
        super().__init__()
        self.enter = torch.nn.Linear(7, 4)
        self.leave = torch.nn.Linear(4, 7)
        self.register_buffer("rate", torch.tensor(0.5))

    def forward(self, x):
        ages = torch.arange(len(x), dtype=x.dtype)
        ages = ages[:, None] - ages[None]
        weights = torch.where(ages >= 0, self.rate ** ages.clamp(min=0), 0 * ages)
        return self.leave(torch.tanh(weights @ self.enter(x)))


def held(net: Any):
    """The arrays of a module, by their names."""
    return net._outputs.args[0]


@pytest.mark.slow
def test_a_module_of_sequences_is_trained_as_torch_trains_it():
    models = SequenceModels(lambda _: Decaying())
    rule = Published(0.1, max_epochs=1)
    given = GivenModel(models)
    task = Task(given, reber(), rule, KEY, words=TaskWords(("BTXSE",)))
    (got,) = train_seeds(task, 1)
    start = held(task.network(0))
    own = Decaying().double()
    own.load_state_dict({name: torch.tensor(np.array(a)) for name, a in start.items()})
    numbers = [reber().alphabet.index(symbol) for symbol in "BTXSE"]
    one_hot = torch.eye(7, dtype=torch.double)[numbers]
    loss = ((own(one_hot[:-1]) - one_hot[1:]) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        for parameter in own.parameters():
            parameter -= 0.1 * parameter.grad
    assert got.log[0].mean_error == pytest.approx(loss.item(), rel=1e-12)
    for name, array in held(got.network).items():
        assert np.allclose(array, own.state_dict()[name].numpy(), rtol=1e-12)
    other = held(task.network(1))["enter.weight"]
    assert not np.allclose(other, start["enter.weight"])
