"""Models of sequences, which show no state, on whole words: outputs, loss, gradient.

Words are padded behind their ends: a model is causal, so no output that counts sees it.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from firstbit.cells.losses import Loss
from firstbit.cells.sequence_model import SequenceModel
from firstbit.programs.complex_numbers import rising
from firstbit.programs.in_turn import in_turn
from firstbit.training.words import Examples
from firstbit.weights.numbers import in_current_float

SHORTEST = 16
"""Symbols that words are padded to, at least."""

TOGETHER = 32
"""Words that a model reads at once, at most: attention takes the square of a length."""


def room_of(longest: int) -> int:
    """Return how long words are padded: a power of two, so that programs are few.

    Example:
        >>> room_of(3), room_of(17)
        (16, 32)
    """
    room = SHORTEST
    while room < longest:
        room *= 2
    return room


def outputs_of_words(
    model: SequenceModel, letters: Int[np.ndarray, "word time"], num_inputs: int
) -> Float[Array, "word time output"]:
    """Return the output after each symbol of words, in float64."""
    with jax.enable_x64(True):
        return _outputs(model, jnp.asarray(letters), num_inputs)


@eqx.filter_jit
@in_turn
def _outputs(
    model: SequenceModel, letters: Int[Array, "word time"], num_inputs: int
) -> Float[Array, "word time output"]:
    in_double = in_current_float(model)

    def of_word(letters: Array) -> Array:
        return in_double(jax.nn.one_hot(letters, num_inputs, dtype=float))

    return jax.lax.map(of_word, letters, batch_size=TOGETHER)


def losses_and_gradients(
    trained: SequenceModel, fixed: SequenceModel, word: Examples, loss: Loss
) -> tuple[Float[Array, " model"], SequenceModel]:
    """Return the losses of many models on one word, and their gradients.

    Args:
        trained: the models' arrays, each with the model as its last axis.
        fixed: all else of a model, the same for all.
        word: inputs (time, input), targets (time, output), the number of predictions.
        loss: of one prediction.
    """
    alone = Examples(*(jnp.asarray(one)[..., None] for one in word))

    def of_one(own: SequenceModel) -> tuple[Array, SequenceModel]:
        return batch_loss_and_gradient(eqx.combine(own, fixed), alone, loss)

    first = jax.tree.map(lambda leaf: jnp.moveaxis(leaf, -1, 0), trained)
    losses, gradients = jax.lax.map(of_one, first)  # one by one: no product of stacks
    return losses, jax.tree.map(lambda leaf: jnp.moveaxis(leaf, 0, -1), gradients)


def batch_loss_and_gradient(
    model: SequenceModel, words: Examples, loss: Loss
) -> tuple[Float[Array, ""], SequenceModel]:
    """Return the loss of one model, summed over words, and its gradient.

    Args:
        model: whose outputs are the predictions.
        words: inputs (time, input, word), targets (time, output, word) and the number
            of predictions of each word, (word,).
        loss: of one prediction.
    """
    trained, fixed = eqx.partition(model, eqx.is_inexact_array)

    def of_word(outputs: Array, targets: Array, num_steps: Array) -> Array:
        losses = jax.vmap(loss)(outputs, targets)
        counts = jnp.arange(len(losses)) < num_steps
        return jnp.where(counts, losses, 0.0).sum()

    def total(trained: SequenceModel) -> Array:
        whole = eqx.combine(trained, fixed)
        outputs = jax.vmap(whole, in_axes=2)(words.inputs)
        losses = jax.vmap(of_word, in_axes=(0, 2, 0))
        return losses(outputs, words.targets, words.num_steps).sum()

    found, gradient = jax.value_and_grad(total)(trained)
    return found, rising(gradient)
