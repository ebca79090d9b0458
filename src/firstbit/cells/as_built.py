"""The law of a cell's own constructor: what it gives with each key."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, UInt32

from firstbit.cells.given import Given
from firstbit.programs.in_turn import in_turn
from firstbit.weights.numbers import in_current_float, is_real
from firstbit.weights.redraw import Initializer, is_as_built
from firstbit.weights.threefry import GENERATOR

Build = Callable[..., Sequence[Any]]
"""(high words, low words) of keys -> arrays, the key as last axis."""


def built_arrays(
    given: Given,
    input_size: int,
    hidden_size: int,
    high: UInt32[np.ndarray, " draw"],
    low: UInt32[np.ndarray, " draw"],
) -> Sequence[Any]:
    """Return the arrays that a cell's constructor gives with each key.

    Those of real numbers come first, then those of complex numbers. A constructor in
    JAX is traced, and runs for all keys at once. One of another framework runs once for
    each, with the key's last word as its seed.

    Args:
        given: the cell.
        input_size: number of inputs.
        hidden_size: k.
        high: the first word of each key.
        low: the last word of each key.

    Returns:
        Each array with the draw as its last axis.
    """
    draws = getattr(given.factory, "draws", None)
    if draws is not None:
        sizes = input_size, hidden_size
        found = draws(sizes, given.options, low)
        found.sort(key=np.iscomplexobj)  # the order of each kind stays
        return [np.moveaxis(array, 0, -1) for array in found]
    words = jnp.asarray(np.stack([high, low], axis=-1))
    options = dict(given.options)
    with jax.enable_x64(True):
        sizes = input_size, hidden_size
        return _constructed(given.factory, options, sizes, words)


def asks_constructor(initializer: Initializer) -> bool:
    """Return whether a law, or one of several laws, is that of the constructor.

    Example:
        >>> asks_constructor({"W_*": "normal", "*": "as-built"})
        True
    """
    if isinstance(initializer, Mapping):
        return any(map(is_as_built, initializer.values()))
    return is_as_built(initializer)


def with_arrays(cell: object, arrays: Sequence[object]) -> Any:
    """Return a cell with other real arrays, and complex ones where they follow."""
    real, others = eqx.partition(cell, is_real)
    form = jax.tree.structure(real)
    number = form.num_leaves
    if len(arrays) > number:
        of_complex, others = eqx.partition(others, eqx.is_inexact_array)
        rest = jax.tree.structure(of_complex).unflatten(arrays[number:])
        others = eqx.combine(rest, others)
    new = form.unflatten(arrays[:number])
    return eqx.combine(new, others)


@eqx.filter_jit
@in_turn
def _constructed(
    factory: Callable[..., object],
    options: dict[str, Any],
    sizes: tuple[int, int],
    words: UInt32[Array, "draw word"],
) -> list[Array]:
    """Return the arrays of a constructor in JAX, the key as last axis."""

    def one(words: Array) -> list[Array]:
        key = jax.random.wrap_key_data(words, impl=GENERATOR)
        made = in_current_float(factory(*sizes, key=key, **options))
        real, others = eqx.partition(made, is_real)
        of_complex = eqx.filter(others, eqx.is_inexact_array)
        arrays = jax.tree.leaves(real)
        return arrays + jax.tree.leaves(of_complex)

    return jax.vmap(one, out_axes=-1)(words)
