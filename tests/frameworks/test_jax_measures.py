"""Every measure runs on cells of Flax, Haiku and Keras, or is refused by name."""

import json
import random

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

pytest.importorskip("flax")
pytest.importorskip("haiku")
keras = pytest.importorskip("keras")

from flax import linen, nnx  # noqa: E402

from firstbit import discrepancy, verdict  # noqa: E402
from firstbit.cells import Given  # noqa: E402
from firstbit.cells.bridges.adapter import Asked  # noqa: E402
from firstbit.cells.bridges.foreign import ForeignCell  # noqa: E402
from firstbit.cells.bridges.keras_layers import ADAPTER as OF_KERAS  # noqa: E402
from firstbit.cli import main  # noqa: E402
from firstbit.errors import CellError  # noqa: E402
from firstbit.studies import Standard  # noqa: E402
from firstbit.training import Modern, train  # noqa: E402
from frameworks.every_measure import (  # noqa: E402
    MEASURES,
    OF_VANILLA_ALONE,
    require_numbers,
)
from frameworks.own_steps import NAMES, kind_of  # noqa: E402

KEY = jax.random.key(0)

ONE_OF_EACH = ["flax.nnx:LSTMCell", "flax.linen:GRUCell", "haiku:GRU", "keras:GRUCell"]


@pytest.mark.slow
@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("name", NAMES)
def test_every_measure_runs(name, measure):
    require_numbers(measure, kind_of(name), 3)


@pytest.mark.parametrize("measure", OF_VANILLA_ALONE)
def test_what_is_of_vanilla_alone_is_refused_by_name(measure):
    with pytest.raises(CellError, match=r"built Vanilla cell, got flax\.nnx:Simple"):
        OF_VANILLA_ALONE[measure](nnx.SimpleCell, 3)


@pytest.mark.slow
@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_cell_trains(name):
    result = train(
        kind_of(name),
        "parity",
        hidden_size=3,
        rule=Modern(max_epochs=2),
        num_seeds=2,
        key=KEY,
    )
    assert np.isfinite(result.loss).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_cell_gets_a_verdict(name):
    given = Given.of(kind_of(name), hidden_sizes=[3])
    found = verdict(
        "parity",
        [given],
        rule=Modern(max_epochs=2),
        num_seeds=8,
        standard=Standard(num_guesses=4),
        key=KEY,
    )
    assert len(found.verdicts) == 1


def by_a_loop(cells, length, first):
    """Return the distances of pairs of words, of cells of the framework itself.

    Args:
        cells: `(x, state) -> state` of a batch of two, one for each draw.
        length: of the words.
        first: the state before the first symbol, of a batch of two.
    """
    letters = np.array([[0] * length, [1] + [0] * (length - 1)])
    words = np.eye(2, dtype="float32")[letters]
    distances = np.empty((len(cells), length))
    for draw, cell in enumerate(cells):
        h = first
        for time in range(length):
            h = cell(words[:, time], h)
            distances[draw, time] = np.linalg.norm(np.asarray(h[0] - h[1], float))
    return distances


def assert_alike(measured, distances):
    errors = np.hypot(
        measured.discrepancy_se[0], distances.std(0) / len(distances) ** 0.5
    )
    off = abs(measured.discrepancy[0] - distances.mean(0))
    assert (off < 4 * errors).all()
    assert (errors < distances.mean(0) / 5).all()


SIZE, LENGTH, DRAWS = 6, 4, 400


@pytest.mark.slow
@pytest.mark.parametrize("kind", [nnx.GRUCell, linen.GRUCell])
def test_the_law_of_flax_is_that_of_a_plain_loop(kind):
    asked = {"hidden_sizes": [SIZE], "length": LENGTH, "key": KEY}
    measured = discrepancy(kind, num_draws=DRAWS, **asked)
    assert json.loads(measured.attrs["configuration"])["initializer"] == "as-built"
    first = jnp.zeros((2, SIZE))

    def of_nnx(seed):
        graph, state = nnx.split(nnx.GRUCell(2, SIZE, rngs=nnx.Rngs(seed)))
        return lambda x, h: stepped(graph, state, x, h)

    @nnx.jit(static_argnums=0)
    def stepped(graph, state, x, h):
        return nnx.merge(graph, state)(h, x)[0]

    own = linen.GRUCell(SIZE)
    drawn = jax.jit(lambda key: own.init(key, first, jnp.zeros((2, 2))))
    applied = jax.jit(lambda variables, x, h: own.apply(variables, h, x)[0])

    def of_linen(seed):
        variables = drawn(jax.random.key(seed))
        return lambda x, h: applied(variables, x, h)

    make = of_nnx if kind is nnx.GRUCell else of_linen
    cells = [make(1000 + seed) for seed in range(DRAWS)]
    assert_alike(measured, by_a_loop(cells, LENGTH, first))


def test_a_layer_of_keras_is_drawn_by_its_seed_and_nothing_global_changes():
    before = random.getstate(), np.random.get_state()[1].copy()
    makes = [lambda: keras.layers.GRUCell(SIZE)] * 2
    drawn = [OF_KERAS.construct(Asked(make, 3, len, 2)) for make in makes]
    assert random.getstate() == before[0]
    assert np.array_equal(np.random.get_state()[1], before[1])
    assert keras.config.floatx() == "float32"
    random.seed(3)
    own = keras.layers.GRUCell(SIZE)
    own.build((1, 2))
    random.setstate(before[0])
    expected = [np.asarray(one) for one in own.trainable_variables]
    for made in drawn:
        for array in expected:
            arrays = jax.tree.leaves(made.held.trained)
            assert any(np.array_equal(one, array) for one in arrays)


@pytest.mark.slow
def test_the_law_of_keras_is_that_of_a_plain_loop():
    asked = {"hidden_sizes": [SIZE], "length": LENGTH, "key": KEY}
    measured = discrepancy(keras.layers.GRUCell, num_draws=DRAWS, **asked)
    cells = []
    for _ in range(DRAWS):
        layer = keras.layers.GRUCell(SIZE)
        layer.build((2, 2))
        cells.append(lambda x, h, layer=layer: np.asarray(layer(x, [h])[0]))
    first = np.zeros((2, SIZE), "float32")
    assert_alike(measured, by_a_loop(cells, LENGTH, first))


def gates_of(size):
    """Return one input matrix, one recurrent matrix and one bias for each gate."""
    generator = np.random.default_rng(4)
    return {
        gate: [
            generator.normal(size=shape) for shape in ((2, size), (size, size), size)
        ]
        for gate in "ifgo"
    }


def beside(gates, order, number):
    return np.concatenate([gates[gate][number] for gate in order], axis=-1)


@pytest.mark.slow
def test_four_lstms_with_the_same_weights_have_the_same_discrepancy():
    torch = pytest.importorskip("torch")
    size, order = 5, "ifgo"
    gates = gates_of(size)
    inner, turn, bias = (beside(gates, order, number) for number in range(3))
    own = torch.nn.LSTMCell(2, size).double()
    with torch.no_grad():
        own.weight_ih.copy_(torch.tensor(inner.T))
        own.weight_hh.copy_(torch.tensor(turn.T))
        own.bias_ih.copy_(torch.tensor(bias))
        own.bias_hh.zero_()
    with jax.enable_x64(True):
        equinox = eqx.tree_at(
            lambda cell: [cell.weight_ih, cell.weight_hh, cell.bias],
            eqx.nn.LSTMCell(2, size, key=KEY),
            [inner.T, turn.T, bias],
        )
        cells = [equinox, own]
        for kind in (nnx.LSTMCell, linen.LSTMCell):
            made = Given.of(kind).make(2, size, KEY)
            arrays = [of_flax(gates, name) for name in made.names]
            cells.append(ForeignCell(made.names, arrays, made.program))
        made = Given.of(keras.layers.LSTMCell).make(2, size, KEY)
        of_keras = {"kernel": inner, "recurrent_kernel": turn, "bias": bias}
        arrays = [jnp.asarray(of_keras[name]) for name in made.names]
        cells.append(ForeignCell(made.names, arrays, made.program))
    found = []
    for cell in cells:
        found.append(discrepancy(cell, length=10, key=KEY).discrepancy.values.ravel())
    for one in found[1:]:
        assert np.allclose(one, found[0], rtol=1e-12, atol=0)


def of_flax(gates, name):
    """Return an array of Flax, such as `hf.bias`: i for the input, h for the state."""
    cell, _, array = name.partition(".")
    part, gate = cell[0], cell[1]
    if array == "bias":
        return jnp.asarray(gates[gate][2])
    return jnp.asarray(gates[gate][0 if part == "i" else 1])


@pytest.mark.slow
def test_from_the_command_line(capsys):
    few = ["--num-draws", "8", "--length", "3", "--json"]
    for text in ("flax.nnx:GRUCell:4", "haiku:LSTM:4", "keras.layers:GRUCell:4"):
        assert main(["discrepancy", "--cell", text, *few]) == 0
        assert "as-built" in json.dumps(json.loads(capsys.readouterr().out))
    assert main(["discrepancy", "--cell", "flax.linen:GRUCel:4", *few]) == 2
    assert "did you mean 'GRUCell'?" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("law", "options", "num_draws"),
    [
        ("as-built", [], 200),
        ("normal", [], 2000),
        ("as-built", ["--num-draws", "20"], 20),
    ],
)
def test_a_command_draws_fewer_nets_where_each_is_built_by_itself(
    law, options, num_draws, capsys
):
    text = f"keras.layers:SimpleRNNCell:2,initializer={law}"
    few = ["--length", "2", "--json"]
    assert main(["discrepancy", "--cell", text, *few, *options]) == 0
    found = json.loads(json.loads(capsys.readouterr().out)["configuration"])
    assert found["num_draws"] == num_draws
    assert any("it runs once for each draw" in note for note in found["notes"])
