"""What the seeds of a training share, and what each starts from."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PRNGKeyArray, PyTree

from firstbit.cells import Given, Network, Readout
from firstbit.cells.first_step import require_step
from firstbit.cells.given_model import GivenModel
from firstbit.cells.learnable import Learnable, learnable
from firstbit.cells.network import Net
from firstbit.cells.readout import laws_of
from firstbit.cells.state import Started, hidden_of, initial_state
from firstbit.errors import CellError, SettingError, require_at_least, require_kind
from firstbit.languages import (
    Criterion,
    Language,
    PlanOfTest,
    Stream,
    fresh_words,
)
from firstbit.languages.catalogue.entries import require_language
from firstbit.languages.judging.standard_test import NUM_UNITS
from firstbit.provenance import own_version
from firstbit.training.fit import Checks
from firstbit.training.rules import Rule, require_rule
from firstbit.training.whole_words import room_of
from firstbit.training.words import FixedWords, FreshWords, TaskWords, Words
from firstbit.weights.redraw import described, redraw
from firstbit.weights.threefry import GENERATOR, key_words, require_key

PURPOSES = ("training", "order", "check", "test", "long", "list", "refit", "confirm")
"""Of random words: a purpose's place is part of their stream."""


@dataclass(frozen=True)
class Task:
    """A configuration of training.

    Seed i depends on (key, i) and on nothing else.

    Attributes:
        given: the cell, with one hidden size; its initializer, initial state and
            read-out's bias hold for every seed. Or a model of sequences.
        language: the task; one input a symbol, one output a symbol (and one for
            the end marker if there is one).
        rule: the rule of training.
        key: the random key.
        words: which words are read.
        checks: when a seed is checked for whether it solves the task.
        snapshots: numbers of epochs before which the networks are kept.
        criterion: when a run is called right.

    Raises:
        SettingError: the rule needs a fixed list of words, or the resolution is out of
            range.
        WordError: a word of the list is not in the language, or too long.
        CellError: the cell can't be built, or its h is complex.
    """

    given: Learnable
    language: Language
    rule: Rule
    key: PRNGKeyArray
    words: TaskWords = field(default_factory=TaskWords)
    checks: Checks = field(default_factory=Checks)
    snapshots: tuple[int, ...] = ()
    criterion: Criterion = field(default_factory=Criterion)

    def __post_init__(self) -> None:
        object.__setattr__(self, "given", learnable(self.given, is_trained=False))
        object.__setattr__(self, "language", require_language(self.language))
        object.__setattr__(self, "rule", require_rule(self.rule))
        object.__setattr__(self, "key", require_key(self.key))
        require_kind("words", self.words, TaskWords, "try TaskWords(num_words=64)")
        require_kind("checks", self.checks, Checks, "try Checks(every=10)")
        require_kind(
            "criterion", self.criterion, Criterion, "try Criterion(resolution=0.15)"
        )
        self.words.check(self.language)
        if self.rule.needs_list and self.words.are_fresh:
            raise SettingError(
                f"expected a fixed list of words for the {self.rule.name} rule, which "
                "compares the errors of epochs, got fresh words every epoch; give "
                "`words`, or leave `own_lists` out for a list of `num_words` words for "
                "each seed."
            )
        self.plan  # noqa: B018  refuses a resolution, a language
        if isinstance(self.given, GivenModel):
            self.given.require_learnable(
                self.input_size,
                self.output_size,
                room_of(self.plan.longest_read),
                self.key,
            )
            return
        with jax.enable_x64(True):
            self.given.shell(self.input_size, self.hidden_size)
            _require_real_state(self.given, self.network(0))
            require_step(
                self.given,
                self.input_size,
                self.hidden_size,
                initializer="normal",
                key=self.key,
                must_read=False,
            )

    def __getstate__(self) -> dict[str, Any]:
        """Return the fields for another process; a random key goes as numbers."""
        state = {one.name: getattr(self, one.name) for one in fields(self)}
        return {**state, "key": self.key_numbers()}

    def __setstate__(self, state: Mapping[str, object]) -> None:
        """Take the fields."""
        words = jnp.array(state["key"], dtype=jnp.uint32)
        key = jax.random.wrap_key_data(words, impl=GENERATOR)
        self.__dict__.update(state, key=key)

    def require_runs(self, num_seeds: int) -> None:
        """Raise `SettingError` unless so many runs can be asked for, and differ.

        One model of sequences begins where it stands. Where all seeds read the same
        list in the same order, too, they are one run. And a run must find words.
        """
        num_seeds = require_at_least("num_seeds", num_seeds, 1)
        has_one_start = isinstance(self.given, GivenModel) and self.given.has_one_start
        is_one_order = self.words.fixed is not None and not self.rule.shuffles
        if num_seeds > 1 and has_one_start and is_one_order:
            raise SettingError(
                f"expected seeds that differ, got {num_seeds} runs from one start that "
                "read one list in one order; give SequenceModels(lambda key: "
                "MyModel(key)), leave out `words`, or ask for 1 seed."
            )
        self.words_of(0).of_epoch(0)

    @property
    def input_size(self) -> int:
        """One input a symbol."""
        return len(self.language.alphabet)

    @property
    def hidden_size(self) -> int:
        """The value of k; 0 of a model of sequences."""
        return self.given.hidden_size

    @property
    def output_size(self) -> int:
        """One output a symbol, and one for the end marker where there is one."""
        return len(self.language.outputs)

    def network(self, seed: int) -> Net:
        """Return the network of a seed before training."""
        with jax.enable_x64(True):
            own_key = jax.random.fold_in(self.key, seed)
            if isinstance(self.given, GivenModel):
                return self.given.of(own_key)
            return self._of_cell(self.given, own_key)

    def _of_cell(self, given: Given, key: PRNGKeyArray) -> Network:
        """Return a cell that a key draws, with its read-out."""
        laws, laws_of_readout = laws_of(given.initializer)
        of_cell, of_initializer, of_readout = jax.random.split(key, 3)
        cell = given.make(
            self.input_size,
            self.hidden_size,
            of_cell,
        )
        roles = given.roles_of(cell, self.input_size, self.hidden_size)
        if laws:
            cell = redraw(cell, laws, of_initializer, roles.arrays)
        if given.initial_state is not None:
            cell = Started(cell, given.initial_state)
        shell = self._readout()
        readout = redraw(shell, laws_of_readout or "normal", of_readout)
        return Network(cell, readout, roles.state.hidden)

    def _readout(self) -> Readout:
        """Return a read-out of zeros."""
        shape = self.output_size, self.hidden_size
        O = jnp.zeros(shape)
        if not self.given.readout_bias:
            return Readout(O)
        return Readout(O, jnp.zeros(self.output_size))

    def words_of(self, seed: int) -> Words:
        """Return what a seed reads."""
        if self.words.are_fresh:
            return FreshWords(
                self.language,
                self.words.num_words,
                self.stream("training", seed),
                self.words.max_length,
            )
        order = None
        if self.rule.shuffles:
            order = self.stream("order", seed)
        return FixedWords(self.language, self.list_of(seed), order)

    def list_of(self, seed: int) -> tuple[str, ...]:
        """Return the words that a seed reads in every epoch."""
        if self.words.fixed is not None:
            return self.words.fixed
        stream = self.stream("list", seed)
        drawn = fresh_words(
            self.language, self.words.num_words, stream, self.words.max_length
        )
        return tuple(drawn)

    @property
    def num_words_read(self) -> int:
        """Different words that a run draws under its budget, as N of the criterion.

        A list counts once.
        """
        if self.criterion.num_words is not None:
            return self.criterion.num_words
        if not self.words.are_fresh:
            return self.words.in_epoch
        number = self.words.in_epoch * self.rule.max_epochs
        if self.rule.max_symbols is None:
            return number
        mean_length = max(self.language.mean_length, 1.0)
        within = math.ceil(self.rule.max_symbols / mean_length)
        return min(number, max(within, self.words.in_epoch))

    @cached_property
    def plan(self) -> PlanOfTest:
        """What the runs are tested on."""
        return PlanOfTest(
            self.language,
            self.num_words_read,
            self.criterion,
            self.words.max_length,
            self.hidden_size or NUM_UNITS,
        )

    @property
    def all_read_the_same(self) -> bool:
        """Whether all seeds read the same words, in the same order, in every epoch."""
        if self.words.fixed is None:
            return False
        return not self.rule.shuffles

    def stream(self, purpose: str, *numbers: int) -> Stream:
        """Return the stream of random words, or orders, for a purpose."""
        high, low = self.key_numbers()
        place = PURPOSES.index(purpose)
        return Stream((high, low, place, *numbers))

    def key_numbers(self) -> list[int]:
        """Return the words of the random key."""
        return [int(word) for word in key_words(self.key)]

    def settings(self) -> dict[str, Any]:
        """Return all that a training depends on, as plain numbers and strings."""
        language = self.language
        first = self.network(0)
        automaton = (
            language.transition,
            language.probability,
            language.stop,
        )
        law = self.given.initializer
        start = None
        if isinstance(first, Network) and self.given.initial_state is not None:
            start = _digest(first.cell.initial_state())
        words = self.words
        return {
            "firstbit": own_version(),
            "jax": jax.__version__,
            "cell": self.given.name,
            "hidden_size": self.hidden_size,
            "language": language.name,
            "automaton": _digest(automaton),
            "first_weights": _digest(first),
            "rule": self.rule.settings(),
            "words": None if words.fixed is None else list(words.fixed),
            "num_words": words.in_epoch,
            "max_length": words.max_length,
            "own_lists": words.own_lists,
            "initializer": None if law is None else described(law),
            "initial_state": start,
            "readout_bias": self.given.readout_bias,
            "snapshots": list(self.snapshots),
            "check_every": self.checks.every,
            "stop_when_solved": "confirmed" if self.checks.stop else False,
            "resolution": self.criterion.resolution,
            "error": self.criterion.error,
            "num_words_read": self.num_words_read,
            "key": self.key_numbers(),
        }


def _digest(arrays: PyTree) -> str:
    """Return a digest of a pytree's arrays.

    Two configurations that look alike can differ in them.
    """
    digest = hashlib.sha256()
    for leaf in jax.tree.leaves(arrays):
        if isinstance(leaf, jax.Array | np.ndarray):
            array = np.ascontiguousarray(leaf)
            digest.update(array.tobytes())
    return digest.hexdigest()[:16]


def _require_real_state(given: Given, network: Net) -> None:
    """Raise `CellError` where h holds complex numbers: a read-out takes real ones."""
    assert isinstance(network, Network), "of a cell"
    state = initial_state(network.cell)
    if jnp.iscomplexobj(hidden_of(state, network.place)):
        raise CellError(
            f"expected h of {given.name} to hold real numbers, which a read-out takes, "
            "got complex ones; let the state have two leaves: {'h': z.real, 'z': z}."
        )
