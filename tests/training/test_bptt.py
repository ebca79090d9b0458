"""Back-propagation through any state, against reverse mode."""

import equinox as eqx
import jax
import jax.numpy as jnp
import pytest

from covering import few
from firstbit.cells import (
    GRU,
    LSTM,
    Network,
    Readout,
    cross_entropy,
    run,
    squared_error,
)
from firstbit.languages import reber
from firstbit.training import (
    Examples,
    batch_loss_and_gradient,
    loss_and_gradient,
    next_symbol_examples,
)
from small_trainings import KEY, WORDS, Affine, require_close


@pytest.fixture(params=few(["gru", "lstm", "eqx lstm", "own"], kept=[1, 3]))
def case(request):
    cells = {"gru": GRU, "lstm": LSTM, "eqx lstm": eqx.nn.LSTMCell, "own": Affine}
    loss = squared_error if request.param == "lstm" else cross_entropy
    with jax.enable_x64(True):
        readout = Readout(jax.random.normal(KEY, (7, 3)), jnp.zeros(7))
        yield Network(cells[request.param](7, 3, key=KEY), readout), loss


def by_reverse_mode(net, loss, words):
    """Loss and gradient of each word, by JAX through a scan over all rows."""
    trained, fixed = eqx.partition(net, eqx.is_inexact_array)

    def total(trained, word):
        outputs = run(eqx.combine(trained, fixed), word.inputs)[1]
        each = jax.vmap(loss)(outputs, word.targets)
        return jnp.sum(jnp.where(jnp.arange(len(each)) < word.num_steps, each, 0.0))

    reverse_mode = jax.jit(jax.value_and_grad(total))
    return [reverse_mode(trained, word) for word in words]


@pytest.mark.slow
def test_back_propagation_through_any_state_equals_reverse_mode(case):
    net, loss = case
    together = jax.tree.map(jnp.asarray, next_symbol_examples(reber(), WORDS[:4]))
    words = [Examples(*[part[i] for part in together]) for i in range(4)]
    expected = by_reverse_mode(net, loss, words)
    one = eqx.filter_jit(loss_and_gradient)
    for word, of_word in zip(words, expected, strict=True):
        require_close(one(net, word, loss), of_word)
    by_time = Examples(
        jnp.moveaxis(together.inputs, 0, 2),
        jnp.moveaxis(together.targets, 0, 2),
        together.num_steps,
    )
    summed = jax.tree.map(lambda *parts: sum(parts), *expected)
    require_close(eqx.filter_jit(batch_loss_and_gradient)(net, by_time, loss), summed)
