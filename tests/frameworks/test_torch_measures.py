"""Every measure runs on a PyTorch cell, and says what that of Equinox says."""

import json

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

torch = pytest.importorskip("torch")

from firstbit import discrepancy  # noqa: E402
from firstbit.cells import Given  # noqa: E402
from firstbit.cells.as_built import built_arrays  # noqa: E402
from firstbit.cli import main  # noqa: E402
from firstbit.errors import CellError  # noqa: E402
from firstbit.memory import (  # noqa: E402
    Reading,
    decodability,
    fates,
    lyapunov_exponents,
)
from firstbit.training import Modern, train  # noqa: E402
from frameworks import awkward  # noqa: E402

KEY = jax.random.key(0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "same"),
    [(torch.nn.GRUCell, eqx.nn.GRUCell), (torch.nn.LSTMCell, eqx.nn.LSTMCell)],
)
def test_the_same_weights_have_the_same_discrepancy(kind, same):
    asked = {"hidden_sizes": [20], "length": 50, "num_draws": 64, "key": KEY}
    asked["initializer"] = "normal"
    found, expected = (discrepancy(cell, **asked) for cell in (kind, same))
    a, b = found.discrepancy.values[0], expected.discrepancy.values[0]
    assert np.allclose(a[:10], b[:10], rtol=1e-12, atol=0)
    assert np.allclose(a, b, rtol=1e-9, atol=0)


@pytest.mark.slow
def test_the_same_symbols_are_decoded():
    asked = {"length": 6, "num_draws": 8, "reading": Reading(num_words=100)}
    found = []
    for cell in (torch.nn.GRUCell, eqx.nn.GRUCell):
        given = Given.of(cell, hidden_sizes=4, initializer="normal")
        found.append(decodability(given, key=KEY, **asked).accuracy)
    assert np.allclose(*found, atol=0.02)  # a word near the border may change sides
    assert found[0].min() < 0.9


@pytest.mark.slow
def test_fates_and_exponents_are_those_of_equinox():
    asked = {"hidden_sizes": [4], "length": 5, "num_draws": 16, "key": KEY}
    asked["initializer"] = "normal"
    a, b = (fates(cell, **asked) for cell in (torch.nn.GRUCell, eqx.nn.GRUCell))
    assert np.allclose(a.distance, b.distance, rtol=1e-9)
    assert (a.fate_number == b.fate_number).mean() > 0.9
    module = torch.nn.GRUCell(2, 4)
    same = eqx.nn.GRUCell(2, 4, key=KEY)
    numbers = {name: t.detach().numpy() for name, t in module.named_parameters()}
    own_bias = numbers["bias_ih"].copy()
    own_bias[:8] += numbers["bias_hh"][:8]
    same = eqx.tree_at(
        lambda cell: [cell.weight_ih, cell.weight_hh, cell.bias, cell.bias_n],
        same,
        [numbers["weight_ih"], numbers["weight_hh"], own_bias, numbers["bias_hh"][8:]],
    )
    inputs = np.eye(2)[np.arange(60) % 2]
    asked = {"inputs": inputs, "burn_in": 20, "key": KEY}
    a, b = (
        lyapunov_exponents(cell, **asked).lyapunov_exponent for cell in (module, same)
    )
    assert np.allclose(a, b, rtol=1e-5)  # the sum of two biases is rounded to float32


@pytest.mark.slow
def test_a_cell_trains():
    result = train(
        awkward.BatchNeeded,
        "parity",
        hidden_size=4,
        rule=Modern(max_epochs=2),
        num_seeds=2,
        key=KEY,
    )
    assert np.isfinite(result.loss).all()


@pytest.mark.slow
def test_a_gradient_of_its_own_refuses_only_what_needs_it():
    d = discrepancy(awkward.Spiking, hidden_sizes=[4], length=5, num_draws=16, key=KEY)
    assert np.isfinite(d.discrepancy).all()
    module = awkward.Spiking(2, 4)
    with pytest.raises(CellError, match="has a gradient of its own"):
        lyapunov_exponents(module, inputs=np.ones((30, 2)), burn_in=5, key=KEY)


@pytest.mark.slow
def test_the_law_of_the_constructor_is_that_of_a_plain_loop():
    """D under `as-built` against a loop over constructed modules, in PyTorch alone."""
    length, number, size = 4, 400, 6
    asked = {"hidden_sizes": [size], "length": length, "key": KEY}
    d = discrepancy(torch.nn.GRUCell, num_draws=number, **asked)
    assert json.loads(d.attrs["configuration"])["initializer"] == "as-built"
    torch.manual_seed(1)
    letters = torch.tensor([[0] * length, [1] + [0] * (length - 1)])
    words = torch.eye(2, dtype=torch.float64)[letters]
    distances = np.empty((number, length))
    for draw in range(number):
        cell = torch.nn.GRUCell(2, size).double()
        with torch.no_grad():
            h = torch.zeros(2, size, dtype=torch.float64)
            for time in range(length):
                h = cell(words[:, time], h)
                distances[draw, time] = (h[0] - h[1]).norm()
    errors = np.hypot(d.discrepancy_se[0], distances.std(0) / number**0.5)
    assert (abs(d.discrepancy[0] - distances.mean(0)) < 4 * errors).all()


def test_a_draw_is_what_the_constructor_gives_with_its_seed():
    given = Given.of(torch.nn.GRUCell)
    before = torch.get_rng_state(), np.random.get_state()[1].copy()
    threads = torch.get_num_threads()
    seeds = np.array([3, 5], "uint32")
    arrays = built_arrays(given, 2, 4, np.zeros(2, "uint32"), seeds)
    assert torch.equal(before[0], torch.get_rng_state())
    assert np.array_equal(before[1], np.random.get_state()[1])
    assert torch.get_num_threads() == threads
    torch.manual_seed(5)
    own = torch.nn.GRUCell(2, 4)
    expected = [p.detach().numpy().astype(float) for p in own.parameters()]
    for array, right in zip(arrays, expected, strict=True):
        assert np.array_equal(array[..., 1], right)
    key = jax.random.wrap_key_data(jnp.array([0, 5], "uint32"), impl="threefry2x32")
    with jax.enable_x64(True):
        made = given.make(2, 4, key)
    assert np.array_equal(made.weight_hh, expected[1])


@pytest.mark.slow
def test_laws_can_be_mixed():
    law = {"weight_hh": "orthogonal", "*": "as-built"}
    asked = {"hidden_sizes": [4], "length": 3, "num_draws": 16, "key": KEY}
    mixed = discrepancy(torch.nn.RNNCell, initializer=law, **asked)
    built = discrepancy(torch.nn.RNNCell, **asked)
    assert np.array_equal(mixed.discrepancy[0, :1], built.discrepancy[0, :1])
    assert (mixed.discrepancy[0, 1:] != built.discrepancy[0, 1:]).all()


@pytest.mark.slow
@pytest.mark.parametrize("kind", [eqx.nn.GRUCell, torch.nn.GRUCell])
def test_buffers_and_biases_belong_to_the_law(kind):
    asked = {"hidden_sizes": [4], "length": 3, "num_draws": 16, "key": KEY}
    built, normal = (
        discrepancy(kind, initializer=law, **asked) for law in (None, "normal")
    )
    assert (built.discrepancy < normal.discrepancy).all()


@pytest.mark.slow
def test_from_the_command_line(capsys):
    few = ["--num-draws", "16", "--length", "3", "--json"]
    assert main(["discrepancy", "--cell", "torch.nn:GRUCell:4,bias=no", *few]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert "as-built" in json.dumps(shown)
    assert main(["discrepancy", "--cell", f"{awkward.__file__}:Attention:4", *few]) == 0
    capsys.readouterr()
    assert main(["discrepancy", "--cell", f"{awkward.__file__}:Item:4", *few]) == 2
    said = capsys.readouterr().err
    assert "awkward.py:" in said
    assert "h.mean().item()" in said
    assert main(["discrepancy", "--cell", "torch.nn:GRUCel:4", *few]) == 2
    assert "did you mean 'GRUCell'?" in capsys.readouterr().err


def test_text_of_a_cell_of_a_package():
    given = Given.of("torch.nn:GRUCell:3,5,bias=no")
    assert given.sizes == (3, 5)
    assert given.name == "torch:GRUCell(bias=False)"
    assert given.label == "torch.nn:GRUCell:3,5,bias=no"
