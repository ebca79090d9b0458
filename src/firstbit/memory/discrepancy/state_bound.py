"""How far apart the states of two words can be at most."""

from collections.abc import Sequence
from functools import lru_cache
from math import inf, isfinite, prod, sqrt
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from firstbit.cells.state import State
from firstbit.errors import SettingError
from firstbit.memory.ensemble.ensemble import Ensemble
from firstbit.memory.ensemble.population import Population
from firstbit.memory.ensemble.recipe import Recipe
from firstbit.programs.bounds import state_ranges
from firstbit.weights.numbers import num_parts

StateBound = float | Sequence[float]
"""A number b, for entries of the state from -b to b; or both ends. Of complex numbers,
for their real and their imaginary parts."""

Ends = tuple[float, float]


def require_state_bound(bound: StateBound | None) -> Ends | None:
    """Return the ends between which all measured entries of a state lie.

    Raises:
        SettingError: it is no number above 0 and no two numbers in ascending order.

    Example:
        >>> require_state_bound(1), require_state_bound((0, 1))
        ((-1.0, 1.0), (0.0, 1.0))
    """
    if bound is None:
        return None
    try:
        low, high = bound if isinstance(bound, Sequence) else (-bound, bound)
        ends = float(low), float(high)
    except (TypeError, ValueError):
        ends = inf, inf
    low, high = ends
    if not (isfinite(low) and low < high and isfinite(high)):
        raise SettingError(
            "expected `state_bound` to be a number above 0, or two finite numbers in "
            f"ascending order, got {bound!r}; try 1, or (0, 1)."
        )
    return ends


def distance_bounds(ensemble: Ensemble, declared: Ends | None) -> list[float]:
    """Return for each size a distance that none exceeds; infinity where none is known.

    It follows from the ends of the state's entries: those declared here, those that the
    cell declares as `state_bound`, or those that its step keeps whatever the weights.

    Raises:
        SettingError: the cell declares something else.
    """
    input_size = ensemble.words.input_size
    return [
        _distance_bound(population, input_size, declared)
        for population in ensemble.populations
    ]


def keeps_bounds(population: Population, input_size: int) -> bool:
    """Return whether all arrays of the state are bounded, whatever the weights."""
    leaves = _leaves(population.recipe, input_size)
    return all(isfinite(leaf.low) and isfinite(leaf.high) for leaf in leaves)


def _distance_bound(
    population: Population, input_size: int, declared: Ends | None
) -> float:
    recipe = population.recipe
    all_leaves = _leaves(recipe, input_size)
    leaves = [all_leaves[place] for place in recipe.measured]
    ends = declared or require_state_bound(getattr(recipe.others, "state_bound", None))
    square = 0.0
    for place, leaf in zip(recipe.measured, leaves, strict=True):
        low, high = ends or (leaf.low, leaf.high)
        number = population.num_entries(place, leaf.num_entries)
        square += number * leaf.num_parts * (high - low) ** 2
    return sqrt(square)


class _Leaf(NamedTuple):
    """An array of the state: its entries, real numbers in each, and where these lie."""

    num_entries: int
    num_parts: int
    low: float
    high: float


@lru_cache(maxsize=64)
def _leaves(recipe: Recipe, input_size: int) -> list[_Leaf]:
    """Return the arrays of the state."""

    def step(arrays: list[Any], symbol: object, state: State) -> State:
        return recipe.cell(arrays)(symbol, state)

    with jax.enable_x64(True):
        symbol = jax.ShapeDtypeStruct((input_size,), jnp.dtype(float))
        ranges = state_ranges(step, recipe.begin, recipe.array_shapes(), symbol)
    found = []
    for one, shape in zip(ranges, recipe.start_shapes(), strict=True):
        number = prod(shape.shape)
        found.append(_Leaf(number, num_parts(shape), one.low, one.high))
    return found
