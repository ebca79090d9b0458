"""Back-propagation through time over each word's own length."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from firstbit.cells import Network, initial_state, squared_error


def loss_and_gradient(
    network: Network, inputs: Float[Array, "time input"], length: Int[Array, ""]
) -> tuple[Float[Array, ""], Network]:
    r"""Summed squared error of next-symbol prediction on one word, and its gradient.

    $$ L = \sum_{t=0}^{m-2} \lVert O h_t + b_O - x_{t+1} \rVert^2 $$

    One loop forward stores the hidden states, one loop back carries dL/dh_t and adds each step's share to the
    gradient. Both stop at the word's own end: words average 12 symbols and the longest has 27, so padding
    would more than double the work.

    Args:
        network: cell and read-out.
        inputs: one-hot symbols, (time, input); what stands behind the word's end is not read.
        length: m, number of symbols of the word, at least 2.

    Returns:
        The loss, and its gradient as a network.
    """
    cell, readout = network.cell, network.readout
    num_steps = length - 1
    start = initial_state(cell)
    # Row t + 1 is h_t; row 0 is the state before the first symbol.
    hidden = jnp.zeros((inputs.shape[0] + 1, *start.shape)).at[0].set(start)

    def forward(t: Array, hidden: Array) -> Array:
        return hidden.at[t + 1].set(cell(inputs[t], hidden[t]))

    hidden = jax.lax.fori_loop(0, num_steps, forward, hidden)

    def backward(i: Array, carry: tuple[Array, Network, Array]) -> tuple[Array, Network, Array]:
        from_later, gradient, total = carry
        t = num_steps - 1 - i
        loss, (at_readout, at_hidden) = jax.value_and_grad(
            lambda readout, h: squared_error(readout(h), inputs[t + 1]), argnums=(0, 1)
        )(readout, hidden[t + 1])
        _, pull_back = jax.vjp(lambda cell, h: cell(inputs[t], h), cell, hidden[t])
        at_cell, from_later = pull_back(from_later + at_hidden)
        gradient = jax.tree.map(jnp.add, gradient, Network(at_cell, at_readout))
        return from_later, gradient, total + loss

    nothing = (jnp.zeros_like(start), jax.tree.map(jnp.zeros_like, network), jnp.zeros(()))
    _, gradient, total = jax.lax.fori_loop(0, num_steps, backward, nothing)
    return total, gradient
