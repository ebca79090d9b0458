"""Adam on clipped gradients of minibatches of words: the modern rule."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float

from firstbit.cells import Network
from firstbit.training.bptt import batch_loss_and_gradient
from firstbit.training.rules import Modern
from firstbit.training.words import Encoded


def first_moments(rule: Modern, network: Network) -> Any:
    """Adam's state before training."""
    return _optimizer(rule).init(eqx.filter(network, eqx.is_inexact_array))


@eqx.filter_jit
def epoch(
    rule: Modern,
    network: Network,
    moments: Any,
    rate: Float[Array, ""],
    words: Encoded,
) -> tuple[Network, Any, Float[Array, ""]]:
    """One pass over the words, one step after each minibatch; the mean of the words' losses before the steps."""
    trained, fixed = eqx.partition(network, eqx.is_inexact_array)
    num_words = len(words.num_steps)
    missing = -num_words % rule.batch_size  # words of no step fill the last minibatch

    def minibatches(array: Array) -> Array:
        padded = jnp.pad(array, [(0, missing)] + [(0, 0)] * (array.ndim - 1))
        return padded.reshape(-1, rule.batch_size, *array.shape[1:])

    inputs, targets, num_steps = jax.tree.map(minibatches, words)
    sizes = minibatches(jnp.ones(num_words)).sum(axis=1)

    def one_batch(
        carry: tuple[Network, Any], batch: tuple
    ) -> tuple[tuple[Network, Any], Array]:
        trained, moments = carry
        inputs, targets, num_steps, size = batch
        loss, gradient = batch_loss_and_gradient(
            eqx.combine(trained, fixed), inputs, targets, num_steps, rule.loss
        )
        step, moments = _optimizer(rule).update(
            jax.tree.map(lambda g: g / size, gradient), moments
        )
        return (jax.tree.map(lambda p, s: p - rate * s, trained, step), moments), loss

    batches = (
        jnp.moveaxis(inputs, 1, 3),
        jnp.moveaxis(targets, 1, 3),
        num_steps,
        sizes,
    )
    (trained, moments), losses = jax.lax.scan(one_batch, (trained, moments), batches)
    return eqx.combine(trained, fixed), moments, losses.sum() / num_words


def _optimizer(rule: Modern) -> optax.GradientTransformation:
    return optax.chain(optax.clip_by_global_norm(rule.clip), optax.scale_by_adam())
