"""The gradients of one word's losses through time, by lag, in one JAX program."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from firstbit.cells import Network, hidden_of, initial_state
from firstbit.cells.state import as_numbers, from_numbers, in_float
from firstbit.norms import norm
from firstbit.programs.in_turn import in_turn

Loss = Callable[[Array, Array], Array]
"""Of an output and its target."""

BATCH = 16
"""Words that are computed side by side."""


class Word(NamedTuple):
    """One padded word, or many along a first axis.

    Attributes:
        inputs: one-hot symbols that are read.
        targets: one-hot outputs that come next.
        num_steps: number of predictions.
    """

    inputs: Float[Array, "*word time input"]
    targets: Float[Array, "*word time output"]
    num_steps: Int[Array, "*word"]


class Norms(NamedTuple):
    """The gradients of one word, or of many along a first axis.

    Attributes:
        loss_gradient: norm of dL_T / dh_{T-lag}; NaN where there is no such lag.
        jacobian: spectral norm of dh_T / dh_{T-lag}.
        contribution: the terms of each lag in the gradient of the word's loss, as a
            network whose arrays have the lag as an axis.
    """

    loss_gradient: Float[Array, "*word time lag"]
    jacobian: Float[Array, "*word time lag"]
    contribution: Network


@eqx.filter_jit
@in_turn
def of_words(network: Network, words: Word, loss: Loss) -> Norms:
    """Compute the gradients of many words, a few at a time."""

    def of_word(word: Word) -> Norms:
        return _of_word(network, word, loss)

    return jax.lax.map(of_word, words, batch_size=BATCH)


@eqx.filter_jit
def of_first_state(network: Network) -> Network:
    """Return a network whose arrays are 0 where no first state depends on them."""
    trained, fixed = eqx.partition(network, eqx.is_inexact_array)

    def numbers(trained: Network) -> Array:
        whole = eqx.combine(trained, fixed)
        start = as_numbers(in_float(initial_state(whole.cell)))
        return jnp.arange(1, start.size + 1, dtype=start.dtype) @ start

    return jax.grad(numbers)(trained)


class _Steps:
    """The steps of a network along a word, with states as vectors.

    A state is h, or of an LSTM h and c; a complex number is two. Only the arrays of
    numbers of cell and read-out are arguments, so that JAX differentiates by these.
    """

    def __init__(self, network: Network, loss: Loss) -> None:
        self.trained, self._fixed = eqx.partition(network, eqx.is_inexact_array)
        self._like = in_float(initial_state(network.cell))
        self.first = as_numbers(self._like)
        self._loss = loss
        self._place = network.place

    def step(self, cell: Any, x: Array, state: Array) -> Array:
        whole = eqx.combine(cell, self._fixed.cell)
        before = from_numbers(state, self._like)
        return as_numbers(whole(x, before))

    def error(self, readout: Any, state: Array, target: Array) -> Array:
        whole = eqx.combine(readout, self._fixed.readout)
        hidden = hidden_of(from_numbers(state, self._like), self._place)
        return self._loss(whole(hidden), target)

    def start(self, cell: object) -> Array:
        whole = eqx.combine(cell, self._fixed.cell)
        return as_numbers(in_float(initial_state(whole)))

    def states(self, inputs: Array) -> Array:
        """Return the state after each symbol."""

        def kept(state: Array, x: Array) -> tuple[Array, Array]:
            state = self.step(self.trained.cell, x, state)
            return state, state

        _, states = jax.lax.scan(kept, self.first, inputs)
        return states


def _of_word(network: Network, word: Word, loss: Loss) -> Norms:
    """Compute the gradients of one word; row T of states is that after symbol T."""
    steps = _Steps(network, loss)
    after = steps.states(word.inputs)
    first = steps.first[None]
    before = jnp.concatenate([first, after[:-1]])
    step = partial(steps.step, steps.trained.cell)
    moves_at = jax.vmap(jax.jacrev(step, argnums=1))
    moves = moves_at(word.inputs, before)
    counts = jnp.arange(len(word.inputs)) < word.num_steps
    gradient = jax.grad(steps.error, argnums=(0, 1))
    gradients_at = jax.vmap(gradient, in_axes=(None, 0, 0))
    at_readout, at_state = gradients_at(steps.trained.readout, after, word.targets)

    def all_states(cell: object) -> Array:
        """Return each state as a function of the weights in its own step alone.

        The one before the first symbol comes first.
        """
        step = partial(steps.step, cell)
        each = jax.vmap(step)(word.inputs, before)
        first = steps.start(cell)
        return jnp.concatenate([first[None], each])

    _, pull_back = jax.vjp(all_states, steps.trained.cell)
    norms, sizes, at_cell = _lag_by_lag(moves, at_state, counts, pull_back)
    all_at_lag_zero = partial(_all_at_lag_zero, counts)
    of_readout = jax.tree.map(all_at_lag_zero, at_readout)
    return Norms(
        loss_gradient=norms[:-1].T,
        jacobian=sizes[:-1].T,
        contribution=Network(at_cell, of_readout, steps.trained.place),
    )


def _all_at_lag_zero(counts: Bool[Array, " time"], gradient: Array) -> Array:
    """Add up the read-out's gradients over time: they are all of lag 0."""
    total = jnp.tensordot(counts.astype(float), gradient, 1)
    num_lags = len(counts) + 1
    nothing = jnp.zeros((num_lags, *total.shape))
    return nothing.at[0].set(total)


def _lag_by_lag(
    moves: Float[Array, "time state state"],
    at_state: Float[Array, "time state"],
    counts: Bool[Array, " time"],
    pull_back: Callable[[Array], tuple[Any]],
) -> tuple[Array, Array, Any]:
    """Go back from every prediction at once, one lag after the other.

    Args:
        moves: dh_t / dh_{t-1}.
        at_state: dL_T / dh_T.
        counts: whether the word has a prediction at that time.
        pull_back: from gradients at all states, the one before the first symbol first,
            to the gradient at the cell's weights.

    Returns:
        For each lag and T the norms of dL_T / dh_{T-lag} and of dh_T / dh_{T-lag}, and
        for each lag the gradient at the cell's weights.
    """
    num_steps, size = at_state.shape
    time = jnp.arange(num_steps)

    def one_lag(
        carry: tuple[Array, Array], lag: Array
    ) -> tuple[tuple[Array, Array], tuple[Array, Array, Any]]:
        delta, product = carry  # of each T: dL_T / dh_{T-lag}, dh_T / dh_{T-lag}
        reached = time - lag  # h_{T-lag}; -1 is the state before the first symbol
        there = counts & (reached >= -1)
        nothing = jnp.zeros((num_steps + 1, size))
        counted = jnp.where(there[:, None], delta, 0.0)
        arriving = nothing.at[reached + 1].add(counted, mode="drop")
        inside = counts & (reached >= 0)
        norms = norm(delta, axis=1, xp=jnp)
        norms = jnp.where(inside, norms, jnp.nan)
        sizes = jnp.linalg.norm(product, ord=2, axis=(1, 2))
        sizes = jnp.where(inside, sizes, jnp.nan)
        back = moves[jnp.maximum(reached, 0)]
        delta = jnp.einsum("tij,ti->tj", back, delta)
        product = jnp.einsum("tij,tjk->tik", product, back)
        (at_cell,) = pull_back(arriving)
        return (delta, product), (norms, sizes, at_cell)

    eye = jnp.eye(size)
    unit = jnp.broadcast_to(eye, (num_steps, size, size))
    lags = jnp.arange(num_steps + 1)
    _, found = jax.lax.scan(one_lag, (at_state, unit), lags)
    return found
