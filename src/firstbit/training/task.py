"""What many seeds have in common: the cell, the language, the protocol; and what each seed starts from."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PRNGKeyArray

from firstbit.cells import Initializer, Network, Readout, redraw
from firstbit.cells.first_step import require_step
from firstbit.cells.given import (
    CellLike,
    Given,
    built,
    is_built,
    is_own,
    name_of,
    skeleton,
)
from firstbit.cells.readout import laws_of
from firstbit.cells.state import Started, State
from firstbit.errors import CellError, WordError, require_at_least
from firstbit.languages import Language, Stream
from firstbit.training.rules import Modern, Protocol
from firstbit.training.rules import described as described_protocol
from firstbit.training.words import FixedWords, FreshWords, Words
from firstbit.weights.redraw import described
from firstbit.weights.threefry import key_words


@dataclass(frozen=True)
class Task:
    """A configuration of training; `firstbit.train` says what each setting means.

    Seed i depends on (key, i) and on nothing else.
    """

    cell: CellLike
    language: Language
    protocol: Protocol
    hidden_size: int
    key: PRNGKeyArray
    words: tuple[str, ...] | None = None
    num_words: int = 256
    max_length: int | None = None
    initializer: Initializer | None = None
    initial_state: Callable[[Any], State] | None = None
    output_bias: bool = True
    snapshots: tuple[int, ...] = ()
    check_every: int = 10
    stop_when_solved: bool = False

    def __post_init__(self) -> None:
        for name in ("hidden_size", "num_words", "check_every"):
            require_at_least(name, getattr(self, name), 1)
        if self.words is not None:
            self.language.check(self.words)
        self._check_lengths()
        with jax.enable_x64(True):
            skeleton(self.cell, self.input_size, self.hidden_size)
            network = self.network(0)
            if not is_own(self.cell) or self.initial_state is not None:
                require_step(
                    Given.of(network.cell),
                    self.input_size,
                    self.hidden_size,
                    initializer="normal",
                    key=self.key,
                    must_read=False,
                )

    @property
    def input_size(self) -> int:
        """One input a symbol."""
        return len(self.language.alphabet)

    def network(self, seed: int) -> Network:
        """The network of a seed before training."""
        laws, of_O = laws_of(self.initializer)
        num_outputs = len(self.language.outputs)
        with jax.enable_x64(True):
            of_cell, of_initializer, of_readout = jax.random.split(
                jax.random.fold_in(self.key, seed), 3
            )
            cell = built(self.cell, self.input_size, self.hidden_size, of_cell)
            shell = Readout(
                jnp.zeros((num_outputs, self.hidden_size)),
                jnp.zeros(num_outputs) if self.output_bias else None,
            )
            cell = redraw(cell, laws, of_initializer) if laws else cell
            if self.initial_state is not None:
                cell = Started(cell, self.initial_state)
            return Network(cell, redraw(shell, of_O or "normal", of_readout))

    def words_of(self, seed: int) -> Words:
        """What a seed reads."""
        if self.words is None:
            return FreshWords(
                self.language,
                self.num_words,
                self.stream("training", seed),
                self.max_length,
            )
        shuffled = isinstance(self.protocol, Modern)
        return FixedWords(
            self.language, self.words, self.stream("order", seed) if shuffled else None
        )

    def stream(self, purpose: str, *numbers: int) -> Stream:
        """The stream of random words, or orders, for a purpose."""
        high, low = (int(word) for word in key_words(self.key))
        return Stream((high, low, PURPOSES.index(purpose), *numbers))

    def settings(self) -> dict[str, Any]:
        """All that a training depends on, as JSON tells it."""
        return {
            "firstbit": version("firstbit"),
            "jax": jax.__version__,
            "cell": name_of(self.cell),
            "hidden_size": self.hidden_size,
            "language": self.language.name,
            "automaton": _digest(
                (
                    self.language.transition,
                    self.language.probability,
                    self.language.stop,
                )
            ),
            "first_weights": _digest(self.network(0)),
            "protocol": described_protocol(self.protocol),
            "words": None if self.words is None else list(self.words),
            "num_words": len(self.words) if self.words is not None else self.num_words,
            "max_length": self.max_length,
            "initializer": None
            if self.initializer is None
            else described(self.initializer),
            "initial_state": None
            if self.initial_state is None
            else _digest(self.network(0).cell.initial_state()),
            "output_bias": self.output_bias,
            "snapshots": list(self.snapshots),
            "check_every": self.check_every,
            "stop_when_solved": self.stop_when_solved,
            "key": np.ravel(jax.random.key_data(self.key)).tolist(),
        }

    def _check_lengths(self) -> None:
        if self.max_length is None:
            return
        require_at_least("max_length", self.max_length, 1)
        for line, word in enumerate(self.words or (), start=1):
            if len(word) > self.max_length:
                raise WordError(
                    f"line {line}: '{word}' has {len(word)} symbols; expected at "
                    f"most {self.max_length}; leave it out, or raise"
                    " `max_length`."
                )


PURPOSES = ("training", "order", "check", "test", "long")
"""Of random words: a purpose's place is part of their stream."""


def _digest(arrays: Any) -> str:
    """Of a pytree's arrays: two configurations that look alike can differ in them."""
    leaves = [
        leaf
        for leaf in jax.tree.leaves(arrays)
        if isinstance(leaf, jax.Array | np.ndarray)
    ]
    return hashlib.sha256(
        b"".join(np.ascontiguousarray(leaf).tobytes() for leaf in leaves)
    ).hexdigest()[:16]


def size_of(cell: CellLike, hidden_size: int | None) -> int:
    """The hidden size asked for, or a built cell's own.

    Raises:
        CellError: there is none.
    """
    own = getattr(cell, "hidden_size", None) if is_built(cell) else None
    if hidden_size is None and not isinstance(own, int):
        raise CellError(
            f"expected a `hidden_size` for {name_of(cell)}, got none; only a built "
            "cell has one of its own."
        )
    return own if hidden_size is None else hidden_size  # type: ignore[return-value]
