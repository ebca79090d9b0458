"""What random cells of one traced size have in common.

Few sizes are traced: cells of other sizes are computed with units beyond their own.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array, Float

from firstbit.cells.given import Given
from firstbit.cells.reading import step_digest
from firstbit.cells.roles import CellRoles
from firstbit.errors import CellError, FirstbitError
from firstbit.memory.ensemble.block_sizes import Layout
from firstbit.memory.ensemble.embedding import Embedding
from firstbit.memory.ensemble.one_program import Asked, embedding_of
from firstbit.memory.ensemble.recipe import Axes, Recipe
from firstbit.programs.machines import ON_CPU, Machine
from firstbit.weights.initializers import Entrywise
from firstbit.weights.numbers import is_real
from firstbit.weights.recognised import RECOGNISED
from firstbit.weights.redraw import AS_BUILT, KEEP, Initializer, Leaf, plan_of
from firstbit.weights.threefry import Counters

MOST_KNOWN = 256
"""Designs of the catalogue's cells that are kept."""


class Design(NamedTuple):
    """What random cells of one traced size have in common.

    Attributes:
        plan: how each array is drawn.
        roles: of the cell's arrays and its state.
        recipe: what programs depend on.
        laws: of each array, whether entries are normal, whether they are divided by the
            root of the fan-in, and the gain.
        counters: hashed for the entries of each group of arrays.
        layout: how draws are shared out.
    """

    plan: list[Leaf]
    roles: CellRoles
    recipe: Recipe
    laws: Float[Array, "array 3"]
    counters: list[Counters]
    layout: Layout


_KNOWN: dict[Hashable, Design] = {}
"""Designs of the catalogue's cells, by all that they depend on."""


@dataclass(frozen=True)
class Designs:
    """The designs of one cell; each traced size is looked at once.

    They last as long as one measurement: a user's class may have changed before the
    next. Those of the catalogue's cells are kept.

    Attributes:
        given: the cell.
        input_size: number of symbols.
        initializer: the law or laws of the weights.
        few: whether there are so few draws that compiling costs most; then all sizes up
            to 20 share a program.
        machine: the processor that programs are written for.
        embeds: whether a user's cell may stand in a larger one, and share its program.
        found: the designs by traced size.
        larger: those in which smaller cells stand.
    """

    given: Given
    input_size: int
    initializer: Initializer
    few: bool
    machine: Machine = ON_CPU
    embeds: bool = False
    found: dict[int, Design] = field(default_factory=dict)
    larger: dict[int, Design] = field(default_factory=dict)

    def of(self, hidden_size: int) -> Design:
        """Return the design of cells of one size.

        Raises:
            CellError, SettingError: see `Given.shell` and `plan_of`.
        """
        padded = _padded_size(self.given, hidden_size, few=self.few)
        design = self._traced(padded)
        if padded == hidden_size:
            return design
        is_known = not _are_recognised(design.plan) or self._has(
            design.plan, hidden_size
        )
        if design.recipe.is_padded and is_known:
            return design
        return self._traced(hidden_size)

    def around(self, hidden_size: int) -> tuple[Design, Embedding] | None:
        """Return the larger cell in which a user's cell stands, and where.

        None if it must stand alone.
        """
        if not self.embeds or self.machine.is_wide:
            return None
        there = embedding_of(self.given, hidden_size, self.input_size, few=self.few)
        if there is None:
            return None
        if there.size not in self.larger:
            own = self._traced(there.size)
            recipe = own.recipe.with_smaller()
            self.larger[there.size] = own._replace(recipe=recipe)
        design = self.larger[there.size]
        plan = design.plan
        if not all(map(_is_by_entry, plan)):
            return None
        kept = any(leaf.law == KEEP for leaf in plan)
        if (kept or _are_recognised(plan)) and not self._has(plan, hidden_size):
            return None
        return design, there

    def _has(self, plan: list[Leaf], size: int) -> bool:
        """Return whether cells of a size are drawn so.

        Where an array stays as it is, its numbers may have decided that it does; a law
        that was recognised may be another one at another size.
        """
        shell = self.given.shell(self.input_size, size)
        roles = self.given.roles_of(shell, self.input_size, size)
        return plan_of(shell, self.initializer, roles.arrays) == plan

    def _traced(self, size: int) -> Design:
        if size not in self.found:
            with jax.enable_x64(True):
                self.found[size] = self._known(size)
        return self.found[size]

    def _known(self, size: int) -> Design:
        """Return the design of one size: of a cell of the catalogue as it was kept."""
        given = self.given
        if not given.is_of_catalogue:
            return self._design(size)
        name = (
            Asked.of(given, self.input_size),
            given.measured,
            self.initializer,
            self.machine,
            size,
        )
        try:
            known = _KNOWN.get(name)
        except TypeError:  # an option or a law that has no hash
            return self._design(size)
        if known is None:
            if len(_KNOWN) >= MOST_KNOWN:
                _KNOWN.clear()
            known = _KNOWN[name] = self._design(size)
        return known

    def _design(self, size: int) -> Design:
        given = self.given
        shell = given.shell(self.input_size, size)
        roles = given.roles_of(shell, self.input_size, size)
        plan = plan_of(shell, self.initializer, roles.arrays)
        recipe = Recipe(
            shell,
            plan,
            _unit_axes(given, shell, plan, size),
            start=given.initial_state,
            units=roles.state.units,
            measured=roles.state.places(given.measured),
            machine=self.machine,
            step=_step(given, shell, self.input_size),
        )
        laws = np.array([_choices(leaf.law) for leaf in plan], float)
        return Design(
            plan=plan,
            roles=roles,
            recipe=recipe,
            laws=jax.device_put(laws),
            counters=recipe.counters(),
            layout=Layout.of(recipe.num_weights, self.machine),
        )


def real_arrays(cell: object) -> list[Any]:
    """Return the real arrays of a cell, or their shapes."""
    return jax.tree.leaves(eqx.filter(cell, is_real))


def _is_by_entry(leaf: Leaf) -> bool:
    """Return whether an array may be drawn where it stands in a larger one."""
    is_plain = leaf.law in (None, KEEP, AS_BUILT)
    return is_plain or isinstance(leaf.law, Entrywise)


def _are_recognised(plan: list[Leaf]) -> bool:
    laws = [leaf.law for leaf in plan if isinstance(leaf.law, Entrywise)]
    return any(law.name == RECOGNISED for law in laws)


def _padded_size(given: Given, hidden_size: int, *, few: bool) -> int:
    """Return the size at which cells of this size are computed.

    Few programs are better: each takes most of a second to compile, longer where there
    are gates. Three sizes waste a twelfth of the work.
    """
    axes = given.unit_axes
    if axes is None or given.initial_state is not None:
        return hidden_size
    num_gates = sum(len(of_array) > 1 for of_array in axes.values())
    shared = (8, 14, 20)
    if num_gates > 1:
        shared = (10, 20)
    if few:
        shared = (20,)
    for size in shared:
        if hidden_size <= size:
            return size
    return hidden_size


def _unit_axes(
    given: Given, shell: object, plan: list[Leaf], size: int
) -> tuple[Axes, ...] | None:
    """Return the unit axes of each array, if units may be added; None if they may not.

    Raises:
        CellError: the declared axes don't fit the arrays.
    """
    if given.unit_axes is None:
        return None
    axes = []
    for leaf, array in zip(plan, real_arrays(shell), strict=True):
        axes.append(_fitting_axes(given, leaf.name, array.shape, size))
        is_entrywise = leaf.law is None or isinstance(leaf.law, Entrywise)
        if not is_entrywise or len(array.shape) > 2:
            return None
    if given.initial_state is not None or not _has_vectors(given, shell, size):
        return None
    return tuple(axes)


def _has_vectors(given: Given, shell: object, size: int) -> bool:
    """Return whether each leaf of the state is a vector of units."""
    state = jax.eval_shape(lambda: given.initial(shell))
    return all(leaf.shape == (size,) for leaf in jax.tree.leaves(state))


def _fitting_axes(
    given: Given, name: str, shape: tuple[int, ...], hidden_size: int
) -> Axes:
    declared = given.unit_axes or {}
    if name not in declared:
        raise CellError(
            f"expected `unit_axes` of {given.name} to name each of its arrays, got "
            f"none for `{name}`; add it, or leave `unit_axes` out."
        )
    for axis in declared[name]:
        if not 0 <= axis < len(shape) or shape[axis] != hidden_size:
            raise CellError(
                f"expected `unit_axes` of {given.name} to be axes of length k = "
                f"{hidden_size}, got axis {axis} of `{name}` with shape {shape}; mend "
                "`unit_axes`."
            )
    return declared[name]


def _step(given: Given, shell: object, input_size: int) -> str | None:
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


def _choices(law: object) -> tuple[float, float, float]:
    if not isinstance(law, Entrywise):
        return 0.0, 0.0, 0.0
    return float(law.is_normal), float(law.by_fan_in), float(law.gain)
