"""How random cells of one size are drawn: shell, roles, laws, and what stays."""

from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from firstbit.cells.as_built import Build, built_arrays
from firstbit.cells.given import Given
from firstbit.cells.reading import step_digest
from firstbit.cells.roles import CellRoles
from firstbit.errors import FirstbitError
from firstbit.memory.ensemble.recipe import Recipe, is_array
from firstbit.weights.initializers import Entrywise
from firstbit.weights.recognised import RECOGNISED
from firstbit.weights.redraw import AS_BUILT, KEEP, Initializer, Leaf, is_real, plan_of


class Larger(NamedTuple):
    """A cell in which smaller ones stand.

    Attributes:
        recipe: what programs depend on.
        plan: how each array is drawn.
        roles: of its arrays and its state.
    """

    recipe: Recipe
    plan: list[Leaf]
    roles: CellRoles

    @classmethod
    def of(
        cls, given: Given, input_size: int, size: int, initializer: Initializer
    ) -> "Larger":
        """Return the larger cell of a size."""
        shell, roles, plan = planned(given, input_size, size, initializer)
        recipe = Recipe(
            shell,
            plan,
            None,
            start=given.initial_state,
            units=roles.state.units,
            measured=roles.state.places(given.measured),
            step=step_of(given, shell, input_size),
        )
        return cls(recipe.with_smaller(), plan, roles)


def has_plan(
    plan: list[Leaf], given: Given, sizes: tuple[int, int], initializer: Initializer
) -> bool:
    """Return whether a cell is drawn so, entry by entry, at its own size, too.

    Where an array stays as it is, its numbers may have decided that it does.
    """
    for leaf in plan:
        is_known = leaf.law in (None, KEEP, AS_BUILT)
        if not is_known and not isinstance(leaf.law, Entrywise):
            return False
    kept = any(leaf.law == KEEP for leaf in plan)
    if not kept and not are_recognised(plan):
        return True
    _, _, own = planned(given, *sizes, initializer)
    return own == plan


def are_recognised(plan: list[Leaf]) -> bool:
    """Return whether a law was recognised: it may be another one at another size."""
    laws = [leaf.law for leaf in plan if isinstance(leaf.law, Entrywise)]
    return any(law.name == RECOGNISED for law in laws)


def planned(
    given: Given, input_size: int, hidden_size: int, initializer: Initializer
) -> tuple[Any, CellRoles, list[Leaf]]:
    """Return the cell's shell, its roles, and how each array is drawn."""
    shell = given.shell(input_size, hidden_size)
    roles = given.roles_of(shell, input_size, hidden_size)
    return shell, roles, plan_of(shell, initializer, roles.arrays)


def build_of(given: Given, plan: list[Leaf], sizes: tuple[int, int]) -> Build | None:
    """Return what draws the arrays of a cell's own constructor, if a law asks it."""
    if any(leaf.law == AS_BUILT for leaf in plan):
        return partial(built_arrays, given, *sizes)
    return None


def step_of(given: Given, shell: Any, input_size: int) -> str | None:
    """Return the program of a user's own step and start, as a value.

    None stands for a cell of the catalogue, which is a value itself.
    """
    if given.is_of_catalogue:
        return None
    try:
        return step_digest(shell, input_size, given.initial_state)
    except FirstbitError:
        raise
    except Exception:  # a user's own code may raise anything: the trial says it
        return None


def held_of(
    given: Given,
    shell: Any | None,
    plan: list[Leaf],
    sizes: tuple[int, int],
    key: PRNGKeyArray,
) -> tuple[list[Array | None], list[Array]]:
    """Return the arrays that stay as the cell was built; None for the others.

    Then those of other numbers than real ones, which all stay.
    """
    has_rest = bool(_rest(shell))
    if not has_rest and not any(leaf.law == KEEP for leaf in plan):
        return [None] * len(plan), []
    made = given.make(*sizes, key)
    held = []
    for leaf, array in zip(plan, arrays_of(made), strict=True):
        held.append(array if leaf.law == KEEP else None)
    return held, [jnp.asarray(array) for array in _rest(made)]


def _rest(cell: Any) -> list[Any]:
    rest = eqx.filter(cell, is_real, inverse=True)
    return jax.tree.leaves(eqx.filter(rest, is_array))


def arrays_of(cell: Any) -> list[Any]:
    """Return the arrays of real numbers of a cell."""
    return jax.tree.leaves(eqx.filter(cell, is_real))


def choices(law: Any) -> tuple[float, float, float]:
    """Return whether a law is normal, whether it goes by fan-in, and its gain."""
    if not isinstance(law, Entrywise):
        return 0.0, 0.0, 0.0
    return float(law.is_normal), float(law.by_fan_in), float(law.gain)
