"""Back-propagation against reverse mode and finite differences."""

import jax
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree

from covering import few
from firstbit.errors import SettingError
from firstbit.languages import embedded_reber, one_hot
from firstbit.memory import hidden_gradients, weight_gradients
from firstbit.paper.legacy import embedded_reber_draws
from firstbit.training import Examples, loss_and_gradient, next_symbol_examples

LANGUAGE = embedded_reber()
DRAWS = embedded_reber_draws()
WORDS = DRAWS.words[:3]
CELLS = ("vanilla", "gru")


@pytest.fixture
def examples():
    """The words as examples, one at a time."""
    with jax.enable_x64(True):
        words = next_symbol_examples(LANGUAGE, WORDS)
        yield [
            Examples(*[jax.numpy.asarray(array[i]) for array in words])
            for i in range(len(WORDS))
        ]


@pytest.mark.slow
@pytest.mark.parametrize("cell", few([*CELLS], kept=[1]))
def test_gradients_are_those_of_reverse_mode(cell, examples):
    net = DRAWS.starts[cell]
    reference = weight_gradients(net, *one_hot(WORDS, LANGUAGE.alphabet))
    net = jax.tree.map(jax.numpy.asarray, net)
    for i, example in enumerate(examples):
        _, gradient = jax.jit(loss_and_gradient)(net, example)
        flat = np.concatenate([np.ravel(g) for g in gradient.parameters().values()])
        other = np.concatenate([g[i] for g in reference.values()])
        assert np.linalg.norm(flat - other) < 1e-12 * np.linalg.norm(other)


@pytest.mark.slow
@pytest.mark.parametrize("cell", few([*CELLS], kept=[0]))
def test_gradients_are_finite_differences(cell, examples):
    net = jax.tree.map(jax.numpy.asarray, DRAWS.starts[cell])
    parameters, unravel = ravel_pytree(net)
    step = 1e-5

    @jax.jit
    @jax.vmap
    def loss(flat):
        return loss_and_gradient(unravel(flat), examples[2])[0]

    _, gradient = jax.jit(loss_and_gradient)(net, examples[2])
    exact, _ = ravel_pytree(gradient)
    steps = step * np.eye(len(parameters))
    differences = (loss(parameters + steps) - loss(parameters - steps)) / (2 * step)
    assert np.linalg.norm(differences - exact) < 1e-6 * np.linalg.norm(exact)


@pytest.mark.slow
@pytest.mark.parametrize("cell", CELLS)
def test_a_prediction_reaches_back_to_the_second_symbol(cell):
    inputs, lengths = one_hot(WORDS, LANGUAGE.alphabet)
    norms = hidden_gradients(DRAWS.starts[cell], inputs, lengths, predicted=2)
    assert np.isfinite(norms[0]).sum() == len(WORDS[0]) - 2


def test_a_symbol_after_the_last_is_predicted_by_nobody():
    words = one_hot(WORDS, LANGUAGE.alphabet)
    with pytest.raises(SettingError, match="`predicted` must be at least 1; got 0"):
        hidden_gradients(DRAWS.starts["gru"], *words, predicted=0)
