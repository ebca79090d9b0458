"""Back-propagation through time, of copies of a network side by side.

The copies are many networks that read one word, or one network on many words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, PyTree

from firstbit.cells import (
    Network,
    Readout,
    SequenceModel,
    hidden_of,
    initial_state,
    squared_error,
)
from firstbit.cells.losses import Loss
from firstbit.cells.network import Net
from firstbit.programs.blockwise import blockwise
from firstbit.programs.complex_numbers import rising
from firstbit.programs.pull_back import PullBack, forward
from firstbit.training import whole_words
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


def loss_and_gradient(
    network: Net, word: Examples, loss: Loss = squared_error
) -> tuple[Float[Array, ""], Net]:
    r"""Return the summed loss of next-symbol prediction on one word, and its gradient.

    $$ L = \sum_{t < n} \ell(O h_t + b_O, y_t), \qquad \nabla_\theta L = \sum_{t < n}
    \Bigl(\frac{\partial h_t}{\partial \theta}\Bigr)^{\!\top} \frac{dL}{dh_t}
    + \text{the read-out's own share} $$

    One loop forward stores the states and each step's slopes. One loop back carries
    dL/dh_t and adds each step's share of the gradient. Both stop at the word's own
    end: words average 12 symbols and the longest has 27, so padding would more than
    double the work.

    Args:
        network: cell, of any form of state, and read-out; or a model of sequences,
            which reads the word as a whole.
        word: an example: inputs (time, input), targets (time, output) and the number n
            of predictions that count; rows from n on are not read.
        loss: of one prediction.

    Returns:
        The loss, and its gradient: a network whose leaves that hold no real or complex
        numbers are None. Of a complex number $a + ib$ it is $\partial L / \partial a +
        i\, \partial L / \partial b$, along which the loss rises.

    Example:
        >>> from firstbit.cells import Vanilla
        >>> cell = Vanilla(2, 3, key=jax.random.key(0))
        >>> net = Network(cell, Readout(jnp.zeros((2, 3))))
        >>> word = Examples(jnp.eye(2), jnp.eye(2), 2)
        >>> loss, gradient = loss_and_gradient(net, word)
        >>> float(loss)
        2.0
    """
    trained, fixed = eqx.partition(network, eqx.is_inexact_array)
    alone = jax.tree.map(_one_copy, trained)
    losses, gradients = losses_and_gradients(alone, fixed, word, loss)
    gradient = jax.tree.map(_only_copy, gradients)
    return losses[0], gradient


def _one_copy(leaf: Array) -> Array:
    """Return an array of one network as that of one copy."""
    return leaf[..., None]


def _only_copy(leaf: Array) -> Array:
    """Return the array of the only copy."""
    return leaf[..., 0]


def losses_and_gradients(
    trained: Net, fixed: Net, word: Examples, loss: Loss
) -> tuple[Float[Array, " network"], Net]:
    """Return the losses of many networks on one word, and their gradients.

    Args:
        trained: the networks' real arrays, each with the network as its last axis.
        fixed: all else of a network, the same for all.
        word: as in `loss_and_gradient`.
        loss: of one prediction.
    """
    if isinstance(trained, SequenceModel):
        assert isinstance(fixed, SequenceModel), "the same net"
        return whole_words.losses_and_gradients(trained, fixed, word, loss)
    assert isinstance(fixed, Network), "the same net"
    some = jax.tree.leaves(trained)[0]
    copies = _Copies(
        number=some.shape[-1],
        always=jnp.asarray(word.num_steps) >= 0,
        share_weights=False,
    )

    def error(readout: Readout, state: PyTree, target: Array) -> Array:
        whole = eqx.combine(readout, fixed.readout)
        output = whole(hidden_of(state, fixed.place))
        return loss(output, target)

    return _through_time(trained, fixed.cell, word, error, copies)


def batch_loss_and_gradient(
    network: Net, words: Examples, loss: Loss = squared_error
) -> tuple[Float[Array, ""], Net]:
    """Return the loss of one network, summed over words, and its gradient.

    The words step together, to the end of the longest.

    Args:
        network: cell and read-out, or a model of sequences.
        words: inputs (time, input, word), targets (time, output, word) and the number
            of predictions of each word, (word,).
        loss: of one prediction.
    """
    if isinstance(network, SequenceModel):
        return whole_words.batch_loss_and_gradient(network, words, loss)
    trained, fixed = eqx.partition(network, eqx.is_inexact_array)
    longest = jnp.max(words.num_steps)
    room = words.inputs.shape[0]
    time = jnp.arange(room)
    counts = time[:, None] < words.num_steps
    copies = _Copies(
        number=len(words.num_steps),
        always=longest >= 0,
        share_weights=True,
    )

    def error(readout: Readout, state: PyTree, target: tuple[Array, Array]) -> Array:
        symbol, counts = target
        whole = eqx.combine(readout, fixed.readout)
        output = whole(hidden_of(state, fixed.place))
        of_symbol = loss(output, symbol)
        return jnp.where(counts, of_symbol, 0.0)

    targets = words.targets, counts
    together = Examples(words.inputs, targets, longest)
    losses, gradient = _through_time(
        trained,
        fixed.cell,
        together,
        error,
        copies,
    )
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
        function: Callable[..., object],
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


class _Passed(NamedTuple):
    """What the way forward leaves for the way back.

    Attributes:
        states: row t + 1 is the state after symbol t; row 0 is the state before the
            first symbol.
        slopes: row t is what the step at symbol t keeps.
        pull_back: the way back of a step.
    """

    states: PyTree
    slopes: list[Array]
    pull_back: PullBack


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

    def pull_to_start(cell: PyTree, at_first: PyTree) -> PyTree:
        _, pull = jax.vjp(start_of, cell)
        (at_cell,) = pull(at_first)
        return at_cell

    def one_step(cell: PyTree, x: Array, state: PyTree) -> PyTree:
        whole = eqx.combine(cell, fixed_cell)
        return whole(x, state)

    first = copies.beside(start_of)(trained.cell)
    passed = _forward(
        trained.cell,
        one_step,
        first,
        word,
        copies,
    )
    losses, gradient, at_first = _backward(
        trained,
        passed,
        word,
        error,
        copies,
    )
    at_start = copies.beside(pull_to_start)(trained.cell, at_first)
    of_start = copies.gradient(at_start)
    of_cell = jax.tree.map(jnp.add, gradient.cell, of_start)
    slopes = Network(of_cell, gradient.readout, trained.place)
    return losses, rising(slopes)


def _forward(
    cell: PyTree,
    one_step: Callable[[PyTree, Array, PyTree], PyTree],
    first: PyTree,
    word: Examples,
    copies: _Copies,
) -> _Passed:
    """Step through the word from the first state."""
    step = copies.beside(forward(one_step), 1)
    first_symbol = word.inputs[0]
    _, kept = jax.eval_shape(step, cell, first_symbol, first)
    room = word.inputs.shape[0]
    states = rows(room + 1, first)
    states = put(states, first, 0)
    slopes = rows(room, kept.arrays)

    def one(t: Time, carry: tuple[PyTree, list[Array]]) -> tuple:
        states, slopes = carry
        x = row(word.inputs, t)
        before = row(states, t)
        after, kept = step(cell, x, before)
        states = put(states, after, t + 1)
        slopes = put(slopes, kept.arrays, t)
        return states, slopes

    start = states, slopes
    states, slopes = jax.lax.fori_loop(
        0,
        word.num_steps,
        one,
        start,
    )
    return _Passed(states, slopes, kept.pull_back)


def _backward(
    trained: Network,
    passed: _Passed,
    word: Examples,
    error: Callable[[Readout, PyTree, Any], Array],
    copies: _Copies,
) -> tuple[Float[Array, " copy"], Network, PyTree]:
    """Return the losses, the gradient of all steps, and dL/dh of the first state."""
    step_back = copies.beside(
        passed.pull_back,
        1,
        factored=True,
    )
    with_slopes = jax.value_and_grad(error, argnums=(0, 1))
    slope = copies.beside(
        with_slopes,
        2,
        factored=True,
    )

    def back(t: Time, from_later: PyTree) -> tuple[Array, PyTree, Network]:
        after = row(passed.states, t + 1)
        target = row(word.targets, t)
        loss, derivatives = slope(trained.readout, after, target)
        at_readout, at_state = derivatives
        at_after = jax.tree.map(jnp.add, from_later, at_state)
        at_cell, at_before = step_back(
            trained.cell,
            row(word.inputs, t),
            row(passed.states, t),
            row(passed.slopes, t),
            at_after,
        )
        of_cell = copies.gradient(at_cell)
        of_readout = copies.gradient(at_readout)
        return loss, at_before, Network(of_cell, of_readout, trained.place)

    def one(i: Time, carry: tuple[PyTree, Network, Array]) -> tuple:
        from_later, gradient, total = carry
        t = word.num_steps - 1 - i
        loss, at_before, added = back(t, from_later)
        gradient = with_step(gradient, added, t)
        return at_before, gradient, total + loss

    last = row(passed.states, 0)
    at_end = jax.tree.map(jnp.zeros_like, last)
    loss, _, added = jax.eval_shape(back, 0, at_end)
    room = word.inputs.shape[0]
    nothing = no_steps(added, room)
    losses = jnp.zeros(loss.shape)
    start = at_end, nothing, losses
    at_first, gradient, losses = jax.lax.fori_loop(
        0,
        word.num_steps,
        one,
        start,
    )
    return losses, all_steps(gradient, word.num_steps), at_first
