"""Someone else's cell, tried before the work: the engine against plain simulation.

Both words are simulated step by step in plain float64. From each pair of states the
step of the work goes on, by state and difference; it must come to the next pair.
"""

import math
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from firstbit.cells.cell import AnyArray
from firstbit.cells.first_step import require_form
from firstbit.cells.given import Given
from firstbit.cells.state import State
from firstbit.errors import CellError
from firstbit.memory.ensemble.passed import keep, key_of, recalled
from firstbit.memory.ensemble.population import Population
from firstbit.memory.ensemble.random_cells import Placing, first_state, scalar
from firstbit.memory.ensemble.recipe import Recipe
from firstbit.programs.blockwise import blockwise
from firstbit.programs.bounded import FAST_TO_COMPILE
from firstbit.programs.difference_propagation import with_difference
from firstbit.programs.in_turn import in_turn
from firstbit.programs.moving import apart, moved
from firstbit.programs.traced import coarsest_rounding

WIDTH = 4
"""Draws that are tried."""

PASSED = "passed"
"""The outcome of a trial that is kept; one that fails is made again, to say why."""

LENGTH = 12
"""Steps that are tried."""

TOLERANCE = 1e-9
"""Largest error, as a share of the state's largest number or of 1."""

SUMS = 100
"""Last places of float32 by which a step that uses it may be off: sums of a hundred
numbers are added up in another order."""

CASTS = 2
"""Last places of floats of 16 bits by which a step that uses them may be off: their
sums are float32, and a number near the border of two rounds to either."""


class Tried(NamedTuple):
    """How a trial went, step by step.

    Attributes:
        error: of the engine's states, as a share of the largest number, or of 1.
        is_finite: whether the states of plain simulation are finite.
        differs: whether they differ from each other.
    """

    error: Float[Array, "*time"]
    is_finite: Bool[Array, "*time"]
    differs: Bool[Array, "*time"]


def require_trial(
    given: Given,
    populations: Sequence[Population],
    *,
    input_size: int,
    must_read: bool = True,
) -> None:
    """Trace a step of each size, and try two sizes against plain simulation.

    A cell of the catalogue needs no trial.

    Args:
        given: the cell.
        populations: of each size.
        input_size: number of symbols.
        must_read: whether the input must make a difference.

    Raises:
        CellError: the step fails or gives a state of another form, an operation has no
            rule, numbers are not finite, the cell must read its input and doesn't, or a
            step of the engine differs from plain simulation. The text names the first
            such step.
    """
    if given.is_of_catalogue:
        return
    sizes = {one.size_of_program for one in populations}
    for size in sorted(sizes):
        require_form(given, input_size, size)
    smallest = sorted(populations, key=lambda population: population.hidden_size)[:2]
    # Sizes that are padded to the same one share a program.
    by_program = {population.recipe: population for population in smallest}
    tried = list(by_program.values())
    must_read = must_read and input_size > 1
    with jax.enable_x64(True):
        arrays = list(map(_some_weights, tried))
        key = _key(tried, arrays, input_size, must_read=must_read)
        if recalled(key) == PASSED:
            return
        _try(given.name, tried, arrays, input_size, must_read=must_read)
    if all(recipe.step is not None for recipe in by_program):
        keep(key, PASSED)


def _try(
    cell: str,
    tried: Sequence[Population],
    arrays: list[list[AnyArray]],
    input_size: int,
    *,
    must_read: bool,
) -> None:
    """Raise unless the engine follows plain simulation; see `require_trial`."""
    recipes = tuple(population.recipe for population in tried)
    placings = [population.placing for population in tried]
    always = scalar(True, "bool")
    results = _tried(arrays, placings, always, recipes=recipes, input_size=input_size)
    tolerance = _tolerance(recipes[0], arrays[0], input_size)
    found = jax.tree.map(np.asarray, results)
    for population, result in zip(tried, found, strict=True):
        name = f"{cell} of {population.hidden_size} units"
        _require_numbers(name, result, must_read=must_read)
        _require_small(name, result.error, tolerance)


def _key(
    tried: Sequence[Population],
    arrays: Sequence[Sequence[AnyArray]],
    input_size: int,
    *,
    must_read: bool,
) -> str:
    """Return all that the outcome of a trial depends on."""
    parts: list[object] = [input_size, must_read]
    for population, weights in zip(tried, arrays, strict=True):
        recipe = population.recipe
        parts += [recipe.step, recipe.units, recipe.shapes, recipe.rest_shapes]
        for array in weights:
            parts.append(np.asarray(array).tobytes())
        if population.embedding is not None:
            for places in population.embedding.state:
                parts.append(places.entries.tolist())
    return key_of("the engine", *parts)


def _require_numbers(name: str, tried: Tried, *, must_read: bool) -> None:
    if not tried.is_finite[0]:
        raise CellError(
            f"expected {name} to give finite numbers, got nan or infinity in its first "
            "step."
        )
    if must_read and not tried.differs[0]:
        raise CellError(
            f"expected {name} to read its input, but its first step is the same for "
            "two symbols; D would be 0."
        )


def _require_small(
    name: str, errors: Float[np.ndarray, " time"], tolerance: float
) -> None:
    wrong = np.flatnonzero(errors > tolerance)
    if not wrong.size:
        return
    step = wrong[0]
    raise CellError(
        f"expected the step of {name} from two states to follow plain simulation, got "
        f"an error of {errors[step]:.1e} of the state in step {step + 1}; write its "
        "step by smooth operations of float64, comparisons and whole numbers."
    )


@partial(
    jax.jit,
    static_argnames=("recipes", "input_size"),
    compiler_options=FAST_TO_COMPILE,
)
@in_turn
def _tried(
    arrays: list[list[Array]],
    placings: list[Placing | None],
    always: Bool[Array, ""],
    *,
    recipes: tuple[Recipe, ...],
    input_size: int,
) -> list[Tried]:
    """Try all sizes in one program."""
    results = []
    for weights, placing, recipe in zip(arrays, placings, recipes, strict=True):
        results.append(_one_size(weights, placing, always, recipe, input_size))
    return results


def _tolerance(recipe: Recipe, arrays: list[AnyArray], input_size: int) -> float:
    """Return the largest error that is rounding, by the shortest float of the step."""

    def step(leaves: list[Array]) -> State:
        cell = recipe.cell(leaves)
        return cell(jnp.zeros(input_size), recipe.begin(leaves))

    of_one = [jax.ShapeDtypeStruct(array.shape[:-1], array.dtype) for array in arrays]
    rounding = coarsest_rounding(jax.make_jaxpr(step)(of_one))
    is_half = rounding > jnp.finfo(jnp.float32).eps
    num_roundings = CASTS if is_half else SUMS
    return max(TOLERANCE, num_roundings * rounding)


def _some_weights(population: Population) -> list[AnyArray]:
    """Return arrays for a few cells, the draw as last axis.

    They are held, or as built, or any normal ones: these need not be those of the work,
    since random bits take longest to compile.
    """
    generator = np.random.default_rng(0)
    weights: list[AnyArray] = []
    number = len(population.held)
    num_arrays = number + len(population.rest)
    of_constructor: list[Array | None] = [None] * num_arrays
    if population.build is not None:
        high = np.zeros((1, WIDTH), "uint32")
        low = np.arange(WIDTH, dtype="uint32")[None]
        of_constructor = population.built((high, low))
    for (shape, dtype), held, built in zip(
        population.recipe.shapes,
        population.held,
        of_constructor[:number],
        strict=True,
    ):
        if built is not None:
            weights.append(built[0])
        elif held is None:
            spread = math.prod(shape[-1:]) ** -0.5
            entries = generator.normal(size=(*shape, WIDTH)) * spread
            weights.append(entries.astype(dtype))  # each shape is a program in JAX
        else:
            weights.append(_repeated(held))
    for array, built in zip(population.rest, of_constructor[number:], strict=True):
        weights.append(_repeated(array) if built is None else built[0])
    return weights


def _repeated(array: Array) -> Array:
    return jnp.broadcast_to(array[..., None], (*array.shape, WIDTH))


def _one_size(
    weights: list[Array],
    placing: Placing | None,
    always: Bool[Array, ""],
    recipe: Recipe,
    input_size: int,
) -> Tried:
    def inside(state: State) -> State:
        return state if placing is None else placing.inside(state)

    start = inside(first_state(recipe, weights, always))

    def one(leaves: list[Array], x: Array, state: State) -> State:
        return recipe.cell(leaves)(x, state)

    def both(
        leaves: list[Array], x: Array, dx: Array, state: State, d: State
    ) -> tuple[State, State]:
        cell = recipe.cell(leaves)
        return with_difference(cell)((x, state), (dx, d))

    plain = jax.vmap(one, in_axes=(-1, None, -1), out_axes=-1)
    engine = blockwise(both, always, shared=(1, 2), machine=recipe.machine)

    def step(
        states: tuple[State, State], x: Array
    ) -> tuple[tuple[State, State], Tried]:
        first, second = states
        of_first = x[0]
        of_second = x[1]
        after = (
            inside(plain(weights, of_first, first)),
            inside(plain(weights, of_second, second)),
        )
        change = jax.tree.map(apart, first, second)
        dx = of_second - of_first
        value, difference = engine(weights, of_first, dx, first, change)
        reached = inside(value), inside(jax.tree.map(moved, value, difference))
        tried = _compared(reached, after)
        # Two states that overflow have no difference to go on from.
        are_finite = _is_finite(first) & _is_finite(second)
        error = jnp.where(are_finite, tried.error, 0.0)
        return after, tried._replace(error=error)

    letters = jnp.eye(input_size)[_words(input_size)]
    _, results = jax.lax.scan(step, (start, start), letters)
    return results


def _words(input_size: int) -> np.ndarray:
    """Return two words, (time, word), that differ in their first letter."""
    generator = np.random.default_rng(0)
    words = generator.integers(input_size, size=(LENGTH, 2))
    words[0] = 0, input_size - 1
    return words


def _compared(reached: tuple[State, State], after: tuple[State, State]) -> Tried:
    """Compare two states after a step with those of plain simulation."""
    error = jnp.zeros(())
    is_finite = jnp.array(True)
    pairs = zip(map(_numbers, reached), map(_numbers, after), strict=True)
    for got, expected in pairs:
        known = jnp.isfinite(expected)
        sizes = jnp.where(known, jnp.abs(expected), 0.0)
        size = jnp.max(sizes)
        off = jnp.abs(got - expected) / jnp.maximum(size, 1.0)
        wrong = jnp.where(jnp.isnan(off), jnp.inf, off)
        counted = jnp.where(known, wrong, 0.0)
        error = jnp.maximum(error, jnp.max(counted))
        is_finite = is_finite & jnp.all(known)
    first, second = after
    differs = jnp.any(_numbers(first) != _numbers(second))
    return Tried(error, is_finite, differs)


def _is_finite(state: State) -> Bool[Array, ""]:
    return jnp.all(jnp.isfinite(_numbers(state)))


def _numbers(state: State) -> Array:
    """Return all numbers of a state in one row, real and imaginary parts apart."""
    rows = []
    for leaf in jax.tree.leaves(state):
        of_parts = [jnp.real(leaf), jnp.imag(leaf)]
        rows += [part.astype(float).ravel() for part in of_parts]
    return jnp.concatenate(rows)
