"""Cells of several sizes in one program: may a user's cell be embedded in a larger one?

A cell of our own says so itself. Another one is looked at: its programs at all sizes
must do the same, with whole numbers m k + c, and at a few sizes a cell that stands in a
larger one must come to the same numbers. Any other cell has a program for each size.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from jax.extend.core import Var

from firstbit.cells.given import Given
from firstbit.cells.reading import Traced, traced
from firstbit.cells.state import State
from firstbit.memory.ensemble.embedding import Embedding, Shape, Ways, embedding, ways
from firstbit.memory.ensemble.embedding_trial import (
    NUM_TRIES,
    Came,
    Numbers,
    are_equal,
    came_of,
    some_numbers,
)
from firstbit.programs.anatomy import Anatomy, Line, anatomy, lines_through
from firstbit.programs.traced import dtype_of, shape_of

LARGEST = 20
"""Larger cells have programs of their own, as ours have."""

SHARED = (10, LARGEST)
"""Sizes of the larger cells: which one, k alone decides."""

SIZES = (3, *SHARED)
"""Sizes at which a cell is looked at."""

TRIALS = ((3, 10), (3, LARGEST), (10, LARGEST))
"""Sizes of a cell and of the larger one that are tried."""


@dataclass(frozen=True)
class Asked:
    """A cell that is looked at, as a value.

    Attributes:
        factory: of the cell.
        options: of the factory.
        start: the initial state as a function of the cell, or None.
        input_size: number of symbols.
    """

    factory: Callable[..., Any]
    options: tuple[tuple[str, Any], ...]
    start: Callable[[Any], State] | None
    input_size: int

    @classmethod
    def of(cls, given: Given, input_size: int) -> "Asked":
        """Return what is asked of a cell that was given."""
        options = tuple(sorted(given.options.items()))
        return cls(given.factory, options, given.initial_state, input_size)

    def traced(self, hidden_size: int) -> Traced:
        """Trace a cell of that size."""
        given = Given(self.factory, dict(self.options), initial_state=self.start)
        shell = given.shell(self.input_size, hidden_size)
        return traced(shell, self.input_size, self.start)


class OneProgram(NamedTuple):
    """How cells of all sizes up to 20 share a program.

    Attributes:
        words: what the program does.
        numbers: its whole numbers at every size.
        arrays: shapes of the real arrays.
        state: shapes of the leaves of the state.
        chosen: how axes are embedded.
    """

    words: tuple[str, ...]
    numbers: list[Line]
    arrays: list[Shape]
    state: list[Shape]
    chosen: Ways

    def does(self, found: Anatomy, size: int) -> bool:
        """Return whether it is the program of a cell of that size."""
        if found.words != self.words or len(found.numbers) != len(self.numbers):
            return False
        pairs = zip(found.numbers, self.numbers, strict=True)
        return all(number == line.at(size) for number, line in pairs)

    def embedding(self, small: int, large: int) -> Embedding:
        """Return where a cell of one size stands in a larger one."""
        return embedding(self.arrays, self.state, self.chosen, (small, large))


def embedding_of(
    given: Given, hidden_size: int, input_size: int, *, few: bool
) -> Embedding | None:
    """Return where a cell stands in a larger one; None if it must stand alone.

    Args:
        given: the cell.
        hidden_size: k.
        input_size: number of symbols.
        few: whether all sizes shall share a program.
    """
    if given.is_built or given.unit_axes is not None or hidden_size > LARGEST:
        return None
    asked = Asked.of(given, input_size)
    try:
        return _embedding(asked, hidden_size, few=few)
    except TypeError:  # what can't be hashed can't be remembered
        return _embedding.__wrapped__(asked, hidden_size, few=few)


@lru_cache(maxsize=512)
def _embedding(asked: Asked, hidden_size: int, *, few: bool) -> Embedding | None:
    found = one_program(asked)
    if isinstance(found, str):
        return None
    try:
        own = look(asked, hidden_size)
    except Exception:  # a user's own code may raise anything: the trial says it
        return None
    if not found.does(own, hidden_size):
        return None
    large = LARGEST if few or hidden_size > SHARED[0] else SHARED[0]
    return found.embedding(hidden_size, large)


@lru_cache(maxsize=64)
def one_program(asked: Asked) -> OneProgram | str:
    """Return how cells of a factory share a program, or why they don't."""
    try:
        at = {size: asked.traced(size) for size in SIZES}
    except Exception as error:  # a user's own code may raise anything
        return f"it can't be traced at {SIZES}: {error}"
    found = {size: _anatomy_of(program) for size, program in at.items()}
    reason = _reason(at, found)
    if reason:
        return reason
    numbers = lines_through({size: one.numbers for size, one in found.items()})
    if numbers is None:
        return "a whole number in its step is not m k + c"
    forms = _shapes(at)
    chosen = _tried(at, forms)
    if chosen is None:
        return "it comes to other numbers in a larger cell"
    words = found[LARGEST].words
    return OneProgram(words, numbers, forms.arrays, forms.state, chosen)


def _reason(at: Mapping[int, Traced], found: Mapping[int, Anatomy]) -> str:
    """Return why the programs of a cell can't be one; "" if they may be."""
    if len({one.words for one in found.values()}) > 1:
        return "its operations or its numbers differ with its size"
    if not all(map(_keeps_form, at.values())):
        return "its state changes its form"
    if not all(map(_holds_real_arrays, at.values())):
        return "it holds arrays that are not of real numbers"
    return ""


def look(asked: Asked, size: int) -> Anatomy:
    """Take start and step of a cell apart."""
    return _anatomy_of(asked.traced(size))


def _anatomy_of(found: Traced) -> Anatomy:
    step, start = anatomy(found.step), anatomy(found.start)
    words = (*step.words, "start", *start.words)
    return Anatomy(words, step.numbers + start.numbers)


def _keeps_form(found: Traced) -> bool:
    before = found.step.in_avals[found.num_arrays + 1 :]
    return list(map(str, before)) == list(map(str, found.step.out_avals))


def _holds_real_arrays(found: Traced) -> bool:
    arrays = found.step.jaxpr.invars[: found.num_arrays]
    return all(np.issubdtype(dtype_of(array), np.floating) for array in arrays)


class _Forms(NamedTuple):
    """Shapes at every size: of arrays, and of the leaves of a state."""

    arrays: list[Shape]
    state: list[Shape]


def _shapes(at: Mapping[int, Traced]) -> _Forms:
    """Return the shapes of a cell whose programs differ in whole numbers alone."""

    def shape(*sizes: Var) -> Shape:
        lengths = dict(zip(at, map(shape_of, sizes), strict=True))
        return tuple(lines_through(lengths) or ())

    variables = [found.step.jaxpr.invars for found in at.values()]
    shapes = [shape(*same) for same in zip(*variables, strict=True)]
    number = next(iter(at.values())).num_arrays
    return _Forms(shapes[:number], shapes[number + 1 :])


class _Trial(NamedTuple):
    """A cell that stands in a larger one, tried some times.

    Attributes:
        there: where it stands.
        small: k of the cell.
        first: number of its first try among those of the larger cell.
    """

    there: Embedding
    small: int
    first: int


def _tried(at: Mapping[int, Traced], forms: _Forms) -> Ways | None:
    """Return the first way to embed a cell that passes all trials."""
    own = {size: some_numbers(found) for size, found in at.items()}
    tries: dict[int, list[Numbers]] = {size: list(of) for size, of in own.items()}
    of_ways: list[tuple[Ways, list[_Trial]]] = []
    for chosen in ways([*forms.arrays, *forms.state]):
        trials = []
        for small, large in TRIALS:
            there = embedding(*forms, chosen, (small, large))
            trials.append(_Trial(there, small, len(tries[large])))
            tries[large] += [numbers.put(there) for numbers in own[small]]
        of_ways.append((chosen, trials))
    try:
        came = came_of(at, tries)
    except Exception:  # an operation has no rule: the trial of the engine says it
        return None
    for chosen, trials in of_ways:
        passed = [_passes(trial, came) for trial in trials]
        if np.all(passed, axis=0).any():
            return chosen
    return None


def _passes(trial: _Trial, came: Mapping[int, Came]) -> list[bool]:
    """Return of each try whether its numbers are finite; of none if one differs."""
    finite = []
    for number in range(NUM_TRIES):
        small = came[trial.small].of(number)
        large = came[trial.there.size].of(trial.first + number)
        if not are_equal(small, large, trial.there.state):
            return [False] * NUM_TRIES
        finite.append(small.is_finite)
    return finite
