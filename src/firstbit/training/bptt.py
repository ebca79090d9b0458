"""Back-propagation through time, side by side: one word through many networks, or many words through one."""

from collections.abc import Callable
from typing import Any, Protocol

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from firstbit.cells import Network, hidden_of, initial_state, squared_error
from firstbit.programs.blockwise import blockwise
from firstbit.programs.pull_back import PullBack
from firstbit.training.over_steps import (
    all_steps,
    no_steps,
    over_copies,
    put,
    row,
    rows,
    with_step,
)

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

    One loop forward stores the states and each step's slopes, one loop back carries
    dL/dh_t and tells each step's share of the gradient. Both stop at the word's own
    end: words average 12 symbols and the longest has 27, so padding would more than
    double the work.

    Args:
        network: cell, of any form of state, and read-out.
        inputs: one-hot symbols that are read, (time, input); what stands behind
            `num_steps` is not read.
        targets: one-hot outputs that come next, (time, output).
        num_steps: n, number of predictions that count.
        loss: of one prediction.

    Returns:
        The loss, and its gradient: a network whose leaves that are no real arrays are
        None.

    Example:
        >>> from firstbit.cells import Readout, Vanilla
        >>> net = Network(Vanilla(2, 3, key=jax.random.key(0)), Readout(jnp.zeros((2, 3))))
        >>> float(loss_and_gradient(net, jnp.eye(2), jnp.eye(2), 2)[0])
        2.0
    """
    trained, fixed = eqx.partition(network, eqx.is_inexact_array)
    alone = jax.tree.map(lambda leaf: leaf[..., None], trained)
    losses, gradients = losses_and_gradients(
        alone, fixed, inputs, targets, num_steps, loss
    )
    return losses[0], jax.tree.map(lambda leaf: leaf[..., 0], gradients)


def losses_and_gradients(
    trained: Network,
    fixed: Network,
    inputs: Float[Array, "time input"],
    targets: Float[Array, "time output"],
    num_steps: Int[Array, ""] | int,
    loss: Loss,
) -> tuple[Float[Array, " network"], Network]:
    """The same of many networks that read one word side by side.

    Args:
        trained: the networks' real arrays, each with the network as its last axis.
        fixed: all else of a network, the same for all.
        inputs: of the word, as in `loss_and_gradient`.
        targets: the same.
        num_steps: the same.
        loss: the same.
    """
    number = jax.tree.leaves(trained)[0].shape[-1]
    always = jnp.asarray(num_steps) >= 0

    def error(readout: Any, state: Any, target: Array) -> Array:
        return loss(eqx.combine(readout, fixed.readout)(hidden_of(state)), target)

    def beside(
        function: Callable[..., Any],
        symbols: int | None = None,
        *,
        factored: bool = False,
    ) -> Callable[..., Any]:
        shared = () if symbols is None else (symbols,)
        return blockwise(
            function,
            always,
            shared=shared,
            number=number,
            keeps_products=True,
            factored=factored,
        )

    return _through_time(
        trained,
        fixed.cell,
        inputs,
        targets,
        num_steps,
        error=error,
        beside=beside,
        share=lambda part: part,
    )


def batch_loss_and_gradient(
    network: Network,
    inputs: Float[Array, "time input word"],
    targets: Float[Array, "time output word"],
    num_steps: Int[Array, " word"],
    loss: Loss = squared_error,
) -> tuple[Float[Array, ""], Network]:
    """The same of one network, summed over words that step together to the end of the longest."""
    trained, fixed = eqx.partition(network, eqx.is_inexact_array)
    counts = jnp.arange(inputs.shape[0])[:, None] < num_steps
    longest = jnp.max(num_steps)

    def error(readout: Any, state: Any, target: tuple[Array, Array]) -> Array:
        aim, counts = target
        return jnp.where(
            counts,
            loss(eqx.combine(readout, fixed.readout)(hidden_of(state)), aim),
            0.0,
        )

    def beside(
        function: Callable[..., Any],
        symbols: int | None = None,  # noqa: ARG001
        *,
        factored: bool = False,
    ) -> Callable[..., Any]:
        return blockwise(
            function,
            longest >= 0,
            shared=(0,),
            number=len(num_steps),
            keeps_products=True,
            factored=factored,
        )

    losses, gradient = _through_time(
        trained,
        fixed.cell,
        inputs,
        (targets, counts),
        longest,
        error=error,
        beside=beside,
        share=over_copies,
    )
    return losses.sum(), gradient


class _Beside(Protocol):
    """From a step, of a loop or of its first argument's start, to copies of it side by side on the last axis.

    The first argument is weights; `symbols` is the place of what was read, or is to be
    predicted.
    """

    def __call__(
        self,
        function: Callable[..., Any],
        symbols: int | None = None,
        *,
        factored: bool = False,
    ) -> Callable[..., Any]: ...


def _through_time(
    trained: Network,
    fixed_cell: Any,
    inputs: Array,
    targets: Any,
    num_steps: Int[Array, ""] | int,
    *,
    error: Callable[[Any, Any, Any], Array],
    beside: _Beside,
    share: Callable[[Any], Any],
) -> tuple[Float[Array, " copy"], Network]:
    """The losses of the copies, and the gradient: of each, or summed over all, as `share` makes of what a step adds."""

    def start_of(cell: Any) -> Any:
        return initial_state(eqx.combine(cell, fixed_cell))

    def pull_to_start(cell: Any, at_start: Any) -> Any:
        return jax.vjp(start_of, cell)[1](at_start)[0]

    one_step = PullBack(lambda cell, x, state: eqx.combine(cell, fixed_cell)(x, state))
    step = beside(one_step.forward, 1)
    step_back = beside(one_step.back, 1, factored=True)
    slope = beside(jax.value_and_grad(error, argnums=(0, 1)), 2, factored=True)

    first = beside(start_of)(trained.cell)
    room = inputs.shape[0]
    # Row t + 1 is the state after symbol t; row 0 is the state before the first symbol.
    states = jax.tree.map(lambda leaf: put(rows(room + 1, leaf), leaf, 0), first)
    kept = [
        rows(room, leaf)
        for leaf in jax.eval_shape(step, trained.cell, inputs[0], first)[1]
    ]

    def forward(t: Array, carry: tuple[Any, list[Array]]) -> tuple[Any, list[Array]]:
        states, kept = carry
        state, left = step(trained.cell, row(inputs, t), row(states, t))
        states = jax.tree.map(
            lambda all_rows, new: put(all_rows, new, t + 1), states, state
        )
        return states, [
            put(all_rows, new, t) for all_rows, new in zip(kept, left, strict=True)
        ]

    states, kept = jax.lax.fori_loop(0, num_steps, forward, (states, kept))

    def back(t: Array, from_later: Any) -> tuple[Array, Any, Network]:
        loss, (at_readout, at_state) = slope(
            trained.readout, row(states, t + 1), row(targets, t)
        )
        at_new = jax.tree.map(jnp.add, from_later, at_state)
        at_cell, from_later = step_back(
            trained.cell, row(inputs, t), row(states, t), row(kept, t), at_new
        )
        return loss, from_later, Network(share(at_cell), share(at_readout))

    def backward(i: Array, carry: tuple[Any, Any, Array]) -> tuple[Any, Any, Array]:
        from_later, gradient, total = carry
        t = num_steps - 1 - i
        loss, from_later, added = back(t, from_later)
        return from_later, with_step(gradient, added, t), total + loss

    at_end = jax.tree.map(jnp.zeros_like, first)
    loss, _, added = jax.eval_shape(back, 0, at_end)
    carry = (at_end, no_steps(added, room), jnp.zeros(loss.shape))
    from_later, gradient, total = jax.lax.fori_loop(0, num_steps, backward, carry)
    at_start = share(beside(pull_to_start)(trained.cell, from_later))
    gradient = all_steps(gradient, num_steps)
    return total, Network(
        jax.tree.map(jnp.add, gradient.cell, at_start), gradient.readout
    )
