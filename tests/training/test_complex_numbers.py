"""A cell of complex numbers trains as its twin of real and imaginary parts does."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from firstbit.cells import Network, Readout, cross_entropy, squared_error
from firstbit.errors import CellError
from firstbit.languages import reber
from firstbit.training import FixedWords, Modern, Published, fit, next_symbol_examples
from small_trainings import task

WORDS = ("BTXSE", "BPVVE", "BTSXSE")
SIZE, INPUTS = 3, 7


class Turning(eqx.Module):
    """z' = tanh of both parts of A z + B x; h is the real part."""

    A: jax.Array
    B: jax.Array

    def initial_state(self):
        return {"h": jnp.zeros(SIZE), "z": jnp.zeros(SIZE, self.A.dtype)}

    def __call__(self, input, state):
        z = self.A @ state["z"] + self.B @ input.astype(self.B.dtype)
        z = jax.lax.complex(jnp.tanh(z.real), jnp.tanh(z.imag))
        return {"h": z.real, "z": z}


def numbers():
    generator = np.random.default_rng(0)
    shapes = {"A": (SIZE, SIZE), "B": (SIZE, INPUTS)}
    found = {}
    for name, shape in shapes.items():
        found[f"{name} real"] = generator.normal(size=shape)
        found[f"{name} imaginary"] = generator.normal(size=shape)
    found["O"] = generator.normal(size=(INPUTS, SIZE))
    return found


def in_complex(found):
    found = {name: np.asarray(one) for name, one in found.items()}
    A, B = (found[f"{one} real"] + 1j * found[f"{one} imaginary"] for one in "AB")
    return A, B, found["O"]


def loss_of_twin(found, inputs, targets, loss):
    real, imaginary = np.zeros((2, SIZE))
    total = 0.0
    for x, y in zip(inputs, targets, strict=True):
        of_real = found["A real"] @ real - found["A imaginary"] @ imaginary
        of_imaginary = found["A real"] @ imaginary + found["A imaginary"] @ real
        real = jnp.tanh(of_real + found["B real"] @ x)
        imaginary = jnp.tanh(of_imaginary + found["B imaginary"] @ x)
        total += loss(found["O"] @ real, jnp.asarray(y))
    return total


def clipped(slopes, clip):
    norm = np.sqrt(sum((one**2).sum() for one in slopes.values()))
    return {name: one * min(1, clip / norm) for name, one in slopes.items()}


def word_by_word(rule, slopes_of, words):
    found, losses = numbers(), []
    for word in words:
        loss, slopes = slopes_of(found, *word, squared_error)
        slopes = clipped(slopes, rule.clip)
        found = {
            name: found[name] - rule.learning_rate * slopes[name] for name in found
        }
        losses.append(loss)
    return found, losses


def by_adam(rule, slopes_of, words):
    found = numbers()
    both = [slopes_of(found, *word, cross_entropy) for word in words]
    losses, slopes = zip(*both, strict=True)
    mean = {name: sum(one[name] for one in slopes) / len(words) for name in found}
    mean = clipped(mean, rule.clip)
    adam = optax.scale_by_adam()
    change, _ = adam.update(mean, adam.init(mean))
    return {n: found[n] - rule.learning_rate * change[n] for n in found}, losses


LOOPS = {
    "published": (Published(0.05, max_epochs=1, clip=2.0), word_by_word),
    "modern": (Modern(0.05, max_epochs=1, clip=0.1), by_adam),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", LOOPS)
def test_an_epoch_is_that_of_the_twin(name):
    rule, loop = LOOPS[name]
    with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"):
        examples = next_symbol_examples(reber(), WORDS)
        words = [(x[:n], y[:n]) for x, y, n in zip(*examples, strict=True)]
        slopes_of = jax.value_and_grad(loss_of_twin)
        twin, losses = loop(rule, slopes_of, words)
    A, B, O = in_complex(numbers())
    got = fit(Network(Turning(A, B), Readout(O)), FixedWords(reber(), WORDS), rule)
    assert got.log[0].mean_error == pytest.approx(np.mean(losses), rel=1e-12)
    net: Any = got.network
    trained = net.cell.A, net.cell.B, net.readout.O
    for one, right in zip(trained, in_complex(twin), strict=True):
        assert np.allclose(one, right, rtol=0, atol=1e-12)


class Complex(eqx.Module):
    """A cell whose only state is complex."""

    A: jax.Array
    hidden_size: int = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, *, key):
        self.A = jax.random.normal(key, (hidden_size, input_size))
        self.hidden_size = hidden_size

    def initial_state(self):
        return jnp.zeros(self.hidden_size, jnp.result_type(complex))

    def __call__(self, input, state):
        return 0.5j * state + (self.A @ input).astype(state.dtype)


def test_a_complex_h_is_refused_by_one_line():
    with pytest.raises(CellError, match=r"expected h of Complex to hold real numbers"):
        task(cell=Complex)
