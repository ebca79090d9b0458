"""Random cells of one size, a block of draws at a time: how their parameters are drawn and how they read two words."""

from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray, UInt32, UInt64

from firstbit.cells.given import CellLike, built, is_own, skeleton
from firstbit.cells.state import State, initial_state
from firstbit.memory.ensemble.block_sizes import block_size, strip_width
from firstbit.programs.blockwise import blockwise, once
from firstbit.programs.difference_propagation import with_difference
from firstbit.weights.initializers import Entrywise, matrix_shape, standard_entries
from firstbit.weights.redraw import (
    KEEP,
    Initializer,
    Leaf,
    draw_leaf,
    is_real,
    plan_of,
    scaled,
)
from firstbit.weights.threefry import (
    Counters,
    Words,
    as_matrix,
    counters,
    fold_in,
    packed,
    threefry,
    unpacked,
)

ENTRYWISE = "entrywise"
"""Stands for an entrywise law, whose choices are numbers that a compiled program takes:
one program serves them all."""


class Recipe:
    """All that a compiled program for random cells rests on; two equal recipes share it.

    Attributes:
        structure: of the cell's arrays as a pytree.
        others: the cell without its arrays.
        leaves: how each array is drawn.
        shapes: of the arrays.
        groups: numbers of the arrays that share an entrywise law.
        is_padded: whether units beyond the true size may be there, always equal in both
            words.
        start: the initial state as a function of the cell, or None.
        measures_all: whether distances are of the whole state, not of h alone.
    """

    def __init__(
        self,
        cell: Any,
        initializer: Initializer,
        *,
        is_padded: bool,
        start: Any,
        measures_all: bool,
    ) -> None:
        arrays, self.others = eqx.partition(cell, is_real)
        values, self.structure = jax.tree.flatten(arrays)
        plan = plan_of(cell, initializer)
        self.leaves = [
            Leaf(leaf.name, ENTRYWISE if isinstance(leaf.law, Entrywise) else leaf.law)
            for leaf in plan
        ]
        self.shapes = [(value.shape, value.dtype) for value in values]
        self.is_padded, self.start, self.measures_all = is_padded, start, measures_all
        laws = [leaf.law for leaf in plan]
        same = {
            law: tuple(n for n, other in enumerate(laws) if other == law)
            for law in laws
            if isinstance(law, Entrywise)
        }
        self.groups = tuple(same.values())
        others, form = jax.tree.flatten(self.others)
        self._key: Any = (
            self.structure,
            form,
            tuple(others),
            tuple(self.leaves),
            tuple(self.shapes),
            is_padded,
            start,
            measures_all,
        )
        try:
            hash(self._key)
        except (
            TypeError
        ):  # a cell of a user's own may hold anything; then every recipe is its own
            self._key = id(self)

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Recipe) and self._key == other._key

    @property
    def num_weights(self) -> int:
        """Numbers in one cell."""
        return sum(int(np.prod(shape)) for shape, _ in self.shapes)

    def counters(self) -> list[Counters]:
        """What is hashed for the entries of each group of arrays."""
        of_groups = [
            [
                counters(*matrix_shape(self.shapes[number][0]), number)
                for number in group
            ]
            for group in self.groups
        ]
        return [
            (
                np.concatenate([high for high, _ in each]),
                np.concatenate([low for _, low in each]),
            )
            for each in of_groups
        ]

    def cell(self, leaves: list[Array]) -> Any:
        """The cell with these arrays."""
        return eqx.combine(self.structure.unflatten(leaves), self.others)


class Population(NamedTuple):
    """Random cells of one size.

    Attributes:
        hidden_size: k.
        recipe: what programs rest on.
        laws: of each array, whether entries are normal, whether divided by the root of
            the fan-in, and the gain.
        kept: the arrays that stay as the cell was built; None for the others.
        counters: what is hashed for the entries of each group of arrays.
        num_draws: draws in a block.
        width: draws that step together.
    """

    hidden_size: int
    recipe: Recipe
    laws: np.ndarray
    kept: list[Array | None]
    counters: list[Counters]
    num_draws: int
    width: int

    @classmethod
    def of(
        cls,
        cell: CellLike,
        hidden_size: int,
        *,
        input_size: int,
        initializer: Initializer,
        start: Callable[[Any], State] | None,
        measures_all: bool,
        few: bool,
        key: PRNGKeyArray,
    ) -> "Population":
        """The population of a factory's cells.

        Args:
            cell: a factory, or a built cell of this size.
            hidden_size: k.
            input_size: number of symbols.
            initializer: the law or laws of the weights.
            start: the initial state as a function of the cell, or None.
            measures_all: whether the whole state is measured.
            few: whether there are so few draws that compiling costs most: then all
                sizes up to 20 share a program.
            key: of the cell that is built.

        Raises:
            CellError, SettingError: see `skeleton` and `plan_of`.
        """
        with jax.enable_x64(True):
            # A cell of the library is only looked at in its padded size: making twenty
            # skeletons takes a second.
            is_padded = is_own(cell) and start is None
            padded = (
                _padded(hidden_size, len(getattr(cell, "func", cell).gates), few)
                if is_padded
                else hidden_size
            )
            shell = skeleton(cell, input_size, padded)
            plan = plan_of(shell, initializer)
            if is_padded and not all(
                leaf.law is None or isinstance(leaf.law, Entrywise) for leaf in plan
            ):
                is_padded, shell = False, skeleton(cell, input_size, hidden_size)
            arrays = (
                shell
                if not any(leaf.law == KEEP for leaf in plan)
                else built(cell, input_size, hidden_size, key)
            )
            kept = [
                array if leaf.law == KEEP else None
                for leaf, array in zip(
                    plan, jax.tree.leaves(eqx.filter(arrays, is_real)), strict=True
                )
            ]
            recipe = Recipe(
                shell,
                initializer,
                is_padded=is_padded,
                start=start,
                measures_all=measures_all,
            )
            choices = [_choices(leaf.law) for leaf in plan]
        size = block_size(recipe.num_weights)
        return cls(
            hidden_size,
            recipe,
            np.array(choices),
            kept,
            recipe.counters(),
            size,
            min(strip_width(recipe.num_weights), size),
        )

    @property
    def block_bytes(self) -> int:
        """What computing a block takes at least: random bits of all draws, and entries and weights of a strip."""
        return self.recipe.num_weights * (4 * self.num_draws + 3 * 8 * self.width)

    @property
    def block_weights(self) -> int:
        """Numbers in a block's cells, padding included: its cost goes with them."""
        return self.recipe.num_weights * self.num_draws

    @property
    def num_strips(self) -> int:
        """Strips in a block."""
        return self.num_draws // self.width


def _padded(hidden_size: int, num_gates: int, few: bool) -> int:
    """Few programs: each takes most of a second to compile, longer where there are gates. Three waste a twelfth of the work."""
    shared = (20,) if few else (10, 20) if num_gates > 1 else (8, 14, 20)
    return next((size for size in shared if hidden_size <= size), hidden_size)


def _choices(law: Any) -> tuple[float, float, float]:
    return (
        (law.is_normal, law.by_fan_in, law.gain)
        if isinstance(law, Entrywise)
        else (0.0, 0.0, 0.0)
    )


def draw_keys(
    key: Words,
    hidden_size: Float[Array, ""],
    first_draw: UInt32[Array, ""],
    always: Bool[Array, ""],
    num_strips: int,
    width: int,
) -> Words:
    """The keys of a block's draws, (strip, width): that of draw i is folded from the key, k and i."""

    def folded() -> Array:
        numbers = first_draw + jnp.arange(num_strips * width, dtype=jnp.uint32).reshape(
            num_strips, width
        )
        return packed(fold_in(fold_in(key, hidden_size.astype(jnp.uint32)), numbers))

    return unpacked(once(always, folded))  # or XLA would compute a key for each weight


def block_bits(
    counters: list[Counters], keys: Words
) -> list[UInt64[Array, "strip pair width"]]:
    """Random bits of the entrywise arrays, one array for each group of them that has one law."""
    of_strips = (keys[0][:, None], keys[1][:, None])
    return [
        packed(threefry(of_strips, high[:, None], low[:, None]))
        for high, low in counters
    ]


def strip_weights(
    recipe: Recipe,
    bits: list[UInt64[Array, "pair width"]],
    keys: Words,
    hidden_size: Array,
    laws: Array,
    kept: list[Array | None],
) -> list[Array]:
    """The arrays of a strip of draws, each with the draw as its last axis; zero beyond the true size."""
    weights: list[Array | None] = [None] * len(recipe.leaves)
    for group, of_group in zip(recipe.groups, bits, strict=True):
        is_normal, by_fan_in, gain = (laws[group[0], i] for i in range(3))
        entries = standard_entries(
            jnp.stack(unpacked(of_group)), is_normal > 0
        )  # one call for all: it is most of what is compiled
        first = 0
        for number in group:
            shape, _ = recipe.shapes[number]
            rows, columns = matrix_shape(shape)
            end = first + -(-rows // 2) * columns
            entry = as_matrix(entries[:, first:end], rows, columns)
            first = end
            inside = (
                hidden_size,
                hidden_size if recipe.leaves[number].name.startswith("W") else columns,
            )
            weights[number] = scaled(
                entry, by_fan_in > 0, gain, inside if recipe.is_padded else None
            ).reshape(*shape, -1)
    for number, (leaf, (shape, dtype)) in enumerate(
        zip(recipe.leaves, recipe.shapes, strict=True)
    ):
        if leaf.law != ENTRYWISE:
            like = (
                jax.ShapeDtypeStruct(shape, dtype)
                if kept[number] is None
                else kept[number]
            )
            weights[number] = draw_leaf(leaf, number, like, keys)
    return [array for array in weights if array is not None]


def read_two_words(
    recipe: Recipe,
    weights: list[Array],
    words: Int[Array, "word time draw"],
    length: Array,
    hidden_size: Array,
    always: Bool[Array, ""],
    *,
    input_size: int,
) -> tuple[Float[Array, "time draw"], Float[Array, " time"]]:
    """Read two words at once, by the state of the first and the difference to the second.

    Returns:
        The distance of the two states after each symbol for each draw, and the mean
        norm of the first state.
    """
    state = blockwise(
        lambda leaves: initial_state(recipe.cell(leaves), recipe.start), always
    )(weights)
    letters = jnp.arange(input_size)[:, None]

    def one(
        leaves: list[Array], x: Array, dx: Array, state: State, change: State
    ) -> tuple[State, State]:
        return with_difference(recipe.cell(leaves))((x, state), (dx, change))

    step = blockwise(one, always)

    def body(
        t: Array, carry: tuple[State, State, Array, Array]
    ) -> tuple[State, State, Array, Array]:
        state, change, distances, norms = carry
        first, second = ((words[i, t] == letters).astype(float) for i in (0, 1))
        state, change = step(weights, first, second - first, state, change)
        distance, size = (
            _norm(recipe, change, None),
            _norm(recipe, state, hidden_size if recipe.is_padded else None),
        )
        return (
            state,
            change,
            distances.at[t].set(distance),
            norms.at[t].set(size.mean()),
        )

    num_draws, buffer = words.shape[2], words.shape[1]
    start = (
        state,
        jax.tree.map(jnp.zeros_like, state),
        jnp.zeros((buffer, num_draws)),
        jnp.zeros(buffer),
    )
    return jax.lax.fori_loop(0, length, body, start)[2:]


def _norm(
    recipe: Recipe, state: State, hidden_size: Array | None
) -> Float[Array, " draw"]:
    """Euclidean norm of what is measured, without underflow; of the first `hidden_size` units where given."""
    leaves = jax.tree.leaves(state)
    parts = [
        leaf.reshape(-1, leaf.shape[-1])
        for leaf in (leaves if recipe.measures_all else leaves[:1])
    ]
    if hidden_size is not None:
        parts = [
            jnp.where(jnp.arange(part.shape[0])[:, None] < hidden_size, part, 0.0)
            for part in parts
        ]
    largest = parts[0][0] * 0
    for part in parts:
        largest = jnp.maximum(largest, jnp.max(jnp.abs(part), axis=0))
    scale = 1 / jnp.where(largest > 0, largest, 1.0)
    return largest * jnp.sqrt(
        sum(
            (jnp.sum((part * scale) ** 2, axis=0) for part in parts),
            jnp.zeros_like(largest),
        )
    )
