"""Back-propagation through time, of copies of a network side by side.

The copies are many networks that read one word, or one network on many words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, PyTree

from firstbit.cells import Network, Readout, hidden_of, initial_state, squared_error
from firstbit.programs.blockwise import blockwise
from firstbit.programs.pull_back import forward
from firstbit.training.over_steps import (
    Time,
    all_steps,
    no_steps,
    over_copies,
    put,
    row,
    rows,
    with_step,
)
from firstbit.training.words import Examples

Loss = Callable[[Array, Array], Array]
"""From linear outputs and a one-hot target to the loss, summed over both."""


def loss_and_gradient(
    network: Network, word: Examples, loss: Loss = squared_error
) -> tuple[Float[Array, ""], Network]:
    r"""Return the summed loss of next-symbol prediction on one word, and its gradient.

    $$ L = \sum_{t < n} \ell(O h_t + b_O, y_t), \qquad \nabla_\theta L = \sum_{t < n}
    \Bigl(\frac{\partial h_t}{\partial \theta}\Bigr)^{\!\top} \frac{dL}{dh_t} + \text{the read-out's own share} $$

    One loop forward stores the states and each step's slopes. One loop back carries
    dL/dh_t and adds each step's share of the gradient. Both stop at the word's own
    end: words average 12 symbols and the longest has 27, so padding would more than
    double the work.

    Args:
        network: cell, of any form of state, and read-out.
        word: an example: inputs (time, input), targets (time, output) and the number n
            of predictions that count; rows from n on are not read.
        loss: of one prediction.

    Returns:
        The loss, and its gradient: a network whose leaves that are no real arrays are
        None.

    Example:
        >>> from firstbit.cells import Vanilla
        >>> net = Network(Vanilla(2, 3, key=jax.random.key(0)), Readout(jnp.zeros((2, 3))))
        >>> float(loss_and_gradient(net, Examples(jnp.eye(2), jnp.eye(2), 2))[0])
        2.0
    """
    trained, fixed = eqx.partition(network, eqx.is_inexact_array)
    alone = jax.tree.map(lambda leaf: leaf[..., None], trained)
    losses, gradients = losses_and_gradients(alone, fixed, word, loss)
    return losses[0], jax.tree.map(lambda leaf: leaf[..., 0], gradients)


def losses_and_gradients(
    trained: Network, fixed: Network, word: Examples, loss: Loss
) -> tuple[Float[Array, " network"], Network]:
    """Return the losses of many networks on one word, and their gradients.

    Args:
        trained: the networks' real arrays, each with the network as its last axis.
        fixed: all else of a network, the same for all.
        word: as in `loss_and_gradient`.
        loss: of one prediction.
    """
    copies = _Copies(
        number=jax.tree.leaves(trained)[0].shape[-1],
        always=jnp.asarray(word.num_steps) >= 0,
        share_weights=False,
    )

    def error(readout: Readout, state: PyTree, target: Array) -> Array:
        output = eqx.combine(readout, fixed.readout)(hidden_of(state))
        return loss(output, target)

    return _through_time(trained, fixed.cell, word, error, copies)


def batch_loss_and_gradient(
    network: Network, words: Examples, loss: Loss = squared_error
) -> tuple[Float[Array, ""], Network]:
    """Return the loss of one network, summed over words, and its gradient.

    The words step together, to the end of the longest.

    Args:
        network: cell and read-out.
        words: inputs (time, input, word), targets (time, output, word) and the number
            of predictions of each word, (word,).
        loss: of one prediction.
    """
    trained, fixed = eqx.partition(network, eqx.is_inexact_array)
    longest = jnp.max(words.num_steps)
    counts = jnp.arange(words.inputs.shape[0])[:, None] < words.num_steps
    copies = _Copies(
        number=len(words.num_steps), always=longest >= 0, share_weights=True
    )

    def error(readout: Readout, state: PyTree, target: tuple[Array, Array]) -> Array:
        symbol, counts = target
        output = eqx.combine(readout, fixed.readout)(hidden_of(state))
        return jnp.where(counts, loss(output, symbol), 0.0)

    together = Examples(words.inputs, (words.targets, counts), longest)
    losses, gradient = _through_time(trained, fixed.cell, together, error, copies)
    return losses.sum(), gradient


@dataclass(frozen=True)
class _Copies:
    """How copies of a network stand side by side, on the last axis of every array.

    Attributes:
        number: of copies.
        always: true, but not known to the compiler (see `blockwise`).
        share_weights: whether all copies have the same weights and each its own
            symbols; else each has its own weights, and all have the same symbols.
    """

    number: int
    always: Bool[Array, ""]
    share_weights: bool

    def beside(
        self,
        function: Callable[..., Any],
        symbol: int | None = None,
        *,
        factored: bool = False,
    ) -> Callable[..., Any]:
        """Return the function of all copies.

        Args:
            function: of one copy; its first argument are weights.
            symbol: the place of the argument that is a symbol, where there is one.
            factored: whether products of two vectors are left as such.
        """
        shared: tuple[int, ...] = ()
        if self.share_weights:
            shared = (0,)
        elif symbol is not None:
            shared = (symbol,)
        return blockwise(
            function,
            self.always,
            shared=shared,
            number=self.number,
            keeps_products=True,
            factored=factored,
        )

    def gradient(self, part: PyTree) -> PyTree:
        """Return what a step adds to the gradient: summed over copies that share it."""
        return over_copies(part) if self.share_weights else part


def _through_time(
    trained: Network,
    fixed_cell: PyTree,
    word: Examples,
    error: Callable[[Readout, PyTree, Any], Array],
    copies: _Copies,
) -> tuple[Float[Array, " copy"], Network]:
    """Return the losses of the copies, and the gradient.

    Args:
        trained: the real arrays of cell and read-out.
        fixed_cell: all else of the cell.
        word: inputs and targets by time, of any form; one number of steps.
        error: from read-out, state and target to the loss of a prediction.
        copies: how they stand side by side.
    """

    def start_of(cell: PyTree) -> PyTree:
        return initial_state(eqx.combine(cell, fixed_cell))

    def one_step(cell: PyTree, x: Array, state: PyTree) -> PyTree:
        return eqx.combine(cell, fixed_cell)(x, state)

    step = copies.beside(forward(one_step), 1)
    first = copies.beside(start_of)(trained.cell)
    _, kept = jax.eval_shape(step, trained.cell, word.inputs[0], first)
    room = word.inputs.shape[0]

    # Row t + 1 is the state after symbol t; row 0 is the state before the first symbol.
    states = put(rows(room + 1, first), first, 0)
    slopes = rows(room, kept.arrays)

    def to_later(t: Array, carry: tuple[PyTree, list[Array]]) -> tuple:
        states, slopes = carry
        state, kept = step(trained.cell, row(word.inputs, t), row(states, t))
        return put(states, state, t + 1), put(slopes, kept.arrays, t)

    carry = states, slopes
    states, slopes = jax.lax.fori_loop(0, word.num_steps, to_later, carry)

    step_back = copies.beside(kept.pull_back, 1, factored=True)
    slope = copies.beside(jax.value_and_grad(error, argnums=(0, 1)), 2, factored=True)

    def back(t: Time, from_later: PyTree) -> tuple[Array, PyTree, Network]:
        loss, (at_readout, at_state) = slope(
            trained.readout, row(states, t + 1), row(word.targets, t)
        )
        at_new = jax.tree.map(jnp.add, from_later, at_state)
        at_cell, at_old = step_back(
            trained.cell, row(word.inputs, t), row(states, t), row(slopes, t), at_new
        )
        added = Network(copies.gradient(at_cell), copies.gradient(at_readout))
        return loss, at_old, added

    def to_earlier(i: Array, carry: tuple[PyTree, Network, Array]) -> tuple:
        from_later, gradient, total = carry
        t = word.num_steps - 1 - i
        loss, from_later, added = back(t, from_later)
        return from_later, with_step(gradient, added, t), total + loss

    at_end = jax.tree.map(jnp.zeros_like, first)
    loss, _, added = jax.eval_shape(back, 0, at_end)
    carry = at_end, no_steps(added, room), jnp.zeros(loss.shape)
    at_first, gradient, total = jax.lax.fori_loop(0, word.num_steps, to_earlier, carry)

    def pull_to_start(cell: PyTree, at_first: PyTree) -> PyTree:
        return jax.vjp(start_of, cell)[1](at_first)[0]

    at_start = copies.gradient(copies.beside(pull_to_start)(trained.cell, at_first))
    gradient = all_steps(gradient, word.num_steps)
    of_cell = jax.tree.map(jnp.add, gradient.cell, at_start)
    return total, Network(of_cell, gradient.readout)
