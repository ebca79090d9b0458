"""Back-propagation through time: one word over its own length, or many words side by side."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from firstbit.cells import Network, hidden_of, initial_state, squared_error
from firstbit.training.pull_back import PullBack

Loss = Callable[[Array, Array], Array]
"""Of the linear outputs and the one-hot target, summed over both."""


def loss_and_gradient(
    network: Network,
    inputs: Float[Array, "time input"],
    targets: Float[Array, "time output"],
    num_steps: Int[Array, ""] | int,
    loss: Loss = squared_error,
) -> tuple[Float[Array, ""], Network]:
    r"""Summed loss of next-symbol prediction on one word, and its gradient.

    $$ L = \sum_{t < n} \ell(O h_t + b_O, y_t), \qquad \nabla_\theta L = \sum_{t < n}
    \Bigl(\frac{\partial h_t}{\partial \theta}\Bigr)^{\!\top} \frac{dL}{dh_t} + \text{the read-out's own share} $$

    One loop forward stores the states and each step's slopes, one loop back carries dL/dh_t and adds each step's share to
    the gradient. Both stop at the word's own end: words average 12 symbols and the longest has 27, so padding would more
    than double the work.

    Args:
        network: cell, of any form of state, and read-out.
        inputs: one-hot symbols that are read, (time, input); what stands behind `num_steps` is not read.
        targets: one-hot outputs that come next, (time, output).
        num_steps: n, number of predictions that count.
        loss: of one prediction.

    Returns:
        The loss, and its gradient: a network whose leaves that are no real arrays are None.

    Example:
        >>> from firstbit.cells import Readout, Vanilla
        >>> net = Network(Vanilla(2, 3, key=jax.random.key(0)), Readout(jnp.zeros((2, 3))))
        >>> float(loss_and_gradient(net, jnp.eye(2), jnp.eye(2), 2)[0])
        2.0
    """
    return _through_time(
        network,
        inputs,
        targets,
        num_steps,
        start=initial_state,
        step=lambda cell, x, state: cell(x, state),
        error=lambda readout, state, target: loss(readout(hidden_of(state)), target),
    )


def batch_loss_and_gradient(
    network: Network,
    inputs: Float[Array, "time word input"],
    targets: Float[Array, "time word output"],
    num_steps: Int[Array, " word"],
    loss: Loss = squared_error,
) -> tuple[Float[Array, ""], Network]:
    """The same summed over words that step together, to the end of the longest; time comes first.

    Each step's share of a weight's gradient is one product over all words.
    """
    num_words = inputs.shape[1]

    def start(cell: Any) -> Any:
        return jax.tree.map(lambda leaf: jnp.broadcast_to(leaf, (num_words, *jnp.shape(leaf))), initial_state(cell))

    def error(readout: Any, state: Any, target: tuple[Array, Array]) -> Array:
        aim, counts = target
        return jnp.sum(jnp.where(counts, jax.vmap(loss)(jax.vmap(readout)(hidden_of(state)), aim), 0.0))

    counts = jnp.arange(inputs.shape[0])[:, None] < num_steps
    return _through_time(
        network,
        inputs,
        (targets, counts),
        jnp.max(num_steps),
        start=start,
        step=lambda cell, x, state: jax.vmap(cell)(x, state),
        error=error,
    )


def _through_time(
    network: Network,
    inputs: Array,
    targets: Any,
    num_steps: Array | int,
    *,
    start: Callable[[Any], Any],
    step: Callable[[Any, Array, Any], Any],
    error: Callable[[Any, Any, Any], Array],
) -> tuple[Array, Network]:
    trained, fixed = eqx.partition(network, eqx.is_inexact_array)

    def start_of(trained: Any) -> Any:
        return start(eqx.combine(trained, fixed.cell))

    def step_of(trained: Any, x: Array, state: Any) -> Any:
        return step(eqx.combine(trained, fixed.cell), x, state)

    def error_of(trained: Any, state: Any, target: Any) -> Array:
        return error(eqx.combine(trained, fixed.readout), state, target)

    first, pull_to_start = jax.vjp(start_of, trained.cell)
    one_step = PullBack(step_of)
    # Row t + 1 is the state after symbol t; row 0 is the state before the first symbol.
    states = jax.tree.map(lambda leaf: _rows(inputs.shape[0] + 1, leaf).at[0].set(leaf), first)
    kept = [_rows(inputs.shape[0], leaf) for leaf in jax.eval_shape(one_step.forward, trained.cell, inputs[0], first)[1]]

    def forward(t: Array, carry: tuple[Any, list[Array]]) -> tuple[Any, list[Array]]:
        states, kept = carry
        state, left = one_step.forward(trained.cell, inputs[t], _row(states, t))
        states = jax.tree.map(lambda rows, new: rows.at[t + 1].set(new), states, state)
        return states, [rows.at[t].set(new) for rows, new in zip(kept, left, strict=True)]

    states, kept = jax.lax.fori_loop(0, num_steps, forward, (states, kept))

    def backward(i: Array, carry: tuple[Any, Network, Array]) -> tuple[Any, Network, Array]:
        from_later, gradient, total = carry
        t = num_steps - 1 - i
        loss, (at_readout, at_state) = jax.value_and_grad(error_of, argnums=(0, 1))(
            trained.readout, _row(states, t + 1), _row(targets, t)
        )
        at_new = jax.tree.map(jnp.add, from_later, at_state)
        at_cell, from_later = one_step.back(trained.cell, inputs[t], _row(states, t), _row(kept, t), at_new)
        gradient = jax.tree.map(jnp.add, gradient, Network(at_cell, at_readout))
        return from_later, gradient, total + loss

    nothing = (jax.tree.map(jnp.zeros_like, first), jax.tree.map(jnp.zeros_like, trained), jnp.zeros(()))
    from_later, gradient, total = jax.lax.fori_loop(0, num_steps, backward, nothing)
    (at_start,) = pull_to_start(from_later)
    return total, Network(jax.tree.map(jnp.add, gradient.cell, at_start), gradient.readout)


def _rows(number: int, leaf: Any) -> Array:
    return jnp.zeros((number, *leaf.shape), leaf.dtype)


def _row(rows: Any, t: Array | int) -> Any:
    return jax.tree.map(lambda leaf: leaf[t], rows)
