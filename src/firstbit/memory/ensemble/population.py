"""Random cells of one size."""

from functools import partial
from math import prod
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray, UInt32

from firstbit.cells.as_built import Build, built_arrays
from firstbit.cells.given import Given
from firstbit.cells.roles import CellRoles
from firstbit.memory.ensemble.block_sizes import (
    LARGEST_STRIP,
    block_size,
    reference_places,
    strip_width,
)
from firstbit.memory.ensemble.design import Design, Designs, real_arrays
from firstbit.memory.ensemble.embedding import Embedding
from firstbit.memory.ensemble.placing import placed, placed_arrays
from firstbit.memory.ensemble.random_cells import Draws, Placing, keys_of, scalar
from firstbit.memory.ensemble.recipe import Recipe, is_array
from firstbit.weights.numbers import is_complex, is_real, num_parts
from firstbit.weights.redraw import AS_BUILT, KEEP
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
        embedding: where the cells stand in larger ones; None where they don't.
        placing: the same as the numbers that programs take.
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
    embedding: Embedding | None = None
    placing: Placing | None = None

    @classmethod
    def of(cls, designs: Designs, hidden_size: int, key: PRNGKeyArray) -> "Population":
        """Return the population of a cell.

        Args:
            designs: of the cell.
            hidden_size: k.
            key: of the arrays that stay as the cell is built.

        Raises:
            CellError, SettingError: see `Given.shell` and `plan_of`.
        """
        given = designs.given
        sizes = designs.input_size, hidden_size
        with jax.enable_x64(True):
            around = designs.around(hidden_size)
            if around is not None:
                return cls._embedded(designs, sizes, key, *around)
            design = designs.of(hidden_size)
            held, rest = _held(given, design, sizes, key)
        return cls(
            hidden_size=hidden_size,
            recipe=design.recipe,
            laws=design.laws,
            held=held,
            rest=rest,
            roles=design.roles,
            counters=design.counters,
            build=_build(designs, design, sizes),
            num_draws=design.layout.num_draws,
            width=design.layout.width,
        )

    @classmethod
    def _embedded(
        cls,
        designs: Designs,
        sizes: tuple[int, int],
        key: PRNGKeyArray,
        design: Design,
        there: Embedding,
    ) -> "Population":
        """Return the population of a user's cell that stands in a larger one."""
        given = designs.given
        recipe = design.recipe
        kept, rest = _held(given, design, sizes, key)
        num_draws = block_size(there.num_weights)
        width = min(strip_width(recipe.num_weights), num_draws)
        references = reference_places(there.num_weights, num_draws)
        needed = -(-num_draws // width) - (-len(references) // width)
        counters, placing = placed(design.plan, recipe.groups, there, needed)
        return cls(
            hidden_size=sizes[1],
            recipe=recipe,
            laws=design.laws,
            held=placed_arrays(there, kept),
            rest=rest,
            roles=design.roles,
            counters=counters,
            build=_build(designs, design, sizes),
            num_draws=num_draws,
            width=width,
            embedding=there,
            placing=placing,
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
        alone = self.recipe if self.embedding is None else self.embedding
        return reference_places(alone.num_weights, self.num_draws)

    @property
    def reference_strips(self) -> int:
        """Strips that read the reference words: of cells in larger ones, for any k."""
        if self.embedding is None:
            return 1
        return min(self.num_strips, LARGEST_STRIP // self.width)

    @property
    def size_of_program(self) -> int:
        """The value of k in the cell's program, where a user's cell has one."""
        return self.hidden_size if self.embedding is None else self.embedding.size

    def num_entries(self, place: int, number: int) -> int:
        """Return the numbers of a leaf of the state, padding left out.

        Args:
            place: of the leaf.
            number: of its entries in the program.
        """
        if self.embedding is not None:
            return prod(self.embedding.state[place].true_shape)
        return self.hidden_size if self.recipe.is_padded else number

    @property
    def num_measured(self) -> int:
        """Real numbers of a state that are measured; a complex one counts as two."""
        shapes = self.recipe.start_shapes()
        total = 0
        for place in self.recipe.measured:
            leaf = shapes[place]
            total += num_parts(leaf) * self.num_entries(place, leaf.size)
        return total

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
            `rest` come last; of these, complex ones are drawn.
        """
        assert self.build is not None
        found: list[Array | None] = []
        words = [np.ravel(word) for word in keys]
        arrays = iter(self.build(*words))
        for leaf in self.recipe.leaves:
            array = next(arrays)
            is_drawn = leaf.law == AS_BUILT
            found.append(self._placed(array, len(found), keys) if is_drawn else None)
        for array in self.rest:
            is_drawn = is_complex(array)
            found.append(_in_strips(next(arrays), keys) if is_drawn else None)
        return found

    def _placed(self, array: Array | np.ndarray, number: int, keys: KeyWords) -> Array:
        """Return an array of all draws in strips, where its entries stand."""
        strips = _in_strips(array, keys)
        if self.embedding is None:
            return strips
        places = self.embedding.arrays[number]
        return jnp.asarray(places.put(np.asarray(strips), before=1))

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
            placing=self.placing,
        )


def _in_strips(array: Array | np.ndarray, keys: KeyWords) -> Array:
    """Return an array of all draws, (..., draw), in strips: (strip, ..., draw)."""
    shape = (*array.shape[:-1], *keys[0].shape)
    parts = np.asarray(array).reshape(shape)
    return jnp.asarray(np.moveaxis(parts, -2, 0))


def _build(designs: Designs, design: Design, sizes: tuple[int, int]) -> Build | None:
    """Return what draws the arrays of a cell's own constructor, if any are its own.

    Complex ones always are: other laws draw real numbers.
    """
    given = designs.given
    has_complex = design.recipe.has_complex_weights and not given.is_built
    if has_complex or any(leaf.law == AS_BUILT for leaf in design.plan):
        return partial(built_arrays, given, *sizes)
    return None


def _held(
    given: Given, design: Design, sizes: tuple[int, int], key: PRNGKeyArray
) -> tuple[list[Array | None], list[Array]]:
    """Return the arrays that stay as the cell was built; None for the others.

    Then those of other numbers than real ones, which all stay.
    """
    plan = design.plan
    has_rest = bool(design.recipe.rest_shapes)
    if not has_rest and not any(leaf.law == KEEP for leaf in plan):
        return [None] * len(plan), []
    made = given.make(*sizes, key)
    held = []
    for leaf, array in zip(plan, real_arrays(made), strict=True):
        held.append(array if leaf.law == KEEP else None)
    return held, [jnp.asarray(array) for array in _rest(made)]


def _rest(cell: object) -> list[Any]:
    rest = eqx.filter(cell, is_real, inverse=True)
    return jax.tree.leaves(eqx.filter(rest, is_array))
