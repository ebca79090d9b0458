"""Models of sequences without a state: outputs and inputs are all there is."""

import json

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from firstbit import SequenceModel
from firstbit.cells import GRU, Given, unroll
from firstbit.cells.sequence_model import require_causal
from firstbit.errors import CellError, SettingError
from firstbit.memory import discrepancy, fates, gradients_by_lag, lyapunov_exponents

KEY = jax.random.key(0)


class Attending(eqx.Module):
    """One head of causal attention."""

    query: jax.Array
    key: jax.Array
    value: jax.Array
    is_causal: bool = True

    def __init__(self, size, *, is_causal=True):
        parts = jax.random.split(KEY, 3)
        self.query, self.key, self.value = (
            jax.random.normal(one, (size, 2)) for one in parts
        )
        self.is_causal = is_causal

    def __call__(self, inputs):
        q, k, v = (inputs @ W.T for W in (self.query, self.key, self.value))
        scores = q @ k.T
        if self.is_causal:
            scores = jnp.where(jnp.tri(len(inputs)) > 0, scores, -jnp.inf)
        return jax.nn.softmax(scores) @ v


def attended(model, inputs):
    """The same in NumPy, row by row."""
    Q, K, V = (np.asarray(W, float) for W in (model.query, model.key, model.value))
    rows = []
    for t in range(len(inputs)):
        past = inputs[: t + 1]
        weights = np.exp((past @ K.T) @ (Q @ inputs[t]))
        rows.append(weights / weights.sum() @ (past @ V.T))
    return np.array(rows)


def one_hot(word):
    return np.eye(2)[list(word)]


@pytest.mark.slow
def test_the_discrepancy_of_outputs():
    model = Attending(3)
    found = discrepancy(SequenceModel(model), length=7, key=KEY)
    u, v = attended(model, one_hot([0] * 7)), attended(model, one_hot([1] + [0] * 6))
    assert found.discrepancy.dims == ("length",)
    assert np.allclose(found.discrepancy, np.linalg.norm(u - v, axis=1), rtol=1e-9)
    pair = discrepancy(SequenceModel(model), words=("aba", "bba"), key=KEY)
    u, v = attended(model, one_hot([0, 1, 0])), attended(model, one_hot([1, 1, 0]))
    assert np.allclose(pair.discrepancy, np.linalg.norm(u - v, axis=1), rtol=1e-9)
    assert json.loads(found.attrs["configuration"])["measured"] == "output"


@pytest.mark.slow
def test_random_suffixes():
    model = SequenceModel(lambda inputs: jnp.cumsum(inputs, axis=0))
    found = discrepancy(model, length=5, words="random", num_draws=8, key=KEY)
    assert np.allclose(found.discrepancy, 2**0.5)
    assert np.allclose(found.discrepancy_se, 0, atol=1e-12)
    assert len(found.to_dataframe()) == 5


@pytest.mark.slow
def test_a_cell_read_as_a_sequence_is_the_cell():
    class Unrolled(eqx.Module):
        cell: GRU

        def __call__(self, inputs):
            return unroll(self.cell, inputs)

    cell = GRU(2, 4, key=KEY)
    model = SequenceModel(Unrolled(cell))
    asked = {"length": 6, "key": KEY}
    of_cell, of_model = discrepancy(cell, **asked), discrepancy(model, **asked)
    expected = of_cell.discrepancy.values[0]
    assert np.allclose(of_model.discrepancy, expected, rtol=1e-6)


@pytest.mark.slow
def test_gradients_at_inputs_are_finite_differences():
    model = Attending(2)
    word = one_hot([0, 1, 1, 0])
    targets = np.random.default_rng(0).random((4, 2))
    found = gradients_by_lag(
        {0: [SequenceModel(model)]}, word[None], targets[None], np.array([4])
    )

    def loss(inputs, t):
        output = attended(model, inputs)[t]
        return float(np.sum((output - targets[t]) ** 2))

    # the long-range prediction is the last: its share at lag L over that at lag 0
    norms = []
    for lag in range(4):
        slope = np.zeros(2)
        for i in range(2):
            step = np.zeros((4, 2))
            step[3 - lag, i] = 1e-4
            slope[i] = (loss(word + step, 3) - loss(word - step, 3)) / 2e-4
        norms.append(np.linalg.norm(slope))
    share = found.share.sel(epoch=0, quantile=0.5).values
    assert np.allclose(share, np.array(norms) / norms[0], rtol=1e-3)
    assert found.sizes["parameter"] == 0


def test_gradients_of_complex_outputs_are_refused():
    turning = SequenceModel(lambda inputs: jax.lax.complex(inputs, inputs))
    word = one_hot([0, 1, 1])
    with pytest.raises(CellError, match="real outputs of <lambda>, got complex128; gi"):
        gradients_by_lag({0: [turning]}, word[None], word[None], np.array([3]))


@pytest.mark.slow
def test_a_model_that_sees_the_future_is_refused():
    model = SequenceModel(Attending(2, is_causal=False))
    with pytest.raises(
        CellError, match=r"output 0 \(from 0\) that moves by .* input 1 c"
    ):
        require_causal(model, 2, 5)

    def late(inputs):  # output 3 sees input 4, all others their past
        return jnp.cumsum(inputs, axis=0).at[3].add(inputs[4])

    with pytest.raises(CellError, match=r"output 3 \(from 0\) that .* input 4 changes"):
        require_causal(SequenceModel(late), 2, 6)

    def scaled(inputs):
        return jnp.cumsum(inputs, axis=0) / len(inputs)

    with pytest.raises(CellError, match="don't depend on how many inputs follow"):
        require_causal(SequenceModel(scaled), 2, 6)


@pytest.mark.slow
def test_rounding_is_no_leak():
    def filtered(inputs):
        width = 2 * len(inputs)
        kernel = jnp.fft.rfft(0.9 ** jnp.arange(len(inputs), dtype=float), width)
        spectrum = jnp.fft.rfft(inputs, width, axis=0)
        product = jnp.fft.irfft(spectrum * kernel[:, None], width, axis=0)
        return product[: len(inputs)]

    require_causal(SequenceModel(filtered), 2, 8)


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (lambda inputs: inputs[0], r"expected .* to give outputs of shape \(4, p\)"),
        (lambda inputs: inputs / 0.0, "expected .* to give finite numbers"),
        (
            lambda inputs: inputs @ jnp.ones((3, 2)),
            r"fails on inputs of shape \(4, 2\)",
        ),
    ],
)
def test_other_forms_are_refused(model, says):
    with pytest.raises(CellError, match=says):
        require_causal(SequenceModel(model), 2, 4)


def test_what_needs_a_state_is_refused():
    model = SequenceModel(lambda inputs: inputs)
    says = "a cell with a state, got the sequence model <lambda>, which shows outputs"
    with pytest.raises(CellError, match=says):
        Given.of(model)
    with pytest.raises(CellError, match=says):
        fates(model, length=3, num_draws=4, key=KEY)
    with pytest.raises(CellError, match=says):
        lyapunov_exponents(model, inputs=np.zeros((20, 2)), burn_in=4, key=KEY)
    with pytest.raises(SettingError, match="expected no `measured` for the sequence"):
        discrepancy(model, length=3, measured="all", key=KEY)
    with pytest.raises(SettingError, match="expected no `num_draws` for <lambda>"):
        discrepancy(model, length=3, num_draws=5, key=KEY)
    with pytest.raises(CellError, match="expected a model of sequences, a torch"):
        SequenceModel(GRU)
