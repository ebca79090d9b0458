"""Random cells of one size."""

from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray, UInt32

from firstbit.cells.as_built import Build, built_arrays
from firstbit.cells.given import Given
from firstbit.cells.reading import step_digest
from firstbit.cells.roles import CellRoles
from firstbit.errors import CellError, FirstbitError
from firstbit.memory.ensemble.block_sizes import Layout, reference_places
from firstbit.memory.ensemble.random_cells import Draws, keys_of, scalar
from firstbit.memory.ensemble.recipe import Axes, Recipe, is_array
from firstbit.programs.machines import ON_CPU, Machine
from firstbit.weights.initializers import Entrywise
from firstbit.weights.redraw import AS_BUILT, KEEP, Initializer, Leaf, is_real, plan_of
from firstbit.weights.threefry import Counters, Words

KeyWords = (
    tuple[UInt32[Array, "strip draw"], UInt32[Array, "strip draw"]]
    | tuple[UInt32[np.ndarray, "strip draw"], UInt32[np.ndarray, "strip draw"]]
)
"""The two words of the keys of draws."""


class Population(NamedTuple):
    """Random cells of one size.

    Attributes:
        hidden_size: k.
        recipe: what programs depend on.
        laws: of each array, whether entries are normal, whether they are divided by the
            root of the fan-in, and the gain.
        held: the arrays that stay as the cell was built; None for the others.
        rest: the cell's arrays of other numbers than real ones.
        roles: of its arrays and its state.
        counters: hashed for the entries of each group of arrays.
        build: gives the arrays of a cell's own constructor; None if no law asks them.
        num_draws: draws in a block.
        width: draws that step together.
    """

    hidden_size: int
    recipe: Recipe
    laws: Float[Array, "array 3"]
    held: list[Array | None]
    rest: list[Array]
    roles: CellRoles
    counters: list[Counters]
    build: Build | None
    num_draws: int
    width: int

    @classmethod
    def of(
        cls,
        given: Given,
        hidden_size: int,
        *,
        input_size: int,
        initializer: Initializer,
        few: bool,
        key: PRNGKeyArray,
        machine: Machine = ON_CPU,
    ) -> "Population":
        """Return the population of a cell.

        Args:
            given: the cell.
            hidden_size: k.
            input_size: number of symbols.
            initializer: the law or laws of the weights.
            few: whether there are so few draws that compiling costs most; then all
                sizes up to 20 share a program.
            key: of the arrays that stay as the cell is built.
            machine: the processor that programs are written for.

        Raises:
            CellError, SettingError: see `Given.shell` and `plan_of`.
        """
        with jax.enable_x64(True):
            padded = _padded_size(given, hidden_size, few=few)
            # The padded size alone is traced: twenty skeletons take a second.
            shell, roles, plan = _planned(given, input_size, padded, initializer)
            unit_axes = _unit_axes(given, shell, plan, padded)
            if unit_axes is None and padded != hidden_size:
                shell, roles, plan = _planned(
                    given, input_size, hidden_size, initializer
                )
            recipe = Recipe(
                shell,
                plan,
                unit_axes,
                start=given.initial_state,
                units=roles.state.units,
                measured=roles.state.places(given.measured),
                machine=machine,
                step=_step(given, shell, input_size),
            )
            held, rest = _held(given, shell, plan, (input_size, hidden_size), key)
            laws = jnp.array([_choices(leaf.law) for leaf in plan], float)
        layout = Layout.of(recipe.num_weights, machine)
        return cls(
            hidden_size=hidden_size,
            recipe=recipe,
            laws=laws,
            held=held,
            rest=rest,
            roles=roles,
            counters=recipe.counters(),
            build=_build(given, plan, (input_size, hidden_size)),
            num_draws=layout.num_draws,
            width=layout.width,
        )

    @property
    def block_bytes(self) -> int:
        """Memory of a block: bits of all draws, entries and weights of a strip."""
        return self.recipe.num_weights * (4 * self.num_draws + 3 * 8 * self.width)

    @property
    def block_weights(self) -> int:
        """Numbers in a block's cells, padding included: its cost goes with them."""
        return self.recipe.num_weights * self.num_draws

    @property
    def num_strips(self) -> int:
        """Strips in a block."""
        return self.num_draws // self.width

    @property
    def references(self) -> Int[np.ndarray, " reference"]:
        """Places in a block of the draws that read the reference words, too."""
        return reference_places(self.recipe.num_weights, self.num_draws)

    def num_blocks(self, num_draws: int) -> int:
        """Return the number of blocks that hold these draws."""
        return -(-num_draws // self.num_draws)

    def draws(
        self, key: Words, first_draw: int, num_strips: int | None = None
    ) -> Draws:
        """Return the numbers that a program for these cells takes, in float64.

        Args:
            key: words of the random key.
            first_draw: its number.
            num_strips: of draws; by default those of a block.
        """
        draws = self._numbers(key, first_draw)
        if self.build is None:
            return draws
        strips = self.num_strips if num_strips is None else num_strips
        keys = keys_of(draws, strips, self.width)
        return draws._replace(built=self.built(keys))

    def built(self, keys: KeyWords) -> list[Array | None]:
        """Return what the cell's own constructor gives with each key.

        Args:
            keys: (strip, draw).

        Returns:
            The arrays that it draws, (strip, ..., draw); None for the others. Those of
            `rest` come last; complex ones are drawn where any real one is.
        """
        assert self.build is not None
        found: list[Array | None] = []
        arrays = iter(self.build(*(np.ravel(word) for word in keys)))
        for leaf in self.recipe.leaves:
            array = next(arrays)
            is_drawn = leaf.law == AS_BUILT
            found.append(_in_strips(array, keys) if is_drawn else None)
        for array in self.rest:
            is_drawn = jnp.issubdtype(array.dtype, jnp.complexfloating)
            found.append(_in_strips(next(arrays), keys) if is_drawn else None)
        return found

    def _numbers(self, key: Words, first_draw: int) -> Draws:
        """Return these numbers, without what the cell's own constructor gives."""
        return Draws(
            key=key,
            hidden_size=scalar(self.hidden_size, "float64"),
            first_draw=scalar(first_draw, "uint32"),
            counters=self.counters,
            laws=self.laws,
            held=self.held,
            built=[None] * (len(self.held) + len(self.rest)),
            rest=self.rest,
            always=scalar(True, "bool"),
        )


def _in_strips(array: Array | np.ndarray, keys: KeyWords) -> Array:
    """Return an array of all draws, (..., draw), in strips: (strip, ..., draw)."""
    parts = np.asarray(array).reshape(*array.shape[:-1], *keys[0].shape)
    return jnp.asarray(np.moveaxis(parts, -2, 0))


def _planned(
    given: Given, input_size: int, hidden_size: int, initializer: Initializer
) -> tuple[Any, CellRoles, list[Leaf]]:
    """Return the cell's shell, its roles, and how each array is drawn."""
    shell = given.shell(input_size, hidden_size)
    roles = given.roles_of(shell, input_size, hidden_size)
    return shell, roles, plan_of(shell, initializer, roles.arrays)


def _build(given: Given, plan: list[Leaf], sizes: tuple[int, int]) -> Build | None:
    """Return what draws the arrays of a cell's own constructor, if a law asks it."""
    if any(leaf.law == AS_BUILT for leaf in plan):
        return partial(built_arrays, given, *sizes)
    return None


def _step(given: Given, shell: Any, input_size: int) -> str | None:
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
    given: Given, shell: Any, plan: list[Leaf], size: int
) -> tuple[Axes, ...] | None:
    """Return the unit axes of each array, if units may be added; None if they may not.

    Raises:
        CellError: the declared axes don't fit the arrays.
    """
    if given.unit_axes is None:
        return None
    axes = []
    for leaf, array in zip(plan, _arrays(shell), strict=True):
        axes.append(_fitting_axes(given, leaf.name, array.shape, size))
        is_entrywise = leaf.law is None or isinstance(leaf.law, Entrywise)
        if not is_entrywise or len(array.shape) > 2:
            return None
    if given.initial_state is not None or not _has_vectors(given, shell, size):
        return None
    return tuple(axes)


def _has_vectors(given: Given, shell: Any, size: int) -> bool:
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


def _held(
    given: Given,
    shell: Any,
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
    for leaf, array in zip(plan, _arrays(made), strict=True):
        held.append(array if leaf.law == KEEP else None)
    return held, [jnp.asarray(array) for array in _rest(made)]


def _rest(cell: Any) -> list[Any]:
    rest = eqx.filter(cell, is_real, inverse=True)
    return jax.tree.leaves(eqx.filter(rest, is_array))


def _arrays(cell: Any) -> list[Any]:
    return jax.tree.leaves(eqx.filter(cell, is_real))


def _choices(law: Any) -> tuple[float, float, float]:
    if not isinstance(law, Entrywise):
        return 0.0, 0.0, 0.0
    return float(law.is_normal), float(law.by_fan_in), float(law.gain)
