"""Gradients by lag against finite differences, their sum against back-propagation."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from covering import few
from firstbit.cells import (
    GRU,
    LSTM,
    Network,
    Readout,
    Vanilla,
    cross_entropy,
    initial_state,
    squared_error,
)
from firstbit.errors import SettingError
from firstbit.languages import Language, embedded_reber, sample
from firstbit.memory.gradients.by_lag import gradients_by_lag, word_gradients_by_lag
from firstbit.plots import gradients_by_lag as plot
from firstbit.training import loss_and_gradient, next_symbol_examples

KEY = jax.random.key(3)


def network(cell, language, k=4):
    with jax.enable_x64(True):
        outputs, inputs = len(language.outputs), len(language.alphabet)
        readout = Readout(jax.random.normal(KEY, (outputs, k)), jnp.zeros(outputs))
        return Network(cell(inputs, k, use_bias=True, key=KEY), readout)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "loss"),
    few(
        [(Vanilla, squared_error), (GRU, cross_entropy), (LSTM, cross_entropy)],
        kept=[0, 1],
    ),
)
def test_contributions_by_lag_add_up_to_the_gradient(cell, loss):
    language = Language.from_regex("(ab|b)*c?") if cell is GRU else embedded_reber()
    words = next_symbol_examples(language, sample(language, 9, seed=4))
    net = network(cell, language)
    measured = word_gradients_by_lag(net, *words, loss=loss)
    with jax.enable_x64(True):
        arrays = jax.tree.map(jnp.asarray, words)
        one = jax.jit(lambda word: loss_and_gradient(net, word, loss)[1])
        gradients = []
        for i in range(9):
            word = jax.tree.map(lambda part, i=i: part[i], arrays)
            gradients.append(one(word).parameters())
    summed, expected = [], []
    for name, total in measured.total.items():
        summed.append(total.sum(axis=0))
        expected.append(sum(np.ravel(np.asarray(g[name])) for g in gradients))
    expected = np.concatenate(expected)
    error = np.linalg.norm(np.concatenate(summed) - expected)
    assert error < 1e-12 * np.linalg.norm(expected)
    assert all((measured.total[name][1:] == 0).all() for name in ("O", "b_O"))


@pytest.mark.slow
def test_gradients_that_vanish_keep_their_size():
    """Each lag takes a tenth: the squares of what is left soon underflow."""
    lags = np.arange(250)
    with jax.enable_x64(True):
        readout = Readout(jnp.ones((2, 2)), jnp.zeros(2))
        cell = Vanilla(2, 2, activation="identity", key=KEY)
        cell = eqx.tree_at(lambda cell: cell.W_h, cell, jnp.eye(2) / 10)
        word = np.eye(2)[np.ones((1, len(lags)), int)]
    net = Network(cell, readout)
    found = word_gradients_by_lag(net, word, 0 * word, np.array([len(lags)]))
    for norms in (found.loss_gradient, found.jacobian):
        of_last = norms[0, -1]
        assert np.allclose(of_last / of_last[0], 0.1**lags, rtol=1e-9, atol=0)


@pytest.mark.slow
@pytest.mark.parametrize("cell", few([Vanilla, GRU, LSTM], kept=[2]))
def test_norms_by_lag_equal_finite_differences_of_the_state(cell):
    language = embedded_reber()
    words = next_symbol_examples(language, sample(language, 2, seed=1))
    net = network(cell, language, 3)
    measured = word_gradients_by_lag(net, *words)
    inputs, targets, num_steps = (part[0] for part in words)
    with jax.enable_x64(True):
        states = [initial_state(net.cell)]
        step = jax.jit(lambda x, state: net.cell(x, state))
        for x in inputs[:num_steps]:
            states.append(step(x, states[-1]))
        flat = [
            np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(state)])
            for state in states
        ]
        for last, lag in ((5, 0), (5, 2), (num_steps - 1, 4)):
            first = last - lag

            def onward(start, first=first, last=last):
                state = jax.tree.unflatten(
                    jax.tree.structure(states[0]), np.split(start, len(start) // 3)
                )
                for t in range(first + 1, last + 1):
                    state = step(inputs[t], state)
                leaves = jax.tree.leaves(state)
                return np.concatenate(leaves), float(
                    squared_error(
                        net.readout(jnp.asarray(leaves[0])), jnp.asarray(targets[last])
                    )
                )

            shift = 1e-6 * np.eye(flat[first + 1].size)
            up, down = (
                [onward(flat[first + 1] + sign * row) for row in shift]
                for sign in (1, -1)
            )
            jacobian = np.stack(
                [(a[0] - b[0]) / 2e-6 for a, b in zip(up, down, strict=True)], axis=1
            )
            slope = np.array(
                [(a[1] - b[1]) / 2e-6 for a, b in zip(up, down, strict=True)]
            )
            assert measured.jacobian[0, last, lag] == pytest.approx(
                np.linalg.norm(jacobian, 2), rel=1e-6
            )
            assert measured.loss_gradient[0, last, lag] == pytest.approx(
                np.linalg.norm(slope), rel=1e-6
            )
    assert np.isnan(measured.jacobian[0, 3, 4:]).all()
    assert np.isnan(measured.loss_gradient[0, num_steps:]).all()


@pytest.mark.slow
def test_a_linear_cell_loses_its_eigenvalue_a_step():
    cell = Vanilla.from_parameters(U_h=jnp.ones((2, 2)), W_h=0.5 * jnp.eye(2))
    object.__setattr__(cell, "activation", lambda x: x)
    object.__setattr__(cell, "hidden_size", 2)
    words = np.eye(2)[[[0, 1, 1, 0, 1, 0]]]
    net = Network(cell, Readout(jnp.eye(2)))
    d = gradients_by_lag({0: [net]}, words, words, np.array([5]), predicted=2)
    assert d.jacobian.sel(quantile=0.5)[0, :5].values == pytest.approx(
        0.5 ** np.arange(5)
    )
    assert d.share.sel(quantile=0.5)[0, :4].values == pytest.approx(0.5 ** np.arange(4))
    assert d.share_at_first.sel(quantile=0.5).item() == pytest.approx(0.5**3)
    assert d.log_share.values == pytest.approx(np.log10([[0.5**3]]))
    nearer = gradients_by_lag(
        {0: [net, net], 1: [net]},
        words,
        words,
        np.array([5]),
        predicted=2,
        deciding=np.array([2]),
    )
    assert nearer.log_share.values == pytest.approx(
        np.log10(0.25) * np.array([[1, 1], [1, np.nan]]), nan_ok=True
    )


class LearntStart(eqx.Module):
    """A linear unit whose first state is a weight."""

    start: jax.Array
    w: jax.Array
    input_size: int = eqx.field(static=True, default=1)
    hidden_size: int = eqx.field(static=True, default=1)

    def initial_state(self):
        return self.start

    def __call__(self, input, hidden):
        return self.w * hidden + input


@pytest.mark.slow
def test_only_a_learnt_first_state_has_the_lag_of_all_symbols():
    words, num_steps = np.ones((2, 3, 1)), np.array([2, 3])
    with jax.enable_x64(True):
        cell = LearntStart(jnp.array([1.0]), jnp.array([0.5]))
        net = Network(cell, Readout(jnp.ones((1, 1))))
    d = gradients_by_lag({0: [net]}, words, 0 * words, num_steps)
    median = d.contribution.sel(epoch=0, quantile=0.5)
    # States 1, 1.5, 1.75 and 1.875; dL/dh = 2 h, halved at each lag.
    after_two = 2 * 1.75 * 0.5**2
    assert median.sel(parameter="w", lag=2).item() == 2 * 1.875 * 0.5**2
    assert median.sel(parameter="start", lag=2).item() == after_two


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"deciding": np.array([0, -1])}, "from 0 to 2 for word 2"),
        ({"deciding": np.array([2, 2])}, "from 0 to 1 for word 1"),
        ({"num_steps": np.array([2, 4])}, "from 1 to 3, the symbols of a word, got 4"),
    ],
)
def test_symbols_that_no_word_has_are_refused(changed, text):
    net = network(Vanilla, Language.from_regex("ab|ba"))
    words = np.eye(2)[[[0, 1, 0], [1, 0, 0]]]
    asked = {"num_steps": np.array([2, 3])} | changed
    with pytest.raises(SettingError, match=text):
        gradients_by_lag({0: [net]}, words, words, **asked)


@pytest.mark.slow
def test_the_result_is_labelled_and_drawn():
    language = embedded_reber()
    words = next_symbol_examples(language, sample(language, 6, seed=4))
    nets = [network(Vanilla, language), network(Vanilla, language)]
    d = gradients_by_lag({0: nets, 10: nets[:1]}, *words, predicted=2)
    assert all({"long_name", "units"} <= set(d[name].attrs) for name in d.variables)
    assert d.parameter.values.tolist() == ["U_h", "W_h", "b_h", "O", "b_O"]
    titles = [axes.get_title(loc="left") for axes in plot(d, title="by lag").axes]
    assert titles[:2] == ["after 0 epochs", "after 10 epochs"]
    with pytest.raises(SettingError, match="at least one network"):
        gradients_by_lag({}, *words)
    with pytest.raises(SettingError, match="`predicted` must be at least 1"):
        gradients_by_lag({0: nets}, *words, predicted=0)
