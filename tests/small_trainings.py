"""Small tasks and networks for the tests of training, and comparisons of trainings."""

from dataclasses import replace
from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from firstbit.cells import CellLike, Given, Network, Readout, Vanilla
from firstbit.languages import reber, sample
from firstbit.training import Checks, Published, Rule, Task, TaskWords

KEY = jax.random.key(5)
WORDS = tuple(sample(reber(), 12, seed=3))
VANILLA = partial(Vanilla, use_bias=True)


def task(
    rule: Rule | None = None,
    cell: CellLike = VANILLA,
    *,
    hidden_size=3,
    words: tuple[str, ...] | None = WORDS,
    **options,
):
    """Make a task on the Reber grammar; each setting by its name, whatever its type."""
    of_words = {
        k: options.pop(k)
        for k in ("num_words", "max_length", "own_lists")
        if k in options
    }
    of_cell = {
        k: options.pop(k) for k in ("initializer", "initial_state") if k in options
    }
    given = Given.of(cell, hidden_sizes=[hidden_size], **of_cell)
    given = replace(given, readout_bias=options.pop("readout_bias", True))
    return Task(
        given,
        options.pop("language", reber()),
        rule or Published(0.05, max_epochs=4),
        KEY,
        words=TaskWords(words, **of_words),
        checks=Checks(**options.pop("checks", {})),
        **options,
    )


def arrays(training):
    """The arrays of a training's network."""
    leaves = jax.tree.leaves(eqx.filter(training.network, eqx.is_array))
    return [np.asarray(leaf) for leaf in leaves]


def same(one, other):
    """Whether two trainings have the same log and network, to the bit."""
    pairs = zip(arrays(one), arrays(other), strict=True)
    return one.log == other.log and all(np.array_equal(a, b) for a, b in pairs)


def require_close(got, expected):
    """Two pytrees of numbers are equal up to rounding."""
    got, expected = (
        np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(tree)])
        for tree in (got, expected)
    )
    assert np.linalg.norm(got - expected) < 1e-13 * np.linalg.norm(expected)


class Affine(eqx.Module):
    """A cell of a user's own.

    It has other names, a state that it learns to start from, an array that is not
    trained.
    """

    weight: jax.Array
    first: jax.Array
    count: jax.Array
    hidden_size: int = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, *, key):
        self.weight = jax.random.normal(key, (hidden_size, input_size + hidden_size))
        self.first = 0.1 * jnp.ones(hidden_size)
        self.count = jnp.arange(2)
        self.hidden_size = hidden_size

    def initial_state(self):
        return {"h": self.first, "slow": jnp.zeros(self.hidden_size)}

    def __call__(self, x, state):
        h = jnp.tanh(self.weight @ jnp.concatenate([x, state["h"]]))
        return {"h": h + state["slow"], "slow": 0.5 * (state["slow"] + h)}


class FromAHalf(eqx.Module):
    """A Vanilla cell with a start of its own."""

    cell: Vanilla

    def __init__(self, input_size, hidden_size, *, key):
        self.cell = VANILLA(input_size, hidden_size, key=key)

    def initial_state(self):
        return jnp.full(self.cell.hidden_size, 0.5)

    def __call__(self, x, h):
        return self.cell(x, h)


class Automaton(eqx.Module):
    """A cell whose state is a language's own."""

    moves: np.ndarray
    hidden_size: int = eqx.field(static=True)

    def __init__(self, language):
        size = len(language.states)
        self.moves = np.zeros((len(language.alphabet), size, size))
        for state, symbol, target, _ in language.edges():
            numbers = language.states.index(target), language.states.index(state)
            self.moves[(language.alphabet.index(symbol), *numbers)] = 1.0
        self.hidden_size = size

    def initial_state(self):
        return jnp.eye(self.hidden_size)[0]

    def __call__(self, x, state):
        return jnp.einsum("a,aij,j->i", x, jnp.asarray(self.moves), state)


def network_of_truth(language):
    """An automaton with a read-out that gives the true probabilities."""
    return Network(Automaton(language), Readout(jnp.asarray(language.next_output.T)))
