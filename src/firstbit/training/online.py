"""One plain gradient step a word, word after word: the published rule."""

import equinox as eqx
import jax
from jaxtyping import Array, Float

from firstbit.cells import Network
from firstbit.training.bptt import loss_and_gradient
from firstbit.training.protocols import Published
from firstbit.training.words import Encoded


@eqx.filter_jit
def epoch(
    protocol: Published, network: Network, moments: tuple[()], rate: Float[Array, ""], words: Encoded
) -> tuple[Network, tuple[()], Float[Array, ""]]:
    """One pass over the words, one gradient step after each; the mean of the losses before the steps."""
    trained, fixed = eqx.partition(network, eqx.is_inexact_array)

    def one_word(trained: Network, word: Encoded) -> tuple[Network, Array]:
        loss, gradient = loss_and_gradient(eqx.combine(trained, fixed), *word, protocol.loss)
        return jax.tree.map(lambda p, g: p - rate * g, trained, gradient), loss

    trained, losses = jax.lax.scan(one_word, trained, words)
    return eqx.combine(trained, fixed), moments, losses.mean()
