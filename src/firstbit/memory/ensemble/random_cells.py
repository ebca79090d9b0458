"""Random cells, a strip of draws at a time: keys, random bits, weights."""

from functools import lru_cache, partial
from math import prod
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, UInt32, UInt64

from firstbit.cells.cell import AnyArray
from firstbit.cells.state import State
from firstbit.memory.ensemble.recipe import ENTRYWISE, Recipe
from firstbit.programs.blockwise import blockwise
from firstbit.programs.machines import once
from firstbit.weights.initializers import matrix_shape, scaled, standard_entries
from firstbit.weights.redraw import draw_leaf, fan_in
from firstbit.weights.threefry import (
    Counters,
    Words,
    as_matrix,
    fold_in,
    packed,
    threefry,
    unpacked,
)

Bits = list[UInt64[Array, "*strip _ width"] | UInt32[Array, "*strip _ width"]]
"""Random bits, one array for each group of arrays that has one law."""


Mask = Bool[AnyArray, "..."]
"""Which entries of a leaf of the state are the cell's."""


class Placing(NamedTuple):
    """Where the entries of smaller cells stand in the arrays of larger ones.

    Attributes:
        is_second: of each group of arrays, whether an entry takes the second of the two
            words of its hash, else the first.
        scales: of each group of arrays, the factor of each entry; 0 beyond the cell.
        masks: of each leaf of the state, which entries are the cell's; None of all.
        num_strips: strips of a block that are needed, those with the reference words
            included.
    """

    is_second: list[Bool[AnyArray, " entry"]]
    scales: list[Float[AnyArray, " entry"]]
    masks: list[Mask | None]
    num_strips: Int[AnyArray, ""]

    def inside(self, state: State) -> State:
        """Return a state of many draws with zeros beyond the cell."""
        leaves, structure = jax.tree.flatten(state)
        found = []
        for leaf, mask in zip(leaves, self.masks, strict=True):
            if mask is None:
                found.append(leaf)
                continue
            none = jnp.zeros_like(leaf)
            found.append(jnp.where(mask[..., None], leaf, none))
        return structure.unflatten(found)


class Draws(NamedTuple):
    """The numbers that a program for random cells takes.

    Attributes:
        key: words of the random key.
        hidden_size: k.
        first_draw: number of the block's first draw.
        counters: hashed for the entries of each group of arrays.
        laws: of each array, whether entries are normal, whether they are divided by the
            root of the fan-in, and the gain.
        held: the arrays that stay as the cell was built; None for the others.
        built: the arrays that the cell's own constructor draws, (strip, ..., draw);
            None for the others. Those of `rest` come last.
        rest: the cell's arrays of other numbers than real ones.
        always: true, but unknown to the compiler; see `blockwise`.
        placing: where the cells stand in larger ones; None where they don't.
    """

    key: Words
    hidden_size: Float[Array, ""]
    first_draw: UInt32[Array, ""]
    counters: list[Counters]
    laws: Float[Array, "array 3"]
    held: list[Array | None]
    built: list[Array | None]
    rest: list[Array]
    always: Bool[Array, ""]
    placing: Placing | None = None

    def turns(self, strip: Array, length: Array) -> Array:
        """Return how many steps a strip makes: none where it isn't needed."""
        if self.placing is None:
            return length
        return jnp.where(strip < self.placing.num_strips, length, 0)

    def inside(self, state: State) -> State:
        """Return a state of many draws with zeros beyond the cell."""
        return state if self.placing is None else self.placing.inside(state)


@lru_cache(maxsize=4096)
def scalar(value: float, dtype: str) -> Array:
    """Return a number as an array: made once, since a new one takes 50 microseconds.

    Example:
        >>> scalar(3, "uint32").dtype.name
        'uint32'
    """
    with jax.enable_x64(True):
        return jax.device_put(np.asarray(value, dtype))  # `asarray` would compile


def draw_keys(draws: Draws, num_strips: int, width: int) -> Words:
    """Return the keys of a block's draws, (strip, draw), from the key, k and i."""

    def folded() -> Array:
        inside = jnp.arange(num_strips * width, dtype=jnp.uint32)
        numbers = draws.first_draw + inside.reshape(num_strips, width)
        of_size = fold_in(draws.key, draws.hidden_size.astype(jnp.uint32))
        return packed(fold_in(of_size, numbers))

    return unpacked(once(draws.always, folded))  # or a key is computed for each weight


@partial(jax.jit, static_argnames=("num_strips", "width"))
def keys_of(draws: Draws, num_strips: int, width: int) -> Words:
    """Return the keys of a block's draws, as a program of its own."""
    return draw_keys(draws, num_strips, width)


def block_bits(draws: Draws, keys: Words) -> Bits:
    """Return the random bits of the entrywise arrays, group by group.

    They are 64 for two entries; where cells stand in larger ones, 32 for each entry.
    """
    of_strips = (keys[0][:, None], keys[1][:, None])
    bits = []
    for group, (high, low) in enumerate(draws.counters):
        words = threefry(of_strips, high[:, None], low[:, None])
        if draws.placing is None:
            bits.append(packed(words))
            continue
        first, second = words
        is_second = draws.placing.is_second[group]
        bits.append(jnp.where(is_second[:, None], second, first))
    return bits


def strip_weights(
    recipe: Recipe, draws: Draws, bits: Bits, keys: Words, strip: Array | int
) -> list[Array]:
    """Return the arrays of a strip of draws, each with the draw as its last axis.

    They are zero beyond the true size. The real ones come first.
    """
    weights: dict[int, Array] = {}
    for number, of_group in enumerate(bits):
        weights |= _group_weights(recipe, draws, number, of_group)
    for number, leaf in enumerate(recipe.leaves):
        if leaf.law == ENTRYWISE:
            continue
        built = draws.built[number]
        if built is not None:
            weights[number] = built[strip]
            continue
        held = draws.held[number]
        like = jax.ShapeDtypeStruct(*recipe.shapes[number]) if held is None else held
        weights[number] = draw_leaf(leaf, number, like, keys)
    found = [weights[number] for number in range(len(recipe.leaves))]
    (width,) = keys[0].shape
    built_rest = draws.built[len(found) :]
    for array, built in zip(draws.rest, built_rest, strict=True):
        repeated = jnp.broadcast_to(array[..., None], (*array.shape, width))
        found.append(repeated if built is None else built[strip])
    return found


def first_state(recipe: Recipe, weights: list[Array], always: Array) -> State:
    """Return the state of each draw before the first symbol."""
    return blockwise(recipe.begin, always, machine=recipe.machine)(weights)


def _group_weights(
    recipe: Recipe,
    draws: Draws,
    number_of_group: int,
    bits: UInt64[Array, "pair width"] | UInt32[Array, "entry width"],
) -> dict[int, Array]:
    """Return the arrays of a group that shares one entrywise law."""
    group = recipe.groups[number_of_group]
    if draws.placing is not None:
        scale = draws.placing.scales[number_of_group]
        return _placed_weights(recipe, draws, group, bits, scale)
    one = group[0]  # its law is that of all
    is_normal = draws.laws[one, 0]
    by_fan_in = draws.laws[one, 1]
    gain = draws.laws[one, 2]
    # One call for all arrays: it is most of the work of the compiler.
    entries = standard_entries(jnp.stack(unpacked(bits)), is_normal > 0)
    weights = {}
    first = 0
    for number in group:
        shape, _ = recipe.shapes[number]
        rows, columns = matrix_shape(shape)
        end = first + -(-rows // 2) * columns
        entry = as_matrix(entries[:, first:end], rows, columns)
        inside = _true_shape(recipe, number, draws.hidden_size)
        summed = _true_fan_in(recipe, number, draws.hidden_size)
        weight = scaled(entry, by_fan_in > 0, gain, summed, inside)
        weights[number] = weight.reshape(*shape, -1)
        first = end
    return weights


def _placed_weights(
    recipe: Recipe,
    draws: Draws,
    group: tuple[int, ...],
    bits: UInt32[Array, "entry width"],
    scale: Float[AnyArray, " entry"],
) -> dict[int, Array]:
    """Return the arrays of a group whose entries stand among zeros."""
    is_normal = draws.laws[group[0], 0] > 0
    standard = standard_entries(bits, is_normal)
    entries = standard * scale[:, None]
    weights = {}
    first = 0
    for number in group:
        shape, _ = recipe.shapes[number]
        end = first + prod(shape)
        own = entries[first:end]
        weights[number] = own.reshape(*shape, -1)
        first = end
    return weights


def _true_fan_in(recipe: Recipe, number: int, hidden_size: Array) -> Array | int:
    """Return the fan-in of an array without padding."""
    shape, _ = recipe.shapes[number]
    leaf = recipe.leaves[number]
    if recipe.unit_axes is None:
        return fan_in(leaf, shape)
    found: Array | int = 1
    for axis in leaf.summed:
        is_unit = axis in recipe.unit_axes[number]
        found = found * (hidden_size if is_unit else shape[axis])
    return found


def _true_shape(
    recipe: Recipe, number: int, hidden_size: Array
) -> tuple[Array | int, Array | int] | None:
    """Return the rows and columns of an array without padding; None where none is."""
    if recipe.unit_axes is None:
        return None
    rows, columns = matrix_shape(recipe.shapes[number][0])
    axes = recipe.unit_axes[number]
    return hidden_size if 0 in axes else rows, hidden_size if 1 in axes else columns
