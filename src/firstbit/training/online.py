"""One plain gradient step a word, word after word: the published rule, for networks side by side."""

from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from firstbit.cells import Network
from firstbit.training.bptt import losses_and_gradients
from firstbit.training.rules import Published
from firstbit.training.words import Encoded


@eqx.filter_jit
def epoch(
    rule: Published,
    networks: Sequence[Network],
    rates: Float[Array, " network"],
    words: Encoded,
) -> tuple[list[Network], Float[Array, "network word"]]:
    """One pass over the words, one gradient step after each; the losses before the steps.

    A network's result does not depend on the others. They must be alike in all but
    their real arrays.
    """
    parts = [eqx.partition(network, eqx.is_inexact_array) for network in networks]
    fixed = parts[0][1]

    def one_word(trained: Network, word: Encoded) -> tuple[Network, Array]:
        losses, gradient = losses_and_gradients(trained, fixed, *word, rule.loss)
        return jax.tree.map(lambda p, g: p - rates * g, trained, gradient), losses

    together = jax.tree.map(
        lambda *leaves: jnp.stack(leaves, axis=-1), *[trained for trained, _ in parts]
    )
    together, losses = jax.lax.scan(one_word, together, words)
    apart = [
        eqx.combine(jax.tree.map(lambda leaf, i=i: leaf[..., i], together), fixed)
        for i in range(len(networks))
    ]
    return apart, losses.T
