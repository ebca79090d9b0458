"""Cells of several sizes in one program: may a user's cell be embedded in a larger one?

A cell of our own says so itself. Another one is looked at: its programs at all sizes
must do the same, with whole numbers m k + c, and at a few sizes a cell that stands in a
larger one must come to the same numbers. Any other cell has a program for each size.
"""

from collections.abc import Callable, Mapping, Sequence
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
from firstbit.memory.ensemble.passed import keep, key_of, recalled
from firstbit.programs.anatomy import Anatomy, Line, anatomy, lines_through
from firstbit.programs.traced import coarsest_rounding, dtype_of, shape_of

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
        if found.words != self.words:
            return False
        numbers = [line.at(size) for line in self.numbers]
        return list(found.numbers) == numbers

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
    declares = given.unit_axes is not None
    if given.is_built or declares or hidden_size > LARGEST:
        return None
    asked = Asked.of(given, input_size)
    try:
        hash(asked)
    except TypeError:  # what can't be remembered would be looked at for each size
        return None
    return _embedding(asked, hidden_size, few=few)


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
    smaller, large = SHARED
    if hidden_size <= smaller and not few:
        large = smaller
    return found.embedding(hidden_size, large)


@lru_cache(maxsize=64)
def one_program(asked: Asked) -> OneProgram | str:
    """Return how cells of a factory share a program, or why they don't."""
    at: dict[int, Traced] = {}
    try:
        for size in SIZES:
            at[size] = asked.traced(size)
    except Exception as error:  # a user's own code may raise anything
        return f"it can't be traced at {SIZES}: {error}"
    found: dict[int, Anatomy] = {}
    for size, program in at.items():
        found[size] = _anatomy_of(program)
    reason = _reason(at, found)
    if reason:
        return reason
    at_sizes = {size: one.numbers for size, one in found.items()}
    numbers = lines_through(at_sizes)
    if numbers is None:
        return "a whole number in its step is not m k + c"
    forms = _shapes(at)
    chosen = _chosen(at, found, forms)
    if chosen is None:
        return "it comes to other numbers in a larger cell"
    return OneProgram(
        words=found[LARGEST].words,
        numbers=numbers,
        arrays=forms.arrays,
        state=forms.state,
        chosen=chosen,
    )


def _reason(at: Mapping[int, Traced], found: Mapping[int, Anatomy]) -> str:
    """Return why the programs of a cell can't be one; "" if they may be."""
    different = {one.words for one in found.values()}
    if len(different) > 1:
        return "its operations or its numbers differ with its size"
    if not all(map(_keeps_form, at.values())):
        return "its state changes its form"
    if not all(map(_holds_real_arrays, at.values())):
        return "it holds arrays that are not of real numbers"
    if any(map(_is_short, at.values())):
        return "it computes in short floats, whose sums depend on their order"
    return ""


def _is_short(found: Traced) -> bool:
    coarsest = max(coarsest_rounding(found.step), coarsest_rounding(found.start))
    return coarsest > float(np.finfo(np.float64).eps)


def look(asked: Asked, size: int) -> Anatomy:
    """Take start and step of a cell apart."""
    return _anatomy_of(asked.traced(size))


def _anatomy_of(found: Traced) -> Anatomy:
    step, start = anatomy(found.step), anatomy(found.start)
    words = (*step.words, "start", *start.words)
    return Anatomy(words, step.numbers + start.numbers)


def _keeps_form(found: Traced) -> bool:
    first = found.num_arrays + 1
    before = found.step.in_avals[first:]
    after = found.step.out_avals
    return list(map(str, before)) == list(map(str, after))


def _holds_real_arrays(found: Traced) -> bool:
    arrays = found.step.jaxpr.invars[: found.num_arrays]
    kinds = {np.dtype(dtype_of(array)).kind for array in arrays}
    return kinds == {"f"}


class _Forms(NamedTuple):
    """Shapes at every size: of arrays, and of the leaves of a state."""

    arrays: list[Shape]
    state: list[Shape]


def _shapes(at: Mapping[int, Traced]) -> _Forms:
    """Return the shapes of a cell whose programs differ in whole numbers alone."""

    def shape(*sizes: Var) -> Shape:
        shapes = map(shape_of, sizes)
        lengths = dict(zip(at, shapes, strict=True))
        lines = lines_through(lengths)
        return tuple(lines or ())

    variables = [found.step.jaxpr.invars for found in at.values()]
    shapes = []
    for same in zip(*variables, strict=True):
        shapes.append(shape(*same))
    number = at[LARGEST].num_arrays
    arrays, state = shapes[:number], shapes[number + 1 :]
    return _Forms(arrays, state)


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


def _chosen(
    at: Mapping[int, Traced], found: Mapping[int, Anatomy], forms: _Forms
) -> Ways | None:
    """Return the first way to embed a cell that passes all trials; it is kept."""
    all_ways = list(ways([*forms.arrays, *forms.state]))
    key = key_of("in a larger cell", *found.values())
    outcome = recalled(key)
    if not outcome.isdecimal():
        number = _tried(at, forms, all_ways)
        if number is None:
            return None
        outcome = str(number)
        keep(key, outcome)
    number = int(outcome)
    if number < len(all_ways):
        return all_ways[number]
    return None


def _tried(
    at: Mapping[int, Traced], forms: _Forms, all_ways: Sequence[Ways]
) -> int | None:
    """Return the number of the first way that passes all trials.

    It is that of all ways where none does, and None where they can't be tried.
    """
    tries: dict[int, list[Numbers]] = {}
    for size, found in at.items():
        tries[size] = some_numbers(found)
    of_ways = [_trials(forms, chosen, tries) for chosen in all_ways]
    try:
        came = came_of(at, tries)
    except Exception:  # an operation has no rule: the trial of the engine says it
        return None
    for number, trials in enumerate(of_ways):
        passed = [_passes(trial, came) for trial in trials]
        in_all = np.all(passed, axis=0)
        if in_all.any():
            return number
    return len(all_ways)


def _trials(
    forms: _Forms, chosen: Ways, tries: Mapping[int, list[Numbers]]
) -> list[_Trial]:
    """Return the trials of a way to embed a cell.

    Args:
        forms: of its arrays and its state.
        chosen: the way.
        tries: the numbers of each size; those of the smaller cells are added, in their
            places in the larger ones.
    """
    trials = []
    for small, large in TRIALS:
        there = embedding(*forms, chosen, (small, large))
        first = len(tries[large])
        trials.append(_Trial(there, small, first))
        for numbers in tries[small][:NUM_TRIES]:
            tries[large].append(numbers.put(there))
    return trials


def _passes(trial: _Trial, came: Mapping[int, Came]) -> list[bool]:
    """Return of each try whether its numbers are finite; of none if one differs."""
    finite = []
    for number in range(NUM_TRIES):
        small = came[trial.small].of(number)
        of_large = came[trial.there.size]
        large = of_large.of(trial.first + number)
        if not are_equal(small, large, trial.there.state):
            return [False] * NUM_TRIES
        finite.append(small.is_finite)
    return finite
